"""Answers to readers' questions, judged by the rules of the set: what an answer must hold, and must not.

Answers and strings are compared in lower case, with every run of other characters than letters and digits as one space.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Literal

from newsqa.evals.metrics.base import Metric, answer_text, sentences

if TYPE_CHECKING:
    from collections.abc import Iterable

    from newsqa.evals.run_file import RunLine

Miss = Literal[
    "should have refused", "wrongly refused", "wrong or outdated", "lacks the answer", "other source", "too long"
]
"""What is wrong with an answer; of several things the first."""

METRICS = (
    Metric("right", "answer", "Right by the rules", "Over questions with rules; a failure scores 0.", rate=True),
    Metric(
        "wrong_or_outdated",
        "answer",
        "Says what it must not",
        "The sentences of the answer hold a string of `none_of`. Over questions with rules.",
        "lower",
        rate=True,
    ),
)

_GAP = re.compile(r"\W+")
_WORD = re.compile(r"\S*\w\S*")


def reader_scores(line: RunLine) -> dict[str, float]:
    """Score an answer by the rules of its question, if there are any."""
    if line.item.rules is None:
        return {}
    missed = None if line.failed else miss(line)
    return {
        "right": float(not line.failed and missed is None),
        "wrong_or_outdated": float(missed == "wrong or outdated"),
    }


def miss(line: RunLine) -> Miss | None:
    """Return what is wrong with an answer, or None. The line did not fail, and its question has rules."""
    rules, can_be = line.item.rules, line.item.answerable
    assert rules is not None  # noqa: S101  see above
    if line.refused:
        return "wrongly refused" if can_be else None
    if can_be is False:
        return "should have refused"
    text = answer_text(line)
    if _holds(" ".join(sentence.text for sentence in sentences(line)), rules.none_of):
        return "wrong or outdated"
    if not all(_holds(text, group) for group in (rules.any_of, *rules.all_of) if group):
        return "lacks the answer"
    if rules.cites_any and not _cites(line, rules.cites_any):
        return "other source"
    return "too long" if rules.max_words and len(_WORD.findall(text)) > rules.max_words else None


def _holds(text: str, strings: Iterable[str]) -> bool:
    within = _normalize(text)
    return any(_normalize(string) in within for string in strings)


def _normalize(text: str) -> str:
    return _GAP.sub(" ", text.lower()).strip()


def _cites(line: RunLine, starts: tuple[str, ...]) -> bool:
    """Return True if the address or path of a citation is one of these, or begins with one."""
    places = ((cited.get("url"), cited.get("path")) for cited in line.record.get("citations") or ())
    return any(place.startswith(starts) for both in places for place in both if place)
