"""What admins see and change: the bot's status, the command `/newsqa WORDS`, and votes as a set of questions."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING

from newsqa.answer.history import recent_turns
from newsqa.bot.database import FILE, count_running, history_errors, open_database
from newsqa.bot.events import OUTCOMES, PLATFORM_NAMES, ConversationPlace, Outcome, Platform, Vote, parse_channel
from newsqa.bot.store import Store, VotedAnswer
from newsqa.errors import NewsqaError, UsageError
from newsqa.render.record import to_line
from newsqa.render.wording import count

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from newsqa.settings import Settings
    from newsqa.types import JsonObject, Turn


# The status: counts by day and channel, and votes; nothing that anybody said.


@dataclass(frozen=True, slots=True)
class ChannelStatus:
    """A channel in which the bot was asked, or is disabled; `id` is "" for all direct messages together.

    `enabled` is what `disable` changes; `listed` is true if the settings list it, or list no channels. `last` is None
    if nothing was asked while counts are kept.
    """

    platform: Platform
    id: str
    enabled: bool
    listed: bool
    counts: Mapping[Outcome, int]
    last: datetime | None = None


@dataclass(frozen=True, slots=True)
class BotStatus:
    """Counts of today and of all the time for which they are kept (`in_all`).

    `running` is the number of processes that use the folder, `held` that of stored answers, and `open` that of
    questions being answered or left by a process that died.
    """

    running: int
    today: Mapping[Outcome, int]
    in_all: Mapping[Outcome, int]
    votes: Mapping[Vote, int]
    held: int
    open: int
    channels: tuple[ChannelStatus, ...] = field(default_factory=tuple)


def count_questions(counts: Mapping[Outcome, int]) -> int:
    """Return how many questions were accepted: all but those that met a limit."""
    return sum(number for outcome, number in counts.items() if outcome != "limited")


def has_store(folder: Path) -> bool:
    """Return True if a bot has stored anything in a folder."""
    return (folder / FILE).is_file()


def bot_status(settings: Settings) -> BotStatus:
    """Read the status, also while the bot is running. Raises HistoryError."""
    folder = settings.sessions_folder()
    with closing(open_database(folder)) as db, history_errors(folder):
        db.execute("BEGIN")
        tally = db.execute("SELECT * FROM tally").fetchall()
        votes = dict(db.execute("SELECT verdict, count(*) FROM vote GROUP BY verdict").fetchall())
        states = dict(db.execute("SELECT state, count(*) FROM exchange GROUP BY state").fetchall())
        rows = db.execute("SELECT platform, channel FROM disabled")
        disabled: set[tuple[Platform, str]] = {(row["platform"], row["channel"]) for row in rows}
        running = count_running(folder)
    today = date.today().isoformat()
    return BotStatus(
        running=running,
        today=_sum_outcomes(row for row in tally if row["day"] == today),
        in_all=_sum_outcomes(tally),
        votes={"good": votes.get("good", 0), "bad": votes.get("bad", 0)},
        held=sum(states.values()) - states.get("open", 0),
        open=states.get("open", 0),
        channels=tuple(_channel_statuses(tally, disabled, settings.bot_channels)),
    )


def _sum_outcomes(tally: Iterable[sqlite3.Row]) -> dict[Outcome, int]:
    counts = dict.fromkeys(OUTCOMES, 0)
    for row in tally:
        counts[row["outcome"]] += row["number"]
    return counts


def _channel_statuses(
    tally: list[sqlite3.Row], disabled: set[tuple[Platform, str]], listed: frozenset[str]
) -> Iterator[ChannelStatus]:
    """Yield direct messages first, then channels, the most recently asked ones first."""
    last: dict[tuple[Platform, str], float] = dict.fromkeys(sorted(disabled), 0.0)
    for row in tally:
        key = row["platform"], row["channel"]
        last[key] = max(row["at"], last.get(key, 0.0))
    for key, at in sorted(last.items(), key=lambda entry: (entry[0][1] != "", -entry[1], entry[0])):
        platform, channel = key
        yield ChannelStatus(
            platform=platform,
            id=channel,
            enabled=key not in disabled,
            listed=not (listed and channel) or channel in listed,
            counts=_sum_outcomes(row for row in tally if (row["platform"], row["channel"]) == key),
            last=datetime.fromtimestamp(at).astimezone() if at else None,
        )


# The command `/newsqa` within a platform.

EVERYBODY = ("help: shows this", "forget me: forgets what you asked, and how you voted")
ADMINS = (
    "status: what became of the questions",
    "channels: where I was asked, and where I am silent",
    "disable [CHANNEL]: I am silent in this channel, or in the one named",
    "enable [CHANNEL]: I answer there again",
    "forget channel [CHANNEL]: forgets what was asked and answered in this channel, or in the one named",
)
NOT_AN_ADMIN = "Only those who look after me can do that. Everybody can: {everybody}."
FAILED = "I could not do that; my log says why."
MOST_CHANNELS = 20  # channels that a list shows

OUTCOME_NAMES: dict[Outcome, str] = {
    "answered": "answered",
    "refused": "refused for lack of evidence",
    "failed": "failed",
    "interrupted": "interrupted",
    "left": "taken back by their askers",
    "limited": "not taken because of limits",
}


def run_admin_command(text: str, person: str, place: ConversationPlace, settings: Settings) -> str:
    """Run a command that a person gave in a place, and return the reply, which is for that person only.

    It blocks on the bot's file, so call it off the event loop. Errors become replies.
    """
    from newsqa.bot.process import logger  # its package comes with the extras of the bots

    log = logger("bot.admin")
    words = text.split()
    fields = {"command": " ".join(words[:2]), "person": person, "channel": place.channel}
    try:
        reply = _run(words, person, place, settings)
    except UsageError as error:
        return f"{error} {error.hint}".strip()
    except NewsqaError as error:
        log.exception("command_failed", **fields, hint=error.hint)
        return FAILED
    log.info("command", **fields)
    return reply


def _run(words: list[str], person: str, place: ConversationPlace, settings: Settings) -> str:
    is_admin = person in settings.bot_admins
    match [*map(str.lower, words)]:
        case ["forget", "me"]:
            with closing(Store(settings.sessions_folder())) as store:
                return _forgotten(store.forget_person(place.platform, person), place)
        case [] | ["help"]:
            return "\n".join(f"/newsqa {line}" for line in (*EVERYBODY, *(ADMINS if is_admin else ())))
        case _ if not is_admin:
            return NOT_AN_ADMIN.format(everybody=" and ".join(line.split(":")[0] for line in EVERYBODY))
        case ["status"]:
            return "\n".join(describe_status(bot_status(settings), settings))
        case ["channels"]:
            return _describe_channels(settings, place)
        case ["enable" | "disable" | "forget" as action, "channel", *_]:
            return _change_channel(action, _parse_place(words[2:], place), settings)
        case ["enable" | "disable" as action, *_]:
            return _change_channel(action, _parse_place(words[1:], place), settings)
    raise UsageError("I do not know that command.", hint="/newsqa help tells which there are.")


def describe_status(status: BotStatus, settings: Settings) -> list[str]:
    """Return lines that say what became of the questions."""
    return [
        f"Today: {_describe_counts(status.today)}.",
        f"In the last {count(settings.bot_retention, 'day')}: {_describe_counts(status.in_all)}.",
        f"Votes: {status.votes['good']:,} good, {status.votes['bad']:,} bad. Answers kept: {status.held:,}.",
    ]


def _describe_counts(counts: Mapping[Outcome, int]) -> str:
    parts = [f"{counts[outcome]:,} {name}" for outcome, name in OUTCOME_NAMES.items() if counts[outcome]]
    return ", ".join((count(count_questions(counts), "question"), *parts))


def _describe_channels(settings: Settings, here: ConversationPlace) -> str:
    channels = [channel for channel in bot_status(settings).channels if channel.platform == here.platform]
    lines = [describe_channel(channel, here.channel) for channel in channels[:MOST_CHANNELS]]
    more = [f"and {len(channels) - MOST_CHANNELS:,} more"] if len(channels) > MOST_CHANNELS else []
    return "\n".join([*lines, *more]) or "I was not asked anywhere yet."


def describe_channel(channel: ChannelStatus, here: str = "") -> str:
    """Return a line that says how often the bot was asked in a channel, and if it is silent there."""
    name = f"{channel.id}{' (here)' if channel.id == here else ''}" if channel.id else "direct messages"
    state = "" if channel.enabled else " · silent"
    state += "" if channel.listed else " · not on the list of channels in my settings"
    return f"{name}: {count(count_questions(channel.counts), 'question')}{state}"


def _parse_place(names: list[str], here: ConversationPlace) -> ConversationPlace:
    """Return the named channel, or the one where the command was given."""
    if len(names) > 1:
        raise UsageError("Name one channel, or none for this one.")
    if not names:
        return type(here)(here.platform, here.team, here.channel, direct=here.direct)
    platform, channel = parse_channel(names[0])
    if platform != here.platform:
        raise UsageError(f"{channel} is no channel of this platform.")
    return type(here)(platform, here.team, channel)


def _change_channel(action: str, place: ConversationPlace, settings: Settings) -> str:
    """Enable, disable or forget a channel, and return what was done."""
    channel = place.channel
    with closing(Store(settings.sessions_folder())) as store:
        if action == "forget":
            return _forgotten(store.forget_channel(place.platform, channel), place)
        if action == "disable":
            store.disable(place.platform, channel)
            return f"I am silent in {channel} from now on. /newsqa enable {channel} undoes that."
        changed = store.enable(place.platform, channel)
    if settings.bot_channels and channel not in settings.bot_channels and not place.direct:
        return f"My settings list the channels that I serve, and {channel} is not among them."
    return f"I answer in {channel}{' again' if changed else '; I was not silent there'}."


def _forgotten(answers: int, place: ConversationPlace) -> str:
    there = PLATFORM_NAMES[place.platform]
    return f"Forgotten: {count(answers, 'question')} and what belongs to them. What was posted in {there} stays there."


# Votes as a set of questions for `newsqa eval`. A good answer becomes a question with that answer and its citations as
# gold, a good refusal one that is not answerable; any other a question to be reviewed. Voters are not named.

GOOD = "found-good"
TO_REVIEW = "to-be-looked-at"


def export_feedback(store: Store) -> Iterator[str]:
    """Yield a line of JSON for each answer with votes. Raises HistoryError."""
    for voted in store.load_voted_answers():
        yield to_line(_question_record(voted))


def _question_record(voted: VotedAnswer) -> JsonObject:
    answer = voted.answer
    good = voted.good > voted.bad
    record = {
        "id": voted.request_id,
        "question": answer.question,
        "asked": answer.asked.isoformat(),
        "history": [message for turn in recent_turns(voted.before) for message in _messages(turn)],
        "tags": [GOOD if good else TO_REVIEW],
        "meta": {"good": voted.good, "bad": voted.bad, "answer": answer.text, "model": answer.model},
    }
    if not good:
        return record
    if answer.refused:
        return {**record, "answerable": False}
    text = " ".join(sentence.text for sentence in answer.sentences)
    places = [{"article_id": one.article_id, "url": one.url, "quote": one.quote} for one in answer.citations]
    gold = [{name: value for name, value in place.items() if value} for place in places]
    return {**record, "answerable": True, "answers": [text], "gold": gold}


def _messages(turn: Turn) -> list[JsonObject]:
    return [{"role": "user", "content": turn.question}, {"role": "assistant", "content": turn.answer}]
