"""Articles, their places, passages and words, as the indexing process changes them."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import chain
from typing import TYPE_CHECKING, Literal

from newsqa.store.records import NewArticle, NewPassage, Source, numbered_names, outlet_key, text_digest

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Iterable, Sequence


Change = Literal["added", "changed", "unchanged"]


@dataclass(slots=True)
class Articles:
    """The articles of a library. `vectored` is True once a passage was added whose vector is stored already."""

    database: sqlite3.Connection
    vectored: bool = False
    _orphans: set[int] = field(default_factory=set)

    # Places: where in which file an article is

    def places(self, file: int) -> set[str]:
        """Return the keys of the places of a file that hold articles."""
        return {row["key"] for row in self.database.execute("SELECT key FROM places WHERE file = ?", (file,))}

    def remove_places(self, file: int, keys: Iterable[str]) -> None:
        """Remove articles from a file; `delete_orphans` deletes those that are left without a place."""
        for key in keys:
            rows = self.database.execute(
                "DELETE FROM places WHERE file = ? AND key = ? RETURNING article", (file, key)
            ).fetchall()
            self._orphans.update(row["article"] for row in rows)

    def clear_places(self, file: int, keys: Iterable[str]) -> None:
        """Keep articles that are no longer in a file, without the numbers that they had in it."""
        self.database.executemany(
            "UPDATE places SET place = '' WHERE file = ? AND key = ? AND place != ''", ((file, key) for key in keys)
        )

    def delete_orphans(self, *, everywhere: bool = False) -> int:
        """Delete the articles that are left without a place; return how many.

        `everywhere` checks every article, for what an interrupted run left behind.
        """
        if everywhere:
            rows = self.database.execute("SELECT id FROM articles EXCEPT SELECT article FROM places").fetchall()
            self._orphans.update(row["id"] for row in rows)
        deleted = 0
        for article in self._orphans:
            if not self.database.execute("SELECT 1 FROM places WHERE article = ?", (article,)).fetchone():
                self._remove_passages(article)
                deleted += self.database.execute("DELETE FROM articles WHERE id = ?", (article,)).rowcount
        self._orphans.clear()
        return deleted

    def _set_place(self, file: int, incoming: NewArticle, article: int) -> None:
        self.database.execute(
            "INSERT INTO places (file, key, place, article) VALUES (?, ?, ?, ?) ON CONFLICT (file, key) "
            "DO UPDATE SET place = excluded.place, article = excluded.article "
            "WHERE place != excluded.place OR article != excluded.article",
            (file, incoming.key, incoming.place, article),
        )

    # Articles

    def keep_unchanged(self, file: int, incoming: NewArticle) -> bool:
        """Return True if the file already holds this article, with all that was read of it; update its number."""
        old = self.database.execute(
            "SELECT a.id FROM places p JOIN articles a ON a.id = p.article AND a.digest = ? "
            "WHERE p.file = ? AND p.key = ?",
            (incoming.digest, file, incoming.key),
        ).fetchone()
        if old:
            self._set_place(file, incoming, old["id"])
        return old is not None

    def put(self, source: Source, file: int, path: str, incoming: NewArticle, passages: Sequence[NewPassage]) -> Change:
        """Store an article that is new or changed at its place in a file; return what that changed.

        Two places that hold the same words under one address share one article; other words are another article.
        """
        digest = incoming.digest
        old = self.database.execute(
            "SELECT a.id, a.address, (SELECT count(*) FROM places WHERE article = a.id) AS places "
            "FROM places p JOIN articles a ON a.id = p.article WHERE p.file = ? AND p.key = ?",
            (file, incoming.key),
        ).fetchone()
        change: Change = "unchanged"
        article = self._same_address(incoming, digest) or self._same_file(source, path, incoming, digest)
        if article is None and old and old["address"] == incoming.address and old["places"] == 1:
            article, change = old["id"], "changed"
            self._replace(article, incoming, digest, passages)
        elif article is None:
            origin = f"{source.key}\0{path}\0{incoming.key}"
            article_id = self._free_id(incoming.address, origin)
            article, change = self._insert(article_id, incoming, digest, passages), "added"
        self._set_place(file, incoming, article)
        if old and old["id"] != article:
            self._orphans.add(old["id"])
        return change

    def _same_address(self, incoming: NewArticle, digest: bytes) -> int | None:
        if incoming.address is None:
            return None
        row = self.database.execute(
            "SELECT id FROM articles WHERE address = ? AND digest = ?", (incoming.address, digest)
        ).fetchone()
        return row["id"] if row else None

    def _same_file(self, source: Source, path: str, incoming: NewArticle, digest: bytes) -> int | None:
        """Find the article if its file was indexed before as part of another source, a folder above or below."""
        location = f"{source.location}/{path}" if source.folder else source.location
        row = self.database.execute(
            "SELECT a.id FROM sources s JOIN files f ON f.source = s.id "
            "AND f.path = iif(s.folder, substr(?1, length(s.location) + 2), f.path) "
            "JOIN places p ON p.file = f.id AND p.key = ?2 JOIN articles a ON a.id = p.article AND a.digest = ?3 "
            "WHERE s.id != ?4 AND ?1 = s.location || iif(s.folder, '/' || f.path, '')",
            (location, incoming.key, digest, source.id),
        ).fetchone()
        return row["id"] if row else None

    def _free_id(self, address: str | None, origin: str) -> str:
        preferred = [f"address\0{address}"] if address else []
        names = chain(preferred, numbered_names(f"place\0{address}\0{origin}"))
        candidates = (text_digest(name).hex()[:16] for name in names)
        return next(article_id for article_id in candidates if not self._exists(article_id))

    def _exists(self, article_id: str) -> bool:
        row = self.database.execute("SELECT 1 FROM articles WHERE article_id = ?", (article_id,)).fetchone()
        return row is not None

    def _insert(self, article_id: str, incoming: NewArticle, digest: bytes, passages: Sequence[NewPassage]) -> int:
        row = self.database.execute(
            "INSERT INTO articles (article_id, digest, address, title, outlet, outlet_key, byline, published, url, "
            "language, text, read_text) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id",
            (article_id, *_columns(incoming, digest)),
        ).fetchone()
        self._add_passages(row["id"], passages)
        return int(row["id"])

    def _replace(self, article: int, incoming: NewArticle, digest: bytes, passages: Sequence[NewPassage]) -> None:
        self._remove_passages(article)
        self.database.execute(
            "UPDATE articles SET digest = ?, address = ?, title = ?, outlet = ?, outlet_key = ?, byline = ?, "
            "published = ?, url = ?, language = ?, text = ?, read_text = ?, settled = 0 WHERE id = ?",
            (*_columns(incoming, digest), article),
        )
        self._add_passages(article, passages)

    def replace_text(self, article: int, text: str, passages: Sequence[NewPassage]) -> None:
        """Replace what is kept of an article's text, after other lines of it were left out."""
        self._remove_passages(article)
        self.database.execute(
            "UPDATE articles SET read_text = nullif(coalesce(read_text, text), ?1), text = ?1, settled = 0 "
            "WHERE id = ?2",
            (text, article),
        )
        self._add_passages(article, passages)

    # Passages

    def replace_passages(self, cut: Callable[[str | None, str], Sequence[NewPassage]]) -> None:
        """Make passages and words of every article again; passages get new ids, and articles are compared again.

        `cut` gives the passages of a title and a text. What was stored of passages and words is not read.
        """
        self.database.execute("INSERT INTO words (words) VALUES ('delete-all')")
        for table in ("passages", "bands", "copies"):
            self.database.execute(f"DELETE FROM {table}")  # noqa: S608  our own names
        self.database.execute("UPDATE articles SET settled = 0")
        for row in self.database.execute("SELECT id FROM articles").fetchall():
            title, text = self.database.execute(
                "SELECT title, text FROM articles WHERE id = ?", (row["id"],)
            ).fetchone()
            self._add_passages(row["id"], cut(title, text))

    def _add_passages(self, article: int, passages: Sequence[NewPassage]) -> None:
        stored = self.database.execute("SELECT title, text FROM articles WHERE id = ?", (article,)).fetchone()
        for passage in passages:
            embedded = text_digest(passage.embedding_text)
            row = self.database.execute(
                "INSERT INTO passages (article, start, end, embedded) VALUES (?, ?, ?, ?) RETURNING id",
                (article, passage.start, passage.end, embedded),
            ).fetchone()
            self.database.execute(
                "INSERT INTO words (rowid, title, text) VALUES (?, ?, ?)",
                (row["id"], stored["title"] or "", stored["text"][passage.start : passage.end]),
            )
            self.vectored = self.vectored or self._has_vector(embedded)

    def _has_vector(self, embedded: bytes) -> bool:
        return self.database.execute("SELECT 1 FROM vectors WHERE embedded = ?", (embedded,)).fetchone() is not None

    def _remove_passages(self, article: int) -> None:
        self._unsettle_outlet(article)
        stored = self.database.execute("SELECT title, text FROM articles WHERE id = ?", (article,)).fetchone()
        title, text = stored["title"] or "", stored["text"]
        rows = self.database.execute("SELECT id, start, end FROM passages WHERE article = ?", (article,)).fetchall()
        # a full-text table without content needs the words that it deletes
        self.database.executemany(
            "INSERT INTO words (words, rowid, title, text) VALUES ('delete', ?, ?, ?)",
            [(row["id"], title, text[row["start"] : row["end"]]) for row in rows],
        )
        self.database.execute("DELETE FROM passages WHERE article = ?", (article,))
        self.database.execute("DELETE FROM bands WHERE article = ?", (article,))
        self.database.execute("DELETE FROM copies WHERE article = ? OR other = ?", (article, article))

    def _unsettle_outlet(self, article: int) -> None:
        """Mark another article of its outlet as unsettled: the lines that the outlet repeats may have changed."""
        self.database.execute(
            "UPDATE articles SET settled = 0 WHERE id = (SELECT b.id FROM articles a JOIN articles b "
            "ON b.outlet_key = a.outlet_key AND b.id != a.id WHERE a.id = ? LIMIT 1)",
            (article,),
        )


def _columns(incoming: NewArticle, digest: bytes) -> tuple[object, ...]:
    day = incoming.published.isoformat() if incoming.published else None
    return (
        *(digest, incoming.address, incoming.title, incoming.outlet, outlet_key(incoming.outlet)),
        *(incoming.byline, day, incoming.url, incoming.language, incoming.text),
        incoming.read_text if incoming.read_text != incoming.text else None,
    )
