"""Health and metrics over HTTP, only on this machine."""

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
    from newsqa.bot.pipelines import IndexStatus
    from newsqa.settings import Settings
    from newsqa.types import JsonObject


HOST = "127.0.0.1"
OPEN_SECONDS = 5.0
"""Time after which an index that does not open counts as one that cannot be opened."""


@asynccontextmanager
async def serve_health(bot: Bot, settings: Settings) -> AsyncIterator[None]:
    """Serve `/health` and `/metrics` on the port of the settings, if they name one, for as long as the context lasts.

    Raises SettingsError if the port cannot be used.
    """
    if not settings.bot_port:
        yield
        return
    server = _HealthServer(bot.metrics)
    app = web.Application()
    app.add_routes([web.get("/health", server.health), web.get("/metrics", server.metrics)])
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
    def __init__(self, metrics: Metrics) -> None:
        self._metrics = metrics
        self._check: asyncio.Task[IndexStatus] | None = None

    async def health(self, _: web.Request) -> web.Response:
        """Respond 200 if the bot is connected and answers from the index in its folder, else 503."""
        index, metrics = await self._index(), self._metrics
        report = {
            "ok": metrics.is_connected and "error" not in index,
            "platform": metrics.platform,
            "connected": metrics.is_connected,
            "index": index,
            "queue": metrics.waiting(),
            "running": metrics.running(),
        }
        return web.json_response(report, status=200 if report["ok"] else 503, headers={"Cache-Control": "no-store"})

    async def metrics(self, _: web.Request) -> web.Response:
        """Respond with all metrics in the format of Prometheus."""
        body = generate_latest(self._metrics.registry)
        return web.Response(body=body, headers={"Content-Type": CONTENT_TYPE_LATEST})

    async def _index(self) -> JsonObject:
        """Return which index answers. All requests share one check, so that a hung one costs one thread."""
        if self._metrics.index_status is None:
            return {}
        if self._check is None or self._check.done():
            self._check = asyncio.create_task(asyncio.to_thread(self._metrics.index_status))
        try:
            status = await asyncio.wait_for(asyncio.shield(self._check), OPEN_SECONDS)
        except NewsqaError as error:
            return {"error": str(error)}
        except TimeoutError:
            return {"error": f"The index did not open within {OPEN_SECONDS:.0f} seconds."}
        return {"digest": status.digest, "age_seconds": round(status.age)}
