"""Where quoted words come from: the articles that hold them word for word, first published first. No model is asked."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from itertools import chain, islice
from typing import TYPE_CHECKING

from newsqa.search.rerank import EVIDENCE, spread, unique_stories
from newsqa.text.alignment import align
from newsqa.text.passages import passage_spans
from newsqa.text.sentences import sentence_spans
from newsqa.text.words import Wording, wording
from newsqa.types import EXTRACTIVE, Draft, Hit, Origin, Passage, Quote
from newsqa.verify.evidence import origin_sentence

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from newsqa.store.snapshot import Snapshot
    from newsqa.text.alignment import Alignment
    from newsqa.types import Article, Bounds, Duplicate, Query

    Spans = tuple[tuple[int, int], ...]


# Where the parts of a quotation stand in articles: in their order, each word for word.

MOST = 60
"""Articles in which a quotation is looked for: one that more hold is no one's."""

FEWEST_IN_A_ROW = 3
ASIDE = 30
"""Words that may stand between the halves of what was said: “…,” said the mayor of Ostby on Monday, “…”."""

_CLAUSE_END = re.compile(r"[,.;:!?—–]\W+")
_SPEECH = re.compile(r"[“„«][^“”„«»]+|\"[^\"\n]+\"?")


@dataclass(frozen=True, slots=True)
class QuotationMatch:
    """An article that holds a quotation, and the span of each of its parts there."""

    article: Article
    also_carried_by: tuple[Duplicate, ...]
    spans: Spans


def quotation_matches(parts: Sequence[str], index: Snapshot, bounds: Bounds) -> list[QuotationMatch]:
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


def titled(parts: Sequence[str], hits: Sequence[Hit]) -> list[QuotationMatch]:
    """Find the articles of hits whose title holds a quotation; first published first, the first sentence for a span."""
    wanted = [wording(part).words for part in parts]
    held = {hit.article.id: hit for hit in hits if _in_order(wording(hit.article.title or ""), wanted)}
    by_date = sorted(held.values(), key=lambda hit: (hit.article.published or date.max, hit.article.id))
    return [QuotationMatch(hit.article, hit.also_carried_by, (sentence_spans(hit.article.text)[0],)) for hit in by_date]


def _found(
    phrase: str, wanted: Sequence[Sequence[str]], index: Snapshot, bounds: Bounds, *, spoken: bool
) -> list[QuotationMatch]:
    found = []
    for span in index.find_phrase(phrase, bounds, MOST):
        text = _speech(span.article.text) if spoken else wording(span.article.text)
        spans = _in_order(text, wanted)
        if spans and all(map(_near_by, [span.article.text] * len(spans), spans, wanted)):
            found.append(QuotationMatch(span.article, span.also_carried_by, spans))
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


# The words of an article that are nearly those of a quotation, for one that no article holds.

ALIKE = 0.8
"""The share of the characters, in their order, that are the same."""

FEWEST_WORDS = 6
MOST_ALIGNED_WORDS = 60
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
    if len(text[held[0][0] : held[-1][1]].split()) > MOST_ALIGNED_WORDS:
        return None
    return Quote(hit.article, offset + held[0][0], offset + held[-1][1], hit.also_carried_by)


def _aligned(parts: Sequence[str], read: Wording) -> Alignment | None:
    said = [word for part in parts for word in wording(part).words]
    if len(said) < FEWEST_WORDS:
        return None
    return align(" ".join(said), " ".join(read.words), ALIKE)


def _span(read: Wording, start: int, end: int) -> tuple[int, int]:
    """Return the span, in the text, of what stands between two places of its words joined by spaces."""
    at, touched = 0, []
    for word, span in zip(read.words, read.spans, strict=True):
        if at < end and at + len(word) > start:
            touched.append(span)
        at += len(word) + 1
    return touched[0][0], touched[-1][1]


MOST_TOLD = 3
MOST_WORDS = 90

SURE = 0.99
"""Of quotations drawn from articles so many are traced to them (benchmarks/quote_to_source.py)."""


def attribute_quotation(query: Query, candidates: Sequence[Hit], index: Snapshot) -> tuple[list[Hit], Draft]:
    """Return the passages that hold the quotation before the other candidates, and a draft that names their articles.

    Copies of one story count once. The first published is the likeliest origin, unless the question names an outlet or
    a time. No origins is a refusal. Raises LibraryError where the index cannot be read.
    """
    found = quotation_matches(query.quotation, index, query.bounds) or titled(query.quotation, candidates)
    stories = list(unique_stories(sorted(found, key=lambda place: not _as_asked(query, place.article))))
    hits = _best_first(stories, candidates) if stories else _nearest_first(query, candidates)
    held = {hit.article.id for hit in hits}
    told = list(_brief(place for place in stories[:MOST_TOLD] if place.article.id in held))
    draft = Draft(
        claims=(),
        confidence=SURE if told else 0.0,
        model=EXTRACTIVE,
        origins=tuple(_origin(query, place) for place in told),
        notices=_more(len(stories) - len(told)),
    )
    return hits, draft


def _as_asked(query: Query, article: Article) -> bool:
    """Whether an article is of the outlet and the time that the question names, if it names any."""
    if query.outlets and article.outlet not in query.outlets:
        return False
    if not query.since and not query.until:
        return True
    day = article.published
    return day is not None and (query.since or day) <= day <= (query.until or day)


def _brief(found: Iterable[QuotationMatch]) -> Iterator[QuotationMatch]:
    """Keep as many, and one at least, as can be named in so many words."""
    words = 0
    for n, place in enumerate(found):
        article = place.article
        words += len(origin_sentence(article.title, article.outlet, article.published, again=n > 0).split())
        if n and words > MOST_WORDS:
            return
        yield place


def _origin(query: Query, place: QuotationMatch) -> Origin:
    return Origin(
        query.sought, tuple(Quote(place.article, start, end, place.also_carried_by) for start, end in place.spans)
    )


def _more(number: int) -> tuple[str, ...]:
    if not number:
        return ()
    articles = "1 more article holds" if number == 1 else f"{number} more articles hold"
    return (f"{articles} these words.",)


def _best_first(stories: Sequence[QuotationMatch], candidates: Sequence[Hit]) -> list[Hit]:
    holding = list(islice(chain.from_iterable(map(_passages, stories)), EVIDENCE))
    known = {(hit.article.id, hit.passage.start) for hit in holding}
    copies = {carrier.article_id for place in stories for carrier in place.also_carried_by}
    others = [hit for hit in spread(candidates) if (hit.article.id, hit.passage.start) not in known]
    return [*holding, *(hit for hit in others if hit.article.id not in copies)][:EVIDENCE]


def _nearest_first(query: Query, candidates: Sequence[Hit]) -> list[Hit]:
    return most_alike_first(query.quotation, spread(candidates))[:EVIDENCE]


def _passages(place: QuotationMatch) -> Iterator[Hit]:
    text = place.article.text
    for start, end in passage_spans(text):
        if any(first < end and last > start for first, last in place.spans):
            passage = Passage(0, place.article.id, start, end, text[start:end])  # no one asks the library for it by id
            yield Hit(passage, place.article, 1.0, place.also_carried_by)
