"""Finds the articles at an address or a path, however a person writes it."""

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
"""Parameters of a link that say where it was followed. (courlan knows more, but loads a web client with them.)"""


@dataclass(slots=True)
class ArticleLocator:
    """The ids of all articles by their addresses and paths."""

    _by_url: dict[str, list[str]] = field(default_factory=dict)
    _by_path: dict[Parts, list[str]] = field(default_factory=dict)
    _by_last_part: dict[str, list[tuple[Parts, str]]] = field(default_factory=dict)

    @classmethod
    def load(cls, database: sqlite3.Connection) -> ArticleLocator:
        """Read the addresses and paths of all articles."""
        locator = cls()
        for row in database.execute("SELECT article_id, url FROM articles WHERE url IS NOT NULL ORDER BY id"):
            locator.add_url(row["url"], row["article_id"])
        rows = database.execute(
            "SELECT s.name || iif(s.folder, '/' || f.path, '') || p.place AS path, "
            "s.location || iif(s.folder, '/' || f.path, '') || p.place AS location, a.article_id "
            "FROM places p JOIN articles a ON a.id = p.article JOIN files f ON f.id = p.file "
            "JOIN sources s ON s.id = f.source ORDER BY p.id"
        )
        for row in rows:
            locator.add_path(row["path"], row["location"], row["article_id"])
        return locator

    def find_by_url(self, url: str) -> list[str]:
        """Return the ids of the articles at an address; scheme, "www.", fragment and trackers do not count."""
        return list(dict.fromkeys(self._by_url.get(canonical_url(url), [])))

    def find_by_path(self, path: str) -> list[str]:
        """Return the ids of the articles at a stored path, else at those with which most of its end agrees.

        "news.jsonl#12" is one article, "news.jsonl" every article of that file.
        """
        parts = _parts(path)
        similar = [(_agreeing(parts, known), article) for known, article in self._by_last_part.get(parts[-1], [])]
        most = max((agreeing for agreeing, _ in similar), default=0)
        found = [article for agreeing, article in similar if agreeing == most > 0]
        return list(dict.fromkeys(self._by_path.get(parts) or found))

    def add_url(self, url: str, article: str) -> None:
        """Add an address of an article."""
        self._by_url.setdefault(canonical_url(url), []).append(article)

    def add_path(self, path: str, location: str, article: str) -> None:
        """Add the path of an article as a reader sees it, and its location on this machine."""
        self._by_path.setdefault(_parts(path), []).append(article)
        for name in {path, location}:
            for known in {_parts(name), _parts(_NUMBER.sub("", name))}:
                self._by_last_part.setdefault(known[-1], []).append((known, article))


def canonical_url(url: str) -> str:
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
    """Return how many parts agree, from the end, if one path is the end of the other; else 0."""
    size = min(len(one), len(other))
    return size if tuple(one[-size:]) == tuple(other[-size:]) else 0
