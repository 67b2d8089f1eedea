"""Quantities: the numbers of a text with their units and bounds, and what follows from those of the evidence.

A quantity is supported if the evidence has its value, converted or honestly rounded, or if it is a sum, a difference, a
share or a count of values that the quotes give together. What a value belongs to is not decided here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import combinations, permutations
from typing import TYPE_CHECKING, Literal

from newsqa.text.calendar import clocks
from newsqa.text.entities import MEASURE_OF, SPANS_OF_TIME, TENS, UNITS, Number, counted, numbers

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


Bound = Literal["above", "below", "about", ""]
PLACE, PART, TIMES, AGE, POINT = "place", "part", "times", "age", "% point"
YEARS = range(1000, 2200)  # numbers that may be years


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number with its unit, its bound ("more than"), the stems of what it counts, nearest first, and its span.

    The unit is a measure ("metre", "square mile", "age"), "%", a currency, "s" for a decade, "place" for one in a row,
    "part" for a fraction, "times" for a multiple, or "" for a plain number. `per` is the time of "a day", "" if none.
    """

    value: Decimal
    unit: str
    bound: Bound
    counts: tuple[str, ...]
    text: str
    start: int
    end: int
    per: str = ""

    @property
    def is_year(self) -> bool:
        """True if it may be a year."""
        return not self.unit and self.value in YEARS and "," not in self.text and self.text[-1].isdigit()


# Reading the quantities of a text.

_MORE = "more|greater|longer|higher|larger|older|bigger|better|faster|heavier|further"
_LESS = "less|fewer|lower|shorter|smaller|younger|cheaper|slower|lighter"
_SLIGHTLY = r"(?:(?:just|well|a little|slightly|comfortably) )?"
_ABOVE = (
    rf"(?:{_MORE}) than|at least|{_SLIGHTLY}(?:over|above|past)|exceed\w*|upwards of|no (?:fewer|less) than|north of"
)
_BELOW = (
    rf"(?:{_LESS}) than|at most|{_SLIGHTLY}(?:below|under|short of)|nearly|almost|up to|close to|approaching"
    r"|not (?:quite|yet)|not far (?:short of|off)|no more than|as (?:much|many|long|far|high) as"
)
_ABOUT = "about|around|some|roughly|approximately|circa|an estimated|perhaps|or so|more or less"
_BOUND = re.compile(
    rf"\b(?:(?P<above>{_ABOVE})|(?P<below>{_BELOW})|(?P<about>{_ABOUT}))[\s-]+(?:(?:the age of|an?)\s+)?$",
    re.IGNORECASE,
)
_MEASURE = re.compile(
    r"[\s-]*(?P<shape>(?:square|cubic|sq|cu)[\s-]+)?(?P<word>°[CcFf]|[^\W\d_]+)(?P<age>[\s-]+olds?\b)?"
)
_PER = re.compile(
    rf"(?:[\s-]+[^\W\d_]+){{0,4}}?\s+(?:an?|per|each|every)\s+(?P<unit>{'|'.join(SPANS_OF_TIME)})\b", re.IGNORECASE
)
_POINTS = re.compile(r"[\s-]+(?:an?\s+)?(?:percentage\s+)?points?\b")
_AGED = re.compile(r"\b(?:aged?|age of|died at)\s+$|,\s*$", re.IGNORECASE)
_PARTS = "half third quarter fifth sixth seventh eighth ninth tenth"
_DENOMINATORS = {form: n for n, part in enumerate(_PARTS.split(), 2) for form in (part, f"{part}s")} | {"halves": 2}
_SMALL = {word: UNITS[word] for word in list(UNITS)[1:13]}
_COUNTS = {**_SMALL, **TENS, "hundred": 100}
_OF = r"(?=\s+(?:of|more|less|as|the|its|their|his|fewer|from|above|below|[^\W\d_]{3,12}er)\b|[.,;:]|$)"
_FRACTION = re.compile(
    rf"\b(?:(?<!and )(?P<upper>an?|{'|'.join(list(_SMALL)[:9])})[\s-](?P<part>{'|'.join(_DENOMINATORS)})"
    rf"(?:{_OF}|(?<=\ws)(?<!seconds)\b|(?<=one-third)|(?<=one-quarter)|(?<=one-fifth)|(?<=one-tenth))"
    r"|(?<!and a )(?<!first )(?<!second )(?<!latter )(?P<half>half)(?!\s+an?\s+\w+(?:llion|zen)\b)"
    r"(?=\s+(?:of|the|an?|its|his|her|their|as|were|was|are)\b|\s+\w+s\b|[,.;:])(?!\s+past)"
    rf"|(?P<one>{'|'.join(_SMALL)}|(?<![\d.,])\d{{1,3}})\s+(?:(?<=one\s)[^\W\d_]+\s+)?(?:in|out of)\s+"
    rf"(?:every\s+)?(?P<of>{'|'.join(_COUNTS)}|\d{{1,3}}(?![\d.,]*\d)))\b",
    re.IGNORECASE,
)
_ORDINALS = """
first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth fifteenth
sixteenth seventeenth eighteenth nineteenth twentieth
"""
_PLACES = {word: n for n, word in enumerate(_ORDINALS.split(), 1)}
_PLACE = re.compile(
    rf"(?<!per )(?<!\d )\b(?:(?P<tens>{'|'.join(TENS)})[\s-])?(?P<word>{'|'.join(_PLACES)})\b"
    r"(?!-hand|[\s-]half\b|(?<=a second)(?!\s\w))",
    re.IGNORECASE,
)
_MULTIPLES = {"twice": 2, "double": 2, "doubled": 2, "doubling": 2, "twofold": 2, "triple": 3, "tripled": 3,
              "trebled": 3, "threefold": 3, "quadrupled": 4, "fourfold": 4}  # fmt: skip
