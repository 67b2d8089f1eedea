"""The process in which files are read: what a file can do to it ends with it.

`ReadingProcess` of `ingest/reading.py` starts it with one end of a socket pair as its argument. Each request is the
file's open descriptor, then its path and name as JSON; the answer is a message for each item, then one that says that
it is done. The process opens no file itself. It ends with its socket, or by a signal when reading takes too much
processor time between two articles; memory is limited where the system can do that.
"""

from __future__ import annotations

import json
import os
import resource
import signal
import socket
import sys
from contextlib import suppress
from dataclasses import fields
from datetime import date
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from newsqa.ingest.files import MAX_FILE, FileFound, Item, Problem, RawArticle, Skipped
from newsqa.ingest.readers.registry import read_file

SECONDS = 8.0
"""Processor time to begin with, for the first article of a file; each article adds `EARNED`, up to this again."""
EARNED = 0.5
MEMORY = 300 * 2**20
"""Bytes of data for a small file; a large one may take `SWELLING` times its size besides."""
SWELLING = 6
TIRED = 160 * 2**20
"""A process that has grown to so much is ended after its file: freed memory stays in pieces."""

_TYPES = {kind.__name__: kind for kind in (RawArticle, Problem, Skipped)}


def pack(item: Item) -> bytes:
    """Return an item as a message."""
    values = {field.name: getattr(item, field.name) for field in fields(item)}
    return json.dumps([type(item).__name__, values], default=date.isoformat).encode()


def unpack(message: bytes) -> Item | dict[str, Any]:
    """Return the item of a message, or the object that says that a file is done."""
    kind, values = json.loads(message)
    if kind not in _TYPES:
        return dict(values)
    if values.get("published"):
        values["published"] = date.fromisoformat(values["published"])
    item: Item = _TYPES[kind](**values)
    return item


def serve(channel: socket.socket) -> None:
    """Read one file after another, until the other end is closed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches every process; this one ends with its socket
    signal.signal(signal.SIGPROF, signal.SIG_DFL)
    connection = Connection(channel.detach())
    peer = socket.socket(fileno=os.dup(connection.fileno()))
    while True:
        data, descriptors, _, _ = socket.recv_fds(peer, 1, 1)
        if not data or not descriptors:
            return
        asked = json.loads(connection.recv_bytes())
        _answer(connection, asked, descriptors[0])


def _answer(connection: Connection, asked: dict[str, Any], descriptor: int) -> None:
    found = FileFound(asked["path"], asked["name"], 0, 0, None if asked["stdin"] else Path(asked["name"]))
    _limit_memory(os.fstat(descriptor).st_size)
    exhausted = False
    signal.setitimer(signal.ITIMER_PROF, SECONDS)
    try:
        for item in read_file(found, descriptor):
            connection.send_bytes(pack(item))
            if isinstance(item, RawArticle):
                left, _ = signal.getitimer(signal.ITIMER_PROF)
                signal.setitimer(signal.ITIMER_PROF, min(SECONDS, left + EARNED))
    except MemoryError:
        exhausted = True
        _limit_memory(2**40)
        connection.send_bytes(pack(Problem(found.name, "reading it takes too much memory", "Split it.")))
    except (OSError, BrokenPipeError):
        raise
    except Exception as error:
        connection.send_bytes(pack(Problem(found.name, f"it cannot be read ({type(error).__name__})")))
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
    connection.send_bytes(json.dumps(["done", {"tired": exhausted or _resident() > TIRED}]).encode())


def _limit_memory(size: int) -> None:
    allowed = MEMORY + (SWELLING * min(size * 10, MAX_FILE) if size > 2**20 else 0)
    with suppress(ValueError, OSError):  # not every system has this limit
        _, most = resource.getrlimit(resource.RLIMIT_DATA)
        resource.setrlimit(resource.RLIMIT_DATA, (allowed if most < 0 else min(allowed, most), most))


def _resident() -> int:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


if __name__ == "__main__":
    serve(socket.socket(fileno=int(sys.argv[1])))
