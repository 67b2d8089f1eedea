"""Reads a set of questions: one JSON object a line. What is wrong with one is told with its file and line.

{"id": "ferry-time", "question": "When did the ferry sail?", "answers": ["7.25 a.m."], "asked": "2025-04-21"}
"""

from __future__ import annotations

import json
from datetime import date
from typing import TYPE_CHECKING

from newsqa.errors import SourceError
from newsqa.evals.sets.items import Gold, Item
from newsqa.records import Turn

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from newsqa.records import JsonObject

ROLES = ("user", "assistant")


def read_set(path: Path) -> list[Item]:
    """Read a set of questions. Raises SourceError, naming file and line, where it is not one."""
    try:
        lines = path.read_text("utf-8").split("\n")  # a JSON text may hold other line ends
    except (OSError, UnicodeDecodeError) as error:
        raise SourceError(f"The set {path} cannot be read: {error}", hint="It is JSON, one question a line.") from error
    items: dict[str, Item] = {}
    for number, line in enumerate(lines, 1):
        if line.strip():
            item = _read(line, f"{path} line {number}")
            if item.id in items:
                raise _wrong(f"{path} line {number}", f"the id “{item.id}” was used before")
            items[item.id] = item
    if not items:
        raise SourceError(f"The set {path} holds no question.", hint="It is JSON, one question a line.")
    return list(items.values())


def _read(line: str, place: str) -> Item:
    try:
        fields = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise _wrong(place, f"this is no JSON ({error})") from error
    if not isinstance(fields, dict):
        raise _wrong(place, "this is no JSON object")
    try:
        return _item(fields)
    except ValueError as error:
        raise _wrong(place, str(error)) from error


def _item(fields: JsonObject) -> Item:
    answerable = fields.get("answerable")
    if answerable is not None and not isinstance(answerable, bool):
        raise ValueError("“answerable” must be true or false")
    return Item(
        id=_text(fields, "id", needed=True) or "",
        question=_text(fields, "question", needed=True) or "",
        answers=_texts(fields, "answers"),
        asked=_day(fields, "asked"),
        as_of=_day(fields, "as_of"),
        history=tuple(_turn(entry) for entry in _objects(fields, "history")),
        answerable=answerable,
        gold=tuple(_gold(entry) for entry in _objects(fields, "gold")),
        tags=_texts(fields, "tags"),
        meta=fields.get("meta"),
    )


def _text(fields: JsonObject, name: str, *, needed: bool = False) -> str | None:
    value = fields.get(name)
    if value is None and not needed:
        return None
    if not isinstance(value, str) or not value.strip():
        raise ValueError(f"“{name}” must be a text that is not empty")
    return value


def _texts(fields: JsonObject, name: str) -> tuple[str, ...]:
    values = fields.get(name) or []
    if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
        raise ValueError(f"“{name}” must be a list of texts")
    return tuple(values)


def _day(fields: JsonObject, name: str) -> date | None:
    text = _text(fields, name)
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise ValueError(f"“{name}” must be a date like 2025-03-14") from None


def _objects(fields: JsonObject, name: str) -> Iterator[JsonObject]:
    values = fields.get(name) or []
    if not isinstance(values, list) or not all(isinstance(value, dict) for value in values):
        raise ValueError(f"“{name}” must be a list of objects")
    yield from values


def _turn(entry: JsonObject) -> Turn:
    role, content = entry.get("role"), entry.get("content")
    if role not in ROLES or not isinstance(content, str):
        raise ValueError("a turn of “history” needs a role (user or assistant) and a content")
    return Turn(role, content)


def _gold(entry: JsonObject) -> Gold:
    gold = Gold(**{name: _text(entry, name) for name in ("url", "path", "article_id", "quote")})
    if not (gold.url or gold.path or gold.article_id):
        raise ValueError("“gold” needs a url, a path or an article_id")
    return gold


def _wrong(place: str, what: str) -> SourceError:
    return SourceError(f"{place}: {what}.", hint="Mend that line and run again.")
