"""RealTime QA (arXiv:2207.13332; realtimeqa/realtimeqa_public): weekly news quizzes, with choices counted from 0.

{"question_id": "20250411_3", "question_date": "2025/04/11", "question_source": "CNN", "question_url": "…",
 "question_sentence": "Which lamp was found in Sel Bay?", "choices": ["…", "The Pilot's Lantern"], "answer": ["1"],
 "evidence": "…"}

Where `answer` has several choices, all of them are required. A question that makes sense only beside its choices
("… EXCEPT", "None of the above") is asked, but nothing is accepted as its answer.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from newsqa.evals.sets.days import day_of
from newsqa.evals.sets.faults import Found
from newsqa.evals.sets.fields import Fields
from newsqa.evals.sets.items import Accepted, Item

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from newsqa.evals.sets.entries import Entry
    from newsqa.records import JsonObject

KEPT = ("choices", "evidence", "question_url")
NEEDS_CHOICES = "needs choices"

_NO_ANSWER = re.compile(r"(?:none|all|any|both|neither) of (?:the above|these|them)\W*$", re.IGNORECASE)
_EXCEPT = re.compile(r"\bexcept\b.{0,4}$", re.IGNORECASE)  # its own scorer passes over these too


def fits(fields: JsonObject) -> bool:
    """Tell whether an object is a question of RealTime QA."""
    return fields.keys() >= {"question_id", "question_sentence"}


def read(entry: Entry) -> Iterator[Found]:
    """Yield the question of an entry, or all that is wrong with it."""
    fields = Fields(entry.value)
    source = fields.text("question_source")
    question = fields.text("question_sentence", needed=True) or ""
    chosen = _chosen(fields)
    alone = bool(chosen) and not _EXCEPT.search(question) and not any(map(_NO_ANSWER.search, chosen))
    item = Item(
        id=fields.text("question_id", needed=True) or "",
        question=question,
        answers=(_accepted(chosen),) if alone else (),
        asked=_day(fields),
        tags=tuple(tag for tag in (source, None if alone else NEEDS_CHOICES) if tag),
        meta={name: entry.value[name] for name in KEPT if entry.value.get(name)},
    )
    yield Found(entry.place, item, tuple(fields.faults))


def _accepted(chosen: tuple[str, ...]) -> Accepted:
    return chosen if len(chosen) > 1 else chosen[0]


def _chosen(fields: Fields) -> tuple[str, ...]:
    choices = fields.entries("choices", str, "texts")
    numbers = fields.entries("answer", str | int, "numbers of choices, the first being 0")
    try:
        places = [int(number) for number in numbers]
    except ValueError:
        places = [-1]
    if any(not 0 <= place < len(choices) for place in places):
        fields.wrong("answer", f"must be the numbers of {len(choices)} choices, the first being 0")
        return ()
    return tuple(choices[place] for place in places if any(map(str.isalnum, choices[place])))


def _day(fields: Fields) -> date | None:
    text = fields.text("question_date")
    try:
        return day_of(text.replace("/", "-")) if text else None
    except ValueError:
        fields.wrong("question_date", f"must be a date like 2025/03/14, not “{text}”")
        return None
