"""Times in prose that answer “when”: days, months with a year, years, weekdays; and how the answer is written."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta

from newsqa.facts.dates import MONTHS, WEEKDAYS

_WEEKDAYS = tuple(day.capitalize() for day in WEEKDAYS)
_MONTH_NAMES = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip
_MONTH = rf"(?:{'|'.join(_MONTH_NAMES)}|(?:Jan|Feb|Aug|Sept|Oct|Nov|Dec)\.)"
_WEEKDAY = r"(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day"
_DATED = (
    rf"(?:{_MONTH}\s[0-3]?\d(?:st|nd|rd|th)?(?:,\s[12]\d{{3}})?|[0-3]?\d(?:st|nd|rd|th)?\s{_MONTH}(?:\s[12]\d{{3}})?)"
)
DAY = rf"(?:{_WEEKDAY},?\s{_DATED}|{_DATED}|{_WEEKDAY})"
"""A day as prose names it, as a pattern without groups."""

_PART = r"(?:\s(?:morning|afternoon|evening|night))?"
_AFTER = (
    r"(?=[,.]?$|,?\s(?:at|in|for|with|by|from|to|after|before|when|as|during|over|against|near|on|amid|because|"
    r"following)\b)"
)
_ON = re.compile(rf"(?:^|\s)on\s(?P<time>{DAY}){_PART}(?=$|[\s,.])(?!\s(?:and|or|through|to)\s(?:{DAY}|\d))(?!['’]s)")
_BARE = re.compile(
    rf"(?<!\b[Tt]he)(?<!\ba)(?<!\b[Ll]ast)(?<!\bnext)(?<!\b[Tt]his)(?<!\b[Ee]very)(?<!\buntil)(?<!\bby)(?<!\bsince)(?<!\bfrom)(?<!\bto)"
    rf"(?<!\bbefore)(?<!\bafter)(?<!\bof)(?<!\band)(?<!\bfor)(?<!\bon)(?<!,)\s(?P<time>{_WEEKDAY}){_PART}{_AFTER}"
)
_IN = re.compile(
    rf"(?:^|\s)in\s(?P<time>(?:{_MONTH}\s)?(?:18|19|20)\d\d)(?=$|[,.]?$|,?\s(?!and\b|or\b|to\b|dollars\b))"
)
_OPENING = re.compile(
    rf"^(?:(?:On|Last|Earlier\son)\s(?P<day>{DAY}){_PART}|In\s(?P<month>(?:{_MONTH}\s)?(?:18|19|20)\d\d)),\s(?=\w)"
)
_WEEKDAY_PHRASE = re.compile(
    rf"(?<!\b[Tt]he)(?<!\ba)(?<!\b[Ll]ast)(?<!\b[Ee]very)(?<!\bnext)(?:\son)?\s(?P<weekday>{_WEEKDAY})"
    rf"(?:\s(?P<part>morning|afternoon|evening|night))?(?=\?|{_AFTER})(?!,?\s{_DATED})"
)
_PARTS = re.compile(
    rf"(?:(?P<month>{_MONTH})\s(?P<day>\d\d?)(?!\d)|(?P<day2>\d\d?)(?:st|nd|rd|th)?\s(?P<month2>{_MONTH}))"
)
_YEAR = re.compile(r"[12]\d{3}")


@dataclass(frozen=True, slots=True)
class Time:
    """A time as written, "24 April 2025", its phrase, "on 24 April 2025", and the span of that where it was read."""

    text: str
    start: int
    end: int
    phrase: str = ""

    @property
    def weekday(self) -> bool:
        """Whether it is a weekday and no more, so that the article's own date tells which one."""
        return self.text in _WEEKDAYS


def opening_time(text: str) -> tuple[Time | None, str]:
    """Take “On 3 May, ” from the head of a sentence; what is left still begins with a capital."""
    match = _OPENING.match(text)
    if not match:
        return None, text
    written = f"on {match['day']}" if match["day"] else f"in {match['month']}"
    return Time(match["day"] or match["month"], 0, match.end(), written), text[match.end() :]


def times(text: str) -> list[Time]:
    """Find the times that could answer “when”, in order."""
    found = [m for form in (_ON, _BARE, _IN) for m in form.finditer(text)]
    return sorted((Time(m["time"], m.start(), m.end(), m.group().strip()) for m in found), key=lambda time: time.start)


def dated(question: str, published: date | None) -> str:
    """Write the weekdays of a question about the past as dates: “on Monday” as “on 3 March 2025”."""
    if published is None or re.search(r"\bwill\b", question):
        return question
    return _WEEKDAY_PHRASE.sub(lambda m: f" {_phrase(m['weekday'], m['part'], published)}", question)


def _phrase(weekday: str, part: str | None, published: date) -> str:
    named = _last(weekday, published)
    day = f"{named.day} {_MONTH_NAMES[named.month - 1]} {named.year}"
    return f"on the {part} of {day}" if part else f"on {day}"


def without(text: str, time: Time) -> str:
    """Return a text without the phrase of a time."""
    return f"{text[: time.start]} {text[time.end :].lstrip(',')}".strip()


def accepted(time: Time, published: date | None, *, past: bool) -> tuple[str, ...]:
    """Return the forms in which a time is accepted as an answer.

    A weekday of the past is the last one up to the day of publication; one to come has no date of its own here.
    """
    if time.weekday:
        named = _last(time.text, published) if past and published else None
        return (time.text, *(_both(named.day, named.month, named.year) if named else ()))
    match = _PARTS.search(time.text)
    if not match:
        return (time.text,)
    month = MONTHS[(match["month"] or match["month2"]).rstrip(".").lower()]
    year = _YEAR.search(time.text)
    forms = _both(int(match["day"] or match["day2"]), month, int(year[0]) if year else None)
    return tuple(dict.fromkeys((time.text, *forms)))


def _last(weekday: str, published: date) -> date:
    return published - timedelta(days=(published.weekday() - _WEEKDAYS.index(weekday)) % 7)


def _both(day: int, month: int, year: int | None) -> tuple[str, str]:
    name = _MONTH_NAMES[month - 1]
    return (f"{day} {name} {year}", f"{name} {day}, {year}") if year else (f"{day} {name}", f"{name} {day}")
