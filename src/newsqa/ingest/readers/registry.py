"""Reads a file with the reader for its format."""

from __future__ import annotations

import io
from typing import IO, TYPE_CHECKING, cast

from newsqa.errors import SourceError
from newsqa.ingest.files import MAX_LINE, SUFFIXES, FileFound, Problem, RawArticle, open_file, suffix_of
from newsqa.ingest.readers import documents, feeds, pages

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Reader = Callable[[IO[bytes], str], Iterator[RawArticle | Problem]]


READERS: dict[str, Reader] = {
    "txt": documents.read_text,
    "md": documents.read_markdown,
    "html": pages.read_page,
    "json": feeds.read_json,
    "jsonl": feeds.read_lines,
    "feed": feeds.read_feed,
    "pdf": documents.read_pdf,
    "docx": documents.read_docx,
}


def read_file(found: FileFound) -> Iterator[RawArticle | Problem]:
    """Yield the articles of a file in their order, and a Problem for each that cannot be read.

    A reader takes the open file and its name, and yields articles and Problems, whose name is a place in the file.
    A .jsonl file is streamed: memory is bounded by its longest line.
    """
    try:
        with open_file(found) as stream:
            yield from _items(found, stream)
    except SourceError as error:
        yield Problem(found.name, str(error), error.hint)


def _items(found: FileFound, stream: IO[bytes]) -> Iterator[RawArticle | Problem]:
    if found.location is None:
        kind, stream = _sniff(stream)
        items = READERS[kind](stream, "")
    else:
        items = READERS[SUFFIXES[suffix_of(found.path)]](stream, found.path.rpartition("/")[2])
    for item in items:
        yield Problem(found.name + item.name, item.reason, item.hint) if isinstance(item, Problem) else item


def _sniff(stream: IO[bytes]) -> tuple[str, IO[bytes]]:
    """Return the format of standard input, judged by its first line, and the stream from its beginning."""
    first = stream.readline(MAX_LINE)
    while first and not first.strip():
        first = stream.readline(MAX_LINE)
    start = first.lstrip(b"\xef\xbb\xbf \t\r\n")
    if start.startswith(b"{") and feeds.is_article_line(start):
        return "jsonl", cast("IO[bytes]", _PutBack(first, stream))
    kind = "txt"
    if start.startswith((b"{", b"[")):
        kind = "json"
    elif start.startswith(b"<"):
        kind = "feed" if start.lower().startswith((b"<?xml", b"<rss", b"<feed")) else "html"
    return kind, cast("IO[bytes]", _PutBack(first, stream))


class _PutBack(io.RawIOBase):
    """A stream with a line that was read from it put back at its start."""

    def __init__(self, first: bytes, rest: IO[bytes]) -> None:
        self._first = io.BytesIO(first)
        self._rest = rest

    def readable(self) -> bool:
        return True

    def readline(self, size: int | None = -1, /) -> bytes:
        """Return the next line, first the one that was put back."""
        return self._first.readline(size) or self._rest.readline(-1 if size is None else size)

    def read(self, size: int = -1, /) -> bytes:
        """Return the next bytes; fewer than asked for at the end of the line that was put back."""
        return self._first.read(size) or self._rest.read(size)
