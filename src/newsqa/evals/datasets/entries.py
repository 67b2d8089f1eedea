"""A file of a set as JSON values, each with its place in the file; as values of a kind; and the errors of a set.

All that is wrong with a set is collected and reported at once, so that a person mends the file in one go.
"""

from __future__ import annotations

import gzip
import json
import re
import zlib
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from typing import TYPE_CHECKING, Annotated, Any, TypeVar, cast

from pydantic import AfterValidator, BeforeValidator, ValidationError

from newsqa.errors import SourceError
from newsqa.render.record import adapter

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from newsqa.evals.datasets.items import Item
    from newsqa.types import JsonObject

MAX_BYTES = 256 * 2**20  # of one set, unpacked
MAX_DEPTH = 60  # a run keeps each question in its line, and is written from deep within other calls
MAX_FAULTS = 10  # shown to a person at once

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")

_PLAIN = {"valid string": "text", "a valid boolean": "true or false", "valid array": "list"}
"""The words of pydantic's messages for people who write JSON by hand."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Entry:
    """A JSON value of a file; `place` is its line or number in a list, `fault` says why there is no value."""

    place: str
    value: Any = None
    fault: str = ""


def read_text(path: Path) -> str:
    """Read a file of UTF-8, with or without a byte order mark, unpacking one that is gzipped. Raises SourceError."""
    try:
        with (gzip.open if path.suffix.lower() == ".gz" else open)(path, "rb") as file:
            data = file.read(MAX_BYTES + 1)
        if len(data) > MAX_BYTES:
            raise SourceError(f"{path} holds more than {MAX_BYTES // 2**20} MB.", hint="Split it.")
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise SourceError(f"{path} is no UTF-8 (byte {error.start}).", hint="Save it as UTF-8.") from error
    except (OSError, EOFError, zlib.error, ValueError) as error:
        why = getattr(error, "strerror", None) or str(error)
        raise SourceError(f"{path} cannot be read: {why}.", hint="Name a file of questions.") from error


def entries(text: str) -> list[Entry]:
    """Return the JSON values of a text: one a line, or those of one list, or one object over many lines."""
    lines = [(n, line) for n, line in enumerate(text.split("\n"), 1) if line.strip()]  # JSON may hold other line ends
    if len(lines) > 1 and isinstance(_parse("", lines[0][1]).value, dict):
        return [_parse(f"line {n}", line) for n, line in lines]
    whole = _parse("", text)
    if isinstance(whole.value, list):
        return [Entry(f"entry {n}", value) for n, value in enumerate(whole.value, 1)]
    if len(lines) == 1 or (whole.fault and any(isinstance(_parse("", line).value, dict) for _, line in lines)):
        return [_parse(f"line {n}", line) for n, line in lines]
    return [whole] if lines else []


def _parse(place: str, text: str) -> Entry:
    repeated: list[str] = []

    def make_object(pairs: list[tuple[str, Any]]) -> JsonObject:
        value = dict(pairs)
        if len(value) < len(pairs):
            names = [name for name, _ in pairs]
            repeated.extend(name for name in value if names.count(name) > 1)
        return value

    try:
        value = json.loads(text, object_pairs_hook=make_object)
    except json.JSONDecodeError as error:
        where = f"line {error.lineno} column {error.colno}" if not place else f"column {error.colno}"
        return Entry(place, fault=f"this is no JSON ({error.msg}, {where})")
    except (ValueError, RecursionError) as error:
        why = "nested too deep" if isinstance(error, RecursionError) else "a number is too long"
        return Entry(place, fault=f"this is no JSON that can be kept ({why})")
    if repeated:
        return Entry(place, fault=f"the name “{repeated[0]}” stands twice in one object")
    fault = _unwritable(value)
    return Entry(place, fault=fault) if fault else Entry(place, value)


def _unwritable(value: object) -> str:
    """Say why a value could not be written down again: it is nested too deep, or holds a text that is no Unicode."""
    level = [value]
    for _ in range(MAX_DEPTH):
        if not level:
            return ""
        if any(isinstance(one, str) and not one.isascii() and re.search("[\ud800-\udfff]", one) for one in level):
            return "it holds half of a character (a lone surrogate)"
        objects = [inner for one in level if isinstance(one, dict) for inner in (*one, *one.values())]
        level = objects + [inner for one in level if isinstance(one, list) for inner in one]
    return "it is nested too deep"


def day_of(text: str) -> date:
    """Return the day that a text like 2025-03-14 names. Raises ValueError, saying what it looks like instead.

    No other form is read: a slash hides which number is the month.
    """
    if not isinstance(text, str) or not _DAY.fullmatch(text):
        raise ValueError(f"must be a date like 2025-03-14, not “{str(text)[:40]}”")
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ValueError(f"“{text}” is no day of any calendar") from None


def _filled(text: str) -> str:
    if not text.strip():
        raise ValueError("must be a text that is not empty")
    return text


Text = Annotated[str, AfterValidator(_filled)]  # a text with something in it, as pydantic checks it
Day = Annotated[date, BeforeValidator(day_of)]  # a day in the one form that is read


def read_object(kind: type[T], fields: JsonObject, names: Sequence[str] = ()) -> tuple[T | None, list[str]]:
    """Read a JSON object as a dataclass or TypedDict, strictly: no text passes for a number. Null is as good as absent.

    Return None and all that is wrong with it if it is none; `names` are those that an unknown field may stand for.
    """
    given = {name: value for name, value in fields.items() if value is not None or (names and name not in names)}
    try:
        return cast("T", adapter(cast("type", kind)).validate_json(json.dumps(given), strict=True)), []
    except ValidationError as error:
        found = error.errors(include_url=False, include_context=False, include_input=False)
        found.sort(key=lambda one: "unexpected" not in one["type"])
        return None, list(dict.fromkeys(fault_of(one["type"], one["loc"], one["msg"], names) for one in found))


def fault_of(type_: str, place: Sequence[str | int], message: str, names: Sequence[str] = ()) -> str:
    """Word what pydantic finds wrong, by the name of the field: “role” in “history” must be 'user' or 'assistant'."""
    named = [part for part in place if isinstance(part, str)]
    name = " in ".join(f"“{part[:40]}”" for part in reversed(named[-2:])) or "it"
    if type_ == "unexpected_keyword_argument":
        near = get_close_matches(named[-1].lower(), names, 1)
        return f"unknown field {name}" + (f", is “{near[0]}” meant?" if near else "")
    if type_ == "missing":
        return f"{name} is missing"
    entry = "an entry of " if place and isinstance(place[-1], int) else ""
    for technical, plain in _PLAIN.items():
        message = message.replace(technical, plain)
    return f"{entry}{name} {message.removeprefix('Value error, ').replace('Input should be', 'must be')}"


@dataclass(frozen=True, slots=True)
class ReadItem:
    """A question of a set, or what is wrong with it and its id, if that can be read.

    `place` is where in the file it is ("line 12").
    """

    place: str
    item: Item | None = None
    faults: Sequence[str] = ()
    id: str = ""


def validate_set(path: Path, read: Sequence[ReadItem], *, once: bool) -> list[Item]:
    """Return the questions of a set in their order.

    If `once`, no question may be asked twice; an id may never be used twice. Raises SourceError with all that is wrong.
    """
    if faults := list(_faults(read, once=once)):
        raise set_error(path, faults)
    items = [one.item for one in read if one.item]
    if not items:
        raise SourceError(f"The set {path} holds no question.", hint="It is JSON, one question a line.")
    return items


def set_error(path: Path, faults: Sequence[tuple[str, str]]) -> SourceError:
    """Return the error that lists the faults of a set, each with its place in the file."""
    lines = [
        f"{path}{' ' * bool(place)}{place}: {fault}{'' if fault.endswith('?') else '.'}" for place, fault in faults
    ]
    if len(lines) == 1:
        return SourceError(lines[0], hint="Mend that and run again.")
    more = [f"… and {len(lines) - MAX_FAULTS} more."] if len(lines) > MAX_FAULTS else []
    return SourceError(
        f"{path} has {len(lines)} faults.",
        hint="Mend them and run again; nothing was done.",
        details=(*lines[:MAX_FAULTS], *more),
    )


def _faults(read: Sequence[ReadItem], *, once: bool) -> Iterator[tuple[str, str]]:
    """Yield what is wrong with each question, and where it repeats one before it."""
    ids: dict[str, ReadItem] = {}
    asked: dict[object, ReadItem] = {}
    for one in read:
        yield from ((one.place, fault) for fault in one.faults)
        name = one.item.id if one.item else one.id
        if name and (before := ids.setdefault(name, one)) is not one:
            yield one.place, f"the id “{name}” was used before, in {before.place}"
        elif once and one.item and not one.faults and (before := asked.setdefault(same_as(one.item), one)) is not one:
            yield one.place, f"the same is asked in {before.place}"


def same_as(item: Item) -> tuple[object, ...]:
    """Return what is equal for two questions that are one: words, however written, days, and what was said before."""
    return " ".join(item.question.casefold().split()), item.asked, item.as_of, item.history
