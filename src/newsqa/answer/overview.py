"""Overviews and timelines: what the articles on one story say, a sentence an article, each with its day.

The newest article says how things are, so it comes first and has a second sentence if there is room; what older ones
say is left out where it repeats that, or where a correction has denied it. A timeline has the same sentences by day.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, replace
from datetime import date
from itertools import islice, pairwise
from math import exp, sqrt
from typing import TYPE_CHECKING

from newsqa.answer.candidates import is_statement, needs_context
from newsqa.search.story import LEAD_SENTENCES, topic_of
from newsqa.text.entities import name_words, numbers
from newsqa.text.sentences import in_one_line, sentence_spans
from newsqa.text.words import stem_set
from newsqa.types import EXTRACTIVE, Article, DraftSentence, DraftSummary, Hit, Query, Quote

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from decimal import Decimal

    Span = tuple[int, int]

MAX_WORDS, MAX_ARTICLES, MAX_READ = 150, 8, 24
"""Words and articles of an overview, and articles of a story of which these are chosen."""

SAME_DAY = 2.0  # logits that an article counts less for each line of its day

SHORT_LINE, NEWEST_WORDS, ONLY_WORDS = 12, 60, 90
"""Words of a line below which the next sentence is needed to say what happened; the newest may have two sentences, and
the only article more."""

MAX_CONFIDENCE = 0.85  # how many overviews on what articles are surely about held what readers asked for

SAME_STEMS = 0.5
"""The share of the shorter sentence's content stems that are in the other, from which on both say the same."""

