"""The library's SQLite file: its tables, how it is opened, and its errors as LibraryError."""

from __future__ import annotations

import errno
import os
import secrets
import sqlite3
from contextlib import contextmanager
from typing import TYPE_CHECKING
from urllib.parse import quote

from newsqa.errors import LibraryError
from newsqa.machine import ADVICE
from newsqa.private_files import FOLDER, private_file, private_folder

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

VERSION = 1

TABLES = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;

-- `key` goes into the ids of articles that have no address, and outlives a new name.
CREATE TABLE sources (
    id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, name TEXT NOT NULL UNIQUE, location TEXT NOT NULL UNIQUE,
    folder INTEGER NOT NULL
);

-- A file is whole when its digest is known; one that was interrupted is read again.
CREATE TABLE files (
    id INTEGER PRIMARY KEY,
    source INTEGER NOT NULL REFERENCES sources ON DELETE CASCADE,
    path TEXT NOT NULL,
    size INTEGER NOT NULL,
    mtime_ns INTEGER NOT NULL,
    digest BLOB,
    problems TEXT NOT NULL DEFAULT '[]',
    UNIQUE (source, path)
);

-- `read_text` is the text as its file has it, NULL if all of its lines are in `text`.
-- The rows are wide: what every question counts is read from indexes alone.
-- `settled` is 0 until the article has been compared with others, for repeated lines and copies of its story.
CREATE TABLE articles (
    id INTEGER PRIMARY KEY,
    article_id TEXT NOT NULL UNIQUE,
    digest BLOB NOT NULL,
    address TEXT,
    title TEXT, outlet TEXT, outlet_key TEXT NOT NULL, byline TEXT, published TEXT, url TEXT, language TEXT,
    text TEXT NOT NULL,
    read_text TEXT,
    settled INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX articles_by_address ON articles (address, digest) WHERE address IS NOT NULL;
CREATE INDEX articles_by_id ON articles (article_id, digest);
CREATE INDEX articles_by_outlet ON articles (outlet_key, published);
CREATE INDEX articles_outlets ON articles (outlet);
CREATE INDEX articles_bylines ON articles (byline);
CREATE INDEX articles_unsettled ON articles (id) WHERE settled = 0;

-- Where in which file an article is; one without a place is deleted. `key` identifies the place when the file changes,
-- `place` is what a person sees of it ("#12").
CREATE TABLE places (
    id INTEGER PRIMARY KEY,
    file INTEGER NOT NULL REFERENCES files ON DELETE CASCADE,
    key TEXT NOT NULL,
    place TEXT NOT NULL,
    article INTEGER NOT NULL REFERENCES articles,
    UNIQUE (file, key)
);
CREATE INDEX places_by_article ON places (article);

-- Ids are never used twice, so that a stale vector cannot be taken for another passage's.
CREATE TABLE passages (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    article INTEGER NOT NULL REFERENCES articles ON DELETE CASCADE,
    start INTEGER NOT NULL,
    end INTEGER NOT NULL,
    embedded BLOB NOT NULL
);
CREATE INDEX passages_by_article ON passages (article);
CREATE INDEX passages_by_embedded ON passages (embedded);

-- Keyed by the digest of the text that was embedded: nothing is embedded twice.
CREATE TABLE vectors (id INTEGER PRIMARY KEY AUTOINCREMENT, embedded BLOB NOT NULL UNIQUE, vector BLOB NOT NULL);

CREATE VIRTUAL TABLE words USING fts5 (
    title, text, content = '', tokenize = 'porter unicode61 remove_diacritics 2'
);

-- Bands of an article's MinHash: articles that share one may be copies. `copies` holds the pairs that are.
CREATE TABLE bands (
    band INTEGER NOT NULL, article INTEGER NOT NULL REFERENCES articles ON DELETE CASCADE,
    PRIMARY KEY (band, article)
) WITHOUT ROWID;
CREATE INDEX bands_by_article ON bands (article);
CREATE TABLE copies (
    article INTEGER NOT NULL REFERENCES articles ON DELETE CASCADE,
    other INTEGER NOT NULL REFERENCES articles ON DELETE CASCADE,
    PRIMARY KEY (article, other)
) WITHOUT ROWID;
CREATE INDEX copies_by_other ON copies (other);

-- Lines that an outlet repeats, and that are therefore left out of its articles.
CREATE TABLE repeated (
    outlet_key TEXT NOT NULL, line TEXT NOT NULL, PRIMARY KEY (outlet_key, line)
) WITHOUT ROWID;
"""

FILE = "library.db"
BUSY_SECONDS = 30
CACHE_KB = 32_768
DAMAGED_HINT = "Put back a copy of the index, or move its folder away and index the sources again."


SQLITE_ERRORS = (sqlite3.Error, UnicodeDecodeError)
"""What SQLite raises; damaged, it may quote what is no text."""


@contextmanager
def map_sqlite_errors(folder: Path) -> Iterator[None]:
    """Turn the errors of SQLite that are raised inside into LibraryError, with a hint."""
    try:
        yield
    except SQLITE_ERRORS as error:
        raise library_error(error, folder) from error


@contextmanager
def decoding() -> Iterator[None]:
    """Turn the errors of decoding what is stored into an error of SQLite: what newsqa wrote can be decoded."""
    try:
        yield
    except (ValueError, TypeError, KeyError) as error:
        raise unreadable() from error


def unreadable() -> sqlite3.DatabaseError:
    """Return the error for a stored value that newsqa did not write so."""
    return sqlite3.DatabaseError("a stored value cannot be read")


def is_damage(error: Exception) -> bool:
    """Return True if an error of SQLite says that its file is damaged, or no file of ours."""
    damage = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_ERROR, 0}
    return isinstance(error, SQLITE_ERRORS) and _code(error) in damage


def _code(error: Exception) -> int:
    return int(getattr(error, "sqlite_errorcode", 0)) & 0xFF


def library_error(error: Exception, folder: Path) -> LibraryError:
    """Return the LibraryError for an error of SQLite, with a hint."""
    code = _code(error)
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
    if code in {sqlite3.SQLITE_IOERR, sqlite3.SQLITE_PROTOCOL}:
        return LibraryError(
            f"The disk that holds {folder} failed ({error}).",
            hint="Check the disk, its free space, and that it is local: network shares may have no locks.",
        )
    return LibraryError(f"The index in {folder} is damaged ({error}).", hint=DAMAGED_HINT)


def open_to_write(folder: Path) -> sqlite3.Connection:
    """Open the library in this folder for the one process that indexes; create it if there is none.

    The caller holds the index's lock. Raises LibraryError.
    """
    _refuse_folder(folder / FILE)
    try:
        private_folder(folder)
        folder.chmod(FOLDER)
        private_file(folder / FILE)  # SQLite gives its -wal and -shm files the same mode
    except OSError as error:
        raise unusable(folder, error) from error
    with map_sqlite_errors(folder):
        database = _connect(f"file:{quote(os.fspath(folder / FILE))}?mode=rw")
        with _closing_on_error(database):
            if not database.execute("SELECT 1 FROM sqlite_master").fetchone():
                _create(database)
            database.execute("PRAGMA journal_mode = WAL")
            database.execute("PRAGMA synchronous = NORMAL")
            _check_version(database, folder)
    return database


@contextmanager
def _closing_on_error(database: sqlite3.Connection) -> Iterator[None]:
    """Close a connection that cannot be used: it may hold a lock."""
    try:
        yield
    except BaseException:
        database.close()
        raise


def open_to_read(folder: Path) -> sqlite3.Connection:
    """Open the library in this folder for reading; any thread may use the connection, one at a time.

    Raises LibraryError if there is none, or it cannot be read.
    """
    path = folder / FILE
    try:
        there = path.exists() and (not path.is_file() or path.stat().st_size)
    except OSError as error:
        raise unusable(folder, error) from error
    if not there:
        raise _missing(folder)
    _refuse_folder(path)
    with map_sqlite_errors(folder):
        try:
            database = _connect(f"file:{quote(os.fspath(path))}?mode=ro")
        except sqlite3.OperationalError:
            if os.access(folder, os.W_OK) or _has_wal(path):
                raise
            # SQLite cannot make its -shm file beside a database in a folder that is read-only
            database = _connect(f"file:{quote(os.fspath(path))}?immutable=1")
        with _closing_on_error(database):
            _check_version(database, folder)
    return database


def _refuse_folder(path: Path) -> None:
    if path.is_dir():
        raise LibraryError(f"{path} is a folder, where the file of the index should be.", hint=DAMAGED_HINT)


def _missing(folder: Path) -> LibraryError:
    return LibraryError(f"There is no index in {folder}.", hint=f"Make one: newsqa index SOURCE --index {folder}")


def unusable(folder: Path, error: OSError) -> LibraryError:
    """Return the error for a folder of an index that the system refuses."""
    return LibraryError(
        f"The index folder {folder} cannot be used: {error.strerror}.",
        hint="Name another with --index, or check its permissions."
        if error.errno in {errno.EACCES, errno.EPERM, errno.EROFS}
        else ADVICE.get(error.errno or 0, "Name another with --index."),
    )


def _has_wal(path: Path) -> bool:
    """Return True if there are committed transactions beside the database that are not yet in it."""
    wal = path.with_name(f"{FILE}-wal")
    return wal.exists() and wal.stat().st_size > 0


def _connect(uri: str) -> sqlite3.Connection:
    database = sqlite3.connect(uri, uri=True, isolation_level=None, check_same_thread=False, timeout=BUSY_SECONDS)
    database.row_factory = sqlite3.Row
    with _closing_on_error(database):
        database.execute("PRAGMA foreign_keys = ON")
        database.execute(f"PRAGMA cache_size = -{CACHE_KB}")
        database.execute("SELECT 1 FROM sqlite_master").fetchone()
    return database


def _create(database: sqlite3.Connection) -> None:
    database.execute("PRAGMA auto_vacuum = INCREMENTAL")
    meta = {"id": secrets.token_hex(8), "generation": "0", "vectored": "0"}
    rows = ", ".join(f"('{key}', '{value}')" for key, value in meta.items())
    insert = f"INSERT INTO meta VALUES {rows};"  # noqa: S608  our own words
    database.executescript(f"BEGIN; {TABLES} {insert} PRAGMA user_version = {VERSION}; COMMIT;")


def _check_version(database: sqlite3.Connection, folder: Path) -> None:
    version = database.execute("PRAGMA user_version").fetchone()["user_version"]
    if version > VERSION:
        raise LibraryError(
            f"The index in {folder} was made by a newer newsqa (version {version} of its tables, {VERSION} here).",
            hint="Update newsqa, or name another folder with --index.",
        )
    tables = {row["name"] for row in database.execute("SELECT name FROM sqlite_master")}
    if not tables:
        raise _missing(folder)  # it was never written
    if version == 0 and not {"meta", "sources"} <= tables:
        raise LibraryError(
            f"{folder / FILE} is no index of newsqa.", hint="Move it away, or name another folder with --index."
        )
    if version < VERSION:
        raise LibraryError(
            f"The index in {folder} was made by an older newsqa (version {version} of its tables, {VERSION} here).",
            hint=f"Move the folder away and index its sources again: newsqa index SOURCE --index {folder}",
        )


@contextmanager
def transaction(database: sqlite3.Connection) -> Iterator[None]:
    """Commit the changes made inside, or none of them if it fails."""
    database.execute("BEGIN IMMEDIATE")
    try:
        yield
    except BaseException:
        if database.in_transaction:  # SQLite itself rolls back on a full disk
            database.execute("ROLLBACK")
        raise
    database.execute("COMMIT")
