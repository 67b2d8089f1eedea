"""What a question reads of the library, in the transaction that its connection holds."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from newsqa.store.database import unreadable
from newsqa.store.records import (
    ArticleSummary,
    Coverage,
    Lexicon,
    Ranked,
    SourceSummary,
    outlet_key,
    passed_key,
    problem_rows,
)
from newsqa.text.words import word_forms
from newsqa.types import NO_BOUNDS, Article, Bounds, Duplicate, Hit, Passage

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Iterator, Sequence


TITLE_WEIGHT, TEXT_WEIGHT = 2.0, 1.0

_ARTICLES = """
SELECT a.id, a.article_id, a.text, a.title, a.outlet, a.byline, a.published, a.url, a.language,
    (SELECT s.name || iif(s.folder, '/' || f.path, '') || p.place
     FROM places p JOIN files f ON f.id = p.file JOIN sources s ON s.id = f.source
     WHERE p.article = a.id ORDER BY p.id LIMIT 1) AS path
FROM articles a
"""

# Where articles are cut into passages, in any order; `total` gives 0 for none, and is exact up to 2^53.
_PASSAGE_BORDERS = """
SELECT '' AS name,
    CAST(count(*) || ' ' || total(end - start) || ' ' || total((start % 1009 + 1) * (end % 10007)) AS BLOB) AS value
