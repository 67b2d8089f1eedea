"""The index as a question sees it: words and vectors of one published generation, read together."""

from __future__ import annotations

import hashlib
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Self

from newsqa.errors import LibraryError
from newsqa.store import queries
from newsqa.store.database import open_to_read, translated
from newsqa.store.phrase_search import find_phrase
from newsqa.store.queries import article_locator
from newsqa.store.vector_mark import collection_name
from newsqa.store.vectors import VectorReader
from newsqa.types import NO_BOUNDS

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    import numpy as np
    import numpy.typing as npt

    from newsqa.settings import Settings
    from newsqa.store.queries import ArticleLocator
    from newsqa.store.rows import ArticleListing, SourceSummary
    from newsqa.types import Article, Bounds, Coverage, Duplicate, Hit, Lexicon, Quote, Ranked

    Floats = npt.NDArray[np.float32]


ONCE_EXACT = 50_000
"""For a single question over no more passages than these, comparing them all is quicker than opening Chroma."""

REBUILD = "newsqa index --rebuild"


@dataclass(frozen=True, slots=True)
class _Matrix:
    """Unit vectors, shape (passages, width), with the ids of the passages and the rows of their articles."""

    ids: npt.NDArray[np.int64]
    articles: npt.NDArray[np.int64]
    vectors: Floats


def open_index(settings: Settings, model: str | None = None, *, once: bool = False) -> LibraryIndex:
    """Open the index that the settings name, for reading; several processes may, also while one indexes.

    `model` is the fingerprint of the embedder that makes the vectors of questions; None where nothing is searched by
    vector. `once` tells that one question is asked and no more. Raises LibraryError where there is no index, or it is
    damaged or made with another embedder.
    """
    index = LibraryIndex(settings.index, model, settings.chroma, settings.timeout, once)
    with index.snapshot():
        return index


def refuse_other_model(stored: str | None, model: str, folder: Path) -> None:
    """Raise LibraryError where the vectors of an index were made by another embedder than `model`."""
    if stored is not None and stored != model:
        raise LibraryError(
            f"The vectors of the index in {folder} were made by {_brief(stored)}; the settings name {_brief(model)}.",
            hint=f"Make them again with “{REBUILD}”, or set NEWSQA_EMBEDDER back.",
        )


def _brief(model: str) -> str:
    return model if len(model) <= 60 else f"{model[:60]}…"


