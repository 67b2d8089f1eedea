"""Attribution of quoted words: the articles that hold them, first published first. No model is asked."""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass
from datetime import date
from itertools import chain, islice
from math import ceil
from typing import TYPE_CHECKING

from newsqa.search.retrieve import EVIDENCE, limit_per_article, unique_stories
from newsqa.text.origins import origin_sentence
from newsqa.text.sentences import passage_spans, sentence_spans
from newsqa.text.words import Wording, wording
from newsqa.types import EXTRACTIVE, Article, Bounds, DraftSummary, Duplicate, Hit, Origin, Passage, Query, Quote

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from newsqa.store.snapshot import Snapshot

    Spans = tuple[tuple[int, int], ...]


# Finds the part of a text that is most similar to a shorter text, letter by letter.


@dataclass(frozen=True, slots=True)
class Alignment:
    """A part of a text, `text[start:end]`, and its similarity to the text that was searched for, from 0 to 1.

    The similarity is that of a part as long as the searched text; ends with nothing in common are left out.
    """

    score: float
    start: int
    end: int


def align(sought: str, text: str, least: float) -> Alignment | None:
    """Return the part of a text that is most similar to `sought`, the first of equals; None if none reaches `least`.

    Similarity is the share of characters that both have in common in the same order: twice their longest common
    subsequence divided by the sum of their lengths. A part is as long as `sought`, or shorter at an end of the text. If
    the whole text is shorter than `sought`, it is compared with the parts of `sought`. If both are equally long, the
    better of both comparisons counts.
    """
    inside = _best_part(sought, text, least) if len(sought) <= len(text) else None
    whole = _best_part(text, sought, least) if len(text) <= len(sought) else None
    if whole and (inside is None or whole.score > inside.score):
        return Alignment(whole.score, 0, len(text))
    return inside


def _best_part(sought: str, text: str, least: float) -> Alignment | None:
    """Return the most similar part of a text that is at least as long as `sought`."""
    if not sought:
        return None
    masks, size, best = _masks(sought), len(sought), None
    at = 1 - size  # before the text a part is cut to the first characters of the text, at the end to the last
    while at < len(text):
        start, end = max(at, 0), min(at + size, len(text))
        common = _common(masks, size, text[start:end])
        score = 2 * common / (size + end - start)
        if score >= least and (best is None or score > best.score):
            best = Alignment(score, start, end)
        at += _steps(common, size, end - start, best.score if best else least)
    return _trimmed(masks, size, text, best) if best else None


def _trimmed(masks: Mapping[str, int], size: int, text: str, found: Alignment) -> Alignment:
    """Cut off both ends of a part as long as it keeps the same characters in common."""
    start, end = found.start, found.end
    common = _common(masks, size, text[start:end])
    end = bisect_left(range(start, end), common, key=lambda place: _common(masks, size, text[start:place])) + start
    skipped = bisect_left(range(start, end), 1, key=lambda place: _common(masks, size, text[place:end]) < common)
    return Alignment(found.score, start + skipped - 1, end)


def _steps(common: int, size: int, length: int, needed: float) -> int:
    """Return how many characters further the next part begins that can reach the similarity needed.

    With each character the common subsequence grows by at most one, while the part grows, stays or shrinks: so the
    missing number, `needed * (size + length) / 2 - common`, falls by at most one, and no better part is skipped.
    """
    return max(1, ceil(needed * (size + length) / 2 - common - 1e-9))


def _masks(sought: str) -> Mapping[str, int]:
    """Return for each character the positions where it occurs, as the bits of a number."""
    masks: dict[str, int] = {}
    for place, character in enumerate(sought):
        masks[character] = masks.get(character, 0) | 1 << place
    return masks


def _common(masks: Mapping[str, int], size: int, part: str) -> int:
    """Return the length of the longest common subsequence, by whole rows of its table as bits (Hyyrö 2004)."""
    ones = (1 << size) - 1
    row = ones
    for character in part:
        met = row & masks.get(character, 0)
        row = ((row + met) | (row - met)) & ones
    return size - row.bit_count()


MAX_ORIGINS = 3
MAX_ORIGIN_WORDS = 90  # articles that are named, and the words of the sentences that name them
SURE = 0.99  # the share of quotations drawn from articles that are attributed to them (benchmarks/quote_to_source.py)


