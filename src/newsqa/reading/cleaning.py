"""Takes away whole lines that are not the article. No word is ever rewritten."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping


def clean(text: str, repeated: Collection[str] = frozenset()) -> str:
    """Return the text without the lines that are not the article; "" where nothing is left.

    The result is whole lines of the text, in order, unchanged. `repeated` are lines as `boilerplate` gives them.
    """
    raise NotImplementedError


def countable_lines(text: str) -> frozenset[str]:
    """Return the lines of an article, stripped, that could be repeated in others: short ones."""
    raise NotImplementedError


def boilerplate(counts: Mapping[str, int], articles: int, titles: Collection[str] = frozenset()) -> frozenset[str]:
    """Return the lines that stand in so many of an outlet's articles that they are not the news.

    `counts` says in how many of the outlet's `articles` each of `countable_lines` stands; `titles` are never given.
    """
    raise NotImplementedError
