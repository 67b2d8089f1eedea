"""What the one indexing process changes in the library. The caller holds the index's lock."""

from __future__ import annotations

import json
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from newsqa.errors import UsageError
from newsqa.store.articles import Articles
from newsqa.store.database import BUSY_SECONDS, open_to_write, transaction, translated
from newsqa.store.rows import KnownFile, Source, numbered
from newsqa.text.passages import embedding_text

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from newsqa.store.rows import ProblemRow


# Sources and their files, as the indexing process changes them.


@dataclass(frozen=True, slots=True)
class Sources:
    """The sources of a library, and the files that were read from them."""

    database: sqlite3.Connection

    def all(self) -> list[Source]:
        """Return every source, in the order in which they came."""
        rows = self.database.execute("SELECT id, key, name, location, folder FROM sources ORDER BY id")
        return [Source(row, key, name, location, bool(folder)) for row, key, name, location, folder in rows]

    def named(self, name: str) -> Source:
        """Return the source of that name. Raises UsageError where there is none."""
        for source in self.all():
            if source.name == name:
                return source
        names = ", ".join(source.name for source in self.all())
        raise UsageError(f"There is no source “{name}”.", hint=f"There are: {names}" if names else "There is none yet.")

    def at(self, location: str) -> Source:
        """Return the source that stands at a location."""
        return next(source for source in self.all() if source.location == location)

    def count_articles(self, source: Source) -> int:
        """Return how many articles stand in a source."""
        row = self.database.execute(
            "SELECT count(DISTINCT p.article) FROM files f JOIN places p ON p.file = f.id WHERE f.source = ?",
            (source.id,),
        ).fetchone()
        return int(row[0])

    def add(self, name: str, location: str, *, folder: bool) -> Source:
        """Add a source; where its name is taken it gets a number."""
        taken = {text for source in self.all() for text in (source.key, source.name)}
        free = next(n for n in numbered(name) if n not in taken)
        self.database.execute(
            "INSERT INTO sources (key, name, location, folder) VALUES (?, ?, ?, ?)", (free, free, location, folder)
        )
        return self.named(free)

    def rename(self, source: Source, name: str) -> None:
        """Give a source another name; its articles keep their ids. Raises UsageError where the name is taken."""
        if any(name in {other.name, other.key} for other in self.all() if other.id != source.id):
            raise UsageError(f"The name “{name}” is taken.", hint="Choose another.")
        self.database.execute("UPDATE sources SET name = ? WHERE id = ?", (name, source.id))

    def move(self, source: Source, location: str) -> None:
        """Note that a source now stands elsewhere."""
        self.database.execute("UPDATE sources SET location = ? WHERE id = ?", (location, source.id))

    def remove(self, source: Source) -> None:
        """Remove a source, once its files are gone."""
        self.database.execute("DELETE FROM sources WHERE id = ?", (source.id,))

    def files(self, source: Source) -> dict[str, KnownFile]:
        """Return the files of a source by path."""
        rows = self.database.execute(
            "SELECT path, id, size, mtime_ns, digest, problems FROM files WHERE source = ?", (source.id,)
        )
        return {
            path: KnownFile(file, size, mtime_ns, digest, tuple(tuple(problem) for problem in json.loads(problems)))
            for path, file, size, mtime_ns, digest, problems in rows
        }

    def begin_file(self, source: Source, path: str) -> int:
        """Note that a file is being read: until `finish_file` it counts as interrupted. Return its id."""
        row = self.database.execute(
            "INSERT INTO files (source, path, size, mtime_ns) VALUES (?, ?, 0, 0) "
            "ON CONFLICT (source, path) DO UPDATE SET digest = NULL RETURNING id",
            (source.id, path),
        ).fetchone()
        return int(row[0])

    def finish_file(
        self, file: int, size: int, mtime_ns: int, digest: bytes | None, problems: Sequence[ProblemRow]
    ) -> None:
        """Note how a file was when it was read whole, and what could not be read in it."""
        self.database.execute(
            "UPDATE files SET size = ?, mtime_ns = ?, digest = ?, problems = ? WHERE id = ?",
            (size, mtime_ns, digest, json.dumps(list(problems)), file),
        )

    def touch(self, file: int, size: int, mtime_ns: int) -> None:
        """Note another time for a file whose content is the same."""
        self.database.execute("UPDATE files SET size = ?, mtime_ns = ? WHERE id = ?", (size, mtime_ns, file))

    def remove_file(self, file: int) -> None:
        """Remove a file, once its places are gone."""
        self.database.execute("DELETE FROM files WHERE id = ?", (file,))


# What an article's neighbours decide: the lines that its outlet repeats, and the copies of its story.

CROWDED = 200
"""A band that so many articles share says nothing about any two of them."""


