"""A file of a set as JSON values, each with the place where it stands: a line, or an entry of a list."""

from __future__ import annotations

import gzip
import json
import zlib
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, cast

from newsqa.errors import SourceError
from newsqa.evals.datasets.items import day_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import date
    from pathlib import Path
    from types import UnionType
    from typing import IO

    from newsqa.evals.datasets.items import Item
    from newsqa.types import JsonObject


LARGEST = 256 * 2**20  # bytes of one set, unpacked
DEEPEST = 60  # a run keeps each question in its line, and is written from deep within other calls


@dataclass(frozen=True, slots=True)
class Entry:
    """A JSON value of a file; `fault` says why there is none."""

    place: str
    value: Any = None
    fault: str = ""


def opened(path: Path) -> IO[bytes]:
    """Open a file, unpacking one that is packed with gzip. Raises OSError."""
    packed = path.suffix.lower() == ".gz"
    return cast("IO[bytes]", gzip.open(path, "rb") if packed else path.open("rb"))


def read_text(path: Path) -> str:
    """Read a file of UTF-8, with or without a byte order mark. Raises SourceError."""
    try:
        with opened(path) as file:
            data = file.read(LARGEST + 1)
        if len(data) > LARGEST:
            raise SourceError(f"The set {path} holds more than {LARGEST // 2**20} MB.", hint="Split it.")
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise SourceError(f"The set {path} is no UTF-8 (byte {error.start}).", hint="Save it as UTF-8.") from error
    except (OSError, EOFError, zlib.error, ValueError) as error:
        why = getattr(error, "strerror", None) or str(error)
        raise SourceError(f"The set {path} cannot be read: {why}.", hint="Name a file of questions.") from error


def entries(text: str) -> list[Entry]:
    """Return the JSON values of a text: one a line, or those of one list, or one object over many lines."""
    lines = [(n, line) for n, line in enumerate(text.split("\n"), 1) if line.strip()]  # JSON may hold other line ends
    if len(lines) > 1 and _is_object(lines[:1]):
        return [_parsed(f"line {n}", line) for n, line in lines]
    whole = _parsed("", text)
    if isinstance(whole.value, list):
        return [Entry(f"entry {n}", value) for n, value in enumerate(whole.value, 1)]
    if len(lines) == 1 or (whole.fault and _is_object(lines)):
        return [_parsed(f"line {n}", line) for n, line in lines]
    return [whole] if lines else []


def _is_object(lines: list[tuple[int, str]]) -> bool:
    """Tell whether a line is a JSON object by itself."""
    return any(isinstance(_parsed("", line).value, dict) for _, line in lines)


def _parsed(place: str, text: str) -> Entry:
    twice: list[str] = []
    try:
        value = json.loads(text, object_pairs_hook=lambda pairs: _object(pairs, twice))
    except json.JSONDecodeError as error:
        where = f"line {error.lineno} column {error.colno}" if not place else f"column {error.colno}"
        return Entry(place, fault=f"this is no JSON ({error.msg}, {where})")
    except (ValueError, RecursionError) as error:
        why = "nested too deep" if isinstance(error, RecursionError) else "a number is too long"
        return Entry(place, fault=f"this is no JSON that can be kept ({why})")
    if twice:
        return Entry(place, fault=f"the name “{twice[0]}” stands twice in one object")
    return _examined(place, value)


def _object(pairs: list[tuple[str, Any]], twice: list[str]) -> JsonObject:
    value = dict(pairs)
    if len(value) < len(pairs):
        names = [name for name, _ in pairs]
        twice += [name for name in value if names.count(name) > 1]
    return value


def _examined(place: str, value: object) -> Entry:
    """Refuse what could not be written down again: values nested endlessly, texts that are no Unicode."""
    level = [value]
    for _ in range(DEEPEST):
        if not level:
            return Entry(place, value)
        if not all(map(_whole, level)):
            return Entry(place, fault="it holds half of a character (a lone surrogate)")
        level = [inner for outer in level for inner in _inner(outer)]
    return Entry(place, fault="it is nested too deep")


def _whole(value: object) -> bool:
    return not isinstance(value, str) or value.isascii() or not any("\ud800" <= c <= "\udfff" for c in value)


def _inner(value: object) -> list[Any]:
    if isinstance(value, dict):
        return [*value, *value.values()]
    return value if isinstance(value, list) else []


# Reads the fields of a JSON object by their type, and notes all that is wrong instead of stopping at the first.


