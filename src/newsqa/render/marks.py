"""What the renderings share: the line that names a source, days as news writes them, the words to highlight."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from newsqa.facts.words import stem, words
from newsqa.render.safe import safe_line

if TYPE_CHECKING:
    from datetime import date

    from newsqa.records import Answer, Article, Carrier, Citation

MOST_CARRIERS = 4
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


def carried_by(carriers: tuple[Carrier, ...]) -> str:
    """Say who else carries the story, or ""."""
    outlets = list(dict.fromkeys(safe_line(carrier.outlet or "") or "a source unnamed" for carrier in carriers))
    if not outlets:
        return ""
    more = f" and {len(outlets) - MOST_CARRIERS} more" if len(outlets) > MOST_CARRIERS else ""
    return "also carried by " + ", ".join(outlets[:MOST_CARRIERS]) + more


def left_out(answer: Answer) -> list[str]:
    """Tell of each sentence that was dropped, and of what else a reader should know beside the answer."""
    dropped = [f"Left out: “{safe_line(d.text)}” ({safe_line(d.why)})" for d in answer.dropped]
    cut = ["The answer is incomplete: the model was cut off."] if answer.incomplete else []
    return [*cut, *dropped, *(safe_line(notice) for notice in answer.notices)]


def same_article_as_before(citations: tuple[Citation, ...]) -> list[bool]:
    """Tell for each citation whether the one before it quotes the same article, so that its title need not return."""
    return [False, *(a.article_id == b.article_id for a, b in pairwise(citations))][: len(citations)]


def matches(question: str, text: str) -> list[tuple[int, int]]:
    """Find the words of a question in a text, in whatever form they stand there: spans in code points."""
    asked = {stem(word.folded) for word in words(question) if word.content or word.folded[0].isdigit()}
    return [(word.start, word.end) for word in words(text) if stem(word.folded) in asked]
