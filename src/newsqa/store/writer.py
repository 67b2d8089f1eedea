"""Changes the library, one generation at a time; called only by the process that holds the index's lock."""

from __future__ import annotations

import json
import time
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from newsqa.errors import UsageError
from newsqa.store.articles import Articles
from newsqa.store.database import BUSY_SECONDS, decoding, map_sqlite_errors, open_to_write, transaction
from newsqa.store.queries import as_text
from newsqa.store.records import KnownFile, ProblemRow, Source, StoredText, numbered_names, passed_key, problem_rows

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Sources:
    """The sources of a library, and the files that were read from them."""

    database: sqlite3.Connection

    def all(self) -> list[Source]:
        """Return every source, in the order in which they were added."""
        rows = self.database.execute("SELECT id, key, name, location, folder FROM sources ORDER BY id")
        return [Source(row["id"], row["key"], row["name"], row["location"], bool(row["folder"])) for row in rows]

    def get(self, name: str) -> Source:
        """Return the source of that name. Raises UsageError if there is none."""
        known = self.all()
        for source in known:
            if source.name == name:
                return source
        names = ", ".join(source.name for source in known)
        raise UsageError(f"There is no source “{name}”.", hint=f"There are: {names}" if names else "There is none yet.")

    def count(self, source: Source) -> tuple[int, int]:
        """Return how many files of a source hold articles, and how many articles it holds."""
        row = self.database.execute(
            "SELECT count(DISTINCT p.file) AS files, count(DISTINCT p.article) AS articles "
            "FROM files f JOIN places p ON p.file = f.id WHERE f.source = ?",
            (source.id,),
        ).fetchone()
        return int(row["files"]), int(row["articles"])

    def add(self, name: str, location: str, *, folder: bool) -> Source:
        """Add a source; if its name is taken it gets a number."""
        taken = {text for source in self.all() for text in (source.key, source.name)}
        free = next(candidate for candidate in numbered_names(name) if candidate not in taken)
        self.database.execute(
            "INSERT INTO sources (key, name, location, folder) VALUES (?, ?, ?, ?)", (free, free, location, folder)
        )
        return self.get(free)

    def rename(self, source: Source, name: str) -> None:
        """Give a source another name; its articles keep their ids. Raises UsageError if the name is taken."""
        if any(name in {other.name, other.key} for other in self.all() if other.id != source.id):
            raise UsageError(f"The name “{name}” is taken.", hint="Choose another.")
        self.database.execute("UPDATE sources SET name = ? WHERE id = ?", (name, source.id))

    def move(self, source: Source, location: str) -> None:
        """Store that a source has moved to another location."""
        self.database.execute("UPDATE sources SET location = ? WHERE id = ?", (location, source.id))

    def set_passed(self, source: Source, rows: Iterable[ProblemRow]) -> None:
        """Store what was found in a source besides the files that were read."""
        self.database.execute(
            "INSERT OR REPLACE INTO meta VALUES (?, ?)", (passed_key(source.id), json.dumps(list(rows)))
        )

    def remove(self, source: Source) -> None:
        """Remove a source whose files are removed already."""
        self.database.execute("DELETE FROM meta WHERE key = ?", (passed_key(source.id),))
        self.database.execute("DELETE FROM sources WHERE id = ?", (source.id,))

    def files(self, source: Source) -> dict[str, KnownFile]:
        """Return the files of a source by path."""
        rows = self.database.execute(
            "SELECT path, id, size, mtime_ns, digest, problems FROM files WHERE source = ?", (source.id,)
        )
        return {
            row["path"]: KnownFile(
                *(row["id"], row["size"], row["mtime_ns"], row["digest"]),
                problems=problem_rows(row["problems"]),
            )
            for row in rows
        }

    def begin_file(self, source: Source, path: str) -> int:
        """Mark a file as being read: until `finish_file` it counts as interrupted. Return its id."""
        row = self.database.execute(
            "INSERT INTO files (source, path, size, mtime_ns) VALUES (?, ?, 0, 0) "
            "ON CONFLICT (source, path) DO UPDATE SET digest = NULL RETURNING id",
            (source.id, path),
        ).fetchone()
        return int(row["id"])

    def finish_file(
        self, file: int, size: int, mtime_ns: int, digest: bytes | None, problems: Sequence[ProblemRow]
    ) -> None:
        """Store the stat and digest of a file that was read whole, and what could not be read in it."""
        self.database.execute(
            "UPDATE files SET size = ?, mtime_ns = ?, digest = ?, problems = ? WHERE id = ?",
            (size, mtime_ns, digest, json.dumps(list(problems)), file),
        )

    def touch(self, file: int, size: int, mtime_ns: int) -> None:
        """Store another time for a file whose content is the same."""
        self.database.execute("UPDATE files SET size = ?, mtime_ns = ? WHERE id = ?", (size, mtime_ns, file))

    def remove_file(self, file: int) -> None:
        """Remove a file whose places are removed already."""
        self.database.execute("DELETE FROM files WHERE id = ?", (file,))


