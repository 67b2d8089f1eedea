"""The vectors that a library keeps, by the digest of the text that was embedded, so that nothing is embedded twice."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from newsqa.text.passages import embedding_text

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Iterator, Sequence


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
