"""Question answering sets: SQuAD and RealTime QA.

SQuAD 1.1 and 2.0 (arXiv:1606.05250, arXiv:1806.03822), and the same question by question, as datasets export it. Gold
is the sentence of the context that holds the answer, looked up in the index by its words. The questions of one title
are one group.

    {"version": "v2.0", "data": [{"title": "Grey Heron", "paragraphs": [{"context": "…", "qas": [
        {"id": "…", "question": "…", "answers": [{"text": "7.25", "answer_start": 31}], "is_impossible": false}]}]}]}

    {"id": "…", "title": "…", "context": "…", "question": "…", "answers": {"text": ["…"], "answer_start": [31]}}

RealTime QA (arXiv:2207.13332; realtimeqa/realtimeqa_public): weekly news quizzes. An entry has question_id,
question_date (2025/04/11), question_source, question_url, question_sentence, choices (a list of texts), answer (a list
of positions as text, from 0) and evidence. If `answer` has several choices, all of them are required. A question that
makes sense only beside its choices ("… EXCEPT", "None of the above") is asked, but nothing is accepted as its answer.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

from newsqa.evals.datasets.entries import Fields, ReadItem, day_of
from newsqa.evals.datasets.items import Gold, Item
from newsqa.text.sentences import sentence_spans

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from newsqa.evals.datasets.entries import Entry
    from newsqa.evals.datasets.items import Accepted
    from newsqa.types import JsonObject


# SQuAD.

MIN_SENTENCE_WORDS = 5  # a shorter sentence is in many articles; the whole context is looked up instead


def is_squad(fields: JsonObject) -> bool:
    """Return True for a file of SQuAD, one of its titles, or one of its questions."""
    data, answers = fields.get("data"), fields.get("answers")
    first = data[0] if isinstance(data, list) and data else fields
    return _is_title(first) or ("context" in fields and isinstance(answers, dict))


def read_squad(entry: Entry) -> Iterator[ReadItem]:
    """Yield the questions of an entry, or what is wrong with them."""
    if "context" in entry.value:
        fields = Fields(entry.value)
        yield _found(entry.place, fields, fields.text("context", needed=True) or "", _group(entry.value, entry.place))
        return
    titles = entry.value.get("data") if "data" in entry.value else [entry.value]
    for number, title in enumerate(titles if isinstance(titles, list) else [], 1):
        yield from _title(f"{entry.place} title {number}".strip(), title)


def _title(place: str, title: object) -> Iterator[ReadItem]:
    fields = Fields(title if isinstance(title, dict) else {})
    group = _group(fields.values, place)
    for n, paragraph in enumerate(fields.objects("paragraphs"), 1):
        context = paragraph.text("context", needed=True) or ""
        for k, question in enumerate(paragraph.entries("qas", dict, "objects"), 1):
            yield _found(f"{place} paragraph {n} question {k}", Fields(question), context, group)
    if fields.faults:
        yield ReadItem(place, faults=tuple(fields.faults))


def _found(place: str, fields: Fields, context: str, group: str) -> ReadItem:
    name = fields.values.get("id")
    if isinstance(name, int):
        fields = Fields({**fields.values, "id": str(name)}, faults=fields.faults)
    answers = list(_answers(fields))
    impossible = fields.truth("is_impossible") or ("answers" in fields.values and not answers)
    item = Item(
        id=fields.text("id", needed=True) or "",
        question=fields.text("question", needed=True) or "",
        answers=() if impossible else tuple(dict.fromkeys(text for text, _ in answers)),
        answerable=not impossible if answers or impossible else None,
        gold=() if impossible or not answers else (Gold(quote=_holding(context, answers)),),
        meta={"group": group, "scored_as": "squad"},
    )
    return ReadItem(place, item, tuple(fields.faults))


def _answers(fields: Fields) -> Iterator[tuple[str, int]]:
    """Yield the answers that have a word in them, each with its offset in the context, -1 if that is not known."""
    value = fields.values.get("answers")
    if isinstance(value, dict):  # the columns of a dataset
        texts, starts = Fields(value).entries("text", str, "texts"), value.get("answer_start")
        pairs = list(zip(texts, starts, strict=False)) if isinstance(starts, list) else [(text, -1) for text in texts]
    else:
        pairs = [(one.get("text"), one.get("answer_start")) for one in fields.entries("answers", dict, "objects")]
    for text, start in pairs:
        if isinstance(text, str) and any(map(str.isalnum, text)):
            yield text.strip(), start if isinstance(start, int) else -1


def _holding(context: str, answers: list[tuple[str, int]]) -> str:
    """Return the sentence that holds the most answers, the first of these; the whole context if none does."""
    spans = sentence_spans(context)
    counts = Counter[str]()
    for text, offset in answers:
        start = offset if offset >= 0 and context.startswith(text, offset) else context.find(text)
        counts.update(context[begin:end] for begin, end in spans if begin <= start < end)
    best = max(counts, key=lambda sentence: counts[sentence], default="")
    return best if len(best.split()) >= MIN_SENTENCE_WORDS else context


def _group(fields: JsonObject, place: str) -> str:
    title = fields.get("title")
    return title if isinstance(title, str) and title.strip() else place


def _is_title(value: object) -> bool:
    return isinstance(value, dict) and isinstance(value.get("paragraphs"), list)


# RealTime QA.

KEPT = ("choices", "evidence", "question_url")
NEEDS_CHOICES = "needs choices"

_NO_ANSWER = re.compile(r"(?:none|all|any|both|neither) of (?:the above|these|them)\W*$", re.IGNORECASE)
_EXCEPT = re.compile(r"\bexcept\b.{0,4}$", re.IGNORECASE)  # its own scorer passes over these too


def is_realtimeqa(fields: JsonObject) -> bool:
    """Return True for a question of RealTime QA."""
    return fields.keys() >= {"question_id", "question_sentence"}


def read_realtimeqa(entry: Entry) -> Iterator[ReadItem]:
    """Yield the question of an entry, or all that is wrong with it."""
    fields = Fields(entry.value)
    source = fields.text("question_source")
    question = fields.text("question_sentence", needed=True) or ""
    chosen = _chosen(fields)
    answers: tuple[Accepted, ...] = (chosen,) if len(chosen) > 1 else chosen
    alone = bool(chosen) and not _EXCEPT.search(question) and not any(map(_NO_ANSWER.search, chosen))
    item = Item(
        id=fields.text("question_id", needed=True) or "",
        question=question,
        answers=answers if alone else (),
        asked=_question_date(fields),
        tags=tuple(tag for tag in (source, None if alone else NEEDS_CHOICES) if tag),
        meta={name: entry.value[name] for name in KEPT if entry.value.get(name)},
    )
    yield ReadItem(entry.place, item, tuple(fields.faults))


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


def _question_date(fields: Fields) -> date | None:
    text = fields.text("question_date")
    try:
        return day_of(text.replace("/", "-")) if text else None
    except ValueError:
        fields.wrong("question_date", f"must be a date like 2025/03/14, not “{text}”")
        return None
