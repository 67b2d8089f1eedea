"""Metrics of the running bot for Prometheus, and its health, over HTTP on this machine; nothing names a person."""

from __future__ import annotations

import asyncio
import errno
import os
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import prometheus_client as prometheus
from aiohttp import web

from newsqa.bot.events import OUTCOMES, VOTES, Outcome, Platform, Vote
from newsqa.errors import NewsqaError, SettingsError
from newsqa.models.providers import on_loopback

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from aiohttp.typedefs import Handler

    from newsqa.bot.core import Bot
    from newsqa.bot.pipelines import IndexStatus
    from newsqa.settings import Settings
    from newsqa.types import JsonObject

HOST = "127.0.0.1"
OPEN_SECONDS = 5.0  # time after which an index that does not open counts as one that cannot be opened


@asynccontextmanager
async def serve_routes(app: web.Application, host: str, port: int, what: str, hint: str) -> AsyncIterator[None]:
    """Serve an application for as long as the context lasts.

    Raises SettingsError, which says that `what` cannot be served, if the port cannot be used.
    """
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
    await runner.setup()
    try:
        try:
            await web.TCPSite(runner, host, port).start()
        except (OSError, OverflowError) as error:
            raise SettingsError(
                f"{what} cannot be served on port {port} of {host}: {_why(error)}.", hint=hint
            ) from error
        yield
    finally:
        await runner.cleanup()


def _why(error: OSError | OverflowError) -> str:
    if isinstance(error, OverflowError):
        return "ports go to 65535"
    return "another program has it" if error.errno == errno.EADDRINUSE else os.strerror(error.errno or 0)


@asynccontextmanager
async def serve_health(bot: Bot, settings: Settings) -> AsyncIterator[None]:
    """Serve `/health` and `/metrics` on the port of the settings, if they name one, for as long as the context lasts.

    Raises SettingsError if the port cannot be used.
    """
    if not settings.bot_port:
        yield
        return
    server = _HealthServer(bot.metrics)
    app = web.Application(middlewares=[_refuse_other_hosts])
    app.add_routes([web.get("/health", server.health), web.get("/metrics", server.metrics)])
    hint = "Choose another with NEWSQA_BOT_PORT, or 0 for none."
    async with serve_routes(app, HOST, settings.bot_port, "Health and metrics", hint):
        yield


@web.middleware
async def _refuse_other_hosts(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Respond 421 to a request for another host: a page in a browser may have its name resolve to this machine."""
    if not on_loopback(request.host):
        raise web.HTTPMisdirectedRequest(text="Health and metrics are for this machine.\n")
    return await handler(request)


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
        body = prometheus.generate_latest(self._metrics.registry)
        return web.Response(body=body, headers={"Content-Type": prometheus.CONTENT_TYPE_LATEST})

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


# Metrics of the running bot for Prometheus; nothing in them names a person or a place.

SECONDS = (0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 20.0, 30.0, 60.0, 120.0, 240.0)
"""Upper bounds of the histogram of answer times, waiting included."""


class Metrics:
    """The connection of a bot, how questions ended, and how long answers took.

    `waiting` and `running` return the numbers of questions that wait and that are being answered. `index_status`
    returns which index answers, and is None without one; it may block, and raises LibraryError if the index cannot be
    opened. The frontend calls `set_connected` and `set_disconnected`, the bot everything else.
    """

    def __init__(self, platform: Platform, waiting: Callable[[], int], running: Callable[[], int]) -> None:
        self.registry = prometheus.CollectorRegistry()
        self.platform = platform
        self.waiting = waiting
        self.running = running
        self.index_status: Callable[[], IndexStatus] | None = None
        self.is_connected = False
        self._was_connected = False
        self._label = {"platform": platform}
        prometheus.ProcessCollector(registry=self.registry)
        self._questions = self._counter("newsqa_questions", "Questions by how they ended.", "outcome", OUTCOMES)
        self._votes = self._counter("newsqa_votes", "Votes on answers.", "verdict", VOTES)
        self._dropped = self._counter("newsqa_dropped_sentences", "Sentences that did not pass the check.")
        self._reconnects = self._counter("newsqa_reconnects", "Connections to the platform after the first.")
        self._seconds = prometheus.Histogram(
            "newsqa_answer_seconds",
            "Seconds from question to answer or refusal.",
            ["platform"],
            buckets=SECONDS,
            registry=self.registry,
        )
        self._seconds.labels(**self._label)
        self._gauge("newsqa_waiting", "Questions that wait.", waiting)
        self._gauge("newsqa_running", "Questions that are being answered.", running)
        self._gauge("newsqa_connected", "Whether the platform is connected.", lambda: self.is_connected)

    def record_outcome(self, outcome: Outcome, seconds: float, dropped: int = 0) -> None:
        """Count a question that ended, its time, and the sentences dropped from its answer."""
        self._questions.labels(outcome=outcome, **self._label).inc()
        if outcome in {"answered", "refused"}:
            self._seconds.labels(**self._label).observe(seconds)
            self._dropped.labels(**self._label).inc(dropped)

    def record_vote(self, vote: Vote) -> None:
        """Count a vote."""
        self._votes.labels(verdict=vote, **self._label).inc()

    def set_connected(self) -> None:
        """Record that the platform is connected; may be called again."""
        if self._was_connected and not self.is_connected:
            self._reconnects.labels(**self._label).inc()
        self.is_connected = self._was_connected = True

    def set_disconnected(self) -> None:
        """Record that the connection to the platform was lost."""
        self.is_connected = False

    def _counter(self, name: str, what: str, label: str = "", values: tuple[str, ...] = ()) -> prometheus.Counter:
        """Return a new counter that is exported as 0 before anything is counted."""
        counter = prometheus.Counter(name, what, ["platform", label] if label else ["platform"], registry=self.registry)
        for labels in [{label: value} for value in values] or [{}]:
            counter.labels(**labels, **self._label)
        return counter

    def _gauge(self, name: str, what: str, read: Callable[[], float]) -> None:
        prometheus.Gauge(name, what, ["platform"], registry=self.registry).labels(**self._label).set_function(read)
