"""An index in memory over a set of articles, so that searching can be measured without a library on disk."""

from __future__ import annotations

import hashlib
import json
import pickle
import sqlite3
from typing import TYPE_CHECKING

import numpy as np

from newsqa.store.records import Coverage, Lexicon
from newsqa.text.passages import embedding_text, passage_spans
from newsqa.types import Hit, Passage

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from langchain_core.embeddings import Embeddings

    from newsqa.store.records import Ranked
    from newsqa.types import Article, Bounds

CHUNK = 1024


class MemoryIndex:
    """Passages, BM25 (SQLite FTS5) and vectors (NumPy); it knows no bounds and no copies."""

    def __init__(self, articles: Sequence[Article], embedder: Embeddings, cache: Path) -> None:
        self.articles = {article.id: article for article in articles}
        self.passages = [
            Passage(number, article.id, start, end, article.text[start:end])
            for number, (article, (start, end)) in enumerate(
                (article, span) for article in articles for span in passage_spans(article.text)
            )
        ]
        self.texts = [embedding_text(self.articles[p.article_id].title, p.text) for p in self.passages]
        self.digest = hashlib.sha256(json.dumps(self.texts).encode()).hexdigest()[:16]
        self.lexicon = Lexicon(tuple(sorted({article.outlet for article in articles if article.outlet})))
        self.words = self._full_text()
        self.vectors = self._vectors(embedder, cache / "vectors.pickle")

    def _full_text(self) -> sqlite3.Connection:
        words = sqlite3.connect(":memory:")
        words.execute("CREATE VIRTUAL TABLE f USING fts5(title, text, tokenize='porter unicode61 remove_diacritics 2')")
        rows = ((p.id, self.articles[p.article_id].title or "", p.text) for p in self.passages)
        words.executemany("INSERT INTO f (rowid, title, text) VALUES (?, ?, ?)", rows)
        return words

    def _vectors(self, embedder: Embeddings, cache: Path) -> np.ndarray:
        """Embed what the cache does not know, short texts first; stopped in between, go on where it was."""
        known: dict[str, np.ndarray] = pickle.loads(cache.read_bytes()) if cache.exists() else {}
        keys = {text: hashlib.sha256(text.encode()).hexdigest() for text in self.texts}
        new = sorted({text for text in self.texts if keys[text] not in known}, key=len)
        for start in range(0, len(new), CHUNK):
            chunk = new[start : start + CHUNK]
            for text, vector in zip(chunk, embedder.embed_documents(chunk), strict=True):
                known[keys[text]] = np.array(vector, dtype=np.float32)
            cache.write_bytes(pickle.dumps(known))
            print(f"embedded {start + len(chunk):,} of {len(new):,} new passages", flush=True)
        return np.stack([known[keys[text]] for text in self.texts])

    def coverage(self, bounds: Bounds) -> Coverage:  # noqa: ARG002
        """Return how many articles there are."""
        return Coverage(articles=len(self.articles))

    def search_words(self, terms: Sequence[str], bounds: Bounds, limit: int) -> Ranked:  # noqa: ARG002
        """Rank by BM25; any term may match."""
        match = " OR ".join('"' + term.replace('"', '""') + '"' for term in terms)
        if not match:
            return []
        rows = self.words.execute("SELECT rowid, -rank FROM f WHERE f MATCH ? ORDER BY rank LIMIT ?", (match, limit))
        return [(int(number), float(score)) for number, score in rows]

    def search_vectors(self, vector: Sequence[float], bounds: Bounds, limit: int) -> Ranked:  # noqa: ARG002
        """Rank by cosine similarity."""
        scores = self.vectors @ np.asarray(vector, dtype=np.float32)
        best = np.argsort(-scores)[:limit]
        return [(int(place), float(scores[place])) for place in best]

    def load_hits(self, ranked: Ranked) -> list[Hit]:
        """Load passages with their articles."""
        passages = ((self.passages[number], score) for number, score in ranked)
        return [Hit(passage, self.articles[passage.article_id], score) for passage, score in passages]

    def article(self, article_id: str) -> Article | None:
        """Return one article, or None."""
        return self.articles.get(article_id)
