"""The way in over HTTP: Slack calls a public address, and every request must bear its signature."""

from __future__ import annotations

import asyncio
import re
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_sdk.signature import SignatureVerifier

from newsqa.bot.log import logger
from newsqa.errors import NewsqaError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from slack_bolt.async_app import AsyncApp

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
    door.add_routes([web.post(PATH, _Door(app, SignatureVerifier(secret)).take)])
    runner = web.AppRunner(door, access_log=None, shutdown_timeout=1.0)
    await runner.setup()
    try:
        await _listen(runner, host, port)
        yield
    finally:
        await runner.cleanup()


async def _listen(runner: web.AppRunner, host: str, port: int) -> None:
    try:
        await web.TCPSite(runner, host, port).start()
    except OSError as error:
        raise NewsqaError(
            f"Port {port} of {host} cannot be had: {error.strerror}.", hint="Choose another --port, or --host."
        ) from error


class _Door:
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