FAR_MORE = 2  # words of the topic that a sentence must have more than the lead to be the line in its place
MAX_CHARACTERS = 10_000  # characters of an article that are looked through for a second sentence
_DENIES = re.compile(r"\b(?:not|instead of|rather than)\s+$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class StoryArticle:
    """An article on the story: its best passage, its title with its first statement, and the statements of its line."""

    hit: Hit
    opening: str
    line: tuple[Span, ...]

    @property
    def day(self) -> date:
        """The day of publication; an unknown day counts as the oldest."""
        return self.hit.article.published or date.min


def sum_up(query: Query, evidence: Sequence[Hit], deadline: float) -> Iterator[DraftSentence | DraftSummary]:  # noqa: ARG001
    """Yield a sentence an article with its quote, the newest first or by day for a timeline, then the summary.

    `evidence` is that of `find_story`. No sentence is a refusal.
    """
    quotes = select_lines(story_articles(query, evidence))
    if query.form == "timeline":
        quotes.sort(key=lambda quote: quote.article.published or date.min)
    for quote in quotes:
        yield DraftSentence(in_one_line(quote.text), (quote,))
    yield DraftSummary(story_confidence(evidence), EXTRACTIVE)


def story_confidence(evidence: Sequence[Hit]) -> float:
    """Return the chance, 0 to 1, that the articles of a story are about the question."""
    best = max((hit.relevance for hit in evidence if hit.relevance is not None), default=None)
    return 0.0 if best is None else MAX_CONFIDENCE / (1 + exp(-(best + 2.0) / 2))


def story_articles(query: Query, evidence: Sequence[Hit]) -> list[StoryArticle]:
    """Return the articles of a story that state anything, the most relevant first."""
    topic = stem_set(topic_of(query)) or stem_set(query.text)
    story = []
    for hit in evidence:
        if hit.relevance is not None and (lead := _statements(hit.article)):
            opening = f"{hit.article.title or ''} {hit.article.text[slice(*lead[0])]}"
            story.append(StoryArticle(hit, opening, lead))
    named = Counter(name for one in story for name in set(name_words(one.opening)))
    linked = frozenset(name for name, articles in named.items() if articles > 1)
    return [replace(one, line=_line(one, topic, linked)) for one in story]


def _statements(article: Article) -> tuple[Span, ...]:
    """Return the spans of the first statements of an article."""
    spans = sentence_spans(article.text)
    return tuple(islice((span for span in spans if is_statement(article.text[slice(*span)])), LEAD_SENTENCES))


def _line(one: StoryArticle, topic: frozenset[str], linked: frozenset[str]) -> tuple[Span, ...]:
    """Return the spans of the sentences that may be the line of an article.

    They are its first statements, or the statement of the passage that has most words of the topic: if it has far more
    than title and first statement, or if these neither have one nor share a name with another article.
    """
    passage, text = one.hit.passage, one.hit.article.text

    def held(sentence: str) -> int:
        return len(topic & stem_set(sentence))

    inside = [span for span in sentence_spans(text) if passage.start <= span[0] and span[1] <= passage.end]
    stated = [span for span in inside if is_statement(text[slice(*span)])]
    best = max(stated, key=lambda span: held(text[slice(*span)]), default=one.line[0])
    about = held(one.opening)
    is_about = about or not linked.isdisjoint(name_words(one.opening))
    return (best,) if held(text[slice(*best)]) - about >= (FAR_MORE if is_about else 1) else one.line


# Which lines an overview has.


def select_lines(story: Sequence[StoryArticle]) -> list[Quote]:
    """Return the quotes of an overview, the newest first, without repeats, of at most MAX_WORDS words together.

    The newest article has a line, and the others as far as words are left: corrections first, then the most relevant,
    rather of another day than of one that has a line. If there are words left then, the newest has a second sentence.
    """
    articles = story[:MAX_READ]
    if not articles:
        return []
    newest = max(articles, key=lambda one: one.day)
    common = _common_stems([stem_set(one.hit.article.text[slice(*one.line[0])]) for one in articles])
    lines = [_Line.of(one, common, ONLY_WORDS if len(articles) == 1 else 0) for one in articles]
    kept: list[_Line] = []

    def worth(line: _Line) -> tuple[bool, bool, float]:
        days = Counter(other.day for other in kept)
        return line.quote.article is newest.hit.article, bool(line.denied), line.relevance - SAME_DAY * days[line.day]

    while lines and len(kept) < MAX_ARTICLES:
        line = max(lines, key=worth)
        lines.remove(line)
        if any(other.is_newer(line) and other.supersedes(line) for other in kept):
            continue
        stays = [other for other in kept if not (line.is_newer(other) and line.supersedes(other))]
        if sum(other.size for other in stays) + line.size <= MAX_WORDS:
            kept = [*stays, line]
    kept.sort(key=lambda line: line.day, reverse=True)
    quotes = [line.quote for line in kept]
    left = MAX_WORDS - sum(line.size for line in kept)
    if len(articles) > 1 and (more := _second_quote(newest, quotes[0], articles, left)):
        quotes.insert(1, more)
    return quotes


def _second_quote(newest: StoryArticle, first: Quote, articles: Sequence[StoryArticle], left: int) -> Quote | None:
    """Return the sentence of the newest article that has most to do with the rest of the story, if there is room.

    It begins a paragraph, so that it can be understood alone.
    """
    article, text = newest.hit.article, newest.hit.article.text[:MAX_CHARACTERS]
    others = Counter(stem for one in articles if one is not newest for stem in stem_set(one.opening))
    room = min(left, NEWEST_WORDS - len(first.text.split()))
    known, best, most = stem_set(first.text), None, -1.0
    for (_, before), (start, end) in pairwise(sentence_spans(text)):
        sentence = text[start:end]
        if start < first.end or "\n" not in text[before:start] or sentence[0] in '"“' or len(sentence.split()) > room:
            continue
        new = stem_set(sentence) - known
        score = sum(others[stem] for stem in new) / sqrt(max(1, len(new)))
        if score > most and is_statement(sentence) and not needs_context(sentence):
            best, most = Quote(article, start, end, newest.hit.also_carried_by), score
    return best


def _common_stems(lines: Sequence[frozenset[str]]) -> frozenset[str]:
    """Return the stems that three lines and half of all have: what the story is about, and no news.

    What only two lines share may be that they say the same.
    """
    counts = Counter(stem for line in lines for stem in line)
    return frozenset(stem for stem, count in counts.items() if count > 2 and count >= len(lines) / 2)


@dataclass(frozen=True, slots=True)
class _Line:
    """A line of an overview: its quote, its stems that others lack, and what it counts.

    `denied` are the numbers that it, or its title, says are wrong. `relevance` is that of its article, in logits.
    """

    quote: Quote
    relevance: float
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
        return cls(quote, one.hit.relevance or 0.0, stem_set(text[start:end]) - common, values, counted, denied)

    @property
    def size(self) -> int:
        """The words of its quote."""
        return len(self.quote.text.split())

    @property
    def day(self) -> date:
        """The day of publication; an unknown day counts as the oldest."""
        return self.quote.article.published or date.min

    def is_newer(self, other: _Line) -> bool:
        """Return True if its article is as new as the other one, or newer."""
        return self.day >= other.day

    def supersedes(self, older: _Line) -> bool:
        """Return True if an older line repeats this one, or counts what this one corrects."""
        if older.denied:
            return False  # a correction is always news
        shared = len(self.stems & older.stems) / max(1, min(len(self.stems), len(older.stems)))
        corrected = bool(self.denied) and bool(self.counted & older.counted) and bool(older.values - self.values)
        return shared >= SAME_STEMS or corrected or bool(self.denied & older.values)
