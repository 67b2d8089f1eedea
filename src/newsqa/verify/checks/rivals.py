"""Facts that have changed places: each number, time and name must be that of what it stands with in the quotes.

A fact of the quotes is a rival where it hangs on the words on which the sentence hangs another one; see `bindings`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from itertools import combinations
from typing import TYPE_CHECKING

from newsqa.verify.checks.bindings import binding, clearly_better, fit, slot, verbs
from newsqa.verify.checks.pairs import in_contrast, in_pair
from newsqa.verify.facts.moments import Moment
from newsqa.verify.facts.nations import same_people
from newsqa.verify.facts.offices import HONORIFICS
from newsqa.verify.facts.quantities import same_dimension, tells

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from newsqa.text.names import Name
    from newsqa.verify.checks.bindings import Binding
    from newsqa.verify.checks.reading import QuoteText, Reading
    from newsqa.verify.facts.amounts import Amount


_CROSSED = 1.2
"""How many times better two facts must fit crosswise than as they stand to be held for swapped."""

_LIST = re.compile(r"(?:\s|,|;|\b(?:and|or|as well as)\b)+")
_SEPARATES = re.compile(r"[,;:.]")
_UNLIKE = 20
"""Days by which a day, a month and a year differ in length at least."""

YEARS = range(1000, 2200)


@dataclass(frozen=True, slots=True)
class _There:
    """A fact of the quotes: its words, the sentence in which it stands, and to what it belongs."""

    text: str
    piece: int
    binding: Binding
    verbs: frozenset[str]


def number_rival(amount: Amount, sentence: Reading, proof: QuoteText) -> str | None:
    """Find a number of the same kind that fits the surroundings much better than the one that is named."""
    if amount.bare or in_pair(amount, sentence):
        return None
    every = [(other, n) for n, piece in enumerate(proof.pieces) for other in piece.reading.amounts]
    if other := _with_the_name(amount, sentence, proof):
        return f"its quotes have {other} where it has {amount.text}"
    own = [_there(other, n, proof) for other, n in every if tells(amount, other)]
    if not own or all(other.bare for other, _ in every if tells(amount, other)):
        return None
    unsaid = [(other, n) for other, n in every if not any(tells(said, other) for said in sentence.amounts)]
    others = [_there(other, n, proof) for other, n in unsaid if _comparable(amount, other)]
    return _rival(amount.text, binding(amount, sentence), own, others)


def _with_the_name(amount: Amount, sentence: Reading, proof: QuoteText) -> str | None:
    """Find another number of the same unit right after the name after which the sentence has this one."""
    name = _name_before(amount, sentence)
    every = [(other, _name_before(other, piece.reading)) for piece in proof.pieces for other in piece.reading.amounts]
    own = {before for other, before in every if tells(amount, other)}
    if not name or not amount.unit or name in own or None in own:
        return None
    said = {(a.value, _name_before(a, sentence) in own) for a in sentence.amounts}  # elsewhere, or in a swap
    return next(
        (
            o.text
            for o, before in every
            if before == name and o.unit in {amount.unit, ""} and (o.value, False) not in said
        ),
        None,
    )


def _name_before(amount: Amount, reading: Reading) -> str | None:
    """Return the last word of the nearest name before a number in its clause."""
    before = [name for name in reading.names if name.end <= amount.start]
    if not before or _SEPARATES.search(reading.text, before[-1].end, amount.start):
        return None
    return before[-1].words[-1]


def numbers_swapped(sentence: Reading, proof: QuoteText) -> str | None:
    """Return which two numbers would fit the quotes better if each stood in the other's place, or None."""
    alone = [a for a in sentence.amounts if not (in_pair(a, sentence) or in_contrast(a, sentence))]
    every = [(other, n) for n, piece in enumerate(proof.pieces) for other in piece.reading.amounts]
    for one, other in combinations(alone, 2):
        if one.value != other.value and (one.unit == other.unit or one.bare or other.bare):
            first = [_there(a, n, proof) for a, n in every if tells(one, a)]
            second = [_there(a, n, proof) for a, n in every if tells(other, a)]
            if _crossed(binding(one, sentence), binding(other, sentence), first, second):
                return f"its quotes have {one.text} and {other.text} the other way round"
    return None


def time_rival(sentence: Reading, proof: QuoteText) -> str | None:
    """Return which time of a sentence the quotes give to something else, while they give another to this, or None."""
    seen = next((day for day in proof.published if day), None)
    every = [(t, n) for n, piece in enumerate(proof.pieces) for t in _times(piece.reading, piece.published)]
    said = _times(sentence, seen)
    for start, end, meant in _grouped(said):
        own = [_there(t, n, proof) for t, n in every if any(_meet(t, m) for m in meant)]
        unsaid = [(t, n) for t, n in every if not any(_meet(t, m) for m in said) and _alike(t, meant[0])]
        others = [_there(t, n, proof) for t, n in unsaid]
        beside = [other for other in others if other.piece in {one.piece for one in own}]
        fault = _elsewhere(meant[0], sentence, own, beside) if own else None
        if own and (fault or (fault := _rival(sentence.text[start:end], binding(meant[0], sentence), own, others))):
            return fault
    return None


