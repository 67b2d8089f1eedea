"""What the bot's admins may do from within the platform, and what everybody may: `/newsqa WORDS`."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

from newsqa.bot.channels import NAMES, channel_named
from newsqa.bot.log import logger
from newsqa.bot.status import asked, status
from newsqa.bot.store import Store
from newsqa.errors import NewsqaError, UsageError
from newsqa.render.wording import count

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from newsqa.bot.messages import Outcome, Place
    from newsqa.bot.status import Channel
    from newsqa.settings import Settings

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


def command(text: str, person: str, place: Place, settings: Settings) -> str:
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


def _done(words: list[str], person: str, place: Place, settings: Settings) -> str:
    match [*map(str.lower, words)]:
        case ["forget", "me"]:
            return _forget_me(person, place, settings)
        case [] | ["help"]:
            return _help(admin=person in settings.bot_admins)
    if person not in settings.bot_admins:
        return NOT_AN_ADMIN.format(everybody=" and ".join(line.split(":")[0] for line in EVERYBODY))
    return _as_admin(words, place, settings)


def _as_admin(words: list[str], place: Place, settings: Settings) -> str:
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
    found = status(settings)
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


def _channels(settings: Settings, here: Place) -> str:
    found = [channel for channel in status(settings).channels if channel.platform == here.platform]
    lines = [_line(channel, here) for channel in found[:TOLD]]
    more = [f"and {len(found) - TOLD:,} more"] if len(found) > TOLD else []
    return "\n".join([*lines, *more]) or "I was not asked anywhere yet."


def _line(channel: Channel, here: Place) -> str:
    name = f"{channel.id}{' (here)' if channel.id == here.channel else ''}" if channel.id else "direct messages"
    state = "" if channel.enabled else " · silent"
    state += "" if channel.listed else " · not on the list of channels in my settings"
    return f"{name}: {count(asked(channel.counts), 'question')}{state}"


def _channel(named: list[str], here: Place) -> Place:
    """Return the channel that is named, else the one where the command was given."""
    if len(named) > 1:
        raise UsageError("Name one channel, or none for this one.")
    if not named:
        return type(here)(here.platform, here.team, here.channel, direct=here.direct)
    platform, channel = channel_named(named[0])
    if platform != here.platform:
        raise UsageError(f"{channel} is no channel of this platform.")
    return type(here)(platform, here.team, channel)


def _disable(channel: Place, settings: Settings) -> str:
    with closing(Store(settings.sessions_folder())) as store:
        store.disable(channel.platform, channel.channel)
    return f"I am silent in {channel.channel} from now on. /newsqa enable {channel.channel} undoes that."


def _enable(channel: Place, settings: Settings) -> str:
    with closing(Store(settings.sessions_folder())) as store:
        changed = store.enable(channel.platform, channel.channel)
    if settings.bot_channels and channel.channel not in settings.bot_channels and not channel.direct:
        return f"My settings list the channels that I serve, and {channel.channel} is not among them."
    return f"I answer in {channel.channel}{' again' if changed else '; I was not silent there'}."


def _forget_channel(channel: Place, settings: Settings) -> str:
    with closing(Store(settings.sessions_folder())) as store:
        return _forgotten(store.forget_place(channel), channel)


def _forget_me(person: str, place: Place, settings: Settings) -> str:
    with closing(Store(settings.sessions_folder())) as store:
        return _forgotten(store.forget_person(place.platform, person), place)


def _forgotten(answers: int, place: Place) -> str:
    there = NAMES[place.platform]
    return f"Forgotten: {count(answers, 'question')} and what belongs to them. What was posted in {there} stays there."


_ON_CHANNEL: dict[str, Callable[[Place, Settings], str]] = {
    "enable": _enable,
    "disable": _disable,
    "forget": _forget_channel,
}
