"""Names: each must be in the quotes, whole, and belong to what is said there."""

from __future__ import annotations

import itertools
import re
from typing import TYPE_CHECKING

from newsqa.facts.dates import CALENDAR
from newsqa.facts.names import Name, names
from newsqa.facts.offices import HONORIFICS
from newsqa.facts.sayings import REPORTING
from newsqa.facts.synonyms import kin, root
from newsqa.facts.words import FUNCTION_WORDS, words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from newsqa.checks.reading import Proof, Reading
    from newsqa.facts.words import Word

_COMMON_END = re.compile(r"(?:ing|ed|ly|tion|sion|ment|ness|ity|ance|ence|ive|ful|less|able|ible|ous|ism|ists?|[^s]s)$")
_PEOPLE_ENDS = frozenset(
    [
        "a",
        "e",
        "y",
        "n",
        "s",
        "an",
        "ns",
        "ans",
        "ian",
        "ians",
        "ish",
        "ese",
        "i",
        "is",
        "er",
        "ers",
        "ean",
        "eans",
        "ia",
        "ic",
    ]
)
_OF_PEOPLE = re.compile(r"(?:an|ish|ese|ench|utch|eek|wiss|erman)s?$")
_NATIONS = {
    word: frozenset({str(n)})
    for n, line in enumerate(
        [
            "american america us usa washington",
            "british britain uk english england london",
            "french france paris",
            "dutch netherlands",
            "german germany berlin",
            "greek greece athens",
            "spanish spain spaniards madrid",
            "swiss switzerland",
            "danish denmark danes",
            "swedish sweden",
            "finnish finland",
            "polish poland poles",
            "turkish turkey turks ankara",
            "chinese china beijing",
            "russian russia moscow kremlin",
            "ukrainian ukraine kyiv",
            "irish ireland",
            "welsh wales",
            "scottish scotland scots",
            "norwegian norway",
        ]
    )
    for word in line.split()
}
_ANAPHOR = re.compile(
    r"\b(?:he|she|they|it|him|her|his|them|their|its|theirs|hers|this|that|these|those)\b|\b[Tt]he [a-z]"
)


def names_stand(sentence: Reading, proof: Proof) -> str | None:
    """Return which name of a sentence its quotes do not bear out, or None."""
    for name in sentence_names(sentence, proof):
        if missing := _missing(name, proof):
            if not _understood(name, sentence, proof):
                return f"name {missing} is in none of its quotes"
        elif not _whole(name, proof):
            return f"its quotes name no “{name.text}”"
    return None


def sentence_names(sentence: Reading, proof: Proof) -> list[Name]:
    """Find the names of a sentence; a word at its head that looks like a common word is none."""
    found = names(sentence.text, proof.common | sentence.common)
    kept = (name for name in found if not set(name.words) <= CALENDAR)
    return [name for name in kept if not _common_head(name, sentence, proof)]


def _common_head(name: Name, sentence: Reading, proof: Proof) -> bool:
    """Whether a single capitalised word is so only because a sentence or quotation begins with it."""
    if (
        len(name.words) > 1
        or not _opens(sentence.text, name.start)
        or name.words[0] in proof.whole.named | proof.around.named
    ):
        return False
    word = name.words[0]
    if _COMMON_END.search(word) or not kin(word).isdisjoint(proof.kin):
        return True
    following = next((w for w in sentence.words if w.start >= name.end), None)
    return following is not None and not _acts(following, sentence.text[name.end : following.start])


def _opens(text: str, start: int) -> bool:
    before = text[:start].rstrip(" \"'“‘(")
    return not before or before[-1] in ".!?:;…\n"


def _acts(word: Word, between: str) -> bool:
    """Whether a word that follows another makes that one look like who acts: "Bask opened", "Bask's", "Bask, who"."""
    if between.strip() or word.capitalised or word.folded in FUNCTION_WORDS:
        return True
    verb_like = word.folded.endswith(("ed", "s")) or root(word.folded) != word.folded or root(word.folded) in REPORTING
    return verb_like and not word.folded.endswith(("ing", "ies", "ees", "ers"))


def _missing(name: Name, proof: Proof) -> str | None:
    """Return the first word of a name that neither the quotes nor what a citation shows has."""
    for word in words(name.text):
        if word.folded in FUNCTION_WORDS or (word.folded in name.words and word.folded in CALENDAR):
            continue
        if not _has(word.folded, proof):
            return word.text
    return None


