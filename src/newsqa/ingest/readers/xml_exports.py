"""Reads XML that publishers and agencies exchange: WordPress exports (WXR), NITF, and NewsML-G2.

Nothing is fetched: no document type, no entity and no schema outside the file is ever read.
"""

from __future__ import annotations

import re
from html.entities import name2codepoint
from typing import IO, TYPE_CHECKING, Any

from newsqa.errors import SourceError
from newsqa.ingest.files import Item, Skipped, decode, read_all
from newsqa.ingest.metadata import has_markup, markup_to_text, read_article

if TYPE_CHECKING:
    from collections.abc import Iterator


_DECLARES = re.compile(rb"<!\s*(?:ENTITY|DOCTYPE[^>]*\[)", re.IGNORECASE)
_PROLOGUE = re.compile(r"^\ufeff?\s*<\?xml\b([^>]*)\?>", re.IGNORECASE)
_ENCODING = re.compile(rb"^\s*<\?xml\b[^>]*\bencoding\s*=\s*[\"']([\w.:-]{3,40})", re.IGNORECASE)

_CDATA = re.compile(r"(<!\[CDATA\[.*?\]\]>)", re.DOTALL)
_ENTITY = re.compile(r"&(?:(#\w{1,8}|[A-Za-z]\w{1,31});)?")
_NAMED_BY_XML = frozenset({"amp", "lt", "gt", "quot", "apos"})


def parse_xml(data: bytes, what: str) -> Any:
    """Return the root of an XML file. Raises SourceError if it cannot be read, or declares entities."""
    from lxml import etree

    if _DECLARES.search(data) or _DECLARES.search(data.replace(b"\x00", b"")):
        raise SourceError("it declares XML entities, which may swell without end", hint="Take the DOCTYPE out.")
    parser = etree.XMLParser(
        encoding="utf-8", recover=True, resolve_entities=False, no_network=True, remove_comments=True, remove_pis=True
    )
    declared = _ENCODING.search(data[:200])
    try:
        text = data.decode(declared[1].decode()) if declared else decode(data)
    except (UnicodeError, LookupError):
        text = decode(data)
    try:
        root = etree.fromstring(_with_xml_entities(text).encode("utf-8", "replace"), parser=parser)
    except (etree.LxmlError, ValueError):
        root = None
    if root is None:
        raise SourceError(f"it is no {what} that can be read")
    return root


def _with_xml_entities(text: str) -> str:
    """Return XML whose entities a parser accepts: feeds also use those of HTML, and a bare “&”."""
    parts = _CDATA.split(_PROLOGUE.sub("", text.lstrip("\ufeff \t\r\n")).replace("\x00", ""))
    return "".join(part if n % 2 else _ENTITY.sub(_entity, part) for n, part in enumerate(parts))


def _entity(found: re.Match[str]) -> str:
    name = found[1] or ""
    if name.startswith("#") or name in _NAMED_BY_XML:
        return found[0]
    return chr(name2codepoint[name]) if name in name2codepoint else found[0].replace("&", "&amp;", 1)


def local_name(element: Any) -> str:
    """Return the name of an element without its namespace, "" for a comment."""
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def all_named(parent: Any, *names: str) -> list[Any]:
    """Return the elements below a parent that have one of these names, in document order."""
    return [element for element in parent.iter() if local_name(element) in names]


def line_of(element: Any) -> str:
    """Return the text below an element as one line, "" for None."""
    return " ".join("".join(element.itertext()).split()) if element is not None else ""


def drop_named(parent: Any, *names: str) -> None:
    """Remove the elements of these names below a parent; the text after each of them stays."""
    for element in all_named(parent, *names):
        above, before = element.getparent(), element.getprevious()
        if above is None or element is parent:
            continue
        if before is not None:
            before.tail = (before.tail or "") + (element.tail or "")
        else:
            above.text = (above.text or "") + (element.tail or "")
        above.remove(element)


def _first(parent: Any, *names: str) -> Any:
    """Return the first element of the first of these names that there is, or None."""
    for name in names:
        found = next((element for element in parent.iter() if local_name(element) == name), None)
        if found is not None:
            return found
    return None


