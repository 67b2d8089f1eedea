"""The files of the bot: its SQLite database, private and in WAL mode, and the locks of the processes that use it."""

from __future__ import annotations

import secrets
import sqlite3
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from newsqa import private_files
from newsqa.errors import HistoryError
from newsqa.machine import ADVICE
from newsqa.private_files import private_file, private_folder
from newsqa.store.database import is_damage, transaction

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from filelock import FileLock

FILE = "bot.db"
VERSION = 1
BUSY_SECONDS = 5.0

TABLES = """
CREATE TABLE seen (key TEXT PRIMARY KEY, exchange TEXT NOT NULL, at REAL NOT NULL) WITHOUT ROWID;
CREATE TABLE exchange (
    number INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, at REAL NOT NULL, conversation TEXT NOT NULL,
    platform TEXT NOT NULL, team TEXT NOT NULL, channel TEXT NOT NULL, thread TEXT NOT NULL, direct INTEGER NOT NULL,
    message TEXT NOT NULL, event TEXT NOT NULL, person TEXT NOT NULL, private INTEGER NOT NULL, question TEXT NOT NULL,
    state TEXT NOT NULL, owner TEXT NOT NULL, answer TEXT, record TEXT, posted TEXT NOT NULL DEFAULT '[]');
CREATE INDEX exchange_conversation ON exchange (conversation);
CREATE INDEX exchange_message ON exchange (platform, team, channel, message);
CREATE INDEX exchange_at ON exchange (at);
CREATE TABLE vote (
    exchange TEXT NOT NULL REFERENCES exchange (id) ON DELETE CASCADE, person TEXT NOT NULL, verdict TEXT NOT NULL,
    at REAL NOT NULL, PRIMARY KEY (exchange, person)) WITHOUT ROWID;
CREATE TABLE tally (
    day TEXT NOT NULL, platform TEXT NOT NULL, channel TEXT NOT NULL, outcome TEXT NOT NULL, number INTEGER NOT NULL,
    at REAL NOT NULL, PRIMARY KEY (day, platform, channel, outcome)) WITHOUT ROWID;
CREATE TABLE engaged (place TEXT PRIMARY KEY, platform TEXT NOT NULL, at REAL NOT NULL) WITHOUT ROWID;
CREATE TABLE disabled (
    platform TEXT NOT NULL, channel TEXT NOT NULL, at REAL NOT NULL, PRIMARY KEY (platform, channel)) WITHOUT ROWID;
"""


def open_database(folder: Path) -> sqlite3.Connection:
    """Open the file in this folder, or create it. Its rows are sqlite3.Row; any one thread may use it at a time.

    Raises HistoryError if it cannot be used, or was made by a newer newsqa.
    """
    with history_errors(folder):
        private_folder(folder)
        private_file(folder / FILE)  # SQLite gives its -wal and -shm files the same mode
        db = sqlite3.connect(folder / FILE, isolation_level=None, check_same_thread=False, timeout=BUSY_SECONDS)
        db.row_factory = sqlite3.Row
        try:
            _prepare(db, folder)
        except BaseException:
            db.close()
            raise
    return db


def _prepare(db: sqlite3.Connection, folder: Path) -> None:
    db.execute("PRAGMA journal_mode = WAL")
    db.execute("PRAGMA synchronous = NORMAL")
    db.execute("PRAGMA foreign_keys = ON")
    db.execute("PRAGMA secure_delete = ON")  # deleted content is overwritten
    with transaction(db):
        version = db.execute("PRAGMA user_version").fetchone()[0]
        if version > VERSION:
            raise HistoryError(
                f"The bot's conversations in {folder} were kept by a newer newsqa.",
                hint="Update newsqa, or name another folder with NEWSQA_SESSIONS.",
            )
        if version == 0:
            for statement in TABLES.split(";"):
                db.execute(statement)
            db.execute(f"PRAGMA user_version = {VERSION}")


@contextmanager
def history_errors(folder: Path) -> Iterator[None]:
    """Raise errors of SQLite and the file system as HistoryError, with what to do about them."""
    try:
        yield
    except (sqlite3.Error, OSError, ValueError) as error:  # ValueError: text that is not valid Unicode
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        hint = f"Check free space and that you may write to {folder}, or name another folder with NEWSQA_SESSIONS."
        if isinstance(error, OSError):
            hint = ADVICE.get(error.errno or 0, hint)
        if damaged := is_damage(error):
            hint = f"The file is damaged; move it away to begin anew: {folder / FILE}"
        failed = HistoryError(
            f"The bot's conversations cannot be kept or read: {reason}.", hint=hint, retryable="locked" in reason
        )
        if damaged:
            failed.exit_code = 2  # a bot that is started again would only end again
        raise failed from error


# Each process holds a lock on a file of its own, which the system releases when the process ends. Process ids would not
# do: in a container, every process before and after a crash has the same one.

NOBODY = ""  # the owner of what a process released
LOCK_SECONDS = 5.0  # how long another process may probe a lock while it is acquired


def count_running(folder: Path) -> int:
    """Return how many bot processes use a folder. Raises OSError."""
    from filelock import FileLock, Timeout

    count = 0
    for path in folder.glob("bot-*.lock"):
        try:
            FileLock(path, timeout=0, mode=private_files.FILE, fallback_to_soft=False).acquire().lock.release()
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

        path, mode = self._path(name), private_files.FILE
        return FileLock(path, timeout=0, mode=mode, thread_local=False, fallback_to_soft=False)
