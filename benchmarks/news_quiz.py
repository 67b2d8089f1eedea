"""How often the accepted answer stands in one of the first passages found, over a folder with a set of questions.

    python benchmarks/news_quiz.py FOLDER [--cache DIR]

FOLDER holds `articles.jsonl.gz` (url, title, text, published, outlet) and `questions.jsonl` (id, asked, question,
answers). Passages are embedded once and kept in the cache, so that a second run takes minutes; scores of the reranker
are kept too. Printed: hit@k in percent, for all questions and for halves of them, and milliseconds a stage. A hit: an
accepted answer stands, as whole words in order, in the first 250 words of one of the first k passages (case,
punctuation and markup removed).
"""

from __future__ import annotations

import argparse
import gzip
import json
import pickle
import re
import statistics
import tempfile
import time
import unicodedata
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from memory_index import MemoryIndex
from newsqa import models
from newsqa.search.retrieve import rerank, retrieve
from newsqa.search.understand import understand
from newsqa.settings import Settings
from newsqa.types import NO_BOUNDS, Article

if TYPE_CHECKING:
    from collections.abc import Sequence

    from langchain_core.embeddings import Embeddings

    from newsqa.models.encoders import Reranker
    from newsqa.types import Hit

DEPTHS = (1, 5, 10, 20)
WORDS = 250


@dataclass(frozen=True, slots=True)
class Item:
    """A question with its accepted answers, normalised."""

    id: str
    question: str
    asked: date
    answers: tuple[str, ...]


@dataclass(slots=True)
class RememberingReranker:
    """Keeps scores by question and text, so that variants of a search can be compared quickly."""

    inner: Reranker
    file: Path
    scores: dict[tuple[str, str], float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.file.exists():
            self.scores = pickle.loads(self.file.read_bytes())

    def score(self, question: str, texts: Sequence[str]) -> list[float]:
        """Score what is not known yet."""
        new = [text for text in texts if (question, text) not in self.scores]
        self.scores |= {(question, text): s for text, s in zip(new, self.inner.score(question, new), strict=True)}
        return [self.scores[question, text] for text in texts]

    def save(self) -> None:
        """Write the scores down."""
        self.file.write_bytes(pickle.dumps(self.scores))


def normal(text: str) -> str:
    """Return a text in lower case without punctuation, a space at either end."""
    plain = re.sub(r"[’'`]", "", unicodedata.normalize("NFKC", text).casefold())
    return " " + " ".join(re.sub(r"[^\w\s]|_", " ", plain).split()) + " "


def read_articles(folder: Path) -> list[Article]:
    """Read the articles of a set."""
    with gzip.open(folder / "articles.jsonl.gz", "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    return [
        Article(
            id=str(number),
            text=row["text"],
            path=row["url"],
            title=row["title"],
            outlet=row["outlet"],
            published=date.fromisoformat(row["published"][:10]) if row["published"] else None,
            url=row["url"],
        )
        for number, row in enumerate(rows)
    ]


def read_questions(folder: Path) -> list[Item]:
    """Read the questions of a set."""
    rows = [json.loads(line) for line in (folder / "questions.jsonl").read_text("utf-8").splitlines()]
    return [
        Item(str(r["id"]), r["question"], date.fromisoformat(r["asked"]), tuple(map(normal, r["answers"])))
        for r in rows
    ]


def is_hit(item: Item, hit: Hit) -> bool:
    """Tell whether an accepted answer stands in a passage."""
    text = normal(" ".join(hit.passage.text.split()[:WORDS]))
    return any(answer in text for answer in item.answers)


def stages(
    item: Item, index: MemoryIndex, embedder: Embeddings, reranker: Reranker
) -> dict[str, tuple[list[Hit], float]]:
    """Return what each stage finds and the seconds it took."""
    began = time.perf_counter()
    query = understand(item.question, item.asked, index.lexicon, NO_BOUNDS)
    candidates = retrieve(query, index, embedder)
    found = time.perf_counter()
    evidence = rerank(query, candidates, reranker)
    return {"retrieve": (candidates, found - began), "rerank": (evidence, time.perf_counter() - found)}


def report(name: str, items: Sequence[Item], found: Sequence[tuple[list[Hit], float]]) -> None:
    """Print hit@k of a stage, for all questions and for every other one, and its time."""
    first = [
        next((n for n, hit in enumerate(hits) if is_hit(item, hit)), WORDS)
        for item, (hits, _) in zip(items, found, strict=True)
    ]
    for label, places in (("all", first), ("even", first[::2]), ("odd", first[1::2])):
        rates = "  ".join(f"@{k} {100 * sum(place < k for place in places) / len(places):5.1f}" for k in DEPTHS)
        print(f"{name:9} {label:5} {rates}")
    took = sorted(seconds for _, seconds in found)
    print(f"{name:9} p50 {1000 * statistics.median(took):.0f} ms, p95 {1000 * took[int(0.95 * len(took))]:.0f} ms")


def main() -> None:
    """Measure."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--cache", type=Path, default=Path(tempfile.gettempdir()) / "newsqa-news-quiz")
    given = parser.parse_args()
    given.cache.mkdir(parents=True, exist_ok=True)
    settings = Settings.load()
    embedder = models.create_embedder(settings)
    index = MemoryIndex(read_articles(given.folder), embedder, given.cache)
    reranker = RememberingReranker(models.create_reranker(settings), given.cache / "scores.pickle")
    items = read_questions(given.folder)
    found = [stages(item, index, embedder, reranker) for item in items]
    reranker.save()
    print(f"{len(index.articles):,} articles, {len(index.passages):,} passages, {len(items)} questions")
    for name in ("retrieve", "rerank"):
        report(name, items, [one[name] for one in found])


if __name__ == "__main__":
    main()
