"""What Slack sends, as messages that know no platform: pure, and sceptical of every field."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from newsqa.bot.events import ConversationPlace, Message
from newsqa.render.slack import shown

if TYPE_CHECKING:
    from collections.abc import Mapping

    from newsqa.types import JsonObject


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

    place: ConversationPlace
    id: str


Spoken = Message | Edited | Deleted


def heard(body: Mapping[str, Any], bot: str) -> Spoken | None:
    """Return what an event of the Events API says to the bot whose user id is `bot`; None where that is nothing.

    Nothing are other kinds of events, what bots write, and what people in a channel say to each other: without a
    mention of the bot only messages of a thread count, and only those that mention nobody else.
    """
    event = _object(body, "event")
    if _text(event, "type") not in {"message", "app_mention"} or not _text(event, "channel"):
        return None
    if event.get("subtype") == "message_deleted":
        previous = _object(event, "previous_message")
        return _deleted(body, {**previous, "ts": _text(event, "deleted_ts") or _text(previous, "ts")})
    if event.get("subtype") == "message_changed":
        return _changed(body, event, bot)
    message = _message(body, event, bot)
    return Edited(message) if message and event.get("edited") else message


def commanded(body: Mapping[str, Any], *, raw: bool = False) -> Message:
    """Return what a slash command asks, for its asker alone; `raw` leaves links to channels as Slack writes them."""
    channel = str(body["channel_id"])
    place = ConversationPlace("slack", _team(body), channel, direct=channel.startswith("D"))
    words = str(body.get("text") or "")
    text = words.strip() if raw else shown(words)
    return Message(body["trigger_id"], place, body["user_id"], text, addressed=True, private=True)


def _changed(body: Mapping[str, Any], event: JsonObject, bot: str) -> Spoken | None:
    new, old = _object(event, "message"), _object(event, "previous_message")
    if new.get("subtype") == "tombstone":  # a deleted message with replies
        return _deleted(body, {**old, **new})
    if new.get("text") == old.get("text"):  # Slack unfurled a link, or counted a reply
        return None
    message = _message(body, new, bot)
    return Edited(message) if message else None


def _deleted(body: Mapping[str, Any], gone: JsonObject) -> Deleted | None:
    ts = _text(gone, "ts")
    return Deleted(_place(body, gone), ts) if ts else None


def _message(body: Mapping[str, Any], said: JsonObject, bot: str) -> Message | None:
    person, ts, text = _text(said, "user"), _text(said, "ts"), _text(said, "text")
    if not person or not ts or _machine(said, bot) or _text(said, "subtype") not in SPOKEN:
        return None
    place, mentioned = _place(body, said), set(_MENTION.findall(text))
    addressed = place.direct or bot in mentioned
    if not addressed and (mentioned or not said.get("thread_ts")):
        return None
    words = shown(_MENTION.sub(lambda m: " " if m[1] == bot else m[0], text))
    return Message(ts, place, person, " ".join(words.split()), addressed, event=_text(body, "event_id"))


def _machine(said: JsonObject, bot: str) -> bool:
    return bool(said.get("bot_id")) or said.get("user") in {bot, "USLACKBOT"}


def _place(body: Mapping[str, Any], said: JsonObject) -> ConversationPlace:
    event = _object(body, "event")
    channel = _text(event, "channel")
    direct = event.get("channel_type") == "im" or channel.startswith("D")
    thread = _text(said, "thread_ts") or ("" if direct else _text(said, "ts"))
    return ConversationPlace("slack", _team(body), channel, thread, direct)


def _team(body: Mapping[str, Any]) -> str:
    return _text(body, "team_id") or _text(body, "enterprise_id")


def _text(value: Mapping[str, Any], name: str) -> str:
    found = value.get(name)
    return found if isinstance(found, str) else ""


def _object(value: Mapping[str, Any], name: str) -> JsonObject:
    found = value.get(name)
    return found if isinstance(found, dict) else {}
