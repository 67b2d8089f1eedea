"""Words that all renderings share: sources, days, numbers, notes on an answer, and what to highlight."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise
from math import floor, log10
from typing import TYPE_CHECKING

from newsqa.render.clean import safe_line
from newsqa.text.calendar import format_day
from newsqa.text.words import stem, words
from newsqa.types import EXTRACTIVE

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from newsqa.types import Answer, Article, CheckedBy, Citation, Duplicate


MAX_WIDTH = 96
"""Columns of a terminal that are used; longer lines are hard to read."""

MAX_OUTLETS = 4
"""Outlets that are named as carrying the same story."""

MAX_REASONS = 3
"""Reasons that are named for dropped sentences."""

QUOTATION_MARKS = frozenset("“”„\"«»‘’'")


def period(first: date | None, last: date | None) -> str:
    """Return the time from one day to another, or "undated"."""
    if not first or not last:
        return "undated"
    return format_day(first) if first == last else f"{format_day(first)} to {format_day(last)}"


def count(number: int, noun: str) -> str:
    """Return a number with its noun, in the plural unless the number is 1."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def headline(source: Article | Citation) -> str:
    """Return the title of a source, else its path, safe to show in a line."""
    return safe_line(source.title or "") or safe_line(source.path)


def provenance(source: Article | Citation) -> str:
    """Return the outlet and the date of a source, safe to show in a line."""
    known = (safe_line(source.outlet or ""), format_day(source.published) if source.published else "no date")
    return " · ".join(part for part in known if part)


def quoted(citation: Citation) -> str:
    """Return a quote in quotation marks, unless it has its own, safe to show in a line."""
    quote = safe_line(citation.quote)
    return quote if quote[:1] in QUOTATION_MARKS or quote[-1:] in QUOTATION_MARKS else f"“{quote}”"


def format_duplicates(duplicates: tuple[Duplicate, ...]) -> str:
    """Return which other outlets carry the story, "" if there are none."""
    outlets = list(dict.fromkeys(safe_line(one.outlet or "") or "a source unnamed" for one in duplicates))
    if not outlets:
        return ""
    more = f" and {len(outlets) - MAX_OUTLETS} more" if len(outlets) > MAX_OUTLETS else ""
    return "also carried by " + ", ".join(outlets[:MAX_OUTLETS]) + more


def answer_notes(answer: Answer) -> list[str]:
    """Return what a reader should know beside the answer: its model, if it was cut off, what was dropped, its notices.

    Dropped sentences are counted, not repeated: beside an answer they would be read as part of it. `explain_dropped`
    has them.
    """
    cut = "The answer is incomplete: it was cut off." if answer.incomplete else ""
    notes = [_written_by(answer), cut, _count_dropped(answer), *(safe_line(notice) for notice in answer.notices)]
    return [note for note in notes if note]


def _count_dropped(answer: Answer) -> str:
    """Return how many sentences were dropped, with the first reasons, "" if none were."""
    if not answer.dropped:
        return ""
    reasons = list(dict.fromkeys(safe_line(dropped.why) for dropped in answer.dropped))
    more = "; …" if len(reasons) > MAX_REASONS else "."
    were = "was" if len(answer.dropped) == 1 else "were"
    named = "; ".join(reasons[:MAX_REASONS]) + more
    return f"{count(len(answer.dropped), 'sentence')} of the draft {were} left out: {named}"


_CHECKS: Mapping[CheckedBy, str] = {
    "verbatim": "word for word from the articles",
    "shortened": "shortened from the articles",
    "judge": "in the words of the model: code checked their values, a judge model their meaning",
    "quoted": "quoted from the articles in place of what could not be verified",
}


def explain_checks(answer: Answer) -> str:
    """Return how many sentences were verified by what; "" if there are none."""
    numbers = Counter(sentence.checked_by for sentence in answer.sentences)
    return "\n".join(f"{count(n, 'sentence')} {_CHECKS[kind]}." for kind, n in numbers.items())


def explain_dropped(answer: Answer) -> list[str]:
    """Return each sentence that was dropped, with the reason below it."""
    return [f"“{safe_line(dropped.text)}”\n{safe_line(dropped.why)}" for dropped in answer.dropped]


def _written_by(answer: Answer) -> str:
    """Return which model wrote an answer, and what that cost if it cost anything; "" if none wrote."""
    if answer.model == EXTRACTIVE or answer.refused:
        return ""
    cost = f" for {dollars(answer.usage.cost)}" if answer.usage.cost else ""
    return f"Written by {safe_line(answer.model)}{cost}; each sentence is checked against its quotes."


def dollars(amount: float) -> str:
    """Return a price with two digits that matter: $12.50, $0.04, $0.00031."""
    digits = 2 if amount >= 0.1 else 1 - floor(log10(amount)) if amount > 0 else 2
    return f"${amount:.{digits}f}"


def repeats_article(citations: tuple[Citation, ...]) -> list[bool]:
    """Return for each citation True if the one before it quotes the same article, so that its title is not repeated."""
    return [False, *(a.article_id == b.article_id for a, b in pairwise(citations))][: len(citations)]


def find_matches(question: str, text: str) -> list[tuple[int, int]]:
    """Return the spans, in code points, of the words of a question in a text, in any inflection."""
    asked = {stem(word.folded) for word in words(question) if word.content or word.folded[0].isdigit()}
    return [(word.start, word.end) for word in words(text) if stem(word.folded) in asked]