def _has(word: str, proof: Proof) -> bool:
    there = proof.whole.folded | proof.known.folded
    if word in there or (word in HONORIFICS and root(word) in proof.whole.roots | proof.around.roots):
        return True
    if any(same_people(word, other) for other in there):
        return True
    return root(word) in proof.whole.roots and word not in proof.around.named


def same_people(one: str, other: str) -> bool:
    """Whether two words are one name, or name one country and its people: Russia and Russian, France and French."""
    if one == other:
        return True
    short, long = sorted((one, other), key=len)
    if len(short) > 3 and long.startswith(short.removesuffix("e").removesuffix("y").removesuffix("a")):
        return long.removeprefix(short.removesuffix("e").removesuffix("y").removesuffix("a")) in _PEOPLE_ENDS
    return not _NATIONS.get(one, frozenset()).isdisjoint(_NATIONS.get(other, frozenset({"?"})))


def _understood(name: Name, sentence: Reading, proof: Proof) -> bool:
    """Whether a name that is not in the quotes is plain from the article beside them.

    So is the rest of a name of which they have a part ("Lena Wrothsley" where they say "Wrothsley"), what they shorten,
    and one from the title where they only point back ("them") and no other name would be put aside for it.
    """
    if any(_in_order(name.words, other.words) and _part_quoted(other, proof) for other in proof.around.names):
        return True
    if _shortened(name, proof):
        return True
    titled = bool(proof.context) and set(name.words) <= frozenset(word.folded for word in words(proof.context[0]))
    pieces = proof.nearest(sentence.content)
    return titled and any(
        _ANAPHOR.search(piece.reading.text) and not _unused(piece.reading, sentence) for piece in pieces
    )


def _part_quoted(name: Name, proof: Proof) -> bool:
    return len(name.words) > 1 and name.words[-1] in proof.whole.named and not _otherwise_called(name, proof)


def _otherwise_called(name: Name, proof: Proof) -> bool:
    """Whether the quotes give another first name to the same last one."""
    same = (other for other in proof.whole.names if other.words[-1] == name.words[-1] and len(other.words) > 1)
    return any(
        not set(other.words) & set(name.words[:-1]) - HONORIFICS and other.words[0] not in HONORIFICS for other in same
    )


def _shortened(name: Name, proof: Proof) -> bool:
    """Whether a name is the abbreviation of one in the quotes, or the reverse."""
    every = [*proof.whole.names, *proof.known.names]
    return any(_initials(other.words) == "".join(name.words) or _initials(name.words) in other.words for other in every)


def _initials(found: tuple[str, ...]) -> str:
    return "".join(word[0] for word in found) if len(found) > 1 else "?"


def _unused(piece: Reading, sentence: Reading) -> bool:
    """Whether a piece names someone or something, a people aside, that the sentence leaves out."""
    named = (name for name in piece.names if not (len(name.words) == 1 and _OF_PEOPLE.search(name.words[0])))
    return any(not set(name.words) & sentence.folded for name in named)


def _in_order(part: tuple[str, ...], whole: tuple[str, ...]) -> bool:
    left = iter(whole)
    return all(word in left for word in part if word not in HONORIFICS)


def _whole(name: Name, proof: Proof) -> bool:
    """Whether the words of a name stand together in one name of the quotes, the title or the article."""
    known = [other.words for reading in (proof.whole, proof.known, proof.around) for other in _with_heads(reading)]
    lower = proof.whole.common
    return all(any(_in_order(run, other) for other in known) for run in _runs(name) if not set(run) & lower)


def _with_heads(reading: Reading) -> list[Name]:
    return reading.names


def _runs(name: Name) -> Iterator[tuple[str, str]]:
    """Yield neighbours in a name, apart where a possessive or a title parts them: "Kell’s", "Mayor"."""
    found = words(name.text)
    for one, other in itertools.pairwise(found):
        if {one.folded, other.folded} & FUNCTION_WORDS:
            continue
        possessive = one.text.endswith(("'s", "’s", "s'", "s’"))
        if not possessive and not {one.folded, other.folded} & HONORIFICS:
            yield one.folded, other.folded
