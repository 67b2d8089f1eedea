"""Overviews and timelines: what the articles on one story say, a sentence an article, each with its day.

The newest article says how things are, so it comes first and may have two sentences; what older ones say is left out
where it repeats that, or where a correction has denied it. A timeline has the same sentences by day.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from datetime import date
from math import exp
from typing import TYPE_CHECKING

from newsqa.answer.candidates import is_statement
from newsqa.text.entities import numbers
from newsqa.text.sentences import sentence_spans
from newsqa.text.words import stem_set
from newsqa.types import EXTRACTIVE, DraftSentence, DraftSummary, Quote

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from decimal import Decimal

    from newsqa.models.encoders import Reranker
    from newsqa.types import Hit, Query

    Span = tuple[int, int]


ARTICLES = 16
"""Articles of which the cross-encoder reads title and lead."""

MAX_BELOW_BEST, LEAST_RELEVANCE = 4.0, -4.0
"""Logits that an article of the story may be below the best one, and the least that the best one must have."""

LEAD_SENTENCES = 3
MAX_WORDS, MAX_ARTICLES = 150, 8
SHORT_LINE, NEWEST_WORDS, ONLY_WORDS = 12, 45, 90
"""Words of a line below which the next sentence is needed to say what happened; the newest may have two sentences."""

SAME_STEMS = 0.5
"""The share of the shorter sentence's content stems that are in the other, from which on both say the same."""

