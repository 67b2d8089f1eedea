"""Reads files in a process of its own, which stays warm from file to file and is ended when one takes too long.

    with ReadingProcess() as reader:
        for item in reader.read(found): ...

A file that needs more than its processor time, its memory or its wall-clock time, or that brings the process down, is
reported as one Problem with the name of the file; the next file is read by a new process.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, Any, Self, cast

from newsqa.errors import SourceError
from newsqa.ingest.files import FileFound, Item, Problem, open_descriptor
from newsqa.ingest.readers.budget import MEMORY, SECONDS
from newsqa.ingest.readers.worker import unpack

if TYPE_CHECKING:
    from collections.abc import Iterator


WAIT = 60.0  # seconds of the clock that the next article of a file may take; processor time is limited far lower

_PASSED_ON = frozenset({
    "PATH", "HOME", "LANG", "LANGUAGE", "TZ", "TMPDIR",
    "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV",
})  # fmt: skip
"""The variables that the child gets, besides LC_*: no key, and nothing that loads other code."""


@dataclass(frozen=True, slots=True)
class _Child:
    """A process that reads, the socket to it, and what it sends, line by line."""

    process: subprocess.Popen[bytes]
    channel: socket.socket
    lines: IO[bytes]

    def end(self) -> int:
        """End the process if it runs; return its exit status."""
        self.lines.close()
        self.channel.close()
        if self.process.poll() is None:
            self.process.kill()
        return self.process.wait()


class ReadingProcess:
    """Reads files in another process, which is started with the first of them. It gets no keys and no settings.

    `seconds` is the processor time that a file begins with, as `readers/budget.py` says.
    """

    def __init__(self, seconds: float = SECONDS) -> None:
        self._seconds = seconds
        self._child: _Child | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self._end()

    def read(self, found: FileFound) -> Iterator[Item]:
        """Yield the articles of a file, and Problems: one with the name of the file if it was not read to its end."""
        try:
            descriptor = open_descriptor(found)
        except SourceError as error:
            yield Problem(found.name, str(error), error.hint)
            return
        except OSError as error:
            yield Problem(found.name, f"it cannot be read: {(error.strerror or str(error)).lower()}")
            return
        try:
            yield from self._read(found, descriptor)
        finally:
            os.close(descriptor)

    def _read(self, found: FileFound, descriptor: int) -> Iterator[Item]:
        """Read a file; once more in a new process if there was too little memory in one that has read others."""
        warm, items = self._child is not None, 0
        for item in self._exchange(found, descriptor):
            if not isinstance(item, dict):
                items += 1
                yield item
            elif item["exhausted"] and warm and not items and found.location is not None:
                os.lseek(descriptor, 0, os.SEEK_SET)
                yield from self._read(found, descriptor)
            elif item["exhausted"]:
                yield Problem(found.name, f"reading it takes more than {MEMORY // 2**20} MB of memory", "Split it.")

    def _exchange(self, found: FileFound, descriptor: int) -> Iterator[Item | dict[str, Any]]:
        """Yield what the process sends about a file, at last the object that says that it is done.

        The last item is kept until more has come: a process that has grown is ended before the item is worked on.
        """
        child = self._child = self._child or _start(self._seconds)
        asked = {"path": found.path, "name": found.name, "stdin": found.location is None, "kind": found.kind}
        child.channel.settimeout(None if found.location is None else WAIT)
        kept: list[Item] = []
        last: Problem | dict[str, Any] | None = None
        try:
            socket.send_fds(child.channel, [json.dumps(asked).encode() + b"\n"], [descriptor])
            while last is None:
                came = unpack(_whole(child.lines.readline()))
                if isinstance(came, dict):
                    last = came
                else:
                    yield from kept
                    kept = [came]
        except TimeoutError:
            last = Problem(found.name, f"nothing of it came for {WAIT:.0f} seconds")
        except (EOFError, OSError):
            last = _ended(found, self._end(), self._seconds)
        finally:
            if not isinstance(last, dict) or last["tired"]:  # it may be in the middle of a file
                self._end()
        yield from kept
        yield last

    def _end(self) -> int:
        child, self._child = self._child, None
        return child.end() if child else 0


def _whole(line: bytes) -> bytes:
    """Return a line. Raises EOFError if it is cut off: the process has ended."""
    if not line.endswith(b"\n"):
        raise EOFError
    return line


def _start(seconds: float) -> _Child:
    ours, theirs = socket.socketpair()
    names = {name for name in os.environ if name in _PASSED_ON or name.startswith("LC_")}
    with theirs:
        process = subprocess.Popen(  # noqa: S603  our own module
            [sys.executable, "-P", "-m", "newsqa.ingest.readers.worker", str(theirs.fileno()), str(seconds)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env={name: os.environ[name] for name in names},
            pass_fds=[theirs.fileno()],
        )
    return _Child(process, ours, cast("IO[bytes]", ours.makefile("rb", 2**16)))


def _ended(found: FileFound, status: int, seconds: float) -> Problem:
    if status == -signal.SIGPROF:
        return Problem(found.name, f"reading it takes more than {seconds:g} s of processor time", "Split it.")
    if status == -signal.SIGKILL:
        return Problem(found.name, "reading it was ended by the system, perhaps for want of memory", "Split it.")
    return Problem(found.name, f"reading it brought its process down (status {status})")