@dataclass(slots=True)
class Fields:
    """The fields of one object; null is as good as absent. `within` names the field that the object is part of."""

    values: JsonObject
    within: str = ""
    faults: list[str] = field(default_factory=list)

    def wrong(self, name: str, what: str) -> None:
        """Note what is wrong with a field."""
        inner = f" in “{self.within}”" if self.within else ""
        self.faults.append(f"“{name}”{inner} {what}")

    def only(self, names: Iterable[str]) -> None:
        """Note the fields that are none of these, each with the nearest of them."""
        known = tuple(names)
        for name in (name for name in self.values if name not in known):
            near = get_close_matches(name.lower(), known, 1)
            inner = f" in “{self.within}”" if self.within else ""
            self.faults.append(f"unknown field “{name[:40]}”{inner}" + (f", is “{near[0]}” meant?" if near else ""))

    def text(self, name: str, *, needed: bool = False) -> str | None:
        """Return a text that is not empty, or None."""
        value = self.values.get(name)
        if isinstance(value, str) and value.strip():
            return value
        if value is not None or needed:
            self.wrong(name, "must be a text that is not empty")
        return None

    def day(self, name: str) -> date | None:
        """Return a date, or None."""
        text = self.text(name)
        try:
            return day_of(text) if text else None
        except ValueError as error:
            self.wrong(name, str(error))
            return None

    def truth(self, name: str) -> bool | None:
        """Return true, false or None."""
        value = self.values.get(name)
        if value is not None and not isinstance(value, bool):
            self.wrong(name, "must be true or false")
            return None
        return value

    def entries(self, name: str, kind: type | UnionType, what: str) -> list[Any]:
        """Return the entries of a list, all of one type."""
        value = self.values.get(name)
        if value is None:
            return []
        if isinstance(value, list) and all(isinstance(entry, kind) for entry in value):
            return value
        self.wrong(name, f"must be a list of {what}")
        return []

    def objects(self, name: str) -> Iterator[Fields]:
        """Yield the objects of a list; what is wrong in them is noted here too."""
        for entry in self.entries(name, dict, "objects"):
            yield Fields(entry, name, self.faults)


# What is wrong with a set, told all at once, so that a person mends the file in one go.

TOLD = 10


@dataclass(frozen=True, slots=True)
class Found:
    """A question of a set, as far as it can be read, and what is wrong with it.

    `place` is where in the file it stands ("line 12").
    """

    place: str
    item: Item | None = None
    faults: tuple[str, ...] = ()


def checked(path: Path, found: Sequence[Found], *, once: bool, notes: Sequence[str] = ()) -> list[Item]:
    """Return the questions of a set in their order.

    `once` tells that no question may be asked twice; an id may never be used twice. `notes` explain the faults, where
    there are any. Raises SourceError with all that is wrong.
    """
    if faults := list(_faults(found, once=once)):
        raise refusal(path, faults, notes)
    items = [one.item for one in found if one.item]
    if not items:
        raise SourceError(f"The set {path} holds no question.", hint="It is JSON, one question a line.")
    return items


def refusal(path: Path, faults: Sequence[tuple[str, str]], notes: Sequence[str] = ()) -> SourceError:
    """Return the error that tells the faults of a set, each with its place in the file."""
    told = [f"{path}{' ' * bool(place)}{place}: {fault}{'' if fault.endswith('?') else '.'}" for place, fault in faults]
    if len(told) == 1:
        return SourceError(" ".join([*told, *notes]), hint="Mend that and run again.")
    more = [f"… and {len(told) - TOLD} more."] if len(told) > TOLD else []
    return SourceError(
        f"The set {path} has {len(told)} faults.",
        hint="Mend them and run again; nothing was asked.",
        details=(*told[:TOLD], *more, *notes),
    )


def _faults(found: Sequence[Found], *, once: bool) -> Iterator[tuple[str, str]]:
    """Yield what is wrong with each question, and where it repeats one before it."""
    ids: dict[str, Found] = {}
    asked: dict[object, Found] = {}
    for one in found:
        yield from ((one.place, fault) for fault in one.faults)
        if one.item and one.item.id and (before := ids.setdefault(one.item.id, one)) is not one:
            yield one.place, f"the id “{one.item.id}” was used before, in {before.place}"
        elif once and one.item and not one.faults and (before := asked.setdefault(asking(one.item), one)) is not one:
            yield one.place, f"the same is asked in {before.place}"


def asking(item: Item) -> tuple[object, ...]:
    """Return what makes two questions one: their words, however set, the days, and what was said before."""
    return " ".join(item.question.casefold().split()), item.asked, item.as_of, item.history
