"""The extractive answer: sentences of the articles, word for word, or none if they do not answer the question."""

from __future__ import annotations

from dataclasses import dataclass, replace
from operator import attrgetter
from typing import TYPE_CHECKING

import numpy as np

from newsqa.answer.candidates import find_candidates
from newsqa.answer.expected import answer_marks, possible_answers
from newsqa.answer.relevance import estimate_relevance
from newsqa.text.numbers import numbers
from newsqa.text.words import content_stems, words
from newsqa.types import EXTRACTIVE, DraftSentence, DraftSummary, Quote

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from decimal import Decimal

    import numpy.typing as npt

    from newsqa.answer.candidates import Candidate
    from newsqa.models.encoders import Reranker, TokenEncoder, TokenVectors
    from newsqa.types import Hit, Query

    Floats = npt.NDArray[np.float32]


PASSAGES = 6
"""Passages that are read sentence by sentence; a sixth finds a quarter of a point more and takes 30 ms."""

MIN_CONFIDENCE = 0.21
"""Below this chance of being right the answer is a refusal. Nearly two in five quiz questions are refused so, with few
right answers lost; of direct questions few that can be answered (benchmarks/calibrate_refusal.py)."""


@dataclass(frozen=True, slots=True)
class ExtractiveAnswerer:
    """Answers with one to three quotes, at most 90 words. The same question and evidence give the same answer."""

    reranker: Reranker
    encoder: TokenEncoder

    def __call__(
        self,
        query: Query,
        evidence: Sequence[Hit],
        deadline: float,  # noqa: ARG002  it is quick
    ) -> Iterator[DraftSentence | DraftSummary]:
        """Yield the quotes as sentences, then the summary, from evidence that is best first.

        No sentence is a refusal. `confidence` is the chance that the quotes hold the answer. Raises ModelError if a
        model fails.
        """
        ranked = self.rank(query, evidence)
        confidence = estimate_relevance(query, evidence) if ranked else 0.0
        if confidence >= MIN_CONFIDENCE:
            for quote in select_quotes([signals.candidate for signals in keep_near_best(ranked)]):
                text = " ".join(quote.text.split())
                yield DraftSentence(text, (quote,), marks=answer_marks(query.kind, query.text, text))
        yield DraftSummary(confidence, EXTRACTIVE)

    def rank(self, query: Query, evidence: Sequence[Hit]) -> list[Signals]:
        """Return the sentences of the best passages with their signals, best first. Raises ModelError."""
        candidates = find_candidates(evidence[:PASSAGES])
        return rank_candidates(query, candidates, self.reranker, self.encoder) if candidates else []


# Ranking: what says that a sentence is the answer.

RERANKED = 12
"""Sentences that the cross-encoder reads, chosen by the other signals: 75 ms on two cores; more find no more."""

FIRST = 3
"""Sentences among which the best one by the cross-encoder is looked for: as many as an answer has quotes."""

MAX_GAP, NARROWING = 9.0, 0.7
"""Logits that a sentence may be below the best one, and how much less for each logit of the best one above 0.

On the news quiz this loses 0.5 points of right answers; answers to direct questions shrink from 75 words to 30.
"""

LEAD_CHARACTERS = 400
"""Characters at the beginning of an article, where news says what matters."""

SIMILARITY_WEIGHT, PASSAGE_WEIGHT, KIND_WEIGHT, LEAD_WEIGHT, CROSS_ENCODER_WEIGHT = 15.0, 0.33, 2.3, 0.93, 0.06
"""Fitted to which sentences hold the answer (370 quiz questions) as benchmarks/calibrate_refusal.py does; the
cross-encoder, for all its weight in refusing, adds little here."""


