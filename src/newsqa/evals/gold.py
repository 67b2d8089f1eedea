"""Finds the gold of a question in the index: the articles that a person named, however they named them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from newsqa.records import Bounds
from newsqa.text.words import wording

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from newsqa.evals.sets.items import Gold, Item
    from newsqa.records import Article
    from newsqa.seams import Index

Doubt = Literal[
    "not in the index",
    "published after “as_of”",
    "its quote is not in the article",
    "several articles stand there, and no quote tells which",
]


@dataclass(frozen=True, slots=True)
class Resolved:
    """The articles that carry a gold, those named first, then copies of their story; and what is odd about it."""

    ids: tuple[str, ...] = ()
    doubt: Doubt | None = None


def resolve(gold: Gold, item: Item, index: Index) -> Resolved:
    """Find a gold of a question among the articles that the question may see."""
    named = [article for name in _named(gold, index) if (article := index.article(name))]
    if not named:
        return Resolved(doubt="not in the index")
    holding = [article for article in named if _holds(article, gold.quote)]
    seen = [article for article in holding or named if _visible(article, item)]
    if not seen:
        return Resolved(doubt="published after “as_of”")
    doubt: Doubt | None = None
    if not holding:
        doubt = "its quote is not in the article"
    elif len(holding) > 1 and not gold.quote and gold.path:
        doubt = "several articles stand there, and no quote tells which"
    return Resolved(tuple(dict.fromkeys(_with_copies(seen, item, index))), doubt)


def bounds_of(item: Item) -> Bounds:
    """Return what a question may see."""
    return Bounds(as_of=item.as_of)


def _named(gold: Gold, index: Index) -> list[str]:
    """Return the ids that the first telling name gives; a quote alone is looked up by its words."""
    if gold.article_id and index.article(gold.article_id):
        return [gold.article_id]
    found = index.at_path(gold.path) if gold.path else []
    found = found or (index.at_url(gold.url) if gold.url else [])
    alone = not (gold.article_id or gold.path or gold.url)
    return [span.article.id for span in index.holding(gold.quote)] if gold.quote and alone else found


def _holds(article: Article, quote: str | None) -> bool:
    return not quote or any(wording(article.text).places(wording(quote).words))


def _visible(article: Article, item: Item) -> bool:
    """Tell whether a question may see an article; where it is asked as of a day, one without a date is not seen."""
    return item.as_of is None or (article.published is not None and article.published <= item.as_of)


def _with_copies(articles: Sequence[Article], item: Item, index: Index) -> Iterator[str]:
    yield from (article.id for article in articles)
    for article in articles:
        for carrier in index.carriers(article.id):
            copy = index.article(carrier.article_id)
            if copy and _visible(copy, item):
                yield copy.id