@dataclass(frozen=True, slots=True)
class Attribution:
    """Where quoted words come from: hits, first those that hold the words, and the origins, likeliest first."""

    hits: list[Hit]
    origins: tuple[Origin, ...]
    summary: DraftSummary


def attribute_quotation(query: Query, candidates: Sequence[Hit], index: Snapshot) -> Attribution:
    """Find the origins of the quotation that a question is about.

    Duplicates of an article count once. The article that was published first is the likeliest origin, unless the
    question names an outlet or a time. If no article holds the words, there are no origins and the hits come first that
    hold similar words. Raises LibraryError if the index cannot be read.
    """
    found = find_quotation(query.quotation, index, query.bounds) or _find_in_titles(query.quotation, candidates)
    matches = list(unique_stories(sorted(found, key=lambda match: not _fits_question(query, match.article))))
    hits = _matches_first(matches, candidates) if matches else most_similar_first(query.quotation, candidates)
    known = {hit.article.id for hit in hits}
    named = list(_limit_words(match for match in matches[:MAX_ORIGINS] if match.article.id in known))
    more = len(matches) - len(named)
    notices = (f"{more} more article{' holds' if more == 1 else 's hold'} these words.",) if more else ()
    return Attribution(
        hits,
        tuple(Origin(query.sought, match.quotes) for match in named),
        DraftSummary(SURE if named else 0.0, EXTRACTIVE, notices=notices),
    )


def _fits_question(query: Query, article: Article) -> bool:
    """Return True for an article of the outlet and the time that the question names, if it names any."""
    if query.outlets and article.outlet not in query.outlets:
        return False
    if not query.since and not query.until:
        return True
    day = article.published
    return day is not None and (query.since or day) <= day <= (query.until or day)


def _limit_words(matches: Iterable[QuotationMatch]) -> Iterator[QuotationMatch]:
    """Keep as many, and one at least, as MAX_ORIGIN_WORDS can name."""
    words = 0
    for n, match in enumerate(matches):
        article = match.article
        words += len(origin_sentence(article.title, article.outlet, article.published, again=n > 0).split())
        if n and words > MAX_ORIGIN_WORDS:
            return
        yield match


def _matches_first(matches: Sequence[QuotationMatch], candidates: Sequence[Hit]) -> list[Hit]:
    holding = list(islice(chain.from_iterable(match.passages() for match in matches), EVIDENCE))
    known = {(hit.article.id, hit.passage.start) for hit in holding}
    duplicates = {duplicate.article_id for match in matches for duplicate in match.also_carried_by}
    others = [hit for hit in limit_per_article(candidates) if (hit.article.id, hit.passage.start) not in known]
    return [*holding, *(hit for hit in others if hit.article.id not in duplicates)][:EVIDENCE]


MAX_ARTICLES = 60  # articles in which a quotation is looked for: words that more of them hold are no one's
MIN_CLAUSE_WORDS = 3
MAX_INTERRUPTION = 30
"""Words that may be between the halves of what was said: “…,” said the mayor of Ostby on Monday, “…”."""

_CLAUSE_END = re.compile(r"[,.;:!?—–]\W+")
_SPEECH = re.compile(r"[“„«][^“”„«»]+|\"[^\"\n]+\"?")


@dataclass(frozen=True, slots=True)
class QuotationMatch:
    """An article that holds a quotation, and the span of each of its parts there."""

    article: Article
    also_carried_by: tuple[Duplicate, ...]
    spans: Spans

    @property
    def quotes(self) -> tuple[Quote, ...]:
        """The parts of the quotation in the article."""
        return tuple(Quote(self.article, start, end, self.also_carried_by) for start, end in self.spans)

    def passages(self) -> Iterator[Hit]:
        """Yield the passages of the article that hold a part of the quotation."""
        text = self.article.text
        for start, end in passage_spans(text):
            if any(first < end and last > start for first, last in self.spans):
                passage = Passage(0, self.article.id, start, end, text[start:end])  # its id is never looked up
                yield Hit(passage, self.article, 1.0, self.also_carried_by)


def find_quotation(parts: Sequence[str], index: Snapshot, bounds: Bounds) -> list[QuotationMatch]:
    """Find the articles that hold a quotation, first published first.

    If no article holds its words in a row, articles count in which they are quoted speech, which newspapers break with
    “he said”.
    """
    wanted = [wording(part).words for part in parts]
    found = _find(max(parts, key=len), wanted, index, bounds, in_speech=False)
    clause = max((c for part in parts for c in _CLAUSE_END.split(part)), key=len)
    if found or len(wording(clause).words) < MIN_CLAUSE_WORDS:
        return found
    return _find(clause, wanted, index, bounds, in_speech=True)