@dataclass(slots=True)
class LibraryIndex:
    """An index that is open for reading. Safe between threads; `snapshot` gives the newest published generation."""

    folder: Path
    model: str | None
    server: str = ""
    timeout: float = 60.0
    once: bool = False
    _idle: list[sqlite3.Connection] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _kept: dict[str, tuple[int, object]] = field(default_factory=dict)
    _vectors: VectorReader | None = None

    @contextmanager
    def snapshot(self) -> Iterator[Snapshot]:
        """Hold the newest published generation still for as long as the context lasts. Raises LibraryError."""
        with self._lock:
            database = self._idle.pop() if self._idle else None
        database = database or open_to_read(self.folder)
        with translated(self.folder):
            try:
                database.execute("BEGIN")
                facts = queries.meta(database)
                if self.model is not None:
                    refuse_other_model(facts.get("model"), self.model, self.folder)
                yield Snapshot(self, database, facts)
                database.execute("ROLLBACK")
            except BaseException:
                database.close()
                raise
        with self._lock:
            self._idle.append(database)

    def close(self) -> None:
        """Let go of files and connections."""
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

    def vectors(self, index_id: str, model: str) -> VectorReader:
        """Return the reader of the vector store, which is opened when it is first asked."""
        with self._lock:
            if self._vectors is None:
                name = collection_name(index_id, model)
                self._vectors = VectorReader(self.folder, model, self.server, name, self.timeout)
            return self._vectors

    def keep(self, name: str, generation: int, make: Callable[[], object]) -> object:
        """Return what `make` made for this generation; only the newest of each name is kept."""
        with self._lock:
            kept = self._kept.get(name)
        if kept and kept[0] == generation:
            return kept[1]
        made = make()
        with self._lock:
            if name not in self._kept or self._kept[name][0] < generation:
                self._kept[name] = generation, made
        return made


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One published generation (`seams.Index`): every call sees the same articles, whatever is indexed meanwhile."""

    opened: LibraryIndex
    database: sqlite3.Connection
    facts: dict[str, str]

    @property
    def generation(self) -> int:
        """Counts what was published into this index so far."""
        return int(self.facts["generation"])

    @property
    def digest(self) -> str:
        """Identifies what is searched: the same articles, passages and models give the same digest."""

        def make() -> str:
            text = f"{queries.articles_digest(self.database)}\0{self.facts.get('model', '')}"
            return hashlib.blake2b(text.encode(), digest_size=8).hexdigest()

        return str(self.opened.keep("digest", self.generation, make))

    @property
    def lexicon(self) -> Lexicon:
        """The outlets and bylines it knows."""
        return self.opened.keep("lexicon", self.generation, lambda: queries.lexicon(self.database))  # type: ignore[return-value]

    def coverage(self, bounds: Bounds) -> Coverage:
        """Return what the articles within the bounds span."""
        return queries.coverage(self.database, bounds)

    def by_words(self, terms: Sequence[str], bounds: Bounds, limit: int) -> Ranked:
        """Rank passages by BM25 over title and text; any of the terms may match. Terms are data, never syntax."""
        return queries.by_words(self.database, terms, bounds, limit)

    def by_vector(self, vector: Sequence[float], bounds: Bounds, limit: int) -> Ranked:
        """Rank passages by cosine similarity; passages that have no vector yet are not found.

        Chroma finds them where nothing is bounded and its store is whole and new enough; else the vectors in the
        library are compared one by one, which is exact. Raises VectorsError where a Chroma server cannot be reached.
        """
        import numpy as np

        asked = _unit(np.asarray([vector], dtype=np.float32))[0]
        if bounds == NO_BOUNDS and not self._quicker_exact() and (found := self._from_store(asked, limit)) is not None:
            return found
        return self._from_library(asked, bounds, limit)

    def hits(self, ranked: Ranked) -> list[Hit]:
        """Load passages with their whole articles and copies, in the order given."""
        return queries.hits(self.database, ranked)

    def holding(self, phrase: str, bounds: Bounds = NO_BOUNDS, limit: int = 20) -> list[Quote]:
        """Find where the words of a phrase stand in their order, one place an article, first published first."""
        return find_phrase(self.database, phrase, bounds, limit)

    def article(self, article_id: str) -> Article | None:
        """Return one article, or None."""
        return queries.article(self.database, article_id)

    def carriers(self, article_id: str) -> tuple[Duplicate, ...]:
        """Return the other articles that carry the same story."""
        return queries.carriers(self.database, article_id)

    def at_url(self, url: str) -> list[str]:
        """Return the ids of the articles at an address, however it is written."""
        return self._places().at_url(url)

    def at_path(self, path: str) -> list[str]:
        """Return the ids of the articles at a path, however much of it is written."""
        return self._places().at_path(path)

    def newest(self, limit: int) -> list[Article]:
        """Return the newest articles that have a title and a date, the newest first."""
        return queries.newest(self.database, limit)

    def listing(self) -> list[ArticleListing]:
        """Return every article without its words, by their ids."""
        return queries.listing(self.database)

    def sources(self) -> list[SourceSummary]:
        """Return what was indexed, a summary a source."""
        return queries.sources(self.database)

    def _places(self) -> ArticleLocator:
        return self.opened.keep("places", self.generation, lambda: article_locator(self.database))  # type: ignore[return-value]

    def _quicker_exact(self) -> bool:
        return self.opened.once and not self.opened.server and queries.count_passages(self.database) <= ONCE_EXACT

    def _from_store(self, vector: Floats, limit: int) -> Ranked | None:
        if self.opened.model is None:
            return None
        store = self.opened.vectors(self.facts["id"], self.opened.model)
        asked = limit + limit // 2 + 10  # some may have left the library
        found = store.nearest(vector, asked, int(self.facts["vectored"]))
        if found is None:
            return None
        known = queries.known(self.database, [passage for passage, _ in found])
        kept = [(passage, score) for passage, score in found if passage in known]
        if len(kept) < limit and len(found) == asked:
            return None  # so many are stale that others may have been missed
        return kept[:limit]

    def _from_library(self, vector: Floats, bounds: Bounds, limit: int) -> Ranked:
        import numpy as np

        matrix = self._matrix()
        if not len(matrix.ids) or matrix.vectors.shape[1] != len(vector):
            return []
        scores = matrix.vectors @ vector
        if bounds != NO_BOUNDS:
            within = np.asarray(queries.articles_within(self.database, bounds), dtype=np.int64)
            scores[~np.isin(matrix.articles, within)] = -np.inf
        best = np.argsort(-scores, kind="stable")[:limit]
        return [(int(matrix.ids[row]), float(scores[row])) for row in best if scores[row] > -np.inf]

    def _matrix(self) -> _Matrix:
        import numpy as np

        def make() -> _Matrix:
            ids, articles, vectors = queries.all_vectors(self.database)
            rows = np.frombuffer(vectors, dtype="<f4").reshape(len(ids), -1) if ids else np.zeros((0, 0), np.float32)
            return _Matrix(np.asarray(ids, np.int64), np.asarray(articles, np.int64), _unit(rows))

        return self.opened.keep("matrix", self.generation, make)  # type: ignore[return-value]


def _unit(vectors: Floats) -> Floats:
    """Return the vectors, shape (n, width), with a length of 1."""
    import numpy as np

    lengths = np.linalg.norm(vectors, axis=-1, keepdims=True)
    return (vectors / np.where(lengths > 0, lengths, 1)).astype(np.float32)
