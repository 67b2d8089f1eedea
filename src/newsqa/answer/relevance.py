"""The chance that evidence answers a question, which decides between an answer and a refusal.

A reranker sees that a passage is about the ship, but not that it leaves out who built it. So each word of the question
is compared with each word of the best passage, as vectors in their contexts: a question whose words all have a near one
there is answered, and one with words that have none asks for something else. How well the article as a whole is about
the question counts too: which of its names it holds. The reranker's logit adds nothing to these.
"""

from __future__ import annotations

from dataclasses import astuple, dataclass, replace
from math import exp, log
from typing import TYPE_CHECKING, Protocol

from newsqa.search.understand import is_content
from newsqa.text.calendar import CALENDAR
from newsqa.text.entities import question_names
from newsqa.text.sentences import embedding_text
from newsqa.text.words import fold, stem_set, word_set, words

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from newsqa.models.encoders import TokenVectors
    from newsqa.types import Article, Hit, Query

READ = 5  # passages whose articles are looked at
MAX_CHARACTERS = 50_000  # characters of an article in which the question's words are looked for

INTERCEPT, WEIGHTS = -16.79, (13.15, 6.38)
"""A logistic regression on whether an answer is right, fitted as benchmarks/calibrate_refusal.py does, to questions of
readers over the sample and over 2,172 articles of others, and to 115 about details that these articles leave out."""

MIN_RELEVANCE, MIN_OF_FOLLOW_UP = 0.17, 0.12
"""Below this chance of an answer there is a refusal; a follow-up is about what the articles cover already."""

NEAR_BEST = 5.0  # logits that a passage may be below the best one and still be about the question
UNREAD = -12.0  # the logit of a passage that the reranker did not read

LEAST_COVERED = 2
"""Words of a question, those that are least near to any word of the passage, whose mean nearness is its coverage."""

HELD, ABSENT = 0.75, 0.6
"""The least nearness of a word whose stem is in the passage, since bge-small-en gives less to a rare name in a short
question; and about what it gives to a word that has nothing to do with the passage."""

_FRAME_WORDS = word_set(
    "fill blank happen happened explain find anybody exactly actually list show compare differ difference react reason "
    "facts want write wrote suggest people person wrong"
)
"""Words that say how to answer, and are not looked for in articles."""


class TokenEncoder(Protocol):
    """Encodes texts as a vector a token."""

    def embed_tokens(self, texts: Sequence[str]) -> list[TokenVectors]:
        """Return the spans and unit vectors of the tokens of each text."""


@dataclass(frozen=True, slots=True)
class RelevanceSignals:
    """What says that evidence answers a question.

    `coverage` is that of the first passage, `names` the share of the question's names and codes that the best article
    holds.
    """

    coverage: float
    names: float


def with_coverage(query: Query, hits: Sequence[Hit], encoder: TokenEncoder) -> list[Hit]:
    """Return the hits, of which the first has its coverage: the mean nearness, -1 to 1, of LEAST_COVERED words.

    The nearness of a word is the greatest cosine of its tokens to any token of the passage with its title (late
    interaction, as in ColBERT, arXiv:2004.12832), and at least HELD if its stem is there. Raises ModelError if the
    encoder fails.
    """
    if not hits:
        return []
    text = embedding_text(hits[0].article.title, hits[0].passage.text)
    question, passage = encoder.embed_tokens([query.text, text])
    nearest, held = (question.vectors @ passage.vectors.T).max(axis=1), stem_set(text)
    found = []
    for start, end in _asked_words(query):
        tokens = [n for n, (first, last) in enumerate(question.spans) if first < end and last > start]
        if tokens:
            least = HELD if stem_set(query.text[start:end]) <= held else -1.0
            found.append(max(least, float(nearest[tokens].mean())))
    return [replace(hits[0], coverage=_least(found)), *hits[1:]]


def _asked_words(query: Query) -> list[tuple[int, int]]:
    """Return the spans in a question of the words that are looked for."""
    text = query.text.casefold()
    content = (term.casefold() for term in query.terms if is_content(term))
    terms = [term for term in content if term not in _FRAME_WORDS]
    starts = [(text.find(term), len(term)) for term in terms]
    return [(start, start + length) for start, length in starts if start >= 0]


def _least(nearness: Sequence[float]) -> float:
    least = sorted(nearness)[:LEAST_COVERED]
    return sum(least) / len(least) if least else 1.0


def _held_coverage(query: Query, hit: Hit) -> float:
    """Return an estimate of the coverage by the stems that the passage holds, without vectors."""
    held = stem_set(embedding_text(hit.article.title, hit.passage.text))
    terms = [stem_set(query.text[start:end]) for start, end in _asked_words(query)]
    return _least([HELD if stems <= held else ABSENT for stems in terms])


def estimate_relevance(query: Query, hits: Sequence[Hit]) -> float:
    """Return the chance, 0 to 1, that passages, best first, answer the question; 0 if there are none."""
    if not hits:
        return 0.0
    logit = INTERCEPT + sum(w * value for w, value in zip(WEIGHTS, astuple(signals_of(query, hits)), strict=True))
    return 1 / (1 + exp(-logit))


CALIBRATED = (0.84, 0.256)
"""Platt scaling of the chance's logit (Platt, 1999), fitted to whether answers to readers' questions were right."""


def answer_confidence(chance: float) -> float:
    """Return the chance that an answer is right which is given at a chance, 0 to 1, that the evidence answers."""
    intercept, slope = CALIBRATED
    within = min(max(chance, 1e-6), 1 - 1e-6)
    return 1 / (1 + exp(-(intercept + slope * log(within / (1 - within)))))


def is_answerable(query: Query, chance: float, *, split: bool = False) -> bool:
    """Return True if the chance of an answer is great enough to give one, or to read each part of a question."""
    return chance >= (MIN_OF_FOLLOW_UP if query.cited or split else MIN_RELEVANCE)


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
    folded = {word.folded for word in found}
    named = _telling_words(query.text, {word.folded for word in found if not word.capitalised})
    codes = [fold(term) for term in query.rare if term[0].isalpha() and any(c.isdigit() for c in term)]
    named = list(dict.fromkeys([*named, *codes]))
    return RelevanceSignals(
        coverage=_held_coverage(query, hits[0]) if hits[0].coverage is None else hits[0].coverage,
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
