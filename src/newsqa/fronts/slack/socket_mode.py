"""The way in without a public address: a WebSocket that this side opens."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING

from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from slack_bolt.async_app import AsyncApp
    from slack_sdk.socket_mode.aiohttp import SocketModeClient

    from newsqa.fronts.slack.send import Line

PING = 4.0
"""Seconds between looks at the connection: one that broke is opened anew within as many."""

WAIT = 5.0
"""Seconds to wait for the first connection before going on without one."""

GOODBYE = 1.0
"""Seconds that the other side has to take leave."""

STALE = 12.0
"""Seconds without a connection after which a new address is asked for."""


@asynccontextmanager
async def socket(app: AsyncApp, line: Line, app_token: str) -> AsyncIterator[None]:
    """Take envelopes from Slack's socket for as long as the context lasts, from the first moment that there is one."""
    handler = AsyncSocketModeHandler(app, app_token, logger=line.logger, ping_interval=PING)
    handler.client.proxy = line.proxy  # the client itself looks for one in the environment, and past NO_PROXY
    connecting = asyncio.create_task(handler.connect_async())  # type: ignore[no-untyped-call]
    renewing = asyncio.create_task(_renew(handler.client))
    try:
        await asyncio.wait({connecting}, timeout=WAIT)  # it tries until it succeeds
        yield
    finally:
        connecting.cancel()
        renewing.cancel()
        await asyncio.gather(connecting, renewing, return_exceptions=True)
        await _close(handler)


async def _close(handler: AsyncSocketModeHandler) -> None:
    """Close the socket, whether or not the other side takes leave."""
    with suppress(TimeoutError):
        async with asyncio.timeout(GOODBYE):
            await handler.close_async()  # type: ignore[no-untyped-call]
    await handler.client.aiohttp_client_session.close()


async def _renew(client: SocketModeClient) -> None:
    """While there is no connection, have a new address asked for: the client would try the last one for ever."""
    while True:
        await asyncio.sleep(STALE)
        if not await client.is_connected():
            client.wss_uri = None
