"""How Slack's events arrive: a Bolt app that acknowledges at once and passes them on, over HTTP or Socket Mode."""

from __future__ import annotations

import asyncio
import logging
import re
import time
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from typing import TYPE_CHECKING, Any

from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_sdk.signature import SignatureVerifier

from newsqa.bot.health import Metrics, serve_routes
from newsqa.bot.process import logger
from newsqa.frontends.slack.messages import SlackSender, decode_command, decode_event
from newsqa.frontends.slack.service import Click, SlackService

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Mapping

    from slack_sdk.socket_mode.aiohttp import SocketModeClient

    from newsqa.frontends.slack.run import SlackIdentity

    Ack = Callable[[], Awaitable[object]]
    Body = dict[str, Any]

ANY = re.compile("")
ADMIN_COMMAND = "/newsqa"
"""The command to the bot itself; every other one asks a question, since a workspace may have to rename `/ask`."""


def slack_app(service: SlackService, identity: SlackIdentity, signing_secret: str = "") -> AsyncApp:
    """Return the app, which handles envelopes (Socket Mode) and requests (HTTP).

    Bolt gets no token: it only acknowledges, and `service` sends all messages.
    """

    async def authorize() -> AuthorizeResult:
        return AuthorizeResult(
            enterprise_id=None, team_id=identity.team, bot_user_id=identity.user, bot_id=identity.bot
        )

    app = AsyncApp(
        name="slack_bolt.newsqa",  # Bolt sets the level of the logger of this name, which must not be our own
        client=service.sender.client_of(None),
        authorize=authorize,
        logger=service.sender.logger,
        signing_secret=signing_secret,
        attaching_function_token_enabled=False,
        attaching_conversation_kwargs_enabled=False,  # helpers for threads that nothing here needs
    )
    _register_events(app, service, identity)
    return app


def _register_events(app: AsyncApp, service: SlackService, identity: SlackIdentity) -> None:
    """Register handlers for envelopes of every kind, since Slack repeats those that are not acknowledged."""

    async def on_event(body: Body) -> None:
        if event := decode_event(body, identity.user):
            service.handle_event(event)

    async def on_command(ack: Ack, body: Body) -> None:
        await ack()
        if body["command"].lower() == ADMIN_COMMAND:
            service.handle_admin_command(decode_command(body, raw=True), body["response_url"])
        else:
            service.handle_question(decode_command(body), body["response_url"])

    async def on_action(ack: Ack, body: Body, action: Body) -> None:
        await ack()
        service.handle_click(_decode_click(body, action))

    async def on_other(ack: Ack) -> None:
        await ack()

    app.event(ANY)(on_event)
    app.command(ANY)(on_command)
    app.action(ANY)(on_action)
    app.shortcut(ANY)(on_other)
    app.view(ANY)(on_other)
    app.options(ANY)(on_other)


def _decode_click(body: Body, action: Body) -> Click:
    container = body.get("container") or {}
    thread = (body.get("message") or {}).get("thread_ts") or container.get("thread_ts") or ""
    return Click(
        action=str(action.get("action_id")),
        value=str(action.get("value") or ""),
        person=body["user"]["id"],
        trigger=body.get("trigger_id") or "",
        url=body.get("response_url") or "",
        channel=(body.get("channel") or {}).get("id") or container.get("channel_id") or "",
        thread="" if container.get("is_ephemeral") else thread,
    )


# HTTP: Slack sends requests to a public address, each with its signature.

log = logger("slack.http")

PATH = "/slack/events"
LARGEST_REQUEST = 1_000_000  # bytes; Slack's own requests are far smaller
REQUEST_SECONDS = 10.0  # time for a whole request to arrive
_STAMP, _SIGNATURE = re.compile(r"[0-9]{1,12}", re.ASCII), re.compile(r"v0=[0-9a-f]{64}", re.ASCII)


def serve_http(app: AsyncApp, secret: str, host: str, port: int) -> AbstractAsyncContextManager[None]:
    """Serve Slack's requests for as long as the context lasts. Raises SettingsError if the port cannot be used."""
    server = web.Application(client_max_size=LARGEST_REQUEST)
    server.add_routes([web.post(PATH, _RequestHandler(app, SignatureVerifier(secret)).handle)])
    return serve_routes(server, host, port, "Slack's requests", "Choose another --port, or --host.")


