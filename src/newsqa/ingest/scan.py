"""Finds the files of a source by stat alone: of a folder and all in it, of one file, or standard input."""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from newsqa.errors import SourceError
from newsqa.ingest.files import (
    STANDARD_INPUT,
    FileFound,
    Problem,
    Skipped,
    kind_of,
    open_folder,
    storable_path,
    suffix_of,
)
from newsqa.ingest.readers.registry import KNOWN, SUFFIXES

if TYPE_CHECKING:
    from collections.abc import Iterator

Found = FileFound | Problem | Skipped


def scan(location: str) -> Iterator[Found]:
    """Yield the files of a source in sorted order: of a folder and all in it, one file, or "-" for standard input.

    Only stat is called. Hidden files, files of no known format, and the questions of a BEIR set beside its articles
    are passed over; links, loops, pipes, devices and sockets are never followed or opened, and yield a Problem if they
    may hide articles. Raises SourceError if the source itself cannot be used.
    """
    if location == STANDARD_INPUT:
        return iter([FileFound(path="-", name="-", size=0, mtime_ns=0, location=None)])
    root, name = Path(location).expanduser(), storable_path(location)
    try:
        status = root.stat()
    except (OSError, ValueError) as error:
        raise SourceError(f"{name}: {_reason(error)}", hint="Name a folder or a file that is there.") from error
    if stat.S_ISDIR(status.st_mode):
        return _Walk(root.resolve(), storable_path(location.rstrip("/") or "/")).items()
    if not stat.S_ISREG(status.st_mode):
        raise SourceError(f"{name} is neither a folder nor a file", hint="Pipe it in, and name the source -.")
    if suffix_of(root.name) not in SUFFIXES:
        raise SourceError(f"{name}: a format that newsqa does not know", hint=KNOWN)
    real = root.resolve()
    return iter([_found(real, storable_path(root.name), name, status, real.parent)])


def _found(location: Path, path: str, name: str, status: os.stat_result, root: Path) -> FileFound:
    changed = max(status.st_mtime_ns, status.st_ctime_ns)
    return FileFound(path=path, name=name, size=status.st_size, mtime_ns=changed, location=location, root=root)


@dataclass(frozen=True, slots=True)
class _Entry:
    """An entry of a folder with its stat, taken while the folder was open."""

    name: str
    status: os.stat_result


@dataclass(frozen=True, slots=True)
class _Walk:
    """A walk through a folder; every folder in it is opened from the root down, without following a link."""

    root: Path
    name: str

    def items(self) -> Iterator[Found]:
        """Walk depth first, with an explicit stack, so that a deep tree cannot exhaust the call stack."""
        stack: list[tuple[tuple[str, ...], Iterator[_Entry | Problem | Skipped]]] = [((), self._entries(()))]
        while stack:
            within, entries = stack[-1]
            entry = next(entries, None)
            if entry is None:
                stack.pop()
            elif not isinstance(entry, _Entry):
                yield entry
            elif stat.S_ISDIR(entry.status.st_mode):
                below = (*within, entry.name)
                stack.append((below, self._entries(below)))
            elif item := self._file(entry, within):
                yield item

    def _entries(self, within: tuple[str, ...]) -> Iterator[_Entry | Problem | Skipped]:
        try:
            with open_folder(self.root, within) as folder, os.scandir(folder) as scanned:
                entries = sorted((_Entry(e.name, e.stat(follow_symlinks=False)) for e in scanned), key=lambda e: e.name)
        except OSError as error:
            name = "/".join((self.name, *map(storable_path, within)))
            return iter([Problem(name, f"the folder cannot be read: {_reason(error)}")])
        names = {entry.name.lower().removesuffix(".gz") for entry in entries}
        questions = {"queries.jsonl"} if names >= {"corpus.jsonl", "queries.jsonl", "qrels"} else set()
        return (_passed_over(entry, questions) or entry for entry in entries)

    def _file(self, entry: _Entry, within: tuple[str, ...]) -> Found | None:
        path = "/".join(map(storable_path, (*within, entry.name)))
        location = self.root.joinpath(*within, entry.name)
        name = f"{self.name}/{path}"
        if stat.S_ISLNK(entry.status.st_mode):
            return _link(location, name, self.root)
        if suffix_of(entry.name) not in SUFFIXES:
            return Skipped(kind_of(entry.name), "no format that newsqa reads")
        if not stat.S_ISREG(entry.status.st_mode):
            return Problem(name, "it is a pipe, a device or a socket, not a file")
        return _found(location, path, name, entry.status, self.root)


def _passed_over(entry: _Entry, questions: set[str]) -> Skipped | None:
    if entry.name.startswith("."):
        return Skipped(
            "hidden folder" if stat.S_ISDIR(entry.status.st_mode) else "hidden file", "its name begins with a dot"
        )
    if entry.name.lower().removesuffix(".gz") in questions:
        return Skipped("file of questions", "it belongs to a BEIR set")
    return None


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
