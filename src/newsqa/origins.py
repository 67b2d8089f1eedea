"""The sentence that says where words stand, made of what the library knows of their article and of nothing else."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date

TITLE_WORDS, OUTLET_WORDS = 40, 12
LONGEST_WORD = 60
"""A title or an outlet with more is cut short in the sentence; the citation has all of it."""


def origin_sentence(
    title: str | None, outlet: str | None, published: date | None, *, again: bool = False, headline: bool = False
) -> str:
    """Say where words stand: “These words stand in “Ferry late” (Brack Bay Post, 2 April 2025).”.

    What is not known is said to be unknown. `again` is for an article after the first, `headline` for words that stand
    in its title.
    """
    where = f"{_titled(title)} ({_outlet(outlet)}, {_dated(published)})"
    place = f"in the title of {where}" if headline else f"in {where}"
    return f"They also stand {place}." if again else f"These words stand {place}."


def origin_sentences(title: str | None, outlet: str | None, published: date | None) -> tuple[str, ...]:
    """Return every such sentence that what is known of a source bears out."""
    ways = product((False, True), (False, True))
    return tuple(origin_sentence(title, outlet, published, again=again, headline=head) for again, head in ways)


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
