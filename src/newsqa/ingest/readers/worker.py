"""The process in which files are read: what a file can do to it ends with it.

`ReadingProcess` of `ingest/reading.py` starts it with one end of a socket pair and the time for a file. A request is
a file's open descriptor with its path and name as a line of JSON; the answer is a line for each item, then one that
says that it is done. The process opens no file itself. It ends with its socket, or by a signal when reading takes too
much processor time between two articles (`budget.py`); memory is limited where the system can do that.
"""

from __future__ import annotations

import json
import signal
import socket
import sys
from dataclasses import fields
from datetime import date
from pathlib import Path
from typing import Any

from newsqa.ingest.files import FileFound, Item, Problem, RawArticle, Skipped
from newsqa.ingest.readers.budget import EARNED, earn, is_tired, limit_memory, start_budget, stop_budget
from newsqa.ingest.readers.registry import read_file

_TYPES = {kind.__name__: kind for kind in (RawArticle, Problem, Skipped)}


def pack(item: Item) -> bytes:
    """Return an item as a line."""
    values = {field.name: getattr(item, field.name) for field in fields(item)}
    return json.dumps([type(item).__name__, values], default=date.isoformat).encode() + b"\n"


def unpack(line: bytes) -> Item | dict[str, Any]:
    """Return the item of a line, or the object that says that a file is done."""
    kind, values = json.loads(line)
    if kind not in _TYPES:
        return dict(values)
    if values.get("published"):
        values["published"] = date.fromisoformat(values["published"])
    item: Item = _TYPES[kind](**values)
    return item


def serve(channel: socket.socket, seconds: float) -> None:
    """Read one file after another, until the other end is closed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches every process; this one ends with its socket
    limit_memory()
    while True:
        data, descriptors, _, _ = socket.recv_fds(channel, 2**16, 1)
        while data and not data.endswith(b"\n"):
            data += channel.recv(2**16)
        if not data or not descriptors:
            return
        start_budget(seconds)
        _answer(channel, json.loads(data), descriptors[0])


def _answer(channel: socket.socket, asked: dict[str, Any], descriptor: int) -> None:
    found = FileFound(
        asked["path"], asked["name"], 0, 0, None if asked["stdin"] else Path(asked["name"]), kind=asked["kind"]
    )
    exhausted = False
    try:
        for item in read_file(found, descriptor):
            channel.sendall(pack(item))
            if isinstance(item, RawArticle):
                earn(EARNED)
    except MemoryError:
        exhausted = True
    except OSError:
        raise
    except Exception as error:
        channel.sendall(pack(Problem(found.name, f"it cannot be read ({type(error).__name__})")))
    finally:
        stop_budget()
    # what the reader held is free again by now
    done = {"tired": exhausted or is_tired(), "exhausted": exhausted}
    channel.sendall(json.dumps(["done", done]).encode() + b"\n")


if __name__ == "__main__":
    serve(socket.socket(fileno=int(sys.argv[1])), float(sys.argv[2]))
