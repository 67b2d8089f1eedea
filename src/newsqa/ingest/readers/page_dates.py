"""Finds the day on which the article of a page was published: never that of a change, an embed or a sidebar.

What the page says of itself goes first (JSON-LD, meta, elements marked as the publication), then its address, then the
day that it shows beside its title, then htmldate (Barbaresi 2020) if the page shows that day as well.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from typing import TYPE_CHECKING, Any

from newsqa.ingest.opening import find_date, parse_date
from newsqa.ingest.readers.page_facts import PageData, any_meta, read_address
from newsqa.ingest.written_dates import find_written_dates

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from newsqa.ingest.readers.page_lines import PageLine, PageLines

_STATED = (
    "article:published_time", "article:published", "article:published_date", "article:publicationdate",
    "article:post_date", "og:article:published_time", "og:published_time", "og:datepublished", "og:pubdate",
    "og:publish_date", "datepublished", "parsely-pub-date", "sailthru.date", "bt:pubdate", "publishdate",
    "publish-date", "publish_date", "publish_time", "published-date", "published_date", "published_time",
    "publisheddate", "publication_date", "publicationdate", "pubdate", "pdate", "ptime", "rbpubdate",
    "vr:published_time", "citation_publication_date", "citation_date", "dc.date.issued", "dcterms.issued",
    "dc.date.publication", "mediator_published_time", "shareaholic:article_published_time",
    "dcsext.articlefirstpublished", "displaydate", "cxenseparse:recs:publishtime", "originalpublicationdate",
    "article_date_original", "twt-published-at",
    "rnews:datepublished", "article.published", "dateposted", "gentime", "doc_date",
)  # fmt: skip
_CREATED = (
    "dcterms.created", "dc.date.created", "dc.created", "dc:created", "article.created", "datecreated", "date_created",
    "date-created", "created", "dc.date", "dc:date", "dcterms.date", "date", "content_create_date", "release_date",
)  # fmt: skip
_MODIFIED = re.compile(
    r"\b(?:updated?|modified|edited|corrected|stand|aktualisiert|geändert|bearbeitet|ergänzt|update|mis à jour|modifié|"
    r"mise à jour|actualizado|actualizada|aggiornato|bijgewerkt|atualizado|zuletzt|last|letzte änderung)\b",
    re.IGNORECASE,
)
_PUBLISHED = re.compile(
    r"\b(?:published|posted|created|first published|veröffentlicht|erschienen|erstellt|publiziert|eingestellt|"
    r"geschrieben|publié|publicado|publicada|pubblicato|gepubliceerd|written|veröffentlichung|vom|am|on|le|el)\b\W*\Z",
    re.IGNORECASE,
)
_NOT_PUBLISHED = re.compile(
    r"\b(?:copyright|©|since|seit|expires?|until|bis|valid|gültig|termin|event|start(?:s|ing)?|joined|member|"
    r"registriert|deadline|born|geboren|died|visited|accessed|abgerufen|retrieved|archived)\b[^.]{0,20}\Z",
    re.IGNORECASE,
)
_CUE = re.compile(
    r"date|datum|time(?!line)|publish|posted|pubdate|entry-meta|post-meta|byline|meta|fecha|info", re.IGNORECASE
)
_CUE_MODIFIED = re.compile(r"modif|updat|aktualis|changed", re.IGNORECASE)
_MARKED = re.compile(r"datePublished|\bpublished\b|^entry-date|^pubdate$|^$", re.IGNORECASE)
_AMERICAN = ("en-us", "en-ph")
_MAY_HOLD_DATE = re.compile(r"(?:19|20)\d\d|\d[./-]\s?\d")
_WHOLE = frozenset({"body", "html", "article", "main"})
_NEAR_TITLE = 12
_FIRST_DAY = date(1995, 1, 1)
_NO_DAYS = frozenset({date(1970, 1, 1), date(1969, 12, 31), date(1900, 1, 1), date(1899, 12, 30)})
"""Days that programs write where they know none."""
_NOW = re.compile(r"current|today|heute|masthead|clock|weather|wetter|top-?bar|site-?header", re.IGNORECASE)
_LONG = 160


@dataclass(frozen=True, slots=True)
class Shown:
    """A day that the page shows outside of running text, and how likely it is that of the publication."""

    day: date
    score: float
    other: date | None = None


def find_publication_day(tree: Any, data: PageData, lines: PageLines, title: str | None) -> date | None:
    """Return the day of publication as the page gives it, or None if the page does not say it."""
    address = read_address(data)
    in_address = find_date(address or "")
    for value in _stated(tree, data, lines, title):
        if day := _parse(value, data):
            return _local_day(value, day, in_address, lambda: _by_score(data, lines, title))
    if in_address:
        return in_address
    shown = _by_score(data, lines, title)
    best = _best(shown, address)
    created = [
        day for value in (data.article.get("dateCreated"), *any_meta(data, _CREATED)) if (day := _parse(value, data))
    ]
    if created and not (best and best > created[0]):
        return created[0]
    return best or (_confirmed(tree, address, shown))


def _stated(tree: Any, data: PageData, lines: PageLines, title: str | None) -> Iterator[object]:
    """Yield what the page states as the time of publication, the most reliable first."""
    yield data.article.get("datePublished")
    yield from any_meta(data, _STATED)
    marked = [one for one in lines.marked(_MARKED) if "datePublished" in _names(one) or one.tag in {"time", "abbr"}]
    top, body = lines.title_place(title), lines.body_place()
    near = range(top - 4, max(top, body) + 2) if top is not None else range(body - 6, body + 2)
    own = [one for one in marked if not _is_modified(one) and (lines.place(one) in near or not lines.zone(one))]
    if len({_parse(_value(one), data) for one in own}) > 1:  # those of teasers are among them
        own = [one for one in own if lines.place(one) in near] or own
    yield from (_value(one) for one in own[:1] if len(own) < 3 or one.get("itemprop") or lines.place(one) in near)
    beside = [
        one for one in tree.iter("time") if lines.place(one) in near and not (_is_modified(one) or lines.zone(one))
    ]
    yield from (_value(time) for time in beside[:1])
    main = [part for part in tree.iter("article") if lines.holds_most(part)] or list(tree.iter("article"))[:1]
    times = [time for part in main for time in part.iter("time") if lines.place(time) in near or not lines.zone(time)]
    if len({_parse(_value(time), data) for time in times}) == 1 and not any(map(_is_modified, times)):
        yield _value(times[0])


def _names(element: Any) -> str:
    return f"{element.get('itemprop') or ''} {element.get('property') or ''}"


def _is_modified(time: Any) -> bool:
    """Return True if an element gives the time of a change: its name or the words around it say so."""
    if _CUE_MODIFIED.search(f"{(time.get('class') or '').split(' ')[-1]} {time.get('itemprop')}"):
        return True
    parent = time.getparent()
    around = " ".join(parent.text_content().split()) if parent is not None and time.tag == "time" else ""
    before = around.partition(" ".join(time.text_content().split()))[0]
    return len(around) < _LONG and _MODIFIED.search(before[-30:]) is not None


def _value(element: Any) -> str:
    text = " ".join(element.text_content().split())
    return element.get("datetime") or element.get("content") or element.get("title") or text[:80]


def _parse(value: object, data: PageData) -> date | None:
    """Return the day of a value; "3/4/2025" is read as pages in the page's language write it."""
    value = value[0] if isinstance(value, list) and value else value
    if isinstance(value, dict):
        value = value.get("@value")
    if day := parse_date(value):
        return day if day not in _NO_DAYS else None
    if not isinstance(value, str) or len(value) > 80:
        return None
    found = list(find_written_dates(value, day_first=_day_first(data)))
    return found[0].day if len(found) == 1 and found[0].other is None else None


