"""What reading is about: files, articles, problems; and how a file is opened without following links, and decoded."""

from __future__ import annotations

import gzip
import io
import os
import re
import stat
import sys
import zlib
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, cast

from newsqa.errors import SourceError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

    from typing_extensions import Buffer

Kind = str  # the name of a format, as in `readers/registry.py`: "txt", "html", "feed"


@dataclass(frozen=True, slots=True)
class FileFound:
    """A file of a source, known by its stat only.

    `path` is relative to the source, with `/` (if the source is one file, its name; for standard input, "-"). `name` is
    the path as a person would write it ("corpus/x.md"). `size` is in bytes. `mtime_ns` is when it last changed, in
    nanoseconds: the later of its two times, since a program may set the time of its content back, but not the time of
    its entry. Both are 0 for standard input, which always counts as changed. `location` is None for standard input.
    `root` is the folder below which no part of `location` may be a link; None: the folder that the file is in.
    `kind` is the format of a file whose name does not say it; `url` is where its document was got from.
    """

    path: str
    name: str
    size: int
    mtime_ns: int
    location: Path | None
    root: Path | None = None
    kind: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class RawArticle:
    """An article as its file has it, not yet cleaned. Unknown is None.

    `text` is whole lines of what was written, in order, unchanged. `place` is its place in a file of many: "#12" is
    line 12 of a .jsonl, the 12th article of a .json or of a feed, "#a.txt" the member of an archive, and "" the whole
    file; the name of the article is
    `file.name + place`. `key` is the feed's own id of the item, which stays the same when its place changes.
    Articles of `kind` "feed" stay in the index when they are gone from their file.
    """

    text: str
    kind: Kind
    place: str = ""
    title: str | None = None
    outlet: str | None = None
    byline: str | None = None
    published: date | None = None
    url: str | None = None
    key: str | None = None


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that was refused: its name, the reason, and what a person can do about it ("" if nothing).

    Where `read` is set, the article went in, and the reason says why it may not be what the file meant: a doubt.
    """

    name: str
    reason: str
    hint: str = ""
    read: bool = False


@dataclass(frozen=True, slots=True)
class Skipped:
    """What was passed over on purpose: of what kind (".jpg", "draft"), why, and how many of them."""

    kind: str
    reason: str
    count: int = 1


Item = RawArticle | Problem | Skipped
"""What a reader yields. The name of its Problems is their place in the file; `read_file` puts the file's before it."""

STANDARD_INPUT = "-"


def suffix_of(name: str) -> str:
    """Return the suffix that says what a file is, in small letters, without a .gz after it."""
    lowered = name.lower().removesuffix(".gz")
    return Path(lowered).suffix


def kind_of(name: str) -> str:
    """Return what a person calls a file of no known format: by its suffix, if it looks like one."""
    suffix = suffix_of(name)
    return suffix if 1 < len(suffix) <= 12 and suffix[1:].isalnum() else "file without a suffix"


def storable_path(path: str) -> str:
    r"""Return a path as text that can be stored: bytes that are no UTF-8 are written as \xff."""
    return os.fsencode(path).decode("utf-8", "backslashreplace")


MAX_FILE = 64 * 2**20  # bytes of one file of articles, unpacked
MAX_LINE = 16 * 2**20  # bytes of one line of a .jsonl, which as a file has no cap
MAX_TEXT = 2_000_000  # characters of one article: no article is a shelf of books

_MARKS = {
    b"\xef\xbb\xbf": "utf-8-sig",
    b"\xff\xfe\x00\x00": "utf-32",
    b"\x00\x00\xfe\xff": "utf-32",
    b"\xff\xfe": "utf-16",
    b"\xfe\xff": "utf-16",
}
_CONTROL = re.compile("[\x01-\x08\x0e-\x1a\x1c-\x1f]")