_MULTIPLE = re.compile(
    rf"\b(?:(?P<word>{'|'.join(_MULTIPLES)})|(?P<number>{'|'.join(_SMALL)}|\d{{1,4}})[\s-](?:times|fold))\b",
    re.IGNORECASE,
)
_ONE_OF = re.compile(
    r"\b(?:(?:an?\s+)?(?P<part>half|quarter)(?:\s+(?:of\s+)?an?\s+|[\s-])"
    r"|(?:an?|the (?:next|past|last|coming|previous|following)|this|last|each|every|per)\s+(?:(?:whole|full)\s+)?)"
    r"(?P<unit>decade|century|fortnight|dozen|week|month|year|hour|day|minute|quarter)\b(?P<half>\s+and\s+a\s+half\b)?",
    re.IGNORECASE,
)
_IMPLIED = {"fortnight": (14, "day"), "dozen": (12, ""), "quarter": (3, "month")}


def quantities(text: str) -> list[Quantity]:
    """Find the quantities of a text, in order; days of dates and times of the clock are none."""
    taken = [(clock.start, clock.end) for clock in clocks(text)]
    found: list[Quantity] = []
    numbered = (_quantity(one.value, text, one.start, one.end, *_unit(one, text)) for one in numbers(text))
    for one in sorted((*_worded(text), *numbered), key=lambda one: one.unit == PLACE):
        if all(one.end <= start or end <= one.start for start, end in taken):
            taken.append((one.start, one.end))
            found.append(one)
    return sorted(found, key=lambda one: one.start)


def implied_quantities(text: str) -> list[Quantity]:
    """Find the measures of a text that have no number, "half a decade", and the numbers inside "seven out of ten"."""
    found = [
        Quantity(_count(match[part]), "", "", (), match[part], *match.span(part))
        for match in _FRACTION.finditer(text)
        for part in ("one", "of")
        if match["of"]
    ]
    for match in _ONE_OF.finditer(text):
        unit = match["unit"].lower()
        value, unit = _IMPLIED.get(unit, (1, unit))
        value = Decimal(value) / {"half": 2, "quarter": 4}.get((match["part"] or "").lower(), 1)
        value += Decimal("0.5") if match["half"] else 0
        found.append(Quantity(value, unit, "", (), match.group(), *match.span()))
    return found


