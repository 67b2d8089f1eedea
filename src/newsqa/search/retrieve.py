"""Retrieval of evidence: candidates from full text and vectors, reranking, and the sentences around what was found."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING, Protocol, TypeVar

from newsqa.search.dates import time_stages
from newsqa.search.read import coverage, exact_terms, term_weights
from newsqa.text.sentences import MAX_PASSAGE_WORDS, embedding_text, sentence_spans

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import date

    from langchain_core.embeddings import Embeddings

    from newsqa.models.encoders import Reranker
    from newsqa.store.records import Ranked
    from newsqa.store.snapshot import Snapshot
    from newsqa.types import Article, Bounds, Duplicate, Hit, Query

    Span = tuple[int, int]

DEPTH = 100  # passages that full text and vectors each give
CANDIDATES = 60  # passages that are passed on to the reranker's step
K = 60  # the constant of reciprocal rank fusion (Cormack, Clarke and Büttcher, SIGIR 2009)
NEARNESS_BOOST = 0.8
NAMED_SOURCE_BOOST = 0.5
"""Shares of its score that are added for an article published at the time asked about, and by a source named."""

COVERED = 0.6
"""The share of the weight of a question's terms that a passage within its time must hold, or any time is searched."""


def retrieve(query: Query, index: Snapshot, embedder: Embeddings) -> list[Hit]:
    """Return at most CANDIDATES passages, best first, scored by fused rank and boosted by time, outlet and byline.

    A time that the question names firmly bounds the search if a passage within it holds most of what is asked for.
    Raises VectorsError and LibraryError if the index cannot be read, ModelError if the embedder fails.
    """
    vector = embedder.embed_query(query.sought)
    *within, anywhere = time_stages(query)
    terms = term_weights(query, index) if within else {}
    weights = {term: weight for term, weight in terms.items() if index.count_holding([term], 1)}
    for bounds in within:
        hits = _search(query, vector, bounds, index)
        if hits and coverage(weights, hits) >= COVERED:
            return hits
    return _search(query, vector, anywhere, index)


def _search(query: Query, vector: Sequence[float], bounds: Bounds, index: Snapshot) -> list[Hit]:
    lists = [index.search_words(query.terms, bounds, DEPTH), index.search_vectors(vector, bounds, DEPTH)]
    if exact := exact_terms(query, index):
        lists.append(index.search_words(query.terms, bounds, DEPTH, required=exact))
    if query.cited:
        lists.append(index.search_articles(query.terms, query.cited))
    hits = index.load_hits(fuse(lists))
    nearness = time_nearness(query, [hit.article.published for hit in hits])
    boosted = [
        hit.scored(
            hit.score * (1 + NEARNESS_BOOST * near) * (1 + NAMED_SOURCE_BOOST * _is_from_named_source(query, hit))
        )
        for hit, near in zip(hits, nearness, strict=True)
    ]
    return sorted(boosted, key=lambda hit: -hit.score)[:CANDIDATES]


def fuse(lists: Sequence[Ranked]) -> Ranked:
    """Fuse ranked lists by reciprocal rank: an item's score is the sum of 1 / (K + rank) over the lists."""
    scores: defaultdict[int, float] = defaultdict(float)
    for ranked in lists:
        for rank, (passage, _) in enumerate(ranked, 1):
            scores[passage] += 1 / (K + rank)
    return sorted(scores.items(), key=lambda item: (-item[1], item[0]))


def _is_from_named_source(query: Query, hit: Hit) -> bool:
    outlets = {hit.article.outlet, *(duplicate.outlet for duplicate in hit.also_carried_by)}
    return bool(outlets & set(query.outlets)) or hit.article.byline in query.bylines


DECAY_DAYS = 30.0  # days after which nearness has fallen to 1/e


def time_nearness(query: Query, published: Sequence[date | None]) -> list[float]:
    """Return for each day of publication how near it is to the time of the question: 1 within it, then falling to 0.

    That time is what the question says, else the day on which it is asked. If it asks for the latest or the first,
    nearness is the rank among these days. An unknown day gets the mean of the known ones, so it gains or loses nothing.
    """
    days = sorted({day for day in published if day})
    if query.order and not (query.since or query.until):
        step = 1 / max(len(days) - 1, 1)
        ranks = {day: rank * step for rank, day in enumerate(days)}
        known = ranks if query.order == "latest" else {day: 1 - rank for day, rank in ranks.items()}
    else:
        known = {day: _day_nearness(query, day) for day in days}
    dated = [known[day] for day in published if day]
    mean = sum(dated) / len(dated) if dated else 0.0
    return [known[day] if day else mean for day in published]


