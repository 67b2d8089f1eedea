"""Sources and their files, as the indexing process changes them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from newsqa.errors import UsageError
from newsqa.library.values import KnownFile, Source, numbered

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence

    from newsqa.library.values import ProblemRow


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