@contextmanager
def open_file(found: FileFound, descriptor: int | None = None) -> Iterator[IO[bytes]]:
    """Open a file, unpacking .gz. Raises SourceError, also for errors while it is read.

    `descriptor` is the file's if it is open already; it is closed with the stream.
    """
    try:
        with os.fdopen(open_descriptor(found) if descriptor is None else descriptor, "rb") as stream:
            yield unpacked(found.path, stream)
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise SourceError("it is not a whole .gz file", hint="Pack it again.") from error
    except OSError as error:
        raise SourceError(f"it cannot be read: {(error.strerror or str(error)).lower()}") from error


def unpacked(name: str, stream: IO[bytes]) -> IO[bytes]:
    """Return the stream of a file, unpacked if its name ends in .gz."""
    return cast("IO[bytes]", gzip.GzipFile(fileobj=stream)) if name.lower().endswith(".gz") else stream


def open_descriptor(found: FileFound) -> int:
    """Open a file for reading; return its descriptor. Raises SourceError or OSError.

    No part of its path below the root is followed if it is a link: what was a folder when it was found may be a link to
    another by now. Nothing is waited on: what was a file may be a pipe by now.
    """
    if found.location is None:
        if sys.stdin is None or sys.stdin.closed:
            raise SourceError("standard input is closed")
        return os.dup(sys.stdin.fileno())
    root = found.root or found.location.parent
    with open_folder(root, found.location.parent.relative_to(root).parts) as folder:
        flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
        descriptor = os.open(found.location.name, flags, dir_fd=folder)
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise SourceError("it is no longer a file")
    return descriptor


@contextmanager
def open_folder(root: Path, below: Sequence[str] = ()) -> Iterator[int]:
    """Open a folder below a root, part by part, following no link; yield its descriptor. Raises OSError."""
    flags = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
    folder = os.open(root, flags)
    try:
        for part in below:
            inner = os.open(part, flags, dir_fd=folder)
            os.close(folder)
            folder = inner
        yield folder
    finally:
        os.close(folder)


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


def joined(head: bytes, rest: IO[bytes]) -> IO[bytes]:
    """Return a stream with its beginning, which was read already, before it."""
    return cast("IO[bytes]", io.BufferedReader(_Joined(head, rest)))


class _Joined(io.RawIOBase):
    def __init__(self, head: bytes, rest: IO[bytes]) -> None:
        self._head, self._rest = head, rest

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Buffer) -> int:
        """Fill a buffer; return how many bytes it got."""
        space = memoryview(buffer).cast("B")
        data = self._head[: len(space)]
        self._head = self._head[len(data) :]
        data = data or self._rest.read(len(space))
        space[: len(data)] = data
        return len(data)


def decode(data: bytes) -> str:
    """Decode text: by its byte order mark, else as UTF-8, else as Windows-1252 if nothing speaks against it.

    No byte is ever replaced by something else. Raises SourceError if it is none of these.
    """
    for mark, encoding in _MARKS.items():
        if data.startswith(mark):
            return _decoded(data, encoding)
    if b"\x00" in data:
        raise SourceError("it holds NUL characters, so it is not text", hint="Save it as UTF-8.")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        if is_mostly_utf8(data):
            raise SourceError(f"it is UTF-8, but damaged at byte {error.start}", hint="Save it as UTF-8.") from error
        text = _decoded(data, "cp1252")
    if len(_CONTROL.findall(text)) > len(text) // 100:
        raise SourceError("it is full of control characters, so it is not text")
    return text


def is_mostly_utf8(data: bytes) -> bool:
    """Return True if more letters beyond ASCII are whole in UTF-8 than bytes are none of it."""
    errors = data.decode("utf-8", "replace").count("\ufffd")
    return sum(map(len, re.findall(r"[^\x00-\x7f]+", data.decode("utf-8", "ignore")))) >= errors


def _decoded(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        raise SourceError("it is text in no known encoding", hint="Save it as UTF-8.") from error
