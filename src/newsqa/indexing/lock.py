"""One process indexes at a time; another is told which."""

from __future__ import annotations

import json
import os
import socket
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING

from newsqa.errors import BusyError, LibraryError
from newsqa.private import FILE, private_file, private_folder

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

LOCK = "index.lock"
HOLDER = "index.holder"


@contextmanager
def indexing_alone(folder: Path) -> Iterator[None]:
    """Hold the index for writing; a killed process lets go of it. Raises BusyError, LibraryError."""
    from filelock import FileLock, Timeout  # noqa: PLC0415

    try:
        private_folder(folder)
        lock = FileLock(folder / LOCK, timeout=0, mode=FILE)
        lock.acquire()
    except Timeout as error:
        raise BusyError(
            f"Another newsqa is indexing into {folder}{_holder(folder)}.",
            hint="Wait until it is done, or index into another folder with --index.",
            retryable=True,
        ) from error
    except OSError as error:
        raise LibraryError(
            f"The index folder {folder} cannot be used: {error.strerror}.",
            hint="Name another with --index, or check its permissions.",
        ) from error
    try:
        _sign(folder)
        yield
    finally:
        lock.release()


def _sign(folder: Path) -> None:
    now = datetime.now().astimezone().isoformat(timespec="seconds")
    try:
        private_file(folder / HOLDER)
        (folder / HOLDER).write_text(json.dumps({"pid": os.getpid(), "host": socket.gethostname(), "since": now}))
    except OSError as error:
        raise LibraryError(
            f"The index in {folder} cannot be written: {error.strerror}.", hint="Check free space and permissions."
        ) from error


def _holder(folder: Path) -> str:
    try:
        holder = json.loads((folder / HOLDER).read_text())
        return f" (process {holder['pid']} on {holder['host']}, since {holder['since']})"
    except (OSError, ValueError, KeyError, TypeError):
        return ""
