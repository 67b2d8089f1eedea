"""The extractive answer: sentences of the articles, word for word, or none if they do not answer the question."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from operator import attrgetter
from typing import TYPE_CHECKING

from newsqa.answer.candidates import find_candidates
from newsqa.answer.ranking import MARKED_KINDS, Signals, answer_marks, rank_candidates
from newsqa.answer.relevance import answer_confidence, estimate_relevance, is_answerable, relevant_hits
from newsqa.search.read import split_question
from newsqa.search.story import opening_span
from newsqa.search.understand import answer_kind
from newsqa.text.entities import numbers
from newsqa.text.sentences import in_one_line
from newsqa.text.words import fold, stem, stem_set
from newsqa.types import EXTRACTIVE, DraftSentence, DraftSummary, Hit, Query, Quote

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

    from newsqa.models.encoders import Reranker

PASSAGES = 6  # passages that are read sentence by sentence; a sixth finds a quarter of a point more and takes 30 ms
MIN_PART = -3.0  # the cross-encoder's logit of the best sentence, below which one of two questions in one has no answer


@dataclass(frozen=True, slots=True)
class ExtractiveAnswerer:
    """Answers with a few quotes, as short as they can be. The same question and evidence give the same answer."""

    reranker: Reranker

    def __call__(
        self,
        query: Query,
        evidence: Sequence[Hit],
        deadline: float,  # noqa: ARG002  it is quick
    ) -> Iterator[DraftSentence | DraftSummary]:
        """Yield the quotes as sentences, then the summary, from evidence that is best first.

        No sentence is a refusal. `confidence` is the chance that the quotes hold the answer. Raises ModelError if a
        model fails.
        """
        chance, unanswered = estimate_relevance(query, evidence), []
        quotes: list[tuple[Query, Quote]] = []
        parts = split_question(query.text, query.names) if query.form == "direct" and not query.context else ()
        for part in parts if len(parts) > 1 else (query.text,):
            asked = replace(query, text=part, kind=answer_kind(part)) if len(parts) > 1 else query
            ranked = self.rank(asked, evidence) if is_answerable(query, chance, split=len(parts) > 1) else []
            if len(parts) > 1 and not (ranked and ranked[0].alone >= MIN_PART):
                unanswered.append(part)
                continue
            found = select_quotes(asked, ranked, MAX_WORDS // max(len(parts), 1))
            quotes += [(asked, quote) for quote in found if not any(quote.overlaps(other) for _, other in quotes)]
        for asked, quote in quotes:
            text = in_one_line(quote.text)
            yield DraftSentence(text, (quote,), marks=answer_marks(asked.kind, asked.text, text))
        confidence = answer_confidence(chance) if quotes else chance
        yield DraftSummary(confidence, EXTRACTIVE, unanswered=tuple(unanswered))

    def rank(self, query: Query, evidence: Sequence[Hit]) -> list[Signals]:
        """Return the sentences of the best passages with their signals, best first. Raises ModelError.

        If the latest is asked for, only the newest of the articles that are about the question are read, with the
        opening of the best of them.
        """
        if query.order:
            evidence = relevant_hits(evidence, newest=query.order == "latest")[: PASSAGES - 1]
            evidence = [*evidence, *map(_opening, evidence[:1])]  # which says what matters now
        candidates = find_candidates(evidence[: PASSAGES + PASSAGES * bool(query.cited) // 2])
        return rank_candidates(query, candidates, self.reranker) if candidates else []


def _opening(hit: Hit) -> Hit:
    """Return the opening of the article of a hit in place of its passage."""
    start, end = opening_span(hit.article)
    return replace(hit, passage=replace(hit.passage, start=start, end=end, text=hit.article.text[start:end]))


# Selecting quotes: the best first, each with something new, few enough to be read quickly.

MAX_WORDS, USUAL_SHARE, VALUE_SHARE, FOLLOW_UP_SHARE = 75, 0.75, 0.6, 0.85
"""Words of an answer, and the share of them that it usually has: less if a name, a number or a time is asked for, and
more for a follow-up, which says less of what it asks. A first quote, a list, and a number that contradicts another may
have all."""

MAX_QUOTES, MAX_LISTED = 3, 5
MAX_GAP = 5.0  # how far below the first quote's score another may be

SAME_STEMS = 0.6
"""The share of the shorter sentence's content stems that are in the other, from which on both say the same."""

SAME_DAYS = 1  # days between articles that report at the same time; what older ones say may be outdated