def _find_in_titles(parts: Sequence[str], hits: Sequence[Hit]) -> list[QuotationMatch]:
    """Find the articles of hits with a quotation in their title, by date; the span is that of the first sentence."""
    wanted = [wording(part).words for part in parts]
    holding = {hit.article.id: hit for hit in hits if _spans_in_order(wording(hit.article.title or ""), wanted)}
    by_date = sorted(holding.values(), key=lambda hit: (hit.article.published or date.max, hit.article.id))
    return [QuotationMatch(hit.article, hit.also_carried_by, (sentence_spans(hit.article.text)[0],)) for hit in by_date]


def _find(
    phrase: str, wanted: Sequence[Sequence[str]], index: Snapshot, bounds: Bounds, *, in_speech: bool
) -> list[QuotationMatch]:
    found = []
    for place in index.find_phrase(phrase, bounds, MAX_ARTICLES):
        article = place.article
        spans = _spans_in_order(_speech(article.text) if in_speech else wording(article.text), wanted)
        if spans and all(
            len(wording(article.text[slice(*span)]).words) <= len(part) + MAX_INTERRUPTION
            for span, part in zip(spans, wanted, strict=True)
        ):
            found.append(QuotationMatch(article, place.also_carried_by, spans))
    return found


def _speech(text: str) -> Wording:
    """Return the wording of what is in quotation marks, as if nothing were between."""
    said = [(match.start(), wording(match.group())) for match in _SPEECH.finditer(text)]
    words = [word for _, part in said for word in part.words]
    spans = [(at + start, at + end) for at, part in said for start, end in part.spans]
    return Wording(tuple(words), tuple(spans))


def _spans_in_order(text: Wording, wanted: Sequence[Sequence[str]]) -> Spans | None:
    """Return where the parts are, one after another and as near together as they end first; None if they are not."""
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


# Words that are similar to a quotation, for one that no article holds.

SIMILARITY = 0.8  # the share of characters, in their order, that must be the same
MIN_WORDS = 6  # words of a quotation from which on similar ones are looked for: fewer are similar to anything
MAX_SIMILAR_WORDS = 60  # words of the sentences that are shown as similar


def most_similar_first(parts: Sequence[str], candidates: Sequence[Hit]) -> list[Hit]:
    """Return hits, first those that hold words similar to the quotation, scored by similarity, then the others."""
    hits = limit_per_article(candidates)
    aligned = [_align(parts, wording(hit.passage.text)) for hit in hits]
    scored = [hit.scored(found.score) if found else hit for hit, found in zip(hits, aligned, strict=True)]
    order = sorted(range(len(hits)), key=lambda n: -scored[n].score if aligned[n] else 0)
    return [scored[n] for n in order][:EVIDENCE]


def similar_quote(parts: Sequence[str], hit: Hit) -> Quote | None:
    """Return the sentences of a hit that are most similar to the quotation, or None if they are not similar enough."""
    read = wording(hit.passage.text)
    found = _align(parts, read)
    if found is None:
        return None
    text, offset = hit.passage.text, hit.passage.start
    start, end = _text_span(read, found.start, found.end)
    touched = [(first, last) for first, last in sentence_spans(text) if first < end and last > start]
    if len(text[touched[0][0] : touched[-1][1]].split()) > MAX_SIMILAR_WORDS:
        return None
    return Quote(hit.article, offset + touched[0][0], offset + touched[-1][1], hit.also_carried_by)


def _align(parts: Sequence[str], read: Wording) -> Alignment | None:
    said = [word for part in parts for word in wording(part).words]
    if len(said) < MIN_WORDS:
        return None
    return align(" ".join(said), " ".join(read.words), SIMILARITY)


def _text_span(read: Wording, start: int, end: int) -> tuple[int, int]:
    """Return the span in the text of what is between two offsets in its words joined by spaces."""
    at, touched = 0, []
    for word, span in zip(read.words, read.spans, strict=True):
        if at < end and at + len(word) > start:
            touched.append(span)
        at += len(word) + 1
    return touched[0][0], touched[-1][1]
