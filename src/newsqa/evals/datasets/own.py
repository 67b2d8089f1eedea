"""Our own form: one JSON object a line. It is checked closely, since people write it by hand.

{"id": "ferry-time", "question": "When did the ferry sail?", "answers": ["7.25 a.m."], "asked": "2025-04-21"}
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from newsqa.evals.datasets.entries import Fields, Found
from newsqa.evals.datasets.items import Accepted, Gold, HistoryMessage, Item, mixed_forms

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from newsqa.evals.datasets.entries import Entry
    from newsqa.types import JsonObject


NAMES = ("id", "question", "answers", "asked", "as_of", "history", "answerable", "gold", "tags", "meta")
TELLING = {"question", "answers", "as_of", "answerable", "gold"}
GOLD = ("url", "path", "article_id", "quote")
TURN = ("role", "content")
ROLES = ("user", "assistant")
LONE_QUOTE = 4
"""Words of a quote that can name an article by itself."""


def is_own(fields: JsonObject) -> bool:
    """Tell whether an object is meant as a question of ours."""
    return bool(fields.keys() & TELLING) or fields.keys() <= set(NAMES)


def read_own(entry: Entry) -> Iterator[Found]:
    """Yield the question of an entry, or all that is wrong with it."""
    fields = Fields(entry.value)
    item = _item(fields)
    faults = fields.faults or list(_senseless(item))
    yield Found(entry.place, item, tuple(faults))


def notes(found: Sequence[Entry]) -> list[str]:
    """Return what the entries have in common that explains their faults: dates in mixed forms."""
    days = [entry.value.get(name) for entry in found if isinstance(entry.value, dict) for name in ("asked", "as_of")]
    mixed = mixed_forms(day for day in days if isinstance(day, str))
    return [mixed] if mixed else []


def item_record(item: Item) -> JsonObject:
    """Return a question as the JSON object that `item_from` reads; what is not known is left out."""
    record = {
        "id": item.id,
        "question": item.question,
        "answers": [list(answer) if isinstance(answer, tuple) else answer for answer in item.answers],
        "asked": item.asked and item.asked.isoformat(),
        "as_of": item.as_of and item.as_of.isoformat(),
        "history": [{"role": turn.role, "content": turn.content} for turn in item.history],
        "answerable": item.answerable,
        "gold": [{name: value for name in GOLD if (value := getattr(gold, name))} for gold in item.gold],
        "tags": list(item.tags),
        "meta": item.meta,
    }
    return {name: value for name, value in record.items() if value is not None and value != []}


def item_from(fields: JsonObject) -> Item:
    """Return the question that a JSON object tells. Raises ValueError, with all that is wrong."""
    reading = Fields(fields)
    item = _item(reading)
    if reading.faults:
        raise ValueError("; ".join(reading.faults))
    return item


def _item(fields: Fields) -> Item:
    fields.only(NAMES)
    meta = fields.values.get("meta")
    if not _finite(meta):
        fields.wrong("meta", "holds NaN or Infinity, which is no JSON")
    return Item(
        id=fields.text("id", needed=True) or "",
        question=fields.text("question", needed=True) or "",
        answers=tuple(_answers(fields)),
        asked=fields.day("asked"),
        as_of=fields.day("as_of"),
        history=tuple(_history(fields)),
        answerable=fields.truth("answerable"),
        gold=tuple(_gold(fields)),
        tags=tuple(fields.entries("tags", str, "texts")),
        meta=meta,
    )


def _answers(fields: Fields) -> Iterator[Accepted]:
    for answer in fields.entries("answers", str | list, "texts, or of lists of texts that are all required"):
        parts = [answer] if isinstance(answer, str) else answer
        if parts and all(isinstance(part, str) and any(map(str.isalnum, part)) for part in parts):
            yield tuple(parts) if len(parts) > 1 else parts[0]
        else:
            fields.wrong("answers", "has an answer without a word in it")


def _history(fields: Fields) -> Iterator[HistoryMessage]:
    for turn in fields.objects("history"):
        turn.only(TURN)
        content, role = turn.text("content", needed=True), turn.values.get("role")
        if role not in ROLES:
            turn.wrong("role", "must be user or assistant")
        elif content:
            yield HistoryMessage(role, content)


def _gold(fields: Fields) -> Iterator[Gold]:
    for entry in fields.objects("gold"):
        entry.only(GOLD)
        gold = Gold(**{name: entry.text(name) for name in GOLD})
        if gold == Gold():
            fields.wrong("gold", "must name its article: a url, a path or an article_id")
        yield gold


def _senseless(item: Item) -> Iterator[str]:
    """Yield what each field allows, but not all of them together."""
    if item.asked and item.as_of and item.as_of > item.asked:
        yield f"“as_of” ({item.as_of}) is after “asked” ({item.asked}): who asks then has seen no later articles"
    if item.answerable is False and item.answers:
        yield "“answerable” is false, but “answers” holds what would be accepted"
    if item.answerable is False and item.gold and not item.as_of:
        yield "“answerable” is false, but “gold” says where the answer stands, and no “as_of” hides it"
    if any(not (gold.url or gold.path or gold.article_id) and _short(gold.quote) for gold in item.gold):
        yield f"“gold” needs a url, a path or an article_id, or a quote of at least {LONE_QUOTE} words"


def _short(quote: str | None) -> bool:
    return len((quote or "").split()) < LONE_QUOTE


def _finite(value: object) -> bool:
    if isinstance(value, float):
        return math.isfinite(value)
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return all(map(_finite, inner))
