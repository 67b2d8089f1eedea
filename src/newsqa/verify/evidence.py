"""The evidence of an answer: whole sentences of its articles as quotes.

Nothing here reads what a sentence means: an answer made of whole sentences is verified with this file alone.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from math import log
from typing import TYPE_CHECKING

from newsqa.text.names import name_words
from newsqa.text.numbers import numbers
from newsqa.text.sentences import sentence_spans
from newsqa.text.support import shared_weight, stated_terms, support_share
from newsqa.text.words import content_stems, words
from newsqa.types import Quote

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from newsqa.types import Article, Duplicate, Hit


NEAR = 3
"""Sentences before a quote that count as near it; one after it does too."""


class EvidenceSet:
    """The articles of the retrieved passages; each is split into sentences once, and only if that is needed."""

    def __init__(self, hits: Sequence[Hit]) -> None:
        self._hits = tuple(hits)
        self._articles = {hit.article.id: hit.article for hit in reversed(hits)}
        self._spans: dict[str, Sequence[tuple[int, int]]] = {}
        self._duplicates: dict[str, tuple[Duplicate, ...]] = {}
        for hit in hits:
            known = self._duplicates.get(hit.article.id, ())
            new = tuple(duplicate for duplicate in hit.also_carried_by if duplicate not in known)
            self._duplicates[hit.article.id] = known + new

    def expand(self, quotes: Sequence[Quote]) -> tuple[Quote, ...]:
        """Expand quotes to whole sentences, each once; leave out those that are no span of an article of the evidence.

        The text is taken from the evidence's article, never from the quote's own.
        """
        expanded = (self._expand(quote) for quote in quotes)
        return tuple(dict.fromkeys(quote for quote in expanded if quote))

    def similar(self, text: str, count: int, to: Sequence[Quote] = ()) -> list[Quote]:
        """Return up to `count` sentences of the passages, alone or with the one before, like a text, best first.

        They share a third of its words or more; if it has quotes (`to`), half, and more than those. Those are best that
        share words which few of the sentences have. Sentences from several places are never put together: with them
        anything could be proved that is said in the articles' words.
        """
        terms = stated_terms(text)
        least = max(1, len(terms) // (2 if to else 3), shared_weight(terms, "\n".join(quote.text for quote in to)))
        sentences = self._sentences()
        near = (other for quote in sentences for other in dict.fromkeys((quote, self._with_preceding(quote))))
        weighed = [(shared_weight(terms, quote.text), quote) for quote in near]
        similar = [(weight, quote) for weight, quote in weighed if weight > least and not any(map(quote.overlaps, to))]
        held = Counter(term for quote in sentences for term in terms & stated_terms(quote.text))
        rarity = {term: log(1 + len(sentences) / number) for term, number in held.items()}

        def rank(quote: Quote) -> tuple[float, int]:
            return -sum(rarity.get(term, 0.0) for term in terms & stated_terms(quote.text)), quote.end - quote.start

        return sorted((quote for _, quote in similar), key=rank)[:count]

    def likeliest(self, text: str) -> tuple[Quote, ...]:
        """Return the sentences of one passage that have most of the words of a text."""
        return self.expand(likeliest_quotes(text, self._hits))

    def around(self, quote: Quote) -> str:
        """Return the sentences around a quote, and the first ones of its article."""
        spans = self._sentence_spans(quote.article)
        first = bisect_right(spans, (quote.start, quote.end)) - 1
        last = max((n for n, (start, _) in enumerate(spans) if start < quote.end), default=first)
        near = [*spans[:2], *spans[max(2, first - NEAR) : last + 2]]
        return " ".join(quote.article.text[start:end] for start, end in near)

    def sentences_of(self, quotes: Sequence[Quote]) -> list[Quote]:
        """Return the sentences of quotes, one by one."""
        return [
            self._quote(quote.article, start, end)
            for quote in quotes
            for start, end in self._sentence_spans(quote.article)
            if start >= quote.start and end <= quote.end
        ]

    def _sentences(self) -> list[Quote]:
        """Return the sentences of the retrieved passages, those of the first passage first, each once."""
        spans = ((hit, *span) for hit in self._hits for span in self._sentence_spans(hit.article))
        inside = ((hit.article, a, b) for hit, a, b in spans if a < hit.passage.end and b > hit.passage.start)
        return [self._quote(*one) for one in dict.fromkeys(inside)]

    def _expand(self, quote: Quote) -> Quote | None:
        article = self._articles.get(quote.article.id)
        if article is None or not 0 <= quote.start < quote.end <= len(article.text):
            return None
        touched = [(a, b) for a, b in self._sentence_spans(article) if a < quote.end and b > quote.start]
        return self._quote(article, touched[0][0], touched[-1][1]) if touched else None

    def _with_preceding(self, quote: Quote) -> Quote:
        spans = self._sentence_spans(quote.article)
        first = bisect_right(spans, (quote.start, quote.end)) - 1
        return self._quote(quote.article, spans[max(0, first - 1)][0], quote.end)

    def _quote(self, article: Article, start: int, end: int) -> Quote:
        return Quote(article, start, end, self._duplicates[article.id])

    def _sentence_spans(self, article: Article) -> Sequence[tuple[int, int]]:
        if article.id not in self._spans:
            self._spans[article.id] = sentence_spans(self._articles[article.id].text)
        return self._spans[article.id]


# The sentences of a passage that support a sentence of a draft.

MAX_QUOTED_SENTENCES = 3
"""Sentences of one passage that are quoted for one sentence."""

_VALUE_WEIGHT = 3
"""A number or a name counts as much as three other words."""


def find_quotes(text: str, hits: Sequence[Hit]) -> tuple[Quote, ...]:
    """Return the whole sentences of the passages that support a sentence best, at most three of each passage."""
    weights = _weights(text)
    return tuple(_without_redundant(weights, [quote for hit in hits for quote in _cover(weights, hit)]))


def _weights(text: str) -> dict[str, int]:
    """Return the words, names and numbers of a text with their weights."""
    weights = dict.fromkeys(content_stems(words(text)), 1)
    weights |= {f"name {word}": _VALUE_WEIGHT for word in name_words(text)}
    return weights | {f"number {n.value.normalize():f}{n.unit}": _VALUE_WEIGHT for n in numbers(text)}


def _cover(weights: dict[str, int], hit: Hit) -> Iterator[Quote]:
    """Choose, one by one, the sentences of a passage that have most of what the chosen ones lack."""
    offset, passage = hit.passage.start, hit.passage.text
    spans = sentence_spans(passage)
    held = [_found_in(weights, passage[start:end]) for start, end in spans]
    chosen: set[int] = set()
    covered: set[str] = set()
    for _ in range(min(MAX_QUOTED_SENTENCES, len(spans))):
        best = max(range(len(spans)), key=lambda n: _weight(weights, held[n] - covered))
        if not held[best] - covered:
            break
        chosen.add(best)
        covered |= held[best]
    for first, last in _consecutive(sorted(chosen)):
        yield Quote(hit.article, offset + spans[first][0], offset + spans[last][1], hit.also_carried_by)


def _found_in(weights: dict[str, int], text: str) -> frozenset[str]:
    found = words(text)
    here = {*content_stems(found), *(f"name {word.folded}" for word in found)}
    here |= {f"number {n.value.normalize():f}{n.unit}" for n in numbers(text)}
    return frozenset(here & weights.keys())


def _weight(weights: dict[str, int], found: Iterable[str]) -> int:
    return sum(weights[what] for what in found)


def _consecutive(places: list[int]) -> Iterator[tuple[int, int]]:
    """Yield the first and last of each run of numbers: 1, 2, 5 is 1–2 and 5–5."""
    for n, place in enumerate(places):
        if n == 0 or places[n - 1] != place - 1:
            first = place
        if n + 1 == len(places) or places[n + 1] != place + 1:
            yield first, place


def _without_redundant(weights: dict[str, int], quotes: Sequence[Quote]) -> Iterator[Quote]:
    """Leave out a quote that adds nothing to those before it and does not have half of the sentence by itself."""
    covered: frozenset[str] = frozenset()
    for quote in quotes:
        found = _found_in(weights, quote.text)
        if found - covered or 2 * _weight(weights, found) >= sum(weights.values()):
            yield quote
        covered |= found


def likeliest_quotes(text: str, hits: Sequence[Hit]) -> tuple[Quote, ...]:
    """Return the sentences of one passage that have most of a sentence's words; of two alike, of the first passage."""
    covers = (find_quotes(text, [hit]) for hit in hits)
    return max(covers, key=lambda quotes: support_share(text, [quote.text for quote in quotes]), default=())


def is_verbatim(sentence: str, quotes: Sequence[str]) -> bool:
    """Return True if a sentence is one of the quotes, or all of them in turn; only white space may differ."""
    said = sentence.split()
    return any(said == quote.split() for quote in (*quotes, " ".join(quotes)))
