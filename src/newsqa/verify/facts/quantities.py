"""When one amount may be told for another: the same quantity in other units, as a part, or rounded as people round.

Factors are the SI's and the international yard and pound's (BIPM, SI Brochure, 9th edition; NIST SP 811, appendix B).
"""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal
from itertools import pairwise
from typing import TYPE_CHECKING

from newsqa.text.numbers import counted
from newsqa.verify.facts.amounts import AGE, MEASURE_OF, PART, PLACE, TIMES, Amount

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


_DIMENSIONS = {
    "time": {"second": "1", "minute": "60", "hour": "3600", "day": "86400", "week": "604800"},
    "months": {"month": "1", "year": "12", "decade": "120", "century": "1200"},
    "length": {"millimetre": "0.001", "centimetre": "0.01", "metre": "1", "kilometre": "1000", "mile": "1609.344",
               "yard": "0.9144", "foot": "0.3048", "inch": "0.0254"},
    "area": {"hectare": "10000", "acre": "4046.86", "square metre": "1", "square kilometre": "1000000",
             "square mile": "2589988", "square foot": "0.09290304"},
    "mass": {"microgram": "0.000000001", "milligram": "0.000001", "gram": "0.001", "kilogram": "1", "tonne": "1000",
             "pound": "0.45359237"},
    "volume": {"litre": "1", "gallon": "3.785", "cubic metre": "1000"},
    "power": {"watt": "1", "kilowatt": "1000", "megawatt": "1000000", "gigawatt": "1000000000"},
    "share": {"%": "0.01", PART: "1"},
}  # fmt: skip
_SCALES = {
    unit: (dimension, Decimal(factor)) for dimension, units in _DIMENSIONS.items() for unit, factor in units.items()
}
_EXACT = {"time", "months"}
_CONVERTED = Decimal("0.03")
"""How far a converted measure may be off: "about 180 miles" for 290 kilometres."""

_NEVER_ROUNDED = {PLACE, TIMES, AGE, "s"}
_YEARS = range(1000, 2200)
_LEAST_ROUNDED = 10
_OFF = {"": Decimal("0.006"), "about": Decimal("0.06"), "above": Decimal("0.1"), "below": Decimal("0.1")}
"""How far a rounded number may be off, after "about", "more than", "nearly", or plainly in words: "1.73 million"."""

_ONE_OF = re.compile(
    r"\b(?:an?|the (?:next|past|last|coming|first|previous|following))\s+(?:(?:whole|full|single)\s+)?"
    rf"(?P<unit>{'|'.join(unit for unit in MEASURE_OF if not unit.endswith('s'))}|fortnight|dozen)\b",
    re.IGNORECASE,
)
_SINGLE = re.compile(r"\b(?:an?|the|its|one)\s+(?:single|sole|lone|only)\b", re.IGNORECASE)
_MANY = {"fortnight": (14, "day"), "dozen": (12, "")}
_JOINED = re.compile(r"[\s-]*(?:[^\W\d_]+)?(?:,\s|\s)(?:and\s)?")


def implied(text: str, found: Sequence[Amount]) -> Iterator[Amount]:
    """Yield the amounts that a text has without a number: "a decade", and "an hour and six minutes" as one."""
    single = [_one_of(match) for match in _ONE_OF.finditer(text)]
    yield from single
    for match in _SINGLE.finditer(text):
        yield Amount(Decimal(1), "", "", "", counted(text, match.end()), match.group(), *match.span())
    every = sorted([*found, *single], key=lambda amount: amount.start)
    for one, other in pairwise(every):
        if same_dimension(one, other) and _JOINED.fullmatch(text[one.end : other.start]):
            times = _SCALES[one.unit][1] / _SCALES[other.unit][1]
            if times > 1:
                value, whole = other.value + one.value * times, text[one.start : other.end]
                yield replace(other, value=value, bound=one.bound, start=one.start, text=whole)


def _one_of(match: re.Match[str]) -> Amount:
    written = match["unit"].lower()
    value, unit = _MANY.get(written, (1, MEASURE_OF.get(written, "")))
    return Amount(Decimal(value), unit, "", "", (), match.group(), match.start(), match.end())


def same_dimension(one: Amount, other: Amount) -> bool:
    """Whether both are measured in units that can be converted into each other."""
    here, there = _SCALES.get(one.unit), _SCALES.get(other.unit)
    return here is not None and there is not None and here[0] == there[0]


def tells(told: Amount, known: Amount) -> bool:
    """Whether an amount may be told for a known one: its value, converted or rounded; units that differ are no matter.

    A rounded number keeps to the side that its words name: 57,360 is "more than 57,000" and "nearly 58,000".
    """
    if told.unit != known.unit and same_dimension(told, known):
        dimension, factor = _SCALES[told.unit]
        value = known.value * _SCALES[known.unit][1] / factor
        return _near(told, value, Decimal(0) if dimension in _EXACT else _CONVERTED)
    return told.value == known.value or _rounded(told, known.value)


def _near(told: Amount, value: Decimal, slack: Decimal) -> bool:
    if told.unit == PART or (told.unit == "%" and told.bound == ""):
        slack = min(slack, Decimal("0.02"))
    return told.value == value or abs(told.value - value) <= slack * value or _rounded(told, value)


def _rounded(told: Amount, value: Decimal) -> bool:
    """Whether a person would say the one for the other: fewer digits, the right side, and not far off."""
    plainly = not told.bound and not any(letter.isalpha() for letter in told.text)
    if plainly or told.unit in _NEVER_ROUNDED or told.value < _LEAST_ROUNDED or _is_year(told) or value <= 0:
        return False
    off = value - told.value
    if told.bound in {"above", "below"} and (off > 0) != (told.bound == "above"):
        return False
    digits, last = _precision(told.value)
    half = last if told.bound in {"above", "below"} else last / 2
    return digits < _precision(value)[0] and abs(off) <= half and abs(off) <= _OFF[told.bound] * value


def _precision(value: Decimal) -> tuple[int, Decimal]:
    """Return how many digits a number has without the noughts at its end, and what one in the last of them is worth."""
    _, digits, exponent = value.normalize().as_tuple()
    return len(digits), Decimal(10) ** int(exponent)


def _is_year(amount: Amount) -> bool:
    return not amount.unit and amount.value in _YEARS and "," not in amount.text
