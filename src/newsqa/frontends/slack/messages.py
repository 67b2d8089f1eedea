"""Messages between Slack and the bot: what Slack sends is decoded, no field is trusted; what is sent, and retried."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from slack_sdk.errors import SlackApiError
from slack_sdk.http_retry.builtin_async_handlers import (
    AsyncConnectionErrorRetryHandler,
    AsyncRateLimitErrorRetryHandler,
    AsyncServerErrorRetryHandler,
)
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.webhook.async_client import AsyncWebhookClient

from newsqa.bot.events import ConversationPlace, Message
from newsqa.errors import NewsqaError
from newsqa.render.slack import SlackMessage, strip_markup

if TYPE_CHECKING:
    import logging
    from collections.abc import Mapping

    from aiohttp import ClientSession
    from slack_sdk.http_retry.async_handler import AsyncRetryHandler

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
    is_from_bot = fields.get("bot_id") or person in {bot, "USLACKBOT"}
    if not person or not ts or is_from_bot or _text(fields, "subtype") not in WRITTEN_SUBTYPES:
        return None
    place, mentioned = _place(body, fields), set(_MENTION.findall(text))
    addressed = place.direct or bot in mentioned
    if not addressed and (mentioned or not fields.get("thread_ts")):
        return None
    plain = strip_markup(_MENTION.sub(lambda m: " " if m[1] == bot else m[0], text))
    return Message(ts, place, person, " ".join(plain.split()), addressed, event=_text(body, "event_id"))


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


# Calls to Slack's Web API and response URLs: what is sent, what is retried and what is not.

BLOCK_ERRORS = frozenset({"invalid_blocks", "invalid_blocks_format", "msg_blocks_too_long"})
"""Errors of Slack for blocks that it does not accept."""

REPLY = "newsqa_reply"  # the type of the metadata of a message
MAX_SEARCHED = 100  # messages after a question that are searched for replies to it
NO_PREVIEWS = {"unfurl_links": False, "unfurl_media": False}


class ResponseRejectedError(NewsqaError):
    """Slack did not accept a message at the response URL of a click or a command."""


class SlackSender:
    """Sends messages: to the Web API at `url`, over one session, through a proxy, with a logger that gets no texts.

    Raises SlackApiError, ResponseRejectedError, ClientError (aiohttp) or TimeoutError.
    """

    def __init__(
        self, url: str, token: str, session: ClientSession, logger: logging.Logger, proxy: str | None = None
    ) -> None:
        self.url = url
        self.session = session
        self.logger = logger
        self.proxy = proxy
        self.client = self.client_of(token)
        self._client_without_wait = self.client_of(token, wait=False)

    def client_of(self, token: str | None, *, wait: bool = True) -> AsyncWebClient:
        """Return a client that retries, also after a rate limit (429) and server errors unless `wait` is false."""
        handlers: list[AsyncRetryHandler] = [AsyncConnectionErrorRetryHandler(max_retry_count=2 if wait else 1)]
        if wait:
            rate_limit = AsyncRateLimitErrorRetryHandler(max_retry_count=4)
            handlers = [rate_limit, *handlers, AsyncServerErrorRetryHandler(max_retry_count=2)]
        client = AsyncWebClient(
            token, base_url=self.url, session=self.session, logger=self.logger, retry_handlers=handlers
        )
        client.proxy = self.proxy  # the client itself looks for one in the environment, and ignores NO_PROXY
        return client

    async def post(self, place: ConversationPlace, message: SlackMessage, question: str = "") -> str:
        """Post into the thread of a place, marked with the id of the question; return the id (ts) of the message."""
        fields: dict[str, Any] = {"channel": place.channel, "thread_ts": place.thread or None, **NO_PREVIEWS}
        if question:
            fields["metadata"] = {"event_type": REPLY, "event_payload": {"question": question}}
        reply = await _send(self.client.chat_postMessage, message, fields)
        return str(reply["ts"])

    async def find_posted(self, place: ConversationPlace, question: str) -> tuple[str, ...]:
        """Return the ids of the messages posted for a question, oldest first; they are looked for after it."""
        fields: dict[str, Any] = {"channel": place.channel, "oldest": question, "limit": MAX_SEARCHED}
        fields["include_all_metadata"] = True
        found = await (
            self.client.conversations_replies(ts=place.thread, **fields)
            if place.thread
            else self.client.conversations_history(**fields)
        )
        marked = [(_object(one, "metadata"), str(one["ts"])) for one in found["messages"]]
        own = [ts for mark, ts in marked if _object(mark, "event_payload").get("question") == question]
        return tuple(sorted(own, key=float))

    async def update(self, place: ConversationPlace, ts: str, message: SlackMessage, *, wait: bool = True) -> None:
        """Replace a message; unless `wait`, a rate limit is an error at once."""
        client = self.client if wait else self._client_without_wait
        await _send(client.chat_update, message, {"channel": place.channel, "ts": ts, "parse": "none"})

    async def delete(self, place: ConversationPlace, ts: str) -> None:
        """Delete a message."""
        await self.client.chat_delete(channel=place.channel, ts=ts)

    async def post_ephemeral(self, place: ConversationPlace, person: str, message: SlackMessage) -> None:
        """Post a message that only one person sees, until they reload."""
        fields = {"channel": place.channel, "user": person, "thread_ts": place.thread or None}
        await _send(self.client.chat_postEphemeral, message, fields)

    async def respond(self, url: str, message: SlackMessage | None = None, **fields: Any) -> None:
        """Send to the response URL of a click or a command; it accepts five messages in half an hour."""
        content = {"text": message.text, "blocks": list(message.blocks), **NO_PREVIEWS} if message else {}
        webhook = AsyncWebhookClient(
            url, session=self.session, logger=self.logger, retry_handlers=[AsyncRateLimitErrorRetryHandler(4)]
        )
        webhook.proxy = self.proxy
        reply = await webhook.send_dict({**content, **fields})
        if reply.status_code != 200:
            raise ResponseRejectedError(f"Slack answered {reply.status_code} ({reply.body[:80]}).")


async def _send(call: Any, message: SlackMessage, fields: JsonObject) -> Any:
    """Send a message; if Slack refuses its blocks, send only its text, which holds the answer too."""
    try:
        return await call(text=message.text, blocks=list(message.blocks), **fields)
    except SlackApiError as error:
        if error_code(error) not in BLOCK_ERRORS:
            raise
        return await call(text=message.text, blocks=[], **fields)


def error_code(error: Exception) -> str:
    """Return Slack's name of an error ("channel_not_found"), else the name of its class."""
    data = getattr(error.response, "data", None) if isinstance(error, SlackApiError) else None
    code = data.get("error") if isinstance(data, dict) else None  # the page of a proxy is not Slack's response
    return str(code or type(error).__name__)
