"""Finds who wrote the article of a page: the people that its data, its marked authors or its visible byline name."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from newsqa.ingest.metadata import MAX_FIELD, field_text
from newsqa.ingest.people import LEAD, find_people
from newsqa.ingest.readers.page_facts import any_meta

if TYPE_CHECKING:
    from collections.abc import Iterator

    from newsqa.ingest.readers.page_facts import PageData
    from newsqa.ingest.readers.page_lines import Line, Lines

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
_LONG = 150
_NEAR = 10


def find_byline(data: PageData, lines: Lines, sites: list[str], title: str | None) -> str | None:
    """Return the people who wrote the article, or None if the page names nobody.

    `sites` are the names of the site, which are nobody's.
    """
    for found in (
        _stated(data.article.get("author") or data.article.get("creator"), sites),
        _from_meta(data, sites),
        _from_marked(lines, sites),
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


def _from_marked(lines: Lines, sites: list[str]) -> list[str]:
    """Return the people in the elements that a page marks as its authors, the most exactly marked first."""
    found: list[tuple[int, list[str]]] = []
    for element in lines.marked(_MARKED)[:60]:
        rank = _rank(element, lines)
        text = " ".join(element.text_content().split()) if rank else ""
        if 2 < len(text) < _LONG:
            named = LEAD.match(text) is not None
            people = find_people(text, outlets=sites, single=rank > 2)
            if people and (rank > 1 or named):
                found.append((rank + named, people))
    if not found:
        return []
    best = max(rank for rank, _ in found)
    first = next(people for rank, people in found if rank == best)
    more = [name for rank, people in found if rank == best for name in people]
    return list(dict.fromkeys(more)) if len(dict.fromkeys(more)) <= 4 else first


def _rank(element: Any, lines: Lines) -> int:
    """Return how surely an element holds the author of the article; 0 for one of a comment or a teaser."""
    names = f"{element.get('class') or ''} {element.get('id') or ''}"
    if element.tag in {"script", "meta", "img", "body", "html", "link"} or _NOT_AUTHOR.search(names):
        return 0
    parents = [one for one in element.iterancestors() if one.tag not in {"body", "html"}]
    if any(_NOT_AUTHOR.search(f"{one.get('class') or ''} {one.get('id') or ''}") for one in parents[:4]):
        return 0
    if any(lines.zone(one) == "around" and not _is_author_box(one) for one in [element, *parents[:1]]):
        return 0
    if (element.get("rel") or "") == "author" or "author" in (element.get("itemprop") or ""):
        return 3
    return 2 if _STRONG.search(names) else 1


def _is_author_box(element: Any) -> bool:
    return "auth" in f"{element.get('class') or ''} {element.get('id') or ''}".lower()


def _from_line(lines: Lines, sites: list[str], title: str | None) -> list[str]:
    """Return the people of a line like "By Ann Lee" near the title, or at the end of the article."""
    for line in _near(lines, title):
        if len(line.text) <= _LONG and (match := _BYLINE.search(line.text)):
            if people := find_people(match["names"], outlets=sites):
                return people
    return []


def _near(lines: Lines, title: str | None) -> Iterator[Line]:
    wanted = " ".join((title or "").casefold().split())
    places = [n for n, line in enumerate(lines.all) if line.text.casefold() == wanted]
    heading = next((n for n in places if lines.all[n].heading), next(iter(places), None))
    running = [line for line in lines.running if not lines.zone(line.block)]
    start = heading if heading is not None else 0
    ids = {id(line) for line in running}
    body = [n for n, line in enumerate(lines.all) if id(line) in ids and n >= start]
    if body:
        first = body[0]
        near = (
            lines.all[max(start, first - 2 * _NEAR) : first + 2]
            if heading is not None
            else lines.all[max(0, first - 6) : first]
        )
        yield from near
        yield from lines.all[body[-1] : body[-1] + 3]
    elif heading is not None:
        yield from lines.all[heading : heading + _NEAR]
