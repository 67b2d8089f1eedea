"""The sentence that names the article of quoted words, made of what the library knows and nothing else."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

from newsqa.text.calendar import format_day

if TYPE_CHECKING:
    from datetime import date

MAX_TITLE_WORDS, MAX_OUTLET_WORDS = 40, 12
"""A longer title or outlet is cut short in the sentence that names an article; the citation has all of it."""

MAX_WORD_LENGTH = 60


def origin_sentence(
    title: str | None, outlet: str | None, published: date | None, *, again: bool = False, headline: bool = False
) -> str:
    """Name the article of quoted words: “These words stand in “Ferry late” (Brack Bay Post, 2 April 2025).”.

    What is not known is called unknown. `again` is for every article after the first, `headline` for words of its
    title.
    """
    name = _shorten(title or "", MAX_TITLE_WORDS)
    named = f"“{name}”" if name else "an article of unknown title"
    publisher = _shorten(outlet or "", MAX_OUTLET_WORDS) or "outlet unknown"
    where = f"{named} ({publisher}, {format_day(published) if published else 'date unknown'})"
    place = f"in the title of {where}" if headline else f"in {where}"
    return f"They also stand {place}." if again else f"These words stand {place}."


def origin_sentences(title: str | None, outlet: str | None, published: date | None) -> tuple[str, ...]:
    """Return every sentence that may name an article with this title, outlet and date."""
    variants = product((False, True), (False, True))
    return tuple(origin_sentence(title, outlet, published, again=again, headline=head) for again, head in variants)


def _shorten(text: str, most: int) -> str:
    words = [word if len(word) <= MAX_WORD_LENGTH else f"{word[:MAX_WORD_LENGTH]}…" for word in text.split()]
    return " ".join(words) if len(words) <= most else " ".join(words[:most]) + " …"
