"""Names: each must be in the quotes, whole, and belong to what is said there."""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations, product
from typing import TYPE_CHECKING

from newsqa.models.parser import parse
from newsqa.text.calendar import CALENDAR
from newsqa.text.names import SHORT_FORMS, Name, names
from newsqa.text.words import FUNCTION_WORDS, words
from newsqa.verify.checks.clauses import clauses
from newsqa.verify.checks.confusions import name_instead, name_rival
from newsqa.verify.checks.participants import pointed_at, verb_kin
from newsqa.verify.checks.parties import meet
from newsqa.verify.checks.trees import tree
from newsqa.verify.facts.synonyms import HONORIFICS, actor, other_names, root, same_people
from newsqa.verify.faults import Fault

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from newsqa.verify.checks.clauses import Clause
    from newsqa.verify.checks.reading import QuoteText, Reading


_OF_PEOPLE = re.compile(r"(?:an|ish|ese|ench|utch|eek|wiss|erman)s?$")
_BREAK = re.compile(r"[^\w\s'’-]")
_LONGEST_INITIALS = 7
_ANAPHOR = re.compile(
    r"\b(?:he|she|they|it|him|her|his|them|their|its|theirs|hers|this|that|these|those)\b|\b[Tt]he [a-z]"
)


def check_names(sentence: Reading, source: QuoteText) -> Fault | None:
    """Return which name of a sentence its quotes do not bear out, or None."""
    for name in sentence_names(sentence, source):
        if any(other <= source.whole.folded for other in other_names(frozenset(name.words))):
            continue
        if missing := _missing(name, source):
            if not _understood(name, sentence, source):
                other = name_instead(name, sentence, source)
                return Fault("name_replaced", (missing, other)) if other else Fault("name_missing", (missing,))
        elif _only_shown(name, source) and (other := name_instead(name, sentence, source)):
            return Fault("name_confused", (other, name.text))
        elif not _whole(name, source):
            return Fault("name_unknown", (name.text,))
        elif rival := name_rival(name, sentence, source):
            return rival
    return None


def sentence_names(sentence: Reading, source: QuoteText) -> list[Name]:
    """Find the names of a sentence; a common word at the head of it, or of a name there, is none."""
    known = (*source.whole.names, *source.around.names)
    roots = frozenset(map(root, source.whole.common))
    found = (
        _without_head(name, sentence, known, roots) for name in names(sentence.text, source.common | sentence.common)
    )
    dated = [(day.start, day.end) for day in sentence.days]
    kept = (name for name in found if name and not any(start <= name.start < end for start, end in dated))
    return [name for name in kept if not set(name.words) <= CALENDAR]


def _without_head(name: Name, sentence: Reading, known: Sequence[Name], roots: frozenset[str]) -> Name | None:
    """Return a name without a first word that is capitalised only because a sentence or quotation begins with it.

    A month or day before it is none of its words either: "In December Harris".
    """
    if len(name.words) > 1 and name.words[0] in CALENDAR and not any(name.words == other.words for other in known):
        return _from_second(name, sentence)
    if not _opens(sentence.text, name.start) or any(name.words == other.words[-1:] for other in known):
        return name
    common = actor(name.words[0]) or root(name.words[0]) in roots
    if len(name.words) > 1 and common and not any(name.words[0] in other.words for other in known):
        return _from_second(name, sentence)
    tokens = [token for token in parse(sentence.text) if name.start <= token.start < name.end]
    first = next((n for n, token in enumerate(tokens) if token.part == "PROPN"), None)
    if not first:
        return name if first == 0 else None
    return _from(name, tokens[first].start, sentence)


def _from_second(name: Name, sentence: Reading) -> Name | None:
    """Return a name from its second word on; None where it has no second."""
    second = next((word for word in words(name.text)[1:]), None)
    return _from(name, name.start + second.start, sentence) if second else None


def _from(name: Name, start: int, sentence: Reading) -> Name:
    """Return what of a name stands from a place on."""
    text = sentence.text[start : name.end]
    return Name(text, tuple(word.folded for word in words(text)), start, name.end)


def _opens(text: str, start: int) -> bool:
    before = text[:start].rstrip(" \"'“‘(")
    return not before or before[-1] in ".!?:;…\n"


def _missing(name: Name, source: QuoteText) -> str | None:
    """Return the first word of a name that neither the quotes nor what a citation shows has."""
    for word in words(name.text):
        if word.folded in FUNCTION_WORDS or (word.folded in name.words and word.folded in CALENDAR):
            continue
        if not _has(word.folded, source):
            return word.text
    return None


