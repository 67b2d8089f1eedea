"""Choosing the sentences of an answer: the best, each with something new, few enough to be read at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from newsqa.extract.context import with_context
from newsqa.records import Quote
from newsqa.text.numbers import numbers
from newsqa.text.sentences import sentence_spans
from newsqa.text.words import content_stems, words

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from decimal import Decimal

    from newsqa.extract.candidates import Candidate

MOST_WORDS = 90
MOST_QUOTES = 3
NEARLY_THE_SAME = 0.6
"""Share of the shorter sentence's content stems that the other has, from which on both say the same."""


@dataclass(frozen=True, slots=True)
class _Chosen:
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
    chosen: list[_Chosen] = []
    parted: dict[str, list[tuple[int, int]]] = {}  # the sentences of each article, found once
    for candidate in ranked:
        if len(chosen) == MOST_QUOTES:
            break
        article = candidate.hit.article
        if article.id not in parted:
            parted[article.id] = sentence_spans(article.text)
        new = _with_context(candidate, parted[article.id])
        left = MOST_WORDS - sum(one.size for one in chosen)
        if new.size <= left and not any(_repeats(new, one) for one in chosen):
            chosen.append(new)
    return _joined(_in_order([one.quote for one in chosen]))


def _with_context(candidate: Candidate, spans: Sequence[tuple[int, int]]) -> _Chosen:
    article = candidate.hit.article
    place = next((n for n, (_, end) in enumerate(spans) if end >= candidate.end), len(spans) - 1)
    start, end = with_context(spans, article.text, place)
    quote = Quote(article, start, end, candidate.hit.also_carried_by)
    found = words(candidate.text)
    return _Chosen(quote, frozenset(content_stems(found)), frozenset(n.value for n in numbers(candidate.text)))


def _repeats(new: _Chosen, old: _Chosen) -> bool:
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
