"""The process in which files are read: what a file can do to it ends with it.

`ReadingProcess` of `ingest/reading.py` starts it with one end of a socket pair as its argument. Each request is the
file's open descriptor, then its path and name as JSON; the answer is a message for each item, then one that says that
it is done. The process opens no file itself. It ends with its socket, or by a signal when reading takes too much
processor time between two articles (`budget.py`); memory is limited where the system can do that.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import sys
from dataclasses import fields
from datetime import date
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from newsqa.ingest.files import FileFound, Item, Problem, RawArticle, Skipped
from newsqa.ingest.readers.budget import EARNED, earn, is_tired, limit_memory, start_budget, stop_budget
from newsqa.ingest.readers.registry import read_file

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
    limit_memory()
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
    exhausted = False
    start_budget()
    try:
        for item in read_file(found, descriptor):
            connection.send_bytes(pack(item))
            if isinstance(item, RawArticle):
                earn(EARNED)
    except MemoryError:
        exhausted = True
    except OSError:
        raise
    except Exception as error:
        connection.send_bytes(pack(Problem(found.name, f"it cannot be read ({type(error).__name__})")))
    finally:
        stop_budget()
    # what the reader held is free again by now
    connection.send_bytes(json.dumps(["done", {"tired": exhausted or is_tired(), "exhausted": exhausted}]).encode())


if __name__ == "__main__":
    serve(socket.socket(fileno=int(sys.argv[1])))
