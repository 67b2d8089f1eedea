"""How near an article was published to the time that a question speaks of."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from newsqa.records import Query

DAYS_TO_FADE = 30.0
"""Days after which nearness has fallen to 1/e."""


def nearness(query: Query, published: Sequence[date | None]) -> list[float]:
    """Return, for each day of publication, how near it is to the time of the question: 1 within it, then falling to 0.

    The time of the question is what its words say, else the day on which it is asked. Where it asks for the latest or
    the first, it is the newest or the oldest of these days, and the others count by their place between. A day unknown
    is as near as the known ones are on average, so that it neither gains nor loses. Where nothing is near all are
    alike.
    """
    days = sorted({day for day in published if day})
    if query.order and not (query.since or query.until):
        step = 1 / max(len(days) - 1, 1)
        places = {day: place * step for place, day in enumerate(days)}
        known = places if query.order == "latest" else {day: 1 - place for day, place in places.items()}
    else:
        known = {day: _near(query, day) for day in days}
    dated = [known[day] for day in published if day]
    middle = sum(dated) / len(dated) if dated else 0.0
    return [known[day] if day else middle for day in published]


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
