"""The index as a question sees it: words and vectors of one published generation, read together."""

from __future__ import annotations

import hashlib
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Self, TypeVar, cast

from newsqa.errors import LibraryError
from newsqa.store import queries
from newsqa.store.chroma import collection_name, server_of
from newsqa.store.database import BUSY_SECONDS, SQLITE_ERRORS, decoding, library_error, open_to_read
from newsqa.store.locator import ArticleLocator
from newsqa.store.phrase_search import find_phrase
from newsqa.store.vectors import VectorReader
from newsqa.types import NO_BOUNDS, Bounds, Quote

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    import numpy as np
    import numpy.typing as npt

    from newsqa.settings import Settings
    from newsqa.store.records import Lexicon, Ranked

    Floats = npt.NDArray[np.float32]

T = TypeVar("T")

EXACT_PASSAGES = 50_000
"""For a single question over no more passages than these, comparing them all is quicker than opening Chroma."""

REBUILD = "newsqa index --rebuild"


def open_index(settings: Settings, model: str | None = None, *, once: bool = False) -> LibraryIndex:
    """Open the index that the settings name, for reading; several processes may, also while one indexes.

    `model` is the fingerprint of the embedder that makes the vectors of questions, or None if nothing is searched by
    vector. `once` says that only one question will be asked. Raises LibraryError if there is no index, or it is damaged
    or made with another embedder.
    """
    index = LibraryIndex(settings.index, model, server_of(settings), settings.timeout, once)
    with index.snapshot():
        return index


def check_embedder(stored: str | None, model: str, folder: Path) -> None:
    """Raise LibraryError if the vectors of an index were made by another embedder than `model`."""
    if stored is not None and stored != model:
        raise LibraryError(
            f"The vectors of the index in {folder} were made by {_cut(stored)}; the settings name {_cut(model)}.",
            hint=f"Make them again with “{REBUILD}”, or set NEWSQA_EMBEDDER back.",
        )


def _cut(model: str) -> str:
    return model if len(model) <= 60 else f"{model[:60]}…"


@dataclass(slots=True)
class LibraryIndex:
    """An index that is open for reading. Safe between threads; `snapshot` gives the newest published generation.

    Its open connections go on reading an index that was moved or deleted, one question each.
    """

    folder: Path
    model: str | None
    server: str = ""
    timeout: float = 60.0
    once: bool = False
    _idle: list[sqlite3.Connection] = field(default_factory=list)
    _in_use: int = 0
    _lock: threading.Condition = field(default_factory=threading.Condition)
    _cache: dict[str, tuple[int, object]] = field(default_factory=dict)
    _vectors: VectorReader | None = None

    @contextmanager
    def snapshot(self) -> Iterator[Snapshot]:
        """Hold the newest published generation for as long as the context lasts. Raises LibraryError."""
        with self._connection() as database:
            try:
                database.execute("BEGIN")
                facts = queries.meta(database)
                if self.model is not None:
                    check_embedder(facts.get("model"), self.model, self.folder)
                yield Snapshot(database, self, facts)
                database.execute("ROLLBACK")
            except SQLITE_ERRORS as error:
                raise library_error(error, self.folder) from error

    @contextmanager
    def _connection(self) -> Iterator[sqlite3.Connection]:
        """Lend a connection, which is closed if its use fails."""
        database = self._take() or self._open()
        try:
            yield database
        except BaseException:
            database.close()
            self._give_back()
            raise
        self._give_back(database)

    def _take(self, wait: float = 0) -> sqlite3.Connection | None:
        with self._lock:
            self._lock.wait_for(lambda: self._idle or not self._in_use, wait)
            if not self._idle:
                return None
            self._in_use += 1
            return self._idle.pop()

    def _open(self) -> sqlite3.Connection:
        try:
            database = open_to_read(self.folder)
        except LibraryError:  # the index was moved away: what is open still answers
            known = self._take(BUSY_SECONDS)
            if known is None:
                raise
            return known
        with self._lock:
            self._in_use += 1
        return database

    def _give_back(self, *databases: sqlite3.Connection) -> None:
        with self._lock:
            self._in_use -= 1
            self._idle.extend(databases)
            self._lock.notify_all()

    def close(self) -> None:
        """Close files and connections."""
        with self._lock:
            while self._idle:
                self._idle.pop().close()
            if self._vectors is not None:
                self._vectors.close()
                self._vectors = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    def vectors(self, index_id: str) -> VectorReader | None:
        """Return the reader of the vector store, which opens it at the first query; None if there is no model."""
        with self._lock:
            if self._vectors is None and self.model is not None:
                name = collection_name(index_id, self.model)
                self._vectors = VectorReader(self.folder, self.model, self.server, name, self.timeout)
            return self._vectors

    def cached(self, generation: int, make: Callable[[sqlite3.Connection], T], database: sqlite3.Connection) -> T:
        """Return what `make` reads from the database in this generation; only the newest result is cached."""
        name = make.__qualname__
        with self._lock:
            known = self._cache.get(name)
        if known and known[0] == generation:
            return cast("T", known[1])
        made = make(database)
        with self._lock:
            if name not in self._cache or self._cache[name][0] < generation:
                self._cache[name] = generation, made
        return made


