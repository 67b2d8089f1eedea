"""Calls to Slack's Web API and response URLs: what is sent, what is retried and what is not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from slack_sdk.errors import SlackApiError
from slack_sdk.http_retry.builtin_async_handlers import (
    AsyncConnectionErrorRetryHandler,
    AsyncRateLimitErrorRetryHandler,
    AsyncServerErrorRetryHandler,
)
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.webhook.async_client import AsyncWebhookClient

from newsqa.errors import NewsqaError

if TYPE_CHECKING:
    import logging

    from aiohttp import ClientSession
    from slack_sdk.http_retry.async_handler import AsyncRetryHandler

    from newsqa.bot.events import ConversationPlace
    from newsqa.render.slack import SlackMessage
    from newsqa.types import JsonObject


BLOCK_ERRORS = frozenset({"invalid_blocks", "invalid_blocks_format", "msg_blocks_too_long"})
"""Errors of Slack for blocks that it does not accept."""

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

    async def post(self, place: ConversationPlace, message: SlackMessage) -> str:
        """Post into the thread of a place; return the id (ts) of the message."""
        fields = {"channel": place.channel, "thread_ts": place.thread or None, **NO_PREVIEWS}
        reply = await _send(self.client.chat_postMessage, message, fields)
        return str(reply["ts"])

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

    async def open_view(self, trigger: str, view: JsonObject) -> None:
        """Open a modal for the person who clicked less than three seconds ago."""
        await self.client.views_open(trigger_id=trigger, view=view)

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