FROM passages
"""

# The other articles of the story that each article of a JSON array belongs to, however many copies lie between them.
_DUPLICATES = """
WITH RECURSIVE stories (first, id) AS (
    SELECT value, value FROM json_each(?)
    UNION SELECT first, other FROM stories JOIN copies ON article = id
    UNION SELECT first, article FROM stories JOIN copies ON other = id
)
SELECT s.first, a.article_id, a.outlet FROM stories s JOIN articles a ON a.id = s.id
WHERE s.id != s.first ORDER BY a.article_id
"""

_PASSAGES_OF = """
SELECT p.id FROM passages p JOIN articles a ON a.id = p.article
WHERE a.article_id IN (SELECT value FROM json_each(?)) ORDER BY p.id
"""
_MATCHING = f"""
SELECT rowid AS id FROM words WHERE words MATCH ? AND rowid IN (SELECT value FROM json_each(?))
ORDER BY bm25(words, {TITLE_WEIGHT}, {TEXT_WEIGHT})
"""  # noqa: S608  our own numbers


def meta(database: sqlite3.Connection) -> dict[str, str]:
    """Return the facts about the whole index, its generation among them."""
    facts = {row["key"]: row["value"] for row in database.execute("SELECT key, value FROM meta")}
    try:
        _ = facts["id"], int(facts["generation"]), int(facts["vectored"])
    except (ValueError, TypeError, KeyError) as error:
        raise unreadable() from error
    return facts


def articles_digest(database: sqlite3.Connection) -> str:
    """Return a digest of all articles and passages (ids, words and spans), the same in whatever order they came."""
    digest = hashlib.blake2b(digest_size=8)
    for rows in (
        database.execute("SELECT article_id AS name, digest AS value FROM articles ORDER BY article_id"),
        database.execute(
            "SELECT outlet_key AS name, CAST(line AS BLOB) AS value FROM repeated ORDER BY outlet_key, line"
        ),
        database.execute(_PASSAGE_BORDERS),
    ):
        for row in rows:
            digest.update(row["name"].encode() + b"\0" + row["value"] + b"\n")
    return digest.hexdigest()


def lexicon(database: sqlite3.Connection) -> Lexicon:
    """Return the outlets and bylines, as stored, in alphabetical order."""
    return Lexicon(outlets=_distinct(database, "outlet"), bylines=_distinct(database, "byline"))


def _distinct(database: sqlite3.Connection, column: str) -> tuple[str, ...]:
    rows = database.execute(
        f"SELECT DISTINCT {column} AS name FROM articles WHERE {column} IS NOT NULL ORDER BY 1"  # noqa: S608  our own names
    )
    return tuple(row["name"] for row in rows)


def count_passages(database: sqlite3.Connection) -> int:
    """Return how many passages there are."""
    return int(database.execute("SELECT count(*) AS passages FROM passages").fetchone()["passages"])


def languages(database: sqlite3.Connection) -> dict[str, int]:
    """Return the languages of the articles, ISO 639-1, with the number of articles; unknown ones are left out."""
    rows = database.execute(
        "SELECT language, count(*) AS articles FROM articles WHERE language IS NOT NULL GROUP BY language"
    )
    return {row["language"]: row["articles"] for row in rows}


def all_vectors(database: sqlite3.Connection) -> tuple[list[int], list[int], bytes]:
    """Return the passages that have a vector, the rows of their articles, and the vectors, float32, end to end."""
    rows = database.execute(
        "SELECT p.id, p.article, v.vector FROM passages p JOIN vectors v ON v.embedded = p.embedded ORDER BY p.id"
    ).fetchall()
    return [row["id"] for row in rows], [row["article"] for row in rows], b"".join(row["vector"] for row in rows)


def match_phrase(term: str) -> str:
    """Quote a term, so that FTS5 reads it as words and never as its syntax; "" if it has no words.

    FTS5 stems by endings; the other forms of an irregular verb are alternatives.
    """
    words = term.replace("\0", " ").replace('"', " ").encode("utf-8", "ignore").decode().strip()
    if not any(letter.isalnum() for letter in words):
        return ""
    quoted = " OR ".join(f'"{form}"' for form in word_forms(words))
    return f"({quoted})" if " OR " in quoted else quoted


def within(bounds: Bounds) -> tuple[str, list[str]]:
    """Return the bounds as an SQL condition on `articles a`, and its values."""
    conditions = {
        "a.outlet_key = ?": outlet_key(bounds.outlet) if bounds.outlet else None,
        "a.published >= ?": bounds.since.isoformat() if bounds.since else None,
        "a.published <= ?": bounds.last_day.isoformat() if bounds.last_day else None,
    }
    given = {condition: value for condition, value in conditions.items() if value is not None}
    return " AND ".join(given) or "1", list(given.values())


@dataclass(frozen=True, slots=True)
class LibraryReader:
    """Reads the library over a connection that holds a read transaction: every call sees the same articles."""

    database: sqlite3.Connection

    # The catalogue

    def coverage(self, bounds: Bounds) -> Coverage:
        """Return how many articles lie within the bounds, and their first and last day."""
        where, values = within(bounds)
        row = self.database.execute(
            "SELECT count(*) AS articles, min(published) AS first, max(published) AS last "  # noqa: S608
            f"FROM articles a WHERE {where}",
            values,
        ).fetchone()
        where, values = within(Bounds(outlet=bounds.outlet))
        undated = self.database.execute(
            f"SELECT count(*) AS articles FROM articles a WHERE {where} AND published IS NULL",  # noqa: S608
            values,
        ).fetchone()
        return Coverage(row["articles"], undated["articles"], _day(row["first"]), _day(row["last"]))

    def list_sources(self) -> list[SourceSummary]:
        """Return a summary of every source."""
        rows = self.database.execute(
            "SELECT s.id, s.name, s.location, "
            "(SELECT count(*) FROM files f WHERE f.source = s.id) AS files, "
            "(SELECT count(DISTINCT p.article) FROM files f JOIN places p ON p.file = f.id WHERE f.source = s.id) "
            "AS articles FROM sources s ORDER BY s.id"
        )
        return [self._source_summary(row) for row in rows.fetchall()]

    def _source_summary(self, row: sqlite3.Row) -> SourceSummary:
        stored = self.database.execute(
            "SELECT value AS rows FROM meta WHERE key = ? "
            "UNION ALL SELECT problems FROM files WHERE source = ? AND problems != '[]'",
            (passed_key(row["id"]), row["id"]),
        )
        noted = [one for each in stored.fetchall() for one in problem_rows(each["rows"])]
        passed = Counter[tuple[str, str]]()
        for kind, reason, _, count in noted:
            passed[kind, reason] += count
        return SourceSummary(
            *(row["name"], row["location"], row["files"], row["articles"]),
            problems=tuple(f"{name}: {reason}" for name, reason, _, count in noted if count <= 0),
            passed=tuple((*key, count) for key, count in sorted(passed.items()) if count > 0),
        )

    def list_articles(self) -> list[ArticleSummary]:
        """Return every article without its text, by article id."""
        rows = self.database.execute("SELECT article_id, outlet, published, language FROM articles ORDER BY article_id")
        return [
            ArticleSummary(row["article_id"], row["outlet"], _day(row["published"]), row["language"]) for row in rows
        ]

    def count_by_outlet(self, bounds: Bounds = NO_BOUNDS) -> list[tuple[str | None, int]]:
        """Return the outlets within bounds, as first spelled, with their numbers of articles, most articles first."""
        where, values = within(bounds)
        rows = self.database.execute(
            f"SELECT min(outlet) AS outlet, count(*) AS articles FROM articles a WHERE {where} "  # noqa: S608
            "GROUP BY outlet_key ORDER BY 2 DESC, 1",
            values,
        )
        return [(row["outlet"], row["articles"]) for row in rows]

    def matching_articles(self, terms: Sequence[str], bounds: Bounds) -> list[tuple[int, str | None]]:
        """Return the rows and outlets of articles with a passage that has all terms, its title included, best first."""
        query = " AND ".join(filter(None, map(match_phrase, terms)))
        if not query:
            return []
        where, values = within(bounds)
        rows = self.database.execute(
            f"WITH found AS MATERIALIZED (SELECT rowid AS passage, bm25(words, {TITLE_WEIGHT}, {TEXT_WEIGHT}) AS score "  # noqa: S608
            "FROM words WHERE words MATCH ?) "
            "SELECT a.id, a.outlet, min(score) FROM found JOIN passages p ON p.id = passage "
            f"JOIN articles a ON a.id = p.article WHERE {where} GROUP BY a.id ORDER BY 3, 1",
            (query, *values),
        )
        return [(row["id"], row["outlet"]) for row in rows]

    def newest(self, limit: int, bounds: Bounds = NO_BOUNDS, bylines: Sequence[str] = ()) -> list[Article]:
        """Return the newest articles that have a title and a date, the newest first; by `bylines` if given."""
        where, values = within(bounds)
        rows = self.database.execute(
            f"{_ARTICLES} WHERE a.published IS NOT NULL AND a.title IS NOT NULL AND {where} "  # noqa: S608
            "AND (? = '[]' OR a.byline IN (SELECT value FROM json_each(?))) ORDER BY a.published DESC, a.id LIMIT ?",
            (*values, *[json.dumps(bylines)] * 2, limit),
        )
        return [_article(row) for row in rows]

    # Searching; terms are data, never syntax of FTS5

    def search_words(self, terms: Sequence[str], bounds: Bounds, limit: int, required: Sequence[str] = ()) -> Ranked:
        """Rank passages that hold any of the terms by BM25 (FTS5's, k1 1.2, b 0.75); a word of the title weighs twice.

        They must hold all of those that are `required`.
        """
        query = " OR ".join(filter(None, map(match_phrase, terms)))
        query = " AND ".join([*filter(None, map(match_phrase, required)), *([f"({query})"] if query else [])])
        if not query or limit < 1:
            return []
        score = f"bm25(words, {TITLE_WEIGHT}, {TEXT_WEIGHT}) AS score"
        if bounds == NO_BOUNDS:
            sql, values = f"SELECT words.rowid AS id, {score} FROM words WHERE words MATCH ?", [query]  # noqa: S608
        else:
            where, more = within(bounds)
            sql = (
                f"SELECT w.rowid AS id, {score} FROM words w JOIN passages p ON p.id = w.rowid "  # noqa: S608
                f"JOIN articles a ON a.id = p.article WHERE words MATCH ? AND {where}"
            )
            values = [query, *more]
        rows = self.database.execute(f"{sql} ORDER BY 2, 1 LIMIT ?", (*values, limit))
        return [(row["id"], -row["score"]) for row in rows]

    def search_articles(self, terms: Sequence[str], article_ids: Sequence[str]) -> Ranked:
        """Rank all passages of some articles: those that hold any of the terms by BM25, the others below, in order."""
        query = " OR ".join(filter(None, map(match_phrase, terms)))
        found = [row["id"] for row in self.database.execute(_PASSAGES_OF, (json.dumps(article_ids),))]
        first = [row["id"] for row in self.database.execute(_MATCHING, (query, json.dumps(found)))] if query else []
        return [(passage, -float(rank)) for rank, passage in enumerate(dict.fromkeys([*first, *found]))]

    def articles_within(self, bounds: Bounds) -> list[int]:
        """Return the rows of the articles within the bounds."""
        where, values = within(bounds)
        rows = self.database.execute(f"SELECT a.id FROM articles a WHERE {where}", values)  # noqa: S608
        return [row["id"] for row in rows]

    def existing_passages(self, passages: Sequence[int]) -> set[int]:
        """Return which of these passages the library holds."""
        rows = self.database.execute(
            "SELECT p.id FROM json_each(?) j JOIN passages p ON p.id = j.value", (json.dumps(passages),)
        )
        return {row["id"] for row in rows}

    def stored_vectors(self, article_ids: Sequence[str]) -> dict[str, list[bytes]]:
        """Return the vectors, float32, of the passages of articles, by article id."""
        found: dict[str, list[bytes]] = {}
        for row in self.database.execute(
            "SELECT a.article_id, v.vector FROM articles a JOIN passages p ON p.article = a.id "
            "JOIN vectors v ON v.embedded = p.embedded WHERE a.article_id IN (SELECT value FROM json_each(?))",
            (json.dumps(list(article_ids)),),
        ):
            found.setdefault(row["article_id"], []).append(row["vector"])
        return found

    # Passages and articles

    def load_hits(self, ranked: Ranked) -> list[Hit]:
        """Load passages with their articles and duplicates, in the order given; unknown passages are left out."""
        rows = self.database.execute(
            "SELECT p.id, p.article, p.start, p.end FROM json_each(?) j JOIN passages p ON p.id = j.value",
            (json.dumps([passage for passage, _ in ranked]),),
        )
        passages = {row["id"]: row for row in rows}
        rowids = {row["article"] for row in passages.values()}
        articles, duplicates = self.articles_by_row(rowids), self.load_duplicates(rowids)
        hits = []
        for passage, score in ranked:
            if row := passages.get(passage):
                article, start, end = articles[row["article"]], row["start"], row["end"]
                found = Passage(passage, article.id, start, end, article.text[start:end])
                hits.append(Hit(found, article, score, duplicates.get(row["article"], ())))
        return hits

    def load_articles(self, rowids: Sequence[int]) -> list[Article]:
        """Return articles by their rows, in this order."""
        loaded = self.articles_by_row(rowids)
        return [loaded[rowid] for rowid in rowids if rowid in loaded]

    def articles_by_row(self, rowids: Iterable[int]) -> dict[int, Article]:
        """Return articles by their rows."""
        sql = f"{_ARTICLES} WHERE a.id IN (SELECT value FROM json_each(?))"  # noqa: S608  our own words
        rows = self.database.execute(sql, (json.dumps(sorted(rowids)),))
        return {row["id"]: _article(row) for row in rows}

    def load_duplicates(self, rowids: Iterable[int]) -> dict[int, tuple[Duplicate, ...]]:
        """Return the other articles that carry the same story, by the rows of those articles that have any."""
        found: dict[int, list[Duplicate]] = {}
        for row in self.database.execute(_DUPLICATES, (json.dumps(sorted(rowids)),)):
            found.setdefault(row["first"], []).append(Duplicate(row["article_id"], row["outlet"]))
        return {rowid: tuple(duplicates) for rowid, duplicates in found.items()}

    def article(self, article_id: str) -> Article | None:
        """Return an article by its id, or None."""
        row = self.database.execute(f"{_ARTICLES} WHERE a.article_id = ?", (article_id,)).fetchone()
        return _article(row) if row else None

    def all_articles(self) -> Iterator[Article]:
        """Yield every article, by article id, a few at a time in memory."""
        last = ""
        while rows := self.database.execute(
            f"{_ARTICLES} WHERE a.article_id > ? ORDER BY a.article_id LIMIT 200", (last,)
        ).fetchall():
            yield from map(_article, rows)
            last = rows[-1]["article_id"]

    def duplicates(self, article_id: str) -> tuple[Duplicate, ...]:
        """Return the other articles that carry the story of an article."""
        row = self.database.execute("SELECT id FROM articles WHERE article_id = ?", (article_id,)).fetchone()
        return self.load_duplicates([row["id"]]).get(row["id"], ()) if row else ()

    # The words that the library holds: in how many passages each occurs, and how the articles write it.
    #
    # The full text is stemmed, so words are counted without their endings; how a word is written is read from passages
    # that hold it.

    def count_holding(self, terms: Sequence[str], limit: int) -> int:
        """Return in how many passages, title or text, all of these terms occur; counting ends at `limit`."""
        query = " AND ".join(filter(None, map(match_phrase, terms)))
        if not query:
            return 0
        sql = "SELECT count(*) AS passages FROM (SELECT rowid FROM words WHERE words MATCH ? LIMIT ?)"
        return int(self.database.execute(sql, (query, limit)).fetchone()["passages"])

    def stems_with_initial(self, initial: str) -> dict[str, int]:
        """Return the stems that begin with a letter, as the full text has them, with the number of their passages."""
        if not initial.isalpha():
            return {}
        self.database.execute(
            "CREATE VIRTUAL TABLE IF NOT EXISTS temp.vocabulary USING fts5vocab('main', 'words', 'row')"
        )
        rows = self.database.execute(
            "SELECT term, doc FROM temp.vocabulary WHERE term >= ? AND term < ?", (initial, chr(ord(initial) + 1))
        )
        return {row["term"]: row["doc"] for row in rows}

    def passages_holding(self, term: str, limit: int) -> list[tuple[str, str]]:
        """Return title and text of some passages that hold a term, from all over the library and always the same."""
        query = match_phrase(term)
        if not query:
            return []
        rows = self.database.execute(
            "SELECT coalesce(a.title, '') AS title, substr(a.text, p.start + 1, p.end - p.start) AS text "
            "FROM (SELECT rowid AS id FROM words WHERE words MATCH ? ORDER BY rowid * 7919 % 104729, rowid LIMIT ?) w "
            "JOIN passages p ON p.id = w.id JOIN articles a ON a.id = p.article",
            (query, limit),
        )
        return [(row["title"], as_text(row["text"])) for row in rows]


def _article(row: sqlite3.Row) -> Article:
    return Article(
        id=row["article_id"],
        text=as_text(row["text"]),
        path=row["path"] or "",
        title=row["title"],
        outlet=row["outlet"],
        byline=row["byline"],
        published=_day(row["published"]),
        url=row["url"],
        language=row["language"],
    )


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except (ValueError, TypeError) as error:
        raise unreadable() from error


def as_text(stored: object) -> str:
    """Return a stored text. Raises sqlite3.DatabaseError for anything else."""
    if not isinstance(stored, str):
        raise unreadable()
    return stored