def _only_shown(name: Name, source: QuoteText) -> bool:
    """Check if nothing of a whole name stands in the quotes: it is that of who wrote them, or of where they stood."""
    return len(name.words) > 1 and source.whole.folded.isdisjoint(name.words) and {*name.words} <= source.known.folded


def _has(word: str, source: QuoteText) -> bool:
    there = source.whole.folded | source.known.folded
    if (
        word in there
        or SHORT_FORMS.get(word) in there
        or (word in HONORIFICS and root(word) in source.whole.roots | source.around.roots)
    ):
        return True
    if any(same_people(word, other) for other in there) or word.removesuffix("s") in there:
        return True
    return root(word) in source.whole.roots and word not in source.around.named


def _understood(name: Name, sentence: Reading, source: QuoteText) -> bool:
    """Return True if a name that is not in the quotes is plain from the article beside them.

    So is the rest of a name of which they have a part ("Lena Wrothsley" where they say "Wrothsley"), what they shorten,
    and one from the title where they only point back ("them") and no other name would be put aside for it.
    """
    if any(_is_part(name, other) and _part_quoted(other, source) for other in source.around.names):
        return True
    if _shortened(name, source) or pointed_at(name, source):
        return True
    titled = bool(source.context) and set(name.words) <= frozenset(word.folded for word in words(source.context[0]))
    pieces = source.nearest(sentence.content)
    return titled and any(
        _ANAPHOR.search(piece.reading.text) and not _unused(piece.reading, name, sentence) for piece in pieces
    )


def _is_part(name: Name, whole: Name) -> bool:
    """Check if a name is another or a part of it; of two that a hyphen joins ("Tarn-Wick") neither is the other."""
    ends_so = name.words[-1] == whole.words[-1]
    return _in_order(name.words, whole.words) and (ends_so or "-" not in whole.text)


def _part_quoted(name: Name, source: QuoteText) -> bool:
    """Return True if the quotes have the end of a name, alone or with a title: "Wrothsley" of "Lena Wrothsley"."""
    ends = (other for other in source.whole.names if other.words[-1] == name.words[-1])
    part = any({*other.words} - HONORIFICS <= {*name.words} for other in ends)
    return part and len(name.words) > 1 and not _otherwise_called(name, source)


def _otherwise_called(name: Name, source: QuoteText) -> bool:
    """Return True if the quotes give another first name to the same last one."""
    same = (other for other in source.whole.names if other.words[-1] == name.words[-1] and len(other.words) > 1)
    return any(
        not set(other.words) & set(name.words[:-1]) - HONORIFICS and other.words[0] not in HONORIFICS for other in same
    )


def _shortened(name: Name, source: QuoteText) -> bool:
    """Return True if a name is the abbreviation of words in the quotes or the article, or the reverse."""
    letters = "".join(name.words)
    if len(name.words) == 1 and 1 < len(letters) < _LONGEST_INITIALS and letters.upper() in name.text:
        return any(letters in _initials(reading) for reading in (source.whole, source.known, source.around))
    short = "".join(word[0] for word in name.words)
    return len(short) > 1 and any(short in other.words for other in (*source.whole.names, *source.known.names))


def _initials(reading: Reading) -> str:
    """Return the first letters of the words that say something, a blank where a sentence or clause ends."""
    telling = [word for word in reading.words if word.folded not in FUNCTION_WORDS]
    breaks = (" " if _BREAK.search(reading.text, a.end, b.start) else "" for a, b in itertools.pairwise(telling))
    return "".join(word.folded[0] + after for word, after in zip(telling, (*breaks, ""), strict=False))


def _unused(piece: Reading, name: Name, sentence: Reading) -> bool:
    """Check if a piece names someone or something, a people aside, that the sentence leaves out for another name."""
    named = (other for other in piece.names if not (len(other.words) == 1 and _OF_PEOPLE.search(other.words[0])))
    said = sentence.folded - {*name.words}
    return any(not {*other.words} & said and not {*other.words} <= {*name.words} for other in named)


def _in_order(part: tuple[str, ...], whole: tuple[str, ...]) -> bool:
    left = iter(whole)
    return all(word in left for word in part if word not in HONORIFICS)


def _whole(name: Name, source: QuoteText) -> bool:
    """Check if neighbours in a name are so in one name of the quotes, the title or the article, or each is one there.

    "Pennsylvania McDonald's" is two names; a first name that goes with another last one is none.
    """
    readings = source.whole, source.known, source.around
    known = [_short(other.words) for reading in readings for other in reading.names]
    ends = {words[-1] for words in known}, {words[0] for words in known}
    lower = source.whole.common
    runs = [_short(run) for run in _runs(name) if not set(run) & lower]
    return all(any(_in_order(run, other) for other in known) or _two(run, *ends) for run in runs)


