"""Finds the gold of a question in the index: the articles that a person named, however they named them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from newsqa.evals.datasets.entries import asking
from newsqa.evals.datasets.items import is_reference, parts
from newsqa.evals.run_lines import CitationFacts, IndexFacts
from newsqa.text.words import wording
from newsqa.types import Bounds

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from newsqa.evals.datasets.items import Accepted, Gold, Item
    from newsqa.store.snapshot import Snapshot
    from newsqa.types import Article, JsonObject


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


def resolve(gold: Gold, item: Item, index: Snapshot) -> Resolved:
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


def _named(gold: Gold, index: Snapshot) -> list[str]:
    """Return the ids that the first telling name gives; a quote alone is looked up by its words."""
    if gold.article_id and index.article(gold.article_id):
        return [gold.article_id]
    found = index.find_by_path(gold.path) if gold.path else []
    found = found or (index.find_by_url(gold.url) if gold.url else [])
    alone = not (gold.article_id or gold.path or gold.url)
    return [span.article.id for span in index.find_phrase(gold.quote)] if gold.quote and alone else found


def _holds(article: Article, quote: str | None) -> bool:
    return not quote or any(wording(article.text).places(wording(quote).words))


def _visible(article: Article, item: Item) -> bool:
    """Tell whether a question may see an article; where it is asked as of a day, one without a date is not seen."""
    return item.as_of is None or (article.published is not None and article.published <= item.as_of)


def _with_copies(articles: Sequence[Article], item: Item, index: Snapshot) -> Iterator[str]:
    yield from (article.id for article in articles)
    for article in articles:
        for carrier in index.duplicates(article.id):
            copy = index.article(carrier.article_id)
            if copy and _visible(copy, item):
                yield copy.id


# What the index says of a question and of its answer, asked while it is open: a run can then be scored without it.


def index_facts(item: Item, record: JsonObject, index: Snapshot) -> IndexFacts:
    """Look up a question's gold and accepted answers, and the citations of the record of its answer.

    The record may be anyone's: a citation that names no offsets is faithful where its quote stands anywhere in the
    article, exactly, and one without an article_id is looked up by its address, else by its path.
    """
    told = record.get("citations")
    citations = told if isinstance(told, list) else []
    return IndexFacts(
        gold=tuple(resolve(gold, item, index).ids for gold in item.gold),
        answer_in_index=_answer_in_index(item, index),
        citations=tuple(grounds(one if isinstance(one, dict) else {}, index) for one in citations),
    )


def _answer_in_index(item: Item, index: Snapshot) -> bool | None:
    if any(_stands(answer, item, index) for answer in item.answers):
        return True
    return None if all(map(is_reference, item.answers)) else False


def _stands(answer: Accepted, item: Item, index: Snapshot) -> bool:
    """Tell whether each part of an answer stands somewhere in what the question may see."""
    return all(index.find_phrase(part, bounds_of(item), limit=1) for part in parts(answer))


def grounds(citation: JsonObject, index: Snapshot) -> CitationFacts:
    """Compare a citation with the article that it names; what the citation does not say is not compared."""
    article = _cited(citation, index)
    if article is None:
        return CitationFacts(exists=False, faithful=False)
    day = article.published and article.published.isoformat()
    stored = {"title": article.title, "outlet": article.outlet, "published": day, "url": article.url}
    agrees = all(citation[name] == value for name, value in stored.items() if name in citation)
    return CitationFacts(exists=agrees, faithful=_faithful(citation, article.text))


def _cited(citation: JsonObject, index: Snapshot) -> Article | None:
    article_id, url, path = (citation.get(name) for name in ("article_id", "url", "path"))
    if isinstance(article_id, str):
        return index.article(article_id)
    found = (
        index.find_by_url(url) if isinstance(url, str) else index.find_by_path(path) if isinstance(path, str) else []
    )
    return index.article(found[0]) if len(found) == 1 else None


def _faithful(citation: JsonObject, text: str) -> bool:
    quote, start, end = (citation.get(name) for name in ("quote", "start", "end"))
    if not isinstance(quote, str) or not quote:
        return False
    if start is None and end is None:
        return quote in text
    return isinstance(start, int) and isinstance(end, int) and 0 <= start < end and text[start:end] == quote


# Finds in the index what the citations and passages of other programs name: by address, path, id or words.


def resolve_citation(named: JsonObject, index: Snapshot) -> JsonObject:
    """Return a citation or passage with what the index knows of its article, where it names one and only one.

    What it says itself stays as it says it, so that it can be told right from wrong; an address that leads to the
    article is the article's, however it is written. Its words get their place where they stand there exactly.
    """
    article = _article(named, index)
    if article is None:
        return named
    day = article.published and article.published.isoformat()
    stored = {"article_id": article.id, "title": article.title, "outlet": article.outlet, "published": day}
    place = {"url": article.url, "path": article.path}
    said = {name: value for name, value in named.items() if value is not None}
    return {**stored, **said, **_same_place(said, article, index, place), **_span(said, article)}


def _article(named: JsonObject, index: Snapshot) -> Article | None:
    if article_id := named.get("article_id"):
        return index.article(article_id)
    url, path, words = named.get("url"), named.get("path"), named.get("quote") or named.get("text")
    if url or path:
        found = (index.find_by_url(url) if url else []) or (index.find_by_path(path) if path else [])
    else:
        found = [span.article.id for span in index.find_phrase(words, limit=1)] if words else []
    return index.article(found[0]) if len(found) == 1 else None


def _same_place(said: JsonObject, article: Article, index: Snapshot, stored: JsonObject) -> JsonObject:
    """Return the address and path of an article, unless others are said."""
    leads = {
        "url": "url" not in said or article.id in index.find_by_url(said["url"]),
        "path": "path" not in said or article.id in index.find_by_path(said["path"]),
    }
    return {name: value for name, value in stored.items() if leads[name]}


def _span(said: JsonObject, article: Article) -> JsonObject:
    words = said.get("quote") or said.get("text") or ""
    start = article.text.find(words) if words and not {"start", "end"} & said.keys() else -1
    return {"start": start, "end": start + len(words)} if start >= 0 else {}


# What is odd about a set, seen beside the index that it will be asked of; a run goes on all the same.

NAMED = 3


def doubts(items: Sequence[Item], index: Snapshot, report: Callable[[int], None] = lambda _: None) -> list[str]:
    """Return warnings for people, one a line: gold that is not in the index, quotes that are not in their articles.

    `report` is told how many questions have been looked at.
    """
    told: dict[Doubt, list[str]] = {}
    for number, item in enumerate(items, 1):
        for gold in item.gold:
            doubt = resolve(gold, item, index).doubt
            if doubt and not (doubt == "published after “as_of”" and item.refusal_is_right):
                told.setdefault(doubt, []).append(f"{item.id} ({_name(gold)})")
        report(number)
    golds = sum(len(item.gold) for item in items)
    return [*_repeated(items), *(f"Gold, {len(of)} of {golds}: {doubt}: {_some(of)}" for doubt, of in told.items())]


def _repeated(items: Sequence[Item]) -> Iterator[str]:
    first: dict[object, str] = {}
    again = [item.id for item in items if first.setdefault(asking(item), item.id) != item.id]
    if again:
        yield f"Questions, {len(again)} of {len(items)}: asked before in the same words: {_some(again)}"


def _name(gold: Gold) -> str:
    name = gold.path or gold.url or gold.article_id or f"“{gold.quote}”"
    return name if len(name) <= 80 else f"{name[:79]}…"


def _some(names: Sequence[str]) -> str:
    more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
    return ", ".join(names[:NAMED]) + more
