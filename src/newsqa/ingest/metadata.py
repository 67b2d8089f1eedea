"""Builds an article from the fields that a file gives, and turns HTML fragments into lines of text."""

from __future__ import annotations

import re
from dataclasses import replace
from html import unescape
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlsplit

from newsqa.errors import SourceError
from newsqa.ingest.files import Kind, Problem, RawArticle
from newsqa.ingest.opening import find_date, parse_date, read_opening
from newsqa.ingest.people import fold_name, without_lead

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping


def _tags(names: str) -> frozenset[str]:
    return frozenset(names.split())


BLOCKS = _tags(
    "address article aside blockquote body br caption dd details div dl dt fieldset figcaption figure footer h1 h2 h3 "
    "h4 h5 h6 header hr html li main nav ol p pre section summary table tbody td tfoot th thead tr ul"
)
_INLINE = _tags("a abbr b cite code em font i img mark q s small span strong sub sup time u")
UNSEEN = _tags("script style noscript template iframe svg math form button select textarea object video audio head")
_LEFT_OUT = UNSEEN | {"aside", "nav"}
_ANY_TAG = re.compile(rf"</?(?:{'|'.join(sorted(BLOCKS | _INLINE))})\b[^<>]{{0,500}}>", re.IGNORECASE)
_BLOCK_TAG = re.compile(rf"</?(?:{'|'.join(sorted(BLOCKS))})\b[^<>]{{0,500}}>", re.IGNORECASE)
_CLOSED_TAG = re.compile(r"</(?:p|a|div|strong|em|b|i|span|h[1-6]|li|ul)>|<br ?/?>", re.IGNORECASE)
_SPACE = re.compile(r"[ \t\n\r\f]+")
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
_INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\U000e0000-\U000e007f]|(?<=[\u0000-\u024f])[\u200c\u200d]|[\u200c\u200d](?=[\u0000-\u024f])"
)


def has_markup(text: str) -> bool:
    """Return True if a text is HTML rather than plain: it holds an HTML tag that articles use."""
    return "<" in text and _ANY_TAG.search(text) is not None


def markup_to_text(markup: str) -> str:
    """Return the words of an HTML fragment, one line per block, with an empty line between blocks.

    A fragment with nothing but inline tags keeps its own lines.
    """
    if _BLOCK_TAG.search(markup):
        return "\n\n".join(_fragment_lines(markup))
    return "\n".join(" ".join(_fragment_lines(line)) for line in markup.splitlines())


def fragment_text(value: str) -> str:
    """Return the words of a field that may be plain text or HTML, also where either is escaped once too often."""
    if has_markup(value):
        return decode_entities(markup_to_text(value))
    decoded = decode_entities(value)
    marked = decoded != value and _CLOSED_TAG.search(decoded)
    return decode_entities(markup_to_text(decoded) if marked else decoded)


def decode_entities(text: str) -> str:
    """Return a text with its entities of HTML decoded once: "&#8217;", "&ouml;", "&amp;"; a bare "&" stays."""
    return _ENTITY.sub(lambda found: unescape(found[0]), text) if "&" in text else text


def drop_invisible(text: str) -> str:
    """Return a text without soft hyphens and other characters that nobody sees.

    Joiners stay where they are a part of the writing: in an emoji, and between letters of Persian and Indic scripts.
    """
    return _INVISIBLE.sub("", text) if not text.isascii() else text


def parse_fragment(markup: str | bytes) -> Any:
    """Return the tree of HTML in UTF-8, without comments, or None if there is none. Nothing is fetched."""
    from lxml import etree, html

    data = markup if isinstance(markup, bytes) else markup.encode("utf-8", "replace")
    parser = html.HTMLParser(encoding="utf-8", huge_tree=False, no_network=True, remove_comments=True, remove_pis=True)
    try:
        return html.document_fromstring(data, parser=parser) if data.strip() else None
    except (etree.LxmlError, ValueError):
        return None


