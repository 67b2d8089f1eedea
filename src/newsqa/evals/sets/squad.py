"""SQuAD 1.1 and 2.0 (arXiv:1606.05250, arXiv:1806.03822), and the same question by question, as datasets export it.

{"version": "v2.0", "data": [{"title": "Grey Heron", "paragraphs": [{"context": "…", "qas": [
    {"id": "…", "question": "…", "answers": [{"text": "7.25 a.m.", "answer_start": 31}], "is_impossible": false}]}]}]}

{"id": "…", "title": "…", "context": "…", "question": "…", "answers": {"text": ["…"], "answer_start": [31]}}

Gold is the sentence of the context that holds the answer, looked up in the index by its words. The questions of one
title are one group.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from newsqa.evals.sets.faults import Found
from newsqa.evals.sets.fields import Fields
from newsqa.evals.sets.items import Gold, Item
from newsqa.text.sentences import sentence_spans

if TYPE_CHECKING:
    from collections.abc import Iterator

    from newsqa.evals.sets.entries import Entry
    from newsqa.records import JsonObject

SHORT = 5
"""A sentence of fewer words stands in many articles; the whole context is looked up instead."""


def fits(fields: JsonObject) -> bool:
    """Tell whether an object is a file of SQuAD, one of its titles, or one of its questions."""
    data, answers = fields.get("data"), fields.get("answers")
    return _is_title(_first(data)) or _is_title(fields) or ("context" in fields and isinstance(answers, dict))


def read(entry: Entry) -> Iterator[Found]:
    """Yield the questions of an entry, or what is wrong with them."""
    if "context" in entry.value:
        fields = Fields(entry.value)
        yield _found(entry.place, fields, fields.text("context", needed=True) or "", _group(entry.value, entry.place))
        return
    titles = entry.value.get("data") if "data" in entry.value else [entry.value]
    for number, title in enumerate(titles if isinstance(titles, list) else [], 1):
        yield from _title(f"{entry.place} title {number}".strip(), title)


def _title(place: str, title: object) -> Iterator[Found]:
    fields = Fields(title if isinstance(title, dict) else {})
    group = _group(fields.values, place)
    for n, paragraph in enumerate(fields.objects("paragraphs"), 1):
        context = paragraph.text("context", needed=True) or ""
        for k, question in enumerate(paragraph.entries("qas", dict, "objects"), 1):
            yield _found(f"{place} paragraph {n} question {k}", Fields(question), context, group)
    if fields.faults:
        yield Found(place, faults=tuple(fields.faults))


def _found(place: str, fields: Fields, context: str, group: str) -> Found:
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
    return Found(place, item, tuple(fields.faults))


def _answers(fields: Fields) -> Iterator[tuple[str, int]]:
    """Yield the answers that have a word in them, each with its offset in the context, -1 where that is not told."""
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
    """Return the sentence that holds the most answers, the first of these; the whole context where none does."""
    spans = sentence_spans(context)
    held = Counter[str]()
    for text, told in answers:
        start = told if context.startswith(text, max(told, 0)) and told >= 0 else context.find(text)
        held.update(context[begin:end] for begin, end in spans if begin <= start < end)
    best = max(held, key=lambda sentence: held[sentence], default="")
    return best if len(best.split()) >= SHORT else context


def _group(fields: JsonObject, place: str) -> str:
    title = fields.get("title")
    return title if isinstance(title, str) and title.strip() else place


def _is_title(value: object) -> bool:
    return isinstance(value, dict) and isinstance(value.get("paragraphs"), list)


def _first(value: object) -> object:
    return value[0] if isinstance(value, list) and value else None