def select_quotes(query: Query, ranked: Sequence[Signals], max_words: int = MAX_WORDS) -> list[Quote]:
    """Select the quotes of an answer of at most `max_words` from sentences with their signals, best first.

    Each comes with the context that it needs. If a newer article gives another number for the same, that is first, and
    what is older than the first quote comes only from its own article. The others of its article follow in their order.
    """
    if not ranked:
        return []
    listed = query.form in {"list", "comparison"}
    first = _newest_value(query, ranked)
    selected: list[_SelectedQuote] = []
    share = FOLLOW_UP_SHARE if query.context else VALUE_SHARE if query.kind in MARKED_KINDS else USUAL_SHARE
    usual, used, asked = max_words if listed else round(max_words * share), 0, stem_set(query.text)
    for signals in (first, *(one for one in ranked if one is not first)):
        new = _SelectedQuote.of(signals, (usual if selected else max_words) - used)
        size = new.words_beside(selected)
        rival = bool(selected) and bool(new.counted & asked) and new.contradicts(selected[0])
        room = max_words if rival or not selected else usual
        near = signals.score >= first.score - MAX_GAP * (2 if listed else 1)
        same = sum(other.quote.article.id == new.quote.article.id for other in selected)
        if query.form == "comparison" and same:
            continue  # each side has a line
        if selected and (not near or new.is_older(selected[0]) or any(new.repeats(other) for other in selected)):
            continue
        if used + size <= room or not selected:
            selected.append(new)
            used += size
        if len(selected) == (MAX_LISTED if listed else MAX_QUOTES) or used >= max_words:
            break
    quotes = [one.quote for one in selected]
    best = quotes[:1]
    beside = sorted((q for q in quotes[1:] if q.article.id == best[0].article.id), key=attrgetter("start"))
    return _merge_adjacent([*best, *beside, *(q for q in quotes[1:] if q.article.id != best[0].article.id)])


RIVALS, RIVAL_GAP = 6, 2.0
"""Sentences among which a newer value is looked for, and how far below the best one their scores may be."""


def _newest_value(query: Query, ranked: Sequence[Signals]) -> Signals:
    """Return the best sentence, or the newest one that gives another number for what that one counts."""
    best = ranked[0]
    if query.kind not in {"number", "money"} or query.order == "first" or query.since or query.until:
        return best
    counted, day = _counts(best), _day(best)
    rivals = [one for one in ranked[1:RIVALS] if one.score >= best.score - RIVAL_GAP and counted & _counts(one)]
    newer = [one for one in rivals if day and (other := _day(one)) and (other - day).days > SAME_DAYS]
    return max(newer, key=lambda one: (_day(one) or day, one.score), default=best)


_NUMBER_OF = re.compile(r"\bnumber of (\w+)")


def _counts(signals: Signals) -> frozenset[str]:
    """Return the stems of what the numbers of a sentence count, and their units."""
    text = signals.candidate.text
    before = [stem(fold(one)) for one in _NUMBER_OF.findall(text)]
    return frozenset(one for number in numbers(text) for one in (*number.counts[:1], number.unit, *before) if one)


def _day(signals: Signals) -> date | None:
    return signals.candidate.hit.article.published


@dataclass(frozen=True, slots=True)
class _SelectedQuote:
    """A quote, and the sentence that was chosen for it with its content stems, numbers, and what these count."""

    quote: Quote
    sentence: Quote
    stems: frozenset[str]
    values: frozenset[object]
    counted: frozenset[str]

    @classmethod
    def of(cls, signals: Signals, max_words: int) -> _SelectedQuote:
        """Return the sentence with the context that it needs, or alone if that has too many words."""
        candidate = signals.candidate
        quote = Quote(candidate.hit.article, *candidate.with_context(), candidate.hit.also_carried_by)
        sentence = replace(quote, start=candidate.start, end=candidate.end)
        if len(quote.text.split()) > max_words:
            quote = sentence
        values = frozenset(n.value for n in numbers(candidate.text))
        return cls(quote, sentence, stem_set(candidate.text), values, _counts(signals))

    def repeats(self, other: _SelectedQuote) -> bool:
        """Return True if both say the same; those of two articles that give different numbers do not."""
        if self.sentence.overlaps(other.quote):
            return True
        return self._is_like(other) and not self.contradicts(other)

    def contradicts(self, other: _SelectedQuote) -> bool:
        """Return True if both, of two articles, say the same but for their numbers."""
        same_article = self.quote.article.id == other.quote.article.id
        differ = bool(self.values - other.values) and bool(other.values - self.values)
        return not same_article and differ and self._is_like(other)

    def _is_like(self, other: _SelectedQuote) -> bool:
        return len(self.stems & other.stems) >= SAME_STEMS * max(1, min(len(self.stems), len(other.stems)))

    def words_beside(self, selected: Sequence[_SelectedQuote]) -> int:
        """Count the words that it adds: its context may be quoted already."""
        start, end, known = self.quote.start, self.quote.end, 0
        if other := next((one.quote for one in selected if self.quote.overlaps(one.quote)), None):
            start, end, known = min(start, other.start), max(end, other.end), len(other.text.split())
        return len(self.quote.article.text[start:end].split()) - known

    def is_older(self, other: _SelectedQuote) -> bool:
        """Return True if its article is older than the other one, so that what it says may be outdated."""
        mine, yours = self.quote.article.published, other.quote.article.published
        return mine is not None and yours is not None and (yours - mine).days > SAME_DAYS


def _merge_adjacent(quotes: list[Quote]) -> list[Quote]:
    """Make one quote of those that are next to each other in their article."""
    merged: list[Quote] = []
    while quotes:
        first, *quotes = quotes
        for other in list(quotes):
            if _are_adjacent(first, other):
                quotes.remove(other)
                first = replace(first, start=min(first.start, other.start), end=max(first.end, other.end))
        merged.append(first)
    return merged


def _are_adjacent(one: Quote, other: Quote) -> bool:
    if one.article.id != other.article.id:
        return False
    return not one.article.text[min(one.end, other.end) : max(one.start, other.start)].strip()
