"""Dates and spans of time in a question, relative to the day on which it is asked, and how they bound the search."""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass, replace
from datetime import date, timedelta
from math import ceil
from typing import TYPE_CHECKING

from newsqa.text.calendar import MONTHS, WEEKDAYS, format_day
from newsqa.text.entities import UNITS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from newsqa.types import Bounds, Hit, Query, Timing

NUMBERS = {"a": 1, "an": 1, "couple of": 2, "few": 3} | {word: n for word, n in UNITS.items() if 1 <= n <= 12}
DAYS_IN = {"hour": 1 / 24, "day": 1, "week": 7, "month": 30, "year": 365, "decade": 3650}
PART = {"early": (1, 10), "mid": (11, 20), "late": (21, 31)}


@dataclass(frozen=True, slots=True)
class DateRange:
    """Days from `first` to `last`, both inclusive; None is open."""

    first: date | None
    last: date | None


@dataclass(frozen=True, slots=True)
class _Found:
    start: int
    end: int
    span: DateRange


MAX_READ = 8_000
"""Characters of a text that are read, of a question too long to be answered: a megabyte would take minutes."""


def span_of(text: str, asked: date) -> DateRange | None:
    """Return the time that a question mentions, or None. A day without a year is the last such day before `asked`."""
    found = list(_found(text, asked))
    if not found:
        return None
    if len(found) > 1 and _joined(text, found[0], found[1]):
        return _pair(found[0].span.first, found[1].span.last)
    return _opened(text, found[0])


def timing_of(text: str, asked: date, *, events: bool = False) -> Timing:
    """Return how the time that a question mentions bounds what is searched.

    Days and weeks do so firmly, and so does a month if the question asks what happened in it, for `events`. A longer
    time, or a month beside another question, is as often that of an event on which articles came later. "yesterday" and
    "last week" are strict: what is older is no answer, while an article on a named day may come long after it.
    """
    found = list(_found(text, asked))
    span = span_of(text, asked)
    if not span or any(VAGUE.search(text, one.start, one.end) for one in found):
        return "soft"
    if any(STRICT.search(text, one.start, one.end) for one in found):
        return "strict"
    named = max((one.span.last - one.span.first).days for one in found if one.span.first and one.span.last)
    between = len(found) > 1 and _joined(text, found[0], found[1])
    longest = LONGEST_MONTH if between or events or ASKS_FOR_EVENTS.search(text) else LONGEST_WEEK
    return "firm" if named <= longest else "soft"


def without_dates(text: str, asked: date) -> str:
    """Return the text with the times in it replaced by as many spaces."""
    for found in _found(text, asked):
        text = text[: found.start] + " " * (found.end - found.start) + text[found.end :]
    return text


def _found(text: str, asked: date) -> Iterator[_Found]:
    """Yield the times in the text, in order; what an earlier pattern matched is not read again."""
    taken: list[_Found] = []
    if asked.year < EARLIEST_YEAR:
        return
    for pattern, read in PATTERNS:
        for match in pattern.finditer(text, 0, MAX_READ):
            if any(match.start() < other.end and other.start < match.end() for other in taken):
                continue
            span = read(match, asked)
            if span:
                taken.append(_Found(match.start(), match.end(), span))
    yield from sorted(taken, key=lambda one: one.start)


def _joined(text: str, one: _Found, other: _Found) -> bool:
    between = text[one.end : other.start].strip().lower()
    return between in JOINTS and bool(OPENS_PAIR.search(text[: one.start]))


def _opened(text: str, found: _Found) -> DateRange:
    """Return the span, open at one end if the word before it says so."""
    if RANGE.search(text[found.start : found.end]):
        return found.span
    before = OPENS_END.search(text[: found.start])
    word = before[1].lower() if before else ""
    if word in {"since", "after", "from"}:
        return DateRange(found.span.first, None)
    if word in {"until", "till", "up to"}:
        return DateRange(None, found.span.last)
    if word == "before" and found.span.first:
        return DateRange(None, found.span.first - timedelta(days=1))
    return found.span


def _pair(first: date | None, last: date | None) -> DateRange:
    """Join two days; a first day that is later has the year of the second ("3 March to 9 April 2024")."""
    if first and last and first > last:
        moved = _day(last.year, first.month, first.day) or first
        first = moved if moved <= last else _day(last.year - 1, first.month, first.day)
    return DateRange(first, last)


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _year_of(month: int, day: int, asked: date) -> int:
    """Return the year of the last such day that is not after `asked`."""
    return asked.year if (month, day) <= (asked.month, asked.day) else asked.year - 1


def _number(word: str) -> int:
    return int(word) if word.isdigit() else NUMBERS[word.lower()]


def _iso(match: re.Match[str], _asked: date) -> DateRange | None:
    day = _day(int(match[1]), int(match[2]), int(match[3]))
    return DateRange(day, day) if day else None


