"""What speaks for each candidate: met by the question's words, in a good passage, of a fitting kind, read together."""

from __future__ import annotations

from dataclasses import dataclass
from operator import attrgetter
from typing import TYPE_CHECKING

import numpy as np

from newsqa.extract.meeting import meetings, token_weights
from newsqa.extract.offers import offers

if TYPE_CHECKING:
    from collections.abc import Sequence

    from newsqa.extract.candidates import Candidate
    from newsqa.extract.meeting import Floats
    from newsqa.records import Query
    from newsqa.seams import Reranker, TokenEncoder

READ_TOGETHER = 12
"""Sentences that the cross-encoder reads, chosen by the cheaper signals: 75 ms on two cores; more find no more."""

FIRST = 3
"""Candidates among which the best one by the cross-encoder is sought: as many as an answer has quotes."""

WIDEST_GAP, NARROWING = 9.0, 0.7
"""Logits that a sentence may lie below the best one, and how much less for each logit of the best one above 0.

On the news quiz this loses 0.5 points of right answers; answers to direct questions shrink from 75 words to 30.
"""

LEAD = 400
"""Characters at the head of an article, where news says what matters."""

MET, PASSAGE, FITS, LEADS, TOGETHER = 15.0, 0.33, 2.3, 0.93, 0.06
"""Weights of the signals, fitted to which sentences hold the answer (370 quiz questions) as
benchmarks/calibrate_refusal.py does; the cross-encoder, for all its weight in refusing, adds little here."""


@dataclass(frozen=True, slots=True)
class Signals:
    """What speaks for a candidate.

    `met` is the weighted mean of the best cosines of the question's tokens inside the sentence; `passage` how far its
    passage's score lies under the best one; `fits` whether it offers the kind of answer asked for; `leads` whether it
    stands at the head of its article; `together` the cross-encoder's logit for question and sentence.
    """

    candidate: Candidate
    met: float
    passage: float
    fits: bool
    leads: bool
    together: float = 0.0

    @property
    def favour(self) -> float:
        """What the signals say that are had without the cross-encoder."""
        return MET * self.met + PASSAGE * self.passage + FITS * self.fits + LEADS * self.leads

    @property
    def score(self) -> float:
        """Order the candidates of one question."""
        return self.favour + TOGETHER * self.together


def read(query: Query, candidates: Sequence[Candidate], reranker: Reranker, encoder: TokenEncoder) -> list[Signals]:
    """Return the signals of the candidates that the cheaper ones favour, best score first."""
    found = sorted(favours(query, candidates, encoder), key=attrgetter("favour"), reverse=True)[:READ_TOGETHER]
    logits = reranker.score(query.text, [_titled(signals.candidate) for signals in found])
    read_together = (
        Signals(s.candidate, s.met, s.passage, s.fits, s.leads, logit) for s, logit in zip(found, logits, strict=True)
    )
    return sorted(read_together, key=attrgetter("score"), reverse=True)


def near_best(ranked: Sequence[Signals]) -> list[Signals]:
    """Leave out candidates that only pad: the surer the cross-encoder is of the best one, the nearer they must come.

    `ranked` is best first, and so is what stays; its first one may go where a later one is far better read together.
    """
    best = max((signals.together for signals in ranked[:FIRST]), default=0.0)
    return [signals for signals in ranked if signals.together >= best - WIDEST_GAP + NARROWING * max(best, 0.0)]


def favours(query: Query, candidates: Sequence[Candidate], encoder: TokenEncoder) -> list[Signals]:
    """Return the signals that are had without the cross-encoder, in the order of the candidates."""
    best = max(candidate.hit.score for candidate in candidates)
    return [
        Signals(
            candidate,
            met=float(met),
            passage=candidate.hit.score - best,
            fits=bool(offers(query.kind, query.text, candidate.text)),
            leads=candidate.start < LEAD,
        )
        for candidate, met in zip(candidates, _met(query.text, candidates, encoder), strict=True)
    ]


def _met(question: str, candidates: Sequence[Candidate], encoder: TokenEncoder) -> Floats:
    """Return how well each candidate meets the question, shape (candidates,)."""
    asked = encoder.question(question)
    weights = token_weights(question, asked.spans)
    passages = {candidate.rank: candidate.hit.passage.text for candidate in candidates}
    met = np.zeros(len(candidates), dtype=np.float32)
    for rank, encoded in zip(passages, encoder.texts(list(passages.values())), strict=True):
        places = [n for n, candidate in enumerate(candidates) if candidate.rank == rank]
        met[places] = meetings(asked, encoded, [candidates[n].within for n in places]) @ weights
    return met


def _titled(candidate: Candidate) -> str:
    title = candidate.hit.article.title
    return f"{title}\n{candidate.text}" if title else candidate.text
