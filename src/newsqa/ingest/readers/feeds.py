"""Reads files of many articles: JSON (an object, a list of them, or one per line), RSS and Atom."""

from __future__ import annotations

import html
import json
import re
from dataclasses import replace
from typing import IO, TYPE_CHECKING, Any, cast

from newsqa.errors import SourceError
from newsqa.ingest.files import MAX_LINE, Item, Kind, Problem, RawArticle, Skipped, decode, read_all
from newsqa.ingest.metadata import MAX_FIELD, TEXT, read_article, read_url
from newsqa.ingest.readers.json_exports import unwrap_export, usual_fields
from newsqa.ingest.readers.xml_exports import parse_xml

if TYPE_CHECKING:
    from collections.abc import Iterator

LISTS = ("articles", "items", "data", "results", "entries", "stories", "docs", "documents", "hits", "news", "posts")
AROUND_LISTS = (*LISTS, "response", "result", "feed", "channel")


def read_json(stream: IO[bytes], file_name: str) -> Iterator[Item]:
    """Yield the articles of a JSON file: one object, a list of them, or an object that holds such a list."""
    text = decode(read_all(stream))
    try:
        value = _parse_json(text)
    except SourceError:
        lines = [line for line in text.split("\n") if line.strip()]
        if len(lines) > 1 and all(is_article_line(line.encode("utf-8", "replace")) for line in lines[:2]):
            yield from _lines(enumerate((line.encode("utf-8") for line in text.split("\n")), 1))
            return
        raise
    value = unwrap_export(value)
    objects = _objects(value)
    if objects is None:
        yield _article(value if isinstance(value, dict) else {}, "json", "", file_name)
        return
    for n, one in enumerate(objects, 1):
        yield _article(one, "json", f"#{n}")


def read_lines(stream: IO[bytes], file_name: str) -> Iterator[Item]:  # noqa: ARG001 - a reader
    """Yield the articles of a file with one JSON object per line, with one line at a time in memory."""
    return _lines(enumerate(_capped_lines(stream), 1))


def is_article_line(line: bytes) -> bool:
    """Return True if a line is one whole JSON object, and not an object around a list of articles."""
    try:
        value = _parse_json(decode(line))
        return isinstance(value, dict) and _objects(unwrap_export(value)) is None
    except SourceError:
        return False


def _lines(lines: Iterator[tuple[int, bytes]]) -> Iterator[Item]:
    for n, line in lines:
        if len(line) > MAX_LINE:
            yield Problem(f"#{n}", f"the line is longer than {MAX_LINE // 2**20} MB")
        elif line.strip():
            yield _line(line, f"#{n}")


def _line(line: bytes, place: str) -> Item:
    try:
        value = _parse_json(decode(line))
    except SourceError as error:
        return Problem(place, str(error), error.hint)
    return _article(value, "jsonl", place)


def _article(value: object, kind: Kind, place: str, file_name: str = "") -> Item:
    if not isinstance(value, dict):
        return Problem(place, "it is no JSON object")
    try:
        fields = usual_fields(value)
        return fields if isinstance(fields, Skipped) else read_article(fields, kind, place, file_name)
    except (ValueError, TypeError, ArithmeticError, RecursionError) as error:  # what a value of JSON may be is endless
        return Problem(place, f"it cannot be read ({type(error).__name__})")


def _capped_lines(stream: IO[bytes]) -> Iterator[bytes]:
    """Yield lines; one that is too long is cut one byte after the cap, and the rest of it is skipped."""
    while line := stream.readline(MAX_LINE + 1):
        yield line
        while len(line) > MAX_LINE and not line.endswith(b"\n"):
            line = stream.readline(MAX_LINE + 1)


def _parse_json(text: str) -> Any:
    try:
        return json.loads(text, parse_constant=lambda _: None)
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise SourceError(f"it is no valid JSON: {error.msg.lower()} ({where})") from error
    except RecursionError as error:
        raise SourceError("its JSON is nested too deep") from error
    except ValueError as error:
        raise SourceError("its JSON holds a number too long to read") from error


def _objects(value: object, depth: int = 0) -> list[Any] | None:
    """Return the list of articles in a JSON value, or None if the value itself is one article."""
    if isinstance(value, list):
        return value
    if not isinstance(value, dict) or depth > 2 or any(isinstance(value.get(key), str) for key in TEXT[:13]):
        return None
    inner = (value[key] for key in AROUND_LISTS if isinstance(value.get(key), list | dict))
    return next((found for part in inner if (found := _objects(part, depth + 1)) is not None), None)


# RSS and Atom files; nothing is ever fetched.

ROOT = re.compile(rb"<(?:\w+:)?(?:rss|feed|rdf)\b", re.IGNORECASE)
_MAILBOX = re.compile(r"\S+@\S+\s*\((.+)\)|(.+?)\s*<\S+@\S+>")

