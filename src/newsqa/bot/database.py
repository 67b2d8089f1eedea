"""Opens the bot's SQLite file: private, in WAL mode, of one known version; its errors leave here as HistoryError."""

from __future__ import annotations

import asyncio
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, ParamSpec, TypeVar

from newsqa.errors import HistoryError
from newsqa.private_files import private_file, private_folder
from newsqa.store.database import transaction

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from concurrent.futures import Future
    from pathlib import Path


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
    """Open the file in this folder, and make it where there is none. Any thread may use it, one at a time.

    Raises HistoryError where it cannot be used, or was made by a newer newsqa.
    """
    with translated(folder):
        private_folder(folder)
        private_file(folder / FILE)  # SQLite gives its -wal and -shm files the same mode
        db = sqlite3.connect(folder / FILE, isolation_level=None, check_same_thread=False, timeout=BUSY_SECONDS)
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
    db.execute("PRAGMA secure_delete = ON")  # what is forgotten is overwritten
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
def translated(folder: Path) -> Iterator[None]:
    """Turn what SQLite and the file system raise inside into HistoryError, with what to do about it."""
    try:
        yield
    except (sqlite3.Error, OSError, ValueError) as error:  # ValueError: what is no text
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        damaged = isinstance(error, sqlite3.DatabaseError) and not isinstance(error, sqlite3.OperationalError)
        raise HistoryError(
            f"The bot's conversations cannot be kept or read: {reason}.",
            hint=f"The file is damaged; move it away to begin anew: {folder / FILE}"
            if damaged
            else f"Check free space and that you may write to {folder}, or name another folder with NEWSQA_SESSIONS.",
            retryable="locked" in reason,
        ) from error


# Runs what blocks for a moment on a thread of its own, one call after the other: the event loop never waits.

Given = ParamSpec("Given")
Made = TypeVar("Made")


class SerialExecutor:
    """One thread. Calls are made in the order in which they were asked for."""

    def __init__(self, name: str, failed: Callable[[BaseException], None]) -> None:
        self._failed = failed
        self._thread = ThreadPoolExecutor(1, thread_name_prefix=name)

    async def call(self, made: Callable[Given, Made], *given: Given.args, **named: Given.kwargs) -> Made:
        """Return what a call returns. Raises what it raises; not made if cancelled before its turn."""
        return await asyncio.wrap_future(self._thread.submit(made, *given, **named))

    def post(self, made: Callable[Given, object], *given: Given.args, **named: Given.kwargs) -> None:
        """Have a call made, and do not wait for it; `failed` is told what it raises, on the thread."""
        with suppress(RuntimeError):  # after the end there is nothing left to keep
            self._thread.submit(made, *given, **named).add_done_callback(self._told)

    def _told(self, call: Future[object]) -> None:
        if not call.cancelled() and (error := call.exception()):
            self._failed(error)

    def close(self) -> None:
        """Take no more calls; those asked for are still made."""
        self._thread.shutdown(wait=False)
