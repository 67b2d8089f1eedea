"""Finds in the index what the citations and passages of other programs name: by address, path, id or words."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from newsqa.records import Article, JsonObject
    from newsqa.seams import Index


def resolved(named: JsonObject, index: Index) -> JsonObject:
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


def _article(named: JsonObject, index: Index) -> Article | None:
    if article_id := named.get("article_id"):
        return index.article(article_id)
    url, path, words = named.get("url"), named.get("path"), named.get("quote") or named.get("text")
    if url or path:
        found = (index.at_url(url) if url else []) or (index.at_path(path) if path else [])
    else:
        found = [span.article.id for span in index.holding(words, limit=1)] if words else []
    return index.article(found[0]) if len(found) == 1 else None


def _same_place(said: JsonObject, article: Article, index: Index, stored: JsonObject) -> JsonObject:
    """Return the address and path of an article, unless others are said."""
    leads = {
        "url": "url" not in said or article.id in index.at_url(said["url"]),
        "path": "path" not in said or article.id in index.at_path(said["path"]),
    }
    return {name: value for name, value in stored.items() if leads[name]}


def _span(said: JsonObject, article: Article) -> JsonObject:
    words = said.get("quote") or said.get("text") or ""
    start = article.text.find(words) if words and not {"start", "end"} & said.keys() else -1
    return {"start": start, "end": start + len(words)} if start >= 0 else {}
