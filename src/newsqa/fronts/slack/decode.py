"""What Slack sends, as messages that know no platform: pure, and sceptical of every field."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from newsqa.bot.messages import Message, Place
from newsqa.render.slack import shown

if TYPE_CHECKING:
    from collections.abc import Mapping

    from newsqa.records import JsonObject

SPOKEN = frozenset({"", "file_share", "me_message", "thread_broadcast"})
"""Subtypes of messages in which a person says something; joining, topics and the like have others."""

_MENTION = re.compile(r"<@([UW][A-Z0-9]*)(?:\|[^>]*)?>")


@dataclass(frozen=True, slots=True)
class Edited:
    """A message that has other words now."""

    message: Message


@dataclass(frozen=True, slots=True)
class Deleted:
    """A message that is gone."""

    place: Place
    id: str


Spoken = Message | Edited | Deleted


def heard(body: Mapping[str, Any], bot: str) -> Spoken | None:
    """Return what an event of the Events API says to the bot whose user id is `bot`; None where that is nothing.

    Nothing are other kinds of events, what bots write, and what people in a channel say to each other: without a
    mention of the bot only messages of a thread count, and only those that mention nobody else.
    """
    event = body.get("event") or {}
    if event.get("type") not in {"message", "app_mention"}:
        return None
    if event.get("subtype") == "message_deleted":
        previous = event.get("previous_message") or {}
        return _deleted(body, {**previous, "ts": event.get("deleted_ts") or previous.get("ts")})
    if event.get("subtype") == "message_changed":
        return _changed(body, event, bot)
    message = _message(body, event, bot)
    return Edited(message) if message and event.get("edited") else message


def commanded(body: Mapping[str, Any], *, raw: bool = False) -> Message:
    """Return what a slash command asks, for its asker alone; `raw` leaves links to channels as Slack writes them."""
    channel = str(body["channel_id"])
    place = Place("slack", _team(body), channel, direct=channel.startswith("D"))
    words = str(body.get("text") or "")
    text = words.strip() if raw else shown(words)
    return Message(body["trigger_id"], place, body["user_id"], text, addressed=True, private=True)


def _changed(body: Mapping[str, Any], event: JsonObject, bot: str) -> Spoken | None:
    new, old = event.get("message") or {}, event.get("previous_message") or {}
    if new.get("subtype") == "tombstone":  # a deleted message with replies
        return _deleted(body, {**old, **new})
    if new.get("text") == old.get("text"):  # Slack unfurled a link, or counted a reply
        return None
    message = _message(body, new, bot)
    return Edited(message) if message else None


def _deleted(body: Mapping[str, Any], gone: JsonObject) -> Deleted | None:
    return Deleted(_place(body, gone), gone["ts"]) if gone.get("ts") else None


def _message(body: Mapping[str, Any], said: JsonObject, bot: str) -> Message | None:
    person, text = said.get("user"), said.get("text") or ""
    if not person or not said.get("ts") or _machine(said, bot) or (said.get("subtype") or "") not in SPOKEN:
        return None
    place, mentioned = _place(body, said), set(_MENTION.findall(text))
    addressed = place.direct or bot in mentioned
    if not addressed and (mentioned or not said.get("thread_ts")):
        return None
    words = shown(_MENTION.sub(lambda m: " " if m[1] == bot else m[0], text))
    return Message(said["ts"], place, person, " ".join(words.split()), addressed, event=str(body.get("event_id") or ""))


def _machine(said: JsonObject, bot: str) -> bool:
    return bool(said.get("bot_id")) or said.get("user") in {bot, "USLACKBOT"}


def _place(body: Mapping[str, Any], said: JsonObject) -> Place:
    event = body["event"]
    channel = str(event.get("channel") or "")
    direct = event.get("channel_type") == "im" or channel.startswith("D")
    thread = said.get("thread_ts") or ("" if direct else said["ts"])
    return Place("slack", _team(body), channel, thread, direct)


def _team(body: Mapping[str, Any]) -> str:
    return str(body.get("team_id") or body.get("enterprise_id") or "")
