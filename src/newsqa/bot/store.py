"""What the bot keeps: which messages were seen, open questions, answers, and where it was called in.

Times are seconds since 1970. An exchange is "open" until its answer is made, "answered" until that was posted, then
"delivered"; an owner is a process (alive.py). Kept is what Sources, sharing, follow-ups and feedback need, no more: the
passages that were retrieved are not.
"""

from __future__ import annotations

import json
import time
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

from newsqa.answer.history import MAX_TURNS
from newsqa.bot.database import open_database, translated
from newsqa.bot.events import ConversationPlace, Message
from newsqa.bot.process import NOBODY, ProcessLock
from newsqa.render.record import from_record, to_record
from newsqa.store.database import transaction
from newsqa.types import Turn

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from newsqa.bot.events import Outcome, Platform, Verdict
    from newsqa.types import Answer


LAPSE = 12 * 3600.0
"""Seconds after which a place without threads has forgotten what was talked about: a new day, a new conversation."""

REDELIVERED = 3600.0
"""Seconds in which platforms deliver a message again."""

_DAY = 86_400.0


@dataclass(frozen=True, slots=True)
class ClaimedRequest:
    """A question that this process has to answer; `again` after a crash, which may have made `answer`.

    `shown` are the messages by which the process that crashed had shown that it was worked on.
    """

    exchange: str
    again: bool = False
    answer: Answer | None = None
    shown: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class VotedAnswer:
    """An answer that people voted on, how many found it good and bad, and the exchanges before it."""

    exchange: str
    answer: Answer
    good: int
    bad: int
    before: tuple[Turn, ...]


def conversation(message: Message) -> str:
    """Return what tells a conversation from all others: the place, and the person where only that one sees it."""
    return f"{message.place.key}/{message.person}" if message.private else message.place.key


