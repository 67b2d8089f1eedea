"""RSS and Atom files, read as they lie there: nothing is ever fetched."""

from __future__ import annotations

import html
import io
import re
from dataclasses import replace
from typing import IO, TYPE_CHECKING, Any

from newsqa.errors import SourceError
from newsqa.reading.content import read_all
from newsqa.reading.fields import address, article_of
from newsqa.reading.records import Problem, RawArticle

if TYPE_CHECKING:
    from collections.abc import Iterator

_ROOT = re.compile(rb"<(?:\w+:)?(?:rss|feed|rdf)\b", re.IGNORECASE)
_DECLARES = re.compile(rb"<!\s*(?:ENTITY|DOCTYPE[^>]*\[)", re.IGNORECASE)


def read_feed(stream: IO[bytes], file_name: str) -> Iterator[RawArticle | Problem]:  # noqa: ARG001 - a reader
    """Yield the items of a feed: full content before summary, its HTML as lines of text."""
    feed = _parsed(read_all(stream))
    outlet = feed.feed.get("title")
    for n, item in enumerate(feed.entries, 1):
        yield _article(item, outlet, f"#{n}")


def _parsed(data: bytes) -> Any:  # noqa: ANN401 - the package ships no types
    import feedparser  # noqa: PLC0415

    if not _ROOT.search(data[:8192].replace(b"\x00", b"")):
        raise SourceError("it is neither RSS nor Atom")
    if _DECLARES.search(data) or _DECLARES.search(data.replace(b"\x00", b"")):
        raise SourceError("it declares XML entities, which may swell without end", hint="Take the DOCTYPE out.")
    try:
        feed = feedparser.parse(io.BytesIO(data), sanitize_html=False, resolve_relative_uris=False)
    except Exception as error:
        raise SourceError("it is no feed that can be read") from error
    if not feed.version and not feed.entries:
        raise SourceError("it is no feed that can be read")
    return feed


def _article(item: Any, outlet: str | None, place: str) -> RawArticle | Problem:  # noqa: ANN401
    source = item.get("source") or {}
    contents = [part.get("value", "") for part in item.get("content", [])]
    fields = {
        "text": max([*contents, ""], key=len) or item.get("summary", ""),
        "title": html.unescape(item.get("title", "")),  # many feeds escape it twice
        "outlet": html.unescape(source.get("title") or outlet or ""),
        "authors": [author.get("name") for author in item.get("authors", [])] or item.get("author"),
        "published": item.get("published") or item.get("updated"),
        "url": address(item.get("link")) or address(item.get("id")),
    }
    try:
        article = article_of(fields, "feed", place)
    except SourceError as error:
        return Problem(place, str(error), error.hint)
    return _keyed(article, item.get("id"))


def _keyed(article: RawArticle, key: object) -> RawArticle:
    storable = isinstance(key, str) and key.isprintable() and len(key) < 500
    return replace(article, key=str(key)) if storable else article
