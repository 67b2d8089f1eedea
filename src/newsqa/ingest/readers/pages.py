"""Reads web pages: the lines of a page that are its article, and what the page says about it.

trafilatura (Barbaresi 2021) selects the lines; those stored are the page's own, so nothing it rewrites gets in.
"""

from __future__ import annotations

import html
import json
import re
from typing import IO, TYPE_CHECKING, Any

from newsqa.errors import SourceError
from newsqa.ingest.files import decode, read_all
from newsqa.ingest.metadata import build_article, tree_lines
from newsqa.ingest.opening import is_outlet, parse_date

if TYPE_CHECKING:
    from collections.abc import Iterator

    from newsqa.ingest.files import Problem, RawArticle


# What a page says about its article: schema.org JSON-LD first, then OpenGraph and other meta, then its headings.

_ARTICLE = re.compile(r"(?:\w*Article|BlogPosting|LiveBlogPosting|Report)\Z")
_MAX_NODES = 2_000

_TITLES = ("og:title", "twitter:title", "dc.title", "parsely-title", "sailthru.title")
_OUTLETS = ("og:site_name", "application-name", "dc.publisher", "publisher", "twitter:site_name")
_AUTHORS = ("author", "article:author", "parsely-author", "sailthru.author", "dc.creator", "byl", "twitter:creator")
_DATES = (
    "article:published_time", "article:published", "og:published_time", "datepublished", "parsely-pub-date",
    "sailthru.date", "publishdate", "publish-date", "publish_date", "pubdate", "dc.date.issued", "dcterms.created",
    "dc.date", "dcterms.date", "date", "cxenseparse:recs:publishtime", "originalpublicationdate",
)  # fmt: skip


def read_metadata(tree: Any) -> dict[str, Any]:
    """Return title, outlet, authors, published, url and text of a page's tree, those that it has."""
    article = _linked_data(tree)
    meta = _meta(tree)
    published = [article.get("datePublished"), article.get("dateCreated"), *_all(meta, _DATES), _time(tree)]
    fields = {
        "title": article.get("headline") or _any(meta, _TITLES) or _heading(tree) or article.get("name"),
        "outlet": _name(article.get("publisher")) or _any(meta, _OUTLETS) or _outlet_in_title(tree),
        "authors": article.get("author") or article.get("creator") or _any(meta, _AUTHORS),
        "published": next((value for value in published if parse_date(value)), None),
        "url": _address(tree, article, meta),
        "text": article.get("articleBody"),
    }
    fields["published"] = fields["published"] or _search_date(tree, _address(tree, article, meta))
    return {key: _unescaped(value) for key, value in fields.items() if value}


def _linked_data(tree: Any) -> dict[str, Any]:
    """Return the first article in the JSON-LD of a page, with author and publisher resolved by their @id."""
    nodes: list[dict[str, Any]] = []
    for script in tree.iter("script"):
        if "ld+json" in (script.get("type") or "").lower():
            nodes += _nodes(_json(script.text or ""))
    named = {node["@id"]: node for node in nodes if isinstance(node.get("@id"), str) and len(node) > 1}
    article = next((node for node in nodes if _is_article(node)), {})
    return {key: _resolve(value, named) for key, value in article.items()}


def _json(text: str) -> object:
    text = text.strip().removeprefix("<!--").removesuffix("-->").removeprefix("//<![CDATA[").removesuffix("//]]>")
    try:
        return json.loads(text, strict=False)  # some pages have line breaks inside strings
    except (ValueError, RecursionError):
        return None


def _nodes(value: object) -> list[dict[str, Any]]:
    nodes: list[dict[str, Any]] = []
    waiting = [value]
    while waiting and len(nodes) < _MAX_NODES:
        one = waiting.pop(0)
        if isinstance(one, list):
            waiting += one
        elif isinstance(one, dict):
            nodes.append(one)
            waiting += [one[key] for key in ("@graph", "mainEntity", "mainEntityOfPage", "item") if key in one]
    return nodes


def _is_article(node: dict[str, Any]) -> bool:
    kinds = node.get("@type")
    return any(
        isinstance(kind, str) and _ARTICLE.match(kind) for kind in (kinds if isinstance(kinds, list) else [kinds])
    )


