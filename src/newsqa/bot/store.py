"""What the bot stores: messages seen, open questions, answers, votes, counts, and where it was called in.

Times are seconds since 1970. An exchange (a question and its answer) is "open" until its answer is complete, "answered"
until that is posted, then "delivered"; its owner is a process (database.py). Only what the Sources button, sharing,
follow-ups and feedback need is stored: no retrieved passages.
"""

from __future__ import annotations

import json
import time
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

from newsqa.answer.history import MAX_TURNS
from newsqa.bot.database import NOBODY, ProcessLock, history_errors, open_database
from newsqa.bot.events import ConversationPlace, Message, Outcome, Platform, Vote
from newsqa.render.record import from_record, to_record
from newsqa.store.database import transaction
from newsqa.types import Answer, Turn

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator, Sequence
    from pathlib import Path

CONVERSATION_SECONDS = 12 * 3600.0
"""Age after which questions in a place without threads are no history: a new day, a new conversation."""

REDELIVERY_SECONDS = 3600.0  # how long platforms deliver a message again
_DAY = 86_400.0


@dataclass(frozen=True, slots=True)
class Claim:
    """A question that this process has to answer.

    `resumed` is true after another process died: it may have stored `answer`, and had `posted` messages (ids).
    """

    request_id: str
    resumed: bool = False
    answer: Answer | None = None
    posted: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class VotedAnswer:
    """An answer with its numbers of good and bad votes, and the exchanges before it."""

    request_id: str
    answer: Answer
    good: int
    bad: int
    before: tuple[Turn, ...]


def conversation_key(message: Message) -> str:
    """Return what identifies a conversation: the place, and the person if nobody else sees the answer."""
    return f"{message.place.key}/{message.person}" if message.private else message.place.key


