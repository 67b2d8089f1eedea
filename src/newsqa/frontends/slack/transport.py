"""The app as Bolt sees it: every envelope is acknowledged at once, and handed on."""

from __future__ import annotations

import asyncio
import logging
import re
import time
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING, Any

from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_sdk.signature import SignatureVerifier

from newsqa.bot.log import logger
from newsqa.errors import NewsqaError
from newsqa.frontends.slack.decode import commanded, heard
from newsqa.frontends.slack.service import Click

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Mapping

    from slack_sdk.socket_mode.aiohttp import SocketModeClient

    from newsqa.bot.metrics import Metrics
    from newsqa.frontends.slack.preflight import SlackIdentity
    from newsqa.frontends.slack.send import SlackConnection
    from newsqa.frontends.slack.service import Service

    Ack = Callable[[], Awaitable[object]]
    Body = dict[str, Any]


ANY = re.compile("")
KEEPING = "/newsqa"
"""The command to the bot itself; every other one asks, since a workspace may have to name `/ask` otherwise."""


def slack_app(service: Service, identity: SlackIdentity, line: SlackConnection, signing_secret: str = "") -> AsyncApp:
    """Return the app; it serves as long as something hands it envelopes (Socket Mode) or requests (HTTP).

    Bolt gets no token: it only acknowledges, and everything that is posted is sent by `service`.
    """

    async def authorize() -> AuthorizeResult:
        return AuthorizeResult(
            enterprise_id=None, team_id=identity.team, bot_user_id=identity.user, bot_id=identity.bot
        )

    app = AsyncApp(
        name="slack_bolt.newsqa",  # Bolt sets the level of the logger of this name, which must not be our own
        client=line.client(None),
        authorize=authorize,
        logger=line.logger,
        signing_secret=signing_secret,
        attaching_function_token_enabled=False,
        attaching_conversation_kwargs_enabled=False,  # helpers for threads that nothing here needs
    )
    _register_events(app, service, identity)
    return app


def _register_events(app: AsyncApp, service: Service, identity: SlackIdentity) -> None:
    """Register what is done for each kind of envelope; of each kind all are taken, since Slack repeats what is not."""

    async def on_event(body: Body) -> None:
        if spoken := heard(body, identity.user):
            service.hear(spoken)

    async def on_command(ack: Ack, body: Body) -> None:
        await ack()
        if body["command"].lower() == KEEPING:
            service.keep(commanded(body, raw=True), body["response_url"])
        else:
            service.command(commanded(body), body["response_url"])

    async def on_action(ack: Ack, body: Body, action: Body) -> None:
        await ack()
        service.click(_click(body, action))

    async def on_other(ack: Ack) -> None:
        await ack()

    app.event(ANY)(on_event)
    app.command(ANY)(on_command)
    app.action(ANY)(on_action)
    app.shortcut(ANY)(on_other)
    app.view(ANY)(on_other)
    app.options(ANY)(on_other)


def _click(body: Body, action: Body) -> Click:
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


# The way in over HTTP: Slack calls a public address, and every request must bear its signature.

log = logger("slack.http")

PATH = "/slack/events"
LARGEST = 1_000_000
"""Bytes of a request; Slack's own are far smaller."""

SLOWEST = 10.0
"""Seconds for the whole of a request to arrive."""

_STAMP, _SIGNATURE = re.compile(r"[0-9]{1,12}", re.ASCII), re.compile(r"v0=[0-9a-f]{64}", re.ASCII)


@asynccontextmanager
async def http(app: AsyncApp, secret: str, host: str, port: int) -> AsyncIterator[None]:
    """Answer Slack's requests on a port for as long as the context lasts. Raises NewsqaError where it cannot be had."""
    door = web.Application(client_max_size=LARGEST)
    door.add_routes([web.post(PATH, _RequestServer(app, SignatureVerifier(secret)).take)])
    runner = web.AppRunner(door, access_log=None, shutdown_timeout=1.0)
    await runner.setup()
    try:
        await _listen_http(runner, host, port)
        yield
    finally:
        await runner.cleanup()


async def _listen_http(runner: web.AppRunner, host: str, port: int) -> None:
    try:
        await web.TCPSite(runner, host, port).start()
    except OSError as error:
        raise NewsqaError(
            f"Port {port} of {host} cannot be had: {error.strerror}.", hint="Choose another --port, or --host."
        ) from error


