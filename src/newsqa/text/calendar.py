"""Months, weekdays, and days named in prose, in full (24 April 2025) or seen from a day (last Friday)."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Iterator

_MONTHS = (
    *("january jan", "february feb", "march mar", "april apr", "may", "june jun", "july jul", "august aug"),
    *("september sept sep", "october oct", "november nov", "december dec"),
)
MONTHS = {name: number for number, names in enumerate(_MONTHS, 1) for name in names.split()}
"""The numbers of the months by their names and short forms, in small letters."""

MONTH_NAMES = tuple(names.split()[0] for names in _MONTHS)
SHORT_MONTHS = frozenset(MONTHS) - frozenset(MONTH_NAMES)

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")

CALENDAR = frozenset(MONTHS) | frozenset(WEEKDAYS)  # months and weekdays: capitalised, but no one's name
_MONTH = rf"(?P<month>(?i:{'|'.join(MONTHS)}))\b\.?"
_DAY = r"(?P<day>[0-3]?\d)(?:st|nd|rd|th)?"
_YEAR = r"(?:,?\s+(?P<year>[12]\d{3})\b)?"
_ALSO = r"(?:\s*(?:and|or|to|[-–])\s*)"
_ANOTHER = re.compile(
    rf"{_ALSO}(?P<day>[0-3]?\d)\b(?!\s*%|[.,:]\d|\s+(?:people|men|women|children|(?!is|was|has)\w+s)\b)"
)
_FORMS = (
    re.compile(rf"\b{_DAY}\s+(?:of\s+)?{_MONTH}{_YEAR}"),
    re.compile(rf"\b{_MONTH}\s+{_DAY}\b(?![,.]?\d){_YEAR}"),
    re.compile(rf"\b{_DAY}(?={_ALSO}[0-3]?\d(?:st|nd|rd|th)?\s+{_MONTH}{_YEAR})"),
    re.compile(r"\b(?P<year>[12]\d{3})-(?P<month>[01]\d)-(?P<day>[0-3]\d)\b"),
)

_FEASTS = {"New Year's Day": (1, 1), "Valentine's Day": (14, 2), "Halloween": (31, 10), "Christmas Eve": (24, 12),
           "Christmas Day": (25, 12), "Boxing Day": (26, 12), "New Year's Eve": (31, 12)}  # fmt: skip
_FEAST = re.compile(rf"\b(?P<feast>{'|'.join(_FEASTS).replace(chr(39), '[’' + chr(39) + ']')})\b{_YEAR}")


def format_day(when: date) -> str:
    """Return a date as news writes it: 3 March 2025."""
    return f"{when.day} {when:%B %Y}"


@dataclass(frozen=True, slots=True)
class Day:
    """A day of a month, its year if the text names one, and its span in the text."""

    day: int
    month: int
    year: int | None
    text: str
    start: int
    end: int

    def agrees(self, other: Day) -> bool:
        """Return True if both may be the same day: a year that only one of them names does not count."""
        same_year = self.year is None or other.year is None or self.year == other.year
        return (self.day, self.month) == (other.day, other.month) and same_year


def dates(text: str) -> list[Day]:
    """Return the days named in a text, in order."""
    found: list[Day] = []
    for match in (m for form in _FORMS for m in form.finditer(text)):
        if all(match.end() <= day.start or match.start() >= day.end for day in found):
            found.append(_day(match))
    return sorted((*found, *_others(found, text), *_feasts(text)), key=lambda day: day.start)


def _feasts(text: str) -> Iterator[Day]:
    for match in _FEAST.finditer(text):
        day, month = _FEASTS[match["feast"].replace("’", "'")]
        yield Day(day, month, int(match["year"]) if match["year"] else None, match.group(), *match.span())


def _others(found: list[Day], text: str) -> Iterator[Day]:
    """Yield the second day of "June 17 and 18"."""
    for day in found:
        if not day.text[0].isdigit() and (match := _ANOTHER.match(text, day.end)):
            yield replace(day, day=int(match["day"]), text=match["day"], start=match.start("day"), end=match.end())


def _day(match: re.Match[str]) -> Day:
    month = match["month"].lower()
    year = int(match["year"]) if match["year"] else None
    number = int(month) if month.isdigit() else MONTHS[month]
    written = match.group().rstrip(".")
    return Day(int(match["day"]), number, year, written, match.start(), match.start() + len(written))


# Days that a text means, seen from the day on which it was published: "on Friday", "yesterday", "this month".

_WEEKDAY = re.compile(
    rf"\b(?:(?P<which>last|next|this|coming|following)\s+)?(?P<day>{'|'.join(WEEKDAYS)})\b", re.IGNORECASE
)
_NEAR = re.compile(
    r"\b(?P<word>today|tonight|yesterday|last night|overnight|tomorrow|this (?:morning|afternoon|evening))\b",
    re.IGNORECASE,
)
NAMED_MONTHS = "|".join(sorted((name for name in MONTHS if name != "may"), key=len, reverse=True))
MONTH_NAMED = re.compile(rf"\b(?P<month>(?i:{NAMED_MONTHS})|May)\b\.?(?:,?\s+(?P<year>[12]\d{{3}})\b)?")
_THE_MONTH = re.compile(r"\b(?:(?P<which>this|last|next|the) month|(?P<year>this|last|next) year)\b", re.IGNORECASE)
_AHEAD = re.compile(
    r"\b(?:will|shall|would|is to|are to|was to|were to|to be|due|next|until|till|expects?|expected|plans?"
    r"|planned|scheduled|starts?|opens?|begins?|meets?|votes?|ends?|by|stays?|remains?|closes?|returns?|gives?|runs?|is|are)\b",
    re.IGNORECASE,
)  # fmt: skip
_SEASONS = {"spring": 3, "summer": 6, "autumn": 9, "fall": 9, "winter": 12}
_SEASON = re.compile(
    r"\b(?:(?P<which>this|last|next|the)\s+|in\s+)(?P<season>spring|summer|autumn|winter|(?<=this )fall|(?<=last )fall"
    r"|(?<=next )fall)\b(?:(?: of|,)?\s+(?P<year>[12]\d{3})\b)?", re.IGNORECASE,
)  # fmt: skip
_SHIFTS = {"yesterday": -1, "last night": -1, "overnight": -1, "tomorrow": 1}
_STEPS = {"last": -1, "next": 1}
_HALF_SEASON = 45
FARTHEST = 9_000  # years beyond which there is no calendar to count in


@dataclass(frozen=True, slots=True)
class Moment:
    """A period that words of a text mean, both ends inclusive, and the span of these words."""

    first: date
    last: date
    start: int
    end: int

    @property
    def day(self) -> date | None:
        """The day, where it is a single one."""
        return self.first if self.first == self.last else None


def moments(text: str, published: date | None, *, either: bool = False) -> list[Moment]:
    """Return every time that words of a text may mean; without a day of publication only what they name whole.

    A weekday is the last one, and the next one too if the text looks ahead; with `either` always both.
    """
    seen = published if published and 1 < published.year < FARTHEST else None
    found = [*_days(text, seen), *_months(text, seen)]
    if seen:
        found += [*_weekdays(text, seen, either=either), *_near(text, seen), *_seasons(text, seen)]
    return found


def day_of(named: Day, seen: date | None) -> date | None:
    """Return the date of a named day; without a year, the one nearest to the day from which it is seen."""
    if named.year is not None:
        return _date(named.year, named.month, named.day)
    if seen is None:
        return None
    years = (_date(seen.year + step, named.month, named.day) for step in (-1, 0, 1))
    return min((day for day in years if day), key=lambda day: abs((day - seen).days), default=None)


def _days(text: str, seen: date | None) -> Iterator[Moment]:
    for named in dates(text):
        if day := day_of(named, seen):
            yield Moment(day, day, named.start, named.end)


def _months(text: str, seen: date | None) -> Iterator[Moment]:
    for match in MONTH_NAMED.finditer(text):
        month = MONTHS[match["month"].lower()]
        years = [int(match["year"])] if match["year"] else _years_near(month, seen) if seen else []
        for year in years:
            yield _whole_month(year, month, match)
    for match in _THE_MONTH.finditer(text) if seen else ():
        assert seen  # noqa: S101  nothing is iterated otherwise
        step = _STEPS.get((match["which"] or match["year"]).lower(), 0)
        if match["year"]:
            yield Moment(date(seen.year + step, 1, 1), date(seen.year + step, 12, 31), *match.span())
        else:
            months = seen.year * 12 + seen.month - 1 + step
            yield _whole_month(months // 12, months % 12 + 1, match)


def _weekdays(text: str, seen: date, *, either: bool) -> Iterator[Moment]:
    """Give the last such day, the day of publication included; the next one too where the text looks ahead."""
    ahead = either or _AHEAD.search(text) is not None
    for match in _WEEKDAY.finditer(text):
        which = (match["which"] or "").lower()
        back = (seen.weekday() - WEEKDAYS.index(match["day"].lower())) % 7
        past, coming = seen - timedelta(days=back), seen + timedelta(days=7 - back)
        if which not in {"next", "coming", "following"}:
            yield Moment(past, past, *match.span())
        if which == "last":
            yield Moment(past - timedelta(days=7), past - timedelta(days=7), *match.span())
        elif ahead or which:
            yield Moment(coming, coming, *match.span())
        if which == "next":
            yield Moment(coming + timedelta(days=7), coming + timedelta(days=7), *match.span())


def _near(text: str, seen: date) -> Iterator[Moment]:
    for match in _NEAR.finditer(text):
        day = seen + timedelta(days=_SHIFTS.get(match["word"].lower(), 0))
        yield Moment(day, day, *match.span())


def _seasons(text: str, seen: date) -> Iterator[Moment]:
    """Give the season of a year, or the one nearest to the day from which it is seen; three months each."""
    for match in _SEASON.finditer(text):
        month, which = _SEASONS[match["season"].lower()], (match["which"] or "").lower()
        starts = [date(year, month, 1) for year in (seen.year - 1, seen.year, seen.year + 1)]
        if match["year"]:
            starts = [date(int(match["year"]), month, 1)]
        elif which == "next":
            starts = [start for start in starts if start > seen][:1]
        elif which == "last":
            starts = [start for start in starts if start < seen][-1:]
        else:
            starts = [min(starts, key=lambda start: abs((start - seen).days + _HALF_SEASON))]
        for start in starts:
            yield Moment(start, start + timedelta(days=2 * _HALF_SEASON), *match.span())


def _years_near(month: int, seen: date) -> list[int]:
    """Return the year in which a month is nearest; both where it is as far away in either."""
    away = {seen.year + step: abs(step * 12 + month - seen.month) for step in (-1, 0, 1)}
    return [year for year, months in away.items() if months == min(away.values())]


def _whole_month(year: int, month: int, match: re.Match[str]) -> Moment:
    first = date(year, month, 1)
    last = (first.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
    return Moment(first, last, *match.span())


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day) if 1 < year < FARTHEST else None
    except ValueError:
        return None


# Times of the clock.

Half = Literal["am", "pm", ""]

_HOURS = {
    word: number for number, word in enumerate(
        ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"], 1,
    )
}  # fmt: skip
_MINUTES = {"half": 30, "quarter": 15, "five": 5, "ten": 10, "twenty": 20, "twenty-five": 25}
_HOUR = rf"(?P<hour>{'|'.join(_HOURS)}|1[0-2]|[1-9])"
_HALF = r"(?:\s*(?P<half>[ap]\.?\s?m\b\.?)|\s+in the (?P<part>morning|afternoon|evening)|\s+at (?P<night>night))"
_END_OF_RANGE = r"(?:1[0-2]|[1-9])(?:[.:][0-5]\d)?\s*(?:[ap]\.?\s?m\b|in the (?:morning|afternoon|evening))"
_AFTER_HOUR = "(?:on|and|for|to|when|the|with|while|but|sharp)"
_MOMENT_FORMS = tuple(
    re.compile(form, re.IGNORECASE)
    for form in (
        rf"\b(?P<digits>[01]?\d|2[0-3])[.:](?P<minute>[0-5]\d){_HALF}",
        r"\b(?P<digits>[01]?\d|2[0-3]):(?P<minute>[0-5]\d)\b(?!:)",
        rf"\b(?:a )?(?P<past>{'|'.join(_MINUTES)})(?: minutes)? (?P<which>past|to) {_HOUR}\b{_HALF}?",
        rf"(?<![\w.,])(?P<digits>1[0-2]|[1-9]){_HALF}",
        rf"(?<![\w.,–-])(?P<digits>1[0-2]|[1-9])(?=\s*(?:[–-]|to|until|and)\s*{_END_OF_RANGE})",
        rf"\b{_HOUR} o['’]clock(?:{_HALF})?",
        r"\b(?P<named>noon|midday|midnight)\b",
        rf"\b(?<=at ){_HOUR}\b(?:{_HALF}|(?=\s*[,.;:!?)”](?!\d)|\s*$|\s+{_AFTER_HOUR}\b))",
        rf"\b(?:(?<=by )|(?<=until )|(?<=till )|(?<=from )){_HOUR}\b(?:{_HALF}|(?=\s*[.;!?)”](?!\d)|\s*$))",
        rf"\b{_HOUR}\s+in the (?P<part>morning|afternoon|evening)\b",
    )
)


@dataclass(frozen=True, slots=True)
class Clock:
    """A time of the clock: minutes after noon or midnight, which half of the day where that is said, and its place."""

    minutes: int
    half: Half
    text: str
    start: int
    end: int

    def agrees(self, other: Clock) -> bool:
        """Return True if both may be the same time: a half of the day that only one names does not part them."""
        return self.minutes == other.minutes and not (self.half and other.half and self.half != other.half)


def clocks(text: str) -> list[Clock]:
    """Find the times of a text, in order."""
    found: list[Clock] = []
    for match in (m for form in _MOMENT_FORMS for m in form.finditer(text)):
        if all(match.end() <= clock.start or match.start() >= clock.end for clock in found):
            found.append(_clock(match))
    return sorted(found, key=lambda clock: clock.start)


def _clock(match: re.Match[str]) -> Clock:
    parts = match.groupdict()
    minutes, half = _minutes(parts)
    return Clock(minutes, half or _half(parts), match.group(), match.start(), match.end())


def _minutes(parts: dict[str, str | None]) -> tuple[int, Half]:
    if named := parts.get("named"):
        return 0, "am" if named.lower() == "midnight" else "pm"
    hour, half = _hour(parts)
    minute = int(parts.get("minute") or 0)
    if past := parts.get("past"):
        minute = _MINUTES[past.lower()] * (-1 if (parts["which"] or "").lower() == "to" else 1)
    return (hour % 12 * 60 + minute) % 720, half


def _hour(parts: dict[str, str | None]) -> tuple[int, Half]:
    if digits := parts.get("digits"):
        return int(digits), "pm" if int(digits) > 12 else ""
    word = (parts["hour"] or "").lower()
    return (int(word) if word.isdigit() else _HOURS[word]), ""


def _half(parts: dict[str, str | None]) -> Half:
    if written := parts.get("half"):
        return "am" if written[0] in "aA" else "pm"
    if part := parts.get("part"):
        return "am" if part.lower() == "morning" else "pm"
    return "pm" if parts.get("night") else ""
