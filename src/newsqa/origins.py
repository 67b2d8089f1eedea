"""The sentence that says where words stand, made of what the library knows of their article and of nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date

TITLE_WORDS, OUTLET_WORDS = 40, 12
LONGEST_WORD = 60
"""A title or an outlet with more is cut short in the sentence; the citation has all of it."""


def origin_sentence(title: str | None, outlet: str | None, published: date | None, *, again: bool = False) -> str:
    """Say where words stand: “These words stand in “Ferry late” (Brack Bay Post, 2 April 2025).”.

    What is not known is said to be unknown. `again` is for an article after the first.
    """
    where = f"{_titled(title)} ({_outlet(outlet)}, {_dated(published)})"
    return f"They also stand in {where}." if again else f"These words stand in {where}."


def origin_sentences(title: str | None, outlet: str | None, published: date | None) -> tuple[str, str]:
    """Return the sentences, for a first and a further article, that what is known of a source bears out."""
    return origin_sentence(title, outlet, published), origin_sentence(title, outlet, published, again=True)


def day(when: date) -> str:
    """Write a date as news does: 3 March 2025."""
    return f"{when.day} {when:%B %Y}"


def _titled(title: str | None) -> str:
    short = _short(title or "", TITLE_WORDS)
    return f"“{short}”" if short else "an article of unknown title"


def _outlet(outlet: str | None) -> str:
    return _short(outlet or "", OUTLET_WORDS) or "outlet unknown"


def _dated(published: date | None) -> str:
    return day(published) if published else "date unknown"


def _short(text: str, most: int) -> str:
    words = [word if len(word) <= LONGEST_WORD else f"{word[:LONGEST_WORD]}…" for word in text.split()]
    return " ".join(words) if len(words) <= most else " ".join(words[:most]) + " …"