class Store:
    """The bot's file. Every method is one short transaction, raises HistoryError, and may run on any one thread."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._db = open_database(folder)
        with history_errors(folder):
            self._process = ProcessLock(folder)

    def close(self) -> None:
        """Close the file; other processes may resume what is open."""
        self._process.close()
        self._db.close()

    # Questions, from the claim to the delivered answer.

    def is_listening(self, message: Message) -> bool:
        """Return False where the bot is disabled, and for unaddressed messages where it was not called in."""
        place = message.place
        with self._reading() as db:
            disabled = db.execute(
                "SELECT 1 FROM disabled WHERE platform = ? AND channel IN (?, ?)",
                (place.platform, place.channel, place.thread),
            ).fetchone()
        return not disabled and (message.addressed or self.is_engaged(place))

    def is_engaged(self, place: ConversationPlace) -> bool:
        """Return True if the bot was called into this thread."""
        with self._reading() as db:
            return db.execute("SELECT 1 FROM engaged WHERE place = ?", (place.key,)).fetchone() is not None

    def claim(self, message: Message, request_id: str, question: str) -> Claim | None:
        """Claim a message for this process; None if it was answered or another process is answering it."""
        place = message.place
        keys = [json.dumps(["message", place.platform, place.team, place.channel, message.id])]
        if message.event:
            keys.append(json.dumps(["event", place.platform, message.event]))
        now = time.time()
        with self._writing() as db:
            marks = ", ".join("?" * len(keys))
            seen = db.execute(f"SELECT exchange FROM seen WHERE key IN ({marks})", keys).fetchone()  # noqa: S608
            claim = self._resume(seen["exchange"], question) if seen else Claim(request_id)
            name = seen["exchange"] if seen else request_id
            db.executemany("INSERT OR IGNORE INTO seen VALUES (?, ?, ?)", [(key, name, now) for key in keys])
            if not seen:
                self._insert(message, request_id, question, now)
        return claim

    def _resume(self, request_id: str, question: str) -> Claim | None:
        row = self._db.execute(
            "SELECT state, owner, question, record, posted FROM exchange WHERE id = ?", (request_id,)
        ).fetchone()
        if row is None or row["state"] == "delivered" or self._process.is_alive(row["owner"]):
            return None
        usable = row["state"] == "answered" and row["question"] == question
        answer = _parse_answer(row["record"]) if usable else None
        self._db.execute(
            "UPDATE exchange SET owner = ?, question = ?, state = ? WHERE id = ?",
            (self._process.name, question, "answered" if answer else "open", request_id),
        )
        return Claim(request_id, resumed=True, answer=answer, posted=tuple(json.loads(row["posted"])))

    def _insert(self, message: Message, request_id: str, question: str, now: float) -> None:
        place = message.place
        self._db.execute(
            "INSERT INTO exchange (id, at, conversation, platform, team, channel, thread, direct, message, event, "
            "person, private, question, state, owner) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'open', ?)",
            (
                *(request_id, now, conversation_key(message), place.platform, place.team, place.channel, place.thread),
                *(place.direct, message.id, message.event, message.person, message.private, question),
                self._process.name,
            ),
        )
        if place.thread:  # the message was addressed to the bot, or an earlier one was
            self._db.execute("INSERT OR REPLACE INTO engaged VALUES (?, ?, ?)", (place.key, place.platform, now))

    def update_question(self, request_id: str, question: str) -> None:
        """Store the new text of a question that was edited."""
        self._write("UPDATE exchange SET question = ? WHERE id = ? AND state = 'open'", (question, request_id))

    def save_answer(self, request_id: str, answer: Answer) -> None:
        """Store an answer, which is not delivered yet."""
        text = answer.text.encode("utf-8", "replace").decode()
        record = json.dumps(to_record(replace(answer, retrieved=())))
        statement = "UPDATE exchange SET state = 'answered', answer = ?, record = ? WHERE id = ?"
        self._write(statement, (text, record, request_id))

    def save_posted(self, request_id: str, posted: Sequence[str]) -> None:
        """Store the ids of the messages posted for a question that is being answered."""
        statement = "UPDATE exchange SET posted = ? WHERE id = ? AND state != 'delivered'"
        self._write(statement, (json.dumps(list(posted)), request_id))

    def mark_delivered(self, request_id: str, posted: Sequence[str]) -> None:
        """Store that an answer was posted, and under which ids."""
        statement = "UPDATE exchange SET state = 'delivered', posted = ? WHERE id = ? AND state != 'open'"
        self._write(statement, (json.dumps(list(posted)), request_id))

    def release(self, message: Message) -> None:
        """Give up a message whose answer nobody reads; whoever receives it again may claim it."""
        place = message.place
        self._write(
            "UPDATE exchange SET owner = ? WHERE platform = ? AND team = ? AND channel = ? AND message = ? "
            "AND owner = ?",
            (NOBODY, place.platform, place.team, place.channel, message.id, self._process.name),
        )

    def delete(self, request_id: str) -> None:
        """Delete an exchange that will have no answer; its message stays seen."""
        self._write("DELETE FROM exchange WHERE id = ?", (request_id,))

    def delete_message(self, place: ConversationPlace, message_id: str) -> None:
        """Delete the exchange of a message; the message stays seen."""
        self._write(
            "DELETE FROM exchange WHERE platform = ? AND team = ? AND channel = ? AND message = ?",
            (place.platform, place.team, place.channel, message_id),
        )

    def load_unanswered(self, platform: Platform, seconds: float) -> list[Message]:
        """Return the undelivered questions of the last so many seconds that no living process owns, oldest first."""
        with self._reading() as db:
            rows = db.execute(
                "SELECT * FROM exchange WHERE platform = ? AND state != 'delivered' AND at >= ? ORDER BY number",
                (platform, time.time() - seconds),
            ).fetchall()
            return [_parse_message(row) for row in rows if not self._process.is_alive(row["owner"])]

    # Answers and the history of conversations.

    def load_answer(self, request_id: str) -> Answer | None:
        """Return an answer, without the passages retrieved."""
        with self._reading() as db:
            row = db.execute("SELECT record FROM exchange WHERE id = ?", (request_id,)).fetchone()
        return _parse_answer(row["record"]) if row and row["record"] else None

    def load_history(self, message: Message, request_id: str) -> list[Turn]:
        """Return the latest exchanges before this one in its conversation, oldest first."""
        since = 0.0 if message.place.thread else time.time() - CONVERSATION_SECONDS
        with self._reading() as db:
            row = db.execute("SELECT number FROM exchange WHERE id = ?", (request_id,)).fetchone()
            if row is None:
                return []
            return [*self._root(message.place), *self._before(conversation_key(message), row["number"], since)]

    def _root(self, place: ConversationPlace) -> list[Turn]:
        """Return the exchange under which a thread in a direct message was started."""
        rows = self._db.execute(
            "SELECT question, answer, record FROM exchange WHERE platform = ? AND team = ? AND channel = ? "
            "AND thread = '' AND direct AND ? != '' AND answer IS NOT NULL "
            "AND (message = ? OR instr(posted, json_quote(?)))",
            (place.platform, place.team, place.channel, *[place.thread] * 3),
        )
        return [_past_turn(row) for row in rows]

    def _before(self, conversation: str, number: int, since: float = 0.0) -> list[Turn]:
        rows = self._db.execute(
            "SELECT question, answer, record FROM exchange WHERE conversation = ? AND answer IS NOT NULL AND at >= ? "
            "AND number < ? ORDER BY number DESC LIMIT ?",
            (conversation, since, number, MAX_TURNS),
        ).fetchall()
        return [_past_turn(row) for row in reversed(rows)]

    # Votes and counts.

    def save_vote(self, request_id: str, person: str, vote: Vote) -> bool:
        """Store a vote on an answer; return False if it is no change, or the answer is not stored."""
        with self._writing() as db:
            if not db.execute("SELECT 1 FROM exchange WHERE id = ? AND answer IS NOT NULL", (request_id,)).fetchone():
                return False
            changed = db.execute(
                "INSERT INTO vote VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET verdict = excluded.verdict, "
                "at = excluded.at WHERE verdict != excluded.verdict",
                (request_id, person, vote, time.time()),
            )
            return changed.rowcount > 0

    def load_voted_answers(self) -> Iterator[VotedAnswer]:
        """Yield every answer with votes, with what was said before it, oldest first."""
        with self._reading() as db:
            rows = db.execute(
                "SELECT id, number, conversation, record, total(verdict = 'good') AS good, "
                "total(verdict = 'bad') AS bad FROM exchange JOIN vote ON vote.exchange = id "
                "WHERE record IS NOT NULL GROUP BY id ORDER BY number"
            ).fetchall()
            for row in rows:
                before = tuple(self._before(row["conversation"], row["number"]))
                yield VotedAnswer(row["id"], _parse_answer(row["record"]), int(row["good"]), int(row["bad"]), before)

    def count_outcome(self, place: ConversationPlace, outcome: Outcome) -> None:
        """Count a question by how it ended, per day and channel; direct messages are counted together."""
        self._write(
            "INSERT INTO tally VALUES (?, ?, ?, ?, 1, ?) "
            "ON CONFLICT DO UPDATE SET number = number + 1, at = excluded.at",
            (date.today().isoformat(), place.platform, "" if place.direct else place.channel, outcome, time.time()),
        )

    # Channels in which the bot is silent, and what is deleted on request or with age.

    def disable(self, platform: Platform, channel: str) -> None:
        """Make every process of the bot silent in a channel, until it is enabled."""
        self._write("INSERT OR REPLACE INTO disabled VALUES (?, ?, ?)", (platform, channel, time.time()))

    def enable(self, platform: Platform, channel: str) -> bool:
        """Undo `disable`; return False if the channel was not disabled."""
        return self._write("DELETE FROM disabled WHERE platform = ? AND channel = ?", (platform, channel)) > 0

    def forget_channel(self, platform: Platform, channel: str) -> int:
        """Delete what was said in a channel of any workspace or server; return the number of exchanges."""
        return self._forget(
            ("DELETE FROM exchange WHERE platform = ? AND channel = ?", (platform, channel)),
            ("DELETE FROM engaged WHERE platform = ? AND instr(place, ?)", (platform, f"/{channel}/")),
        )

    def forget_person(self, platform: Platform, person: str) -> int:
        """Delete what a person asked, and their votes; return the number of exchanges."""
        return self._forget(
            ("DELETE FROM exchange WHERE platform = ? AND person = ?", (platform, person)),
            ("DELETE FROM vote WHERE person = ?", (person,)),
        )

    def forget_everything(self) -> int:
        """Delete everything said and counted; return the number of exchanges. Disabled channels stay disabled."""
        return self._forget(
            ("DELETE FROM exchange", ()),
            ("DELETE FROM engaged", ()),
            ("DELETE FROM tally", ()),
            ("DELETE FROM seen WHERE at < ?", (time.time() - REDELIVERY_SECONDS,)),
        )

    def sweep(self, days: float) -> None:
        """Delete everything that is older than so many days, and the locks of processes that died."""
        before = (time.time() - days * _DAY,)
        tables = ("exchange", "seen", "engaged", "tally")
        self._forget(*((f"DELETE FROM {table} WHERE at < ?", before) for table in tables))  # noqa: S608  our own names
        with history_errors(self._folder):
            self._process.sweep()

    def _forget(self, *deletions: tuple[str, Sequence[object]]) -> int:
        """Execute deletions in one transaction, the first from `exchange`; return its number of rows."""
        with self._writing() as db:
            deleted = [db.execute(statement, values).rowcount for statement, values in deletions]
        with self._reading() as db:  # remove the content from the write-ahead log, too, unless a process is reading it
            db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        return deleted[0]

    def _write(self, statement: str, values: Sequence[object]) -> int:
        """Execute one statement in a transaction; return the number of rows changed."""
        with self._writing() as db:
            return db.execute(statement, values).rowcount

    @contextmanager
    def _reading(self) -> Iterator[sqlite3.Connection]:
        with history_errors(self._folder):
            yield self._db

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        with history_errors(self._folder), transaction(self._db):
            yield self._db


def _parse_answer(record: str) -> Answer:
    return from_record(json.loads(record))


def _past_turn(row: sqlite3.Row) -> Turn:
    """Return a turn of a conversation; of an answer that another version of newsqa stored, its text only."""
    try:
        return replace(Turn.from_answer(_parse_answer(row["record"])), question=row["question"], answer=row["answer"])
    except (KeyError, TypeError, ValueError):
        return Turn(row["question"], row["answer"])


def _parse_message(row: sqlite3.Row) -> Message:
    place = ConversationPlace(row["platform"], row["team"], row["channel"], row["thread"], bool(row["direct"]))
    event, private = row["event"], bool(row["private"])
    return Message(row["message"], place, row["person"], row["question"], addressed=True, event=event, private=private)
