"""Days in a set: 2025-03-14 and nothing else, since a slash hides which number is the month."""

from __future__ import annotations

import re
from collections import Counter
from datetime import date
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_DAY = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")


def day_of(text: str) -> date:
    """Return the day that a text like 2025-03-14 names. Raises ValueError, saying what it looks like instead."""
    match = _DAY.fullmatch(text)
    if not match:
        raise ValueError(f"must be a date like 2025-03-14, not “{text[:40]}”")
    try:
        return date(*map(int, match.groups()))
    except ValueError:
        raise ValueError(f"“{text}” is no day of any calendar") from None


def mixed_forms(texts: Iterable[str]) -> str:
    """Return a sentence that tells the forms in which dates are written, each by its first; "" where it is one."""
    first: dict[str, str] = {}
    counted: Counter[str] = Counter()
    for text in texts:
        form = re.sub(r"[^\W\d_]+", "a", re.sub(r"\d", "9", text.strip()))
        first.setdefault(form, text.strip()[:40])
        counted[form] += 1
    forms = [f"{n} like “{first[form]}”" for form, n in counted.most_common()]
    return f"Dates stand in mixed forms: {', '.join(forms)}." if len(forms) > 1 else ""
