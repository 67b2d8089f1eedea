"""Finds what news prose names: numbers and what they count, people, places and bodies."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from newsqa.text.calendar import dates
from newsqa.text.sentences import TITLES
from newsqa.text.words import FUNCTION_WORDS, Word, fold, stem, word_set, words

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
    rf"(?:{_CHUNK}|(?:(?:half )?an?|(?:an? )?half)(?=[\s-]{_SCALE}))(?:[\s-]{_SCALE}"
    rf"(?:,?\s+(?:and\s+)?{_CHUNK}(?=[\s-]{_SCALE})|\s+(?:and\s+{_CHUNK}|{_HUNDREDS})(?![\s-]{_SCALE}))?){{0,4}}"
    rf"(?:\s+and\s+a\s+half\b(?:\s{_SCALE})?)?"
)
_NUMBER = re.compile(
    rf"(?P<sign>[$€£¥₹])?\s?(?<![\w.,])(?:"
    rf"(?P<digits>\d{{1,3}}(?:,\d{{3}})+(?:\.\d+)?|\d+(?:\.\d+)?)(?P<fraction>\s?[½¼¾]|\s[1-9]/[2-9]\b(?!/))?"
    rf"(?:(?P<ordinal>st|nd|rd|th)\b|(?P<decade>s)\b|[\s-]?(?P<scale>(?i:{'|'.join(_SCALES)}))\b)?"
    rf"|(?P<spelled>(?i:{_SPELLED}))"
    rf")(?P<percent>\s?%|[\s-](?i:per\s?cent|percent|percentage)\b)?",
)
_COUNTED = re.compile(r"[\s-]*(?:[^\W\d_]+['’]?)")
_NO_COUNT_AFTER_ONE = word_set("of another who that or and thing in to on is was has had could would day")
_POINTS_AT_ONE = re.compile(r"\b(?i:no|any|every|this|that|the|another|at)\s+$")
_ONE_TO_ANOTHER = re.compile(r"\s+(?:\w+\s+)?(?:to|after|from|over)\s+(?:another|the (?:next|other)|one)\b")
_LONGEST = 40  # a row of more digits is not a number that a person would read
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
    value = (
        _spelled(match["spelled"]) if match["spelled"] else _digits(match["digits"], match["fraction"], match["scale"])
    )
    if value is None or _is_pronoun(match, text):
        return None
    unit = _unit(match, text)
    written = match.group().strip()
    start = match.end() - len(match.group().lstrip())
    return Number(value, unit, counted(text, match.end()), written, start, match.end())


def _digits(digits: str, fraction: str | None, scale: str | None) -> Decimal | None:
    if len(digits) > _LONGEST:
        return None
    upper, _, lower = unicodedata.normalize("NFKC", (fraction or "0/1").strip()).replace("⁄", "/").partition("/")
    value = Decimal(digits.replace(",", "")) + Decimal(upper) / Decimal(lower)
    return value * (_SCALES[scale.lower()] if scale else 1)


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


# Finds names of people, places and bodies: runs of capitalised words that do not just begin a sentence.

_OPENS = re.compile(r"[.!?:;…\n]\s*[\"'“”‘’»)\]]*\s*$|[\"“‘«(\[—–•-]\s*$")
"""The text before a word that may be capitalised only for its place: the end of a sentence, or an opening mark."""

_LINKS = word_set("of de la le da di del der den van von bin ibn al el du y")
_BROKEN = re.compile(r"[,;:.!?()\[\]\"“”«»\n—–/]")
_NUMBER_WORDS = (UNITS.keys() | TENS.keys()) - {"zero"}
_NOT_NAMES = (
    FUNCTION_WORDS
    | _NUMBER_WORDS
    | word_set(
        """
    according additionally amid analysts another authorities citing critics despite earlier eventually experts
    federal finally following formally given including ironically later local many no notably officials police
    previously recently regardless reporters reportedly residents said separately sources speaking still supporters
    today tomorrow ultimately unlike why witnesses yes yesterday hundred hundreds thousand thousands million millions
    dozens
    """
    )
)
_SHORT = """
north:n south:s east:e west:w street:st avenue:ave boulevard:blvd saint:st mount:mt fort:ft department:dept
governor:gov senator:sen representative:rep lieutenant:lt general:gen captain:capt sergeant:sgt doctor:dr
professor:prof corporation:corp company:co incorporated:inc limited:ltd brothers:bros
"""
SHORT_FORMS = dict(pair.split(":") for pair in _SHORT.split())  # words of names with their usual abbreviations, folded

_PEOPLES = """
american america us usa states united washington | british britain uk kingdom united london english england
eu european europe | un nations united | dutch netherlands | french france paris | german germany berlin | greek greece
spanish spain | swiss switzerland | danish denmark danes | swedish sweden | finnish finland | polish poland poles
turkish turkey | chinese china beijing | russian russia moscow kremlin | ukrainian ukraine kyiv | irish ireland
welsh wales | scottish scotland scots | norwegian norway | saudi arabia | japanese japan tokyo | philippine filipino
indian india delhi | iranian iran tehran | canadian canada ottawa | belgian belgium brussels | portuguese portugal
hungarian hungary budapest | pakistani pakistan | korean korea seoul | taiwanese taiwan | mexican mexico | thai thailand
"""
_PEOPLE = tuple(frozenset(group.split()) for line in _PEOPLES.strip().splitlines() for group in line.split("|"))
"""A country, its people, and the capital by which its government is called."""

_ENDINGS = word_set("a e y n s an ns ans ian ians ish ese i is er ers ean eans ia ic land")


@dataclass(frozen=True, slots=True)
class Name:
    """A run of words that name someone or something: as written, folded, and its span in the text."""

    text: str
    words: tuple[str, ...]
    start: int
    end: int


def names(text: str, common: frozenset[str] = frozenset()) -> list[Name]:
    """Return the names of a text, in order.

    `common` holds folded words known to be written in lower case elsewhere: at the start of a sentence they are not
    names. Any other unknown word at the start of a sentence counts as one.
    """
    found: list[Name] = []
    run: list[Word] = []
    waiting: list[Word] = []  # links ("of", "van") that belong to the run if another capital follows
    for word in words(text):
        if run and _BROKEN.search(text, run[-1].end, word.start) and not _abbreviated(run[-1], text):
            _close(run, found, text)
            run, waiting = [], []
        if _is_name_word(word, text, common, inside=bool(run)):
            run += [*waiting, word]
            waiting = []
        elif run and word.folded in _LINKS and not waiting:
            waiting = [word]
        else:
            _close(run, found, text)
            run, waiting = [], []
    _close(run, found, text)
    return found


def question_names(question: str) -> list[Name]:
    """Return the names of a question, in order; its first word is capitalised anyway and counts as none for that."""
    return names(question[:1].lower() + question[1:])


def name_words(text: str, common: frozenset[str] = frozenset()) -> list[str]:
    """Return the folded words of the names of a text, in order, without the links between them."""
    return [word for name in names(text, common) for word in name.words]


def initials(name: Name) -> str:
    """Return the first letters of the words of a name, folded."""
    return "".join(word[0] for word in name.words)


@lru_cache(maxsize=20_000)
def is_same_people(one: str, other: str) -> bool:
    """Return True for two folded words of a country and its people: Russia and Russians, France and French."""
    if _nations(one) & _nations(other):
        return True
    short, long = sorted((one, other), key=len)
    if len(short) <= 3 or short[:3] != long[:3]:
        return False
    root = short.removesuffix("e").removesuffix("y").removesuffix("a")
    return long.startswith(root) and long.removeprefix(root) in _ENDINGS


@lru_cache(maxsize=20_000)
def _nations(word: str) -> frozenset[int]:
    return frozenset(n for n, group in enumerate(_PEOPLE) if word in group or word.removesuffix("s") in group)


def _is_name_word(word: Word, text: str, common: frozenset[str], *, inside: bool) -> bool:
    if not word.capitalised or word.folded == "i" or word.text.startswith(("I'", "I’")):
        return False
    if inside or not _opens(text, word.start):
        return word.folded not in FUNCTION_WORDS or _acronym(word)
    return (word.folded not in _NOT_NAMES and word.folded not in common) or _acronym(word)


def _abbreviated(word: Word, text: str) -> bool:
    """Return True if a full stop after a word is that of a title or initial: "Sen. Scott", "J. Marsh"."""
    known = word.text in TITLES or word.text in {"St", "Mt", "Ft"} or len(word.text) == 1
    return known and text.startswith(". ", word.end)


def _acronym(word: Word) -> bool:
    return len(word.folded) > 1 and word.text.isupper() and "'" not in word.text


def _opens(text: str, start: int) -> bool:
    before = max(0, start - 6)
    return not text[before:start].strip() or _OPENS.search(text, before, start) is not None


def _close(run: list[Word], found: list[Name], text: str) -> None:
    if run:
        folded = tuple(word.folded for word in run)
        named = tuple(word for word in folded if word not in _LINKS)  # empty for "Al" or "La" alone
        found.append(Name(text[run[0].start : run[-1].end], named or folded, run[0].start, run[-1].end))