def _day_first(data: PageData) -> bool | None:
    if not data.language or data.language == "en":
        return None
    return not data.language.startswith(_AMERICAN)


def _by_score(data: PageData, lines: PageLines, title: str | None) -> list[Shown]:
    return sorted(_shown(data, lines, title), key=lambda one: -one.score)


def _local_day(value: object, day: date, in_address: date | None, shown: Callable[[], list[Shown]]) -> date:
    """Return the day on which it was where the article was published, if the page states the time in UTC.

    The page's address, or else the day beside its title, has the local day: one day off if it was late or early. Of a
    time without a zone only the address says more.
    """
    if not isinstance(value, str) or re.search(r"[+-](?!00:?00)\d\d:?\d\d\Z", value.strip()):
        return day
    try:
        at = datetime.fromisoformat(value.strip()).astimezone(UTC)
    except ValueError:
        return day
    zoned = re.search(r"T\d\d:\d\d.*(?:Z|[+-]00:?00)\Z", value.strip()) is not None
    possible = {(at + timedelta(hours=hours)).date() for hours in ((-11, 13) if zoned else (-24, 24))}
    local = [in_address] if in_address else []
    local += [one.day for one in shown() if one.score >= 4] if zoned and not local else []
    return next((one for one in local if one in possible), day) if day not in local else day


