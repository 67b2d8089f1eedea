"""What the one indexing process changes in the library. The caller holds the index's lock."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from newsqa.library.articles import Articles
from newsqa.library.database import BUSY_SECONDS, open_to_write, transaction, translated
from newsqa.library.embeddings import Embeddings
from newsqa.library.settling import Settling
from newsqa.library.sources import Sources

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator
    from pathlib import Path

    from newsqa.library.values import Source

FREE_PAGES_AT_ONCE = 100_000


@dataclass(frozen=True, slots=True)
class Writer:
    """Changes the library, a generation at a time: every change happens inside `publication()`."""

    folder: Path
    database: sqlite3.Connection
    sources: Sources
    articles: Articles
    embeddings: Embeddings
    settling: Settling

    @classmethod
    def open(cls, folder: Path) -> Writer:
        """Open the library in this folder, or make it. Raises LibraryError."""
        database = open_to_write(folder)
        return cls(folder, database, Sources(database), Articles(database), Embeddings(database), Settling(database))

    def close(self) -> None:
        """Let go of the file; what is not published is forgotten."""
        self.database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    @contextmanager
    def publication(self) -> Iterator[None]:
        """Publish what happens inside as one generation, or nothing of it where it fails. Raises LibraryError."""
        with translated(self.folder), transaction(self.database):
            before = self.database.total_changes
            self.articles.vectored = False
            stored = self.embeddings.count()
            yield
            if self.database.total_changes != before:
                self.set_meta("generation", str(self.generation + 1))
            if self.articles.vectored or self.embeddings.count() > stored:
                self.set_meta("vectored", str(self.generation))

    @property
    def generation(self) -> int:
        """The generation published last."""
        return int(self.meta("generation") or 0)

    def meta(self, key: str) -> str | None:
        """Return a fact about the whole index, or None."""
        row = self.database.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
        return row[0] if row else None

    def set_meta(self, key: str, value: str) -> None:
        """Keep a fact about the whole index."""
        self.database.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (key, value))

    def remove_source(self, source: Source) -> int:
        """Remove a source with the articles that stand nowhere else; return how many articles went."""
        for file in self.sources.files(source).values():
            self.remove_file(file.id)
        self.sources.remove(source)
        return self.articles.drop_orphans()

    def remove_file(self, file: int) -> None:
        """Remove a file and its places; `articles.drop_orphans` removes the articles that now stand nowhere."""
        self.articles.remove_places(file, self.articles.places(file))
        self.sources.remove_file(file)

    def tidy(self) -> None:
        """Give back the space of what nothing refers to any more. Raises LibraryError."""
        with self.publication():
            self.embeddings.drop_unused()
        with translated(self.folder):
            self.database.execute(f"PRAGMA incremental_vacuum({FREE_PAGES_AT_ONCE})").fetchall()
            self.database.execute("PRAGMA busy_timeout = 0")  # a question that is being answered may go on
            self.database.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
            self.database.execute(f"PRAGMA busy_timeout = {BUSY_SECONDS * 1000}")