def _fragment_lines(markup: str) -> list[str]:
    tree = parse_fragment(markup)
    return tree_lines(tree) if tree is not None else []


def tree_lines(tree: object) -> list[str]:
    """Return the visible words of a tree, one line per block, with white space as a browser shows it."""
    from lxml import etree

    parts: list[str] = []
    unseen = 0
    for event, element in etree.iterwalk(tree, events=("start", "end", "comment", "pi")):
        tag = element.tag if isinstance(element.tag, str) else ""
        if event == "start":
            unseen += tag in _LEFT_OUT
            if tag in BLOCKS:
                parts.append("\n\n")
            parts += _words(element.text, unseen)
            continue
        if event == "end":
            unseen -= tag in _LEFT_OUT
            if tag in BLOCKS:
                parts.append("\n\n")
        parts += _words(element.tail, unseen)
    lines = (_SPACE.sub(" ", line).strip() for line in "".join(parts).split("\n\n"))
    return [line for line in lines if line]


def _words(text: str | None, unseen: int) -> list[str]:
    return [_SPACE.sub(" ", text)] if text and not unseen else []


_Read = TypeVar("_Read")

TEXT = (
    "text", "body", "content", "articleBody", "article_body", "content_text", "content_html", "full_text", "fulltext",
    "maintext", "main_text", "page_content", "story", "article", "summary", "description", "abstract",
)  # fmt: skip
TITLE = ("title", "headline", "heading", "name")
BYLINE = ("byline", "authors", "author", "creator", "writer", "by")
OUTLET = ("outlet", "source", "publisher", "publication", "newspaper", "source_name", "sourceName", "site_name", "site")
PUBLISHED = (
    "published", "date", "publish_date", "datePublished", "pubDate", "published_at", "publishedAt", "publication_date",
    "date_published", "published_date", "publishDate", "pub_date", "pubdate", "published_time", "publishedDate",
    "timestamp", "created_at", "dateCreated",
)  # fmt: skip
URL = ("url", "link", "canonical_url", "web_url", "webUrl", "permalink", "source_url", "external_url", "id")
NESTED = ("metadata", "meta")

MAX_FIELD = 500
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_NOT_A_NAME = re.compile(
    r"https?://|@|^(?:none|null|unknown|n/a|admin|nan|redaktion)$|^(?-i:(?!Mc|Mac|De|La|Le|Van)[A-Z][a-z]+[A-Z]\w*)$",
    re.IGNORECASE,
)


def build_article(
    fields: Mapping[str, Any], kind: Kind, place: str = "", file_name: str = "", text: str | None = None
) -> RawArticle:
    """Build an article from an object with the usual field names. Raises SourceError if it holds no text.

    `text` is used as it is if given; a text among the fields may be HTML. What the fields do not say is read from the
    first lines, the address and, last, the file's name. If nothing names the outlet, it is the host of the address
    ("usatoday.com").
    """
    fields = _flat(fields)
    raw = RawArticle(
        text=drop_invisible(_text(fields) if text is None else text),
        kind=kind,
        place=place,
        title=_first(fields, TITLE, field_text),
        outlet=_first(fields, OUTLET, _outlet),
        byline=_first(fields, BYLINE, read_byline),
        published=_first(fields, PUBLISHED, parse_date),
        url=_first(fields, URL, read_url),
    )
    return _completed(raw, file_name)


def read_article(
    fields: Mapping[str, Any], kind: Kind, place: str, file_name: str = "", text: str | None = None
) -> RawArticle | Problem:
    """Build an article as `build_article` does, or return why it cannot be read, at its place in the file."""
    try:
        return build_article(fields, kind, place, file_name, text)
    except SourceError as error:
        return Problem(place, str(error), error.hint)


