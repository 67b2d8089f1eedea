"""Days as a person types them for a bound: 2025-03-14, 2025-03, 2025, today, yesterday."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date, timedelta

from newsqa.errors import UsageError

_SHAPE = re.compile(r"(\d{4})(?:-(\d{1,2}))?(?:-(\d{1,2}))?")


def first_day(text: str) -> date:
    """Return the day, or the first of the month or year, that was typed. Raises UsageError."""
    return _read(text, last=False)


def last_day(text: str) -> date:
    """Return the day, or the last of the month or year, that was typed. Raises UsageError."""
    return _read(text, last=True)


def _read(text: str, *, last: bool) -> date:
    typed = text.strip().casefold()
    today = date.today()  # noqa: DTZ011  a reader's "today" is local
    named = {"today": today, "yesterday": today - timedelta(days=1)}
    if typed in named:
        return named[typed]
    shape = _SHAPE.fullmatch(typed)
    try:
        return _filled(shape, last=last) if shape else date.fromisoformat("no date")
    except ValueError:
        raise UsageError(
            f"“{text}” is no date.", hint="Write it like 2025-03-14, 2025-03, 2025, today or yesterday."
        ) from None


def _filled(shape: re.Match[str], *, last: bool) -> date:
    year, month, day = (int(part) if part else None for part in shape.groups())
    assert year is not None  # noqa: S101  the pattern has it
    month = month or (12 if last else 1)
    return date(year, month, day or (monthrange(year, month)[1] if last else 1))
