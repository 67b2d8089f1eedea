"""Models that keep what they computed on disk, so that a benchmark can be run again quickly with other constants."""

from __future__ import annotations

import hashlib
import pickle
import sqlite3
from typing import TYPE_CHECKING

from newsqa import models

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path
    from typing import Any

    from newsqa.models.encoders import Reranker


class Cache:
    """Values by model and text in one SQLite file of a folder, which is made if it is missing.

    Values of a model whose file has changed are never returned. The file is written by one process at a time.
    """

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.database = sqlite3.connect(folder / "models.db", isolation_level=None)
        self.database.execute("PRAGMA synchronous = OFF")
        self.database.execute("CREATE TABLE IF NOT EXISTS computed (key BLOB PRIMARY KEY, value BLOB) WITHOUT ROWID")

    def values(self, model: str, texts: Sequence[str], compute: Callable[[list[str]], Sequence[Any]]) -> list[Any]:
        """Return the value of each text, in their order; `compute` is called once, with those that are not known."""
        keys = {text: hashlib.sha256(f"{model}\0{text}".encode()).digest() for text in texts}
        known = {text: value for text, key in keys.items() if (value := self._get(key)) is not None}
        new = [text for text in keys if text not in known]
        computed = dict(zip(new, compute(new) if new else (), strict=True))
        rows = [(keys[text], pickle.dumps(value)) for text, value in computed.items()]
        self.database.executemany("INSERT OR REPLACE INTO computed VALUES (?, ?)", rows)
        return [computed[text] if text in computed else known[text] for text in texts]

    def _get(self, key: bytes) -> Any:
        row = self.database.execute("SELECT value FROM computed WHERE key = ?", (key,)).fetchone()
        return pickle.loads(row[0]) if row else None


class RememberingReranker:
    """A reranker that scores each pair of question and text once."""

    def __init__(self, inner: Reranker, cache: Cache) -> None:
        self.inner, self.cache, self.name = inner, cache, models.reranker_fingerprint(inner)

    def score(self, question: str, texts: Sequence[str]) -> list[float]:
        """Return one score per text, in their order."""
        return self.cache.values(f"{self.name}\0{question}", texts, lambda new: self.inner.score(question, new))
