"""The evidence of an answer: whole sentences of its articles as quotes; and what can be wrong with a sentence.

Nothing here reads what a sentence means: an answer made of whole sentences is verified with this file alone.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from dataclasses import dataclass
from math import log
from typing import TYPE_CHECKING, Literal

from newsqa.text.sentences import sentence_spans
from newsqa.text.support import likeliest_quotes, shared_weight, stated_terms
from newsqa.types import Quote

if TYPE_CHECKING:
    from collections.abc import Sequence

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

        They share a third of its words or more; if it has quotes (`to`), half, and more than those, where numbers do
        not count: a number that was altered would lead to wherever it stands. Those are best that share words which few
        of the sentences have. Sentences from several places are never put together: with them
        anything could be proved that is said in the articles' words.
        """
        terms = stated_terms(text)
        if to:
            terms = frozenset(term for term in terms if not term[0].isdigit())
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


def is_verbatim(sentence: str, quotes: Sequence[str]) -> bool:
    """Return True if a sentence is one of the quotes, or all of them in turn; only white space may differ."""
    said = sentence.split()
    return any(said == quote.split() for quote in (*quotes, " ".join(quotes)))


# What can be wrong with a sentence, and the one place that words it for a person.

FaultCode = Literal[
    "no_quote", "repeated", "nothing_shared", "address_added", "quotation_altered", "number_missing", "number_confused",
    "time_missing", "date_missing", "name_missing", "name_replaced", "speaker_replaced",
    "own_words", "judged_false", "judge_silent", "left_out", "refuted",
]  # fmt: skip
"""The kinds of fault."""

_MESSAGES: dict[FaultCode, str] = {
    "no_quote": "no quote from the articles at hand goes with it",
    "repeated": "it says again what a sentence before it says",
    "nothing_shared": "it has hardly a word in common with its quotes",
    "number_missing": "number {0} is in none of its quotes",
    "number_confused": "its quotes count something else by {0}",
    "time_missing": "time {0} is in none of its quotes",
    "date_missing": "date {0} is in none of its quotes",
    "name_missing": "name {0} is in none of its quotes",
    "name_replaced": "its quotes have “{1}” where it has “{0}”",
    "quotation_altered": "the words “{0}” do not stand so in its quotes",
    "speaker_replaced": "its quotes have “{1}” say it, not “{0}”",
    "address_added": "“{0}” is in none of its quotes",
    "own_words": "it is in words of its own, and no judge model was asked if its quotes support it",
    "judged_false": "{0} finds that its quotes do not support it: {1}",
    "judge_silent": "{0} gave no verdict on it",
    "left_out": "the model left it out",
    "refuted": "the judge finds that its quotes say the contrary",
}


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a sentence: the kind, and the words of the sentence and its quotes that show it."""

    code: FaultCode
    detail: tuple[str, ...] = ()

    def __str__(self) -> str:
        """Word the fault for a person: "number 112 is in none of its quotes"."""
        return _MESSAGES[self.code].format(*self.detail)
