"""What a sentence denies: the words that stand in the reach of a negation, plain ("not") or implied ("failed to")."""

from __future__ import annotations

import re
from dataclasses import dataclass

from newsqa.facts.synonyms import root
from newsqa.facts.words import Word, word_set, words

NEGATORS = word_set("not no never without none nobody nothing neither nor cannot hardly nowhere scarcely barely")
IMPLIED = word_set(
    "deny denied denies denying reject rejected rejects rejecting lack lacked lacks lacking avoid avoided avoids "
    "prevent prevented prevents preventing cancel cancelled canceled cancels"
)
"""Words that deny what follows them without being a negation of grammar."""

BEFORE_TO = word_set(
    "fail failed fails failing failure refuse refused refuses refusing refusal decline declined declines declining "
    "unable unlikely unwilling reluctant"
)
"""Words that do so before "to"."""

_CLAUSE_ENDS = re.compile(r"[,;:.!?()“”\"—–\n]")
_REACH = 3
"""Words that say something, after a negation and in its clause, which it denies."""

_NEW_VERB = word_set("is are was were be has have had will would can could may might must does did still")
"""After "and" these begin another statement: “not in the shed and is still missing”."""

_NOT_DENYING = frozenset({"only", "just", "least", "fewer", "less", "more", "until"})
"""“Not only” affirms, “no fewer than” counts."""

_UN = re.compile(
    r"un(?!der|til|ion|it|iq|iv|ifo|less|veil|cover|earth|load)([a-z]{4,})"
    r"|(?:dis(?=agree|approv|honest|satisf|abl|loyal|obey|obedi)|in(?=complete|activ|correct|secure|visible|eligible)"
    r"|im(?=possible|probable|perfect)|il(?=legal)|ir(?=regular|responsible))([a-z]{4,})"
)
_LESS = re.compile(r"([a-z]{4,})less")


@dataclass(frozen=True, slots=True)
class Denial:
    """A negation: the roots that it denies, the nearest first, whether it is only implied, and where it stands."""

    roots: tuple[str, ...]
    implied: bool
    start: int


def negates(word: Word) -> bool:
    """Whether a word is a negation: "not", "never", "can't"."""
    return word.folded in NEGATORS or word.folded.endswith("n't")


def denials(text: str) -> list[Denial]:
    """Find the negations of a text, in order.

    A negation denies the next content words of its clause; at the end of a clause, the word before it. "Unhurt" and
    "harmless" deny what they are made of.
    """
    found = words(text)
    return [denial for place in range(len(found)) if (denial := _denial(text, found, place))]


def _denial(text: str, found: list[Word], place: int) -> Denial | None:
    word = found[place]
    if negates(word):
        if place + 1 < len(found) and found[place + 1].folded in _NOT_DENYING:
            return None
        return Denial(_reach(text, found, place) or _before(text, found, place), implied=False, start=word.start)
    to_follows = place + 1 < len(found) and found[place + 1].folded == "to"
    if word.folded in IMPLIED or (word.folded in BEFORE_TO and to_follows):
        return Denial(_reach(text, found, place), implied=True, start=word.start)
    if inside := _UN.fullmatch(word.folded) or _LESS.fullmatch(word.folded):
        return Denial((root(inside[inside.lastindex or 1]),), implied=True, start=word.start)
    return None


def _reach(text: str, found: list[Word], place: int) -> tuple[str, ...]:
    reached: list[str] = []
    for before, word in zip(found[place:], found[place + 1 :], strict=False):
        if len(reached) == _REACH or _CLAUSE_ENDS.search(text, before.end, word.start):
            break
        if before.folded in {"and", "but"} and word.folded in _NEW_VERB:
            break
        if word.content:
            reached.append(root(word.folded))
    return tuple(reached)


def _before(text: str, found: list[Word], place: int) -> tuple[str, ...]:
    reached: list[str] = []
    for word, after in zip(found[:place][:-4:-1], found[: place + 1][:-4:-1], strict=False):
        if word.folded in {"and", "but", "or"} or _CLAUSE_ENDS.search(text, word.end, after.start):
            break
        if word.content and not negates(word):
            reached.append(root(word.folded))
    return tuple(reached)
