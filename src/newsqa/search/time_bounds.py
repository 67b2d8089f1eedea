"""How the time that a question names bounds what is searched, and what is said if nothing lies within it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from newsqa.text.calendar import format_day

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from newsqa.types import Bounds, Hit, Query


LAG = timedelta(days=2)
"""Papers report an event up to so many days after it."""


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


def is_out_of_time(query: Query, hits: Sequence[Hit]) -> bool:
    """Return True if only what lies within the time of a question answers it, and the best hit does not."""
    return query.timing == "strict" and not any(is_in_time(query, hit.article.published) for hit in hits[:1])


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
