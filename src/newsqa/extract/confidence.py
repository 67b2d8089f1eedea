"""The chance that the chosen sentences hold the answer: what decides between an answer and a refusal."""

from __future__ import annotations

from dataclasses import astuple, dataclass
from math import exp
from typing import TYPE_CHECKING

from newsqa.extract.signals import FIRST
from newsqa.text.calendar import CALENDAR
from newsqa.text.names import names
from newsqa.text.words import content_stems, words

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from newsqa.extract.signals import Signals
    from newsqa.records import Article, Query

MOST_READ = 50_000
"""Characters of an article in which the question's names are sought."""

PLAIN_KINDS = frozenset({"number", "money", "date", "duration"})
"""Kinds of answer that rules find for certain, so that a sentence without one does not answer."""

INTERCEPT, WEIGHTS = -4.9, (0.165, 2.9, 1.24, -1.8)
"""A logistic regression over `Grounds` on whether the answer was right, fitted as benchmarks/calibrate_refusal.py does:
370 quiz questions over 2,172 articles, the same robbed of their articles, and 81 direct ones over five articles."""


@dataclass(frozen=True, slots=True)
class Grounds:
    """What tells whether a question is answered.

    `together` is the best logit of the cross-encoder among the first candidates; `words` the share of the question's
    content stems that stand anywhere in the passages that were read, and `names` that of its names that the article
    of the best candidate holds; `lacks_kind` is 1 where no number, date or span of time is offered that is asked for.
    """

    together: float
    words: float
    names: float
    lacks_kind: float


def confidence(query: Query, ranked: Sequence[Signals]) -> float:
    """Return the chance, 0 to 1, that the first candidates hold the answer; `ranked` is best first and not empty."""
    found = grounds(query, ranked)
    logit = INTERCEPT + sum(weight * value for weight, value in zip(WEIGHTS, astuple(found), strict=True))
    return 1 / (1 + exp(-logit))


def grounds(query: Query, ranked: Sequence[Signals]) -> Grounds:
    """Return what tells whether the first candidates answer the question."""
    first = ranked[:FIRST]
    return Grounds(
        together=max(signals.together for signals in first),
        words=_share(content_stems(words(query.text)), frozenset(_stems_read(ranked))),
        names=_share(_asked_names(query.text), _vocabulary(first[0].candidate.hit.article)),
        lacks_kind=float(query.kind in PLAIN_KINDS and not any(signals.fits for signals in first)),
    )


def _share(wanted: Sequence[str], held: frozenset[str]) -> float:
    return sum(word in held for word in wanted) / len(wanted) if wanted else 1.0


def _stems_read(ranked: Sequence[Signals]) -> Iterator[str]:
    passages = {signals.candidate.rank: signals.candidate.hit for signals in ranked}
    for hit in passages.values():
        yield from content_stems(words(f"{hit.article.title or ''}\n{hit.passage.text}"))


def _asked_names(question: str) -> list[str]:
    """Return the last word of each name of a question, a person's surname; its first word is capitalised anyway."""
    found = names(question[:1].lower() + question[1:])
    return [name.words[-1] for name in found if not CALENDAR.issuperset(name.words)]


def _vocabulary(article: Article) -> frozenset[str]:
    return frozenset(word.folded for word in words(f"{article.title or ''}\n{article.text[:MOST_READ]}"))
