"""Which articles are meant by an address or a path, however a person writes it."""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence

Parts = tuple[str, ...]

_NUMBER = re.compile(r"#\d+$")
_TRACKER = re.compile(
    r"(?:utm|mc|mtm|pk|hsa|at|ns|itm)_\w+|\w{1,3}clid|msclkid|[gw]braid|igsh(?:id)?|xtor|cmp(?:id)?|[ns]cid|smid|"
    r"ref(?:_?src|errer)?|source|partner|share|ito",
    re.IGNORECASE,
)
"""What a link carries to tell from where it was followed. (courlan knows more, but loads a web client with it.)"""


@dataclass(slots=True)
class Places:
    """The addresses of all articles, and the paths where they stand, by the last part of each."""

    _addresses: dict[str, list[str]] = field(default_factory=dict)
    _stored: dict[Parts, list[str]] = field(default_factory=dict)
    _ends: dict[str, list[tuple[Parts, str]]] = field(default_factory=dict)

    def at_url(self, url: str) -> list[str]:
        """Return the ids of the articles at an address; its scheme, "www.", fragment and trackers do not count."""
        return list(dict.fromkeys(self._addresses.get(canonical(url), [])))

    def at_path(self, path: str) -> list[str]:
        """Return the ids of the articles at a path: as stored, else as much of its end as agrees the furthest.

        "news.jsonl#12" is one article, "news.jsonl" all that stand in that file.
        """
        parts = _parts(path)
        near = [(_agreeing(parts, known), article) for known, article in self._ends.get(parts[-1], [])]
        furthest = max((agreeing for agreeing, _ in near), default=0)
        found = [article for agreeing, article in near if agreeing == furthest > 0]
        return list(dict.fromkeys(self._stored.get(parts) or found))

    def add_address(self, url: str, article: str) -> None:
        """Note that an article stands at an address."""
        self._addresses.setdefault(canonical(url), []).append(article)

    def add_path(self, stored: str, location: str, article: str) -> None:
        """Note that an article stands at a path; `location` is where its file is on this machine."""
        self._stored.setdefault(_parts(stored), []).append(article)
        for name in {stored, location}:
            for known in {_parts(name), _parts(_NUMBER.sub("", name))}:
                self._ends.setdefault(known[-1], []).append((known, article))


def places(database: sqlite3.Connection) -> Places:
    """Read where all articles stand."""
    found = Places()
    for article, url in database.execute("SELECT article_id, url FROM articles WHERE url IS NOT NULL ORDER BY id"):
        found.add_address(url, article)
    rows = database.execute(
        "SELECT s.name || iif(s.folder, '/' || f.path, '') || p.place, "
        "s.location || iif(s.folder, '/' || f.path, '') || p.place, a.article_id "
        "FROM places p JOIN articles a ON a.id = p.article JOIN files f ON f.id = p.file "
        "JOIN sources s ON s.id = f.source ORDER BY p.id"
    )
    for stored, location, article in rows:
        found.add_path(stored, location, article)
    return found


def canonical(url: str) -> str:
    """Return an address in the one form in which addresses are compared."""
    try:
        parts = urlsplit(url.strip())
        port = f":{parts.port}" if parts.port not in {None, 80, 443} else ""
        pairs = [pair for pair in parse_qsl(parts.query, keep_blank_values=True) if not _TRACKER.fullmatch(pair[0])]
        path = quote(unquote(parts.path)).rstrip("/")
        query = f"?{urlencode(sorted(pairs))}" if pairs else ""
    except ValueError:
        return url.strip()
    return (parts.hostname or "").removeprefix("www.") + port + path + query


def _parts(path: str) -> Parts:
    parts = posixpath.normpath(path.strip().replace("\\", "/")).split("/")
    return tuple(part for part in parts if part not in {"", ".", ".."}) or ("",)


def _agreeing(one: Sequence[str], other: Sequence[str]) -> int:
    """Return how many parts agree, from the end, where one path is the end of the other; else 0."""
    size = min(len(one), len(other))
    return size if tuple(one[-size:]) == tuple(other[-size:]) else 0