def _unit(number: Number, text: str) -> tuple[str, tuple[str, ...]]:
    before, measured = text[max(0, number.start - 12) : number.start], _MEASURE.match(text, number.end)
    name = MEASURE_OF.get(measured["word"].lower()) if measured else None
    if number.unit:
        points = number.unit == "%" and _POINTS.match(text, number.end)
        return (POINT if points else number.unit), number.counts
    if number.text[0].isdigit() and number.text[-2:] in {"st", "nd", "rd", "th"}:
        return PLACE, number.counts
    if measured and name:
        shape = (measured["shape"] or "").lower()
        shaped = f"{'square' if shape.startswith('sq') else 'cubic'} {name}" if shape else name
        return (AGE if measured["age"] else shaped), counted(text, measured.end())
    return (AGE if _AGED.search(before) and text[number.end : number.end + 1] in {",", "."} else ""), number.counts


def _worded(text: str) -> Iterator[Quantity]:
    """Yield fractions ("a third of"), multiples ("twice") and places in a row ("tenth")."""
    yield from (one for one in implied_quantities(text) if one.value % 1)
    for match in _FRACTION.finditer(text):
        lower = Decimal(_DENOMINATORS[match["part"].lower()]) if match["part"] else _count(match["of"] or "two")
        upper = _count(match["upper"] or match["one"] or "one")
        if upper < lower:  # "four quarters" are no fraction
            yield _quantity(upper / lower, text, *match.span(), POINT if _POINTS.match(text, match.end()) else PART)
    for match in _MULTIPLE.finditer(text):
        value = Decimal(_MULTIPLES[match["word"].lower()]) if match["word"] else _count(match["number"])
        yield _quantity(value, text, *match.span(), TIMES)
    for match in _PLACE.finditer(text):
        value = _count(match["tens"] or "zero") + _PLACES[match["word"].lower()]
        yield _quantity(value, text, *match.span(), PLACE, counted(text, match.end()))


def _count(word: str) -> Decimal:
    return Decimal(word) if word.isdigit() else Decimal(_COUNTS.get(word.lower(), word != "zero"))


def _quantity(value: Decimal, text: str, start: int, end: int, unit: str, counts: tuple[str, ...] = ()) -> Quantity:
    match = _BOUND.search(text[max(0, start - 40) : start])
    bound: Bound = ""
    if match:
        bound = "above" if match["above"] else "below" if match["below"] else "about"
    per = _PER.match(text, end)
    return Quantity(value, unit, bound, counts, text[start:end].strip(), start, end, per["unit"].lower() if per else "")


# Equal quantities: converted or rounded. Factors: BIPM, SI Brochure, 9th edition; NIST SP 811, appendix B.

_DIMENSIONS = {
    "time": {"second": "1", "minute": "60", "hour": "3600", "day": "86400", "night": "86400", "week": "604800"},
    "months": {"month": "1", "year": "12", "age": "12", "decade": "120", "century": "1200", "millennium": "12000"},
    "length": {"millimetre": "0.001", "centimetre": "0.01", "metre": "1", "kilometre": "1000", "mile": "1609.344",
               "yard": "0.9144", "foot": "0.3048", "inch": "0.0254"},
    "area": {"hectare": "10000", "acre": "4046.86", "square metre": "1", "square kilometre": "1000000",
             "square mile": "2589988", "square foot": "0.09290304"},
    "mass": {"gram": "1", "milligram": "0.001", "kilogram": "1000", "tonne": "1000000", "pound": "453.59237"},
    "power": {"watt": "1", "kilowatt": "1000", "megawatt": "1000000", "gigawatt": "1000000000"},
    "share": {"%": "0.01", PART: "1", TIMES: "1"},
}  # fmt: skip
_SCALES = {unit: (name, Decimal(factor)) for name, units in _DIMENSIONS.items() for unit, factor in units.items()}
# How far a number may be off after "about", "more than", "nearly", or rounded without such words; how far a converted
# measure, "about 180 miles" for 290 kilometres, and a fraction that is for a percentage, a third for 34 %.
_SLACK = {"": Decimal("0.03"), "about": Decimal("0.1"), "above": Decimal("0.2"), "below": Decimal("0.2")}
_CONVERTED, _SHARE = Decimal("0.03"), Decimal("0.025")


