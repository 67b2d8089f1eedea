"""The bot's process: how it stops in time whatever hangs, and how other processes see that it is running."""

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

    from filelock import FileLock


STOP_SECONDS = 9.0
"""Longest time from the signal to the exit: service managers kill after ten seconds."""

MODEL_THREADS = frozenset({"answer", "warm"})
"""Names of the threads that call models and are not waited for."""


def stop_signal() -> asyncio.Future[int]:
    """Return a future of the signal that stops the bot, SIGTERM or SIGINT; a second signal stops it at once.

    The process exits `STOP_SECONDS` after the first signal, whatever it is doing.
    """
    loop = asyncio.get_running_loop()
    stopped: asyncio.Future[int] = loop.create_future()

    def stop(which: signal.Signals) -> None:
        loop.remove_signal_handler(which)
        if not stopped.done():
            timer = threading.Timer(STOP_SECONDS, _exit_now, (which,))
            timer.daemon = True
            timer.start()
            stopped.set_result(which)

    for which in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(which, stop, which)
    return stopped


def exit_process(by: int) -> NoReturn:
    """Exit after a signal, once all is closed: with code 0, or with 130 after Ctrl-C.

    Python unwinds daemon threads when it exits; the native code of a model takes that for an error and aborts the
    process (SIGABRT), so that a clean stop would look like a crash. While such a thread is running, nothing is unwound.
    """
    if any(thread.name in MODEL_THREADS for thread in threading.enumerate()):
        _exit_now(by)
    sys.exit(_exit_code(by))


def _exit_now(by: int) -> NoReturn:
    logging.shutdown()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(_exit_code(by))


def _exit_code(by: int) -> int:
    return 130 if by == signal.SIGINT else 0


# Each process holds a lock on a file of its own, which the system releases when the process ends. Process ids would not
# do: in a container, every process before and after a crash has the same one.

NOBODY = ""
"""The owner of what a process released."""

LOCK_SECONDS = 5.0
"""How long another process may probe a lock while it is acquired."""


def count_running(folder: Path) -> int:
    """Return how many bot processes use a folder. Raises OSError."""
    from filelock import FileLock, Timeout

    count = 0
    for path in folder.glob("bot-*.lock"):
        try:
            FileLock(path, timeout=0, mode=FILE).acquire().lock.release()
        except Timeout:
            count += 1
    return count


class ProcessLock:
    """Shows others that this process is alive, under a unique name, until it is closed. Raises OSError."""

    def __init__(self, folder: Path) -> None:
        self.name = secrets.token_hex(8)
        self._folder = folder
        self._lock = self._lock_of(self.name)
        self._lock.acquire(timeout=LOCK_SECONDS)
        while not self._path(self.name).exists():  # another process swept it before it was locked
            self._lock.release()
            self._lock.acquire(timeout=LOCK_SECONDS)

    def is_alive(self, name: str) -> bool:
        """Return True if the process of this name still runs on this machine."""
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
        """Delete the locks of processes that were killed."""
        for path in self._folder.glob(self._path("*").name):
            self.is_alive(path.stem.removeprefix("bot-"))

    def close(self) -> None:
        """Release the lock and delete its file."""
        with suppress(OSError):
            self._path(self.name).unlink()
        self._lock.release()

    def _path(self, name: str) -> Path:
        return self._folder / f"bot-{name}.lock"

    def _lock_of(self, name: str) -> FileLock:
        from filelock import FileLock

        return FileLock(self._path(name), timeout=0, mode=FILE, thread_local=False)
