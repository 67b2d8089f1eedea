"""The names of months and weekdays, and days named in prose: 24 April 2025, April 24, 2025-04-24."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date


_MONTHS = (
    *("january jan", "february feb", "march mar", "april apr", "may", "june jun", "july jul", "august aug"),
    *("september sept sep", "october oct", "november nov", "december dec"),
)
MONTHS = {name: number for number, names in enumerate(_MONTHS, 1) for name in names.split()}
"""The numbers of the months by their names and short forms, in small letters."""

MONTH_NAMES = tuple(names.split()[0] for names in _MONTHS)
SHORT_MONTHS = frozenset(MONTHS) - frozenset(MONTH_NAMES)

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")

CALENDAR = frozenset(MONTHS) | frozenset(WEEKDAYS)
"""Months and weekdays: capitalised, but no one's name."""

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