_CORE = frozenset({
    "", "http://www.w3.org/2005/atom", "http://purl.org/atom/ns#", "http://purl.org/rss/1.0/",
    "http://my.netscape.com/rdf/simple/0.9/", "http://channel.netscape.com/rdf/simple/0.9/",
    "http://backend.userland.com/rss2", "http://blogs.law.harvard.edu/tech/rss",
})  # fmt: skip
"""Namespaces of the formats themselves, in small letters."""
_MODULES = {
    "http://purl.org/dc/elements/1.1/": "dc:",
    "http://purl.org/dc/terms/": "dcterms:",
    "http://purl.org/rss/1.0/modules/content/": "content:",
    "http://www.itunes.com/dtds/podcast-1.0.dtd": "itunes:",
    "http://www.w3.org/1999/xhtml": "xhtml:",
}
"""Namespaces of the modules that are read, with the prefixes that they usually have."""
_RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"

_CONTENT = ("content:encoded", "content", "xhtml:body", "xhtml:div", "body")
_SUMMARY = ("description", "summary", "dc:description")
_AUTHOR = ("author", "dc:creator", "dc:author", "itunes:author")
_PUBLISHED = ("published", "pubdate", "issued", "dcterms:issued", "dc:date", "updated")
_KEY = ("guid", "id")


def read_feed(stream: IO[bytes], file_name: str) -> Iterator[RawArticle | Problem]:  # noqa: ARG001 - a reader
    """Yield the items of a feed: full content before summary, its HTML as lines of text."""
    data = read_all(stream)
    if not ROOT.search(data[:8192].replace(b"\x00", b"")):
        raise SourceError("it is neither RSS nor Atom")
    root = parse_xml(data, "feed")
    items = [element for element in root.iter() if _name(element) in {"item", "entry"}]
    if not items and _name(root).rpartition(":")[2] not in {"rss", "feed", "rdf"}:
        raise SourceError("it is no feed that can be read")
    channel = next((element for element in root.iter() if _name(element) in {"channel", "feed"}), root)
    outlet = _text(_children(channel), "title", "dc:title")
    for n, item in enumerate(items, 1):
        yield _feed_article(item, outlet, f"#{n}")


def _name(element: Any) -> str:
    """Return the name of an element in small letters, with a prefix if it belongs to a module, "" for no element."""
    if not isinstance(element.tag, str):
        return ""
    space, _, local = element.tag.rpartition("}")
    space = space[1:].lower()
    return ("" if space in _CORE else _MODULES.get(space, "other:")) + local.lower()


def _children(element: Any) -> dict[str, list[Any]]:
    children: dict[str, list[Any]] = {}
    for child in element:
        children.setdefault(_name(child), []).append(child)
    return children


def _text(children: dict[str, list[Any]], *names: str) -> str:
    """Return what the first of these children holds, "" if none holds any text."""
    return next((text for name in names for child in children.get(name, ()) if (text := _inner(child))), "")


def _inner(element: Any) -> str:
    """Return the content of an element: its text, or if it holds elements (XHTML), their markup as HTML."""
    from lxml import etree

    if not len(element):
        return (element.text or "").strip()
    for part in element.iter():
        if isinstance(part.tag, str):
            part.tag = part.tag.rpartition("}")[2]
    parts = (etree.tostring(part, method="html", encoding="unicode") for part in element)
    return "".join([html.escape(element.text or "", quote=False), *parts]).strip()


def _feed_article(item: Any, outlet: str, place: str) -> RawArticle | Problem:
    children = _children(item)
    key = _text(children, *_KEY) or item.get(f"{_RDF}about", "").strip()
    contents = [_inner(child) for name in _CONTENT for child in children.get(name, ())]
    fields = {
        "text": max([*contents, ""], key=len) or _text(children, *_SUMMARY),
        "title": _text(children, "title", "dc:title"),
        "outlet": _source(children) or outlet,
        "authors": [_author(child) for name in _AUTHOR for child in children.get(name, ())],
        "published": _text(children, *_PUBLISHED),
        "url": _link(children) or read_url(key),
    }
    article = read_article(fields, "feed", place)
    storable = isinstance(article, RawArticle) and key.isprintable() and 0 < len(key) < 500
    return replace(cast("RawArticle", article), key=key) if storable else article


def _source(children: dict[str, list[Any]]) -> str:
    """Return the outlet an item was taken from: the text of RSS's “source”, or the title in Atom's."""
    found = next(iter(children.get("source", ())), None)
    if found is None:
        return ""
    return _text(_children(found), "title") if len(found) else _inner(found)


def _author(element: Any) -> str:
    """Return an author's name: Atom has an element for it, RSS often an e-mail address beside it."""
    text = _text(_children(element), "name") if len(element) else _inner(element)
    mailbox = _MAILBOX.fullmatch(text[:MAX_FIELD])
    return (mailbox[1] or mailbox[2]) if mailbox else text


def _link(children: dict[str, list[Any]]) -> str | None:
    """Return the address of the article itself; Atom also links to other forms of it."""
    for link in children.get("link", ()):
        found = link.get("href") if link.get("rel", "alternate") == "alternate" else None
        if place := read_url(found or _inner(link)):
            return place
    return None
