"""Turns the objects of JSON exports and APIs into objects with the usual field names: Ghost, Arc, the Guardian, ninjs.

    unwrap_export(value)    the posts of a Ghost export, each with its authors; any other value as it is
    usual_fields(item)      one item under the usual names; Skipped if it was not published

What news-please writes has usual names but for two of them. An object of no known shape stays as it is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from newsqa.ingest.files import Skipped

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

Item = dict[str, Any]

UNPUBLISHED = "not published"
_NOT_USABLE = frozenset({"canceled", "cancelled", "withheld"})


def unwrap_export(value: object) -> object:
    """Return the posts of a Ghost export or the one article of a Guardian answer; any other value as it is."""
    if not isinstance(value, dict):
        return value
    response = value.get("response")
    if isinstance(response, dict) and isinstance(response.get("content"), dict):
        return [response["content"]]
    if isinstance(value.get("content_elements"), list) and not _is_arc_story(value):
        return value["content_elements"]  # an answer of Arc's search
    wrapped = value.get("db")
    inner = wrapped[0] if isinstance(wrapped, list) and wrapped else value
    data = inner.get("data") if isinstance(inner, dict) else None
    return _ghost_posts(data) if isinstance(data, dict) and _is_list(data.get("posts")) else value


def _is_list(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(part, dict) for part in value)


def _ghost_posts(data: Item) -> list[Item]:
    """Return the posts of a Ghost export with the names of their authors, and the site's as their outlet."""
    names = {str(user.get("id")): user.get("name") for user in _dicts(data.get("users"))}
    authors: dict[str, list[object]] = {}
    for row in sorted(_dicts(data.get("posts_authors")), key=lambda row: str(row.get("sort_order", 0)).zfill(9)):
        authors.setdefault(str(row.get("post_id")), []).append(names.get(str(row.get("author_id"))))
    settings = {str(row.get("key")): row.get("value") for row in _dicts(data.get("settings"))}
    return [
        {
            **post,
            "authors": authors.get(str(post.get("id"))) or [names.get(str(post.get("author_id")))],
            "outlet": settings.get("title"),
        }
        for post in data["posts"]
    ]


def _dicts(value: object) -> Iterable[Item]:
    return (part for part in value if isinstance(part, dict)) if isinstance(value, list) else ()


def usual_fields(item: Item) -> Item | Skipped:
    """Return an item under the usual field names, or Skipped if it is a draft, a page of a site or withdrawn."""
    convert = next((convert for is_one, convert in _SHAPES if is_one(item)), None)
    return convert(item) if convert else item


def _is_ghost(item: Item) -> bool:
    return {"slug", "html"} <= item.keys() and bool(item.keys() & {"mobiledoc", "lexical", "uuid", "comment_id"})


def _ghost(item: Item) -> Item | Skipped:
    if item.get("status", "published") not in {"published", "sent"}:
        return Skipped("draft", UNPUBLISHED)
    if item.get("type", "post") != "post" or item.get("page"):
        return Skipped("page of a site", "no article")
    return {
        "text": item.get("html") or item.get("plaintext"),
        "title": item.get("title"),
        "authors": item.get("authors") or item.get("primary_author"),
        "outlet": item.get("outlet"),
        "published": item.get("published_at"),
        "url": item.get("url") or item.get("canonical_url"),
    }


def _is_drupal(item: Item) -> bool:
    return str(item.get("type")).startswith("node--") and isinstance(item.get("attributes"), dict)


def _drupal(item: Item) -> Item | Skipped:
    node = item["attributes"]
    if node.get("status") is False:
        return Skipped("draft", UNPUBLISHED)
    body = node.get("body")
    text = body.get("processed") or body.get("value") if isinstance(body, dict) else body
    return {"text": text, "title": node.get("title"), "published": node.get("created")}


def _is_arc_story(item: Item) -> bool:
    return isinstance(item.get("content_elements"), list) and isinstance(item.get("headlines"), dict)


