"""What speaks for each candidate: met by the question's words, in a good passage, of a fitting kind, read together."""

from __future__ import annotations

import re
from dataclasses import dataclass
from operator import attrgetter
from typing import TYPE_CHECKING

import numpy as np

from newsqa.text.calendar import CALENDAR, dates
from newsqa.text.names import names
from newsqa.text.numbers import numbers
from newsqa.text.words import quoted, word_set, words

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    import numpy.typing as npt

    from newsqa.answer.candidates import Candidate
    from newsqa.models.encoders import Reranker, TokenEncoder, TokenVectors
    from newsqa.text.names import Name
    from newsqa.types import AnswerKind, Query

    Floats = npt.NDArray[np.float32]


# Late interaction: how well each word of a question is met inside a sentence that was read in its passage.
#
# The sum of best matches is ColBERT's (Khattab and Zaharia, arXiv:2004.12832); here the best match of a question token
# is sought inside one sentence, and the vectors come from the whole passage, so that a "he" carries the name before it.

GRAMMAR_WEIGHT = 0.2
"""What a word of grammar counts for, beside 1 for a word that says something."""

UNREAD = 0.0
"""The match inside a sentence of which the encoder read no token, since its passage was cut."""


def token_weights(question: str, spans: npt.NDArray[np.int64]) -> Floats:
    """Weigh the tokens of a question by the words that they belong to; the weights sum to 1. Shape (tokens,)."""
    weights = np.zeros(len(spans), dtype=np.float32)
    for word in words(question):
        inside = (spans[:, 0] < word.end) & (spans[:, 1] > word.start)
        weights[inside] = 1.0 if word.content or word.folded[0].isdigit() else GRAMMAR_WEIGHT
    return weights / max(float(weights.sum()), 1e-9)


def meetings(question: TokenVectors, passage: TokenVectors, spans: Sequence[tuple[int, int]]) -> Floats:
    """Return the best cosine of each question token inside each span of a passage, shape (spans, question tokens)."""
    cosines = question.vectors @ passage.vectors.T
    met = np.full((len(spans), len(question.vectors)), UNREAD, dtype=np.float32)
    for row, (start, end) in zip(met, spans, strict=True):
        inside = (passage.spans[:, 0] < end) & (passage.spans[:, 1] > start)
        if inside.any():
            row[:] = cosines[:, inside].max(axis=1)
    return met


# What a sentence offers for the kind of answer that is asked for: names, numbers or times that the question lacks.

_NO_CURRENCIES = frozenset({"", "%", "s"})
_TIMES = re.compile(
    r"\b(?:yesterday|today|tonight|tomorrow|midnight|noon|(?:days|weeks|months|years)\s+(?:ago|later)|(?:19|20)\d\d"
    r"|(?:last|next|this|earlier this|later this)\s+(?:week|month|year|spring|summer|autumn|fall|winter|weekend)"
    r"|\d{1,2}(?::\d\d)?\s*[ap]\.?m\b)",
    re.IGNORECASE,
)
_SPAN_UNITS = word_set("second minut hour day week month year decad season centuri night quarter")
_REASONS = re.compile(
    r"\b(?:because|due to|after|amid|over|in response|since|so that|in order|as a result|owing|thanks to|blam\w+"
    r"|caus\w+|citing|prompt\w+|led to|aim\w*|following|accus\w+|alleg\w+|concern\w*|fear\w*|for\s+\w+ing|to\s+\w+)\b",
    re.IGNORECASE,
)
_SAYS = re.compile(
    r"\b(?:said|says|told|stat\w+|claim\w*|argu\w+|call\w*|describ\w+|warn\w+|add\w+|insist\w+|announc\w+|wrote|post\w*|repl\w+"
    r"|characteri\w+|accus\w+|predict\w*|pledg\w+|promis\w+|confirm\w*|emphasi\w+|express\w*|urg\w+|declar\w+|reiterat\w+)\b",
    re.IGNORECASE,
)


def offers(kind: AnswerKind, question: str, sentence: str) -> frozenset[str]:
    """Return what may be the answer in a sentence: folded names, numbers or times that the question does not hold.

    For kinds that no such thing answers (a reason, what was said) it is the cue that tells of one.
    """
    found = _OFFERS.get(kind, _anything)(sentence)
    return frozenset(found) - _held(question)


def _held(question: str) -> frozenset[str]:
    held = {word.folded for word in words(question)}
    held |= {_value(n.value, n.unit) for n in numbers(question)}
    return frozenset(held)


def _value(value: object, unit: str) -> str:
    return f"{value}{unit}"


def _named(sentence: str) -> Iterable[str]:
    return (word for name in names(sentence) for word in name.words if word not in CALENDAR)


def _people(sentence: str) -> Iterable[str]:
    """Give the words of names that may be a person's: no abbreviation."""
    return (word for name in names(sentence) if _may_be_person(name) for word in name.words if word not in CALENDAR)


def _may_be_person(name: Name) -> bool:
    return not (name.text.isupper() and len(name.words) == 1)


def _numbers(sentence: str) -> Iterable[str]:
    return (_value(n.value, n.unit) for n in numbers(sentence))


def _money(sentence: str) -> Iterable[str]:
    return (_value(n.value, n.unit) for n in numbers(sentence) if n.unit not in _NO_CURRENCIES)


def _durations(sentence: str) -> Iterable[str]:
    return (_value(n.value, n.unit) for n in numbers(sentence) if _SPAN_UNITS & set(n.counts))


def _times(sentence: str) -> Iterable[str]:
    yield from (match.group().casefold() for match in _TIMES.finditer(sentence))
    yield from (f"{day.day}/{day.month}" for day in dates(sentence))
    yield from (word.folded for word in words(sentence) if word.capitalised and word.folded in CALENDAR)


def _reasons(sentence: str) -> Iterable[str]:
    return ("reason" for _ in _REASONS.finditer(sentence))


def _sayings(sentence: str) -> Iterable[str]:
    yield from ("said" for _ in _SAYS.finditer(sentence))
    yield from ("quoted" for _ in quoted(sentence))


def _anything(sentence: str) -> Iterable[str]:
    yield from _named(sentence)
    yield from _numbers(sentence)


_OFFERS: dict[AnswerKind, Callable[[str], Iterable[str]]] = {
    "person": _people,
    "place": _named,
    "organisation": _named,
    "number": _numbers,
    "money": _money,
    "date": _times,
    "duration": _durations,
    "reason": _reasons,
    "said": _sayings,
    "any": _anything,
}


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