def states(stated: Quantity, known: Quantity) -> bool:
    """Return True if a stated quantity may stand for a known one: equal in value, converted or rounded."""
    if not _comparable(stated.unit, known.unit):
        return False
    if stated.unit == "s":  # in his 50s, in the 1990s
        return stated.value <= known.value < stated.value + 10
    here, there = _SCALES.get(stated.unit), _SCALES.get(known.unit)
    if here and there and here != there:
        slack = _SHARE if here[0] == "share" else Decimal(0) if here[0] in {"time", "months"} else _CONVERTED
        slack = _SLACK["about"] if stated.unit in {"decade", "century"} else slack
        value = known.value * there[1] / here[1]
        return abs(stated.value - value) <= slack * value or is_rounding(stated, value)
    if {stated.bound, known.bound} == {"above", "below"} or (stated.per and known.per and stated.per != known.per):
        return False
    return stated.value == known.value or is_rounding(stated, known.value)


def _comparable(one: str, other: str) -> bool:
    """Return True unless two units are of different kinds; a plain number may be of any."""
    here, there = _SCALES.get(one), _SCALES.get(other)
    if here and there:
        return here[0] == there[0]
    return one == other or not one or not other or {one, other} <= {PLACE, TIMES, AGE, "s"}


def is_rounding(stated: Quantity, value: Decimal) -> bool:
    """Return True if a person would round a value so: fewer digits, the side that the words name, and not far off."""
    if stated.value <= 0 or value <= 0 or stated.unit == PLACE or (stated.is_year and value in YEARS):
        return False
    off = value - stated.value
    if stated.bound in {"above", "below"} and (off > 0) != (stated.bound == "above"):
        return False
    if stated.unit == PART and stated.bound:
        return abs(off) <= Decimal("0.05")
    small = stated.value < 100 and "." not in f"{value:f}"
    if not stated.bound and stated.unit not in {"%", PART} and (small or not _ROUNDED.search(stated.text)):
        return False
    (digits, last), one_sided = stated.value.normalize().as_tuple()[1:], stated.bound in {"above", "below"}
    step = Decimal(10) ** int(last)  # what one in its last digit is worth
    if stated.text.endswith("dozen"):
        digits, step = (1,), Decimal(12)
    nearest = min(step if one_sided else step / 2, _SLACK[stated.bound] * value)
    return len(digits) < len(value.normalize().as_tuple().digits) and abs(off) <= nearest


_ROUNDED = re.compile(r"[^\W\d]|\d\.\d")  # a number in words, or with a point: in digits alone it is meant as it is


# Quantities that follow from others.

_TOGETHER = re.compile(
    r"(?i)\b(?:together|total\w*|altogether|combined|jointly|among|between|in all|all told|overall|sum|both)\b"
)
_GREW = (
    rf"{_MORE}|{_LESS}|rises?|rose|risen|falls?|fell|fallen|increas\w*|decreas\w*|rais\w*|reduc\w*|cuts?|drop\w*|grow\w*|grew"
    r"|gain\w*|los(?:es?|ing|t)|declin\w*|jump\w*|up|down|by|extra|above|below"
)
_GROWN = re.compile(rf"\b(?:{_GREW})\b", re.IGNORECASE)
_APART = re.compile(
    rf"\b(?:{_GREW}|all but|compared|against|ahead|behind|lead\w*|led|gap|margin|exceed\w*|difference|later|earlier"
    r"|after|before|apart|another|short|remain\w*|left|others?|rest|over|ago|since|for|within|lasted)\b",
    re.IGNORECASE,
)
_LIST = re.compile(
    r"(?:[^,;.]{2,60},\s+){1,9}(?:[^,;.]{2,60},?\s+)?(?:and|or)\s+[^,;.]{2,60}|\b[A-Z][\w’'-]+ and [A-Z][\w’'-]+"
)
_ITEM = re.compile(r",?\s+(?:and|or)\s+|,\s+")
_MAX_KNOWN = 14  # quantities of the quotes that are combined with each other