@dataclass(frozen=True, slots=True)
class Signals:
    """What says that a candidate is the answer.

    `similarity` is the weighted mean of the best cosines of the question's tokens inside the sentence; `passage` the
    score of its passage less that of the best one; `fits_kind` is True if it has what may be the kind of answer asked
    for, `in_lead` if it is at the beginning of its article; `cross_encoder` is the logit for question and sentence.
    """

    candidate: Candidate
    similarity: float
    passage: float
    fits_kind: bool
    in_lead: bool
    cross_encoder: float = 0.0

    @property
    def first_score(self) -> float:
        """The score without the cross-encoder."""
        return (
            SIMILARITY_WEIGHT * self.similarity
            + PASSAGE_WEIGHT * self.passage
            + KIND_WEIGHT * self.fits_kind
            + LEAD_WEIGHT * self.in_lead
        )

    @property
    def score(self) -> float:
        """The score by which the candidates of one question are ranked."""
        return self.first_score + CROSS_ENCODER_WEIGHT * self.cross_encoder


def rank_candidates(
    query: Query, candidates: Sequence[Candidate], reranker: Reranker, encoder: TokenEncoder
) -> list[Signals]:
    """Return the signals of the RERANKED candidates with the best first scores, best score first."""
    found = sorted(first_signals(query, candidates, encoder), key=attrgetter("first_score"), reverse=True)[:RERANKED]
    logits = reranker.score(query.text, [_with_title(signals.candidate) for signals in found])
    reranked = (replace(signals, cross_encoder=logit) for signals, logit in zip(found, logits, strict=True))
    return sorted(reranked, key=attrgetter("score"), reverse=True)


def first_signals(query: Query, candidates: Sequence[Candidate], encoder: TokenEncoder) -> list[Signals]:
    """Return the signals without the cross-encoder's, in the order of the candidates, which must not be empty."""
    best = max(candidate.hit.score for candidate in candidates)
    return [
        Signals(
            candidate,
            similarity=float(similarity),
            passage=candidate.hit.score - best,
            fits_kind=bool(possible_answers(query.kind, query.text, candidate.text)),
            in_lead=candidate.start < LEAD_CHARACTERS,
        )
        for candidate, similarity in zip(candidates, _similarities(query, candidates, encoder), strict=True)
    ]


def keep_near_best(ranked: Sequence[Signals]) -> list[Signals]:
    """Leave out candidates that are far below the best one by the cross-encoder: the better that is, the more.

    `ranked` is best first, and so is what is returned, which need not hold the first one.
    """
    best = max((signals.cross_encoder for signals in ranked[:FIRST]), default=0.0)
    lowest = best - MAX_GAP + NARROWING * max(best, 0.0)
    return [signals for signals in ranked if signals.cross_encoder >= lowest]


def _with_title(candidate: Candidate) -> str:
    title = candidate.hit.article.title
    return f"{title}\n{candidate.text}" if title else candidate.text


# Late interaction: how well each token of a question is matched inside a sentence that was encoded in its passage.
# The sum of best matches is ColBERT's (Khattab and Zaharia, arXiv:2004.12832); since the vectors come from the whole
# passage, a "he" has something of the name before it.

FUNCTION_WORD_WEIGHT, CONTEXT_WEIGHT = 0.2, 0.3
"""The weights of a function word, and of a word that only says what the conversation is about, beside 1."""


def _similarities(query: Query, candidates: Sequence[Candidate], encoder: TokenEncoder) -> Floats:
    """Return the similarity of each candidate to the question, shape (candidates,)."""
    encoded = encoder.question(query.text)
    weights = _token_weights(query, encoded.spans)
    passages = {candidate.rank: candidate.hit.passage.text for candidate in candidates}
    similarities = np.zeros(len(candidates), dtype=np.float32)
    for rank, passage in zip(passages, encoder.texts(list(passages.values())), strict=True):
        places = [n for n, candidate in enumerate(candidates) if candidate.rank == rank]
        spans = [candidates[n].span_in_passage for n in places]
        similarities[places] = _best_cosines(encoded, passage, spans) @ weights
    return similarities


