"""Opens the library's SQLite file; every error of SQLite leaves here as a LibraryError."""

from __future__ import annotations

import os
import secrets
import sqlite3
from contextlib import contextmanager
from typing import TYPE_CHECKING
from urllib.parse import quote

from newsqa.errors import LibraryError
from newsqa.library.schema import TABLES, VERSION
from newsqa.private import FOLDER, private_file, private_folder

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

FILE = "library.db"
BUSY_SECONDS = 30
CACHE_KB = 32_768
DAMAGED_HINT = "Put back a copy of the index, or move its folder away and index the sources again."


@contextmanager
def translated(folder: Path) -> Iterator[None]:
    """Turn what SQLite raises inside into LibraryError, with what to do about it."""
    try:
        yield
    except sqlite3.Error as error:
        raise _explained(error, folder) from error


def _explained(error: sqlite3.Error, folder: Path) -> LibraryError:
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if code == sqlite3.SQLITE_FULL:
        return LibraryError(f"The disk that holds {folder} is full.", hint="Free some space and run it again.")
    if code in {sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM}:
        return LibraryError(
            f"The index in {folder} cannot be opened or written ({error}).",
            hint="Check who owns the folder and its permissions.",
        )
    if code in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}:
        return LibraryError(f"The index in {folder} is busy.", hint="Try again in a moment.", retryable=True)
    if code == sqlite3.SQLITE_NOMEM:
        return LibraryError(f"There is too little memory to use the index in {folder}.", hint="Allow it more memory.")
    if code == sqlite3.SQLITE_IOERR:
        return LibraryError(
            f"The disk that holds {folder} failed ({error}).", hint="Check the disk, and its free space."
        )
    return LibraryError(f"The index in {folder} is damaged ({error}).", hint=DAMAGED_HINT)


def open_to_write(folder: Path) -> sqlite3.Connection:
    """Open the library in this folder for the one process that indexes; make it where there is none.

    The caller holds the index's lock. Raises LibraryError.
    """
    try:
        private_folder(folder)
        folder.chmod(FOLDER)
        private_file(folder / FILE)  # SQLite gives its -wal and -shm files the same mode
    except OSError as error:
        raise LibraryError(
            f"The index folder {folder} cannot be used: {error.strerror}.",
            hint="Name another with --index, or check its permissions.",
        ) from error
    with translated(folder):
        database = _connect(f"file:{quote(os.fspath(folder / FILE))}?mode=rw")
        if not database.execute("SELECT 1 FROM sqlite_master").fetchone():
            _create(database)
        database.execute("PRAGMA journal_mode = WAL")
        database.execute("PRAGMA synchronous = NORMAL")
        _check_version(database, folder)
    return database


def open_to_read(folder: Path) -> sqlite3.Connection:
    """Open the library in this folder for reading; any thread may use the connection, one at a time.

    Raises LibraryError where there is none, or where it cannot be read.
    """
    path = folder / FILE
    if not path.is_file() or not path.stat().st_size:
        raise LibraryError(f"There is no index in {folder}.", hint=f"Make one: newsqa index SOURCE --index {folder}")
    with translated(folder):
        try:
            database = _connect(f"file:{quote(os.fspath(path))}?mode=ro")
        except sqlite3.OperationalError:
            if os.access(folder, os.W_OK) or _unmerged(path):
                raise
            # SQLite cannot make its -shm file beside a database in a folder that is read-only
            database = _connect(f"file:{quote(os.fspath(path))}?immutable=1")
        _check_version(database, folder)
    return database


def _unmerged(path: Path) -> bool:
    """Whether transactions wait beside the database that are not yet in it."""
    wal = path.with_name(f"{FILE}-wal")
    return wal.exists() and wal.stat().st_size > 0


def _connect(uri: str) -> sqlite3.Connection:
    database = sqlite3.connect(uri, uri=True, isolation_level=None, check_same_thread=False, timeout=BUSY_SECONDS)
    try:
        database.execute("PRAGMA foreign_keys = ON")
        database.execute(f"PRAGMA cache_size = -{CACHE_KB}")
        database.execute("SELECT 1 FROM sqlite_master").fetchone()
    except sqlite3.Error:
        database.close()
        raise
    return database


def _create(database: sqlite3.Connection) -> None:
    database.execute("PRAGMA auto_vacuum = INCREMENTAL")
    meta = {"id": secrets.token_hex(8), "generation": "0", "vectored": "0"}
    rows = ", ".join(f"('{key}', '{value}')" for key, value in meta.items())
    insert = f"INSERT INTO meta VALUES {rows};"  # noqa: S608  our own words
    database.executescript(f"BEGIN; {TABLES} {insert} PRAGMA user_version = {VERSION}; COMMIT;")


def _check_version(database: sqlite3.Connection, folder: Path) -> None:
    version = database.execute("PRAGMA user_version").fetchone()[0]
    if version > VERSION:
        raise LibraryError(
            f"The index in {folder} was made by a newer newsqa (version {version} of its tables, {VERSION} here).",
            hint="Update newsqa, or name another folder with --index.",
        )
    if version < VERSION:
        raise LibraryError(
            f"The index in {folder} was made by an older newsqa (version {version} of its tables, {VERSION} here).",
            hint=f"Move the folder away and index its sources again: newsqa index SOURCE --index {folder}",
        )


@contextmanager
def transaction(database: sqlite3.Connection) -> Iterator[None]:
    """Write all that happens inside, or nothing of it."""
    database.execute("BEGIN IMMEDIATE")
    try:
        yield
    except BaseException:
        if database.in_transaction:  # SQLite itself rolls back on a full disk
            database.execute("ROLLBACK")
        raise
    database.execute("COMMIT")
