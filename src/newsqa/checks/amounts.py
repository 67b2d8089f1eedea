"""Numbers: each must be in the quotes with its unit, as the same kind of bound, and count the same thing."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from newsqa.checks.rivals import number_rival, numbers_swapped
from newsqa.facts.amounts import PART, PLACE, TIMES
from newsqa.facts.quantities import same_dimension, tells
from newsqa.facts.synonyms import kin

if TYPE_CHECKING:
    from collections.abc import Sequence

    from newsqa.checks.reading import Proof, Reading
    from newsqa.facts.amounts import Amount

_DIFFERENCE = re.compile(
    r"\s+(?:[^\W\d_]+\s+){0,2}(?:more|fewer|less|above|below|later|earlier|higher|lower|ahead|behind|longer|shorter)\b",
    re.IGNORECASE,
)
_ALL_BUT = re.compile(r"\b(?:all but|but for|except for)\s+$", re.IGNORECASE)
_OF_A_KIND = {PLACE: 3, TIMES: 99, "s": 9999}
"""Kinds of number and up to where they are no others: a '20th birthday' makes 20, 'a third' no three."""

_LONG_SPANS = {"century": 100, "decade": 10}
_YEARS = range(1000, 2200)
_SINGLE = re.compile(r"\b(?:an?|single|another|sole|only|lone)\b", re.IGNORECASE)
_PAIR = re.compile(r"\b(?:both|pair|couple|twice|either|neither|each other|between)\b", re.IGNORECASE)
_NOT_ONE = re.compile(r"\bnot (?:a single |even )?$|\bno $", re.IGNORECASE)
_LOOSE_PLACES = re.compile(r"\b(?:last|final|next|second|third)\b", re.IGNORECASE)


def amounts_stand(sentence: Reading, proof: Proof) -> str | None:
    """Return what is wrong with the numbers of a sentence, or None."""
    faults = (fault for amount in sentence.amounts if (fault := _fault(amount, sentence, proof)))
    return next(faults, None) or numbers_swapped(sentence, proof)


def clocks_stand(sentence: Reading, proof: Proof) -> str | None:
    """Return which time of the clock is not in the quotes, or None."""
    for clock in sentence.clocks:
        hours = {int(amount.value * 60 % 720) for amount in proof.amounts if amount.bare}
        if clock.minutes not in hours and not any(clock.agrees(other) for other in proof.clocks):
            return f"the time {clock.text} is in none of its quotes"
    return None


def _fault(amount: Amount, sentence: Reading, proof: Proof) -> str | None:
    equals = [other for other in (*proof.amounts, *proof.implied) if _same_value(amount, other)]
    if not equals:
        return None if _otherwise_known(amount, sentence, proof) else f"number {amount.text} is in none of its quotes"
    alike = [other for other in equals if _same_unit(amount, other)]
    if not alike or _counts_otherwise(amount, alike, proof.amounts):
        return f"its quotes do not count {amount.text} as “{_what(sentence.text, amount)}”"
    if not any(_same_bound(amount, other) for other in alike):
        return f"its quotes do not give {amount.text} as such a bound"
    return number_rival(amount, sentence, proof)


def _same_value(amount: Amount, other: Amount) -> bool:
    if not tells(amount, other) or (_OF_A_KIND.get(other.unit, 0) >= amount.value and other.unit != amount.unit):
        return False
    if PART in {amount.unit, other.unit}:
        return same_dimension(amount, other)
    return not (_marked(amount) or _marked(other)) or _same_unit(amount, other)


def _marked(amount: Amount) -> bool:
    """Whether its unit is written with the number: a currency's or a percentage's sign."""
    return amount.unit in {"%", "$", "€", "£", "¥", "₹"}


def _same_unit(amount: Amount, other: Amount) -> bool:
    if amount.per and other.per and amount.per != other.per:
        return False
    if amount.unit == other.unit or amount.bare or other.bare or same_dimension(amount, other):
        return True
    ages = {"age", "year", ""}
    return {amount.unit, other.unit} <= ages and "age" in {amount.unit, other.unit}


def _same_bound(amount: Amount, other: Amount) -> bool:
    if amount.bound == other.bound or amount.value != other.value:
        return True  # a rounded number has its own words for which side it is on
    return {amount.bound, other.bound} <= {"", "about"} or (amount.bound, other.bound) == ("about", "below")


def _counts_otherwise(amount: Amount, equals: Sequence[Amount], every: Sequence[Amount]) -> bool:
    """Whether the quotes count what this number counts by another number, and something else by this one."""
    if not amount.counts or amount.unit:
        return False
    if any(_alike(amount, other) for other in equals):
        return False
    return any(_alike(amount, other) for other in every)


def _alike(amount: Amount, other: Amount) -> bool:
    """Whether two numbers count the same, by a word or a synonym."""
    return not kin(amount.counts[0]).isdisjoint(k for what in other.counts for k in kin(what))


def _what(text: str, amount: Amount) -> str:
    return " ".join(text[amount.start :].split()[:3]).rstrip(".,;:!?")


def _otherwise_known(amount: Amount, sentence: Reading, proof: Proof) -> bool:
    """Whether the quotes hold the number in another form: a year as a date, one as "a", two as "both", a difference."""
    if amount.unit in {PLACE, TIMES, *_LONG_SPANS}:
        return _placed(amount, proof)
    if amount.value in _YEARS and not amount.unit:
        return any(moment.first.year == amount.value == moment.last.year for moment in proof.moments)
    if amount.value <= 2 and _small(amount, sentence, proof):
        return True
    on_the_clock = amount.bare and amount.value <= 12
    if on_the_clock and any(clock.minutes == amount.value * 60 % 720 for clock in proof.clocks):
        return True
    return _is_difference(amount, sentence.text, proof.amounts)


def _placed(amount: Amount, proof: Proof) -> bool:
    """Whether a place in a row, "once" or a span of centuries is in the quotes as a plain number, or needs none."""
    if amount.unit in _LONG_SPANS:
        years = amount.value * _LONG_SPANS[amount.unit]
        return any(other.value == years and other.unit == "year" for other in proof.amounts)
    if amount.value == 1:
        return amount.unit == TIMES or not _LOOSE_PLACES.search(proof.whole.text)
    return amount.value > 3 and any(other.value == amount.value for other in proof.amounts)


def _small(amount: Amount, sentence: Reading, proof: Proof) -> bool:
    """Whether the quotes say one as "a" or two as "both", or the sentence only says "not one"."""
    if amount.value == 2:
        return _PAIR.search(proof.whole.text) is not None
    before = sentence.text[max(0, amount.start - 20) : amount.start]
    return amount.value == 1 and bool(_NOT_ONE.search(before) or _SINGLE.search(proof.whole.text))


def _is_difference(amount: Amount, text: str, every: Sequence[Amount]) -> bool:
    """Whether a number that is told as a difference ("all but 15", "seven more") is that of two numbers there."""
    told = _ALL_BUT.search(text[max(0, amount.start - 12) : amount.start]) or _DIFFERENCE.match(text, amount.end)
    values = [other.value for other in every if other.unit in {amount.unit, ""} or not amount.unit]
    if told is None or amount.value <= 0:
        return False
    return any(one - other == amount.value for one in values for other in values)
