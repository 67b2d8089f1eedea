"""Tells which processes of the bot are alive: each holds the lock of a file, which the system lets go with the process.

Process numbers would not do: in a container, every process before and after a crash has the same one.
"""

from __future__ import annotations

import secrets
from contextlib import suppress
from typing import TYPE_CHECKING

from newsqa.private import FILE

if TYPE_CHECKING:
    from pathlib import Path

NOBODY = ""
"""The owner of what a process gave up."""

STARTING = 5.0
"""Seconds for which another process may look at a lock while it is taken."""


def living(folder: Path) -> int:
    """Return how many processes of the bot are alive that keep what they know in a folder. Raises OSError."""
    from filelock import FileLock, Timeout  # noqa: PLC0415

    count = 0
    for path in folder.glob("bot-*.lock"):
        try:
            FileLock(path, timeout=0, mode=FILE).acquire().lock.release()
        except Timeout:
            count += 1
    return count


class Alive:
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
        from filelock import Timeout  # noqa: PLC0415

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
        from filelock import FileLock  # noqa: PLC0415

        return FileLock(self._path(name), timeout=0, mode=FILE, thread_local=False)