# Days that a page shows.


def _shown(data: PageData, lines: PageLines, title: str | None) -> Iterator[Shown]:
    """Yield the days in the short lines of a page, with a score for how likely each is the day of publication."""
    top, body = lines.title_place(title), lines.body_place()
    for n, line in enumerate(lines.all):
        text = line.text
        if len(text) > _LONG and n != top:
            text = text[:60] if n < body else ""
        if not _MAY_HOLD_DATE.search(text):
            continue
        for found in find_written_dates(text, day_first=_day_first(data)):
            before = text[: found.start]
            if not _FIRST_DAY <= found.day <= date.today() + timedelta(days=1) or _NOT_PUBLISHED.search(before):
                continue
            modified = list(_MODIFIED.finditer(before))
            if modified and not re.search(r"[|•·;)]|\d", before[modified[-1].end() :]):
                continue
            score = _score(lines, line, n, top, body) + (1 if _PUBLISHED.search(before) else 0)
            score -= 2 if line.linked > 0.8 * len(line.text) and len(line.text) > 40 else 0
            yield Shown(found.day, score - (1 if found.other else 0), found.other)


def _score(lines: PageLines, line: PageLine, n: int, top: int | None, body: int) -> float:
    names = _cue_names(line.block)
    if _CUE_MODIFIED.search(names) or _NOW.search(names):
        return -5
    score = 2.0 if _CUE.search(names) else 0.0
    zone = lines.zone(line.block)
    score -= 4 if zone in {"around", "boilerplate"} else 0
    if top is not None and top <= body:
        if top - 4 <= n <= body:
            score += 3 if n >= top else 2
        elif body < n <= body + 4 and not zone:
            score += 2
    elif top is not None and top <= n <= top + _NEAR_TITLE and not zone:
        score += 3
    elif abs(n - body) <= 4:
        score += 2.5
    last = lines.last_place()
    if last < n <= last + 3 and not line.linked and not lines.zone(line.block):
        score += 2
    return score + (0.5 if len(line.text) < 60 else 0)


def _cue_names(block: Any) -> str:
    """Return the classes and ids of a block, its parent, and the elements in it."""
    parts = []
    inside = block.iterdescendants("span", "time", "abbr", "em", "small") if block.tag not in _WHOLE else ()
    for element in (block, block.getparent(), *islice(inside, 6)):
        if element is not None and element.tag not in _WHOLE:
            parts.append(f"{element.get('class') or ''} {element.get('id') or ''} {element.get('itemprop') or ''}")
            parts.append("time" if element.tag == "time" else "")
    return " ".join(parts)


def _best(shown: list[Shown], address: str | None) -> date | None:
    """Return the day that stands out among those shown, if one does."""
    known = [one for one in shown if one.score >= 3 and one.other is None]
    if month := re.search(r"/((?:19|20)\d\d)/(\d\d?)/", address or ""):
        within = [one for one in shown if (one.day.year, one.day.month) == (int(month[1]), int(month[2]))]
        known = [one for one in within if one.score > 0] or known
    if not known:
        return None
    top = [one for one in known if one.score >= known[0].score - 0.5]
    return min(one.day for one in top)


def _confirmed(tree: Any, address: str | None, shown: list[Shown]) -> date | None:
    """Return the day that htmldate finds, if the page shows it in a place that may be that of its publication."""
    likely = [one for one in shown if one.score >= 0]
    possible = {one.day for one in likely if one.other is None}
    if len(possible) < 2:
        return next(iter(possible), None)
    return next((day for fast in (True, False) if (day := _search_date(tree, address, fast=fast)) in possible), None)


def _search_date(tree: Any, url: str | None, *, fast: bool) -> date | None:
    from htmldate import find_date as search

    try:
        found = search(tree, url=url, original_date=True, extensive_search=not fast, min_date="1995-01-01")
    except Exception:  # a broken page may raise anything: then no date is known
        return None
    return parse_date(found) if found else None
