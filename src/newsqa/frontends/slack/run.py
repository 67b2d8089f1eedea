"""`newsqa slack`: checks, opens, serves until it is told to stop, and lets answers end."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING

from newsqa.bot.process import leave, stopping
from newsqa.errors import UsageError
from newsqa.extras import check_extra
from newsqa.frontends.slack.preflight import SlackTokens, check_address, check_socket, keys, proxy_for, who

if TYPE_CHECKING:
    from contextlib import AbstractAsyncContextManager

    from slack_bolt.async_app import AsyncApp

    from newsqa.bot.core import Bot
    from newsqa.bot.metrics import Metrics
    from newsqa.frontends.slack.preflight import SlackIdentity
    from newsqa.frontends.slack.send import Sender, SlackConnection
    from newsqa.settings import Settings


DRAIN = 5.0
"""Seconds that running answers have when the bot is told to stop."""

LAST_POSTS = 1.5
"""Seconds for what they end with to be posted."""


@dataclass(frozen=True, slots=True)
class Port:
    """Where requests are taken over HTTP."""

    host: str
    port: int


def way_in(http: bool, host: str | None, port: int | None) -> Port | None:  # noqa: FBT001  as the command has it
    """Return where requests are taken, None for Socket Mode. Raises UsageError where the options make no sense."""
    if http and port:
        return Port(host or "127.0.0.1", port)
    if http:
        raise UsageError("--http needs a port.", hint="newsqa slack --http --port 3000")
    if host or port:
        raise UsageError("--host and --port are for --http; Socket Mode listens on none.", hint="Add --http.")
    return None


def serve(settings: Settings, port: Port | None = None) -> None:
    """Serve Slack until SIGTERM or Ctrl-C: over Socket Mode, or over HTTP on a port.

    Raises SettingsError where a package, a token or a scope is missing or wrong, before any of them is sent anywhere
    but to Slack; KeyboardInterrupt after Ctrl-C, when all is closed. Ends the process itself where a model hangs.
    """
    check_extra("slack", "Slack")
    check_address(settings)
    found = keys(http=port is not None)
    leave(asyncio.run(_Serving(settings, found, port).serve()))


@dataclass(frozen=True, slots=True)
class _Serving:
    settings: Settings
    keys: SlackTokens
    port: Port | None

    async def serve(self) -> int:
        """Serve until a signal comes; return it."""
        from aiohttp import ClientSession, ClientTimeout

        from newsqa.bot.core import open_bot
        from newsqa.bot.health import serve_health
        from newsqa.bot.log import configure
        from newsqa.frontends.slack.send import Sender, SlackConnection

        configure(self.settings)
        stopped = stopping()
        async with ClientSession(timeout=ClientTimeout(total=20)) as session:
            line = SlackConnection(self.settings.slack_api_url, session, _library_log(), proxy_for(self.settings))
            sender = Sender(line, self.keys.bot)
            identity = await who(sender)
            if self.keys.app:
                await check_socket(sender, self.keys.app)
            async with open_bot(self.settings, "slack") as bot, serve_health(bot, self.settings):
                return await self._served(bot, sender, identity, stopped)

    async def _served(self, bot: Bot, sender: Sender, identity: SlackIdentity, stopped: asyncio.Future[int]) -> int:
        from newsqa.frontends.slack.service import Service, log
        from newsqa.frontends.slack.transport import slack_app

        service = Service(bot, sender, self.settings)
        app = slack_app(service, identity, sender.line, self.keys.secret)
        for scope in identity.lacking:
            log.warning("scope_missing", scope=scope)
        async with self._way_in(app, sender.line, bot.vitals):
            await service.resume()
            log.info("serving", way="http" if self.port else "socket", team=identity.team, user=identity.user)
            which = await stopped
            log.info("stopping", signal=which)
        await bot.drain(seconds=DRAIN)
        await service.finish(LAST_POSTS)
        return which

    def _way_in(self, app: AsyncApp, line: SlackConnection, vitals: Metrics) -> AbstractAsyncContextManager[None]:
        from newsqa.frontends.slack.transport import http, socket

        if self.port:
            vitals.connected()  # over HTTP there is nothing to lose
            return http(app, self.keys.secret, self.port.host, self.port.port)
        return socket(app, line, self.keys.app, vitals)


def _library_log() -> logging.Logger:
    """Return the logger of Slack's own packages: their warnings hold what people wrote, their errors do not."""
    logger = logging.getLogger("slack_bolt")
    logger.setLevel(logging.ERROR)
    return logger
