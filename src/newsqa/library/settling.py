"""What an article's neighbours decide: the lines that its outlet repeats, and the copies of its story."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Iterator, Sequence

CROWDED = 200
"""A band that so many articles share says nothing about any two of them."""


@dataclass(frozen=True, slots=True)
class Settling:
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
