"""Numbers that a reader works out: one as "a", two as "both", a difference, a ratio, the time between two."""

from __future__ import annotations

import re
from datetime import timedelta
from decimal import Decimal
from itertools import permutations
from typing import TYPE_CHECKING

from newsqa.verify.checks.trees import tree
from newsqa.verify.facts.amounts import PLACE, TIMES
from newsqa.verify.facts.synonyms import kin

if TYPE_CHECKING:
    from collections.abc import Iterator

    from newsqa.verify.checks.reading import QuoteText, Reading
    from newsqa.verify.checks.trees import Tree
    from newsqa.verify.facts.amounts import Amount


_MORE = (
    "more|fewer|less|above|below|later|earlier|higher|lower|ahead|behind|longer|shorter|older|younger|heavier|lighter"
)
_DIFFERENCE = re.compile(rf"\s+(?:[^\W\d_]+\s+){{0,2}}(?:{_MORE}|after|before|short)\b", re.IGNORECASE)
_MORE_THAN = re.compile(rf"\s+(?:[^\W\d_]+\s+)?(?P<which>{_MORE})\s+than\b", re.IGNORECASE)
_LESS = frozenset({"fewer", "less", "below", "earlier", "lower", "behind", "shorter", "younger", "lighter"})
_ALL_BUT = re.compile(r"\b(?:all but|but for|except for|by|within|after)\s+(?:about |some |nearly )?$", re.IGNORECASE)
_SINGLE = re.compile(r"\b(?:an?|single|another|sole|only|lone)\b", re.IGNORECASE)
_PAIR = re.compile(r"\b(?:both|pair|couple|twice|either|neither|each other|between)\b", re.IGNORECASE)
_DEFINITE = re.compile(r"\b(?:the|these|those|its|their)\s+$", re.IGNORECASE)
_NOT_ONE = re.compile(r"\bnot (?:a single |even )?$|\bno $", re.IGNORECASE)
_LOOSE_PLACES = re.compile(r"\b(?:last|final|next|second|third)\b", re.IGNORECASE)
_DAYS = {"day": 1, "week": 7}
_MINUTES = {"minute": 1, "hour": 60}
_SPANS_OF_YEARS = {"year": 1, "decade": 10, "century": 100}
YEARS = range(1000, 2200)
_AT = ("at ", "from ", "by ", "until ")
_MOST_LISTED = 12
"""Items of a list that a reader counts."""

_SCORES = re.compile(r"\b\d{1,2}[-–]\d{1,2}\b")
_OFF = Decimal("0.06")
_LEAST_OF_RATIO = 20
"""Below this two numbers have some whole ratio too often by chance."""


def reckoned(amount: Amount, sentence: Reading, proof: QuoteText) -> bool:
    """Whether the quotes, which lack a number, hold it in another form, or what it is worked out from."""
    if amount.unit == PLACE:
        return _placed(amount, proof)
    if amount.unit == TIMES:
        return amount.value == 1 or _is_ratio(amount, proof)
    if amount.value in YEARS and not amount.unit and amount.text.isdigit():
        return any(moment.first.year == amount.value == moment.last.year for moment in proof.moments)
    if amount.value <= 2 and _small(amount, sentence, proof):
        return True
    if is_difference(amount, sentence, proof):
        return True
    at = sentence.text[: amount.start].endswith(_AT)
    return _on_the_clock(amount, proof, at=at) or amount.value in _completed(amount, proof) or _listed(amount, proof)


def is_difference(amount: Amount, sentence: Reading, proof: QuoteText) -> bool:
    """Whether a number that is told as a difference ("two days later", "by eight points") is one in the quotes."""
    told = _ALL_BUT.search(sentence.text[max(0, amount.start - 24) : amount.start])
    if not told and not _DIFFERENCE.match(sentence.text, amount.end):
        return False
    return amount.value in _differences(amount, proof) or amount.value in _between(amount, proof)


def _placed(amount: Amount, proof: QuoteText) -> bool:
    """Whether a place in a row is in the quotes as a plain number, or needs none."""
    if amount.value == 1:
        return not _LOOSE_PLACES.search(proof.whole.text)
    return amount.value > 3 and any(other.value == amount.value for other in proof.amounts)


