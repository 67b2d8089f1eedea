"""Finds who wrote the article of a page: the people that its data, its marked authors or its visible byline name."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from newsqa.ingest.metadata import MAX_FIELD, field_text
from newsqa.ingest.people import LEAD, find_people
from newsqa.ingest.readers.page_facts import PageData, any_meta

if TYPE_CHECKING:
    from newsqa.ingest.readers.page_lines import PageLines

_META = (
    "author", "article:author", "article:author_name", "og:author", "og:article:author", "authors", "parsely-author",
    "sailthru.author", "dc.creator", "dc:creator", "dcterms.creator", "dc.creator.aut", "citation_author", "byl",
    "dcsext.author", "rbauthors", "creator", "shareaholic:article_author_name", "cxenseparse:author", "author_name",
)  # fmt: skip
_MARKED = re.compile(
    r"auth|byline|autor|verfasser|vcard|auteur|posted-?by|submitted|writer|firma(?:$|\s)|^by$|reporter|redakteur",
    re.IGNORECASE,
)
_STRONG = re.compile(
    r"(?:^|[\s_-])(?:author|autor|auteur|byline)(?:[_-]*(?:name|link|url))?(?:$|[\s_-])|\bfn\b", re.IGNORECASE
)
_NOT_AUTHOR = re.compile(
    r"comment(?!ary)|kommentar|avatar|reply|respon|image|photo|foto|widget|related|teaser", re.IGNORECASE
)
_BYLINE = re.compile(
    r"(?:^|[|•·,]\s*|\d{4}\s+|\d\d\s+|Uhr\s+)(?:(?:written|posted|published|words|story|text|reported)\s+)?"
    r"(?:by|By|BY|von|Von|VON|par|Par|PAR|por|Por|POR|door|Door|di|Di|DI|[Aa]utor(?:in)?:|AUTOR:|[Aa]uthor:|Text:)\s+"
    r"(?P<names>[^\d|•·]{3,100})"
)
_AROUND = frozenset({"around", "boilerplate"})
_LONG = 150
_NEAR = 10


def find_byline(data: PageData, lines: PageLines, sites: list[str], title: str | None) -> str | None:
    """Return the people who wrote the article, or None if the page names nobody.

    `sites` are the names of the site, which are nobody's.
    """
    for found in (
        _stated(data.article.get("author") or data.article.get("creator"), sites),
        _from_meta(data, sites),
        _from_marked(lines, sites, title),
        _from_line(lines, sites, title),
    ):
        if found:
            return ", ".join(found)[:MAX_FIELD]
    return None


def _stated(value: object, sites: list[str]) -> list[str]:
    """Return the people in an author of JSON-LD; organisations are none."""
    names: list[str] = []
    for one in value if isinstance(value, list) else [value]:
        if isinstance(one, dict):
            kind = one.get("@type")
            if "Organization" in str(kind) and "Person" not in str(kind):
                continue
            name = one.get("name") or " ".join(str(one[key]) for key in ("givenName", "familyName") if one.get(key))
            for each in name if isinstance(name, list) else [name]:
                names += find_people(field_text(each) or "", outlets=sites, single="Person" in str(kind))
        elif text := field_text(one):
            names += find_people(text, outlets=sites)
    return list(dict.fromkeys(names))


def _from_meta(data: PageData, sites: list[str]) -> list[str]:
    for name in _META:
        values = any_meta(data, (name,))
        if values and (people := find_people(values[0], outlets=sites)):
            return people
    return []


def _from_marked(lines: PageLines, sites: list[str], title: str | None) -> list[str]:
    """Return the people in the elements that a page marks as its authors, the most exactly marked first."""
    near = _near(lines, title)
    found: list[tuple[int, int, list[str]]] = []
    for element in lines.marked(_MARKED)[:60]:
        place = lines.place(element)
        rank = _rank(element, lines, is_near=place in near)
        text = " ".join(" ".join(element.itertext()).split()) if rank else ""
        if 2 < len(text) < _LONG and not (len(text) > 60 and text.endswith(".")):
            named = LEAD.match(text) is not None
            people = find_people(text, outlets=sites, single=rank > 2 and element.get("rel") is not None)
            if people and (rank > 1 or named):
                found.append((rank + named, place, people))
    if not found:
        return []
    best = max(rank for rank, _, _ in found)
    start = next(place for rank, place, _ in found if rank == best)
    beside = [name for rank, place, people in found if rank >= best - 1 and abs(place - start) <= 2 for name in people]
    return find_people("; ".join(beside), outlets=sites, single=True)


def _rank(element: Any, lines: PageLines, *, is_near: bool) -> int:
    """Return how surely an element holds the author of the article; 0 for one of a comment or a teaser."""
    parents = [one for one in element.iterancestors() if one.tag not in {"body", "html"}]
    names = [f"{one.get('class') or ''} {one.get('id') or ''}" for one in (element, *parents[:4])]
    if element.tag in {"script", "meta", "img", "body", "html", "link", "article", "main"}:
        return 0
    if any(_NOT_AUTHOR.search(one) for one in names[: 2 if is_near else 5]):
        return 0
    if not is_near and lines.zone(element) in _AROUND and not _is_author_box(lines, element):
        return 0
    exact = element.get("rel") == "author" or "author" in (element.get("itemprop") or "")
    return (3 if exact else 2 if _STRONG.search(names[0]) else 1) + (2 if is_near else 0)


def _is_author_box(lines: PageLines, element: Any) -> bool:
    """Return True if an element counts as around the article only because it is about the author."""
    around = [one for one in (element, *element.iterancestors()) if lines.zone(one) in _AROUND]
    return "auth" in f"{around[-1].get('class') or ''} {around[-1].get('id') or ''}".lower()


def _from_line(lines: PageLines, sites: list[str], title: str | None) -> list[str]:
    """Return the people of a line like "By Ann Lee" near the title, or at the end of the article."""
    for n in _near(lines, title):
        text = lines.all[n].text
        named = (LEAD.match(text) or _BYLINE.search(text)) if len(text) <= _LONG else None
        people = find_people(text[named.end() :] or text, outlets=sites) if named and named.re is LEAD else []
        people = people or (find_people(named["names"], outlets=sites) if named and named.re is _BYLINE else [])
        if people:
            return people
    return []


def _near(lines: PageLines, title: str | None) -> list[int]:
    """Return the places of the lines between title and text, and of those around the article's end."""
    top, body, last, end = lines.title_place(title), lines.body_place(), lines.last_place(), len(lines.all)
    if not lines.body:
        return list(range(top, min(top + _NEAR, end))) if top is not None else []
    start = body - 6 if top is None or top > body else max(top - 3, body - 2 * _NEAR)
    return [n for n in (*range(start, body + 2), *range(last, last + 4)) if 0 <= n < end]
