"""Numbers: each must be in the quotes with its unit, as the same kind of bound, and count the same thing."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from newsqa.verify.checks.arithmetic import is_difference, reckoned
from newsqa.verify.checks.confusions import number_rival, numbers_swapped
from newsqa.verify.facts.amounts import PART, PLACE, SPANS_OF_TIME, TIMES, same_dimension, tells
from newsqa.verify.facts.synonyms import kin
from newsqa.verify.faults import Fault

if TYPE_CHECKING:
    from collections.abc import Sequence

    from newsqa.verify.checks.reading import QuoteText, Reading
    from newsqa.verify.facts.amounts import Amount


_OF_A_KIND = {PLACE: 3, TIMES: 99, "s": 9999}
"""Kinds of number and up to where they are no others: a '20th birthday' makes 20, 'a third' no three."""


_ADVERBS = {"hourly": "hour", "daily": "day", "nightly": "night", "weekly": "week", "monthly": "month",
            "yearly": "year", "annual": "year", "annually": "year"}  # fmt: skip
_NEAR = re.compile(r"\b(?:(?:just|shortly|soon|a little)\s+)?(after|past|before|about|around)\s+$", re.IGNORECASE)
_QUARTER = 15
"""Minutes within which it is "shortly after"."""

_EACH = re.compile(r"\b(?:each|apiece)\b(?! other)", re.IGNORECASE)
_ALL = re.compile(r"\b(?:together|altogether|in all|in total|combined)\b", re.IGNORECASE)
_RATE = re.compile(
    rf"\b(?:(?P<adverb>{'|'.join(_ADVERBS)})|(?:per|every|each|in a full)\s+(?P<of>hour|day|night|week|month|year))\b",
    re.IGNORECASE,
)


def check_amounts(sentence: Reading, source: QuoteText) -> Fault | None:
    """Return what is wrong with the numbers of a sentence, or None."""
    faults = (fault for amount in sentence.amounts if (fault := _fault(amount, sentence, source)))
    return next(faults, None) or numbers_swapped(sentence, source)


def check_clocks(sentence: Reading, source: QuoteText) -> Fault | None:
    """Return which time of the clock is not in the quotes, or None."""
    for clock in sentence.clocks:
        hours = {int(amount.value * 60 % 720) for amount in source.amounts if amount.bare}
        near = _NEAR.search(sentence.text[: clock.start])
        if near and any(_near(other.minutes - clock.minutes, near.group(1).lower()) for other in source.clocks):
            continue
        if clock.minutes not in hours and not any(clock.agrees(other) for other in source.clocks):
            return Fault("clock_missing", (clock.text,))
    return None


def _near(minutes: int, side: str) -> bool:
    """Return True if a time is so many minutes from another as "just after", "before" or "about" allows."""
    least, most = (0, _QUARTER) if side in {"after", "past"} else (-_QUARTER, 0 if side == "before" else _QUARTER)
    return least <= minutes <= most


def check_rates(sentence: Reading, source: QuoteText) -> Fault | None:
    """Return for what ("monthly", "each") the quotes give nothing, while they do for other spans or for all."""
    if (each := _EACH.search(sentence.text)) and _ALL.search(source.whole.text) and not _EACH.search(source.whole.text):
        return Fault("rate_missing", (each.group(),))
    there = {_span(match) for match in _RATE.finditer(source.whole.text)}
    here = (match for match in _RATE.finditer(sentence.text) if there and _span(match) not in there)
    return next((Fault("rate_missing", (match.group(),)) for match in here), None)


def _span(match: re.Match[str]) -> str:
    return match["of"].lower() if match["of"] else _ADVERBS[match["adverb"].lower()]


def _fault(amount: Amount, sentence: Reading, source: QuoteText) -> Fault | None:
    equals = [other for other in (*source.amounts, *source.implied) if _same_value(amount, other)]
    if not equals:
        return None if reckoned(amount, sentence, source) else Fault("number_missing", (amount.text,))
    alike = [other for other in equals if _same_unit(amount, other)]
    if not alike and is_difference(amount, sentence, source):
        return None
    if not alike or _counts_otherwise(amount, alike, (*source.amounts, *source.implied)):
        return Fault("unit_mismatch", (amount.text, _what(sentence.text, amount)))
    if not any(_same_bound(amount, other) for other in alike):
        return Fault("bound_mismatch", (amount.text,))
    return number_rival(amount, sentence, source)


def _same_value(amount: Amount, other: Amount) -> bool:
    if not tells(amount, other) or (_OF_A_KIND.get(other.unit, 0) >= amount.value and other.unit != amount.unit):
        return False
    if PART in {amount.unit, other.unit}:
        return same_dimension(amount, other)
    return not (_marked(amount) or _marked(other)) or _same_unit(amount, other)


def _marked(amount: Amount) -> bool:
    """Return True if its unit is written with the number: a currency's or a percentage's sign."""
    return amount.unit in {"%", "$", "€", "£", "¥", "₹"}


def _same_unit(amount: Amount, other: Amount) -> bool:
    if amount.per and other.per and amount.per != other.per:
        return False
    if amount.unit == other.unit or amount.bare or other.bare or same_dimension(amount, other):
        return True
    if other.unit == PLACE and amount.unit in SPANS_OF_TIME:
        return amount.value > _OF_A_KIND[PLACE]  # "ten days": "to the tenth day"
    ages = {"age", "year", ""}
    return {amount.unit, other.unit} <= ages and "age" in {amount.unit, other.unit}


def _same_bound(amount: Amount, other: Amount) -> bool:
    if amount.bound == other.bound or amount.value != other.value:
        return True  # a rounded number has its own words for which side it is on
    return {amount.bound, other.bound} <= {"", "about"} or (amount.bound, other.bound) == ("about", "below")


def _counts_otherwise(amount: Amount, equals: Sequence[Amount], every: Sequence[Amount]) -> bool:
    """Return True if the quotes count what this number counts by another number, and something else by this one."""
    if not amount.counts or amount.unit:
        return False
    if any(_count_alike(amount.counts, other) for other in equals):
        return False
    return any(_count_alike(amount.counts[:1], other) for other in every)


def _count_alike(counts: Sequence[str], other: Amount) -> bool:
    """Return True if a number counts one of these, by a word or a synonym."""
    there = {k for what in other.counts for k in kin(what)}
    return any(not kin(what).isdisjoint(there) for what in counts)


def _what(text: str, amount: Amount) -> str:
    return " ".join(text[amount.start :].split()[:3]).rstrip(".,;:!?")
