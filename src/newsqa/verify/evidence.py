"""The articles at hand as proof: their whole sentences, and which of them carry what a written sentence says."""

from __future__ import annotations

import re
from bisect import bisect_right
from itertools import product
from typing import TYPE_CHECKING

from newsqa.text.sentences import sentence_spans
from newsqa.types import Quote
from newsqa.verify.checks.reading import read
from newsqa.verify.facts.synonyms import REPORTING, root
from newsqa.verify.support import Verdict, check_support

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

    from newsqa.types import Article, Duplicate, Hit
    from newsqa.verify.checks.reading import Reading


BACK = 3
"""Sentences before a quote that may be added to it, where they say of whom it speaks."""

NEAREST = 4
"""Sentences of the evidence, most alike first, that are tried as proof of one that its own quotes do not carry."""


_POINTS_BACK = re.compile(
    r"\b(?:he|she|they|it|him|her|them|his|their|its|we|our|us|i|my)\b|\bthe(?: [a-z]+){1,2}\b", re.IGNORECASE
)


class EvidenceSet:
    """The articles of the evidence and their sentences, each parted once and only if it is needed."""

    def __init__(self, evidence: Sequence[Hit]) -> None:
        self._articles = {hit.article.id: hit.article for hit in reversed(evidence)}
        self._evidence = tuple(evidence)
        self._carriers: dict[str, tuple[Duplicate, ...]] = {}
        for hit in evidence:
            known = self._carriers.get(hit.article.id, ())
            new = tuple(carrier for carrier in hit.also_carried_by if carrier not in known)
            self._carriers[hit.article.id] = known + new

    def settle(self, quotes: Sequence[Quote]) -> tuple[Quote, ...]:
        """Return the quotes as whole sentences of articles at hand, each once; one of no such article is left out."""
        settled = (self._settled(quote) for quote in quotes)
        return tuple(dict.fromkeys(quote for quote in settled if quote))

    def longer(self, quotes: Sequence[Quote]) -> Iterator[tuple[Quote, ...]]:
        """Yield quotes that speak of "she" or "it" with the sentences before them, which say of whom; twice at most."""
        pointing = any(_POINTS_BACK.search(quote.text) for quote in quotes)
        for back in range(1, BACK + 1) if pointing else ():
            yield self.settle([self._longer(quote, back) for quote in quotes])

    def alike(self, text: str) -> Iterator[tuple[Quote, ...]]:
        """Yield what else of the evidence may prove a sentence, most alike first; twice `NEAREST` at most.

        What is put together stands together: sentences from all over an article would prove anything said in its words.
        """
        for quote in self._alike(text):
            yield (quote,)
            yield (self._longer(quote, 1),)

    def _settled(self, quote: Quote) -> Quote | None:
        article = self._articles.get(quote.article.id)
        if article is None or not 0 <= quote.start < quote.end <= len(article.text):
            return None
        spans = self._sentences(article)
        touched = [(start, end) for start, end in spans if start < quote.end and end > quote.start]
        return self._quote(article, touched[0][0], touched[-1][1]) if touched else None

    def _longer(self, quote: Quote, back: int) -> Quote:
        """Return a quote with the sentences before it."""
        spans = self._sentences(quote.article)
        first = bisect_right(spans, (quote.start, quote.end)) - 1
        return self._quote(quote.article, spans[max(0, min(first, len(spans) - 1) - back)][0], quote.end)

    def _alike(self, text: str) -> list[Quote]:
        """Return the sentences of the evidence that share most words with a text, at least a third of them."""
        said = read(text)
        if not _says_enough(said):
            return []
        found: dict[tuple[str, int], tuple[int, Quote]] = {}
        for hit in self._evidence:
            for start, end in self._sentences(hit.article):
                if start >= hit.passage.end or end <= hit.passage.start or (hit.article.id, start) in found:
                    continue
                shared = said.shared(read(hit.article.text[start:end]))
                if 3 * shared >= len(said.content) and shared:
                    found[hit.article.id, start] = shared, self._quote(hit.article, start, end)
        best = sorted(found.values(), key=lambda one: -one[0])
        return [quote for _, quote in best[:NEAREST]]

    def _quote(self, article: Article, start: int, end: int) -> Quote:
        return Quote(article, start, end, self._carriers[article.id])

    def _sentences(self, article: Article) -> tuple[tuple[int, int], ...]:
        return sentence_spans(self._articles[article.id].text)


def _says_enough(said: Reading) -> bool:
    """Whether a text says so much that what is like it is no chance: "The Herald admits it" is like anything."""
    telling = {root(w.folded) for w in said.content if w.folded not in said.named} - REPORTING
    return bool(telling)


def quoted_support(text: str, quotes: Sequence[Quote]) -> Verdict:
    """Check a sentence against quotes, with all that is known of their articles."""
    articles = list({quote.article.id: quote.article for quote in quotes}.values())
    return check_support(
        text,
        [quote.text for quote in quotes],
        known_names=[name for article in articles for name in (article.outlet, article.byline) if name],
        context=[part for article in articles for part in (article.title or "", article.text)],
        published=[quote.article.published for quote in quotes],
    )


# The sentence that says where words stand, made of what the library knows of their article and of nothing else.

TITLE_WORDS, OUTLET_WORDS = 40, 12
LONGEST_WORD = 60
"""A title or an outlet with more is cut short in the sentence; the citation has all of it."""


def origin_sentence(
    title: str | None, outlet: str | None, published: date | None, *, again: bool = False, headline: bool = False
) -> str:
    """Say where words stand: “These words stand in “Ferry late” (Brack Bay Post, 2 April 2025).”.

    What is not known is said to be unknown. `again` is for an article after the first, `headline` for words that stand
    in its title.
    """
    where = f"{_titled(title)} ({_outlet(outlet)}, {_dated(published)})"
    place = f"in the title of {where}" if headline else f"in {where}"
    return f"They also stand {place}." if again else f"These words stand {place}."


def origin_sentences(title: str | None, outlet: str | None, published: date | None) -> tuple[str, ...]:
    """Return every such sentence that what is known of a source bears out."""
    ways = product((False, True), (False, True))
    return tuple(origin_sentence(title, outlet, published, again=again, headline=head) for again, head in ways)


def day(when: date) -> str:
    """Write a date as news does: 3 March 2025."""
    return f"{when.day} {when:%B %Y}"


def _titled(title: str | None) -> str:
    short = _short(title or "", TITLE_WORDS)
    return f"“{short}”" if short else "an article of unknown title"


def _outlet(outlet: str | None) -> str:
    return _short(outlet or "", OUTLET_WORDS) or "outlet unknown"


def _dated(published: date | None) -> str:
    return day(published) if published else "date unknown"


def _short(text: str, most: int) -> str:
    words = [word if len(word) <= LONGEST_WORD else f"{word[:LONGEST_WORD]}…" for word in text.split()]
    return " ".join(words) if len(words) <= most else " ".join(words[:most]) + " …"