# WordPress

_SITE_TYPES = frozenset({
    "page", "attachment", "revision", "nav_menu_item", "custom_css", "customize_changeset", "oembed_cache",
    "user_request", "wp_block", "wp_template", "wp_template_part", "wp_navigation", "wp_global_styles",
})  # fmt: skip
_CAPTION = re.compile(r"\[caption\b[^\]]{0,500}\].{0,4000}?\[/caption\]", re.DOTALL)
_SHORTCODE = re.compile(r"\[/?[a-z][a-z0-9_-]{2,30}(?:\s[^\]\n]{0,500})?/?\]")
_EMBED = re.compile(r"(?:^|(?<=>))[ \t]*https?://[^\s<]{1,2000}[ \t]*(?=$|</(?:div|figure|p)>)", re.MULTILINE)
_BLANK_LINE = re.compile(r"\n\s*\n")


def is_wxr(head: bytes) -> bool:
    """Return True for the beginning of a WordPress export."""
    return b"wordpress.org/export/" in head


def read_wxr(stream: IO[bytes], file_name: str) -> Iterator[Item]:  # noqa: ARG001 - a reader
    """Yield the published posts of a WordPress export; drafts, pages and pictures are passed over."""
    root = parse_xml(read_all(stream), "WordPress export")
    channel = _first(root, "channel")
    if channel is None:
        raise SourceError("it is no WordPress export that can be read")
    outlet = next((line_of(child) for child in channel if local_name(child) == "title"), "")
    names = {
        line_of(_first(author, "author_login")): line_of(_first(author, "author_display_name"))
        for author in all_named(channel, "author")
    }
    for n, item in enumerate(all_named(channel, "item"), 1):
        fields = {_wxr_name(child): (child.text or "").strip() for child in reversed(item)}
        if reason := _not_published(fields):
            yield Skipped(*reason)
            continue
        creator = fields.get("creator", "")
        yield read_article(
            {
                "text": _wordpress_markup(fields.get("content:encoded", "")),
                "title": fields.get("title"),
                "outlet": outlet,
                "authors": names.get(creator) or creator,
                "published": fields.get("post_date") or fields.get("pubDate"),
                "url": fields.get("link"),
            },
            "wxr",
            f"#{n}",
        )


def _wxr_name(element: Any) -> str:
    """Return the name of a field; two of them are called "encoded", the text and the excerpt."""
    name = local_name(element)
    return f"content:{name}" if name == "encoded" and "content" in str(element.tag) else name


def _not_published(fields: dict[str, str]) -> tuple[str, str] | None:
    kind, status = fields.get("post_type", "post"), fields.get("status", "publish")
    if kind in _SITE_TYPES:
        return kind.replace("_", " "), "no article"
    if status != "publish":
        return status if status.isalpha() and len(status) < 20 else "draft", "not published"
    return ("locked post", "not published") if fields.get("post_password") else None


def _wordpress_markup(content: str) -> str:
    """Return the text of a post as HTML, without the addresses that WordPress replaces by what is there.

    WordPress itself makes paragraphs of the lines of an older post.
    """
    content = _EMBED.sub("", _SHORTCODE.sub("", _CAPTION.sub("", content)).replace("\r\n", "\n"))
    if "<p" in content.lower():
        return content
    return "".join(f"<p>{part}</p>" for part in _BLANK_LINE.split(content) if part.strip())


# NITF


def is_nitf(head: bytes) -> bool:
    """Return True for the beginning of a NITF file, also one inside NewsML 1."""
    return b"<nitf" in head and not is_newsml(head)


def read_nitf(stream: IO[bytes], file_name: str) -> Iterator[Item]:  # noqa: ARG001 - a reader
    """Yield the articles of a NITF file."""
    root = parse_xml(read_all(stream), "NITF file")
    found = all_named(root, "nitf")
    if not found:
        raise SourceError("it is no NITF file that can be read")
    for n, nitf in enumerate(found, 1):
        place = f"#{n}" if len(found) > 1 else ""
        fields = _nitf_fields(nitf)
        yield read_article(fields, "nitf", place, text=str(fields.pop("text")))


