"""Lexical support: the share of a sentence's content stems that its quotes have, and the quotes that have most of them.

It reads words, not meaning, so it is called support and is never a verdict. On human faithfulness labels this share
ranks as well as a language model's judgement does (mtRAG, arXiv:2501.03468, table of metrics).
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from newsqa.text.calendar import MONTH_NAMES, MONTHS, SHORT_MONTHS
from newsqa.text.entities import TENS, UNITS, name_words, numbers
from newsqa.text.sentences import sentence_spans
from newsqa.text.words import content_stems, stem, words
from newsqa.types import Hit, Quote

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence


VALUE_WEIGHT = 3  # a number or a name counts as much as three words when sentences are compared


def support_share(sentence: str, quotes: Sequence[str]) -> float:
    """Return the share, 0 to 1, of the content stems and numbers of a sentence that are in its quotes."""
    stated = stated_terms(sentence)
    if not stated:
        return 1.0
    return len(stated & stated_terms("\n".join(quotes))) / len(stated)


@lru_cache(maxsize=8192)
def stated_terms(text: str) -> frozenset[str]:
    """Return the stems of the content words of a text, months in full, and its numbers by value."""
    return frozenset({*_stems(text), *(f"{one.value.normalize():f}" for one in numbers(text))})


def _stems(text: str) -> list[str]:
    """Return the stems of the content words of a text, without those of numbers."""
    found = content_stems(word for word in words(text) if word.folded not in _NUMBER_WORDS)
    return [_MONTH_STEMS.get(one, one) for one in found]


_NUMBER_WORDS = UNITS.keys() | TENS.keys()
_MONTH_STEMS = {short: stem(MONTH_NAMES[MONTHS[short] - 1]) for short in SHORT_MONTHS}

# The sentences of a passage that support a sentence of a draft.

MAX_QUOTED_SENTENCES = 3  # sentences of one passage that are quoted for one sentence


def find_quotes(text: str, hits: Sequence[Hit]) -> tuple[Quote, ...]:
    """Return the whole sentences of the passages that support a sentence best, at most three of each passage."""
    weights = _weights(text)
    return tuple(_without_redundant(weights, [quote for hit in hits for quote in _cover(weights, hit)]))


def _weights(text: str) -> dict[str, int]:
    """Return the words, names and numbers of a text with their weights."""
    weights = dict.fromkeys(_stems(text), 1)
    weights |= {f"name {word}": VALUE_WEIGHT for word in name_words(text)}
    return weights | {f"number {n.value.normalize():f}{n.unit}": VALUE_WEIGHT for n in numbers(text)}


def _cover(weights: dict[str, int], hit: Hit) -> Iterator[Quote]:
    """Choose, one by one, the sentences of a passage that have most of what the chosen ones lack.

    Each but the first adds a word, or has two: a number alone, if it was altered, leads to something else.
    """
    offset, passage = hit.passage.start, hit.passage.text
    spans = sentence_spans(passage)
    held = [_found_in(weights, passage[start:end]) for start, end in spans]
    chosen: set[int] = set()
    covered: set[str] = set()
    for _ in range(min(MAX_QUOTED_SENTENCES, len(spans))):
        best = max(range(len(spans)), key=lambda n: _added(weights, held[n], covered))
        if not _added(weights, held[best], covered):
            break
        chosen.add(best)
        covered |= held[best]
    for first, last in _consecutive(sorted(chosen)):
        yield Quote(hit.article, offset + spans[first][0], offset + spans[last][1], hit.also_carried_by)


def _added(weights: dict[str, int], found: frozenset[str], covered: Collection[str]) -> int:
    """Return the weight of what a sentence adds to what is covered, 0 if it has nothing in common but numbers."""
    new, shared = found - set(covered), [key for key in found if not key.startswith("number ")]
    return _weight(weights, new) if not covered or len(shared) > 1 or not new.isdisjoint(shared) else 0


def _found_in(weights: dict[str, int], text: str) -> frozenset[str]:
    here = {*_stems(text), *(f"name {word.folded}" for word in words(text))}
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
        if _added(weights, found, covered) or 2 * _weight(weights, found) >= sum(weights.values()):
            yield quote
        covered |= found


def likeliest_quotes(text: str, hits: Sequence[Hit]) -> tuple[Quote, ...]:
    """Return the sentences of one passage that have most of a sentence's words; of two alike, of the first passage."""
    covers = (find_quotes(text, [hit]) for hit in hits)
    return max(covers, key=lambda quotes: support_share(text, [quote.text for quote in quotes]), default=())
