"""The turns of a conversation that a question may refer to, and the stored conversations that can be resumed."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise
from typing import TYPE_CHECKING

from newsqa.errors import HistoryError
from newsqa.machine import ADVICE
from newsqa.private_files import private_file, private_folder
from newsqa.render.record import from_record, to_record
from newsqa.store.database import is_damage
from newsqa.types import Answer, Turn

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path


MAX_TURNS = 6
MAX_CHARACTERS = 12_000


def recent_turns(turns: Sequence[Turn]) -> list[Turn]:
    """Return the last turns of a conversation, oldest first: at most 6, and 12,000 characters in all."""
    recent: list[Turn] = []
    left = MAX_CHARACTERS
    for turn in reversed(turns[-MAX_TURNS:]):
        left -= len(turn.question) + len(turn.answer)
        if left < 0:
            break
        recent.insert(0, turn)
    return recent


def turns_from_messages(messages: Iterable[tuple[str, str]]) -> list[Turn]:
    """Return the turns of a conversation that is given as messages: a role, "user" or "assistant", and a text each.

    An answer that follows no question, and a question without a word, are left out.
    """
    following = pairwise([*messages, ("", "")])
    return [
        Turn(text, reply if replier == "assistant" else "")
        for (role, text), (replier, reply) in following
        if role == "user" and text.strip()
    ]


MAX_SESSIONS = 500
LOCK_SECONDS = 2.0

_SCHEMA = """
CREATE TABLE IF NOT EXISTS session (id INTEGER PRIMARY KEY AUTOINCREMENT, place TEXT NOT NULL, began TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS exchange (
    id INTEGER PRIMARY KEY, session INTEGER NOT NULL REFERENCES session (id) ON DELETE CASCADE,
    question TEXT NOT NULL, answer TEXT NOT NULL, record TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS exchange_session ON exchange (session);
"""


@dataclass(frozen=True, slots=True)
class Session:
    """A stored conversation as a list shows it: its first question names it."""

    id: int
    began: datetime
    title: str
    questions: int


@dataclass(frozen=True, slots=True)
class Sessions:
    """The stored conversations over one index, in one SQLite file (mode 0600) that all indexes share.

    `place` names the index. Each call opens the file and is one transaction, so nothing is lost if the program is
    killed. Every method raises HistoryError if the file cannot be used.
    """

    folder: Path
    place: str

    @property
    def file(self) -> Path:
        """The database file."""
        return self.folder / "sessions.db"

    def add(self, session: int | None, answer: Answer) -> int:
        """Store an answer, without the passages retrieved; return the number of its conversation.

        `session` is that number, or None to begin a new conversation.
        """
        record = json.dumps({**to_record(answer), "retrieved": []})
        with self._open() as db:
            if session is None:
                session = _begin(db, self.place)
            db.execute(
                "INSERT INTO exchange (session, question, answer, record) VALUES (?, ?, ?, ?)",
                (session, answer.question[:MAX_CHARACTERS], answer.text, record),
            )
        return session

    def latest(self) -> int | None:
        """Return the number of the conversation that was continued last, or None."""
        with self._open() as db:
            row = db.execute(
                "SELECT session FROM exchange JOIN session ON session.id = session WHERE place = ? "
                "ORDER BY exchange.id DESC LIMIT 1",
                (self.place,),
            ).fetchone()
        return row[0] if row else None

    def recent(self, limit: int = 20) -> list[Session]:
        """Return the conversations that were continued last, the latest first."""
        with self._open() as db:
            rows = db.execute(
                "SELECT s.id, s.began, (SELECT question FROM exchange WHERE session = s.id ORDER BY id LIMIT 1), "
                "count(*) FROM session s JOIN exchange e ON e.session = s.id WHERE s.place = ? "
                "GROUP BY s.id ORDER BY max(e.id) DESC LIMIT ?",
                (self.place, limit),
            ).fetchall()
        return [Session(row[0], datetime.fromisoformat(row[1]), row[2], row[3]) for row in rows]

    def load(self, session: int) -> list[Answer]:
        """Return the answers of a conversation, oldest first; [] if there is no conversation of that number here.

        Raises HistoryError if another version of newsqa stored it in a form that this one cannot read.
        """
        with self._open() as db:
            rows = db.execute(
                "SELECT record FROM exchange JOIN session ON session.id = session "
                "WHERE session = ? AND place = ? ORDER BY exchange.id",
                (session, self.place),
            ).fetchall()
            records = [json.loads(record) for (record,) in rows]
        try:
            return [from_record(record) for record in records]
        except (KeyError, TypeError, ValueError) as error:
            raise HistoryError(
                "This conversation was stored by another version of newsqa.", hint="Begin a new one with /new."
            ) from error

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
            reason = error.strerror if isinstance(error, OSError) and error.strerror else error
            raise HistoryError(
                f"Conversations cannot be kept or read: {reason}.", hint=_hint(error, self.file)
            ) from error


def _begin(db: sqlite3.Connection, place: str) -> int:
    began = datetime.now(UTC).isoformat(timespec="seconds")
    new = db.execute("INSERT INTO session (place, began) VALUES (?, ?)", (place, began)).lastrowid
    assert new is not None  # noqa: S101  SQLite numbers every row that it inserts
    db.execute("DELETE FROM session WHERE id <= ?", (new - MAX_SESSIONS,))
    return new


def _hint(error: Exception, file: Path) -> str:
    if isinstance(error, sqlite3.OperationalError) and "locked" in str(error):
        return "Another newsqa is writing to them; try again in a moment."
    if is_damage(error):
        return f"The file is damaged; move it away to begin anew: {file}"
    if isinstance(error, OSError) and error.errno in ADVICE:
        return ADVICE[error.errno]
    return f"Check that you may write to {file.parent}, or name another folder with NEWSQA_SESSIONS."
