"""What a question reads of the library; every function reads in the transaction that its connection holds."""

from __future__ import annotations

import hashlib
import json
import posixpath
import re
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit

from newsqa.store.rows import ArticleListing, SourceSummary, outlet_key
from newsqa.types import NO_BOUNDS, Article, Coverage, Duplicate, Hit, Lexicon, Passage

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence

    from newsqa.types import Bounds, Ranked


TITLE_WEIGHT, TEXT_WEIGHT = 2.0, 1.0

_ARTICLE = """
SELECT a.id, a.article_id, a.text, a.title, a.outlet, a.byline, a.published, a.url, a.language,
    (SELECT s.name || iif(s.folder, '/' || f.path, '') || p.place
     FROM places p JOIN files f ON f.id = p.file JOIN sources s ON s.id = f.source
     WHERE p.article = a.id ORDER BY p.id LIMIT 1)
FROM articles a WHERE
"""

# How articles are parted into passages, in whatever order; `total` gives 0 for none, and is exact up to 2^53.
_PARTED = """
SELECT '', CAST(count(*) || ' ' || total(end - start) || ' ' || total((start % 1009 + 1) * (end % 10007)) AS BLOB)
FROM passages
"""

_CARRIERS = """
WITH RECURSIVE
    pairs (one, two) AS (SELECT article, other FROM copies UNION ALL SELECT other, article FROM copies),
    story (id) AS (VALUES (?1) UNION SELECT two FROM story JOIN pairs ON one = id)
SELECT a.article_id, a.outlet FROM story s JOIN articles a ON a.id = s.id WHERE s.id != ?1 ORDER BY a.article_id
"""


def meta(database: sqlite3.Connection) -> dict[str, str]:
    """Return the facts about the whole index: its generation among them."""
    return dict(database.execute("SELECT key, value FROM meta").fetchall())


def articles_digest(database: sqlite3.Connection) -> str:
    """Identify articles and passages, by ids, words and spans, in no matter which order they came."""
    digest = hashlib.blake2b(digest_size=8)
    for rows in (
        database.execute("SELECT article_id, digest FROM articles ORDER BY article_id"),
        database.execute("SELECT outlet_key, CAST(line AS BLOB) FROM repeated ORDER BY outlet_key, line"),
        database.execute(_PARTED),
    ):
        for name, value in rows:
            digest.update(name.encode() + b"\0" + value + b"\n")
    return digest.hexdigest()


def lexicon(database: sqlite3.Connection) -> Lexicon:
    """Return the outlets and bylines, as stored, in the order of the alphabet."""
    return Lexicon(outlets=_distinct(database, "outlet"), bylines=_distinct(database, "byline"))


def _distinct(database: sqlite3.Connection, column: str) -> tuple[str, ...]:
    rows = database.execute(
        f"SELECT DISTINCT {column} FROM articles WHERE {column} IS NOT NULL ORDER BY 1"  # noqa: S608  our own names
    )
    return tuple(row[0] for row in rows)


def coverage(database: sqlite3.Connection, bounds: Bounds) -> Coverage:
    """Return what the articles within the bounds span; the undated ones are those that dated bounds leave out."""
    where, values = within(bounds)
    found, first, last = database.execute(
        f"SELECT count(*), min(published), max(published) FROM articles a WHERE {where}",  # noqa: S608
        values,
    ).fetchone()
    outlet_only = type(bounds)(outlet=bounds.outlet)
    where, values = within(outlet_only)
    undated = database.execute(
        f"SELECT count(*) FROM articles a WHERE {where} AND published IS NULL",  # noqa: S608
        values,
    ).fetchone()[0]
    return Coverage(articles=found, undated=undated, first=_day(first), last=_day(last))


def by_words(database: sqlite3.Connection, terms: Sequence[str], bounds: Bounds, limit: int) -> Ranked:
    """Rank passages by BM25 (FTS5's, k1 1.2, b 0.75); a word of the title weighs twice."""
    query = " OR ".join(filter(None, map(_phrase, terms)))
    if not query or limit < 1:
        return []
    score = f"bm25(words, {TITLE_WEIGHT}, {TEXT_WEIGHT})"
    if bounds == NO_BOUNDS:
        sql, values = f"SELECT rowid, {score} FROM words WHERE words MATCH ?", [query]  # noqa: S608
    else:
        where, more = within(bounds)
        sql = (
            f"SELECT w.rowid, {score} FROM words w JOIN passages p ON p.id = w.rowid "  # noqa: S608
            f"JOIN articles a ON a.id = p.article WHERE words MATCH ? AND {where}"
        )
        values = [query, *more]
    rows = database.execute(f"{sql} ORDER BY 2, 1 LIMIT ?", (*values, limit))
    return [(passage, -score) for passage, score in rows]


def _phrase(term: str) -> str:
    """Quote a term, so that FTS5 reads it as words and never as its syntax."""
    words = term.replace("\0", " ").replace('"', " ").encode("utf-8", "ignore").decode().strip()
    return f'"{words}"' if any(letter.isalnum() for letter in words) else ""


def articles_within(database: sqlite3.Connection, bounds: Bounds) -> list[int]:
    """Return the rows of the articles within the bounds."""
    where, values = within(bounds)
    rows = database.execute(f"SELECT a.id FROM articles a WHERE {where}", values)  # noqa: S608
    return [row[0] for row in rows]


def known(database: sqlite3.Connection, passages: Sequence[int]) -> set[int]:
    """Return which of these passages the library holds."""
    marks = ", ".join("?" * len(passages))
    rows = database.execute(f"SELECT id FROM passages WHERE id IN ({marks})", tuple(passages))  # noqa: S608
    return {row[0] for row in rows}