def name_rival(name: Name, sentence: Reading, proof: QuoteText) -> str | None:
    """Find a name that the sentence leaves out and that stands where it has another, beside that one in its quotes."""
    every = [(other, n) for n, piece in enumerate(proof.pieces) for other in piece.reading.names]
    own = [_there(other, n, proof) for other, n in every if _same_name(other, name)]
    how, beside = slot(name, sentence), {one.piece for one in own}
    others = [
        _there(other, n, proof)
        for other, n in every
        if n in beside and how == slot(other, proof.pieces[n].reading) and not _mentioned(other, name, sentence)
        if not _listed(other, name, proof.pieces[n].reading)
    ]
    elsewhere = _elsewhere(name, sentence, own, others) if how == "in" else None
    return elsewhere or _rival(name.text, binding(name, sentence), own, others)


def _listed(other: Name, name: Name, reading: Reading) -> bool:
    """Whether two names stand in one list, so that a sentence may take one of them."""
    for own in (one for one in reading.names if _same_name(one, name)):
        first, last = sorted((own, other), key=lambda one: one.start)
        between = _listing(reading.text[first.end : last.start], reading.names)
        if first.end <= last.start and between:
            return True
    return False


def _listing(text: str, known: Sequence[Name]) -> bool:
    """Whether a text between two names has only other names, commas and "and"."""
    left = text
    for name in known:
        left = left.replace(name.text, " ")
    return _LIST.fullmatch(left) is not None


def _elsewhere(fact: Name | Moment, sentence: Reading, own: Sequence[_There], others: Sequence[_There]) -> str | None:
    """Find the place or time at which the quotes have what a sentence has, unless they have it at this one too."""
    done = verbs(fact, sentence)
    if any(not done.isdisjoint(one.verbs) for one in own):
        return None
    text = sentence.text[fact.start : fact.end]
    found = (other.text for other in others if not done.isdisjoint(other.verbs))
    return next((f"its quotes have “{other}” where it has {text}" for other in found), None)


def name_instead(name: Name, sentence: Reading, proof: QuoteText) -> str | None:
    """Find a name that the sentence leaves out, in the quotes, and that may stand there for one that they lack."""
    how = slot(name, sentence)
    for piece in proof.pieces:
        for other in piece.reading.names:
            dateline = other.start == 0 and other.text.isupper()
            if (
                not dateline
                and not {*other.words} <= HONORIFICS
                and how == slot(other, piece.reading)
                and not _mentioned(other, name, sentence)
            ):
                return other.text
    return None


def _there(fact: Amount | Moment | Name, n: int, proof: QuoteText) -> _There:
    reading = proof.pieces[n].reading
    return _There(reading.text[fact.start : fact.end], n, binding(fact, reading), verbs(fact, reading))


def _rival(text: str, here: Binding, own: Sequence[_There], others: Sequence[_There]) -> str | None:
    best = max(others, key=lambda other: fit(here, other.binding), default=None)
    if best and clearly_better(fit(here, best.binding), max((fit(here, one.binding) for one in own), default=0.0)):
        return f"its quotes have “{best.text}” where it has {text}"
    return None


def _crossed(one: Binding, other: Binding, first: Sequence[_There], second: Sequence[_There]) -> bool:
    def best(here: Binding, there: Sequence[_There]) -> float:
        return max((fit(here, fact.binding) for fact in there), default=0.0)

    straight, crossed = best(one, first) + best(other, second), best(one, second) + best(other, first)
    return bool(first and second) and crossed > _CROSSED * straight


def _comparable(amount: Amount, other: Amount) -> bool:
    """Whether two numbers measure, or may count, the same kind of thing."""
    if other.bare or not (amount.unit == other.unit or same_dimension(amount, other)):
        return False
    return not amount.counts or not other.counts or not set(amount.counts).isdisjoint(other.counts) or bool(amount.unit)


def _times(reading: Reading, seen: date | None) -> list[Moment]:
    """Return the times of a text: days, months, and years that stand alone."""
    every = reading.moments(seen)
    found = [m for m in every if not any(_within(m, other) for other in every)]
    alone = (a for a in reading.amounts if not a.unit and a.value in YEARS and not any(_within(a, m) for m in found))
    years = (Moment(date(int(a.value), 1, 1), date(int(a.value), 12, 31), a.start, a.end) for a in alone)
    return [*found, *years]


def _grouped(found: Sequence[Moment]) -> Iterator[tuple[int, int, list[Moment]]]:
    for start, end in sorted({(moment.start, moment.end) for moment in found}):
        yield start, end, [moment for moment in found if (moment.start, moment.end) == (start, end)]


def _within(one: Amount | Moment, other: Moment) -> bool:
    """Whether words are part of longer ones: the month of a date."""
    return one.end - one.start < other.end - other.start and one.start < other.end and other.start < one.end


def _alike(one: Moment, other: Moment) -> bool:
    """Whether both are days, or both months, or both years."""
    return abs((one.last - one.first).days - (other.last - other.first).days) < _UNLIKE


def _meet(one: Moment, other: Moment) -> bool:
    return one.first <= other.last and other.first <= one.last


def _same_name(one: Name, other: Name) -> bool:
    """Whether two names share a word and each has no more than one that the other lacks: none for two parks."""
    here, there = ({*name.words} - HONORIFICS for name in (one, other))
    return bool(here & there) and (here <= there or there <= here or len(here & there) > min(len(here), len(there)) / 2)


def _mentioned(other: Name, name: Name, sentence: Reading) -> bool:
    """Whether a sentence has a name, a part of it, or the country for its people; parts of the rival do not count."""
    if _same_name(other, name):
        return True
    said = sentence.folded - {*name.words}
    return any(same_people(one, word) for one in other.words for word in said)
