"""How near an article was published to the time that a question speaks of."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from newsqa.records import Query

DAYS_TO_FADE = 14.0
"""Days after which nearness has fallen to 1/e."""


def nearness(query: Query, published: Sequence[date | None]) -> list[float]:
    """Return, for each day of publication, how near it is to the time of the question: 1 within it, then falling to 0.

    The time of the question is what its words say, else the day on which it is asked. A day unknown is as near as the
    known ones are on average, so that it neither gains nor loses. Where nothing is near all are alike.
    """
    near = [_near(query, day) if day else None for day in published]
    known = [one for one in near if one is not None]
    middle = sum(known) / len(known) if known else 0.0
    return [middle if one is None else one for one in near]


def _near(query: Query, day: date) -> float:
    first = query.since or (None if query.until else query.asked)
    last = query.until or query.asked
    if first and day < first:
        away = (first - day).days
    elif day > last:
        away = (day - last).days
    else:
        away = 0
    return math.exp(-away / DAYS_TO_FADE)
