"""The chance that evidence answers a question, which decides between an answer and a refusal.

How well the article as a whole is about the question counts, not only the sentence that would be quoted: what the
reranker thinks of its best passages, and which words and names of the question it holds.
"""

from __future__ import annotations

from dataclasses import astuple, dataclass
from math import exp
from typing import TYPE_CHECKING

from newsqa.text.calendar import CALENDAR
from newsqa.text.entities import question_names
from newsqa.text.words import content_stems, fold, stem_set, words

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from newsqa.types import Article, Hit, Query


READ = 5
"""Passages whose articles are looked at."""

MAX_CHARACTERS = 50_000
"""Characters of an article in which the question's words are looked for."""

INTERCEPT, WEIGHTS = -3.57, (0.119, 1.548, 2.114)
"""A logistic regression on whether the evidence holds the answer, fitted as
benchmarks/calibrate_refusal.py does, to readers' questions over the sample and to 101 questions without an answer."""


MIN_RELEVANCE = 0.4
"""Below this chance of an answer there is a refusal: of few questions that can be answered, and of what no article is
about. Questions about a detail that a covered story leaves out mostly pass (docs/answers.md)."""

NEAR_BEST = 5.0
"""Logits that a passage may be below the best one and still be about the question."""

UNREAD = -12.0
"""The logit of a passage that the reranker did not read."""

NO_RERANKER = 0.0
"""The logit of all passages where there is no reranker: words and names decide."""


@dataclass(frozen=True, slots=True)
class RelevanceSignals:
    """What says that evidence answers a question.

    `reranker` is the best logit of the first passages, or NO_RERANKER; `words` the share of the question's content
    stems that the best article holds, and `names` that of its names and codes.
    """

    reranker: float
    words: float
    names: float


def estimate_relevance(query: Query, hits: Sequence[Hit]) -> float:
    """Return the chance, 0 to 1, that passages, best first, answer the question; 0 if there are none."""
    if not hits:
        return 0.0
    logit = INTERCEPT + sum(w * value for w, value in zip(WEIGHTS, astuple(signals_of(query, hits)), strict=True))
    return 1 / (1 + exp(-logit))


def relevant_hits(hits: Sequence[Hit], *, newest: bool) -> list[Hit]:
    """Return the passages about a question that are of the newest, or the oldest, of its articles, best first.

    All are returned if no article has a date.
    """
    best = max(map(_logit, hits), default=0.0)
    about = [hit for hit in hits if _logit(hit) >= best - NEAR_BEST]
    days = [hit.article.published for hit in about if hit.article.published]
    if not days:
        return list(hits)
    wanted = max(days) if newest else min(days)
    return [hit for hit in about if hit.article.published and abs((wanted - hit.article.published).days) <= 1]


def signals_of(query: Query, hits: Sequence[Hit]) -> RelevanceSignals:
    """Return the signals of passages, best first."""
    read = hits[:READ]
    best = max(read, key=_logit)
    found = words(_whole(best.article))
    wanted = stem_set(query.text)
    held, folded = set(content_stems(found)), {word.folded for word in found}
    named = _telling_words(query.text, {word.folded for word in found if not word.capitalised})
    codes = [fold(term) for term in query.rare if term[0].isalpha() and any(c.isdigit() for c in term)]
    named = list(dict.fromkeys([*named, *codes]))
    return RelevanceSignals(
        reranker=NO_RERANKER if best.relevance is None else best.relevance,
        words=len(wanted & held) / len(wanted) if wanted else 1.0,
        names=sum(name in folded for name in named) / len(named) if named else 1.0,
    )


def _logit(hit: Hit) -> float:
    return UNREAD if hit.relevance is None else hit.relevance


def _whole(article: Article) -> str:
    return f"{article.title or ''}\n{article.outlet or ''}\n{article.text[:MAX_CHARACTERS]}"


def _telling_words(question: str, common: Collection[str]) -> list[str]:
    """Return the word of each name of a question that tells it from others: a surname, the "Ostrel" of "Ostrel Dam".

    It is the last one that is not among the `common` words of the article, which it has in lower case. The first word
    of the question is capitalised anyway.
    """
    named = [name.words for name in question_names(question) if not CALENDAR.issuperset(name.words)]
    return [next((word for word in reversed(parts) if word not in common), parts[-1]) for parts in named]
