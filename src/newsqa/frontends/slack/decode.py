"""Decode what Slack sends into messages that know no platform; no field is trusted."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from newsqa.bot.events import ConversationPlace, Message
from newsqa.render.slack import strip_markup

if TYPE_CHECKING:
    from collections.abc import Mapping

    from newsqa.types import JsonObject


WRITTEN_SUBTYPES = frozenset({"", "file_share", "me_message", "thread_broadcast"})
"""Subtypes of messages that a person wrote; joining, topics and the like have others."""

_MENTION = re.compile(r"<@([UW][A-Z0-9]*)(?:\|[^>]*)?>")


@dataclass(frozen=True, slots=True)
class MessageEdited:
    """A message with its new text."""

    message: Message


@dataclass(frozen=True, slots=True)
class MessageDeleted:
    """A message that was deleted."""

    place: ConversationPlace
    id: str


SlackEvent = Message | MessageEdited | MessageDeleted


def decode_event(body: Mapping[str, Any], bot: str) -> SlackEvent | None:
    """Return what an event of the Events API says to the bot whose user id is `bot`, or None.

    None are other kinds of events, messages of bots, and messages between people in a channel: without a mention of the
    bot only messages in threads count, and only those that mention nobody else.
    """
    event = _object(body, "event")
    if _text(event, "type") not in {"message", "app_mention"} or not _text(event, "channel"):
        return None
    if event.get("subtype") == "message_deleted":
        previous = _object(event, "previous_message")
        return _decode_delete(body, {**previous, "ts": _text(event, "deleted_ts") or _text(previous, "ts")})
    if event.get("subtype") == "message_changed":
        return _decode_edit(body, event, bot)
    message = _decode_message(body, event, bot)
    return MessageEdited(message) if message and event.get("edited") else message


def decode_command(body: Mapping[str, Any], *, raw: bool = False) -> Message:
    """Return the private message of a slash command; `raw` keeps links to channels as Slack writes them."""
    channel = str(body["channel_id"])
    place = ConversationPlace("slack", _team(body), channel, direct=channel.startswith("D"))
    text = str(body.get("text") or "").strip()
    text = text if raw else strip_markup(text)
    return Message(body["trigger_id"], place, body["user_id"], text, addressed=True, private=True)


def _decode_edit(body: Mapping[str, Any], event: JsonObject, bot: str) -> SlackEvent | None:
    new, old = _object(event, "message"), _object(event, "previous_message")
    if new.get("subtype") == "tombstone":  # a deleted message with replies
        return _decode_delete(body, {**old, **new})
    if new.get("text") == old.get("text"):  # Slack unfurled a link, or counted a reply
        return None
    message = _decode_message(body, new, bot)
    return MessageEdited(message) if message else None


def _decode_delete(body: Mapping[str, Any], fields: JsonObject) -> MessageDeleted | None:
    ts = _text(fields, "ts")
    return MessageDeleted(_place(body, fields), ts) if ts else None


def _decode_message(body: Mapping[str, Any], fields: JsonObject, bot: str) -> Message | None:
    person, ts, text = _text(fields, "user"), _text(fields, "ts"), _text(fields, "text")
    if not person or not ts or _is_from_bot(fields, bot) or _text(fields, "subtype") not in WRITTEN_SUBTYPES:
        return None
    place, mentioned = _place(body, fields), set(_MENTION.findall(text))
    addressed = place.direct or bot in mentioned
    if not addressed and (mentioned or not fields.get("thread_ts")):
        return None
    plain = strip_markup(_MENTION.sub(lambda m: " " if m[1] == bot else m[0], text))
    return Message(ts, place, person, " ".join(plain.split()), addressed, event=_text(body, "event_id"))


def _is_from_bot(fields: JsonObject, bot: str) -> bool:
    return bool(fields.get("bot_id")) or fields.get("user") in {bot, "USLACKBOT"}


def _place(body: Mapping[str, Any], fields: JsonObject) -> ConversationPlace:
    event = _object(body, "event")
    channel = _text(event, "channel")
    direct = event.get("channel_type") == "im" or channel.startswith("D")
    thread = _text(fields, "thread_ts") or ("" if direct else _text(fields, "ts"))
    return ConversationPlace("slack", _team(body), channel, thread, direct)


def _team(body: Mapping[str, Any]) -> str:
    return _text(body, "team_id") or _text(body, "enterprise_id")


def _text(value: Mapping[str, Any], name: str) -> str:
    found = value.get(name)
    return found if isinstance(found, str) else ""


def _object(value: Mapping[str, Any], name: str) -> JsonObject:
    found = value.get(name)
    return found if isinstance(found, dict) else {}
