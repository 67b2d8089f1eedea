"""Finds the files of a source, without opening any."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import TYPE_CHECKING

from newsqa.errors import SourceError
from newsqa.reading.records import FileFound, Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

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
    """Return the suffix that says what a file is, in small letters, with the .gz around it taken off."""
    lowered = name.lower().removesuffix(".gz")
    return Path(lowered).suffix


def scan(location: str) -> Iterator[FileFound | Problem]:
    """Yield the files of a source in sorted order: of a folder and all in it, one file, or "-" for standard input.

    Only stat is called. Hidden files, files of no known format, and the questions of a BEIR set beside its articles
    are passed over; links, loops, pipes, devices and sockets are never followed or opened, and those that hide
    something come as a Problem. Raises SourceError where the source itself cannot be used.
    """
    if location == STANDARD_INPUT:
        return iter([FileFound(path="-", name="-", size=0, mtime_ns=0, location=None)])
    root = Path(location).expanduser()
    try:
        status = root.stat()
    except (OSError, ValueError) as error:
        raise SourceError(f"{safe(location)}: {_why(error)}", hint="Name a folder or a file that is there.") from error
    if stat.S_ISDIR(status.st_mode):
        return _folder(root, root.resolve(), safe(location.rstrip("/") or "/"))
    if not stat.S_ISREG(status.st_mode):
        raise SourceError(f"{safe(location)} is neither a folder nor a file", hint="Pipe it in, and name the source -.")
    if suffix_of(root.name) not in SUFFIXES:
        raise SourceError(f"{safe(location)}: a format that newsqa does not know", hint=KNOWN)
    return iter([_found(root.resolve(), safe(root.name), safe(location), status)])


def safe(path: str) -> str:
    r"""Return a path as text that can be stored: bytes that are no UTF-8 are written as \xff."""
    return os.fsencode(path).decode("utf-8", "backslashreplace")


def _found(location: Path, path: str, name: str, status: os.stat_result) -> FileFound:
    return FileFound(path=path, name=name, size=status.st_size, mtime_ns=status.st_mtime_ns, location=location)


def _folder(root: Path, real_root: Path, name: str) -> Iterator[FileFound | Problem]:
    """Walk a folder depth first, with an explicit stack: a deep tree is no reason to fail."""
    stack = [("", _entries(root, name))]
    while stack:
        within, entries = stack[-1]
        entry = next(entries, None)
        if entry is None:
            stack.pop()
        elif isinstance(entry, Problem):
            yield entry
        elif entry.is_dir(follow_symlinks=False):
            below = f"{within}{safe(entry.name)}/"
            stack.append((below, _entries(Path(entry.path), f"{name}/{below[:-1]}")))
        elif item := _file(entry, f"{within}{safe(entry.name)}", name, real_root):
            yield item


def _entries(folder: Path, name: str) -> Iterator[os.DirEntry[str] | Problem]:
    try:
        with os.scandir(folder) as scanned:
            entries = sorted(scanned, key=lambda entry: entry.name)
    except OSError as error:
        return iter([Problem(name, f"the folder cannot be read: {_why(error)}")])
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
        return Problem(name, _why(error))


def _link(link: Path, name: str, real_root: Path) -> Problem | None:
    """Never follow a link; what it leads to inside the source is read where it stands."""
    try:
        target = link.resolve(strict=True)
    except (OSError, RuntimeError):
        return Problem(name, "it is a link that leads nowhere")
    if target.is_relative_to(real_root):
        return None
    return Problem(name, "it is a link that leads out of the source", "Index what it leads to as a source of its own.")


def _why(error: Exception) -> str:
    return (error.strerror if isinstance(error, OSError) and error.strerror else str(error)).lower()
