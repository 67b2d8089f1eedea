"""The sentences of a cited passage that prove what a draft says of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from newsqa.records import Quote
from newsqa.text.names import name_words
from newsqa.text.numbers import numbers
from newsqa.text.sentences import sentence_spans
from newsqa.text.words import content_stems, words

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from newsqa.records import Hit

MOST_SENTENCES = 3
"""Sentences of one passage that are offered as proof of one claim."""

_TELLING = 3
"""A number or a name weighs as much as three other words when sentences are sought that prove a claim."""


def proven(text: str, hits: Sequence[Hit]) -> tuple[Quote, ...]:
    """Choose the quotes that carry a sentence best: whole sentences of the passages it cites, at most three of each."""
    wanted = _weights(text)
    return tuple(_useful(wanted, [quote for hit in hits for quote in _proof(wanted, hit)]))


def _weights(text: str) -> dict[str, int]:
    """Weigh what a text states: numbers and names three times as much as its other words."""
    weights = dict.fromkeys(content_stems(words(text)), 1)
    weights |= {f"name {word}": _TELLING for word in name_words(text)}
    return weights | {f"number {n.value.normalize():f}{n.unit}": _TELLING for n in numbers(text)}


def _proof(wanted: dict[str, int], hit: Hit) -> Iterator[Quote]:
    """Choose, one by one, the sentences of a passage that carry most of what is not yet carried."""
    offset, passage = hit.passage.start, hit.passage.text
    spans = sentence_spans(passage)
    states = [_stated(wanted, passage[start:end]) for start, end in spans]
    chosen: set[int] = set()
    carried: set[str] = set()
    for _ in range(min(MOST_SENTENCES, len(spans))):
        best = max(range(len(spans)), key=lambda n: _weight(wanted, states[n] - carried))
        if not states[best] - carried:
            break
        chosen.add(best)
        carried |= states[best]
    for first, last in _runs(sorted(chosen)):
        yield Quote(hit.article, offset + spans[first][0], offset + spans[last][1], hit.also_carried_by)


def _stated(wanted: dict[str, int], text: str) -> frozenset[str]:
    found = words(text)
    here = {*content_stems(found), *(f"name {word.folded}" for word in found)}
    here |= {f"number {n.value.normalize():f}{n.unit}" for n in numbers(text)}
    return frozenset(here & wanted.keys())


def _weight(wanted: dict[str, int], stated: Iterable[str]) -> int:
    return sum(wanted[what] for what in stated)


def _runs(places: list[int]) -> Iterator[tuple[int, int]]:
    """Join neighbours: 1, 2, 5 is 1–2 and 5–5."""
    for n, place in enumerate(places):
        if n == 0 or places[n - 1] != place - 1:
            first = place
        if n + 1 == len(places) or places[n + 1] != place + 1:
            yield first, place


def _useful(wanted: dict[str, int], quotes: Sequence[Quote]) -> Iterator[Quote]:
    """Leave out a quote that neither adds anything to those before it nor carries half of the claim by itself."""
    carried: frozenset[str] = frozenset()
    for quote in quotes:
        stated = _stated(wanted, quote.text)
        if stated - carried or 2 * _weight(wanted, stated) >= sum(wanted.values()):
            yield quote
        carried |= stated