def _dated(match: re.Match[str], asked: date) -> DateRange | None:
    """Read "12 March 2025", "March 12th", "3 to 9 May", "May 3–9"."""
    month = MONTHS[match["month"].lower()]
    year = int(match["year"]) if match["year"] else _year_of(month, int(match["day"]), asked)
    first = _day(year, month, int(match["day"]))
    last = _day(year, month, int(match["last"])) if match["last"] else first
    return DateRange(min(first, last), max(first, last)) if first and last else None


def _in_month(match: re.Match[str], asked: date) -> DateRange | None:
    which = (match["which"] or "").lower()
    if match["month"] == "may" and which == "this":
        return None  # "this may be"
    month = MONTHS[match["month"].lower()]
    year = int(match["year"]) if match["year"] else _year_of(month, 1, asked)
    if which == "last" and month == asked.month and not match["year"]:
        year -= 1
    first, last = PART.get((match["part"] or "").lower(), (1, 31))
    return DateRange(date(year, month, first), date(year, month, min(last, monthrange(year, month)[1])))


def _in_year(match: re.Match[str], _asked: date) -> DateRange | None:
    year = int(match["year"])
    return DateRange(date(year, 1, 1), date(year, 12, 31))


def _weekday(match: re.Match[str], asked: date) -> DateRange | None:
    back = (asked.weekday() - WEEKDAYS.index(match["day"].lower())) % 7
    if (match["which"] or "").lower() in {"last", "past"} and back == 0:
        back = 7
    day = asked - timedelta(days=back)
    return DateRange(day, day)


def _weekend(_match: re.Match[str], asked: date) -> DateRange | None:
    saturday = asked - timedelta(days=(asked.weekday() - 5) % 7)
    return DateRange(saturday, saturday + timedelta(days=1))


def _ago(match: re.Match[str], asked: date) -> DateRange | None:
    unit = DAYS_IN[match["unit"].lower()]
    back = ceil(_number(match["number"]) * unit)
    if back > FARTHEST:
        return None
    day, about = asked - timedelta(days=back), timedelta(days=unit // 2)
    return DateRange(day - about, min(day + about, asked))


def _past(match: re.Match[str], asked: date) -> DateRange | None:
    back = ceil(_number(match["number"] or "one") * DAYS_IN[match["unit"].lower()])
    return DateRange(asked - timedelta(days=back), asked) if back <= FARTHEST else None


def _this(match: re.Match[str], asked: date) -> DateRange | None:
    """Read "this week" as the last seven days: on a Monday it is not that day alone."""
    firsts = {"week": asked - timedelta(days=6), "month": asked.replace(day=1), "year": asked.replace(month=1, day=1)}
    return DateRange(firsts[match["unit"].lower()], asked)


def _last(match: re.Match[str], asked: date) -> DateRange | None:
    unit = match["unit"].lower()
    if unit == "week":
        monday = asked - timedelta(days=asked.weekday() + 7)
        return DateRange(monday, monday + timedelta(days=6))
    if unit == "month":
        last = asked.replace(day=1) - timedelta(days=1)
        return DateRange(last.replace(day=1), last)
    return DateRange(date(asked.year - 1, 1, 1), date(asked.year - 1, 12, 31))


def _near(match: re.Match[str], asked: date) -> DateRange | None:
    back = {"yesterday": 1, "last night": 1, "recently": 30, "lately": 30}.get(match[0].lower(), 0)
    first = asked - timedelta(days=back)
    return DateRange(first, first if back == 1 else asked)


EARLIEST_YEAR = 1900
FARTHEST = 36500  # days: there is no older news
LONGEST_WEEK, LONGEST_MONTH = 7, 31
VAGUE = re.compile(r"\b(?:recently|lately)\b", re.IGNORECASE)
STRICT = re.compile(r"\b(?:yesterday|last (?:night|week|weekend)|this morning)\b", re.IGNORECASE)
ASKS_FOR_EVENTS = re.compile(
    r"\b(?:happen\w*|news|headlines|going on|went on|developments?|report(?:ed|s)?|latest|how did .* go|come up)\b",
    re.IGNORECASE,
)
JOINTS = {"and", "to", "until", "till", "through", "-", "–"}
RANGE = re.compile(r"[a-z].*\d\s*[-–]\s*\d|\d\s*[-–]\s*\d.*[a-z]|\b(to|and|until|through)\b", re.IGNORECASE)
OPENS_PAIR = re.compile(r"\b(between|from)\s*(the\s+)?$", re.IGNORECASE)
OPENS_END = re.compile(r"\b(since|after|from|before|until|till|up to)\s*(the\s+)?$", re.IGNORECASE)

MONTH = rf"(?P<month>{'|'.join(MONTHS)})\b\.?"
DAY = r"(?P<day>[0-3]?\d)(?:st|nd|rd|th)?"
LAST = r"(?:\s*(?:-|–|to|and|until|through)\s*(?:the\s+)?(?P<last>[0-3]?\d)(?:st|nd|rd|th)?)?"
YEAR = r"(?:,?\s+(?P<year>(?:19|20)\d\d))?"
NUMBER = rf"(?P<number>\d{{1,3}}|{'|'.join(NUMBERS)})"
UNIT = r"(?P<unit>hour|day|week|month|year|decade)"
IN_WORDS = ("in", "of", "by", "since", "from", "and", "to", "during", "until", "till", "before", "after", "between")
IN = "(?:" + "|".join(rf"(?<=\b{word} )" for word in IN_WORDS) + ")"

PATTERNS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str], date], DateRange | None]], ...] = tuple(
    (re.compile(pattern, re.IGNORECASE), read)
    for pattern, read in (
        (r"\b((?:19|20)\d\d)-([01]\d)-([0-3]\d)\b", _iso),
        (rf"\b{DAY}{LAST}\s+(?:of\s+)?{MONTH}{YEAR}(?!\w)", _dated),
        (rf"\b{MONTH}\s+(?:the\s+)?{DAY}\b{LAST}{YEAR}(?!\w)", _dated),
        (rf"(?:{IN}|\b(?P<which>last|this)\s+)(?:(?P<part>early|mid|late)[\s-]+)?{MONTH}{YEAR}(?!\w)", _in_month),
        (rf"{IN}(?:early |late |the year )?(?P<year>(?:19|20)\d\d)(?![\w-])", _in_year),
        (rf"(?:{IN}|\b(?P<which>on|last|past|this)\s+)(?P<day>{'|'.join(WEEKDAYS)})\b", _weekday),
        (r"\b(?:this|last|past|over the|at the) weekend\b", _weekend),
        (rf"\b(?:about |a )?{NUMBER}\s+{UNIT}s? ago\b", _ago),
        (rf"\b(?:the )?(?:last|past) (?:{NUMBER}\s+){UNIT}s?\b", _past),
        (rf"\b(?:in|over|during|within) the (?:last|past) (?P<number>){UNIT}\b", _past),
        (r"\bthis (?P<unit>week|month|year)\b", _this),
        (r"\b(?:last|past|previous) (?P<unit>week|month|year)\b(?!['’]s)", _last),
        (r"\b(?:yesterday|last night|recently|lately|(?<!USA )today|tonight)\b", _near),
        (r"\bthis (?:morning|afternoon|evening)\b", _near),
    )
)
"""Patterns of times, each with the function that reads it, tried in this order."""