CROWDED = 200  # a band that so many articles share says nothing about any two of them


@dataclass(frozen=True, slots=True)
class Comparisons:
    """What comparing articles with each other found: the lines that an outlet repeats, and the copies of a story.

    Articles that are new or changed are pending until they have been compared.
    """

    database: sqlite3.Connection

    def pending(self) -> list[int]:
        """Return the rows of the articles that are pending."""
        rows = self.database.execute("SELECT id FROM articles WHERE settled = 0 ORDER BY id")
        return [row["id"] for row in rows]

    def pending_outlets(self) -> list[str]:
        """Return the keys of the outlets that have pending articles."""
        rows = self.database.execute("SELECT DISTINCT outlet_key FROM articles WHERE settled = 0")
        return [row["outlet_key"] for row in rows]

    def mark_done(self, article: int) -> None:
        """Store that an article has been compared."""
        self.database.execute("UPDATE articles SET settled = 1 WHERE id = ?", (article,))

    def outlet_texts(self, outlet_key: str) -> Iterator[StoredText]:
        """Yield the texts of an outlet's articles, a few at a time in memory; they may be changed meanwhile."""
        last = -1
        while rows := self.database.execute(
            "SELECT id, title, coalesce(read_text, text), text FROM articles WHERE outlet_key = ? AND id > ? "
            "ORDER BY id LIMIT 200",
            (outlet_key, last),
        ).fetchall():
            yield from (StoredText(row[0], row[1], as_text(row[2]), as_text(row[3])) for row in rows)
            last = rows[-1]["id"]

    def repeated_lines(self, outlet_key: str) -> frozenset[str]:
        """Return the lines that an outlet is known to repeat."""
        rows = self.database.execute("SELECT line FROM repeated WHERE outlet_key = ?", (outlet_key,))
        return frozenset(row["line"] for row in rows)

    def set_repeated_lines(self, outlet_key: str, lines: Iterable[str]) -> None:
        """Store which lines an outlet repeats."""
        self.database.execute("DELETE FROM repeated WHERE outlet_key = ?", (outlet_key,))
        self.database.executemany("INSERT INTO repeated VALUES (?, ?)", ((outlet_key, line) for line in lines))

    def text(self, article: int) -> str:
        """Return what is kept of an article's text."""
        row = self.database.execute("SELECT text FROM articles WHERE id = ?", (article,)).fetchone()
        return as_text(row["text"])

    def replace_bands(self, article: int, bands: Sequence[int]) -> list[int]:
        """Store an article's MinHash bands; return the other articles that share one, those that share most first."""
        self.database.execute("DELETE FROM bands WHERE article = ?", (article,))
        shared: dict[int, int] = {}
        for band in bands:
            rows = self.database.execute(
                "SELECT article FROM bands WHERE band = ? LIMIT ?", (band, CROWDED + 1)
            ).fetchall()
            for row in rows if len(rows) <= CROWDED else []:
                shared[row["article"]] = shared.get(row["article"], 0) + 1
        self.database.executemany("INSERT OR IGNORE INTO bands VALUES (?, ?)", ((band, article) for band in bands))
        return sorted(shared, key=lambda other: (-shared[other], other))

    def set_copies(self, article: int, others: Iterable[int]) -> None:
        """Store which articles carry the same story as this one."""
        self.database.execute("DELETE FROM copies WHERE article = ?1 OR other = ?1", (article,))
        self.database.executemany(
            "INSERT OR IGNORE INTO copies VALUES (?, ?)",
            ((min(article, other), max(article, other)) for other in others),
        )


