"""From the fields that a file gives to a raw article that can be stored, or the reason why not."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlsplit

from newsqa.errors import SourceError
from newsqa.ingest.files import Kind, RawArticle
from newsqa.ingest.opening import date_in_address, date_of, opening_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping


# HTML fragments as lines of text: what a block holds is a line, in the words of the page.


def _tags(names: str) -> frozenset[str]:
    return frozenset(names.split())


_BLOCKS = _tags(
    "address article aside blockquote body br caption dd details div dl dt fieldset figcaption figure footer h1 h2 h3 "
    "h4 h5 h6 header hr html li main nav ol p pre section summary table tbody td tfoot th thead tr ul"
)
_INLINE = _tags("a abbr b cite code em font i img mark q s small span strong sub sup time u")
_UNSEEN = _tags("script style noscript template iframe svg math form button select textarea object video audio head")
_ANY_TAG = re.compile(rf"</?(?:{'|'.join(sorted(_BLOCKS | _INLINE))})\b[^<>]{{0,500}}>", re.IGNORECASE)
_BLOCK_TAG = re.compile(rf"</?(?:{'|'.join(sorted(_BLOCKS))})\b[^<>]{{0,500}}>", re.IGNORECASE)
_SPACE = re.compile(r"[ \t\n\r\f]+")


def looks_like_markup(text: str) -> bool:
    """Tell whether a text is HTML rather than plain: it holds a tag that closes, or one that breaks lines."""
    return "<" in text and _ANY_TAG.search(text) is not None


def text_of_markup(markup: str) -> str:
    """Return the words of an HTML fragment, each block a line, blocks apart by an empty line.

    Where nothing but inline tags stand in it, its own lines stay as they are.
    """
    if _BLOCK_TAG.search(markup):
        return "\n\n".join(_fragment_lines(markup))
    return "\n".join(" ".join(_fragment_lines(line)) for line in markup.splitlines())


def _fragment_lines(markup: str) -> list[str]:
    from lxml import etree, html

    if not markup.strip():
        return []
    parser = html.HTMLParser(encoding="utf-8", huge_tree=False, no_network=True)
    try:
        return lines_of(html.document_fromstring(markup.encode("utf-8", "replace"), parser=parser))
    except (etree.LxmlError, ValueError):
        return []


def lines_of(tree: object) -> list[str]:
    """Return the visible words of a tree, a line for each block; white space is as a browser shows it."""
    from lxml import etree

    parts: list[str] = []
    unseen = 0
    for event, element in etree.iterwalk(tree, events=("start", "end", "comment", "pi")):
        tag = element.tag if isinstance(element.tag, str) else ""
        if event == "start":
            unseen += tag in _UNSEEN
            if tag in _BLOCKS:
                parts.append("\n\n")
            parts += _words(element.text, unseen)
            continue
        if event == "end":
            unseen -= tag in _UNSEEN
            if tag in _BLOCKS:
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
ADDRESS = ("url", "link", "canonical_url", "web_url", "webUrl", "permalink", "source_url", "external_url", "id")
NESTED = ("metadata", "meta")

MAX_FIELD = 500
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_NOT_A_NAME = re.compile(r"https?://|@|^(?:none|null|unknown|n/a|admin|nan)$", re.IGNORECASE)


def article_of(
    fields: Mapping[str, Any], kind: Kind, place: str = "", file_name: str = "", text: str | None = None
) -> RawArticle:
    """Make an article of an object with the usual field names. Raises SourceError where it holds no text.

    `text` is taken as it stands where it is given; a text among the fields may be HTML. What the fields do not say is
    looked for in the first lines, the address and, at last, the file's name. An outlet that nothing names is the host
    of the address ("usatoday.com").
    """
    fields = _flat(fields)
    raw = RawArticle(
        text=_text(fields) if text is None else text,
        kind=kind,
        place=place,
        title=_first(fields, TITLE, field_text),
        outlet=_first(fields, OUTLET, _outlet),
        byline=_first(fields, BYLINE, names),
        published=_first(fields, PUBLISHED, date_of),
        url=_first(fields, ADDRESS, address),
    )
    return _completed(raw, file_name)


def _completed(raw: RawArticle, file_name: str = "") -> RawArticle:
    """Fill in what first lines, address and file name say, and check that the text can be stored."""
    if _UNSTORABLE.search(raw.text):
        raise SourceError("its text holds NUL characters or broken Unicode", hint="Save it as UTF-8.")
    opening = opening_of(raw.text, raw.title)
    if not opening.text.strip():
        raise SourceError("it holds no text")
    return replace(
        raw,
        text=opening.text,
        title=raw.title or field_text(opening.title),
        outlet=raw.outlet or field_text(opening.outlet) or host(raw.url),
        byline=raw.byline or field_text(opening.byline),
        published=raw.published or opening.published or date_in_address(raw.url or "") or date_in_address(file_name),
    )


def field_text(value: object) -> str | None:
    """Return a field as one line of text that can be stored, or None."""
    if isinstance(value, dict):
        value = next((value[key] for key in ("name", "rendered", "title", "value", "text") if value.get(key)), None)
    if isinstance(value, list):
        value = value[0] if value else None
    if not isinstance(value, str) or _UNSTORABLE.search(value):
        return None
    value = text_of_markup(value) if looks_like_markup(value) else value
    return " ".join(value.split())[:MAX_FIELD].strip() or None


def names(value: object) -> str | None:
    """Return a byline of a string, an object with a name, or a list of these; names in other names stand once."""
    parts = [field_text(part) for part in (value if isinstance(value, list) else [value])]
    people = list(dict.fromkeys(_person(part) for part in parts if part and not _NOT_A_NAME.search(part)))
    alone = [name for name in people if not _made_of(name, [other for other in people if other != name])]
    return ", ".join(name for name in alone if name)[:MAX_FIELD] or None


def address(value: object) -> str | None:
    """Return a web address, or None where the value is none that could be opened safely."""
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
    """Return what the first of the usual names says that can be read."""
    return next((found for key in keys if key in fields and (found := read(fields[key])) is not None), None)


def _text(fields: Mapping[str, Any]) -> str:
    for key in TEXT:
        value = fields.get(key)
        if isinstance(value, dict):
            value = value.get("rendered") or value.get("text") or value.get("value")
        if isinstance(value, list) and all(isinstance(part, str) for part in value):
            value = "\n\n".join(value)
        if isinstance(value, str) and value.strip():
            return text_of_markup(value) if looks_like_markup(value) else value
    raise SourceError("it holds no text", hint=f"Name the field that holds it {', '.join(TEXT[:3])} or {TEXT[3]}.")


def _outlet(value: object) -> str | None:
    found = field_text(value)
    return host(found) or None if found and "://" in found else found


def _person(name: str) -> str:
    return re.sub(r"^(?:by|written by)[\s:]+", "", name, flags=re.IGNORECASE).strip(" ,|")


def _made_of(name: str, others: list[str]) -> bool:
    """Tell whether a name is several of the others run together: "Ann Lee Bo Roe" beside "Ann Lee" and "Bo Roe"."""
    rest = name
    for other in others:
        rest = rest.replace(other, "")
    return len(others) > 1 and rest != name and not rest.replace("and", "").strip(" ,&")