# How the time that a question names bounds what is searched, and what is said if nothing lies within it.

LAG = timedelta(days=2)  # papers report an event up to so many days after it


def time_stages(query: Query) -> list[Bounds]:
    """Return the bounds to search in, one after another until something answers.

    These are the days that a question names firmly, then the days of the reports after it, then any time.
    """
    if query.timing == "soft" or not (query.since or query.until):
        return [query.bounds]
    last = query.until and min(query.until + LAG, max(query.asked, query.until))
    spans = dict.fromkeys([(query.since, query.until), (query.since, last)])
    return [*(narrowed(query.bounds, since, until) for since, until in spans), query.bounds]


def is_in_time(query: Query, published: date | None) -> bool:
    """Return True if a day is within the time of a question, or among the days of the reports after it."""
    if published is None:
        return False
    return not (query.since and published < query.since) and not (query.until and published > query.until + LAG)


_PAST = re.compile(r"\b(?:did|was|were|had|won|lost|died|fell|rose|\w{3,}ed)\b", re.IGNORECASE)
_FORTHCOMING = re.compile(
    r"\b(?:to (?!the\b|an?\b)\w+|will|would|plan\w*|expected|scheduled|due|next)\b", re.IGNORECASE
)


def is_out_of_time(query: Query, hits: Sequence[Hit], newest: date | None) -> bool:
    """Return True if no article can answer because of the time that the question names.

    Either only what lies within it answers, and the best hit does not; or the question asks what happened after the
    `newest` article was published.
    """
    best = next((hit.article.published for hit in hits[:1]), None)
    if query.timing == "strict" and not is_in_time(query, best):
        return True
    later = query.since and newest and query.since > newest
    return bool(later and best and _PAST.search(query.text) and not _FORTHCOMING.search(query.text))


def time_notice(query: Query, published: Sequence[date | None]) -> tuple[str, ...]:
    """Return a notice if a question names its time firmly, and none of the days of what was found is within it."""
    days = [day for day in published if day]
    if query.timing == "soft" or not (query.since or query.until) or any(is_in_time(query, day) for day in days):
        return ()
    span = _span(query.since, query.until)
    if not days:
        return (f"No article {span} was found.",)
    nearest = min(days, key=lambda day: _distance(query, day))
    return (f"No article {span} was found that answers this; the nearest is of {format_day(nearest)}.",)


def narrowed(bounds: Bounds, since: date | None, until: date | None) -> Bounds:
    """Return bounds within two more days, both inclusive; None is open."""
    first = max((day for day in (bounds.since, since) if day), default=None)
    last = min((day for day in (bounds.until, until) if day), default=None)
    return replace(bounds, since=first, until=last)


def _distance(query: Query, day: date) -> int:
    return min(abs((day - end).days) for end in (query.since, query.until) if end)


def _span(first: date | None, last: date | None) -> str:
    if first and last:
        return f"of {format_day(first)}" if first == last else f"from {format_day(first)} to {format_day(last)}"
    if last:
        return f"until {format_day(last)}"
    return f"since {format_day(first)}" if first else ""
