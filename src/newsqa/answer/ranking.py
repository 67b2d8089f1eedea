"""Ranking of candidate sentences: how well each answers a question, by several signals."""

from __future__ import annotations

from dataclasses import dataclass, replace
from operator import attrgetter
from typing import TYPE_CHECKING

import numpy as np

from newsqa.answer.expected import possible_answers
from newsqa.text.words import content_stems, words

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from newsqa.answer.candidates import Candidate
    from newsqa.models.encoders import Reranker, TokenEncoder, TokenVectors
    from newsqa.types import Query

    Floats = npt.NDArray[np.float32]


RERANKED = 12
"""Sentences that the cross-encoder reads, chosen by the other signals: 75 ms on two cores; more find no more."""

LEAD_CHARACTERS = 400
"""Characters at the beginning of an article, where news says what matters."""

NEW_STEMS = 6
"""Content stems that a question lacks: a sentence that has so many says all that it can."""

FIRST_WEIGHTS = {"similarity": 10.0, "passage": 0.33, "fits_kind": 1.7, "in_lead": 0.7, "novelty": 2.4}
WEIGHTS = {
    "similarity": 2.0,
    "passage": 0.48,
    "fits_kind": 1.5,
    "in_lead": 0.55,
    "novelty": 3.6,
    "with_title": 0.2,
    "alone": 0.16,
}
"""Weights of the signals before and after the cross-encoder: conditional logits on which sentences hold answers."""


@dataclass(frozen=True, slots=True)
class Signals:
    """What says that a candidate is the answer.

    `similarity` is the weighted mean of the best cosines of the question's tokens inside the sentence; `passage` the
    score of its passage less that of the best one; `fits_kind` is 1 if it has what may be the kind of answer asked for,
    `in_lead` if it is at the beginning of its article; `novelty` is how much it says that the question does not, 0 to
    1. `with_title` and `alone` are the cross-encoder's logits for the question and the sentence, below its title and
    without it.
    """

    candidate: Candidate
    similarity: float
    passage: float
    fits_kind: float
    in_lead: float
    novelty: float
    with_title: float = 0.0
    alone: float = 0.0

    @property
    def first_score(self) -> float:
        """The score without the cross-encoder."""
        return float(sum(weight * getattr(self, name) for name, weight in FIRST_WEIGHTS.items()))

    @property
    def score(self) -> float:
        """The score by which the candidates of one question are ranked."""
        return float(sum(weight * getattr(self, name) for name, weight in WEIGHTS.items()))


def rank_candidates(
    query: Query, candidates: Sequence[Candidate], reranker: Reranker, encoder: TokenEncoder
) -> list[Signals]:
    """Return the signals of the RERANKED candidates with the best first scores, best score first."""
    found = sorted(first_signals(query, candidates, encoder), key=attrgetter("first_score"), reverse=True)[:RERANKED]
    texts = [signals.candidate.text for signals in found]
    titled = [_with_title(signals.candidate) for signals in found]
    logits = reranker.score(query.text, [*titled, *texts])
    reranked = (
        replace(signals, with_title=below, alone=alone)
        for signals, below, alone in zip(found, logits[: len(found)], logits[len(found) :], strict=True)
    )
    return sorted(reranked, key=attrgetter("score"), reverse=True)


def first_signals(query: Query, candidates: Sequence[Candidate], encoder: TokenEncoder) -> list[Signals]:
    """Return the signals without the cross-encoder's, in the order of the candidates, which must not be empty."""
    best, asked = max(candidate.hit.score for candidate in candidates), stems_of(query.text)
    return [
        Signals(
            candidate,
            similarity=float(similarity),
            passage=candidate.hit.score - best,
            fits_kind=float(bool(possible_answers(query.kind, query.text, candidate.text))),
            in_lead=float(candidate.start < LEAD_CHARACTERS),
            novelty=min(len(stems_of(candidate.text) - asked), NEW_STEMS) / NEW_STEMS,
        )
        for candidate, similarity in zip(candidates, _similarities(query, candidates, encoder), strict=True)
    ]


def stems_of(text: str) -> frozenset[str]:
    """Return the content stems of a text."""
    return frozenset(content_stems(words(text)))


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
