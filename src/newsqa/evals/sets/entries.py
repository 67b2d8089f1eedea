"""A file of a set as JSON values, each with the place where it stands: a line, or an entry of a list."""

from __future__ import annotations

import gzip
import json
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from newsqa.errors import SourceError

if TYPE_CHECKING:
    from pathlib import Path
    from typing import IO

    from newsqa.records import JsonObject

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
