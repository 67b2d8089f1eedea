"""Amounts: the numbers of a text with what a reader takes from around them.

That is the measure ("metres"), what they are per ("a day"), whether they are a bound ("more than"), fractions ("a
third", "one in three") and places in a row ("tenth").
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import pairwise
from typing import TYPE_CHECKING, Literal

from newsqa.text.numbers import counted, numbers
from newsqa.verify.facts.moments import clocks

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from newsqa.text.numbers import Number


Bound = Literal["above", "below", "about", ""]

_MEASURES = {
    "second": "second seconds sec secs", "minute": "minute minutes min mins", "hour": "hour hours hr hrs",
    "day": "day days", "week": "week weeks", "month": "month months", "year": "year years", "decade": "decade decades",
    "century": "century centuries", "millimetre": "millimetre millimetres millimeter millimeters mm",
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
_SPANS = "|".join(SPANS_OF_TIME)
_DENOMINATORS = rf"{_SPANS}|head|person|household|family|guest|pupil|capita|tonne|ton|litre|barrel|kilo|metre|mile"
_MEASURE = re.compile(
    r"[\s-]*(?P<shape>(?:square|cubic|sq|cu)[\s-]+)?(?P<word>°[CcFf]|[^\W\d_]+)(?P<age>[\s-]+olds?\b)?"
)
_POINTS = re.compile(r"[\s-]+points?\b")
_AGED = re.compile(r"\b(?:aged|age of)\s+$", re.IGNORECASE)
_NO = re.compile(r"\b(?:No|number)\b\.?\s*$")
_PER = re.compile(
    rf"(?:[^\W\d_]+\s+){{0,4}}?(?:(?:an?|per|each|every|for every)\s+(?P<unit>{_DENOMINATORS})s?\b"
    r"|(?P<adverb>hourly|daily|nightly|weekly|monthly|yearly|annually)\b)", re.IGNORECASE,
)  # fmt: skip
_EVERY = re.compile(rf"\b(?:each|every|per|an?)\s+(?P<unit>{_SPANS})\b[^.;,]*$", re.IGNORECASE)
_ADVERBS = {"daily": "day", "annually": "year"}
_MORE = "more|greater|longer|higher|larger|older|better|bigger|hotter|warmer|faster|heavier|taller|wider|deeper|further"
_LESS = "less|fewer|lower|shorter|smaller|younger|cheaper|colder|cooler|slower|lighter|narrower"
_UP_TO = "up to|as (?:much|many|long|far|high|wide) as|close to|a maximum of|no more than|not quite"
_THEN = r")\s+(?:the age of\s+)?$"
_BOUNDS: tuple[tuple[Bound, str], ...] = (
    (
        "above",
        rf"\b(?<!no )(?<!not )(?:(?:{_MORE}) than|at least|above|exceeding|exceeded|upwards of|a minimum of{_THEN}",
    ),
    ("above", rf"\b(?:no fewer than|no less than{_THEN}"),
    ("above", r"(?:^|[^\w\s]|\b(?!spread|age|aged|for|the|rule|ruled|lasting)\w+)\s+(?:just |well )?over[\s-]+$"),
    ("below", rf"\b(?<!no )(?:(?:{_LESS}) than|at most|below|under|nearly|almost|{_UP_TO}{_THEN}"),
    ("above", r"\bover-$"),
    ("below", r"\bunder-$"),
    ("about", r"\b(?:about|around|some|roughly|approximately|circa|an estimated|perhaps)\s+$"),
)
_BOUND_FORMS = tuple((bound, re.compile(form, re.IGNORECASE)) for bound, form in _BOUNDS)
_OR_MORE = re.compile(
    r"\+|-(?P<plus>plus)\b|\s+(?:[^\W\d_]+\s+)?or (?P<more>more|above|over|older|less|fewer|under|younger|so)\b",
    re.IGNORECASE,
)
_OR: dict[str, Bound] = {
    "more": "above", "above": "above", "over": "above", "older": "above", "so": "about",
    "less": "below", "fewer": "below", "under": "below", "younger": "below",
}  # fmt: skip
_OVER = re.compile(r"\bover[\s-]+$", re.IGNORECASE)
_PARTS = {"half": 2, "halves": 2, "third": 3, "thirds": 3, "quarter": 4, "quarters": 4, "fourth": 4, "fourths": 4,
          "fifth": 5, "fifths": 5, "sixth": 6, "eighth": 8, "tenth": 10, "tenths": 10}  # fmt: skip
_UPPER = {"a": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "seven": 7, "nine": 9}
_OF = (
    r"(?=\s+(?:of|more|less|as|the|fewer|from|above|below|higher|lower|larger|smaller|cheaper|dearer|longer|shorter)\b"
    r"|[.;:]|$)"
)
_HALF_OF = r"(?=\s+(?:of|the|a|an|its|his|her|their|as)\b|\s+\w+s\b|[,.;:])(?!\s+past)"
_IN_EVERY = r"(?:in|out of)\s+(?:every\s+)?(?P<of>two|three|four|five|six|seven|eight|ten|\d+)"
_FRACTION = re.compile(
    rf"\b(?:(?P<upper>{'|'.join(_UPPER)})[\s-](?P<part>{'|'.join(_PARTS)}){_OF}|(?<!and a )(?P<half>half){_HALF_OF}"
    rf"|(?P<one>one|two|three|four|nine|[1-9])\s+{_IN_EVERY})\b", re.IGNORECASE,
)  # fmt: skip
_AND_THEN = re.compile(r"(?:\s[^\W\d_]+){1,2}\sto\s", re.IGNORECASE)
_COUNTS = {"two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10, "one": 1}
_PLACES = {
    word: number for number, word in enumerate((
        *("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth"),
        *("eleventh", "twelfth", "thirteenth", "fourteenth", "fifteenth", "sixteenth", "seventeenth", "eighteenth"),
        "nineteenth",
    ), 1)
}  # fmt: skip
_TENS_PLACES = {"twentieth": 20, "thirtieth": 30, "fortieth": 40, "fiftieth": 50, "hundredth": 100}
_TENS = {"twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90}
_PLACE = re.compile(
    rf"(?<!per )(?<!every )(?<!\d )\b(?:(?P<tens>{'|'.join(_TENS)})[\s-])?"
    rf"(?P<word>{'|'.join({**_PLACES, **_TENS_PLACES})})\b(?!-hand|[\s-]half|[\s-]time\b)",
    re.IGNORECASE,
)  # fmt: skip
_PER_SECOND = re.compile(
    r"\b(?:\d[\d.,]*|one|two|three|five|ten|twenty|hundred|thousand)\s[^.;]*\ba\s+$", re.IGNORECASE
)
_MULTIPLES = {"once": 1, "twice": 2, "double": 2, "doubled": 2, "doubling": 2, "twofold": 2, "triple": 3, "tripled": 3,
              "trebled": 3, "threefold": 3, "thrice": 3, "quadrupled": 4, "fourfold": 4}  # fmt: skip
_MULTIPLE = re.compile(
    rf"\b(?P<word>{'|'.join(_MULTIPLES)})\b(?<!once)|\b(?P<once>once)(?=\s+(?:an?|per|each|every)\s)", re.IGNORECASE
)
_UNIT = rf"(?P<unit>{'|'.join(sorted(MEASURE_OF, key=len, reverse=True))})"
_NUMBER = rf"(?P<whole>an?|{'|'.join(_COUNTS)}|\d+)"
_MIXED = tuple(
    re.compile(form, re.IGNORECASE)
    for form in (
        rf"\b{_NUMBER}\s+{_UNIT}\s+and\s+(?:a\s+)?(?P<part>half|quarter|three quarters)\b",
        rf"\b(?P<part>half|three[\s-]quarters|quarter)(?:\s+of)?(?:\s+an?\s+|-){_UNIT}\b",
        r"\b(?P<whole>one|two|three|four|five|six|seven|eight|nine|ten|\d+)\s+(?:times|occasions)\b",
    )
)
_MIXED_PARTS = {"half": "0.5", "quarter": "0.25", "three quarters": "0.75"}
PLACE, PART, TIMES, AGE, POINT = "place", "part", "times", "age", "% point"


@dataclass(frozen=True, slots=True)
class Amount:
    """A number as a reader takes it.

    `unit` is a measure ("metre", "cubic metre", "age"), "%", "% point", a currency, or what kind of number it is:
    "place", "part", "times"; "" for a plain count. `per` is the span of time or thing that it is for each of,
    `counts` the stems of what is counted, nearest first.
    """

    value: Decimal
    unit: str
    per: str
    bound: Bound
    counts: tuple[str, ...]
    text: str
    start: int
    end: int

    @property
    def bare(self) -> bool:
        """True if nothing says what it counts: "from 9 to 8"."""
        return not self.unit and not self.counts


def amounts(text: str) -> list[Amount]:
    """Find the amounts of a text, in order; days of dates and times of the clock are left to their own rooms."""
    taken = [(clock.start, clock.end) for clock in clocks(text)]
    found: list[Amount] = []
    for amount in (*_mixed(text), *_parts(text), *_numbered(text), *_places(text), *_multiples(text)):
        if all(amount.end <= start or end <= amount.start for start, end in taken):
            taken.append((amount.start, amount.end))
            found.append(amount)
    return _second_of_pairs(sorted(found, key=lambda amount: amount.start), text)


def _second_of_pairs(found: list[Amount], text: str) -> list[Amount]:
    """Let the second of a pair count what the first does: "from 36 seats to 28"."""
    for n in range(1, len(found)):
        one, other = found[n - 1], found[n]
        if other.bare and _AND_THEN.fullmatch(text[one.end : other.start]):
            found[n] = replace(other, unit=one.unit, counts=one.counts)
    return found


def _numbered(text: str) -> Iterator[Amount]:
    following: Amount | None = None
    for number in reversed(numbers(text)):
        amount = _amount(number, text)
        if amount.bare and following and _paired(text[number.end : following.start]):
            amount = replace(amount, unit=following.unit, counts=following.counts)
        following = amount
        yield amount


def _paired(between: str) -> bool:
    return between.strip(" ").lower() in {"to", "and", "or", "-", "–", "—"}


def _amount(number: Number, text: str) -> Amount:
    unit, counts, end = number.unit, number.counts, number.end
    measured = _MEASURE.match(text, number.end)
    if unit == "%" and _POINTS.match(text, number.end):
        unit, counts = POINT, counts[1:]
    elif _AGED.search(text[max(0, number.start - 12) : number.start]):
        unit = AGE
    elif (number.text[0].isdigit() and number.text.endswith(("st", "nd", "rd", "th"))) or _NO.search(
        text[: number.start][-6:]
    ):
        unit = PLACE
    elif not unit and measured and (name := MEASURE_OF.get(measured["word"].lower())):
        unit = AGE if measured["age"] and name == "year" else _shaped(measured["shape"], name)
        end = measured.end()
        counts = counted(text, end)
    return Amount(
        number.value,
        unit,
        _per(text, end) or _per_before(text, number, unit),
        _bound(text, number.start, number.end, unit),
        counts,
        number.text,
        number.start,
        number.end,
    )


def _shaped(shape: str | None, name: str) -> str:
    if not shape:
        return name
    return f"{'square' if shape.lower().startswith('sq') else 'cubic'} {name}"


def _per(text: str, end: int) -> str:
    after = _PER.match(text, end + 1) if end < len(text) else None
    if after is None:
        return ""
    if after["unit"]:
        return after["unit"].lower()
    adverb = after["adverb"].lower()
    return _ADVERBS.get(adverb, adverb.removesuffix("ly"))


def _per_before(text: str, number: Number, unit: str) -> str:
    """Find "every week …, 2 million crowns" before a sum or a measure."""
    before = _EVERY.search(text[max(0, number.start - 60) : number.start]) if unit else None
    return before["unit"].lower() if before else ""


def _bound(text: str, start: int, end: int, unit: str) -> Bound:
    before = text[max(0, start - 40) : start]
    for bound, pattern in _BOUND_FORMS:
        if pattern.search(before) and not (unit in SPANS_OF_TIME and _OVER.search(before)):
            return bound
    after = _OR_MORE.match(text, end)
    return _OR[(after["more"] or "more").lower()] if after else ""


def _mixed(text: str) -> Iterator[Amount]:
    """Find measures with a part of one: "an hour and a half", "half a year"."""
    for match in (m for form in _MIXED for m in form.finditer(text)):
        found = match.groupdict()
        whole = (found.get("whole") or "0").lower()
        part = Decimal(_MIXED_PARTS[found["part"].lower().replace("-", " ")]) if found.get("part") else 0
        value = Decimal(1 if whole in {"a", "an"} else int(whole) if whole.isdigit() else _COUNTS[whole]) + part
        unit = MEASURE_OF[found["unit"].lower()] if found.get("unit") else TIMES
        bound = _bound(text, *match.span(), unit)
        yield replace(_plain(value, unit, match), bound=bound, per=_per(text, match.end()))


def _parts(text: str) -> Iterator[Amount]:
    for match in _FRACTION.finditer(text):
        if match["half"]:
            value = Decimal(1) / 2
        elif match["upper"]:
            value = Decimal(_UPPER[match["upper"].lower()]) / _PARTS[match["part"].lower()]
        else:
            value = Decimal(_count(match["one"])) / max(1, _count(match["of"]))
        yield replace(_plain(value, PART, match), bound=_bound(text, *match.span(), PART))


def _count(word: str) -> int:
    return int(word[:6]) if word.isdigit() else _COUNTS[word.lower()]


def _places(text: str) -> Iterator[Amount]:
    for match in _PLACE.finditer(text):
        word = match["word"].lower()
        if word == "second" and _PER_SECOND.search(text[max(0, match.start() - 40) : match.start()]):
            continue
        tens = _TENS[match["tens"].lower()] if match["tens"] else 0
        yield _plain(Decimal(tens + (_PLACES.get(word) or _TENS_PLACES[word])), PLACE, match)


def _multiples(text: str) -> Iterator[Amount]:
    for match in _MULTIPLE.finditer(text):
        amount = _plain(Decimal(_MULTIPLES[(match["word"] or match["once"]).lower()]), TIMES, match)
        yield replace(amount, per=_per(text, match.end()))


def _plain(value: Decimal, unit: str, match: re.Match[str]) -> Amount:
    return Amount(value, unit, "", "", (), match.group(), match.start(), match.end())


# Equal amounts: converted, as a part, or rounded. Factors: BIPM, SI Brochure, 9th edition; NIST SP 811, appendix B.

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
YEARS = range(1000, 2200)
"""Numbers that may be years."""

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
    """Return True if both are measured in units that can be converted into each other."""
    here, there = _SCALES.get(one.unit), _SCALES.get(other.unit)
    return here is not None and there is not None and here[0] == there[0]


def tells(told: Amount, known: Amount) -> bool:
    """Check if an amount may be told for a known one: its value, converted or rounded; units that differ are no matter.

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
    """Return True if a person would say the one for the other: fewer digits, the right side, and not far off."""
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
    return not amount.unit and amount.value in YEARS and "," not in amount.text