def count_passages(database: sqlite3.Connection) -> int:
    """Return how many passages there are."""
    return int(database.execute("SELECT count(*) FROM passages").fetchone()[0])


def all_vectors(database: sqlite3.Connection) -> tuple[list[int], list[int], bytes]:
    """Return the passages that have a vector, the rows of their articles, and the vectors, float32, end to end."""
    rows = database.execute(
        "SELECT p.id, p.article, v.vector FROM passages p JOIN vectors v ON v.embedded = p.embedded ORDER BY p.id"
    ).fetchall()
    return [row[0] for row in rows], [row[1] for row in rows], b"".join(row[2] for row in rows)


def hits(database: sqlite3.Connection, ranked: Ranked) -> list[Hit]:
    """Load passages with their articles and copies, in the order given; what the library does not hold is left out."""
    articles: dict[int, tuple[Article, tuple[Duplicate, ...]]] = {}
    found = []
    for passage, score in ranked:
        row = database.execute("SELECT article, start, end FROM passages WHERE id = ?", (passage,)).fetchone()
        if row is None:
            continue
        key, start, end = row
        if key not in articles:
            articles[key] = story(database, key)
        article, carriers = articles[key]
        text = article.text[start:end]
        found.append(Hit(Passage(passage, article.id, start, end, text), article, score, carriers))
    return found


def story(database: sqlite3.Connection, key: int) -> tuple[Article, tuple[Duplicate, ...]]:
    """Return the article of a row that is there, and the others that carry its story."""
    found = _article(database, "a.id = ?", key)
    assert found is not None  # noqa: S101  its row was read in the same transaction
    return found, _carriers(database, key)


def article(database: sqlite3.Connection, article_id: str) -> Article | None:
    """Return an article by its id, or None."""
    return _article(database, "a.article_id = ?", article_id)


def carriers(database: sqlite3.Connection, article_id: str) -> tuple[Duplicate, ...]:
    """Return the other articles that carry the story of an article."""
    row = database.execute("SELECT id FROM articles WHERE article_id = ?", (article_id,)).fetchone()
    return _carriers(database, row[0]) if row else ()


def newest(database: sqlite3.Connection, limit: int) -> list[Article]:
    """Return the newest articles that have a title and a date, the newest first."""
    rows = database.execute(
        "SELECT article_id FROM articles WHERE published IS NOT NULL AND title IS NOT NULL "
        "ORDER BY published DESC, id LIMIT ?",
        (limit,),
    ).fetchall()
    return [found for (article_id,) in rows if (found := article(database, article_id))]


def listing(database: sqlite3.Connection) -> list[ArticleListing]:
    """Return every article without its words, by their ids."""
    rows = database.execute("SELECT article_id, outlet, published, language FROM articles ORDER BY article_id")
    return [
        ArticleListing(article_id, outlet, _day(published), language)
        for article_id, outlet, published, language in rows
    ]


def _article(database: sqlite3.Connection, where: str, value: object) -> Article | None:
    row = database.execute(_ARTICLE + where, (value,)).fetchone()
    if row is None:
        return None
    _, article_id, text, title, outlet, byline, published, url, language, path = row
    return Article(article_id, text, path or "", title, outlet, byline, _day(published), url, language)


def _carriers(database: sqlite3.Connection, key: int) -> tuple[Duplicate, ...]:
    return tuple(Duplicate(*row) for row in database.execute(_CARRIERS, (key,)))


def sources(database: sqlite3.Connection) -> list[SourceSummary]:
    """Return a summary of every source."""
    rows = database.execute(
        "SELECT s.name, s.location, "
        "(SELECT count(*) FROM files f WHERE f.source = s.id), "
        "(SELECT count(DISTINCT p.article) FROM files f JOIN places p ON p.file = f.id WHERE f.source = s.id), "
        "(SELECT json_group_array(json_extract(j.value, '$[0]') || ': ' || json_extract(j.value, '$[1]')) "
        "FROM files f, json_each(f.problems) j WHERE f.source = s.id) "
        "FROM sources s ORDER BY s.id"
    )
    return [
        SourceSummary(name, location, files, articles, tuple(json.loads(problems)))
        for name, location, files, articles, problems in rows
    ]


def within(bounds: Bounds) -> tuple[str, list[str]]:
    """Return the bounds as a condition on `articles a`, and its values."""
    conditions = {
        "a.outlet_key = ?": outlet_key(bounds.outlet) if bounds.outlet else None,
        "a.published >= ?": bounds.since.isoformat() if bounds.since else None,
        "a.published <= ?": bounds.last_day.isoformat() if bounds.last_day else None,
    }
    held = {condition: value for condition, value in conditions.items() if value is not None}
    return " AND ".join(held) or "1", list(held.values())


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


# Which articles are meant by an address or a path, however a person writes it.

Parts = tuple[str, ...]

_NUMBER = re.compile(r"#\d+$")
_TRACKER = re.compile(
    r"(?:utm|mc|mtm|pk|hsa|at|ns|itm)_\w+|\w{1,3}clid|msclkid|[gw]braid|igsh(?:id)?|xtor|cmp(?:id)?|[ns]cid|smid|"
    r"ref(?:_?src|errer)?|source|partner|share|ito",
    re.IGNORECASE,
)
"""What a link carries to tell from where it was followed. (courlan knows more, but loads a web client with it.)"""


@dataclass(slots=True)
class ArticleLocator:
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


def article_locator(database: sqlite3.Connection) -> ArticleLocator:
    """Read where all articles stand."""
    found = ArticleLocator()
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
