"""Where the parts of a quotation stand in articles: in their order, each word for word."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from newsqa.text.sentences import sentence_spans
from newsqa.text.words import Wording, wording

if TYPE_CHECKING:
    from collections.abc import Sequence

    from newsqa.records import Article, Bounds, Carrier, Hit
    from newsqa.seams import Index

    Spans = tuple[tuple[int, int], ...]

MOST = 60
"""Articles in which a quotation is looked for: one that more hold is no one's."""

FEWEST_IN_A_ROW = 3
ASIDE = 30
"""Words that may stand between the halves of what was said: “…,” said the mayor of Ostby on Monday, “…”."""

_CLAUSE_END = re.compile(r"[,.;:!?—–]\W+")
_SPEECH = re.compile(r"[“„«][^“”„«»]+|\"[^\"\n]+\"?")


@dataclass(frozen=True, slots=True)
class Place:
    """An article that holds a quotation, and the span of each of its parts there."""

    article: Article
    also_carried_by: tuple[Carrier, ...]
    spans: Spans


def places(parts: Sequence[str], index: Index, bounds: Bounds) -> list[Place]:
    """Find the articles that hold a quotation, first published first.

    Where none holds its words in a row, articles count in which somebody says them in a row: quoted, with “he said”
    between, as newspapers break what they quote.
    """
    wanted = [wording(part).words for part in parts]
    found = _found(max(parts, key=len), wanted, index, bounds, spoken=False)
    clause = max((c for part in parts for c in _CLAUSE_END.split(part)), key=len)
    if found or len(wording(clause).words) < FEWEST_IN_A_ROW:
        return found
    return _found(clause, wanted, index, bounds, spoken=True)


def titled(parts: Sequence[str], hits: Sequence[Hit]) -> list[Place]:
    """Find the articles of hits whose title holds a quotation; first published first, the first sentence for a span."""
    wanted = [wording(part).words for part in parts]
    held = {hit.article.id: hit for hit in hits if _in_order(wording(hit.article.title or ""), wanted)}
    by_date = sorted(held.values(), key=lambda hit: (hit.article.published or date.max, hit.article.id))
    return [Place(hit.article, hit.also_carried_by, (sentence_spans(hit.article.text)[0],)) for hit in by_date]


def _found(phrase: str, wanted: Sequence[Sequence[str]], index: Index, bounds: Bounds, *, spoken: bool) -> list[Place]:
    found = []
    for span in index.holding(phrase, bounds, MOST):
        text = _speech(span.article.text) if spoken else wording(span.article.text)
        spans = _in_order(text, wanted)
        if spans and all(map(_near_by, [span.article.text] * len(spans), spans, wanted)):
            found.append(Place(span.article, span.also_carried_by, spans))
    return found


def _speech(text: str) -> Wording:
    """Read the wording of what stands in quotation marks, as if nothing stood between."""
    said = [(match.start(), wording(match.group())) for match in _SPEECH.finditer(text)]
    words = [word for _, part in said for word in part.words]
    spans = [(at + start, at + end) for at, part in said for start, end in part.spans]
    return Wording(tuple(words), tuple(spans))


def _in_order(text: Wording, wanted: Sequence[Sequence[str]]) -> Spans | None:
    """Return where the parts stand one after another, as near together as they end first, or None."""
    after, first = 0, []
    for part in wanted:
        span = next((span for span in text.places(part) if span[0] >= after), None)
        if span is None:
            return None
        first.append(span)
        after = span[1]
    near = [first[-1]]
    for part in reversed(wanted[:-1]):
        near.append(max(span for span in text.places(part) if span[1] <= near[-1][0]))
    return tuple(reversed(near))


def _near_by(text: str, span: tuple[int, int], part: Sequence[str]) -> bool:
    return len(wording(text[slice(*span)]).words) <= len(part) + ASIDE
