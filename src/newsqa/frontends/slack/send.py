"""Posts on their way to Slack: every call that leaves, with what is tried again and what is not."""

from __future__ import annotations

from dataclasses import dataclass, field
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
    from newsqa.render.slack import Post
    from newsqa.types import JsonObject


UNFIT = frozenset({"invalid_blocks", "invalid_blocks_format", "msg_blocks_too_long"})
"""What Slack says of blocks that it does not take."""

QUIET = {"unfurl_links": False, "unfurl_media": False}


@dataclass(frozen=True, slots=True)
class SlackConnection:
    """How Slack is reached: the base of its Web API, the one session for all calls, a proxy, a logger without texts."""

    url: str
    session: ClientSession
    logger: logging.Logger
    proxy: str | None = None

    def client(self, token: str | None, *, patient: bool = True) -> AsyncWebClient:
        """Make a client; one that is not patient does not wait where Slack says that it was called too often."""
        handlers: list[AsyncRetryHandler] = patient_handlers() if patient else [AsyncConnectionErrorRetryHandler()]
        client = AsyncWebClient(
            token, base_url=self.url, session=self.session, logger=self.logger, retry_handlers=handlers
        )
        client.proxy = self.proxy  # the client itself looks for one in the environment, and past NO_PROXY
        return client

    def webhook(self, url: str) -> AsyncWebhookClient:
        """Make a client for the address under which Slack takes what belongs to a click or a command."""
        client = AsyncWebhookClient(
            url, session=self.session, logger=self.logger, retry_handlers=[AsyncRateLimitErrorRetryHandler(4)]
        )
        client.proxy = self.proxy
        return client


def patient_handlers() -> list[AsyncRetryHandler]:
    """Try again: as late as Slack asks (429), at once where a connection broke, shortly where Slack failed."""
    return [
        AsyncRateLimitErrorRetryHandler(max_retry_count=4),
        AsyncConnectionErrorRetryHandler(max_retry_count=2),
        AsyncServerErrorRetryHandler(max_retry_count=2),
    ]


class NotTakenError(NewsqaError):
    """Slack did not take a message at the address of a click or a command."""


@dataclass(frozen=True, slots=True)
class Sender:
    """Sends posts. Raises SlackApiError, NotTakenError, ClientError (aiohttp) or TimeoutError where it cannot."""

    line: SlackConnection
    token: str
    client: AsyncWebClient = field(init=False)
    hasty: AsyncWebClient = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "client", self.line.client(self.token))
        object.__setattr__(self, "hasty", self.line.client(self.token, patient=False))

    async def post(self, place: ConversationPlace, post: Post) -> str:
        """Post into the thread of a place; return the name (ts) of the message."""
        told = {"channel": place.channel, "thread_ts": place.thread or None, **QUIET}
        reply = await _fitting(self.client.chat_postMessage, post, told)
        return str(reply["ts"])

    async def update(self, place: ConversationPlace, ts: str, post: Post, *, patient: bool = True) -> None:
        """Put a post in the place of a message."""
        client = self.client if patient else self.hasty
        await _fitting(client.chat_update, post, {"channel": place.channel, "ts": ts, "parse": "none"})

    async def delete(self, place: ConversationPlace, ts: str) -> None:
        """Take a message away."""
        await self.client.chat_delete(channel=place.channel, ts=ts)

    async def whisper(self, place: ConversationPlace, person: str, post: Post) -> None:
        """Post what only one person sees, until they reload."""
        told = {"channel": place.channel, "user": person, "thread_ts": place.thread or None}
        await _fitting(self.client.chat_postEphemeral, post, told)

    async def open(self, trigger: str, view: JsonObject) -> None:
        """Open a modal for the person who clicked less than three seconds ago."""
        await self.client.views_open(trigger_id=trigger, view=view)

    async def respond(self, url: str, post: Post | None = None, **how: Any) -> None:
        """Send to the address of a click or a command; it takes five messages in half an hour."""
        words = {"text": post.text, "blocks": list(post.blocks), **QUIET} if post else {}
        reply = await self.line.webhook(url).send_dict({**words, **how})
        if reply.status_code != 200:
            raise NotTakenError(f"Slack answered {reply.status_code} ({reply.body[:80]}).")


async def _fitting(call: Any, post: Post, told: JsonObject) -> Any:
    """Send a post; where Slack takes its blocks no more, send its text, which holds the answer too."""
    try:
        return await call(text=post.text, blocks=list(post.blocks), **told)
    except SlackApiError as error:
        if fault(error) not in UNFIT:
            raise
        return await call(text=post.text, blocks=[], **told)


def fault(error: Exception) -> str:
    """Return Slack's own name of an error ("channel_not_found"), else that of its kind."""
    told = getattr(error.response, "data", None) if isinstance(error, SlackApiError) else None
    named = told.get("error") if isinstance(told, dict) else None  # a page of a proxy is no answer of Slack's
    return str(named or type(error).__name__)
