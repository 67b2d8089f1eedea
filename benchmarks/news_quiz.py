"""How often an accepted answer is in one of the first passages found, over an index with a set of questions.

    python benchmarks/news_quiz.py INDEX QUESTIONS [--cache DIR] [--first N]

INDEX is a folder made by `newsqa index`, QUESTIONS a set with `answers`. Scores of the reranker are kept in the cache,
so that variants of a search can be compared quickly. Printed: hit@k in percent, for all questions and for halves of
them, and milliseconds a stage; those of reranking count only while the cache is empty. A hit: an accepted answer is, as
whole words in order, in the first 250 words of one of the first k passages (case, punctuation and markup removed).
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from newsqa import models
from newsqa.evals.datasets import read_set
from newsqa.evals.metrics.answers import contains
from newsqa.search.read import read_question
from newsqa.search.retrieve import rerank, retrieve
from newsqa.settings import Settings
from newsqa.store.snapshot import open_index
from newsqa.types import NO_BOUNDS
from remembering import Cache, RememberingReranker

if TYPE_CHECKING:
    from collections.abc import Sequence

    from langchain_core.embeddings import Embeddings

    from newsqa.evals.datasets.items import Item
    from newsqa.models.encoders import Reranker
    from newsqa.store.snapshot import Snapshot
    from newsqa.types import Hit

    Found = tuple[list[Hit], float]
    """Passages, best first, and the seconds that it took to find them."""

DEPTHS = (1, 5, 10, 20)
WORDS = 250


def stages(item: Item, index: Snapshot, embedder: Embeddings, reranker: Reranker) -> dict[str, Found]:
    """Return what each stage finds."""
    began = time.perf_counter()
    query = read_question(item.question, item.asked or date.today(), index, NO_BOUNDS)
    candidates = retrieve(query, index, embedder)
    found = time.perf_counter()
    evidence = rerank(query, candidates, reranker)
    return {"retrieve": (candidates, found - began), "rerank": (evidence, time.perf_counter() - found)}


def is_hit(item: Item, hit: Hit) -> bool:
    """Return True if an accepted answer is in a passage."""
    return contains(" ".join(hit.passage.text.split()[:WORDS]), item)


def report(name: str, items: Sequence[Item], found: Sequence[Found]) -> None:
    """Print hit@k of a stage, for all questions and for every other one, and its time."""
    first = [
        next((place for place, hit in enumerate(hits) if is_hit(item, hit)), max(DEPTHS))
        for item, (hits, _) in zip(items, found, strict=True)
    ]
    for label, places in (("all", first), ("even", first[::2]), ("odd", first[1::2])):
        rates = "  ".join(f"@{k} {100 * sum(place < k for place in places) / len(places):5.1f}" for k in DEPTHS)
        print(f"{name:9} {label:5} {rates}")
    took = sorted(seconds for _, seconds in found)
    print(f"{name:9} p50 {1000 * statistics.median(took):.0f} ms, p95 {1000 * took[int(0.95 * len(took))]:.0f} ms")


def main() -> None:
    """Measure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("index", type=Path)
    parser.add_argument("questions", type=Path)
    parser.add_argument("--cache", type=Path, default=Path(tempfile.gettempdir()) / "newsqa-benchmarks")
    parser.add_argument("--first", type=int, metavar="N", help="only the first N questions")
    given = parser.parse_args()
    settings = replace(Settings.load(), index=given.index)
    embedder = models.create_embedder(settings)
    reranker = RememberingReranker(models.create_reranker(settings), Cache(given.cache))
    items = read_set(given.questions)[: given.first]
    with open_index(settings, models.embedder_fingerprint(embedder)) as library, library.snapshot() as index:
        found = [stages(item, index, embedder, reranker) for item in items]
        articles, passages = index.coverage(NO_BOUNDS).articles, index.count_passages()
    print(f"{articles:,} articles, {passages:,} passages, {len(items)} questions")
    for name in ("retrieve", "rerank"):
        report(name, items, [one[name] for one in found])


if __name__ == "__main__":
    main()
