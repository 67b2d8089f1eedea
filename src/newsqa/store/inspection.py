"""Compares everything that a library stores with what it must be, for `newsqa doctor --deep`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Literal

from newsqa.store.records import NewArticle, text_digest
from newsqa.text.sentences import embedding_text

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Iterator

    Part = Literal["file", "articles", "places", "passages", "missing", "vectors", "store"]


@dataclass(frozen=True, slots=True)
class StoredFault:
    """Things of one part that are not as they must be: what is wrong, and their rows.

    All but the file and the articles can be made again from the articles.
    """

    part: Part
    says: str
    ids: tuple[int, ...] = ()

    @property
    def can_be_mended(self) -> bool:
        """True if it can be made again."""
        return self.part not in {"file", "articles"}


def find_faults(database: sqlite3.Connection, width: int) -> Iterator[StoredFault]:
    """Yield what is wrong in a library; `width` is that of its vectors, 0 if there is none yet.

    Reads every row. Raises sqlite3.Error if the file cannot be read at all.
    """
    damage = [row[0] for row in database.execute("PRAGMA integrity_check") if row[0] != "ok"]
    damage += [f"a row of {row[0]} refers to none of {row[2]}" for row in database.execute("PRAGMA foreign_key_check")]
    if damage:
        yield StoredFault("file", f"the file is damaged ({damage[0]})")
    found = (
        _fault("articles", "article with another text or other facts than its digest says", _altered(database)),
        _fault("articles", "article that is stored twice", _ids(database, _TWICE)),
        _fault("places", "article that is in no file", _ids(database, _NOWHERE)),
        _fault("passages", "article with passages that are not spans of its text", _misplaced(database)),
        _fault("passages", "passage without its words, or words without their passage", _ids(database, _UNFOUND)),
        _fault("missing", "passage without a vector", _ids(database, _UNEMBEDDED)),
        _fault("vectors", f"vector that is not {width} finite numbers", _unusable(database, width)),
        _fault("vectors", "vector of no passage", _ids(database, _UNUSED)),
    )
    yield from (fault for fault in found if fault is not None)


_TWICE = "SELECT min(id) FROM articles WHERE address IS NOT NULL GROUP BY address, digest HAVING count(*) > 1"
_NOWHERE = "SELECT id FROM articles EXCEPT SELECT article FROM places"
_UNFOUND = (
    "SELECT id FROM passages WHERE id NOT IN (SELECT id FROM words_docsize) "
    "UNION SELECT id FROM words_docsize WHERE id NOT IN (SELECT id FROM passages)"
)
_UNEMBEDDED = "SELECT id FROM passages WHERE embedded NOT IN (SELECT embedded FROM vectors)"
_UNUSED = "SELECT id FROM vectors WHERE embedded NOT IN (SELECT embedded FROM passages)"


def _fault(part: Part, what: str, ids: Iterable[int]) -> StoredFault | None:
    rows = tuple(ids)
    return StoredFault(part, f"{len(rows):,} × {what}", rows) if rows else None


def _ids(database: sqlite3.Connection, query: str) -> Iterator[int]:
    return (row[0] for row in database.execute(query))


def _altered(database: sqlite3.Connection) -> Iterator[int]:
    for row in database.execute("SELECT * FROM articles"):
        read = row["text"] if row["read_text"] is None else row["read_text"]
        try:
            known = NewArticle(
                text=row["text"],
                read_text=read,
                address=row["address"],
                title=row["title"],
                outlet=row["outlet"],
                byline=row["byline"],
                published=date.fromisoformat(row["published"]) if row["published"] is not None else None,
                url=row["url"],
            )
        except ValueError:  # no day
            yield row["id"]
            continue
        if known.digest != row["digest"] or not set(row["text"].splitlines()) <= {*read.splitlines(), ""}:
            yield row["id"]  # what is kept of a text is lines of it


def _misplaced(database: sqlite3.Connection) -> Iterator[int]:
    """Yield the articles whose passages lie outside the text, hold other words than were embedded, or are missing."""
    for article in database.execute("SELECT id, title, text FROM articles"):
        passages = database.execute("SELECT start, end, embedded FROM passages WHERE article = ?", (article["id"],))
        spans = [(row["start"], row["end"], row["embedded"]) for row in passages]
        if not spans or not all(
            0 <= start < end <= len(article["text"])
            and embedded == text_digest(embedding_text(article["title"], article["text"][start:end]))
            for start, end, embedded in spans
        ):
            yield article["id"]


def _unusable(database: sqlite3.Connection, width: int) -> Iterator[int]:
    import numpy as np

    for row in database.execute("SELECT id, CAST(vector AS BLOB) AS vector FROM vectors"):
        if len(row["vector"]) != 4 * width or not np.isfinite(np.frombuffer(row["vector"], "<f4")).all():
            yield row["id"]