def _small(amount: Amount, sentence: Reading, proof: QuoteText) -> bool:
    """Whether the quotes say one as "a" or two as "both", or the sentence only says "not one" or "the two"."""
    before = sentence.text[max(0, amount.start - 20) : amount.start]
    if amount.value == 2:
        definite = _DEFINITE.search(before) is not None and not _counted(amount, proof)
        return definite or _PAIR.search(proof.whole.text) is not None
    return amount.value == 1 and bool(_NOT_ONE.search(before) or _SINGLE.search(proof.whole.text))


def _counted(amount: Amount, proof: QuoteText) -> bool:
    """Whether the quotes count what a number counts."""
    counts = {k for what in amount.counts[:1] for k in kin(what)}
    return any(not counts.isdisjoint(kin(what)) for other in proof.amounts for what in other.counts)


def _on_the_clock(amount: Amount, proof: QuoteText, *, at: bool) -> bool:
    return (amount.bare or at) and any(
        clock.minutes == amount.value * 60 % 720 for clock in proof.clocks if amount.value <= 12
    )


def _listed(amount: Amount, proof: QuoteText) -> bool:
    """Whether the quotes list just so many: six countries by their names, four sets by their scores."""
    if amount.unit or not 2 < amount.value <= _MOST_LISTED:
        return False
    texts = [piece.reading.text for piece in proof.pieces]
    scores = (_SCORES.findall(text) for text in texts)
    lists = (len(_all_names(tree(text), at)) for text in texts for at in range(len(tree(text).tokens)))
    return amount.value in {*(len(found) for found in scores), *lists}


def _all_names(parsed: Tree, at: int) -> list[int]:
    """Return the names that "and" joins to this one, itself the first of them."""
    if parsed.tokens[at].part != "PROPN" or parsed.tokens[at].dependency == "conj":
        return []
    return parsed.all_joined(at)


def _like(amount: Amount, proof: QuoteText) -> list[Amount]:
    """Return the numbers of the quotes that may be of the same kind."""
    every = (*proof.amounts, *proof.implied)
    return [other for other in every if other.unit in {amount.unit, ""} or not amount.unit]


def _differences(amount: Amount, proof: QuoteText) -> Iterator[object]:
    return (one.value - other.value for one, other in permutations(_like(amount, proof), 2) if one.value > other.value)


def _completed(amount: Amount, proof: QuoteText) -> Iterator[object]:
    """Yield what the quotes compare a number with: 17 where they have 23, "six more than on the first day"."""
    for piece in proof.pieces:
        found = [other for other in piece.reading.amounts if other.unit in {amount.unit, ""}]
        for one, other in permutations(found, 2):
            if more := _MORE_THAN.match(piece.reading.text, other.end):
                yield one.value + (other.value if more["which"].lower() in _LESS else -other.value)


def _between(amount: Amount, proof: QuoteText) -> Iterator[object]:
    """Yield the days, minutes or years between the times of the quotes, in the unit of a number."""
    if amount.unit in _DAYS:
        days = {m.day for m in proof.moments if m.day} | {day for day in proof.published if day}
        yield from (abs(one - other) / timedelta(days=_DAYS[amount.unit]) for one, other in permutations(days, 2))
    elif amount.unit in _MINUTES:
        found = [clock.minutes for clock in proof.clocks]
        yield from ((one - other) % 720 / _MINUTES[amount.unit] for one, other in permutations(found, 2))
    elif amount.unit in _SPANS_OF_YEARS:
        years = {int(a.value) for a in proof.amounts if a.value in YEARS and not a.unit}
        years |= {m.first.year for m in proof.moments}
        yield from (abs(one - other) / _SPANS_OF_YEARS[amount.unit] for one, other in permutations(years, 2))


def _is_ratio(amount: Amount, proof: QuoteText) -> bool:
    """Whether one number of the quotes is so many times another of the same unit."""
    large = [other for other in proof.amounts if other.value >= _LEAST_OF_RATIO and other.value not in YEARS]
    pairs = ((one, other) for one, other in permutations(large, 2) if one.unit == other.unit)
    return any(abs(amount.value - one.value / other.value) <= _OFF * amount.value for one, other in pairs)
