"""Where quoted words come from: the articles that hold them word for word, first published first. No model is asked."""

from __future__ import annotations

from itertools import chain, islice
from typing import TYPE_CHECKING

from newsqa.extract.nearly import most_alike_first
from newsqa.extract.places import places, titled
from newsqa.ingest.duplicates import stories_once
from newsqa.origins import origin_sentence
from newsqa.records import EXTRACTIVE, Draft, Hit, Origin, Passage, Quote
from newsqa.steps.rerank import EVIDENCE, spread
from newsqa.text.passages import passages_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from newsqa.extract.places import Place
    from newsqa.records import Article, Query
    from newsqa.seams import Index

MOST_TOLD = 3
MOST_WORDS = 90

SURE = 0.99
"""Of quotations drawn from articles so many are traced to them (benchmarks/quote_to_source.py)."""


def trace(query: Query, candidates: Sequence[Hit], index: Index) -> tuple[list[Hit], Draft]:
    """Return the passages that hold the quotation before the other candidates, and a draft that names their articles.

    Copies of one story count once. The first published is the likeliest origin, unless the question names an outlet or
    a time. No origins is a refusal. Raises LibraryError where the index cannot be read.
    """
    found = places(query.quotation, index, query.bounds) or titled(query.quotation, candidates)
    stories = list(stories_once(sorted(found, key=lambda place: not _as_asked(query, place.article))))
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


def _brief(found: Iterable[Place]) -> Iterator[Place]:
    """Keep as many, and one at least, as can be named in so many words."""
    words = 0
    for n, place in enumerate(found):
        article = place.article
        words += len(origin_sentence(article.title, article.outlet, article.published, again=n > 0).split())
        if n and words > MOST_WORDS:
            return
        yield place


def _origin(query: Query, place: Place) -> Origin:
    return Origin(
        query.sought, tuple(Quote(place.article, start, end, place.also_carried_by) for start, end in place.spans)
    )


def _more(number: int) -> tuple[str, ...]:
    if not number:
        return ()
    articles = "1 more article holds" if number == 1 else f"{number} more articles hold"
    return (f"{articles} these words.",)


def _best_first(stories: Sequence[Place], candidates: Sequence[Hit]) -> list[Hit]:
    holding = list(islice(chain.from_iterable(map(_passages, stories)), EVIDENCE))
    known = {(hit.article.id, hit.passage.start) for hit in holding}
    copies = {carrier.article_id for place in stories for carrier in place.also_carried_by}
    others = [hit for hit in spread(candidates) if (hit.article.id, hit.passage.start) not in known]
    return [*holding, *(hit for hit in others if hit.article.id not in copies)][:EVIDENCE]


def _nearest_first(query: Query, candidates: Sequence[Hit]) -> list[Hit]:
    return most_alike_first(query.quotation, spread(candidates))[:EVIDENCE]


def _passages(place: Place) -> Iterator[Hit]:
    text = place.article.text
    for start, end in passages_of(text):
        if any(first < end and last > start for first, last in place.spans):
            passage = Passage(0, place.article.id, start, end, text[start:end])  # no one asks the library for it by id
            yield Hit(passage, place.article, 1.0, place.also_carried_by)
