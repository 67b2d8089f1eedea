"""The words of an article that are nearly those of a quotation, for one that no article holds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from newsqa.records import Quote
from newsqa.text.alignment import most_alike_part
from newsqa.text.sentences import sentence_spans
from newsqa.text.words import wording

if TYPE_CHECKING:
    from collections.abc import Sequence

    from newsqa.records import Hit
    from newsqa.text.alignment import Alignment
    from newsqa.text.words import Wording

ALIKE = 0.8
"""The share of the characters, in their order, that are the same."""

FEWEST_WORDS = 6
MOST_WORDS = 60
"""Words of a quotation for which others are looked for, fewer are soon alike; and of the sentences that are told."""


def most_alike_first(parts: Sequence[str], hits: Sequence[Hit]) -> list[Hit]:
    """Put the hits first that hold words much like the quotation, scored by how alike they are; the others stay."""
    aligned = [_aligned(parts, wording(hit.passage.text)) for hit in hits]
    scored = [hit.scored(found.score) if found else hit for hit, found in zip(hits, aligned, strict=True)]
    places = sorted(range(len(hits)), key=lambda n: -scored[n].score if aligned[n] else 0)
    return [scored[n] for n in places]


def nearly(parts: Sequence[str], hit: Hit) -> Quote | None:
    """Return the sentences of a hit that are most like the quotation, or None where they are not much like it."""
    read = wording(hit.passage.text)
    found = _aligned(parts, read)
    if found is None:
        return None
    text, offset = hit.passage.text, hit.passage.start
    start, end = _span(read, found.start, found.end)
    held = [(first, last) for first, last in sentence_spans(text) if first < end and last > start]
    if len(text[held[0][0] : held[-1][1]].split()) > MOST_WORDS:
        return None
    return Quote(hit.article, offset + held[0][0], offset + held[-1][1], hit.also_carried_by)


def _aligned(parts: Sequence[str], read: Wording) -> Alignment | None:
    said = [word for part in parts for word in wording(part).words]
    if len(said) < FEWEST_WORDS:
        return None
    return most_alike_part(" ".join(said), " ".join(read.words), ALIKE)


def _span(read: Wording, start: int, end: int) -> tuple[int, int]:
    """Return the span, in the text, of what stands between two places of its words joined by spaces."""
    at, touched = 0, []
    for word, span in zip(read.words, read.spans, strict=True):
        if at < end and at + len(word) > start:
            touched.append(span)
        at += len(word) + 1
    return touched[0][0], touched[-1][1]
