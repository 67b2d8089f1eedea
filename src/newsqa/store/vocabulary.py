"""The words that a library holds: in how many passages each occurs, and how the articles write it.

The full text is stemmed, so these functions count words without their endings; how a word is written is read from
passages that hold it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from newsqa.store.queries import match_phrase

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence


def count_holding(database: sqlite3.Connection, terms: Sequence[str], limit: int) -> int:
    """Return in how many passages, title or text, all of these terms occur; counting ends at `limit`."""
    query = " AND ".join(filter(None, map(match_phrase, terms)))
    if not query:
        return 0
    sql = "SELECT count(*) AS passages FROM (SELECT rowid FROM words WHERE words MATCH ? LIMIT ?)"
    return int(database.execute(sql, (query, limit)).fetchone()["passages"])


def stems_with_initial(database: sqlite3.Connection, initial: str) -> dict[str, int]:
    """Return the stems that begin with a letter, as the full text has them, with the number of their passages."""
    if not initial.isalpha():
        return {}
    database.execute("CREATE VIRTUAL TABLE IF NOT EXISTS temp.vocabulary USING fts5vocab('main', 'words', 'row')")
    rows = database.execute(
        "SELECT term, doc FROM temp.vocabulary WHERE term >= ? AND term < ?", (initial, chr(ord(initial) + 1))
    )
    return {row["term"]: row["doc"] for row in rows}


def passages_holding(database: sqlite3.Connection, term: str, limit: int) -> list[tuple[str, str]]:
    """Return title and text of some passages that hold a term, from all over the library and always the same."""
    query = match_phrase(term)
    if not query:
        return []
    rows = database.execute(
        "SELECT coalesce(a.title, '') AS title, substr(a.text, p.start + 1, p.end - p.start) AS text "
        "FROM (SELECT rowid AS id FROM words WHERE words MATCH ? ORDER BY rowid * 7919 % 104729, rowid LIMIT ?) w "
        "JOIN passages p ON p.id = w.id JOIN articles a ON a.id = p.article",
        (query, limit),
    )
    return [(row["title"], row["text"]) for row in rows]


def languages(database: sqlite3.Connection) -> dict[str, int]:
    """Return the languages of the articles, ISO 639-1, with the number of articles; unknown ones are left out."""
    rows = database.execute(
        "SELECT language, count(*) AS articles FROM articles WHERE language IS NOT NULL GROUP BY language"
    )
    return {row["language"]: row["articles"] for row in rows}
