"""The extractive answer: sentences of the articles, word for word, or nothing where they do not answer."""

from __future__ import annotations

from dataclasses import astuple, dataclass
from math import exp
from typing import TYPE_CHECKING

from newsqa.answer.candidates import candidates, with_context
from newsqa.answer.signals import FIRST, near_best, read
from newsqa.text.calendar import CALENDAR
from newsqa.text.names import names
from newsqa.text.numbers import numbers
from newsqa.text.sentences import sentence_spans
from newsqa.text.words import content_stems, words
from newsqa.types import EXTRACTIVE, Draft, DraftSentence, Quote

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from decimal import Decimal

    from newsqa.answer.candidates import Candidate
    from newsqa.answer.signals import Signals
    from newsqa.models.encoders import Reranker, TokenEncoder
    from newsqa.types import Article, Hit, Query


# The chance that the chosen sentences hold the answer: what decides between an answer and a refusal.

MOST_READ = 50_000
"""Characters of an article in which the question's names are sought."""

PLAIN_KINDS = frozenset({"number", "money", "date", "duration"})
"""Kinds of answer that rules find for certain, so that a sentence without one does not answer."""

INTERCEPT, WEIGHTS = -4.9, (0.165, 2.9, 1.24, -1.8)
"""A logistic regression over `Grounds` on whether the answer was right, fitted as benchmarks/calibrate_refusal.py does:
370 quiz questions over 2,172 articles, the same robbed of their articles, and 81 direct ones over five articles."""


@dataclass(frozen=True, slots=True)
class ConfidenceSignals:
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


def grounds(query: Query, ranked: Sequence[Signals]) -> ConfidenceSignals:
    """Return what tells whether the first candidates answer the question."""
    first = ranked[:FIRST]
    return ConfidenceSignals(
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


# Choosing the sentences of an answer: the best, each with something new, few enough to be read at once.

MOST_WORDS = 90
MOST_QUOTES = 3
NEARLY_THE_SAME = 0.6
"""Share of the shorter sentence's content stems that the other has, from which on both say the same."""


@dataclass(frozen=True, slots=True)
class _ChosenSentence:
    quote: Quote
    stems: frozenset[str]
    values: frozenset[Decimal]

    @property
    def size(self) -> int:
        return len(self.quote.text.split())


def choose(ranked: Sequence[Candidate]) -> list[Quote]:
    """Choose the quotes of an answer from candidates, best first: at most three, of 90 words together.

    Each takes along what it needs to be understood. One that says what a chosen one says is left out, unless another
    article gives another number for it: then both are shown. Of one article they come in its order, the best first.
    """
    chosen: list[_ChosenSentence] = []
    for candidate in ranked:
        if len(chosen) == MOST_QUOTES:
            break
        new = _with_context(candidate, sentence_spans(candidate.hit.article.text))
        left = MOST_WORDS - sum(one.size for one in chosen)
        if new.size <= left and not any(_repeats(new, one) for one in chosen):
            chosen.append(new)
    return _joined(_in_order([one.quote for one in chosen]))


def _with_context(candidate: Candidate, spans: Sequence[tuple[int, int]]) -> _ChosenSentence:
    article = candidate.hit.article
    place = next((n for n, (_, end) in enumerate(spans) if end >= candidate.end), len(spans) - 1)
    start, end = with_context(spans, article.text, place)
    quote = Quote(article, start, end, candidate.hit.also_carried_by)
    found = words(candidate.text)
    return _ChosenSentence(quote, frozenset(content_stems(found)), frozenset(n.value for n in numbers(candidate.text)))


def _repeats(new: _ChosenSentence, old: _ChosenSentence) -> bool:
    same_article = new.quote.article.id == old.quote.article.id
    if same_article and new.quote.start < old.quote.end and old.quote.start < new.quote.end:
        return True
    shared = len(new.stems & old.stems) / max(1, min(len(new.stems), len(old.stems)))
    disagrees = not same_article and bool(new.values - old.values) and bool(old.values - new.values)
    return shared >= NEARLY_THE_SAME and not disagrees


def _in_order(quotes: list[Quote]) -> list[Quote]:
    """Keep the best first; let the others follow it, those of its article in their order there."""
    if not quotes:
        return []
    best, rest = quotes[0], quotes[1:]
    beside = sorted((q for q in rest if q.article.id == best.article.id), key=lambda q: q.start)
    return [best, *beside, *(q for q in rest if q.article.id != best.article.id)]


def _joined(quotes: list[Quote]) -> list[Quote]:
    """Make one quote of two that stand side by side in their article."""
    return list(_join(quotes))


def _join(quotes: list[Quote]) -> Iterator[Quote]:
    while quotes:
        first, *quotes = quotes
        for other in list(quotes):
            if _side_by_side(first, other):
                quotes.remove(other)
                first = Quote(
                    first.article, min(first.start, other.start), max(first.end, other.end), first.also_carried_by
                )
        yield first


def _side_by_side(one: Quote, other: Quote) -> bool:
    if one.article.id != other.article.id:
        return False
    gap = one.article.text[min(one.end, other.end) : max(one.start, other.start)]
    return not gap.strip()


PASSAGES = 6
"""Passages that are read sentence by sentence; a sixth finds a quarter of a point more and takes 30 ms."""

LEAST_CONFIDENCE = 0.21
"""Below this chance of being right the answer is a refusal. Nearly two in five quiz questions are refused so, with few
right answers lost; of direct questions few that can be answered (benchmarks/calibrate_refusal.py)."""


def answer(query: Query, evidence: Sequence[Hit], reranker: Reranker, encoder: TokenEncoder) -> Draft:
    """Draft an answer of one to three quotes, at most 90 words, from evidence that is best first.

    No claims is a refusal. `confidence` estimates the chance that the quotes hold the answer. The same question and
    evidence give the same draft. Raises ModelError where a model fails.
    """
    ranked = weigh(query, evidence, reranker, encoder)
    chance = confidence(query, ranked) if ranked else 0.0
    if chance < LEAST_CONFIDENCE:
        return Draft((), chance, EXTRACTIVE)
    quotes = choose([signals.candidate for signals in near_best(ranked)])
    return Draft(tuple(DraftSentence(" ".join(quote.text.split()), (quote,)) for quote in quotes), chance, EXTRACTIVE)


def weigh(query: Query, evidence: Sequence[Hit], reranker: Reranker, encoder: TokenEncoder) -> list[Signals]:
    """Return the sentences of the best passages with what speaks for each, best first."""
    found = candidates(evidence[:PASSAGES])
    return read(query, found, reranker, encoder) if found else []


def claims_and_draft(
    query: Query, evidence: Sequence[Hit], reranker: Reranker, encoder: TokenEncoder
) -> Iterator[DraftSentence | Draft]:
    """Give what `answer` drafts as a stream: its claims, then the whole."""
    draft = answer(query, evidence, reranker, encoder)
    yield from draft.claims
    yield draft
