"""What the bot's admins may do from within the platform, and what everybody may: `/newsqa WORDS`."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING

from newsqa.answer.history import recent_turns
from newsqa.bot.database import FILE, open_database, translated
from newsqa.bot.events import NAMES, OUTCOMES, channel_named
from newsqa.bot.log import logger
from newsqa.bot.process import living
from newsqa.bot.store import Store
from newsqa.errors import NewsqaError, UsageError
from newsqa.render.record import to_line
from newsqa.render.wording import count

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from pathlib import Path

    from newsqa.bot.events import ConversationPlace, Outcome, Platform, Verdict
    from newsqa.bot.store import VotedAnswer
    from newsqa.settings import Settings
    from newsqa.types import Citation, JsonObject, Turn


# What the bot's file tells its keeper: counts by day and channel, votes, where it is silent. No words of anybody.


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


def bot_status(settings: Settings) -> Status:
    """Read how the bot does, while it runs or not. Raises HistoryError."""
    folder = settings.sessions_folder()
    with closing(open_database(folder)) as db, translated(folder):
        db.execute("BEGIN")
        rows = db.execute("SELECT day, platform, channel, outcome, number, at FROM tally").fetchall()
        votes = dict(db.execute("SELECT verdict, count(*) FROM vote GROUP BY verdict").fetchall())
        states = dict(db.execute("SELECT state, count(*) FROM exchange GROUP BY state").fetchall())
        running = living(folder)
        off = set(db.execute("SELECT platform, channel FROM disabled").fetchall())
    today = date.today().isoformat()
    return Status(
        running=running,
        today=_sum((outcome, number) for day, _, _, outcome, number, _ in rows if day == today),
        in_all=_sum((outcome, number) for _, _, _, outcome, number, _ in rows),
        votes={"good": votes.get("good", 0), "bad": votes.get("bad", 0)},
        held=sum(states.values()) - states.get("open", 0),
        open=states.get("open", 0),
        channels=tuple(_channel_counts(rows, off, settings.bot_channels)),
    )


def _sum(counted: Iterable[tuple[Outcome, int]]) -> dict[Outcome, int]:
    counts = dict.fromkeys(OUTCOMES, 0)
    for outcome, number in counted:
        counts[outcome] += number
    return counts


def _channel_counts(
    rows: list[sqlite3.Row], off: set[tuple[Platform, str]], listed: frozenset[str]
) -> Iterator[Channel]:
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


log = logger("bot.admin")

EVERYBODY = (
    "help: shows this",
    "forget me: forgets what you asked, and how you voted",
)
ADMINS = (
    "status: what became of the questions",
    "channels: where I was asked, and where I am silent",
    "disable [CHANNEL]: I am silent in this channel, or in the one named",
    "enable [CHANNEL]: I answer there again",
    "forget channel [CHANNEL]: forgets what was asked and answered in this channel, or in the one named",
)
NOT_AN_ADMIN = "Only those who look after me can do that. Everybody can: {everybody}."
FAILED = "I could not do that; my log says why."
TOLD = 20
"""Channels that a list shows."""

OUTCOME_WORDS: dict[Outcome, str] = {
    "answered": "answered",
    "refused": "refused for lack of evidence",
    "failed": "failed",
    "interrupted": "interrupted",
    "left": "taken back by their askers",
    "limited": "not taken because of limits",
}


def run_admin_command(text: str, person: str, place: ConversationPlace, settings: Settings) -> str:
    """Do what a person asks for by a command given in a place, and return what to tell them, and only them.

    It reads and writes the bot's file, so call it off the event loop. Raises nothing: what cannot be done is told.
    """
    words = text.split()
    told = {"command": " ".join(words[:2]), "person": person, "channel": place.channel}
    try:
        done = _done(words, person, place, settings)
    except UsageError as error:
        return f"{error} {error.hint}".strip()
    except NewsqaError as error:
        log.exception("command_failed", **told, hint=error.hint)
        return FAILED
    log.info("command", **told)
    return done


def _done(words: list[str], person: str, place: ConversationPlace, settings: Settings) -> str:
    match [*map(str.lower, words)]:
        case ["forget", "me"]:
            return _forget_me(person, place, settings)
        case [] | ["help"]:
            return _help(admin=person in settings.bot_admins)
    if person not in settings.bot_admins:
        return NOT_AN_ADMIN.format(everybody=" and ".join(line.split(":")[0] for line in EVERYBODY))
    return _as_admin(words, place, settings)


def _as_admin(words: list[str], place: ConversationPlace, settings: Settings) -> str:
    match [*map(str.lower, words)]:
        case ["status"]:
            return _status(settings)
        case ["channels"]:
            return _channels(settings, place)
        case ["enable" | "disable" | "forget" as what, "channel", *_]:
            return _ON_CHANNEL[what](_channel(words[2:], place), settings)
        case ["enable" | "disable" as what, *_]:
            return _ON_CHANNEL[what](_channel(words[1:], place), settings)
    raise UsageError("I do not know that command.", hint="/newsqa help tells which there are.")


def _help(*, admin: bool) -> str:
    return "\n".join(f"/newsqa {line}" for line in (*EVERYBODY, *(ADMINS if admin else ())))


def _status(settings: Settings) -> str:
    found = bot_status(settings)
    return "\n".join(
        (
            f"Today: {_counts(found.today)}.",
            f"In the last {count(settings.bot_retention, 'day')}: {_counts(found.in_all)}.",
            f"Votes: {found.votes['good']} good, {found.votes['bad']} bad. Answers kept: {found.held}.",
        )
    )


def _counts(counts: Mapping[Outcome, int]) -> str:
    parts = [f"{counts[outcome]:,} {word}" for outcome, word in OUTCOME_WORDS.items() if counts[outcome]]
    return ", ".join((count(asked(counts), "question"), *parts))


def _channels(settings: Settings, here: ConversationPlace) -> str:
    found = [channel for channel in bot_status(settings).channels if channel.platform == here.platform]
    lines = [_line(channel, here) for channel in found[:TOLD]]
    more = [f"and {len(found) - TOLD:,} more"] if len(found) > TOLD else []
    return "\n".join([*lines, *more]) or "I was not asked anywhere yet."


def _line(channel: Channel, here: ConversationPlace) -> str:
    name = f"{channel.id}{' (here)' if channel.id == here.channel else ''}" if channel.id else "direct messages"
    state = "" if channel.enabled else " · silent"
    state += "" if channel.listed else " · not on the list of channels in my settings"
    return f"{name}: {count(asked(channel.counts), 'question')}{state}"


def _channel(named: list[str], here: ConversationPlace) -> ConversationPlace:
    """Return the channel that is named, else the one where the command was given."""
    if len(named) > 1:
        raise UsageError("Name one channel, or none for this one.")
    if not named:
        return type(here)(here.platform, here.team, here.channel, direct=here.direct)
    platform, channel = channel_named(named[0])
    if platform != here.platform:
        raise UsageError(f"{channel} is no channel of this platform.")
    return type(here)(platform, here.team, channel)


def _disable(channel: ConversationPlace, settings: Settings) -> str:
    with closing(Store(settings.sessions_folder())) as store:
        store.disable(channel.platform, channel.channel)
    return f"I am silent in {channel.channel} from now on. /newsqa enable {channel.channel} undoes that."


def _enable(channel: ConversationPlace, settings: Settings) -> str:
    with closing(Store(settings.sessions_folder())) as store:
        changed = store.enable(channel.platform, channel.channel)
    if settings.bot_channels and channel.channel not in settings.bot_channels and not channel.direct:
        return f"My settings list the channels that I serve, and {channel.channel} is not among them."
    return f"I answer in {channel.channel}{' again' if changed else '; I was not silent there'}."


def _forget_channel(channel: ConversationPlace, settings: Settings) -> str:
    with closing(Store(settings.sessions_folder())) as store:
        return _forgotten(store.forget_place(channel), channel)


def _forget_me(person: str, place: ConversationPlace, settings: Settings) -> str:
    with closing(Store(settings.sessions_folder())) as store:
        return _forgotten(store.forget_person(place.platform, person), place)


def _forgotten(answers: int, place: ConversationPlace) -> str:
    there = NAMES[place.platform]
    return f"Forgotten: {count(answers, 'question')} and what belongs to them. What was posted in {there} stays there."


_ON_CHANNEL: dict[str, Callable[[ConversationPlace, Settings], str]] = {
    "enable": _enable,
    "disable": _disable,
    "forget": _forget_channel,
}


# What people said of answers, as a set of questions that `newsqa eval` reads.
#
# An answer that was found good gives a question with that answer and its citations as gold, a refusal that was found
# good one that cannot be answered. What was found bad, or as bad as good, gives a question to be looked at: the tag
# says so, and `meta` holds what was answered. Who voted is not told.

GOOD = "found-good"
LOOK = "to-be-looked-at"


def export_feedback(store: Store) -> Iterator[str]:
    """Yield a line of JSON for each answer that somebody voted on. Raises HistoryError."""
    for judged in store.judged():
        yield to_line(_item(judged))


def _item(judged: VotedAnswer) -> JsonObject:
    answer = judged.answer
    good = judged.good > judged.bad
    item = {
        "id": judged.exchange,
        "question": answer.question,
        "asked": answer.asked.isoformat(),
        "history": [message for turn in recent_turns(judged.before) for message in _messages(turn)],
        "tags": [GOOD if good else LOOK],
        "meta": {"good": judged.good, "bad": judged.bad, "answer": answer.text, "model": answer.model},
    }
    if not good:
        return item
    if answer.refused:
        return {**item, "answerable": False}
    said = " ".join(sentence.text for sentence in answer.sentences)
    return {**item, "answerable": True, "answers": [said], "gold": [_gold(citation) for citation in answer.citations]}


def _messages(turn: Turn) -> list[JsonObject]:
    return [{"role": "user", "content": turn.question}, {"role": "assistant", "content": turn.answer}]


def _gold(citation: Citation) -> JsonObject:
    named = {"article_id": citation.article_id, "url": citation.url, "quote": citation.quote}
    return {name: value for name, value in named.items() if value}
