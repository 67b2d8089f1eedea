"""Articles, their places, passages and words, as the indexing process changes them."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import chain
from typing import TYPE_CHECKING, Literal

from newsqa.store.rows import blake, numbered, outlet_key
from newsqa.text.passages import embedding_text, passages_of

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable

    from newsqa.store.rows import NewArticle, Source


Change = Literal["added", "changed", "unchanged"]


@dataclass(slots=True)
class Articles:
    """The articles of a library. `vectored` tells whether passages came that have a vector already."""

    database: sqlite3.Connection
    vectored: bool = False
    _orphans: set[int] = field(default_factory=set)

    def places(self, file: int) -> set[str]:
        """Return the keys of the places where articles stand in a file."""
        return {row[0] for row in self.database.execute("SELECT key FROM places WHERE file = ?", (file,))}

    def remove_places(self, file: int, keys: Iterable[str]) -> None:
        """Take articles out of a file; `drop_orphans` removes those that now stand nowhere."""
        for key in keys:
            rows = self.database.execute(
                "DELETE FROM places WHERE file = ? AND key = ? RETURNING article", (file, key)
            ).fetchall()
            self._orphans.update(row[0] for row in rows)

    def forget_places(self, file: int, keys: Iterable[str]) -> None:
        """Note that articles which stay are no longer at the numbers in the file where they stood."""
        self.database.executemany(
            "UPDATE places SET place = '' WHERE file = ? AND key = ? AND place != ''", ((file, key) for key in keys)
        )

    def put(self, source: Source, file: int, path: str, incoming: NewArticle) -> Change:
        """Let an article stand at its place in a file, and tell what that changed.

        Two places that hold the same words under one address hold one article; other words are another article.
        """
        digest = incoming.digest
        old = self.database.execute(
            "SELECT a.id, a.digest, a.address, (SELECT count(*) FROM places WHERE article = a.id) "
            "FROM places p JOIN articles a ON a.id = p.article WHERE p.file = ? AND p.key = ?",
            (file, incoming.key),
        ).fetchone()
        if old and old[1] == digest:
            self._stand(file, incoming, old[0])
            return "unchanged"
        change: Change = "unchanged"
        article = self._twin(incoming, digest) or self._same_file(source, path, incoming, digest)
        if article is None and old and old[2] == incoming.address and old[3] == 1:
            article, change = old[0], "changed"
            self._replace(old[0], incoming, digest)
        elif article is None:
            origin = f"{source.key}\0{path}\0{incoming.key}"
            article, change = self._insert(self._free_id(incoming.address, origin), incoming, digest), "added"
        self._stand(file, incoming, article)
        if old and old[0] != article:
            self._orphans.add(old[0])
        return change

    def drop_orphans(self, *, everywhere: bool = False) -> int:
        """Remove the articles that stand nowhere any more; return how many went.

        `everywhere` looks at every article, for what an interrupted run left behind.
        """
        if everywhere:
            rows = self.database.execute("SELECT id FROM articles EXCEPT SELECT article FROM places").fetchall()
            self._orphans.update(row[0] for row in rows)
        gone = 0
        for article in self._orphans:
            if not self.database.execute("SELECT 1 FROM places WHERE article = ?", (article,)).fetchone():
                self._remove_passages(article)
                gone += self.database.execute("DELETE FROM articles WHERE id = ?", (article,)).rowcount
        self._orphans.clear()
        return gone

    def _twin(self, incoming: NewArticle, digest: bytes) -> int | None:
        if incoming.address is None:
            return None
        row = self.database.execute(
            "SELECT id FROM articles WHERE address = ? AND digest = ?", (incoming.address, digest)
        ).fetchone()
        return row[0] if row else None

    def _same_file(self, source: Source, path: str, incoming: NewArticle, digest: bytes) -> int | None:
        """Find the article where its file was indexed before as part of another source, a folder above or below."""
        place = f"{source.location}/{path}" if source.folder else source.location
        row = self.database.execute(
            "SELECT a.id FROM sources s JOIN files f ON f.source = s.id "
            "AND f.path = iif(s.folder, substr(?1, length(s.location) + 2), f.path) "
            "JOIN places p ON p.file = f.id AND p.key = ?2 JOIN articles a ON a.id = p.article AND a.digest = ?3 "
            "WHERE s.id != ?4 AND ?1 = s.location || iif(s.folder, '/' || f.path, '')",
            (place, incoming.key, digest, source.id),
        ).fetchone()
        return row[0] if row else None

    def _free_id(self, address: str | None, origin: str) -> str:
        preferred = [f"address\0{address}"] if address else []
        candidates = (blake(name).hex()[:16] for name in chain(preferred, numbered(f"place\0{address}\0{origin}")))
        return next(article_id for article_id in candidates if not self._exists(article_id))

    def _exists(self, article_id: str) -> bool:
        row = self.database.execute("SELECT 1 FROM articles WHERE article_id = ?", (article_id,)).fetchone()
        return row is not None

    def _stand(self, file: int, incoming: NewArticle, article: int) -> None:
        self.database.execute(
            "INSERT INTO places (file, key, place, article) VALUES (?, ?, ?, ?) ON CONFLICT (file, key) "
            "DO UPDATE SET place = excluded.place, article = excluded.article "
            "WHERE place != excluded.place OR article != excluded.article",
            (file, incoming.key, incoming.place, article),
        )

    def _insert(self, article_id: str, incoming: NewArticle, digest: bytes) -> int:
        row = self.database.execute(
            "INSERT INTO articles (article_id, digest, address, title, outlet, outlet_key, byline, published, url, "
            "language, text, read_text) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id",
            (article_id, *_columns(incoming, digest)),
        ).fetchone()
        self._add_passages(row[0])
        return int(row[0])

    def _replace(self, article: int, incoming: NewArticle, digest: bytes) -> None:
        self._remove_passages(article)
        self.database.execute(
            "UPDATE articles SET digest = ?, address = ?, title = ?, outlet = ?, outlet_key = ?, byline = ?, "
            "published = ?, url = ?, language = ?, text = ?, read_text = ?, settled = 0 WHERE id = ?",
            (*_columns(incoming, digest), article),
        )
        self._add_passages(article)

    def set_text(self, article: int, text: str) -> None:
        """Store anew what is kept of an article's text, after other lines of it were left out."""
        self._remove_passages(article)
        self.database.execute(
            "UPDATE articles SET read_text = nullif(coalesce(read_text, text), ?1), text = ?1, settled = 0 "
            "WHERE id = ?2",
            (text, article),
        )
        self._add_passages(article)

    def _add_passages(self, article: int) -> None:
        title, text = self.database.execute("SELECT title, text FROM articles WHERE id = ?", (article,)).fetchone()
        for start, end in passages_of(text):
            embedded = blake(embedding_text(title, text[start:end]))
            row = self.database.execute(
                "INSERT INTO passages (article, start, end, embedded) VALUES (?, ?, ?, ?) RETURNING id",
                (article, start, end, embedded),
            ).fetchone()
            self.database.execute(
                "INSERT INTO words (rowid, title, text) VALUES (?, ?, ?)", (row[0], title or "", text[start:end])
            )
            self.vectored = self.vectored or self._has_vector(embedded)

    def _has_vector(self, embedded: bytes) -> bool:
        return self.database.execute("SELECT 1 FROM vectors WHERE embedded = ?", (embedded,)).fetchone() is not None

    def _remove_passages(self, article: int) -> None:
        self._look_at_outlet_again(article)
        title, text = self.database.execute("SELECT title, text FROM articles WHERE id = ?", (article,)).fetchone()
        rows = self.database.execute("SELECT id, start, end FROM passages WHERE article = ?", (article,)).fetchall()
        # a full-text table that keeps no texts is told what it forgets
        self.database.executemany(
            "INSERT INTO words (words, rowid, title, text) VALUES ('delete', ?, ?, ?)",
            [(passage, title or "", text[start:end]) for passage, start, end in rows],
        )
        self.database.execute("DELETE FROM passages WHERE article = ?", (article,))
        self.database.execute("DELETE FROM bands WHERE article = ?", (article,))
        self.database.execute("DELETE FROM copies WHERE article = ? OR other = ?", (article, article))

    def _look_at_outlet_again(self, article: int) -> None:
        """Leave one of the others of its outlet unsettled: which lines the outlet repeats may have changed."""
        self.database.execute(
            "UPDATE articles SET settled = 0 WHERE id = (SELECT b.id FROM articles a JOIN articles b "
            "ON b.outlet_key = a.outlet_key AND b.id != a.id WHERE a.id = ? LIMIT 1)",
            (article,),
        )

    def remake_passages(self) -> None:
        """Cut every article into passages again."""
        for (article,) in self.database.execute("SELECT id FROM articles").fetchall():
            self._remove_passages(article)
            self._add_passages(article)


def _columns(incoming: NewArticle, digest: bytes) -> tuple[object, ...]:
    day = incoming.published.isoformat() if incoming.published else None
    return (
        *(digest, incoming.address, incoming.title, incoming.outlet, outlet_key(incoming.outlet)),
        *(incoming.byline, day, incoming.url, incoming.language, incoming.text),
        incoming.read_text if incoming.read_text != incoming.text else None,
    )
