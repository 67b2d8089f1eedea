"""Candidates for evidence: full text and vectors, fused by rank, with soft weights for time, outlet and byline."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from newsqa.question.nearness import nearness

if TYPE_CHECKING:
    from collections.abc import Sequence

    from langchain_core.embeddings import Embeddings

    from newsqa.records import Hit, Query
    from newsqa.seams import Index, Ranked

DEPTH = 100
"""Passages that each way of searching gives."""

CANDIDATES = 60
"""Passages that go on."""

K = 60
"""The constant of reciprocal rank fusion (Cormack, Clarke and Büttcher, SIGIR 2009)."""

NEAR = 0.8
NAMED_SOURCE = 0.5
"""Parts that are added for an article published at the time asked about, and by an outlet or author named."""


def retrieve(query: Query, index: Index, embedder: Embeddings) -> list[Hit]:
    """Return at most CANDIDATES passages, best first, scored by their fused rank and soft weights.

    Raises VectorsError and LibraryError where the index cannot be read, ModelError where the embedder fails.
    """
    lists = [
        index.by_words(query.terms, query.bounds, DEPTH),
        index.by_vector(embedder.embed_query(query.sought), query.bounds, DEPTH),
    ]
    hits = index.hits(fuse(lists))
    near = nearness(query, [hit.article.published for hit in hits])
    weighed = [
        hit.scored(hit.score * (1 + NEAR * nearly) * (1 + NAMED_SOURCE * _from_named_source(query, hit)))
        for hit, nearly in zip(hits, near, strict=True)
    ]
    return sorted(weighed, key=lambda hit: -hit.score)[:CANDIDATES]


def fuse(lists: Sequence[Ranked]) -> Ranked:
    """Fuse ranked lists by reciprocal rank: an item's score is the sum of 1 / (K + rank) over the lists."""
    scores: defaultdict[int, float] = defaultdict(float)
    for ranked in lists:
        for rank, (passage, _) in enumerate(ranked, 1):
            scores[passage] += 1 / (K + rank)
    return sorted(scores.items(), key=lambda item: (-item[1], item[0]))


def _from_named_source(query: Query, hit: Hit) -> bool:
    carriers = {hit.article.outlet, *(carrier.outlet for carrier in hit.also_carried_by)}
    return bool(carriers & set(query.outlets)) or hit.article.byline in query.bylines
