"""What is shown of a passage that was found: the sentences around it too, as many as a passage may have."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from newsqa.text.passages import MAX_WORDS
from newsqa.text.sentences import sentence_spans

if TYPE_CHECKING:
    from collections.abc import Sequence

    from newsqa.records import Hit

    Span = tuple[int, int]


def widen(hits: Sequence[Hit]) -> list[Hit]:
    """Return the hits, in their order, with each passage widened on both sides by whole sentences of its article.

    A passage keeps within the words that one may have, and never reaches into another of the hits: no sentence is
    shown twice.
    """
    texts = {hit.article.id: hit.article.text for hit in hits}
    sentences = {article: sentence_spans(text) for article, text in texts.items()}
    taken = {article: [_span(hit) for hit in hits if hit.article.id == article] for article in texts}
    return [_widened(hit, sentences[hit.article.id], taken[hit.article.id]) for hit in hits]


def _span(hit: Hit) -> Span:
    return hit.passage.start, hit.passage.end


def _widened(hit: Hit, sentences: Sequence[Span], taken: list[Span]) -> Hit:
    text, (start, end) = hit.article.text, _span(hit)
    taken.remove((start, end))
    left = MAX_WORDS - len(hit.passage.text.split())
    sides = [[s for s in sentences if s[0] >= end], [s for s in reversed(sentences) if s[1] <= start]]
    while any(sides):
        for side in filter(None, sides):
            words = len(text[slice(*side[0])].split())
            if words > left or _overlaps(side[0], taken):
                side.clear()
            else:
                left -= words
                nearest = side.pop(0)
                start, end = min(start, nearest[0]), max(end, nearest[1])
    taken.append((start, end))
    return replace(hit, passage=replace(hit.passage, start=start, end=end, text=text[start:end]))


def _overlaps(sentence: Span, taken: Sequence[Span]) -> bool:
    return any(sentence[0] < end and sentence[1] > start for start, end in taken)