class _RequestHandler:
    def __init__(self, app: AsyncApp, verifier: SignatureVerifier) -> None:
        self.app = app
        self.verifier = verifier

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Respond 401 to what Slack did not sign in the last five minutes, before it is parsed."""
        try:
            async with asyncio.timeout(REQUEST_SECONDS):
                data = await request.read()
        except TimeoutError:
            return web.Response(status=408)
        if not self._is_signed(request, data):
            return web.Response(status=401, text="The signature is not Slack's, or too old.")
        return await self._dispatch(request, data.decode("utf-8", "replace"))

    async def _dispatch(self, request: web.Request, body: str) -> web.StreamResponse:
        try:
            envelope = AsyncBoltRequest(body=body, query=request.query_string, headers=dict(request.headers))
            response = await self.app.async_dispatch(envelope)
        except Exception as error:  # signed, but malformed: Bolt raises all kinds of errors
            log.warning("not_understood", error=type(error).__name__)
            return web.Response(status=400)
        if response.status >= 500:  # also malformed: Slack should not send it again
            return web.Response(status=400)
        return await to_aiohttp_response(response)

    def _is_signed(self, request: web.Request, data: bytes) -> bool:
        stamp = request.headers.get("X-Slack-Request-Timestamp", "")
        signature = request.headers.get("X-Slack-Signature", "")
        if not _STAMP.fullmatch(stamp) or not _SIGNATURE.fullmatch(signature):
            return False  # the verifier raises on what is not a number or not ASCII
        try:
            return bool(self.verifier.is_valid(data, stamp, signature))
        except UnicodeDecodeError:  # Slack sends UTF-8
            return False


# Socket Mode: a WebSocket that this side opens; no public address is needed.

socket_log = logger("slack.socket")

CHECK_SECONDS = 1.0  # time between two checks of the connection for the log
PING_SECONDS = 4.0  # time between the client's own checks: a broken connection is opened again within as many seconds
CONNECT_SECONDS = 5.0  # time to wait for the first connection before going on without one
CLOSE_SECONDS = 1.0  # time that the other side has to close the connection
STALE_SECONDS = 12.0  # time without a connection after which a new address is requested


@asynccontextmanager
async def serve_socket(app: AsyncApp, sender: SlackSender, app_token: str, metrics: Metrics) -> AsyncIterator[None]:
    """Handle envelopes from Slack's socket for as long as the context lasts, as soon as it is connected."""
    silent = sender.logger.getChild("socket")
    silent.setLevel(logging.CRITICAL)  # `_watch` logs what matters
    handler = AsyncSocketModeHandler(app, app_token, logger=silent, ping_interval=PING_SECONDS)
    handler.client.proxy = sender.proxy  # the client itself looks for one in the environment, and ignores NO_PROXY

    async def on_message(_: object, message: Mapping[str, object], *__: object) -> None:
        if message.get("type") == "hello":  # also of a connection that replaces another without a gap
            metrics.set_disconnected()
            metrics.set_connected()

    handler.client.message_listeners.append(on_message)
    connecting = asyncio.create_task(handler.connect_async())  # type: ignore[no-untyped-call]
    watching = asyncio.create_task(_watch(handler.client, metrics))
    try:
        await asyncio.wait({connecting}, timeout=CONNECT_SECONDS)  # it retries until it succeeds
        yield
    finally:
        connecting.cancel()
        watching.cancel()
        await asyncio.gather(connecting, watching, return_exceptions=True)
        with suppress(TimeoutError):
            async with asyncio.timeout(CLOSE_SECONDS):
                await handler.close_async()  # type: ignore[no-untyped-call]
        await handler.client.aiohttp_client_session.close()


async def _watch(client: SocketModeClient, metrics: Metrics) -> None:
    """Log when the connection is lost and when it is back; request a new address while there is none.

    The client itself would try the last address for ever, and log a trace each time.
    """
    lost = 0.0
    while True:
        await asyncio.sleep(CHECK_SECONDS)
        if await client.is_connected():
            if lost:
                socket_log.info("socket_back", seconds=round(time.monotonic() - lost))
            lost = 0.0
        elif not lost:
            lost = time.monotonic()
            metrics.set_disconnected()
            socket_log.warning("socket_lost")
        elif time.monotonic() - lost > STALE_SECONDS:
            client.wss_uri = None
