"""What the bot's file tells its keeper: counts by day and channel, votes, where it is silent. No words of anybody."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING

from newsqa.bot.alive import living
from newsqa.bot.database import FILE, open_database, translated
from newsqa.bot.messages import OUTCOMES

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from newsqa.bot.messages import Outcome, Platform, Verdict
    from newsqa.settings import Settings


@dataclass(frozen=True, slots=True)
class Channel:
    """A channel in which the bot was asked, or was disabled; `id` is "" for all direct messages together.

    `enabled` is what `disable` changes; `listed` tells that the settings name it, or name none. `last` is None where
    nothing was asked in the time for which counts are kept.
    """

    platform: Platform
    id: str
    enabled: bool
    listed: bool
    counts: Mapping[Outcome, int]
    last: datetime | None = None


@dataclass(frozen=True, slots=True)
class Status:
    """How the bot did today and in all the time for which counts are kept.

    `running` processes keep what they know in the same folder. `held` are the answers that are stored, `open` the
    questions that are being answered or were left by a process that died.
    """

    running: int
    today: Mapping[Outcome, int]
    in_all: Mapping[Outcome, int]
    votes: Mapping[Verdict, int]
    held: int
    open: int
    channels: tuple[Channel, ...] = field(default_factory=tuple)


def asked(counts: Mapping[Outcome, int]) -> int:
    """Return how many questions were taken: those that met a limit were not."""
    return sum(number for outcome, number in counts.items() if outcome != "limited")


def has_store(folder: Path) -> bool:
    """Tell whether a bot has kept anything in a folder."""
    return (folder / FILE).is_file()


def status(settings: Settings) -> Status:
    """Read how the bot does, while it runs or not. Raises HistoryError."""
    folder = settings.sessions_folder()
    with closing(open_database(folder)) as db, translated(folder):
        db.execute("BEGIN")
        rows = db.execute("SELECT day, platform, channel, outcome, number, at FROM tally").fetchall()
        votes = dict(db.execute("SELECT verdict, count(*) FROM vote GROUP BY verdict").fetchall())
        states = dict(db.execute("SELECT state, count(*) FROM exchange GROUP BY state").fetchall())
        running = living(folder)
        off = set(db.execute("SELECT platform, channel FROM disabled").fetchall())
    today = date.today().isoformat()  # noqa: DTZ011  as counted
    return Status(
        running=running,
        today=_sum((outcome, number) for day, _, _, outcome, number, _ in rows if day == today),
        in_all=_sum((outcome, number) for _, _, _, outcome, number, _ in rows),
        votes={"good": votes.get("good", 0), "bad": votes.get("bad", 0)},
        held=sum(states.values()) - states.get("open", 0),
        open=states.get("open", 0),
        channels=tuple(_channels(rows, off, settings.bot_channels)),
    )


def _sum(counted: Iterable[tuple[Outcome, int]]) -> dict[Outcome, int]:
    counts = dict.fromkeys(OUTCOMES, 0)
    for outcome, number in counted:
        counts[outcome] += number
    return counts


def _channels(rows: list[sqlite3.Row], off: set[tuple[Platform, str]], listed: frozenset[str]) -> Iterator[Channel]:
    """Yield direct messages first, then channels, those that were asked in last before others."""
    last: dict[tuple[Platform, str], float] = dict.fromkeys(sorted(off), 0.0)
    for _, platform, channel, _, _, at in rows:
        last[platform, channel] = max(at, last.get((platform, channel), 0.0))
    for key, at in sorted(last.items(), key=lambda entry: (entry[0][1] != "", -entry[1], entry[0])):
        platform, channel = key
        yield Channel(
            platform=platform,
            id=channel,
            enabled=key not in off,
            listed=not (listed and channel) or channel in listed,
            counts=_sum((row[3], row[4]) for row in rows if (row[1], row[2]) == key),
            last=datetime.fromtimestamp(at).astimezone() if at else None,
        )


def teams_of(folder: Path, platform: Platform, channel: str) -> list[str]:
    """Return the workspaces or servers in which a channel of this id was spoken in. Raises HistoryError."""
    with closing(open_database(folder)) as db, translated(folder):
        rows = db.execute(
            "SELECT DISTINCT team FROM exchange WHERE platform = ? AND channel = ?", (platform, channel)
        ).fetchall()
        places = db.execute("SELECT place FROM engaged WHERE platform = ?", (platform,)).fetchall()
    engaged = [parts for (place,) in places if (parts := place.split("/"))[2:3] == [channel]]
    return sorted({team for (team,) in rows} | {parts[1] for parts in engaged})