_DENIES = re.compile(r"\b(?:not|instead of|rather than)\s+$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class StoryArticle:
    """An article on the story: its best passage, the reranker's logit, and the sentences that may be its line."""

    hit: Hit
    relevance: float
    line: tuple[Span, ...]

    @property
    def margin(self) -> float:
        """The logits that it may be below the best article: fewer if its day is unknown, or its lead has no topic."""
        return MAX_BELOW_BEST if len(self.line) > 1 and self.hit.article.published else MAX_BELOW_BEST / 2.5

    @property
    def day(self) -> date:
        """The day of publication; an unknown day counts as the oldest."""
        return self.hit.article.published or date.min


@dataclass(frozen=True, slots=True)
class OverviewAnswerer:
    """Answers with a sentence an article, the newest first, or by day for a timeline."""

    reranker: Reranker

    def __call__(
        self,
        query: Query,
        evidence: Sequence[Hit],
        deadline: float,  # noqa: ARG002  it is quick
    ) -> Iterator[DraftSentence | DraftSummary]:
        """Yield a sentence an article with its quote, then the summary. No sentence is a refusal. Raises ModelError."""
        story = self.find_story(query, evidence)
        quotes = select_lines(story)
        if query.form == "timeline":
            quotes.sort(key=lambda quote: quote.article.published or date.min)
        for quote in quotes:
            yield DraftSentence(" ".join(quote.text.split()), (quote,))
        yield DraftSummary(_confidence(story[0].relevance) if story else 0.0, EXTRACTIVE)

    def find_story(self, query: Query, evidence: Sequence[Hit]) -> list[StoryArticle]:
        """Return the articles on the topic of a question, the most relevant first. Raises ModelError.

        The reranker reads the title, the lead and the best passage of each.
        """
        hits: dict[str, Hit] = {}
        for hit in evidence:
            hits.setdefault(hit.article.id, hit)
        topic = stem_set(query.text)
        read = [(hit, line) for hit in list(hits.values())[:ARTICLES] if (line := line_spans(hit, topic))]
        logits = self.reranker.score(query.text, [_summary(hit, line) for hit, line in read]) if read else []
        found = [StoryArticle(hit, logit, line) for (hit, line), logit in zip(read, logits, strict=True)]
        best = max((one.relevance for one in found), default=0.0)
        kept = (one for one in found if one.relevance >= max(best - one.margin, LEAST_RELEVANCE))
        return sorted(kept, key=lambda one: -one.relevance)


def line_spans(hit: Hit, topic: frozenset[str]) -> tuple[Span, ...]:
    """Return the spans of the sentences that may be the line of an article.

    They are its first statements, or if its title and first statement have no word of the topic, the statement of the
    passage that has most of them.
    """
    text = hit.article.text
    statements = [span for span in sentence_spans(text) if is_statement(text[slice(*span)])]
    lead = statements[:LEAD_SENTENCES]
    if not lead or topic & stem_set(f"{hit.article.title or ''} {text[slice(*lead[0])]}"):
        return tuple(lead)
    inside = [span for span in statements if hit.passage.start <= span[0] and span[1] <= hit.passage.end]
    best = max(inside, key=lambda span: len(topic & stem_set(text[slice(*span)])), default=lead[0])
    return (best,) if topic & stem_set(text[slice(*best)]) else tuple(lead)


def _summary(hit: Hit, line: Sequence[Span]) -> str:
    text = hit.article.text
    lead = " ".join(text[start:end] for start, end in line[:2])
    return f"{hit.article.title or ''}\n{lead}\n{hit.passage.text}"


def _confidence(relevance: float) -> float:
    return 1 / (1 + exp(-(relevance + 2.0) / 2))


# Which lines an overview has.


def select_lines(story: Sequence[StoryArticle]) -> list[Quote]:
    """Return the quotes of an overview, the newest first, without repeats, of at most MAX_WORDS words together.

    The newest article has a line, and the others as far as words are left, the most relevant before the others.
    """
    articles = story[:MAX_ARTICLES]
    newest = max(articles, key=lambda one: one.day, default=None)
    common = _common_stems([stem_set(one.hit.article.text[slice(*one.line[0])]) for one in articles])
    left = MAX_WORDS
    chosen: list[_Line] = []
    for article in sorted(articles, key=lambda one: (one is not newest, -one.relevance)):
        more = (ONLY_WORDS if len(articles) == 1 else NEWEST_WORDS) if article is newest else 0
        line = _Line.of(article, common, more)
        size = len(line.quote.text.split())
        if size <= left:
            chosen.append(line)
            left -= size
    kept: list[_Line] = []
    for line in sorted(chosen, key=lambda line: line.quote.article.published or date.min, reverse=True):
        if not any(newer.supersedes(line) for newer in kept):
            kept.append(line)
    return [line.quote for line in kept]


def _common_stems(lines: Sequence[frozenset[str]]) -> frozenset[str]:
    """Return the stems that three lines and half of all have: what the story is about, and no news.

    What only two lines share may be that they say the same.
    """
    counts = Counter(stem for line in lines for stem in line)
    return frozenset(stem for stem, count in counts.items() if count > 2 and count >= len(lines) / 2)


@dataclass(frozen=True, slots=True)
class _Line:
    """A line of an overview: its quote, its stems that others lack, and what it counts.

    `denied` are the numbers that it, or its title, says are wrong.
    """

    quote: Quote
    stems: frozenset[str]
    values: frozenset[Decimal]
    counted: frozenset[str]
    denied: frozenset[Decimal]

    @classmethod
    def of(cls, one: StoryArticle, common: frozenset[str], max_words: int) -> _Line:
        """Return the first sentence, with the next if it is short, and those that fit into `max_words`."""
        text = one.hit.article.text
        start, end = one.line[0]
        for following in one.line[1:]:
            short = len(text[start:end].split()) < SHORT_LINE
            if not short and len(text[start : following[1]].split()) > max_words:
                break
            end = following[1]
        said = f"{one.hit.article.title or ''}. {text[start:end]}"
        found = numbers(said)
        denied = frozenset(n.value for n in found if _DENIES.search(said[: n.start]))
        counted = frozenset(n.counts[0] for n in found if n.counts)
        values = frozenset(n.value for n in found) - denied
        quote = Quote(one.hit.article, start, end, one.hit.also_carried_by)
        return cls(quote, stem_set(text[start:end]) - common, values, counted, denied)

    def supersedes(self, older: _Line) -> bool:
        """Return True if an older line repeats this one, or counts what this one corrects."""
        if older.denied:
            return False  # a correction is always news
        shared = len(self.stems & older.stems) / max(1, min(len(self.stems), len(older.stems)))
        corrected = bool(self.denied) and bool(self.counted & older.counted) and bool(older.values - self.values)
        return shared >= SAME_STEMS or corrected or bool(self.denied & older.values)
