"""Candidates for evidence: full text and vectors, fused by rank, with soft weights for time, outlet and byline."""

from __future__ import annotations

import math
from collections import defaultdict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from langchain_core.embeddings import Embeddings

    from newsqa.store.records import Ranked
    from newsqa.store.snapshot import Snapshot
    from newsqa.types import Hit, Query


# How near an article was published to the time that a question speaks of.

DAYS_TO_FADE = 30.0
"""Days after which nearness has fallen to 1/e."""


def nearness(query: Query, published: Sequence[date | None]) -> list[float]:
    """Return, for each day of publication, how near it is to the time of the question: 1 within it, then falling to 0.

    The time of the question is what its words say, else the day on which it is asked. Where it asks for the latest or
    the first, it is the newest or the oldest of these days, and the others count by their place between. A day unknown
    is as near as the known ones are on average, so that it neither gains nor loses. Where nothing is near all are
    alike.
    """
    days = sorted({day for day in published if day})
    if query.order and not (query.since or query.until):
        step = 1 / max(len(days) - 1, 1)
        places = {day: place * step for place, day in enumerate(days)}
        known = places if query.order == "latest" else {day: 1 - place for day, place in places.items()}
    else:
        known = {day: _near(query, day) for day in days}
    dated = [known[day] for day in published if day]
    middle = sum(dated) / len(dated) if dated else 0.0
    return [known[day] if day else middle for day in published]


def _near(query: Query, day: date) -> float:
    first = query.since or (None if query.until else query.asked)
    last = query.until or query.asked
    if first and day < first:
        away = (first - day).days
    elif day > last:
        away = (day - last).days
    else:
        away = 0
    return math.exp(-away / DAYS_TO_FADE)


DEPTH = 100
"""Passages that each way of searching gives."""

CANDIDATES = 60
"""Passages that go on."""

K = 60
"""The constant of reciprocal rank fusion (Cormack, Clarke and Büttcher, SIGIR 2009)."""

NEAR = 0.8
NAMED_SOURCE = 0.5
"""Parts that are added for an article published at the time asked about, and by an outlet or author named."""


def retrieve(query: Query, index: Snapshot, embedder: Embeddings) -> list[Hit]:
    """Return at most CANDIDATES passages, best first, scored by their fused rank and soft weights.

    Raises VectorsError and LibraryError where the index cannot be read, ModelError where the embedder fails.
    """
    lists = [
        index.search_words(query.terms, query.bounds, DEPTH),
        index.search_vectors(embedder.embed_query(query.sought), query.bounds, DEPTH),
    ]
    hits = index.load_hits(fuse(lists))
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
