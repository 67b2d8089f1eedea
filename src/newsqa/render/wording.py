"""What the renderings share: the line that names a source, days as news writes them, the words to highlight."""

from __future__ import annotations

from itertools import pairwise
from math import floor, log10
from typing import TYPE_CHECKING

from newsqa.render.clean import safe_line
from newsqa.text.words import stem, words
from newsqa.types import EXTRACTIVE

if TYPE_CHECKING:
    from datetime import date

    from newsqa.types import Answer, Article, Citation, Duplicate


MOST_CARRIERS = 4
MOST_REASONS = 3
QUOTATION_MARKS = frozenset("“”„\"«»‘’'")
WIDEST = 96  # columns; longer lines are hard to read


def day(when: date) -> str:
    """Write a date as news does: 3 March 2025."""
    return f"{when.day} {when:%B %Y}"


def period(first: date | None, last: date | None) -> str:
    """Write the time from one day to another, or "undated"."""
    if not first or not last:
        return "undated"
    return day(first) if first == last else f"{day(first)} to {day(last)}"


def count(number: int, noun: str) -> str:
    """Write a number with its noun, in the plural where it is not one."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def headline(source: Article | Citation) -> str:
    """Return the title of a source, or where it was read, safe to show in a line."""
    return safe_line(source.title or "") or safe_line(source.path)


def provenance(source: Article | Citation) -> str:
    """Return outlet and date of a source, as far as they are known, safe to show in a line."""
    known = (safe_line(source.outlet or ""), day(source.published) if source.published else "no date")
    return " · ".join(part for part in known if part)


def quoted(citation: Citation) -> str:
    """Return a quote between quotation marks, unless it brings its own, safe to show in a line."""
    quote = safe_line(citation.quote)
    return quote if quote[:1] in QUOTATION_MARKS or quote[-1:] in QUOTATION_MARKS else f"“{quote}”"


def carried_by(carriers: tuple[Duplicate, ...]) -> str:
    """Say who else carries the story, or ""."""
    outlets = list(dict.fromkeys(safe_line(carrier.outlet or "") or "a source unnamed" for carrier in carriers))
    if not outlets:
        return ""
    more = f" and {len(outlets) - MOST_CARRIERS} more" if len(outlets) > MOST_CARRIERS else ""
    return "also carried by " + ", ".join(outlets[:MOST_CARRIERS]) + more


def asides(answer: Answer) -> list[str]:
    """Tell what a reader should know beside the answer: who wrote it, whether all of it, what was dropped and why.

    What was dropped is counted, not repeated: beside an answer it would be read as part of it. `why` tells all of it.
    """
    cut = ["The answer is incomplete: it was cut off."] if answer.incomplete else []
    told = [_written_by(answer), *cut, _dropped(answer), *(safe_line(notice) for notice in answer.notices)]
    return [aside for aside in told if aside]


def _dropped(answer: Answer) -> str:
    """Count the sentences that were dropped, and name the first reasons."""
    if not answer.dropped:
        return ""
    reasons = list(dict.fromkeys(safe_line(dropped.why) for dropped in answer.dropped))
    more = "; …" if len(reasons) > MOST_REASONS else "."
    were = "was" if len(answer.dropped) == 1 else "were"
    said = "; ".join(reasons[:MOST_REASONS]) + more
    return f"{count(len(answer.dropped), 'sentence')} of the draft {were} left out: {said}"


def why(answer: Answer) -> list[str]:
    """Tell of each sentence that was dropped, in its own words, and why."""
    return [f"“{safe_line(dropped.text)}”\n{safe_line(dropped.why)}" for dropped in answer.dropped]


def _written_by(answer: Answer) -> str:
    """Name the model that wrote an answer and what that cost, where it cost anything; "" where none wrote."""
    if answer.model == EXTRACTIVE or answer.refused:
        return ""
    cost = f" for {dollars(answer.usage.cost)}" if answer.usage.cost else ""
    return f"Written by {safe_line(answer.model)}{cost}; each sentence is checked against its quotes."


def dollars(amount: float) -> str:
    """Write a price with as many digits as tell something: $12.50, $0.04, $0.00031."""
    digits = 2 if amount >= 0.1 else 1 - floor(log10(amount)) if amount > 0 else 2
    return f"${amount:.{digits}f}"


def same_article_as_before(citations: tuple[Citation, ...]) -> list[bool]:
    """Tell for each citation whether the one before it quotes the same article, so that its title need not return."""
    return [False, *(a.article_id == b.article_id for a, b in pairwise(citations))][: len(citations)]


def matches(question: str, text: str) -> list[tuple[int, int]]:
    """Find the words of a question in a text, in whatever form they stand there: spans in code points."""
    asked = {stem(word.folded) for word in words(question) if word.content or word.folded[0].isdigit()}
    return [(word.start, word.end) for word in words(text) if stem(word.folded) in asked]