@dataclass(frozen=True, slots=True)
class StoredVectors:
    """The vectors of one embedder, by the digest of the text that was embedded, so that no text is embedded twice."""

    database: sqlite3.Connection

    def last_id(self) -> int:
        """Return the highest id given so far: it grows when vectors are added."""
        return self.database.execute("SELECT max(id) AS last FROM vectors").fetchone()["last"] or 0

    def missing(self) -> list[tuple[int, bytes]]:
        """Return, for each embedding text without a vector, a passage id and its digest; the shortest first."""
        rows = self.database.execute(
            "SELECT min(id) AS passage, embedded FROM passages WHERE embedded NOT IN (SELECT embedded FROM vectors) "
            "GROUP BY embedded ORDER BY min(end - start), min(id)"
        )
        return [(row["passage"], row["embedded"]) for row in rows]

    def passage_texts(self, passages: Iterable[int]) -> list[tuple[str | None, str]]:
        """Return the titles of the articles of these passages and the passages' own texts, in their order."""
        rows = self.database.execute(
            "SELECT a.title, a.text, p.start, p.end FROM json_each(?) j JOIN passages p ON p.id = j.value "
            "JOIN articles a ON a.id = p.article ORDER BY j.key",
            (json.dumps(list(passages)),),
        )
        return [(row["title"], as_text(row["text"])[row["start"] : row["end"]]) for row in rows]

    def add(self, vectors: Iterable[tuple[bytes, bytes]]) -> None:
        """Store (digest, vector) pairs; a vector is little-endian float32."""
        self.database.executemany("INSERT INTO vectors (embedded, vector) VALUES (?, ?)", vectors)

    def clear(self) -> None:
        """Delete every vector, to make room for those of another model."""
        self.database.execute("DELETE FROM vectors")

    def delete(self, rows: Iterable[int]) -> None:
        """Delete vectors by their rows; what they were made of is embedded again."""
        self.database.executemany("DELETE FROM vectors WHERE id = ?", ((row,) for row in rows))

    def delete_unused(self) -> None:
        """Delete the vectors of texts that no passage has any more."""
        self.database.execute("DELETE FROM vectors WHERE embedded NOT IN (SELECT embedded FROM passages)")

    def passage_ids(self) -> set[int]:
        """Return the ids of the passages that have a vector."""
        rows = self.database.execute("SELECT p.id FROM passages p JOIN vectors v ON v.embedded = p.embedded")
        return {row["id"] for row in rows}

    def load(self, passages: Sequence[int]) -> list[bytes]:
        """Return the vectors of passages, in their order."""
        rows = self.database.execute(
            "SELECT v.vector FROM json_each(?) j JOIN passages p ON p.id = j.value "
            "JOIN vectors v ON v.embedded = p.embedded ORDER BY j.key",
            (json.dumps(list(passages)),),
        )
        return [row["vector"] for row in rows]


FREE_PAGES_AT_ONCE = 100_000
PUBLISH_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class LibraryWriter:
    """Changes the library, a generation at a time: every change happens inside `publication()`."""

    folder: Path
    database: sqlite3.Connection
    sources: Sources
    articles: Articles
    vectors: StoredVectors
    comparisons: Comparisons

    @classmethod
    def open(cls, folder: Path) -> LibraryWriter:
        """Open the library in this folder, or create it. Raises LibraryError."""
        database = open_to_write(folder)
        return cls(
            folder, database, Sources(database), Articles(database), StoredVectors(database), Comparisons(database)
        )

    def close(self) -> None:
        """Close the file; what is not published is lost."""
        self.database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    @contextmanager
    def publication(self) -> Iterator[None]:
        """Publish the changes made inside as one generation, or none of them if it fails. Raises LibraryError."""
        with map_sqlite_errors(self.folder), transaction(self.database):
            before = self.database.total_changes
            self.articles.vectored = False
            last = self.vectors.last_id()
            yield
            if self.database.total_changes != before:
                self.set_meta("generation", str(self.generation + 1))
            if self.articles.vectored or self.vectors.last_id() > last:
                self.set_meta("vectored", str(self.generation))

    def publish_steps(self, steps: Iterator[None]) -> None:
        """Run the steps of an iterator inside publications of about two seconds each. Raises LibraryError."""
        left = True
        while left:
            with self.publication():
                until = time.monotonic() + PUBLISH_SECONDS
                left = any(time.monotonic() > until for _ in steps)

    @property
    def generation(self) -> int:
        """The generation published last."""
        with decoding():
            return int(self.meta("generation") or 0)

    def meta(self, key: str) -> str | None:
        """Return a fact about the whole index, or None."""
        row = self.database.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
        return row["value"] if row else None

    def set_meta(self, key: str, value: str) -> None:
        """Store a fact about the whole index."""
        self.database.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (key, value))

    def remove_source(self, source: Source) -> int:
        """Remove a source with the articles that no other source holds; return how many articles were deleted."""
        for file in self.sources.files(source).values():
            self.remove_file(file.id)
        self.sources.remove(source)
        return self.articles.delete_orphans()

    def remove_file(self, file: int) -> None:
        """Remove a file and its places; `articles.delete_orphans` deletes the articles left without a place."""
        self.articles.remove_places(file, self.articles.places(file))
        self.sources.remove_file(file)

    def compact(self) -> None:
        """Free the space of what nothing refers to any more. Raises LibraryError."""
        with self.publication():
            self.vectors.delete_unused()
        with map_sqlite_errors(self.folder):
            self.database.execute(f"PRAGMA incremental_vacuum({FREE_PAGES_AT_ONCE})").fetchall()
            self.database.execute("PRAGMA busy_timeout = 0")  # a question that is being answered may go on
            self.database.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
            self.database.execute(f"PRAGMA busy_timeout = {BUSY_SECONDS * 1000}")