def _resolve(value: object, named: dict[str, dict[str, Any]]) -> object:
    if isinstance(value, list):
        return [_resolve(part, named) if isinstance(part, dict) else part for part in value]
    if isinstance(value, dict) and set(value) <= {"@id", "@type"}:
        return named.get(str(value.get("@id")), value)
    return value


def _meta(tree: Any) -> dict[str, str]:
    meta: dict[str, str] = {}
    for element in tree.iter("meta"):
        name = element.get("property") or element.get("name") or element.get("itemprop")
        content = (element.get("content") or "").strip()
        if name and content:
            meta.setdefault(name.lower(), content)
    return meta


def _any(meta: dict[str, str], names: tuple[str, ...]) -> str | None:
    return next(iter(_all(meta, names)), None)


def _all(meta: dict[str, str], names: tuple[str, ...]) -> list[str]:
    return [meta[name] for name in names if name in meta]


def _name(value: object) -> object:
    if isinstance(value, list):
        value = value[0] if value else None
    return value.get("name") if isinstance(value, dict) else value


def _outlet_in_title(tree: Any) -> str | None:
    """Return "Tellin Post" of the page title "Quay to close | Tellin Post"."""
    last = re.split(r"\s[|–—-]\s", _page_title(tree))[-1]
    return last if is_outlet(last) and last != _page_title(tree) else None


def _page_title(tree: Any) -> str:
    title = tree.find(".//title")
    return " ".join((title.text or "").split()) if title is not None else ""


def _heading(tree: Any) -> str | None:
    headings = [" ".join(element.text_content().split()) for element in tree.iter("h1")]
    headings = [heading for heading in headings if heading]
    if len(headings) == 1:
        return str(headings[0])
    return re.split(r"\s[|–—]\s|\s-\s(?=[^-]*\Z)", _page_title(tree))[0] or None


def _time(tree: Any) -> str | None:
    """Return the time that the page marks as its publication, if all times so marked are of one day."""
    marked = [time.get("datetime") for time in tree.iter("time") if "datePublished" in (time.get("itemprop") or "")]
    times = marked or [time.get("datetime") for part in tree.iter("article") for time in part.iter("time")]
    days = {parse_date(time) for time in times if time}
    return next((time for time in times if time), None) if len(days) == 1 else None


def _address(tree: Any, article: dict[str, Any], meta: dict[str, str]) -> str | None:
    canonical = [link.get("href") for link in tree.iter("link") if (link.get("rel") or "").lower() == "canonical"]
    page = article.get("mainEntityOfPage")
    page = page.get("@id") if isinstance(page, dict) else page
    known = [*canonical, meta.get("og:url"), article.get("url"), page]
    return next((one for one in known if isinstance(one, str) and one.startswith(("http://", "https://"))), None)


def _search_date(tree: Any, url: str | None) -> str | None:
    """Return the date that htmldate (Barbaresi 2020) finds in the markup; it must not guess from the text."""
    from copy import deepcopy

    from htmldate import find_date

    try:
        found = find_date(deepcopy(tree), url=url, original_date=True, extensive_search=False, min_date="1995-01-01")
    except Exception:  # a broken page may raise anything: then no date is known
        return None
    return str(found) if found else None


def _unescaped(value: object) -> object:
    return html.unescape(value) if isinstance(value, str) else value


MAX_PAGE = 8 * 2**20  # bytes; no article's page is longer, and parsers of pages are slow
LONG_LINE = 60  # characters without spaces; so long a line is recognised inside another
WINDOW = 20_000

_CHARSET = re.compile(rb"charset\s*=\s*[\"']?\s*([\w.:-]{3,40})", re.IGNORECASE)
_EXTRACT_BLOCKS = frozenset({"p", "head", "item", "quote", "cell", "lb", "code", "list", "table", "row"})
_AROUND = frozenset({"nav", "header", "footer", "aside"})


