"""In which order articles are drafted from: outlets and months take turns, so that none of them fills the set."""

from __future__ import annotations

from collections import defaultdict
from itertools import zip_longest
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Sequence
    from random import Random

    from newsqa.library.values import Listed


def in_turns(listed: Sequence[Listed], random: Random) -> list[str]:
    """Return the ids of the articles: each outlet in turn, and of an outlet each month in turn."""
    outlets = defaultdict(list)
    for article in listed:
        outlets[article.outlet or ""].append(article)
    turns = [_by_month(outlets[outlet], random) for outlet in sorted(outlets)]
    random.shuffle(turns)
    return _interleaved(turns)


def _by_month(listed: Iterable[Listed], random: Random) -> list[str]:
    months: dict[Hashable, list[str]] = defaultdict(list)
    for article in listed:
        month = (article.published.year, article.published.month) if article.published else (0, 0)
        months[month].append(article.article_id)
    for ids in months.values():
        random.shuffle(ids)
    turns = [months[month] for month in sorted(months, key=str)]
    random.shuffle(turns)
    return _interleaved(turns)


def _interleaved(turns: Iterable[list[str]]) -> list[str]:
    return [entry for row in zip_longest(*turns) for entry in row if entry is not None]
