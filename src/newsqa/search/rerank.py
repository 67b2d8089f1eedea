"""Evidence: the best candidates read together with the question, a few passages an article, copies of a story once."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, Protocol, TypeVar

from newsqa.search.retrieve import nearness
from newsqa.text.passages import MAX_WORDS, embedding_text
from newsqa.text.sentences import sentence_spans

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from newsqa.models.encoders import Reranker
    from newsqa.types import Article, Duplicate, Hit, Query

    Span = tuple[int, int]


PAIRS = 14
"""Candidates that the reranker reads: two cores read them in a third of a second, and more find no more."""

PER_ARTICLE = 3
EVIDENCE = 20

NEAR = 3.0
FOUND = 2.0
"""Added, in logits, for an article published at the time asked about, and for the candidate that was found first (for
the others in proportion to their score)."""


def rerank(query: Query, candidates: Sequence[Hit], reranker: Reranker) -> list[Hit]:
    """Return at most EVIDENCE passages, best first.

    The first PAIRS candidates are scored by the reranker, by nearness in time and by how well they were found; the
    others keep their order below them. Raises ModelError where the reranker fails.
    """
    chosen = spread(candidates)
    read, rest = chosen[:PAIRS], chosen[PAIRS:]
    if not read:
        return []
    logits = reranker.score(query.text, [embedding_text(hit.article.title, hit.passage.text) for hit in read])
    if not any(logits):
        return chosen[:EVIDENCE]  # there is no reranker; retrieval has weighed nearness in time already
    best = _scored(query, read, logits)
    return [*best, *_below(best[-1].score, rest)][:EVIDENCE]


def spread(candidates: Sequence[Hit]) -> list[Hit]:
    """Keep the candidates, in their order, that are the first copy of their story and among few of their article."""
    return list(_few_an_article(unique_stories(candidates)))


class HasDuplicates(Protocol):
    """Something found in an article, with the other articles that carry the same story."""

    @property
    def article(self) -> Article:
        """The article that it was found in."""

    @property
    def also_carried_by(self) -> tuple[Duplicate, ...]:
        """The other articles that carry the same story."""


Found = TypeVar("Found", bound=HasDuplicates)


def unique_stories(found: Iterable[Found]) -> Iterator[Found]:
    """Yield what was found, without other copies of a story than the one that comes first."""
    copies: set[str] = set()
    for one in found:
        if one.article.id not in copies:
            copies.update(duplicate.article_id for duplicate in one.also_carried_by)
            yield one


def _scored(query: Query, read: Sequence[Hit], logits: Sequence[float]) -> list[Hit]:
    near = nearness(query, [hit.article.published for hit in read])
    top = max(hit.score for hit in read) or 1.0
    scored = (
        hit.scored(logit + NEAR * nearly + FOUND * hit.score / top)
        for hit, logit, nearly in zip(read, logits, near, strict=True)
    )
    return sorted(scored, key=lambda hit: -hit.score)


def _few_an_article(hits: Iterable[Hit]) -> Iterator[Hit]:
    seen: Counter[str] = Counter()
    for hit in hits:
        seen[hit.article.id] += 1
        if seen[hit.article.id] <= PER_ARTICLE:
            yield hit


def _below(score: float, rest: Sequence[Hit]) -> list[Hit]:
    """Score what was not read below what was, in its order."""
    return [hit.scored(score - place) for place, hit in enumerate(rest, 1)]


# What is shown of a passage that was found: the sentences around it too, as many as a passage may have.


def expand_context(hits: Sequence[Hit]) -> list[Hit]:
    """Return the hits, in their order, with each passage widened on both sides by whole sentences of its article.

    A passage keeps within the words that one may have, and never reaches into another of the hits: no sentence is
    shown twice.
    """
    taken: dict[str, list[Span]] = {}
    for hit in hits:
        taken.setdefault(hit.article.id, []).append(_span(hit))
    return [_widened(hit, sentence_spans(hit.article.text), taken[hit.article.id]) for hit in hits]


def _span(hit: Hit) -> Span:
    return hit.passage.start, hit.passage.end


def _widened(hit: Hit, sentences: Sequence[Span], taken: list[Span]) -> Hit:
    text, (start, end) = hit.article.text, _span(hit)
    taken.remove((start, end))
    left = MAX_WORDS - len(hit.passage.text.split())
    sides = [[s for s in sentences if s[0] >= end], [s for s in reversed(sentences) if s[1] <= start]]
    while any(sides):
        for side in filter(None, sides):
            words = len(text[slice(*side[0])].split())
            if words > left or _overlaps(side[0], taken):
                side.clear()
            else:
                left -= words
                nearest = side.pop(0)
                start, end = min(start, nearest[0]), max(end, nearest[1])
    taken.append((start, end))
    return replace(hit, passage=replace(hit.passage, start=start, end=end, text=text[start:end]))


def _overlaps(sentence: Span, taken: Sequence[Span]) -> bool:
    return any(sentence[0] < end and sentence[1] > start for start, end in taken)