def read_page(stream: IO[bytes], file_name: str) -> Iterator[RawArticle | Problem]:
    """Yield the one article of a page."""
    data = read_all(stream)
    if len(data) > MAX_PAGE:
        raise SourceError(f"a page of more than {MAX_PAGE // 2**20} MB")
    tree = _parse(_decoded(data))
    fields = read_metadata(tree)
    lines = _article_lines(tree)
    body = _article_body(fields.pop("text", None))
    if len(body) > 1.5 * sum(map(len, lines)):  # the page shows only a part
        lines = [line for line in body.splitlines() if line.strip()]
    yield build_article(fields, "html", file_name=file_name, text="\n\n".join(lines))


def _decoded(data: bytes) -> str:
    declared = _CHARSET.search(data[:4096])
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        pass
    try:
        return data.decode(declared[1].decode()) if declared else decode(data)
    except (UnicodeError, LookupError):
        return decode(data)


def _parse(markup: str) -> Any:
    from lxml import etree
    from lxml.html import HTMLParser, document_fromstring

    parser = HTMLParser(encoding="utf-8", huge_tree=False, no_network=True, remove_comments=True, remove_pis=True)
    try:
        tree = document_fromstring(markup.replace("\x00", "").encode("utf-8", "replace"), parser=parser)
    except (etree.LxmlError, ValueError) as error:
        raise SourceError("it is no HTML page that can be read") from error
    return tree


def _article_body(body: object) -> str:
    return html.unescape(body) if isinstance(body, str) else ""


def _article_lines(tree: Any) -> list[str]:
    """Return the page's own lines that trafilatura selects as the article."""
    _strip_surroundings(tree)
    own = tree_lines(tree)
    chosen = _chosen(tree)
    kept = _own_lines(own, chosen)
    if _size(kept) >= 0.7 * _size(chosen) > 0:
        return kept
    return chosen or _main_lines(tree)


def _strip_surroundings(tree: Any) -> None:
    """Remove scripts, navigation, and the page's own header and footer.

    Of a short page trafilatura would take everything, and of a shorter one the data in its scripts, as one line.
    """
    for script in list(tree.iter("script", "style", "noscript", "template")):
        script.drop_tree()
    for element in list(tree.iter(*_AROUND)):
        inside = any(parent.tag in {"article", "main"} for parent in element.iterancestors())
        if element.getparent() is not None and (element.tag in {"nav", "aside"} or not inside):
            element.drop_tree()


def _chosen(tree: Any) -> list[str]:
    import logging

    from trafilatura import bare_extraction

    logging.getLogger("trafilatura").setLevel(logging.CRITICAL)  # it writes to the screen about every odd page
    try:
        document = bare_extraction(tree, fast=True, include_comments=False, include_tables=True, with_metadata=False)
    except Exception as error:  # a broken page may raise anything
        raise SourceError("it is no HTML page that can be read") from error
    body = getattr(document, "body", None)
    return _lines_of_extract(body) if body is not None else []


def _lines_of_extract(body: Any) -> list[str]:
    """Return the lines of trafilatura's own XML, without the marks that its plain text adds to lists."""
    for element in body.iter():
        if element.tag in _EXTRACT_BLOCKS:
            element.text = "\n" + (element.text or "")
            element.tail = "\n" + (element.tail or "")
    return [line for line in (" ".join(part.split()) for part in "".join(body.itertext()).split("\n")) if line]


def _own_lines(own: list[str], chosen: list[str]) -> list[str]:
    """Return the lines of the page that are among the chosen ones, in one pass through both."""
    squeezed = [_squeezed(line) for line in chosen]
    whole = frozenset(squeezed)
    run = "".join(squeezed)
    reached = 0
    kept = []
    for line in own:
        known = _squeezed(line)
        found = run.find(known, reached, reached + WINDOW) if len(known) >= LONG_LINE else -1
        if found >= 0:
            reached = found + len(known)
        if found >= 0 or known in whole:
            kept.append(line)
    return kept


def _squeezed(line: str) -> str:
    return "".join(line.split())


def _size(lines: list[str]) -> int:
    return sum(len(_squeezed(line)) for line in lines)


def _main_lines(tree: Any) -> list[str]:
    """Return the lines of a page too short for trafilatura: its article, else its main part, else all of it."""
    for name in ("article", "main", "body"):
        part = tree.find(f".//{name}")
        if part is not None and (lines := tree_lines(part)):
            return lines
    return []
