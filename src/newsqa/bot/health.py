"""Health and metrics over HTTP, on loopback alone: who may read them is on this machine."""

from __future__ import annotations

import asyncio
import errno
import os
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from newsqa.errors import NewsqaError, SettingsError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from newsqa.bot.core import Bot
    from newsqa.bot.metrics import Metrics
    from newsqa.bot.workers import IndexStatus
    from newsqa.settings import Settings
    from newsqa.types import JsonObject


HOST = "127.0.0.1"
SLOWEST = 5.0
"""Seconds until an index that does not open counts as one that cannot be opened."""


@asynccontextmanager
async def serve_health(bot: Bot, settings: Settings) -> AsyncIterator[None]:
    """Serve `/health` and `/metrics` on the port of the settings, if they name one, for as long as the context lasts.

    Raises SettingsError where the port cannot be had.
    """
    if not settings.bot_port:
        yield
        return
    door = _HealthServer(bot.vitals)
    app = web.Application()
    app.add_routes([web.get("/health", door.health), web.get("/metrics", door.metrics)])
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.5)
    await runner.setup()
    try:
        await _listen(runner, settings.bot_port)
        yield
    finally:
        await runner.cleanup()


async def _listen(runner: web.AppRunner, port: int) -> None:
    try:
        await web.TCPSite(runner, HOST, port).start()
    except (OSError, OverflowError) as error:
        raise SettingsError(
            f"Health and metrics cannot be served on port {port} of this machine: {_why(error)}.",
            hint="Choose another with NEWSQA_BOT_PORT, or 0 for none.",
        ) from error


def _why(error: OSError | OverflowError) -> str:
    if isinstance(error, OverflowError):
        return "ports go to 65535"
    return "another program has it" if error.errno == errno.EADDRINUSE else os.strerror(error.errno or 0)


class _HealthServer:
    def __init__(self, vitals: Metrics) -> None:
        self._vitals = vitals
        self._looking: asyncio.Task[IndexStatus] | None = None

    async def health(self, _: web.Request) -> web.Response:
        """Answer 200 where the bot is connected and answers from the index that stands in the folder, else 503."""
        index, vitals = await self._index(), self._vitals
        told = {
            "ok": vitals.is_connected and "error" not in index,
            "platform": vitals.platform,
            "connected": vitals.is_connected,
            "index": index,
            "queue": vitals.waiting(),
            "running": vitals.running(),
        }
        return web.json_response(told, status=200 if told["ok"] else 503, headers={"Cache-Control": "no-store"})

    async def metrics(self, _: web.Request) -> web.Response:
        """Answer with everything that is counted, as Prometheus reads it."""
        told = generate_latest(self._vitals.registry)
        return web.Response(body=told, headers={"Content-Type": CONTENT_TYPE_LATEST})

    async def _index(self) -> JsonObject:
        """Tell which index answers. However many ask, one thread looks: where it hangs, no others do."""
        if self._vitals.index is None:
            return {}
        if self._looking is None or self._looking.done():
            self._looking = asyncio.create_task(asyncio.to_thread(self._vitals.index))
        try:
            standing = await asyncio.wait_for(asyncio.shield(self._looking), SLOWEST)
        except NewsqaError as error:
            return {"error": str(error)}
        except TimeoutError:
            return {"error": f"The index did not open within {SLOWEST:.0f} seconds."}
        return {"digest": standing.digest, "age_seconds": round(standing.age)}
