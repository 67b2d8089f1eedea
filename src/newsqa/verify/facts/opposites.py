"""Opposites: a closed table of words and phrases of which one, put for the other, turns a statement round."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from newsqa.text.words import word_set
from newsqa.verify.facts.synonyms import root

if TYPE_CHECKING:
    from collections.abc import Iterator


_PARTS = {
    "v": frozenset({"VERB", "AUX"}),
    "d": frozenset({"VERB", "AUX", "NOUN"}),
    "n": frozenset({"NOUN"}),
    "a": frozenset({"ADJ", "ADV", "VERB"}),
    "p": frozenset({"ADP", "SCONJ", "ADV", "ADJ", "DET", "PRON", "VERB"}),
}
DEEDS = word_set(
    "approval acceptance agreement consent rejection refusal veto ban support opposition endorsement arrest release "
    "detention conviction acquittal withdrawal closure opening resignation cancellation postponement suspension denial "
    "admission confirmation permission victory win defeat dismissal appointment extension destruction "
    "rescue disappearance appearance departure arrival return abolition introduction repeal adoption exclusion "
    "inclusion divorce marriage evacuation retreat advance recovery expulsion praise criticism condemnation"
)
"""Nouns that tell a deed as its verb does."""

_ANY = frozenset[str]().union(*_PARTS.values())


@dataclass(frozen=True, slots=True)
class OppositeSide:
    """One side of a group of opposites, 1 or -1, as a word or phrase says it.

    `rest` are the roots of the words that must stand below the first for the phrase, `parts` the parts of speech that
    the first may be.
    """

    group: int
    side: int
    rest: tuple[str, ...]
    parts: frozenset[str]


@cache
def _table() -> dict[str, tuple[OppositeSide, ...]]:
    found: defaultdict[str, list[OppositeSide]] = defaultdict(list)
    for group, (kind, *sides) in enumerate(_lines()):
        for side, entries in zip((1, -1), sides, strict=True):
            for entry in entries.split():
                first, *rest = (root(word) for word in entry.split("_"))
                found[first].append(OppositeSide(group, side, tuple(rest), _PARTS.get(kind, _ANY)))
    return {first: tuple(some) for first, some in found.items()}


def _lines() -> Iterator[tuple[str, str, str]]:
    table = files(__package__).joinpath("opposites.txt").read_text(encoding="utf-8")
    for line in table.splitlines():
        if line and not line.startswith("#"):
            one, other = line[2:].split(" : ")
            yield line[0], one, other


def sides(word_root: str) -> tuple[OppositeSide, ...]:
    """Return the sides of opposites that a word, or a phrase that begins with it, may say; none for most words."""
    return _table().get(word_root, ())


@cache
def opposites(word_root: str) -> frozenset[str]:
    """Return the roots of single words that say the opposite of one, none for most words."""
    own = {(side.group, -side.side) for side in sides(word_root) if not side.rest}
    return frozenset(
        other for other, some in _table().items() if any((s.group, s.side) in own and not s.rest for s in some)
    )


# Words that deny.

NEGATORS = word_set("not n't never no neither nor hardly scarcely barely nowhere seldom rarely")
NOT_DENYING = frozenset({"only", "just", "least", "fewer", "less", "until"})
"""“Not only” affirms, “no fewer than” counts."""

NOBODY = word_set("none nobody nothing neither no-one")
NEGATING = frozenset(
    map(
        root,
        word_set(
            "fail refuse decline deny reject avoid prevent cancel lack omit unable unlikely unwilling reluctant forget "
            "resist"
        ),
    )
)
"""What turns round that which follows: “failed to open”, “denied that it opened”, “cancelled the opening”."""

LACKING = frozenset(map(root, word_set("lack avoid prevent omit cancel")))
"""Verbs whose object is not there."""

WITHHOLDING = frozenset(map(root, word_set("deny refuse")))
"""Verbs of whose two objects one does not get the other."""

FACTIVE = frozenset(
    map(
        root,
        word_set("tell know reveal realise realize remember learn notice mention explain understand disclose regret"),
    )
)
"""Verbs under which something is so even where they are denied."""

CONDITIONS = word_set("without until till unless before except")
"""What says of something denied when it is so after all."""

BUT = word_set("but except save bar")
"""What names, beside "all" or "nobody", those of whom the reverse is so."""

ENDING = frozenset(
    map(
        root,
        word_set(
            "lose abolish scrap remove drop shed forfeit eliminate demolish lift overturn repeal revoke quash "
            "suspend end reverse ease"
        ),
    )
)
"""Verbs after which their object is no longer there."""

FREE_OF = word_set("free devoid bereft")
SET_ASIDE = frozenset({("instead", "of"), ("rather", "than")})

LACKING_PHRASES = frozenset({(root("rule"), "out"), (root("call"), "off")})
"""Phrasal verbs whose object is not there."""

NEGATING_PHRASES = frozenset(
    {(root("rule"), "out"), (root("turn"), "down"), (root("call"), "off"), (root("vote"), "down")}
)

DEGREES = word_set("more less fewer above below always never every all inside outside within")
"""Words of grammar that have opposites."""

KNOWING = frozenset(
    map(root, word_set("know say tell reveal explain name disclose learn see understand discover recall remember"))
)
"""Verbs over a question whose answer one has, or gives: "knew who …", "said when …"."""

QUESTIONS = word_set("who whom whose what which where when why how whether")
SPEAKING = frozenset(map(root, word_set("speak talk comment testify")))
"""Verbs that tell of themselves that silence was broken."""

REFUSING = frozenset(map(root, word_set("refuse decline reject")))
OFFERING = frozenset(map(root, word_set("offer propose suggest ask want wave turn")))
"""Verbs of what is held out and need not be taken."""

HOPING = frozenset(map(root, word_set("hope try attempt want plan intend wish seek")))
"""Verbs of what may come to nothing."""

ONCE = word_set("once after when if")
BEFORE = word_set("before")

DENYING = frozenset(map(root, word_set("deny doubt reject dispute refute dismiss disprove contradict rebut")))
"""Verbs that turn round what they say."""

LEAVES_OUT = frozenset(
    map(
        root, word_set("absent free omit against rather instead except resist usual subject pending spare escape avoid")
    )
)
"""What can say that something is not so without any of these."""

SOLE = frozenset(map(root, word_set("only alone first last")))
"""What says of all others that they do not: the first is one whom nobody came before."""

COMPARED = re.compile(
    r"(?P<not>\b(?:no|not|never)\s+|n['’]t\s+)?\b(?!(?:more|less) than (?:a|one)\b)"
    r"(?:(?P<over>(?:more|higher|greater|larger|better|longer|up)\b(?:\W+\w+){0,3}?\W+(?:than|on|from)|above)"
    r"|(?:fewer|less|lower|smaller|worse|shorter|down)\b(?:\W+\w+){0,3}?\W+(?:than|on|from)|below)"
    r"(?:\W+(?:in|the|a|one|last|previous))*"
    r"\W+(?P<standard>year|month|week|season|average|usual|normal|expected|forecast)\b"
)
"""What is more, or less, than at another time or than one would think."""

_UN = re.compile(
    r"un(?!der|til|ion|it|iq|iv|ifo|less|veil|cover|earth|load)([a-z]{4,})"
    r"|(?:dis(?=agree|approv|honest|satisf|abl|loyal|obey|obedi)|in(?=complete|activ|correct|secure|visible|eligible)"
    r"|im(?=possible|probable|perfect)|il(?=legal)|ir(?=regular|responsible))([a-z]{4,})"
)
_LESS = re.compile(r"([a-z]{4,})less")


def base(folded: str) -> tuple[str, bool]:
    """Return the word of which another is the denial, and True ("hurt" for "unhurt"); else itself, and False."""
    inside = _UN.fullmatch(folded) or _LESS.fullmatch(folded)
    return (inside[inside.lastindex or 1], True) if inside else (folded, False)
