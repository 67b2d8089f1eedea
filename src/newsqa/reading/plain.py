"""Plain text and markdown: the text is the file's own lines."""

from __future__ import annotations

import re
from typing import IO, TYPE_CHECKING, Any

from newsqa.reading.content import decode, read_all
from newsqa.reading.fields import article_of
from newsqa.reading.records import Problem, RawArticle

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_FRONT_MATTER = 64 * 1024

_FRONT = re.compile(r"---[ \t]*\r?\n(?P<matter>.*?\r?\n|)(?:---|\.\.\.)[ \t]*(?:\r?\n|\Z)", re.DOTALL)


def read_text(stream: IO[bytes], file_name: str) -> Iterator[RawArticle | Problem]:
    """Yield the one article of a text file."""
    yield article_of({}, "txt", file_name=file_name, text=decode(read_all(stream)))


def read_markdown(stream: IO[bytes], file_name: str) -> Iterator[RawArticle | Problem]:
    """Yield the one article of a markdown file, with what its YAML front matter says of it."""
    text = decode(read_all(stream))
    match = _FRONT.match(text, 0, MAX_FRONT_MATTER)
    if not match:
        yield article_of({}, "md", file_name=file_name, text=text)
        return
    matter = _front_matter(match["matter"])
    if matter is None:
        yield Problem("", "its front matter is no valid YAML, so what it says is not known", "Put quotes around it.")
    yield article_of(matter or {}, "md", file_name=file_name, text=text[match.end() :])


def _front_matter(matter: str) -> dict[str, Any] | None:
    import yaml  # noqa: PLC0415

    try:
        # the loader that makes nothing but text: a title stays as it is written, be it 1984 or "no"
        fields = yaml.load(matter, Loader=yaml.BaseLoader)  # noqa: S506
    except (yaml.YAMLError, RecursionError, ValueError):
        return None
    if fields is None or fields == "":
        return {}
    return fields if isinstance(fields, dict) else None