def _token_weights(query: Query, spans: npt.NDArray[np.int64]) -> Floats:
    """Weigh the tokens of a question by the words that they belong to; the weights sum to 1. Shape (tokens,)."""
    weights = np.zeros(len(spans), dtype=np.float32)
    for word in words(query.text):
        inside = (spans[:, 0] < word.end) & (spans[:, 1] > word.start)
        known = CONTEXT_WEIGHT if word.start < len(query.context) else 1.0
        weights[inside] = known if word.content or word.folded[0].isdigit() else FUNCTION_WORD_WEIGHT * known
    return weights / max(float(weights.sum()), 1e-9)


def _best_cosines(question: TokenVectors, passage: TokenVectors, spans: Sequence[tuple[int, int]]) -> Floats:
    """Return the best cosine of each question token inside each span of a passage, shape (spans, question tokens).

    It is 0 inside a span without an encoded token, which is past the end of what the encoder reads.
    """
    cosines = question.vectors @ passage.vectors.T
    best = np.zeros((len(spans), len(question.vectors)), dtype=np.float32)
    for row, (start, end) in zip(best, spans, strict=True):
        inside = (passage.spans[:, 0] < end) & (passage.spans[:, 1] > start)
        if inside.any():
            row[:] = cosines[:, inside].max(axis=1)
    return best


# Selecting quotes: the best first, each with something new, few enough to be read quickly.

MAX_WORDS = 90
MAX_QUOTES = 3
SAME_STEMS = 0.6
"""The share of the shorter sentence's content stems that are in the other, from which on both say the same."""


@dataclass(frozen=True, slots=True)
class _SelectedQuote:
    """A quote, with the content stems and the numbers of the candidate in it."""

    quote: Quote
    stems: frozenset[str]
    values: frozenset[Decimal]

    @classmethod
    def of(cls, candidate: Candidate) -> _SelectedQuote:
        quote = Quote(candidate.hit.article, *candidate.with_context(), candidate.hit.also_carried_by)
        values = frozenset(n.value for n in numbers(candidate.text))
        return cls(quote, frozenset(content_stems(words(candidate.text))), values)

    def repeats(self, other: _SelectedQuote) -> bool:
        """Return True if both say the same; those of two articles that give different numbers do not."""
        same_article = self.quote.article.id == other.quote.article.id
        if same_article and self.quote.start < other.quote.end and other.quote.start < self.quote.end:
            return True
        shared = len(self.stems & other.stems) / max(1, min(len(self.stems), len(other.stems)))
        disagree = not same_article and bool(self.values - other.values) and bool(other.values - self.values)
        return shared >= SAME_STEMS and not disagree


def select_quotes(ranked: Sequence[Candidate]) -> list[Quote]:
    """Select the quotes of an answer from candidates, best first: at most three, of 90 words together.

    Each comes with the context that it needs. The best is first, the others of its article follow in their order.
    """
    selected: list[_SelectedQuote] = []
    left = MAX_WORDS
    for candidate in ranked:
        if len(selected) == MAX_QUOTES:
            break
        new = _SelectedQuote.of(candidate)
        size = len(new.quote.text.split())
        if size <= left and not any(new.repeats(other) for other in selected):
            selected.append(new)
            left -= size
    quotes = [one.quote for one in selected]
    best = quotes[:1]
    beside = sorted((q for q in quotes[1:] if q.article.id == best[0].article.id), key=attrgetter("start"))
    return _merge_adjacent([*best, *beside, *(q for q in quotes[1:] if q.article.id != best[0].article.id)])


def _merge_adjacent(quotes: list[Quote]) -> list[Quote]:
    """Make one quote of those that are next to each other in their article."""
    merged: list[Quote] = []
    while quotes:
        first, *quotes = quotes
        for other in list(quotes):
            if _are_adjacent(first, other):
                quotes.remove(other)
                first = replace(first, start=min(first.start, other.start), end=max(first.end, other.end))
        merged.append(first)
    return merged


def _are_adjacent(one: Quote, other: Quote) -> bool:
    if one.article.id != other.article.id:
        return False
    return not one.article.text[min(one.end, other.end) : max(one.start, other.start)].strip()