def _arc(item: Item) -> Item | Skipped:
    revision = item.get("revision")
    if isinstance(revision, dict) and revision.get("published") is False:
        return Skipped("draft", UNPUBLISHED)
    credits_ = item.get("credits")
    people = _dicts(credits_.get("by")) if isinstance(credits_, dict) else ()
    dates = ("first_publish_date", "display_date", "publish_date")
    return {
        "text": "".join(_arc_blocks(item["content_elements"])),
        "title": item["headlines"].get("basic"),
        "authors": [person.get("name") or person.get("byline") for person in people],
        "outlet": _name_in(item, "distributor") or _name_in(item, "source"),
        "published": next((item[key] for key in dates if item.get(key)), None),
        "url": item.get("canonical_url"),
    }


def _arc_blocks(elements: list[Any], depth: int = 0) -> Iterable[str]:
    """Yield the running text of a story as HTML: paragraphs, headings, quotes and lists, no captions or embeds."""
    for element in _dicts(elements):
        kind, content = element.get("type"), element.get("content")
        if kind in {"text", "header", "blockquote", "quote", "raw_html"} and isinstance(content, str) and content:
            yield f"<p>{content}</p>"
        inner = element.get("items") if kind == "list" else element.get("content_elements")
        if kind in {"list", "quote", "list_element"} and isinstance(inner, list) and depth < 4:
            yield from _arc_blocks(inner, depth + 1)


def _name_in(item: Item, key: str) -> object:
    value = item.get(key)
    return value.get("name") if isinstance(value, dict) else value


def _is_guardian(item: Item) -> bool:
    return "webTitle" in item and "webPublicationDate" in item


def _guardian(item: Item) -> Item:
    fields = item["fields"] if isinstance(item.get("fields"), dict) else {}
    people = [tag.get("webTitle") for tag in _dicts(item.get("tags")) if tag.get("type") == "contributor"]
    return {
        "text": fields.get("body") or fields.get("bodyText"),
        "title": fields.get("headline") or item["webTitle"],
        "authors": people or fields.get("byline"),
        "outlet": fields.get("publication"),
        "published": item["webPublicationDate"],
        "url": item.get("webUrl"),
    }


_NINJS_BODIES = ("body_html", "body_xhtml", "body_text")


def _is_ninjs(item: Item) -> bool:
    return bool(item.keys() & {"uri", "guid"}) and bool(item.keys() & {*_NINJS_BODIES, "bodies"})


def _ninjs(item: Item) -> Item | Skipped:
    if item.get("pubstatus") in _NOT_USABLE:
        return Skipped("item", "withdrawn")
    if item.get("type", "text") not in {"text", "composite"}:
        return Skipped(str(item["type"])[:20], "no article")
    dates = ("firstpublished", "firstcreated", "contentcreated", "versioncreated")
    sources = [source.get("name") for source in _dicts(item.get("infosources"))]
    return {
        "text": next((item[key] for key in _NINJS_BODIES if item.get(key)), None) or _valued(item.get("bodies")),
        "title": item.get("headline") or _valued(item.get("headlines")) or item.get("title"),
        "authors": item.get("byline") or item.get("by") or [one.get("name") for one in _dicts(item.get("authors"))],
        "outlet": item.get("source") or next(iter(sources), None) or item.get("copyrightholder"),
        "published": next((item[key] for key in dates if item.get(key)), None),
        "url": next((value for value in (item.get("url"), item.get("uri")) if value), None),
    }


def _valued(values: object) -> object:
    """Return the main value of a list of them, as ninjs 2 has it: HTML before plain text."""
    found = [part for part in _dicts(values) if isinstance(part.get("value"), str)]
    found.sort(key=lambda part: (part.get("role") != "main", "html" not in str(part.get("contenttype"))))
    return found[0]["value"] if found else None


def _is_news_please(item: Item) -> bool:
    return "date_publish" in item and ("maintext" in item or "source_domain" in item)


def _news_please(item: Item) -> Item:
    return {
        "text": item.get("maintext") or item.get("text"),
        "title": item.get("title") or item.get("title_page") or item.get("title_rss"),
        "authors": item.get("authors"),
        "published": item.get("date_publish"),
        "url": item.get("url"),
    }


_SHAPES: tuple[tuple[Callable[[Item], bool], Callable[[Item], Item | Skipped]], ...] = (
    (_is_ghost, _ghost),
    (_is_drupal, _drupal),
    (_is_arc_story, _arc),
    (_is_guardian, _guardian),
    (_is_ninjs, _ninjs),
    (_is_news_please, _news_please),
)
