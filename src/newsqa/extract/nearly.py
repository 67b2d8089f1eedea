"""The words of an article that are nearly those of a quotation, for one that no article holds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from newsqa.records import Quote
from newsqa.sentences import sentence_spans
from newsqa.wording import wording

if TYPE_CHECKING:
    from collections.abc import Sequence

    from newsqa.records import Hit

ALIKE = 80.0
"""Percent of the characters, in their order, that are the same (rapidfuzz's partial ratio)."""

READ = 10
MOST_WORDS = 60


def nearly(parts: Sequence[str], hits: Sequence[Hit]) -> Quote | None:
    """Return the sentences among the best hits that are most like the quotation, or None where none are alike."""
    from rapidfuzz import fuzz  # noqa: PLC0415

    said = " ".join(word for part in parts for word in wording(part).words)
    best, found = ALIKE, None
    for hit in hits[:READ]:
        read = wording(hit.passage.text)
        alike = fuzz.partial_ratio_alignment(said, " ".join(read.words), score_cutoff=best)
        if alike and alike.score > best:
            best, found = alike.score, (hit, _span(read.words, read.spans, alike.dest_start, alike.dest_end))
    return _sentences(*found) if found else None


def _span(words: Sequence[str], spans: Sequence[tuple[int, int]], start: int, end: int) -> tuple[int, int]:
    """Return the span, in the text, of what stands between two places of its words joined by spaces."""
    at, touched = 0, []
    for word, span in zip(words, spans, strict=True):
        if at < end and at + len(word) > start:
            touched.append(span)
        at += len(word) + 1
    return touched[0][0], touched[-1][1]


def _sentences(hit: Hit, span: tuple[int, int]) -> Quote | None:
    text, offset = hit.passage.text, hit.passage.start
    held = [(a, b) for a, b in sentence_spans(text) if a < span[1] and b > span[0]]
    if len(text[held[0][0] : held[-1][1]].split()) > MOST_WORDS:
        return None
    return Quote(hit.article, offset + held[0][0], offset + held[-1][1], hit.also_carried_by)
