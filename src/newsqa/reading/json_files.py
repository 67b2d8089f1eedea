"""JSON: an article an object, in a list, under a usual name, or one a line."""

from __future__ import annotations

import json
from typing import IO, TYPE_CHECKING, Any

from newsqa.errors import SourceError
from newsqa.reading.content import MAX_LINE, decode, read_all
from newsqa.reading.fields import TEXT, article_of
from newsqa.reading.records import Kind, Problem, RawArticle

if TYPE_CHECKING:
    from collections.abc import Iterator

LISTS = ("articles", "items", "data", "results", "entries", "stories", "docs", "documents", "hits", "news", "posts")
AROUND_LISTS = (*LISTS, "response", "result", "feed", "channel")


def read_json(stream: IO[bytes], file_name: str) -> Iterator[RawArticle | Problem]:
    """Yield the articles of a JSON file: one object, a list of them, or an object that holds such a list."""
    text = decode(read_all(stream))
    try:
        value = _parsed(text)
    except SourceError:
        lines = [line for line in text.split("\n") if line.strip()]
        if len(lines) > 1 and all(is_article_line(line.encode("utf-8", "replace")) for line in lines[:2]):
            yield from _lines(enumerate((line.encode("utf-8") for line in text.split("\n")), 1))
            return
        raise
    objects = _objects(value)
    if objects is None:
        yield article_of(value if isinstance(value, dict) else {}, "json", file_name=file_name)
        return
    for n, one in enumerate(objects, 1):
        yield _article(one, "json", f"#{n}")


def read_lines(stream: IO[bytes], file_name: str) -> Iterator[RawArticle | Problem]:  # noqa: ARG001 - a reader
    """Yield the articles of a file with one JSON object a line, holding one line at a time."""
    return _lines(enumerate(_capped_lines(stream), 1))


def is_article_line(line: bytes) -> bool:
    """Tell whether a line is one whole JSON object, and not an object around a list of articles."""
    try:
        value = _parsed(decode(line))
        return isinstance(value, dict) and _objects(value) is None
    except SourceError:
        return False


def _lines(lines: Iterator[tuple[int, bytes]]) -> Iterator[RawArticle | Problem]:
    for n, line in lines:
        if len(line) > MAX_LINE:
            yield Problem(f"#{n}", f"the line is longer than {MAX_LINE // 2**20} MB")
        elif line.strip():
            yield _line(line, f"#{n}")


def _line(line: bytes, place: str) -> RawArticle | Problem:
    try:
        value = _parsed(decode(line))
    except SourceError as error:
        return Problem(place, str(error), error.hint)
    return _article(value, "jsonl", place)


def _article(value: object, kind: Kind, place: str) -> RawArticle | Problem:
    if not isinstance(value, dict):
        return Problem(place, "it is no JSON object")
    try:
        return article_of(value, kind, place)
    except SourceError as error:
        return Problem(place, str(error), error.hint)


def _capped_lines(stream: IO[bytes]) -> Iterator[bytes]:
    """Yield lines; one past the cap comes cut, just longer than the cap, and the rest of it is passed over."""
    while line := stream.readline(MAX_LINE + 1):
        yield line
        while len(line) > MAX_LINE and not line.endswith(b"\n"):
            line = stream.readline(MAX_LINE + 1)


def _parsed(text: str) -> Any:  # noqa: ANN401 - whatever the JSON says
    try:
        return json.loads(text, parse_constant=lambda _: None)
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise SourceError(f"it is no valid JSON: {error.msg.lower()} ({where})") from error
    except RecursionError as error:
        raise SourceError("its JSON is nested too deep") from error
    except ValueError as error:
        raise SourceError("its JSON holds a number too long to read") from error


def _objects(value: object, depth: int = 0) -> list[Any] | None:
    """Return the list of articles in a JSON value, or None where the value is one article itself."""
    if isinstance(value, list):
        return value
    if not isinstance(value, dict) or depth > 2 or any(isinstance(value.get(key), str) for key in TEXT[:13]):
        return None
    inner = (value[key] for key in AROUND_LISTS if isinstance(value.get(key), list | dict))
    return next((found for part in inner if (found := _objects(part, depth + 1)) is not None), None)
