"""Conversations: the turns that a next question may lean on, bounded, and the stored ones that can be resumed."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from newsqa.errors import HistoryError
from newsqa.private_files import private_file, private_folder
from newsqa.types import Turn

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from newsqa.types import JsonObject


MOST_TURNS = 12
MOST_CHARACTERS = 12_000
MOST_SESSIONS = 500
LOCK_SECONDS = 2.0

_SCHEMA = """
CREATE TABLE IF NOT EXISTS session (id INTEGER PRIMARY KEY AUTOINCREMENT, place TEXT NOT NULL, began TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS exchange (
    id INTEGER PRIMARY KEY, session INTEGER NOT NULL REFERENCES session (id) ON DELETE CASCADE,
    question TEXT NOT NULL, answer TEXT NOT NULL, record TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS exchange_session ON exchange (session);
"""


@dataclass(frozen=True, slots=True)
class Exchange:
    """A question and its answer; `record` is the answer as JSON object, {} where none was made."""

    question: str
    answer: str
    record: JsonObject


@dataclass(frozen=True, slots=True)
class Session:
    """A stored conversation as a list shows it: its first question names it."""

    id: int
    began: datetime
    title: str
    questions: int


def turns(exchanges: Sequence[Exchange]) -> list[Turn]:
    """Return the latest turns of a conversation, oldest first: at most 12, and 12,000 characters in all."""
    found: list[Turn] = []
    room = MOST_CHARACTERS
    for exchange in reversed(exchanges[-MOST_TURNS // 2 :]):
        room -= len(exchange.question) + len(exchange.answer)
        if room < 0:
            break
        found[:0] = [Turn("user", exchange.question), Turn("assistant", exchange.answer)]
    return found


@dataclass(frozen=True, slots=True)
class Sessions:
    """The conversations over one index, in one SQLite file (0600) that all indexes share.

    `place` names the index. Each call opens the file, and each exchange is one transaction, so nothing is lost when
    the program is killed. Every method raises HistoryError, with what to do, where the file cannot be used.
    """

    folder: Path
    place: str

    @property
    def file(self) -> Path:
        """Where the conversations are kept."""
        return self.folder / "sessions.db"

    def add(self, session: int | None, exchange: Exchange) -> int:
        """Store an exchange, in a new conversation where `session` is None; return the conversation's number."""
        with self._open() as db:
            if session is None:
                session = _begin(db, self.place)
            db.execute(
                "INSERT INTO exchange (session, question, answer, record) VALUES (?, ?, ?, ?)",
                (session, exchange.question[:MOST_CHARACTERS], exchange.answer, json.dumps(exchange.record)),
            )
        return session

    def latest(self) -> int | None:
        """Return the number of the conversation that was carried on last, or None."""
        with self._open() as db:
            row = db.execute(
                "SELECT session FROM exchange JOIN session ON session.id = session WHERE place = ? "
                "ORDER BY exchange.id DESC LIMIT 1",
                (self.place,),
            ).fetchone()
        return row[0] if row else None

    def recent(self, limit: int = 20) -> list[Session]:
        """Return the conversations that were carried on last, the latest first."""
        with self._open() as db:
            rows = db.execute(
                "SELECT s.id, s.began, (SELECT question FROM exchange WHERE session = s.id ORDER BY id LIMIT 1), "
                "count(*) FROM session s JOIN exchange e ON e.session = s.id WHERE s.place = ? "
                "GROUP BY s.id ORDER BY max(e.id) DESC LIMIT ?",
                (self.place, limit),
            ).fetchall()
        return [Session(row[0], datetime.fromisoformat(row[1]), row[2], row[3]) for row in rows]

    def load(self, session: int) -> list[Exchange]:
        """Return the exchanges of a conversation, oldest first; [] where there is none of that number here."""
        with self._open() as db:
            rows = db.execute(
                "SELECT question, answer, record FROM exchange JOIN session ON session.id = session "
                "WHERE session = ? AND place = ? ORDER BY exchange.id",
                (session, self.place),
            ).fetchall()
            return [Exchange(question, answer, json.loads(record)) for question, answer, record in rows]

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        try:
            private_folder(self.folder)
            private_file(self.file)
            with closing(sqlite3.connect(self.file, timeout=LOCK_SECONDS)) as db, db:
                db.execute("PRAGMA foreign_keys = ON")
                db.executescript(_SCHEMA)
                yield db
        except (sqlite3.Error, OSError, ValueError, OverflowError) as error:
            raise HistoryError(*_said(error), hint=_hint(error, self.file)) from error


def _begin(db: sqlite3.Connection, place: str) -> int:
    began = datetime.now(UTC).isoformat(timespec="seconds")
    new = db.execute("INSERT INTO session (place, began) VALUES (?, ?)", (place, began)).lastrowid
    assert new is not None  # noqa: S101  SQLite numbers every row that it inserts
    db.execute("DELETE FROM session WHERE id <= ?", (new - MOST_SESSIONS,))
    return new


def _said(error: Exception) -> tuple[str]:
    reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return (f"Conversations cannot be kept or read: {reason}.",)


def _hint(error: Exception, file: Path) -> str:
    if isinstance(error, sqlite3.OperationalError) and "locked" in str(error):
        return "Another newsqa is writing to them; try again in a moment."
    if isinstance(error, sqlite3.DatabaseError) and not isinstance(error, sqlite3.OperationalError):
        return f"The file is damaged; move it away to begin anew: {file}"
    return f"Check that you may write to {file.parent}, or name another folder with NEWSQA_SESSIONS."