def _day_nearness(query: Query, day: date) -> float:
    first = query.since or (None if query.until else query.asked)
    last = query.until or query.asked
    if first and day < first:
        distance = (first - day).days
    elif day > last:
        distance = (day - last).days
    else:
        distance = 0
    return math.exp(-distance / DECAY_DAYS)


PAIRS, MORE_PAIRS = 8, 16
"""Candidates that the reranker reads: more find no more, but for follow-ups and what is asked of the latest article."""

PER_ARTICLE, LAST_CITED = 3, 2
EVIDENCE = 20

NEARNESS_LOGITS = 3.0
FOUND_LOGITS = 2.0
CITED_LOGITS = 1.5
"""Added, in logits, for an article published at the time asked about, for the candidate that was found first (for the
others in proportion to their score), and for an article cited before in the conversation."""


def rerank(query: Query, candidates: Sequence[Hit], reranker: Reranker) -> list[Hit]:
    """Return at most EVIDENCE passages, best first.

    The first PAIRS candidates are scored by the reranker, by nearness in time and by their score as candidates; the
    others keep their order below them. Raises ModelError if the reranker fails.
    """
    chosen = limit_per_article(candidates, query.cited)
    pairs = MORE_PAIRS if query.order or query.cited else PAIRS
    read, rest = chosen[:pairs], chosen[pairs:]
    if not read:
        return []
    logits = reranker.score(query.text, [embedding_text(hit.article.title, hit.passage.text) for hit in read])
    read = [replace(hit, relevance=logit) for hit, logit in zip(read, logits, strict=True)]
    if not any(logits):
        return [*read, *rest][:EVIDENCE]  # there is no reranker, and retrieval has counted nearness in time already
    nearness = time_nearness(query, [hit.article.published for hit in read])
    top = max(hit.score for hit in read) or 1.0
    scored = [
        hit.scored(
            logit
            + NEARNESS_LOGITS * near
            + FOUND_LOGITS * hit.score / top
            + CITED_LOGITS * (hit.article.id in query.cited)
        )
        for hit, logit, near in zip(read, logits, nearness, strict=True)
    ]
    best = sorted(scored, key=lambda hit: -hit.score)
    lowest = best[-1].score
    return [*best, *(hit.scored(lowest - place) for place, hit in enumerate(rest, 1))][:EVIDENCE]


def limit_per_article(candidates: Iterable[Hit], cited: Sequence[str] = ()) -> list[Hit]:
    """Keep the first copy of each story, and of each article, but those cited before, PER_ARTICLE candidates."""
    kept: list[Hit] = []
    count: Counter[str] = Counter()
    for hit in unique_stories(candidates):
        count[hit.article.id] += 1
        if count[hit.article.id] <= PER_ARTICLE or hit.article.id in cited[:LAST_CITED]:
            kept.append(hit)
    return kept


class HasDuplicates(Protocol):
    """Something found in an article, with the articles that carry the same story."""

    @property
    def article(self) -> Article:
        """The article."""

    @property
    def also_carried_by(self) -> tuple[Duplicate, ...]:
        """The article's duplicates."""


Found = TypeVar("Found", bound=HasDuplicates)


def unique_stories(found: Iterable[Found]) -> Iterator[Found]:
    """Yield what was found, in its order, without what is in a duplicate of an article that came before."""
    duplicates: set[str] = set()
    for one in found:
        if one.article.id not in duplicates:
            duplicates.update(duplicate.article_id for duplicate in one.also_carried_by)
            yield one


def expand_context(hits: Sequence[Hit]) -> list[Hit]:
    """Return the hits, in their order, each passage extended on both sides by whole sentences of its article.

    A passage has at most MAX_WORDS words, and no sentence is in two passages.
    """
    texts = {hit.article.id: hit.article.text for hit in hits}
    taken = {article: [_span(hit) for hit in hits if hit.article.id == article] for article in texts}
    return [_expanded(hit, taken[hit.article.id]) for hit in hits]


def _span(hit: Hit) -> Span:
    return hit.passage.start, hit.passage.end


def _expanded(hit: Hit, taken: list[Span]) -> Hit:
    text, (start, end) = hit.article.text, _span(hit)
    sentences = sentence_spans(text)
    taken.remove((start, end))
    left = MAX_PASSAGE_WORDS - len(hit.passage.text.split())
    sides = [[s for s in sentences if s[0] >= end], [s for s in reversed(sentences) if s[1] <= start]]
    while any(sides):
        for side in filter(None, sides):
            words = len(text[slice(*side[0])].split())
            if words > left or any(side[0][0] < other[1] and side[0][1] > other[0] for other in taken):
                side.clear()
            else:
                left -= words
                nearest = side.pop(0)
                start, end = min(start, nearest[0]), max(end, nearest[1])
    taken.append((start, end))
    return replace(hit, passage=replace(hit.passage, start=start, end=end, text=text[start:end]))
