"""What a page says about its article: schema.org JSON-LD first, then OpenGraph and other meta, then its headings."""

from __future__ import annotations

import html
import json
import re
from dataclasses import dataclass
from typing import Any

from newsqa.ingest.metadata import MAX_FIELD, field_text, host
from newsqa.ingest.opening import is_outlet
from newsqa.ingest.people import fold_name
from newsqa.ingest.readers.page_lines import PageLines, heading_level

_ARTICLE = re.compile(r"(?:\w*Article|BlogPosting|LiveBlogPosting|SocialMediaPosting|Report|Review|Recipe)\Z")
_MAX_NODES = 2_000

_TITLES = ("og:title", "twitter:title", "dc.title", "dc:title", "parsely-title", "sailthru.title", "headline")
_OUTLETS = (
    "og:site_name",
    "application-name",
    "dc.publisher",
    "dc:publisher",
    "publisher",
    "apple-mobile-web-app-title",
)
_SEPARATED = re.compile(r"\s+[|–—·•»«›:-]+\s+|\s*\|\s*|\s*[»›:]\s+")
_HANDLE = re.compile(r"@\w+|\w*_\w*|[A-Z][a-z]+[A-Z]\w*|[a-z]+[A-Z]\w*")


@dataclass(frozen=True, slots=True)
class PageData:
    """What is in the head of a page: the JSON-LD of its article, and its meta elements by name."""

    article: dict[str, Any]
    meta: dict[str, str]
    title: str
    canonical: tuple[str, ...]
    language: str


def read_page_data(tree: Any) -> PageData:
    """Return what the head of a page says."""
    links = [link.get("href") for link in tree.iter("link") if (link.get("rel") or "").lower() == "canonical"]
    title = tree.find(".//head/title")
    title = title if title is not None else tree.find(".//title")
    meta = _meta(tree)
    language = tree.get("lang") or tree.get("{http://www.w3.org/XML/1998/namespace}lang") or meta.get("og:locale") or ""
    return PageData(
        article=_linked_data(tree),
        meta=meta,
        title=" ".join((title.text or "").split()) if title is not None else "",
        canonical=tuple(link for link in links if link),
        language=language.lower().replace("_", "-"),
    )


def _linked_data(tree: Any) -> dict[str, Any]:
    """Return the first article in the JSON-LD of a page, with author and publisher resolved by their @id."""
    nodes: list[dict[str, Any]] = []
    for script in tree.iter("script"):
        if "ld+json" in (script.get("type") or "").lower():
            nodes += _nodes(_json(script.text or ""))
    named = {node["@id"]: node for node in nodes if isinstance(node.get("@id"), str) and len(node) > 1}
    articles = [node for node in nodes if _is_article(node)]
    article = next((one for one in articles if one.get("headline") or one.get("datePublished")), None)
    pages = [node for node in nodes if node.get("@type") in ("WebPage", "ItemPage") and node.get("datePublished")]
    chosen = article or next(iter(articles), None) or next(iter(pages), {})
    return {key: _resolve(value, named) for key, value in chosen.items()}


def _json(text: str) -> object:
    text = text.strip().removeprefix("<!--").removesuffix("-->").removeprefix("//<![CDATA[").removesuffix("//]]>")
    text = text.strip().removeprefix("/*<![CDATA[*/").removesuffix("/*]]>*/").rstrip("; \n")
    for form in (text, re.sub(r",\s*([}\]])", r"\1", text)):  # a comma before a bracket is the usual mistake
        try:
            return json.loads(form, strict=False, parse_int=_number)  # some pages have line breaks inside strings
        except (ValueError, RecursionError):
            continue
    return None


def _number(digits: str) -> int | None:
    return int(digits) if len(digits) < 20 else None


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
        isinstance(kind, str) and _ARTICLE.match(kind.rpartition("/")[2])
        for kind in (kinds if isinstance(kinds, list) else [kinds])
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
        content = (element.get("content") or "").strip()
        if not content:
            continue
        parent = element.getparent()
        in_head = parent is not None and parent.tag == "head"
        for attribute in ("property", "name", "itemprop") if in_head else ("property", "name"):
            if name := element.get(attribute):
                meta.setdefault(name.lower(), content)
    return meta


def any_meta(data: PageData, names: tuple[str, ...]) -> list[str]:
    """Return what a page's meta elements of these names hold, in the order of the names."""
    return [html.unescape(data.meta[name]) for name in names if name in data.meta]


def read_address(data: PageData) -> str | None:
    """Return the address that a page gives as its own."""
    page = data.article.get("mainEntityOfPage")
    page = page.get("@id") or page.get("url") if isinstance(page, dict) else page
    known = [*data.canonical, data.meta.get("og:url"), data.article.get("url"), page, data.meta.get("twitter:url")]
    return next((one for one in known if isinstance(one, str) and one.startswith(("http://", "https://"))), None)


