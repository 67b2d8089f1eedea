"""The way in without a public address: a WebSocket that this side opens."""

from __future__ import annotations

import asyncio
import logging
import time
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING

from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler

from newsqa.bot.log import logger

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Mapping

    from slack_bolt.async_app import AsyncApp
    from slack_sdk.socket_mode.aiohttp import SocketModeClient

    from newsqa.bot.metrics import Metrics
    from newsqa.fronts.slack.send import Line

log = logger("slack.socket")

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
async def socket(app: AsyncApp, line: Line, app_token: str, vitals: Metrics) -> AsyncIterator[None]:
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
                log.info("socket_back", seconds=round(time.monotonic() - lost))
            lost = 0.0
        elif not lost:
            lost = time.monotonic()
            vitals.lost()
            log.warning("socket_lost")
        elif time.monotonic() - lost > STALE:
            client.wss_uri = None