class Store:
    """The bot's file. Every method is one short transaction, raises HistoryError, and may run on any one thread."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._db = open_database(folder)
        with translated(folder):
            self._alive = ProcessLock(folder)

    def close(self) -> None:
        """Let go of the file; what this process left open may be taken up by others."""
        self._alive.close()
        self._db.close()

    def hears(self, message: Message) -> bool:
        """Tell whether the bot listens there: not where it was disabled, unaddressed only where it takes part."""
        place = message.place
        with self._reading() as db:
            off = db.execute(
                "SELECT 1 FROM disabled WHERE platform = ? AND channel IN (?, ?)",
                (place.platform, place.channel, place.thread),
            ).fetchone()
        return not off and (message.addressed or self.engaged(place))

    def engaged(self, place: ConversationPlace) -> bool:
        """Tell whether the bot was called into this thread."""
        with self._reading() as db:
            return db.execute("SELECT 1 FROM engaged WHERE place = ?", (place.key,)).fetchone() is not None

    def claim(self, message: Message, exchange: str, question: str) -> ClaimedRequest | None:
        """Make this process the one that answers a message; None where it was answered or another process is at it."""
        keys = [key for key in _keys(message) if key]
        now = time.time()
        with self._writing() as db:
            marks = ", ".join("?" * len(keys))
            row = db.execute(f"SELECT exchange FROM seen WHERE key IN ({marks})", keys).fetchone()  # noqa: S608
            claim = self._taken_over(row[0], question) if row else ClaimedRequest(exchange)
            name = row[0] if row else exchange
            db.executemany("INSERT OR IGNORE INTO seen VALUES (?, ?, ?)", [(key, name, now) for key in keys])
            if not row:
                self._insert(message, exchange, question, now)
        return claim

    def _taken_over(self, exchange: str, question: str) -> ClaimedRequest | None:
        row = self._db.execute(
            "SELECT state, owner, question, record, posted FROM exchange WHERE id = ?", (exchange,)
        ).fetchone()
        if row is None or row[0] == "delivered" or self._alive.is_alive(row[1]):
            return None
        answer = _answer(row[3]) if row[0] == "answered" and row[2] == question else None
        self._db.execute(
            "UPDATE exchange SET owner = ?, question = ?, state = ? WHERE id = ?",
            (self._alive.name, question, "answered" if answer else "open", exchange),
        )
        return ClaimedRequest(exchange, again=True, answer=answer, shown=tuple(json.loads(row[4])))

    def _insert(self, message: Message, exchange: str, question: str, now: float) -> None:
        place = message.place
        self._db.execute(
            "INSERT INTO exchange (id, at, conversation, platform, team, channel, thread, direct, message, event, "
            "person, private, question, state, owner) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'open', ?)",
            (
                *(exchange, now, conversation(message), place.platform, place.team, place.channel, place.thread),
                *(place.direct, message.id, message.event, message.person, message.private, question, self._alive.name),
            ),
        )
        if place.thread:  # addressed there, now or before
            self._db.execute("INSERT OR REPLACE INTO engaged VALUES (?, ?, ?)", (place.key, place.platform, now))

    def asks(self, exchange: str, question: str) -> None:
        """Keep the new words of a question that was edited."""
        with self._writing() as db:
            db.execute("UPDATE exchange SET question = ? WHERE id = ? AND state = 'open'", (question, exchange))

    def answered(self, exchange: str, answer: Answer) -> None:
        """Keep an answer; it is open until it was posted."""
        record = json.dumps(to_record(replace(answer, retrieved=())))
        with self._writing() as db:
            db.execute(
                "UPDATE exchange SET state = 'answered', answer = ?, record = ? WHERE id = ?",
                (answer.text.encode("utf-8", "replace").decode(), record, exchange),
            )

    def shown(self, exchange: str, posted: Sequence[str]) -> None:
        """Note by which messages it is shown that a question is worked on."""
        with self._writing() as db:
            names = json.dumps(list(posted))
            db.execute("UPDATE exchange SET posted = ? WHERE id = ? AND state != 'delivered'", (names, exchange))

    def delivered(self, exchange: str, posted: Sequence[str]) -> None:
        """Note that an answer was posted, and under which ids."""
        with self._writing() as db:
            statement = "UPDATE exchange SET state = 'delivered', posted = ? WHERE id = ? AND state != 'open'"
            db.execute(statement, (json.dumps(list(posted)), exchange))

    def released(self, message: Message) -> None:
        """Give up a message whose answer nobody reads: whoever gets it again may take it."""
        place = message.place
        with self._writing() as db:
            db.execute(
                "UPDATE exchange SET owner = ? WHERE platform = ? AND team = ? AND channel = ? AND message = ? "
                "AND owner = ?",
                (NOBODY, place.platform, place.team, place.channel, message.id, self._alive.name),
            )

    def dropped(self, exchange: str) -> None:
        """Forget an exchange that will have no answer; its message stays seen."""
        with self._writing() as db:
            db.execute("DELETE FROM exchange WHERE id = ?", (exchange,))

    def dropped_message(self, place: ConversationPlace, message: str) -> None:
        """Forget the exchange of a message; the message stays seen."""
        with self._writing() as db:
            db.execute(
                "DELETE FROM exchange WHERE platform = ? AND team = ? AND channel = ? AND message = ?",
                (place.platform, place.team, place.channel, message),
            )

    def stored(self, exchange: str) -> Answer | None:
        """Return an answer, without the passages retrieved."""
        with self._reading() as db:
            row = db.execute("SELECT record FROM exchange WHERE id = ?", (exchange,)).fetchone()
        return _answer(row[0]) if row and row[0] else None

    def history(self, message: Message, exchange: str) -> list[Turn]:
        """Return the latest exchanges before this one in its conversation, oldest first."""
        since = 0.0 if message.place.thread else time.time() - LAPSE
        with self._reading() as db:
            row = db.execute("SELECT number FROM exchange WHERE id = ?", (exchange,)).fetchone()
            return [*self._above(message), *self._before(conversation(message), row[0], since)] if row else []

    def _above(self, message: Message) -> list[Turn]:
        """Return the exchange below which a thread in a direct message was begun."""
        place = message.place
        rows = self._db.execute(
            "SELECT question, answer, record FROM exchange WHERE platform = ? AND team = ? AND channel = ? "
            "AND thread = '' AND direct AND ? != '' AND answer IS NOT NULL "
            "AND (message = ? OR instr(posted, json_quote(?)))",
            (place.platform, place.team, place.channel, *[place.thread] * 3),
        )
        return [_past_turn(*row) for row in rows]

    def _before(self, talk: str, number: int, since: float = 0.0) -> list[Turn]:
        rows = self._db.execute(
            "SELECT question, answer, record FROM exchange WHERE conversation = ? AND answer IS NOT NULL AND at >= ? "
            "AND number < ? ORDER BY number DESC LIMIT ?",
            (talk, since, number, MAX_TURNS),
        ).fetchall()
        return [_past_turn(*row) for row in reversed(rows)]

    def left_open(self, platform: Platform, seconds: float) -> list[Message]:
        """Return the questions of the last so many seconds that no living process is answering, oldest first."""
        with self._reading() as db:
            rows = db.execute(
                "SELECT platform, team, channel, thread, direct, message, person, question, event, private, owner "
                "FROM exchange WHERE platform = ? AND state != 'delivered' AND at >= ? ORDER BY number",
                (platform, time.time() - seconds),
            ).fetchall()
            return [_message(row) for row in rows if not self._alive.is_alive(row[-1])]

    def vote(self, exchange: str, person: str, verdict: Verdict) -> bool:
        """Count what a person says of an answer; False where it says nothing new, or the answer is not kept."""
        with self._writing() as db:
            if not db.execute("SELECT 1 FROM exchange WHERE id = ? AND answer IS NOT NULL", (exchange,)).fetchone():
                return False
            changed = db.execute(
                "INSERT INTO vote VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET verdict = excluded.verdict, "
                "at = excluded.at WHERE verdict != excluded.verdict",
                (exchange, person, verdict, time.time()),
            )
            return changed.rowcount > 0

    def tally(self, place: ConversationPlace, outcome: Outcome) -> None:
        """Count a question by how it ended, a day and channel; direct messages all together."""
        day, now = date.today().isoformat(), time.time()
        with self._writing() as db:
            db.execute(
                "INSERT INTO tally VALUES (?, ?, ?, ?, 1, ?) "
                "ON CONFLICT DO UPDATE SET number = number + 1, at = excluded.at",
                (day, place.platform, "" if place.direct else place.channel, outcome, now),
            )

    def judged(self) -> Iterator[VotedAnswer]:
        """Yield every answer that somebody voted on, with what was said before it, oldest first."""
        with self._reading() as db:
            rows = db.execute(
                "SELECT id, number, conversation, record, total(verdict = 'good'), total(verdict = 'bad') "
                "FROM exchange JOIN vote ON vote.exchange = id WHERE record IS NOT NULL GROUP BY id ORDER BY number"
            ).fetchall()
            for exchange, number, talk, record, good, bad in rows:
                yield VotedAnswer(exchange, _answer(record), int(good), int(bad), tuple(self._before(talk, number)))

    def disable(self, platform: Platform, channel: str) -> None:
        """Have every process of the bot be silent in a channel, until it is enabled."""
        with self._writing() as db:
            db.execute("INSERT OR REPLACE INTO disabled VALUES (?, ?, ?)", (platform, channel, time.time()))

    def enable(self, platform: Platform, channel: str) -> bool:
        """Undo `disable`; False where there was nothing to undo."""
        with self._writing() as db:
            gone = db.execute("DELETE FROM disabled WHERE platform = ? AND channel = ?", (platform, channel))
            return gone.rowcount > 0

    def disabled(self, platform: Platform) -> list[str]:
        """Return the channels in which the bot is silent."""
        with self._reading() as db:
            rows = db.execute("SELECT channel FROM disabled WHERE platform = ? ORDER BY at", (platform,))
            return [channel for (channel,) in rows]

    def forget_place(self, place: ConversationPlace) -> int:
        """Forget what was said in a thread, or in a channel and all its threads; return how many answers that were."""
        where = "platform = ? AND team = ? AND channel = ? AND ? IN ('', thread)"
        key = place.key  # of a channel, it ends in "/": the keys of its threads begin so
        below = "place = ?1" if place.thread else "substr(place, 1, length(?1)) = ?1"
        with self._writing() as db:
            gone = db.execute(
                f"DELETE FROM exchange WHERE {where}",  # noqa: S608  our own words
                (place.platform, place.team, place.channel, place.thread),
            )
            db.execute(f"DELETE FROM engaged WHERE {below}", (key,))  # noqa: S608
        return self._gone(gone)

    def forget_person(self, platform: Platform, person: str) -> int:
        """Forget what a person asked, and how they voted; return how many answers that were."""
        with self._writing() as db:
            gone = db.execute("DELETE FROM exchange WHERE platform = ? AND person = ?", (platform, person))
            db.execute("DELETE FROM vote WHERE person = ?", (person,))
        return self._gone(gone)

    def forget_everything(self) -> int:
        """Forget all that was said and counted; return how many answers that were. Disabled channels stay so."""
        with self._writing() as db:
            gone = db.execute("DELETE FROM exchange")
            db.execute("DELETE FROM engaged")
            db.execute("DELETE FROM tally")
            db.execute("DELETE FROM seen WHERE at < ?", (time.time() - REDELIVERED,))
        return self._gone(gone)

    def sweep(self, days: float) -> None:
        """Forget everything that is older than so many days, and the names of processes that died."""
        before = (time.time() - days * _DAY,)
        with self._writing() as db:
            for table in ("exchange", "seen", "engaged", "tally"):
                db.execute(f"DELETE FROM {table} WHERE at < ?", before)  # noqa: S608  our own words
        self._wipe()
        with translated(self._folder):
            self._alive.sweep()

    def _gone(self, deletion: sqlite3.Cursor) -> int:
        self._wipe()
        return deletion.rowcount

    def _wipe(self) -> None:
        """Take what was deleted out of the log beside the file, too, unless another process reads it just now."""
        with self._reading() as db:
            db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()

    @contextmanager
    def _reading(self) -> Iterator[sqlite3.Connection]:
        with translated(self._folder):
            yield self._db

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        with translated(self._folder), transaction(self._db):
            yield self._db


def _keys(message: Message) -> tuple[str, str]:
    place = message.place
    event = json.dumps(["event", place.platform, message.event]) if message.event else ""
    return event, json.dumps(["message", place.platform, place.team, place.channel, message.id])


def _past_turn(question: str, answer: str, record: str) -> Turn:
    """Return a turn of a conversation; of an answer that another version of newsqa stored, its text only."""
    try:
        return replace(Turn.from_answer(_answer(record)), question=question, answer=answer)
    except (KeyError, TypeError, ValueError):
        return Turn(question, answer)


def _answer(record: str) -> Answer:
    return from_record(json.loads(record))


def _message(row: Sequence[str]) -> Message:
    platform, team, channel, thread, direct, message, person, question, event, private, _ = row
    place = ConversationPlace(platform, team, channel, thread, bool(direct))  # type: ignore[arg-type]
    return Message(message, place, person, question, addressed=True, event=event, private=bool(private))
