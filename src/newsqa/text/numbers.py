"""Finds numbers in news prose, and what they count: 1,200, 1.2 million, "twelve", $5bn, 12 per cent."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from newsqa.text.calendar import dates
from newsqa.text.words import FUNCTION_WORDS, fold, stem, word_set

UNITS = {
    "zero": 0, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9,
    "ten": 10, "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16,
    "seventeen": 17, "eighteen": 18, "nineteen": 19,
}  # fmt: skip
TENS = {
    "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90,
}  # fmt: skip
"""The words for numbers below 20, and for tens."""

_SCALES = {
    "hundred": 10**2, "dozen": 12, "thousand": 10**3, "million": 10**6, "billion": 10**9, "trillion": 10**12,
    "k": 10**3, "m": 10**6, "mn": 10**6, "bn": 10**9, "b": 10**9, "tn": 10**12,
}  # fmt: skip
_CURRENCIES: dict[str, str] = {
    "dollar": "$", "dollars": "$", "usd": "$", "euro": "€", "euros": "€", "eur": "€", "pound": "£", "pounds": "£",
    "gbp": "£", "yen": "¥", "rupee": "₹", "rupees": "₹", "crown": "crown", "crowns": "crown", "krona": "krona",
    "kronor": "krona",
    "krone": "krone", "kroner": "krone", "rouble": "rouble", "roubles": "rouble", "ruble": "rouble",
    "rubles": "rouble", "yuan": "yuan", "peso": "peso", "pesos": "peso", "franc": "franc", "francs": "franc",
    "lira": "lira", "shekel": "shekel", "shekels": "shekel", "zloty": "zloty", "hryvnia": "hryvnia",
}  # fmt: skip

_MEASURES = {
    "second": "second seconds sec secs", "minute": "minute minutes min mins", "hour": "hour hours hr hrs",
    "day": "day days", "week": "week weeks", "month": "month months", "year": "year years", "decade": "decade decades",
    "century": "century centuries", "millennium": "millennium millennia",
    "millimetre": "millimetre millimetres millimeter millimeters mm",
    "centimetre": "centimetre centimetres centimeter centimeters cm", "metre": "metre metres meter meters m",
    "kilometre": "kilometre kilometres kilometer kilometers km kms", "mile": "mile miles", "foot": "foot feet ft",
    "inch": "inch inches", "yard": "yard yards", "hectare": "hectare hectares ha", "acre": "acre acres",
    "microgram": "microgram micrograms µg mcg", "milligram": "milligram milligrams mg",
    "gram": "gram grams gramme grammes", "kilogram": "kilogram kilograms kilo kilos kg", "pound": "lb lbs",
    "tonne": "tonne tonnes ton tons", "litre": "litre litres liter liters", "barrel": "barrel barrels",
    "gallon": "gallon gallons", "degree": "degree degrees °c °f", "watt": "watt watts", "kilowatt": "kilowatt kw",
    "megawatt": "megawatt megawatts mw", "gigawatt": "gigawatt gigawatts gw", "knot": "knots", "volt": "volt volts",
    "cent": "cent cents",
}  # fmt: skip
MEASURE_OF = {form: name for name, forms in _MEASURES.items() for form in forms.split()}
SPANS_OF_TIME = ("second", "minute", "hour", "day", "night", "week", "month", "year", "decade")
"""The names of measures by their forms, and those that measure time."""


_BELOW_100 = rf"(?:(?:{'|'.join(TENS)})(?:[\s-](?:{'|'.join(list(UNITS)[1:10])})\b)?|(?:{'|'.join(UNITS)}))\b"
_HUNDREDS = rf"(?:(?:{_BELOW_100}|an?)[\s-]hundred\b(?:\s+(?:and\s+)?{_BELOW_100})?)"
_CHUNK = rf"(?:{_HUNDREDS}|{_BELOW_100})"
_SCALE = r"(?:thousand|million|billion|trillion|dozen)\b"
_SPELLED = (
    rf"(?:{_CHUNK}|(?:half )?an?(?=[\s-]{_SCALE}))(?:[\s-]{_SCALE}"
    rf"(?:,?\s+(?:and\s+)?{_CHUNK}(?=[\s-]{_SCALE})|\s+(?:and\s+{_CHUNK}|{_HUNDREDS})(?![\s-]{_SCALE}))?){{0,4}}"
    rf"(?:\s+and\s+a\s+half\b(?:\s{_SCALE})?)?"
)
_NUMBER = re.compile(
    rf"(?P<sign>[$€£¥₹])?\s?(?<![\w.,])(?:"
    rf"(?P<digits>\d{{1,3}}(?:,\d{{3}})+(?:\.\d+)?|\d+(?:\.\d+)?)"
    rf"(?:(?P<ordinal>st|nd|rd|th)\b|(?P<decade>s)\b|[\s-]?(?P<scale>(?i:{'|'.join(_SCALES)}))\b)?"
    rf"|(?P<spelled>(?i:{_SPELLED}))"
    rf")(?P<percent>\s?%|[\s-](?i:per\s?cent|percent|percentage)\b)?",
)
_COUNTED = re.compile(r"[\s-]*(?:[^\W\d_]+['’]?)")
_NO_COUNT_AFTER_ONE = word_set("of another who that or and thing in to on is was has had could would day")
_POINTS_AT_ONE = re.compile(r"\b(?i:no|any|every|this|that|the|another|at)\s+$")
_ONE_TO_ANOTHER = re.compile(r"\s+(?:\w+\s+)?(?:to|after|from|over)\s+(?:another|the (?:next|other)|one)\b")
_LONGEST = 40
"""A row of more digits is not a number that a person would read."""

_COUNTED_WITHIN = 3
_STOPS_COUNT = word_set("and or but to in on at from of as by with for who that which were was have has had is")


@dataclass(frozen=True, slots=True)
class Number:
    """A number of a text: its value, unit, the stems of the words that it counts (nearest first), and its span.

    The unit is "%", a currency ("$", "crown"), "s" for a decade (the 1990s), or "" for a plain number.
    """

    value: Decimal
    unit: str
    counts: tuple[str, ...]
    text: str
    start: int
    end: int


def numbers(text: str) -> list[Number]:
    """Return the numbers of a text, in order, without those of the days that `dates` finds."""
    taken = [(d.start, d.end) for d in dates(text)]
    found = (_number(match, text) for match in _NUMBER.finditer(text))
    return [n for n in found if n and not any(start <= n.start < end for start, end in taken)]


def _number(match: re.Match[str], text: str) -> Number | None:
    value = _spelled(match["spelled"]) if match["spelled"] else _digits(match["digits"], match["scale"])
    if value is None or _is_pronoun(match, text):
        return None
    unit = _unit(match, text)
    written = match.group().strip()
    start = match.end() - len(match.group().lstrip())
    return Number(value, unit, counted(text, match.end()), written, start, match.end())


def _digits(digits: str, scale: str | None) -> Decimal | None:
    if len(digits) > _LONGEST:
        return None
    return Decimal(digits.replace(",", "")) * (_SCALES[scale.lower()] if scale else 1)


def _spelled(phrase: str) -> Decimal:
    """Read number words from left to right: "two hundred and five thousand" is (2·100 + 5)·1000."""
    total, part = Decimal(0), Decimal(0)
    for word in re.split(r"[\s,-]+", phrase.lower()):
        if word in UNITS or word in TENS:
            part += UNITS.get(word, 0) + TENS.get(word, 0)
        elif word == "half":
            part += Decimal("0.5")
        elif word in {"hundred", "dozen"}:
            part = (part or Decimal(1)) * _SCALES[word]
        elif word in _SCALES:
            total, part = total + (part or 1) * _SCALES[word], Decimal(0)
    return total + part


def _is_pronoun(match: re.Match[str], text: str) -> bool:
    """Return True for the "one" of "one of them", False for that of "one person"."""
    if (match["spelled"] or "").lower() != "one":
        return False
    following = _COUNTED.match(text, match.end())
    alone = following is None or fold(following.group().strip(" -")) in _NO_COUNT_AFTER_ONE
    before = text[: match.start("spelled")][-12:]
    return alone or bool(_POINTS_AT_ONE.search(before) or _ONE_TO_ANOTHER.match(text, match.end()))


def _unit(match: re.Match[str], text: str) -> str:
    if match["percent"]:
        return "%"
    if match["sign"]:
        return match["sign"]
    if match["decade"]:
        return "s"
    following = _COUNTED.match(text, match.end())
    return _CURRENCIES.get(following.group().strip(" -").lower(), "") if following else ""


def counted(text: str, end: int) -> tuple[str, ...]:
    """Return the stems of the words that a number before `end` counts, nearest first."""
    stems: list[str] = []
    while len(stems) < _COUNTED_WITHIN and (match := _COUNTED.match(text, end)):
        word = fold(match.group().strip(" -\n\t"))
        if word in _STOPS_COUNT or word in UNITS or word in TENS:
            break
        if word not in FUNCTION_WORDS:
            stems.append(stem(word))
        end = match.end()
    return tuple(stems)
