"""From a file to its text: opened without following links, unpacked under a cap, decoded by a rule."""

from __future__ import annotations

import gzip
import io
import os
import re
import stat
import sys
import zlib
from contextlib import contextmanager
from typing import IO, TYPE_CHECKING, cast

from newsqa.errors import SourceError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from newsqa.reading.records import FileFound

MAX_FILE = 64 * 2**20  # bytes of one file of articles, unpacked
MAX_LINE = 16 * 2**20  # bytes of one line of a .jsonl, which as a file has no cap

_MARKS = {
    b"\xef\xbb\xbf": "utf-8-sig",
    b"\xff\xfe\x00\x00": "utf-32",
    b"\x00\x00\xfe\xff": "utf-32",
    b"\xff\xfe": "utf-16",
    b"\xfe\xff": "utf-16",
}
_UTF8_LETTER = re.compile(rb"[\xc3-\xf4][\x80-\xbf]+")
_CONTROL = re.compile("[\x01-\x08\x0e-\x1a\x1c-\x1f]")


@contextmanager
def opened(found: FileFound) -> Iterator[IO[bytes]]:
    """Open a file that was found, unpacking .gz. Raises SourceError, also for what goes wrong while it is read."""
    try:
        with _stream(found) as stream:
            packed = found.path.lower().endswith(".gz")
            yield cast("IO[bytes]", gzip.GzipFile(fileobj=stream)) if packed else stream
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise SourceError("it is not a whole .gz file", hint="Pack it again.") from error
    except OSError as error:
        raise SourceError(f"it cannot be read: {(error.strerror or str(error)).lower()}") from error


def _stream(found: FileFound) -> IO[bytes]:
    if found.location is None:
        if sys.stdin is None or sys.stdin.closed:
            raise SourceError("standard input is closed")
        return open(sys.stdin.fileno(), "rb", closefd=False)
    # what was a file when it was found may be a pipe by now: never wait on it, never follow a link
    descriptor = os.open(found.location, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise SourceError("it is no longer a file")
    return os.fdopen(descriptor, "rb")


def read_all(stream: IO[bytes]) -> bytes:
    """Read a stream to its end. Raises SourceError past the cap, having read no more than that."""
    parts = io.BytesIO()
    while part := stream.read(2**20):
        parts.write(part)
        if parts.tell() > MAX_FILE:
            raise SourceError(
                f"it holds more than {MAX_FILE // 2**20} MB",
                hint="Split it, or make it a .jsonl with an article a line.",
            )
    return parts.getvalue()


def decode(data: bytes) -> str:
    """Decode text: by its byte order mark, else as UTF-8, else as Windows-1252 where nothing speaks against it.

    Bytes that are neither are never replaced by something else. Raises SourceError.
    """
    for mark, encoding in _MARKS.items():
        if data.startswith(mark):
            return _decoded(data, encoding)
    if b"\x00" in data:
        raise SourceError("it holds NUL characters, so it is not text", hint="Save it as UTF-8.")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        if _UTF8_LETTER.search(data):
            raise SourceError(f"it is UTF-8, but damaged at byte {error.start}", hint="Save it as UTF-8.") from error
        text = _decoded(data, "cp1252")
    if len(_CONTROL.findall(text)) > len(text) // 100:
        raise SourceError("it is full of control characters, so it is not text")
    return text


def _decoded(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        raise SourceError("it is text in no known encoding", hint="Save it as UTF-8.") from error
