"""Dates as they are written in news: read when they are whole and certain, else not at all."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime

EARLIEST, LATEST = 1600, 2200

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = r"(?P<month>jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}\.?"
_DAY = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?"
_WEEKDAY = r"(?:(?:mon|tue|wed|thu|fri|sat|sun)[a-z]{0,6}\.?,?\s+)?"
_TIME = r"(?:[\s,;T]+(?:at\s+)?\d{1,2}[:.h]\d{2}.{0,40}|\s+\d{1,2}\s?[ap]\.?m\.?.{0,30})?"
_AFTER = r"(?:[T\s,].{0,40})?"
_WHOLE = [
    re.compile(pattern + r"\s*\Z", re.IGNORECASE | re.DOTALL)
    for pattern in (
        rf"(?P<year>\d{{4}})-(?P<month>\d{{1,2}})-(?P<day>\d{{1,2}}){_AFTER}",
        rf"(?P<year>\d{{4}})/(?P<month>\d{{1,2}})/(?P<day>\d{{1,2}}){_AFTER}",
        r"(?P<year>\d{4})(?P<month>\d\d)(?P<day>\d\d)(?:T?\d{4,6}.{0,10})?",
        rf"{_WEEKDAY}{_DAY}\s+(?:of\s+)?{_MONTH},?\s+(?P<year>\d{{4}}){_TIME}",
        rf"{_WEEKDAY}{_MONTH}\s+{_DAY},?\s+(?P<year>\d{{4}}){_TIME}",
    )
]
_SLASHED = re.compile(rf"(?P<a>\d{{1,2}})[/.](?P<b>\d{{1,2}})[/.](?P<year>\d{{4}}){_AFTER}\s*\Z", re.DOTALL)
_IN_ADDRESS = re.compile(
    r"(?<!\d)(?P<year>(?:19|20)\d\d)(?P<mark>[-/_]?)(?P<month>\d\d|jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)"
    r"(?P=mark)(?P<day>\d\d?)(?!\d)",
    re.IGNORECASE,
)


def date_of(value: object) -> date | None:
    """Return the date that a value of a file says, as written there, in its own time zone; None where not certain.

    Takes dates, seconds or milliseconds since 1970 (in UTC), and text: ISO 8601, RFC 2822, "24 April 2025",
    "April 24, 2025". "3/4/2025" could be two dates, so it is None; so is what lies before 1600 or after 2200.
    """
    if isinstance(value, datetime):
        value = value.date()
    if isinstance(value, date):
        return value if EARLIEST <= value.year <= LATEST else None
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        return _from_seconds(value)
    return _from_text(value.strip()) if isinstance(value, str) and len(value) < 80 else None


def date_in_address(address: str) -> date | None:
    """Return the date in an address or a file name: "/2025/04/24/", "/2025/apr/24/", "2025-04-24-…", "20250424"."""
    dates = {found for match in _IN_ADDRESS.finditer(address[-500:]) if (found := _made(match))}
    return dates.pop() if len(dates) == 1 else None


def _from_text(text: str) -> date | None:
    for pattern in _WHOLE:
        if match := pattern.match(text):
            return _made(match)
    if match := _SLASHED.match(text):
        return _unambiguous(int(match["a"]), int(match["b"]), int(match["year"]))
    return _from_seconds(int(text)) if re.fullmatch(r"\d{9,10}|\d{12,13}", text) else None


def _made(match: re.Match[str]) -> date | None:
    month = match["month"].lower()
    number = int(month) if month.isdigit() else _MONTHS.index(month[:3]) + 1
    return _valid(int(match["year"]), number, int(match["day"]))


def _unambiguous(a: int, b: int, year: int) -> date | None:
    readings = {found for found in (_valid(year, a, b), _valid(year, b, a)) if found}
    return readings.pop() if len(readings) == 1 else None


def _valid(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day) if EARLIEST <= year <= LATEST else None
    except ValueError:
        return None


def _from_seconds(number: float) -> date | None:
    seconds = number / 1000 if abs(number) >= 1e11 else number
    try:
        return datetime.fromtimestamp(seconds, UTC).date() if 1e8 < seconds < 7.2e9 else None
    except (ValueError, OverflowError, OSError):
        return None
