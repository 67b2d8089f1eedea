"""How a bot's process ends when it is told to: answers first, but in time, whatever hangs."""

from __future__ import annotations

import asyncio
import logging
import os
import secrets
import signal
import sys
import threading
from contextlib import suppress
from typing import TYPE_CHECKING, NoReturn

from newsqa.private_files import FILE

if TYPE_CHECKING:
    from pathlib import Path


PATIENCE = 9.0
"""Seconds from the signal to the end at most: service managers kill after ten."""

AT_WORK = frozenset({"answer", "warm"})
"""Names of the threads that call models and are not waited for."""


def stopping() -> asyncio.Future[int]:
    """Return what becomes the signal that stops the bot, SIGTERM or SIGINT; a second one stops it at once.

    From the first on the process has `PATIENCE`; then it ends wherever it is.
    """
    loop = asyncio.get_running_loop()
    stopped: asyncio.Future[int] = loop.create_future()

    def stop(which: signal.Signals) -> None:
        loop.remove_signal_handler(which)
        if not stopped.done():
            _end_within(PATIENCE, which)
            stopped.set_result(which)

    for which in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(which, stop, which)
    return stopped


def leave(by: int) -> NoReturn:
    """End the process as the signal asks, once all is closed: with 0, or with 130 after Ctrl-C.

    Python unwinds daemon threads when it ends, and a model's native code takes that for an error and aborts the process
    (SIGABRT): a stop that went well would look like a crash. So where one is at work, nothing is unwound.
    """
    if any(thread.name in AT_WORK for thread in threading.enumerate()):
        _end_here(by)
    sys.exit(_code(by))


def _end_within(seconds: float, by: int) -> None:
    timer = threading.Timer(seconds, _end_here, (by,))
    timer.daemon = True
    timer.start()


def _end_here(by: int) -> NoReturn:
    logging.shutdown()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(_code(by))


def _code(by: int) -> int:
    return 130 if by == signal.SIGINT else 0


# Tells which processes of the bot are alive: each holds the lock of a file, which the system lets go with the process.
#
# Process numbers would not do: in a container, every process before and after a crash has the same one.

NOBODY = ""
"""The owner of what a process gave up."""

STARTING = 5.0
"""Seconds for which another process may look at a lock while it is taken."""


def living(folder: Path) -> int:
    """Return how many processes of the bot are alive that keep what they know in a folder. Raises OSError."""
    from filelock import FileLock, Timeout

    count = 0
    for path in folder.glob("bot-*.lock"):
        try:
            FileLock(path, timeout=0, mode=FILE).acquire().lock.release()
        except Timeout:
            count += 1
    return count


class ProcessLock:
    """This process, under a name that no other has, for as long as it is not closed. Raises OSError."""

    def __init__(self, folder: Path) -> None:
        self.name = secrets.token_hex(8)
        self._folder = folder
        self._lock = self._lock_of(self.name)
        self._lock.acquire(timeout=STARTING)
        while not self._path(self.name).exists():  # another process took it for a dead one's before it was locked
            self._lock.release()
            self._lock.acquire(timeout=STARTING)

    def is_alive(self, name: str) -> bool:
        """Tell whether the process of this name still runs on this machine."""
        if name in {NOBODY, self.name}:
            return name == self.name
        if not self._path(name).exists():
            return False
        from filelock import Timeout

        lock = self._lock_of(name)
        try:
            lock.acquire()
        except Timeout:
            return True
        self._path(name).unlink(missing_ok=True)
        lock.release()
        return False

    def sweep(self) -> None:
        """Take away what processes left that were killed."""
        for path in self._folder.glob(self._path("*").name):
            self.is_alive(path.stem.removeprefix("bot-"))

    def close(self) -> None:
        """Be dead for the others."""
        with suppress(OSError):
            self._path(self.name).unlink()
        self._lock.release()

    def _path(self, name: str) -> Path:
        return self._folder / f"bot-{name}.lock"

    def _lock_of(self, name: str):  # type: ignore[no-untyped-def]  # noqa: ANN202
        from filelock import FileLock

        return FileLock(self._path(name), timeout=0, mode=FILE, thread_local=False)