def _nitf_fields(nitf: Any) -> dict[str, Any]:
    published = _first(nitf, "pubdata")
    about = dict(published.attrib) if published is not None else {}
    issued = [element.get("norm") for element in all_named(nitf, "date.release", "date.issue", "story.date")]
    drop_named(nitf, "byttl")
    body = _first(nitf, "body.content")
    return {
        "title": line_of(_first(nitf, "hl1", "hedline", "title")),
        "byline": line_of(_first(nitf, "byline")),
        "outlet": about.get("name") or line_of(_first(nitf, "distributor")),
        "published": next((value for value in (about.get("date.publication"), *issued) if value), None),
        "url": about.get("ex-ref"),
        "text": "\n\n".join(_nitf_lines(body)) if body is not None else "",
    }


def _nitf_lines(body: Any) -> list[str]:
    """Return the paragraphs of a story, without what belongs to its pictures."""
    drop_named(body, "media", "hedline", "byline", "note")
    parts = all_named(body, "p", "hl2", "li", "bq", "pre")
    lines = [line_of(part) for part in parts if not any(inner is not part for inner in all_named(part, "p", "li"))]
    if any(lines):
        return [line for line in lines if line]
    text = "".join(body.itertext()).strip()
    return [markup_to_text(text) if has_markup(text) else text]


# NewsML-G2


def is_newsml(head: bytes) -> bool:
    """Return True for the beginning of a NewsML-G2 file."""
    return b"iptc.org/std/nar/" in head or b"NewsML-G2" in head


def read_newsml(stream: IO[bytes], file_name: str) -> Iterator[Item]:  # noqa: ARG001 - a reader
    """Yield the articles of a NewsML-G2 file; pictures and other items, and those withdrawn, are passed over."""
    root = parse_xml(read_all(stream), "NewsML-G2 file")
    items = all_named(root, "newsItem")
    if not items:
        raise SourceError("it holds no item of news")
    for n, item in enumerate(items, 1):
        if reason := _not_text(item):
            yield Skipped(*reason)
        else:
            text = _newsml_text(_first(item, "contentSet"))
            yield read_article(_newsml_fields(item), "newsml", f"#{n}" if len(items) > 1 else "", text=text)


def _not_text(item: Any) -> tuple[str, str] | None:
    kind, status = _first(item, "itemClass"), _first(item, "pubStatus")
    name = str(kind.get("qcode") or "").rpartition(":")[2] if kind is not None else "text"
    if name not in {"", "text", "composite"}:
        return name[:20], "no article"
    usable = status is None or str(status.get("qcode") or "usable").endswith("usable")
    return None if usable else ("item", "withdrawn")


def _newsml_fields(item: Any) -> dict[str, Any]:
    about = _first(item, "contentMeta")
    about = about if about is not None else item
    people = [line_of(_first(creator, "name")) for creator in all_named(about, "creator", "contributor")]
    sources = [_first(found, "name") for found in all_named(item, "infoSource", "provider")]
    dates = [line_of(_first(item, name)) for name in ("firstCreated", "contentCreated", "versionCreated")]
    link = _first(item, "remoteInfo", "link")
    return {
        "title": line_of(_first(about, "headline")) or line_of(_first(item, "title")),
        "byline": line_of(_first(about, "by")) or [name for name in people if name],
        "outlet": next((line_of(name) for name in sources if name is not None), None),
        "published": next((value for value in dates if value), None),
        "url": link.get("href") if link is not None else None,
    }


def _newsml_text(content: Any) -> str:
    """Return the text of an item: NITF or XHTML within it, or a string of HTML or plain text."""
    if content is None:
        return ""
    nitf = _first(content, "body.content")
    if nitf is not None:
        return "\n\n".join(_nitf_lines(nitf))
    page = _first(content, "body")
    if page is None:
        data = [element for element in content.iter() if local_name(element) == "inlineData" and element.text]
        text = "\n\n".join(element.text.strip() for element in data)
        return markup_to_text(text) if has_markup(text) else text
    return "\n\n".join(line for part in all_named(page, "p", "h2", "h3", "h4", "li", "pre") if (line := line_of(part)))
