"""Ranking of candidate sentences: how well each answers a question, by several signals."""

from __future__ import annotations

from dataclasses import dataclass, replace
from operator import attrgetter
from typing import TYPE_CHECKING

from newsqa.answer.expected import possible_answers
from newsqa.text.words import stem_set, words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from newsqa.answer.candidates import Candidate
    from newsqa.models.encoders import Reranker
    from newsqa.types import Query

RERANKED = 20
"""Sentences that the cross-encoder reads, chosen by the other signals: they hold 94 % of the answers that are there."""

LEAD_CHARACTERS = 400
"""Characters at the beginning of an article, where news says what matters."""

FIRST_WEIGHTS = {"coverage": 4.0, "passage": 0.33, "fits_kind": 1.7, "in_lead": 0.7, "is_new": 2.4}
WEIGHTS = {"passage": 0.46, "fits_kind": 1.22, "in_lead": 0.68, "is_new": 7.4, "with_title": 0.23, "alone": 0.18}
"""Weights of the signals before and after the cross-encoder: conditional logits on which sentences hold answers."""

FOLLOW_UP_WEIGHT = 4.0
"""The weight of a follow-up's own few words, which say what is new in it."""


@dataclass(frozen=True, slots=True)
class Signals:
    """What says that a candidate is the answer.

    `coverage` is the share of the question's content stems in the sentence; `passage` the score of its passage less
    that of the best one; `fits_kind` is 1 if it has what may be the kind of answer asked for, `in_lead` if it is at the
    beginning of its article; `is_new` is 1 if it says anything that the question does not. `with_title` and `alone`
    are the cross-encoder's logits for the question and the sentence, below its title and without it. If the question
    `follows_up` another, `coverage` counts to the end.
    """

    candidate: Candidate
    coverage: float
    passage: float
    fits_kind: float
    in_lead: float
    is_new: float
    with_title: float = 0.0
    alone: float = 0.0
    follows_up: bool = False

    @property
    def first_score(self) -> float:
        """The score without the cross-encoder."""
        return float(sum(weight * getattr(self, name) for name, weight in FIRST_WEIGHTS.items()))

    @property
    def score(self) -> float:
        """The score by which the candidates of one question are ranked."""
        score = sum(weight * getattr(self, name) for name, weight in WEIGHTS.items())
        return float(score + FOLLOW_UP_WEIGHT * self.coverage * self.follows_up)


def rank_candidates(query: Query, candidates: Sequence[Candidate], reranker: Reranker) -> list[Signals]:
    """Return the signals of the RERANKED candidates with the best first scores, best score first."""
    found = sorted(first_signals(query, candidates), key=attrgetter("first_score"), reverse=True)[:RERANKED]
    texts = [signals.candidate.text for signals in found]
    titled = [_with_title(signals.candidate) for signals in found]
    logits = reranker.score(_own_question(query), [*titled, *texts])
    reranked = (
        replace(signals, with_title=below, alone=alone)
        for signals, below, alone in zip(found, logits[: len(found)], logits[len(found) :], strict=True)
    )
    return sorted(reranked, key=attrgetter("score"), reverse=True)


def first_signals(query: Query, candidates: Sequence[Candidate]) -> list[Signals]:
    """Return the signals without the cross-encoder's, in the order of the candidates, which must not be empty."""
    best, asked = max(candidate.hit.score for candidate in candidates), stem_set(query.text)
    wanted = stem_set(query.text[len(query.context) :]) or asked
    return [_first_signals(query, candidate, asked, wanted, best) for candidate in candidates]


def _first_signals(
    query: Query, candidate: Candidate, asked: frozenset[str], wanted: frozenset[str], best: float
) -> Signals:
    stems = stem_set(candidate.text)
    return Signals(
        candidate,
        coverage=len(stems & wanted) / max(1, len(wanted)),
        passage=candidate.hit.score - best,
        fits_kind=float(bool(possible_answers(query.kind, query.text, candidate.text))),
        in_lead=float(candidate.start < LEAD_CHARACTERS),
        is_new=float(bool(stems - asked) or bool(_digits(candidate.text) - _digits(query.text))),
        follows_up=bool(query.context),
    )


def _digits(text: str) -> frozenset[str]:
    """Return the words of a text that begin with a digit."""
    return frozenset(word.folded for word in words(text) if word.folded[0].isdigit())


def _own_question(query: Query) -> str:
    """Return what a follow-up asks itself, if it has content: what it is about decided on the passages."""
    own = query.text[len(query.context) :].lstrip(" :")
    return own if stem_set(own) else query.text


def _with_title(candidate: Candidate) -> str:
    title = candidate.hit.article.title
    return f"{title}\n{candidate.text}" if title else candidate.text