@dataclass(frozen=True, slots=True)
class Snapshot(queries.LibraryReader):
    """One published generation, words and vectors: every call sees the same articles, whatever is indexed meanwhile."""

    opened: LibraryIndex
    facts: dict[str, str]

    @property
    def generation(self) -> int:
        """The number of this generation, from 0."""
        return int(self.facts["generation"])

    @property
    def digest(self) -> str:
        """Identifies what is searched: the same articles, passages and models give the same digest."""
        text = f"{self._cached(queries.articles_digest)}\0{self.facts.get('model', '')}"
        return hashlib.blake2b(text.encode(), digest_size=8).hexdigest()

    @property
    def lexicon(self) -> Lexicon:
        """The outlets and bylines that it knows."""
        return self._cached(queries.lexicon)

    def search_vectors(self, vector: Sequence[float], bounds: Bounds, limit: int) -> Ranked:
        """Rank passages by cosine similarity; passages that have no vector yet are not found.

        Chroma is searched if nothing is bounded and its store is complete and new enough; otherwise the vectors in the
        library are compared one by one, which is exact. Raises VectorsError if a Chroma server cannot be reached.
        """
        import numpy as np

        question = _unit(np.asarray([vector], dtype=np.float32))[0]
        if bounds == NO_BOUNDS and not self._is_exact_quicker():
            found = self._search_store(question, limit)
            if found is not None:
                return found
        return self._search_library(question, bounds, limit)

    def article_vectors(self, article_ids: Sequence[str]) -> dict[str, Floats]:
        """Return for each article the mean of its passages' vectors, scaled to a length of 1; none if it has none."""
        import numpy as np

        found = self.stored_vectors(article_ids)
        with decoding():
            rows = {one: np.stack([np.frombuffer(row, "<f4") for row in vectors]) for one, vectors in found.items()}
        return {one: _unit(_unit(vectors).mean(axis=0)) for one, vectors in rows.items()}

    def count_passages(self) -> int:
        """Return how many passages there are."""
        return self._cached(queries.count_passages)

    def languages(self) -> dict[str, int]:
        """Return the languages of the articles with the number of articles; unknown ones are left out."""
        return self._cached(queries.languages)

    def find_phrase(self, phrase: str, bounds: Bounds = NO_BOUNDS, limit: int = 20) -> list[Quote]:
        """Return where the words of a phrase occur in order, one quote per article, the first published first.

        Case, accents, punctuation and white space do not count; the words may run on over paragraphs. The phrase is
        data, never syntax; one without words is found nowhere.
        """
        return find_phrase(self, phrase, bounds, limit)

    def find_by_url(self, url: str) -> list[str]:
        """Return the ids of the articles at an address; scheme, "www.", fragment and trackers do not count."""
        return self._cached(ArticleLocator.load).find_by_url(url)

    def find_by_path(self, path: str) -> list[str]:
        """Return the ids of the articles at a stored path, else at those with which most of its end agrees."""
        return self._cached(ArticleLocator.load).find_by_path(path)

    def _cached(self, make: Callable[[sqlite3.Connection], T]) -> T:
        return self.opened.cached(self.generation, make, self.database)

    def _is_exact_quicker(self) -> bool:
        once = self.opened.once and not self.opened.server
        return once and queries.count_passages(self.database) <= EXACT_PASSAGES

    def _search_store(self, vector: Floats, limit: int) -> Ranked | None:
        """Search Chroma; None if its store cannot be used, or holds too many passages that left the library."""
        store = self.opened.vectors(self.facts["id"])
        more = limit + limit // 2 + 10  # some passages may have left the library
        found = store.nearest(vector, more, int(self.facts["vectored"])) if store else None
        if found is None:
            return None
        existing = self.existing_passages([passage for passage, _ in found])
        kept = [(passage, score) for passage, score in found if passage in existing]
        if len(kept) < limit and len(found) == more:
            return None
        return kept[:limit]

    def _search_library(self, vector: Floats, bounds: Bounds, limit: int) -> Ranked:
        import numpy as np

        matrix = self._cached(_load_matrix)
        if not len(matrix.ids) or matrix.vectors.shape[1] != len(vector):
            return []
        scores = matrix.vectors @ vector
        if bounds != NO_BOUNDS:
            within = np.asarray(self.articles_within(bounds), dtype=np.int64)
            scores[~np.isin(matrix.articles, within)] = -np.inf
        best = np.argsort(-scores, kind="stable")[:limit]
        return [(int(matrix.ids[row]), float(scores[row])) for row in best if scores[row] > -np.inf]


@dataclass(frozen=True, slots=True)
class _Matrix:
    """Unit vectors, shape (passages, width), with the ids of the passages and the rows of their articles."""

    ids: npt.NDArray[np.int64]
    articles: npt.NDArray[np.int64]
    vectors: Floats


def _load_matrix(database: sqlite3.Connection) -> _Matrix:
    import numpy as np

    ids, articles, vectors = queries.all_vectors(database)
    with decoding():
        rows = np.frombuffer(vectors, dtype="<f4").reshape(len(ids), -1) if ids else np.zeros((0, 0), np.float32)
    return _Matrix(np.asarray(ids, np.int64), np.asarray(articles, np.int64), _unit(rows))


def _unit(vectors: Floats) -> Floats:
    """Return the vectors, shape (n, width), with a length of 1."""
    import numpy as np

    lengths = np.linalg.norm(vectors, axis=-1, keepdims=True)
    return (vectors / np.where(lengths > 0, lengths, 1)).astype(np.float32)
