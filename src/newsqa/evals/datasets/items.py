"""A question of a set, whatever file it came from."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable


Accepted = str | tuple[str, ...]
"""An accepted answer; a tuple is one answer of several parts, all of them required, in any order."""


_LONGEST_STRING = 20  # words


def parts(answer: Accepted) -> tuple[str, ...]:
    """Return the parts of an accepted answer, all of them required; most have one."""
    return (answer,) if isinstance(answer, str) else answer


def is_reference(answer: Accepted) -> bool:
    """Whether an accepted answer is written out, over 20 words: compared with, never looked for as it is."""
    return sum(len(part.split()) for part in parts(answer)) > _LONGEST_STRING


@dataclass(frozen=True, slots=True)
class Gold:
    """Where the answer stands: an article by address, path or id, and the words there where they are known.

    One that has only a quote, as importers make them, is looked up in the index by its words.
    """

    url: str | None = None
    path: str | None = None
    article_id: str | None = None
    quote: str | None = None


class HistoryMessage(NamedTuple):
    """What was said before a question: by "user" or "assistant", and its text."""

    role: str
    content: str


@dataclass(frozen=True, slots=True)
class Item:
    """A question of a set. `answers` are accepted; `answerable` is False where a refusal is right, None if unknown.

    `group` names what the question shares with others (one conversation, one article), so that they are resampled
    together; it stands in `meta` under that name.
    """

    id: str
    question: str
    answers: tuple[Accepted, ...] = ()
    asked: date | None = None
    as_of: date | None = None
    history: tuple[HistoryMessage, ...] = ()
    answerable: bool | None = None
    gold: tuple[Gold, ...] = ()
    tags: tuple[str, ...] = ()
    meta: Any = field(default=None, hash=False)

    @property
    def group(self) -> str:
        """The cluster it belongs to; a question alone is its own."""
        group = self.meta.get("group") if isinstance(self.meta, dict) else None
        return group if isinstance(group, str) else self.id

    @property
    def scored_as_squad(self) -> bool:
        """Whether a, an and the do not count in its answers: SQuAD's definition, {"scored_as": "squad"} in `meta`.

        RealTime QA and sets of our own form count them.
        """
        return isinstance(self.meta, dict) and self.meta.get("scored_as") == "squad"

    @property
    def refusal_is_right(self) -> bool:
        """Whether the articles are known not to answer it."""
        return self.answerable is False


# Days in a set: 2025-03-14 and nothing else, since a slash hides which number is the month.

_DAY = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")


def day_of(text: str) -> date:
    """Return the day that a text like 2025-03-14 names. Raises ValueError, saying what it looks like instead."""
    match = _DAY.fullmatch(text)
    if not match:
        raise ValueError(f"must be a date like 2025-03-14, not “{text[:40]}”")
    try:
        return date(*map(int, match.groups()))
    except ValueError:
        raise ValueError(f"“{text}” is no day of any calendar") from None


def mixed_forms(texts: Iterable[str]) -> str:
    """Return a sentence that tells the forms in which dates are written, each by its first; "" where it is one."""
    first: dict[str, str] = {}
    counted: Counter[str] = Counter()
    for text in texts:
        form = re.sub(r"[^\W\d_]+", "a", re.sub(r"\d", "9", text.strip()))
        first.setdefault(form, text.strip()[:40])
        counted[form] += 1
    forms = [f"{n} like “{first[form]}”" for form, n in counted.most_common()]
    return f"Dates stand in mixed forms: {', '.join(forms)}." if len(forms) > 1 else ""