def _completed(raw: RawArticle, file_name: str = "") -> RawArticle:
    """Fill in what first lines, address and file name say. Raises SourceError if the text cannot be stored."""
    if _UNSTORABLE.search(raw.text):
        raise SourceError("its text holds NUL characters or broken Unicode", hint="Save it as UTF-8.")
    opening = read_opening(raw.text, raw.title)
    if not opening.text.strip():
        raise SourceError("it holds no text")
    outlet = raw.outlet or field_text(opening.outlet) or host(raw.url)
    names = [raw.byline, field_text(opening.byline)]
    return replace(
        raw,
        text=opening.text,
        title=raw.title or field_text(opening.title),
        outlet=outlet,
        byline=next((name for name in names if name and fold_name(name) != fold_name(outlet or "")), None),
        published=raw.published or opening.published or find_date(raw.url or "") or find_date(file_name),
    )


def field_text(value: object) -> str | None:
    """Return a field as one line of text that can be stored, or None."""
    if isinstance(value, dict):
        value = next((value[key] for key in ("name", "rendered", "title", "value", "text") if value.get(key)), None)
    if isinstance(value, list):
        value = value[0] if value else None
    if not isinstance(value, str) or _UNSTORABLE.search(value):
        return None
    return " ".join(drop_invisible(fragment_text(value)).split())[:MAX_FIELD].strip() or None


def read_byline(value: object) -> str | None:
    """Return a byline from a string, an object with a name, or a list of these, with each name once.

    Addresses and handles ("@tarnpost", "TarnPost") are no names.
    """
    parts = [field_text(part) for part in (value if isinstance(value, list) else [value])]
    people = list(
        dict.fromkeys(without_lead(part).strip(" ,|") for part in parts if part and not _NOT_A_NAME.search(part))
    )
    alone = [name for name in people if not _made_of(name, [other for other in people if other != name])]
    return ", ".join(name for name in alone if name)[:MAX_FIELD] or None


def read_url(value: object) -> str | None:
    """Return a web address, or None if the value is not one that can be opened safely."""
    if (
        not isinstance(value, str)
        or len(value) > 2_000
        or re.search(r"[\s\x00-\x1f\x7f-\x9f<>\"\ud800-\udfff]", value.strip())
    ):
        return None
    value = value.strip()
    return value if value.lower().startswith(("http://", "https://")) and host(value) else None


def host(url: str | None) -> str | None:
    """Return the host of an address as a plain domain, without "www."."""
    try:
        name = urlsplit(url or "").hostname
    except ValueError:
        return None
    return name.removeprefix("www.") if name and "." in name else None


def _flat(fields: Mapping[str, Any]) -> dict[str, Any]:
    flat = {str(key): value for key, value in fields.items() if value not in (None, "", [], {})}
    for key in NESTED:
        if isinstance(flat.get(key), dict):
            flat = {**flat[key], **flat}
    return flat


def _first(fields: Mapping[str, Any], keys: Iterable[str], read: Callable[[Any], _Read | None]) -> _Read | None:
    """Return the first value under one of the usual names that can be read."""
    return next((found for key in keys if key in fields and (found := read(fields[key])) is not None), None)


def _text(fields: Mapping[str, Any]) -> str:
    for key in TEXT:
        value = fields.get(key)
        if isinstance(value, dict):
            value = value.get("rendered") or value.get("text") or value.get("value")
        if isinstance(value, list) and all(isinstance(part, str) for part in value):
            value = "\n\n".join(value)
        if isinstance(value, str) and value.strip():
            return fragment_text(value)
    raise SourceError("it holds no text", hint=f"Name the field that holds it {', '.join(TEXT[:3])} or {TEXT[3]}.")


def _outlet(value: object) -> str | None:
    found = field_text(value)
    return host(found) or None if found and "://" in found else found


def _made_of(name: str, others: list[str]) -> bool:
    """Return True if a name is several of the others joined: "Ann Lee Bo Roe" beside "Ann Lee" and "Bo Roe"."""
    rest = name
    for other in others:
        rest = rest.replace(other, "")
    return len(others) > 1 and rest != name and not rest.replace("and", "").strip(" ,&")