def is_sum(stated: Quantity, sentence: str, known: Sequence[Quantity]) -> bool:
    """Return True for the sum of two to four quantities of one unit, if the sentence names a sum."""
    if stated.unit in {PART, "%", TIMES, PLACE} or not _TOGETHER.search(sentence):
        return False
    alike = _alike(stated, known)
    groups = (some for size in (2, 3, 4) for some in combinations(alike, size))
    of_one_unit = (some for some in groups if len({one.unit for one in some}) == 1)
    return any(states(stated, replace(some[0], value=Decimal(sum(n.value for n in some)))) for some in of_one_unit)


def follows(stated: Quantity, sentence: str, quotes: Sequence[str], known: Sequence[Quantity]) -> bool:
    """Return True if a quantity follows from others that the quotes give, in a way that the sentence names."""
    if stated.unit == PLACE:
        return False
    if stated.unit in {PART, "%", TIMES}:
        return _is_share(stated, known, grown=bool(_GROWN.search(sentence)))
    around = sentence[max(0, stated.start - 30) : stated.end + 30]
    if _APART.search(around) and any(states(stated, one) for one in _differences(_alike(stated, known))):
        return True
    return is_sum(stated, sentence, known) or _is_count(stated, quotes)


def _alike(stated: Quantity, known: Sequence[Quantity]) -> list[Quantity]:
    """Return the known quantities of the kind of a stated one, a few at most; of points those in percent."""
    points = (replace(one, unit=POINT) for one in known if one.unit == "%") if stated.unit == POINT else known
    alike = [one for one in points if not one.is_year and one.unit != PLACE and _comparable(stated.unit, one.unit)]
    return list({(one.value, one.unit, one.start): one for one in alike}.values())[:_MAX_KNOWN]


def _differences(known: Sequence[Quantity]) -> Iterator[Quantity]:
    for one, other in permutations(known, 2):
        if (one.unit == other.unit or not one.unit or not other.unit) and one.value > other.value:
            yield replace(one, value=one.value - other.value, unit=one.unit or other.unit)


def _is_share(stated: Quantity, known: Sequence[Quantity], *, grown: bool) -> bool:
    """Return True for the ratio of two known quantities, the share of one in their sum, or how much one has `grown`."""
    counts = [one for one in known if not one.is_year and one.unit not in {PLACE, TIMES} and one.value > 0]
    wanted = stated.value / 100 if stated.unit == "%" else stated.value
    slack, share_of = Decimal("0.06") if stated.bound else _SHARE, replace(stated, value=wanted, unit=PART)
    for one, other in permutations(counts[:_MAX_KNOWN], 2):
        alike = bool(one.unit) or not one.counts or len(counts) <= 3 or not {*one.counts}.isdisjoint(other.counts)
        ratio = one.value / other.value
        shares = (ratio, one.value / (one.value + other.value), abs(1 - ratio) if grown else ratio)
        fits = (abs(wanted - share) <= slack * share or is_rounding(share_of, share) for share in shares)
        if one.unit == other.unit and alike and any(fits):
            return True
    return False


def _is_count(stated: Quantity, quotes: Sequence[str]) -> bool:
    """Return True if the quotes list so many things."""
    lists = (match.group() for quote in quotes for match in _LIST.finditer(quote)) if not stated.unit else ()
    return any(len(_ITEM.split(listed)) == stated.value for listed in lists)