def _short(name: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(SHORT_FORMS.get(word, word) for word in name)


def _two(run: tuple[str, ...], last: set[str], first: set[str]) -> bool:
    """Return True if one name ends and another begins between two words, so far as is known."""
    return run[0] in last and run[1] in first


def _runs(name: Name) -> Iterator[tuple[str, str]]:
    """Yield neighbours in a name, apart where a possessive or a title parts them: "Kell’s", "Mayor"."""
    found = words(name.text)
    for one, other in itertools.pairwise(found):
        if not {one.folded, other.folded} <= {*name.words}:
            continue
        possessive = one.text.endswith(("'s", "’s", "s'", "s’"))
        if not possessive and not {one.folded, other.folded} & HONORIFICS:
            yield one.folded, other.folded


# Modifiers of nouns: "American capsule", "brake module".

_BEFORE = ("amod", "compound", "nmod", "poss")


@dataclass(frozen=True, slots=True)
class Noun:
    """A noun with what stands before it, and those of these that are nouns themselves, folded."""

    head: str
    before: frozenset[str]
    kinds: frozenset[str]


def modifiers_kept(sentence: Reading, source: QuoteText) -> Iterator[Fault]:
    """Find what stands before another noun in the quotes, or another kind of thing where the quotes have one."""
    yield from _swapped(sentence, source)
    there = [(clause, piece.reading.text) for piece in source.pieces for clause in clauses(piece.reading.text)]
    for clause, (known, text) in product(clauses(sentence.text), there):
        if verb_kin(clause.verb) & verb_kin(known.verb):
            yield from _other_kind(_arguments(sentence.text, clause), _arguments(text, known), sentence, source)


def _swapped(sentence: Reading, source: QuoteText) -> Iterator[Fault]:
    there = [noun for piece in source.pieces for noun in nouns(piece.reading.text).values()]
    for one, other in combinations(nouns(sentence.text).values(), 2):
        for mine, yours in product(one.before - other.before, other.before - one.before):
            if not meet({mine}, {yours}) and _only(yours, mine, one, there) and _only(mine, yours, other, there):
                yield Fault("modifiers_swapped", (f"{yours} {one.head}", f"{mine} {other.head}"))


def _only(word: str, other: str, noun: Noun, there: list[Noun]) -> bool:
    """Return True if the quotes have one word before a noun, and never the other."""
    known = [one for one in there if meet({one.head}, {noun.head})]
    return any(meet({word}, one.before) for one in known) and not any(meet({other}, one.before) for one in known)


def _other_kind(
    here: list[list[Noun]], there: list[list[Noun]], sentence: Reading, source: QuoteText
) -> Iterator[Fault]:
    """Find things of one name in one place of a deed whose kinds have nothing in common: snow crab for king crab."""
    for ours, theirs in zip(here, there, strict=True):
        for one, other in product(ours, theirs):
            strange = [kind for kind in one.kinds if not meet({kind}, source.whole.folded)]
            unsaid = [kind for kind in other.kinds if not meet({kind}, sentence.folded)]
            if root(one.head) == root(other.head) and strange and unsaid:
                yield Fault("name_confused", (" ".join(sorted(unsaid)), " ".join(sorted(strange))))


def _arguments(text: str, clause: Clause) -> list[list[Noun]]:
    found = nouns(text)
    return [[found[party.at] for party in side if party.at in found] for side in (clause.doers, clause.done)]


@lru_cache(maxsize=4096)
def nouns(text: str) -> dict[int, Noun]:
    """Return the nouns of a sentence by their places. Raises ModelError if there is no parser."""
    parsed = tree(text)
    found: dict[int, Noun] = {}
    for at, token in enumerate(parsed.tokens):
        if token.part in {"NOUN", "PROPN"} and token.dependency not in {"compound", "nmod"}:
            places = parsed.under(at, *_BEFORE)
            for place in places:
                places += parsed.under(place, "compound", "nmod", "amod")
            sorts = {"NOUN", "PROPN"} if token.part == "NOUN" else {"NOUN"}  # "Mayor Tam" is no kind of Tam
            kinds = (
                one for one in places if parsed.tokens[one].part in sorts and parsed.tokens[one].dependency != "poss"
            )
            words = frozenset(parsed.word(one) for one in places if parsed.tokens[one].part in {"NOUN", "PROPN", "ADJ"})
            found[at] = Noun(parsed.word(at), words, frozenset(map(parsed.word, kinds)))
    return found
