"""The files of a source: found by stat alone, then opened without following links, unpacked and decoded."""

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
from typing import IO, TYPE_CHECKING, Literal, cast

from newsqa.errors import SourceError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date


Kind = Literal["txt", "md", "html", "json", "jsonl", "feed", "pdf", "docx"]


@dataclass(frozen=True, slots=True)
class FileFound:
    """A file of a source, known by its stat only.

    `path` is relative to the source, with `/` (if the source is one file, its name; for standard input, "-"). `name` is
    the path as a person would write it ("corpus/x.md"). `size` is in bytes, `mtime_ns` in nanoseconds; both are 0 for
    standard input, which always counts as changed. `location` is None for standard input.
    """

    path: str
    name: str
    size: int
    mtime_ns: int
    location: Path | None


@dataclass(frozen=True, slots=True)
class RawArticle:
    """An article as its file has it, not yet cleaned. Unknown is None.

    `text` is whole lines of what was written, in order, unchanged. `place` is its place in a file of many: "#12" is
    line 12 of a .jsonl, the 12th article of a .json or of a feed, and "" the whole file; the name of the article is
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
    """Something that was skipped: its name, the reason, and what a person can do about it ("" if nothing)."""

    name: str
    reason: str
    hint: str = ""


SUFFIXES = {
    ".txt": "txt",
    ".md": "md",
    ".markdown": "md",
    ".html": "html",
    ".htm": "html",
    ".xhtml": "html",
    ".json": "json",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".xml": "feed",
    ".rss": "feed",
    ".atom": "feed",
    ".pdf": "pdf",
    ".docx": "docx",
}
STANDARD_INPUT = "-"
KNOWN = "newsqa reads .txt .md .html .json .jsonl .xml .rss .atom .pdf .docx, and these packed as .gz."


def suffix_of(name: str) -> str:
    """Return the suffix that says what a file is, in small letters, without a .gz after it."""
    lowered = name.lower().removesuffix(".gz")
    return Path(lowered).suffix


def scan(location: str) -> Iterator[FileFound | Problem]:
    """Yield the files of a source in sorted order: of a folder and all in it, one file, or "-" for standard input.

    Only stat is called. Hidden files, files of no known format, and the questions of a BEIR set beside its articles
    are skipped; links, loops, pipes, devices and sockets are never followed or opened, and yield a Problem if they may
    hide articles. Raises SourceError if the source itself cannot be used.
    """
    if location == STANDARD_INPUT:
        return iter([FileFound(path="-", name="-", size=0, mtime_ns=0, location=None)])
    root, name = Path(location).expanduser(), storable_path(location)
    try:
        status = root.stat()
    except (OSError, ValueError) as error:
        raise SourceError(f"{name}: {_reason(error)}", hint="Name a folder or a file that is there.") from error
    if stat.S_ISDIR(status.st_mode):
        return _walk(root, root.resolve(), storable_path(location.rstrip("/") or "/"))
    if not stat.S_ISREG(status.st_mode):
        raise SourceError(f"{name} is neither a folder nor a file", hint="Pipe it in, and name the source -.")
    if suffix_of(root.name) not in SUFFIXES:
        raise SourceError(f"{name}: a format that newsqa does not know", hint=KNOWN)
    return iter([_found(root.resolve(), storable_path(root.name), name, status)])


def storable_path(path: str) -> str:
    r"""Return a path as text that can be stored: bytes that are no UTF-8 are written as \xff."""
    return os.fsencode(path).decode("utf-8", "backslashreplace")


def _found(location: Path, path: str, name: str, status: os.stat_result) -> FileFound:
    return FileFound(path=path, name=name, size=status.st_size, mtime_ns=status.st_mtime_ns, location=location)


def _walk(root: Path, real_root: Path, name: str) -> Iterator[FileFound | Problem]:
    """Walk a folder depth first, with an explicit stack, so that a deep tree cannot exhaust the call stack."""
    stack = [("", _entries(root, name))]
    while stack:
        within, entries = stack[-1]
        entry = next(entries, None)
        if entry is None:
            stack.pop()
        elif isinstance(entry, Problem):
            yield entry
        elif entry.is_dir(follow_symlinks=False):
            below = f"{within}{storable_path(entry.name)}/"
            stack.append((below, _entries(Path(entry.path), f"{name}/{below[:-1]}")))
        elif item := _file(entry, f"{within}{storable_path(entry.name)}", name, real_root):
            yield item


def _entries(folder: Path, name: str) -> Iterator[os.DirEntry[str] | Problem]:
    try:
        with os.scandir(folder) as scanned:
            entries = sorted(scanned, key=lambda entry: entry.name)
    except OSError as error:
        return iter([Problem(name, f"the folder cannot be read: {_reason(error)}")])
    names = {entry.name.lower().removesuffix(".gz") for entry in entries}
    questions = {"queries.jsonl"} if names >= {"corpus.jsonl", "queries.jsonl", "qrels"} else set()
    return (e for e in entries if not e.name.startswith(".") and e.name.lower().removesuffix(".gz") not in questions)


def _file(entry: os.DirEntry[str], path: str, root_name: str, real_root: Path) -> FileFound | Problem | None:
    name = f"{root_name}/{path}"
    try:
        if entry.is_symlink():
            return _link(Path(entry.path), name, real_root)
        if suffix_of(entry.name) not in SUFFIXES:
            return None
        if not entry.is_file(follow_symlinks=False):
            return Problem(name, "it is a pipe, a device or a socket, not a file")
        return _found(Path(entry.path), path, name, entry.stat(follow_symlinks=False))
    except OSError as error:
        return Problem(name, _reason(error))


def _link(link: Path, name: str, real_root: Path) -> Problem | None:
    """Return a Problem for a link, which is never followed, unless it leads to a file of the source itself."""
    try:
        target = link.resolve(strict=True)
    except (OSError, RuntimeError):
        return Problem(name, "it is a link that leads nowhere")
    if target.is_relative_to(real_root):
        return None
    return Problem(name, "it is a link that leads out of the source", "Index what it leads to as a source of its own.")


def _reason(error: Exception) -> str:
    return (error.strerror if isinstance(error, OSError) and error.strerror else str(error)).lower()


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
def open_file(found: FileFound) -> Iterator[IO[bytes]]:
    """Open a file, unpacking .gz. Raises SourceError, also for errors while it is read."""
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