def read_outlet(data: PageData) -> str | None:
    """Return the name of the outlet: what the page calls its site, or the part of its title that names a paper.

    A handle ("@tarnpost") is taken only if it spells that name or the host; "TARNPOST" is then written as the page
    writes it elsewhere.
    """
    publisher = data.article.get("publisher") or data.article.get("sourceOrganization")
    publisher = publisher[0] if isinstance(publisher, list) and publisher else publisher
    parts = _SEPARATED.split(html.unescape(data.title))
    named = [part for part in (parts[-1], parts[0]) if len(parts) > 1 and is_outlet(part)]
    found = [field_text(publisher), *any_meta(data, _OUTLETS), *named]
    names = [name for one in found if one and (name := _outlet_name(one))]
    plain = [name for name in names if not _HANDLE.fullmatch(name)]
    if not plain and names and len(parts) > 1:  # "TarnPost" in the head, "Tarn Post" in the title
        plain = [part for part in parts if fold_name(part) in {fold_name(name) for name in names}]
    return next(iter(plain or [name for name in names if not name.startswith("@")]), None)


def _outlet_name(value: str) -> str | None:
    value = " ".join(value.split()).strip("|–—- ")
    if "://" in value or "/" in value[:2]:
        return host(value)
    return value if 1 < len(value) <= 80 else None


def site_names(data: PageData, outlet: str | None, address: str | None) -> list[str]:
    """Return all names that a page has for its site, which are no names of people and no part of a title."""
    publisher = data.article.get("publisher")
    publisher = publisher[0] if isinstance(publisher, list) and publisher else publisher
    site = host(address) or ""
    names = [
        outlet,
        field_text(publisher),
        *any_meta(data, (*_OUTLETS, "twitter:site", "twitter:creator", "copyright")),
    ]
    names += [site, site.rpartition(".")[0], site.partition(".")[0], site.rpartition(".")[0].rpartition(".")[2]]
    return [name.lstrip("@") for name in dict.fromkeys(names) if name]


def read_title(data: PageData, lines: PageLines, sites: list[str]) -> str | None:
    """Return the title of the article, without the name of the site or a section that pages add to it."""
    headings = [
        line.text for line in lines.all if line.heading and heading_level(line.block) == "h1" and len(line.text) > 3
    ]
    headline = field_text(data.article.get("headline"))
    found = [headline, *any_meta(data, _TITLES)]
    if len(headings) == 1:
        found.append(headings[0])
    found += [*headings[:1], field_text(data.article.get("name")), html.unescape(data.title)]
    titles = [" ".join(html.unescape(one[:MAX_FIELD]).split()) for one in found if one and one.strip()]
    sites_folded = {fold_name(name) for name in sites}
    usable = [one for one in titles if fold_name(one) not in sites_folded and not one.startswith(("http:", "https:"))]
    if not usable:
        return titles[0] if titles else None
    others = [line.text for line in lines.all if line.heading]
    parts = _SEPARATED.split(titles[-1]) if titles else []
    if usable[0] in parts and len(parts) > 1:  # "Hill Blog » Wolves return": the first is the heading of each page
        usable = [one for one in others if one in parts and one != usable[0] and len(one) > len(usable[0])] + usable
    title = _without_site(usable[0], sites_folded, others)
    if title.endswith(("...", "…")):  # cut short in the head, whole in the page
        start = fold_name(title)
        title = next((one for one in [*usable[1:], *headings] if start and fold_name(one).startswith(start)), title)
    return title


def _without_site(title: str, sites: set[str], headings: list[str]) -> str:
    """Return a title without the parts at its ends that name the site, or that its heading does not have."""
    folded = fold_name(title)
    inside = [one for one in headings if len(one) > 12 and fold_name(one) in folded and fold_name(one) != folded]
    for heading in sorted(inside, key=len, reverse=True):
        place = title.casefold().find(heading.casefold())
        if place >= 0 and _is_apart(title, place, place + len(heading)):
            return title[place : place + len(heading)]
    marks = list(_SEPARATED.finditer(title))
    while marks:
        last, first = title[marks[-1].end() :], title[: marks[0].start()]
        if fold_name(last) in sites or _is_host(last):
            title = title[: marks[-1].start()]
        elif fold_name(first) in sites:
            title = title[marks[0].end() :]
        else:
            break
        marks = list(_SEPARATED.finditer(title))
    return title.strip(" |–—")


def _is_apart(title: str, start: int, end: int) -> bool:
    before, after = title[:start], title[end:]
    return (not before or re.search(r"\s[|–—·•»:-]\s+\Z|[|:»]\s*\Z", before) is not None) and (
        not after or re.match(r"\s+[|–—·•«-]\s|\s*\||:\s", after) is not None
    )


def _is_host(text: str) -> bool:
    return re.fullmatch(r"(?:www\.)?[\w-]+(?:\.[\w-]+)*\.[a-z]{2,6}", text.strip(), re.IGNORECASE) is not None