@dataclass(frozen=True, slots=True)
class FinalizingWrites:
    """Articles that are not yet compared with their neighbours, and what the comparison found."""

    database: sqlite3.Connection

    def unsettled(self) -> list[int]:
        """Return the rows of the articles that are to be compared with others."""
        return [row[0] for row in self.database.execute("SELECT id FROM articles WHERE settled = 0 ORDER BY id")]

    def settle(self, articles: Iterable[int]) -> None:
        """Note that these articles have been compared."""
        self.database.executemany("UPDATE articles SET settled = 1 WHERE id = ?", ((row,) for row in articles))

    # lines that an outlet repeats

    def unsettled_outlets(self) -> list[str]:
        """Return the keys of the outlets that have unsettled articles."""
        return [row[0] for row in self.database.execute("SELECT DISTINCT outlet_key FROM articles WHERE settled = 0")]

    def texts_of_outlet(self, outlet_key: str) -> Iterator[tuple[int, str | None, str, str]]:
        """Yield (row, title, text as read, text as kept) of an outlet's articles, a few at a time in memory."""
        last = -1
        while rows := self.database.execute(
            "SELECT id, title, coalesce(read_text, text), text FROM articles WHERE outlet_key = ? AND id > ? "
            "ORDER BY id LIMIT 200",
            (outlet_key, last),
        ).fetchall():
            yield from rows
            last = rows[-1][0]

    def repeated(self, outlet_key: str) -> frozenset[str]:
        """Return the lines that an outlet is known to repeat."""
        rows = self.database.execute("SELECT line FROM repeated WHERE outlet_key = ?", (outlet_key,))
        return frozenset(row[0] for row in rows)

    def set_repeated(self, outlet_key: str, lines: Iterable[str]) -> None:
        """Note which lines an outlet repeats."""
        self.database.execute("DELETE FROM repeated WHERE outlet_key = ?", (outlet_key,))
        self.database.executemany("INSERT INTO repeated VALUES (?, ?)", ((outlet_key, line) for line in lines))

    # copies of one story

    def text(self, article: int) -> str:
        """Return what is kept of an article's text."""
        return str(self.database.execute("SELECT text FROM articles WHERE id = ?", (article,)).fetchone()[0])

    def sharing_bands(self, article: int, bands: Sequence[int]) -> list[int]:
        """Keep an article's bands, and return the other articles that share one of them, most shared first."""
        self.database.execute("DELETE FROM bands WHERE article = ?", (article,))
        shared: dict[int, int] = {}
        for band in bands:
            rows = self.database.execute(
                "SELECT article FROM bands WHERE band = ? LIMIT ?", (band, CROWDED + 1)
            ).fetchall()
            for (other,) in rows if len(rows) <= CROWDED else []:
                shared[other] = shared.get(other, 0) + 1
        self.database.executemany("INSERT OR IGNORE INTO bands VALUES (?, ?)", ((band, article) for band in bands))
        return sorted(shared, key=lambda other: (-shared[other], other))

    def set_copies(self, article: int, others: Iterable[int]) -> None:
        """Note which articles carry the same story as this one."""
        self.database.execute("DELETE FROM copies WHERE article = ?1 OR other = ?1", (article,))
        self.database.executemany(
            "INSERT OR IGNORE INTO copies VALUES (?, ?)", ((min(article, o), max(article, o)) for o in others)
        )


# The vectors that a library keeps, by the digest of the text that was embedded, so that nothing is embedded twice.


@dataclass(frozen=True, slots=True)
class Embeddings:
    """The stored vectors of one embedder."""

    database: sqlite3.Connection

    def count(self) -> int:
        """Return how many vectors were ever stored; a larger number means that some came."""
        row = self.database.execute("SELECT max(id) FROM vectors").fetchone()
        return row[0] or 0

    def missing(self) -> list[tuple[int, bytes]]:
        """Return (passage id, digest of its embedded text) once a text that has no vector; shortest first."""
        return self.database.execute(
            "SELECT min(id), embedded FROM passages WHERE embedded NOT IN (SELECT embedded FROM vectors) "
            "GROUP BY embedded ORDER BY min(end - start), min(id)"
        ).fetchall()

    def texts(self, passages: Iterable[int]) -> list[str]:
        """Return the texts to embed for these passages, in their order."""
        return [self._text(passage) for passage in passages]

    def _text(self, passage: int) -> str:
        title, text, start, end = self.database.execute(
            "SELECT a.title, a.text, p.start, p.end FROM passages p JOIN articles a ON a.id = p.article WHERE p.id = ?",
            (passage,),
        ).fetchone()
        return embedding_text(title, text[start:end])

    def put(self, vectors: Iterable[tuple[bytes, bytes]]) -> None:
        """Store (digest, vector) pairs; a vector is little-endian float32."""
        self.database.executemany("INSERT INTO vectors (embedded, vector) VALUES (?, ?)", vectors)

    def forget(self) -> None:
        """Forget every vector, for another model's to take their place."""
        self.database.execute("DELETE FROM vectors")

    def drop_unused(self) -> None:
        """Forget the vectors of texts that no passage has any more."""
        self.database.execute("DELETE FROM vectors WHERE embedded NOT IN (SELECT embedded FROM passages)")

    def passage_ids(self) -> set[int]:
        """Return the ids of the passages that have a vector."""
        rows = self.database.execute("SELECT p.id FROM passages p JOIN vectors v ON v.embedded = p.embedded")
        return {row[0] for row in rows}

    def vectors(self, passages: Sequence[int]) -> Iterator[bytes]:
        """Yield the vector of each passage, in their order."""
        for passage in passages:
            row = self.database.execute(
                "SELECT v.vector FROM passages p JOIN vectors v ON v.embedded = p.embedded WHERE p.id = ?", (passage,)
            ).fetchone()
            yield row[0]


FREE_PAGES_AT_ONCE = 100_000


@dataclass(frozen=True, slots=True)
class LibraryWriter:
    """Changes the library, a generation at a time: every change happens inside `publication()`."""

    folder: Path
    database: sqlite3.Connection
    sources: Sources
    articles: Articles
    embeddings: Embeddings
    settling: FinalizingWrites

    @classmethod
    def open(cls, folder: Path) -> LibraryWriter:
        """Open the library in this folder, or make it. Raises LibraryError."""
        database = open_to_write(folder)
        return cls(
            folder, database, Sources(database), Articles(database), Embeddings(database), FinalizingWrites(database)
        )

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