class _RequestServer:
    def __init__(self, app: AsyncApp, verifier: SignatureVerifier) -> None:
        self.app = app
        self.verifier = verifier

    async def take(self, request: web.Request) -> web.StreamResponse:
        """Answer 401 to what Slack did not sign in the last five minutes, before anything reads it."""
        try:
            async with asyncio.timeout(SLOWEST):
                data = await request.read()
        except TimeoutError:
            return web.Response(status=408)
        if not self._signed(request, data):
            return web.Response(status=401, text="The signature is not Slack's, or too old.")
        return await self._dispatched(request, data.decode("utf-8", "replace"))

    async def _dispatched(self, request: web.Request, body: str) -> web.StreamResponse:
        try:
            told = AsyncBoltRequest(body=body, query=request.query_string, headers=dict(request.headers))
            answer = await self.app.async_dispatch(told)
        except Exception as error:  # signed, but nothing that Slack sends: Bolt raises whatever it runs into
            log.warning("not_understood", error=type(error).__name__)
            return web.Response(status=400)
        if answer.status >= 500:  # the same, further in; nothing here was lost that Slack should send again
            return web.Response(status=400)
        return await to_aiohttp_response(answer)

    def _signed(self, request: web.Request, data: bytes) -> bool:
        stamp = request.headers.get("X-Slack-Request-Timestamp", "")
        signature = request.headers.get("X-Slack-Signature", "")
        if not _STAMP.fullmatch(stamp) or not _SIGNATURE.fullmatch(signature):
            return False  # the verifier raises at what is no number, and at what is not ASCII
        try:
            return bool(self.verifier.is_valid(data, stamp, signature))
        except UnicodeDecodeError:  # nothing that Slack sends
            return False


# The way in without a public address: a WebSocket that this side opens.

socket_log = logger("slack.socket")

LOOK = 1.0
"""Seconds between looks at the connection for the log."""

PING = 4.0
"""Seconds between the client's own looks: a connection that broke is opened anew within as many."""

WAIT = 5.0
"""Seconds to wait for the first connection before going on without one."""

GOODBYE = 1.0
"""Seconds that the other side has to take leave."""

STALE = 12.0
"""Seconds without a connection after which a new address is asked for."""


@asynccontextmanager
async def socket(app: AsyncApp, line: SlackConnection, app_token: str, vitals: Metrics) -> AsyncIterator[None]:
    """Take envelopes from Slack's socket for as long as the context lasts, from the first moment that there is one."""
    handler = AsyncSocketModeHandler(app, app_token, logger=_silent(line.logger), ping_interval=PING)
    handler.client.proxy = line.proxy  # the client itself looks for one in the environment, and past NO_PROXY
    handler.client.message_listeners.append(_greeted(vitals))
    connecting = asyncio.create_task(handler.connect_async())  # type: ignore[no-untyped-call]
    watching = asyncio.create_task(_watch(handler.client, vitals))
    try:
        await asyncio.wait({connecting}, timeout=WAIT)  # it tries until it succeeds
        yield
    finally:
        connecting.cancel()
        watching.cancel()
        await asyncio.gather(connecting, watching, return_exceptions=True)
        await _close(handler)


def _greeted(vitals: Metrics) -> Callable[..., Awaitable[None]]:
    """Return what notes each connection, also one that takes the place of another without a gap."""

    async def heard(_: object, message: Mapping[str, object], *__: object) -> None:
        if message.get("type") == "hello":
            vitals.lost()
            vitals.connected()

    return heard


def _silent(logger: logging.Logger) -> logging.Logger:
    silent = logger.getChild("socket")
    silent.setLevel(logging.CRITICAL)  # what matters is told by `_watch`
    return silent


async def _close(handler: AsyncSocketModeHandler) -> None:
    """Close the socket, whether or not the other side takes leave."""
    with suppress(TimeoutError):
        async with asyncio.timeout(GOODBYE):
            await handler.close_async()  # type: ignore[no-untyped-call]
    await handler.client.aiohttp_client_session.close()


async def _watch(client: SocketModeClient, vitals: Metrics) -> None:
    """Tell when the connection is lost and when it is back; have a new address asked for while there is none.

    The client itself would try the last address for ever, and log a trace each time.
    """
    lost = 0.0
    while True:
        await asyncio.sleep(LOOK)
        if await client.is_connected():
            if lost:
                socket_log.info("socket_back", seconds=round(time.monotonic() - lost))
            lost = 0.0
        elif not lost:
            lost = time.monotonic()
            vitals.lost()
            socket_log.warning("socket_lost")
        elif time.monotonic() - lost > STALE:
            client.wss_uri = None
