"""`newsqa slack`: checks, opens, serves until a signal stops it, and completes answers."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING

from newsqa.bot.process import exit_process, stop_signal
from newsqa.errors import UsageError
from newsqa.extras import check_extra
from newsqa.frontends.slack.preflight import check_address, check_socket, identify, load_tokens, proxy_for

if TYPE_CHECKING:
    from newsqa.bot.core import Bot
    from newsqa.frontends.slack.preflight import SlackIdentity, SlackTokens
    from newsqa.frontends.slack.send import SlackSender
    from newsqa.settings import Settings


DRAIN_SECONDS = 5.0
"""Time that running answers have when the bot is stopped."""

POST_SECONDS = 1.5
"""Time for posting how they end."""


@dataclass(frozen=True, slots=True)
class ListenAddress:
    """Where HTTP requests are accepted."""

    host: str
    port: int


def listen_address(http: bool, host: str | None, port: int | None) -> ListenAddress | None:  # noqa: FBT001  as the command has it
    """Return the address for HTTP, None for Socket Mode. Raises UsageError if the options contradict each other."""
    if http and port:
        return ListenAddress(host or "127.0.0.1", port)
    if http:
        raise UsageError("--http needs a port.", hint="newsqa slack --http --port 3000")
    if host or port:
        raise UsageError("--host and --port are for --http; Socket Mode listens on none.", hint="Add --http.")
    return None


def serve_slack(settings: Settings, address: ListenAddress | None = None) -> None:
    """Serve Slack until SIGTERM or Ctrl-C: over Socket Mode, or over HTTP on an address. Exits the process.

    Raises SettingsError if a package, a token or a scope is missing or wrong, before any token is sent anywhere but to
    Slack.
    """
    check_extra("slack", "Slack")
    check_address(settings)
    tokens = load_tokens(http=address is not None)
    exit_process(asyncio.run(_serve(settings, tokens, address)))


async def _serve(settings: Settings, tokens: SlackTokens, address: ListenAddress | None) -> int:
    """Serve until a signal comes; return it."""
    from aiohttp import ClientSession, ClientTimeout

    from newsqa.bot.core import open_bot
    from newsqa.bot.health import serve_health
    from newsqa.bot.log import configure
    from newsqa.frontends.slack.send import SlackConnection, SlackSender

    configure(settings)
    stopped = stop_signal()
    library_log = logging.getLogger("slack_bolt")
    library_log.setLevel(logging.ERROR)  # its warnings hold what people wrote, its errors do not
    async with ClientSession(timeout=ClientTimeout(total=20)) as session:
        connection = SlackConnection(settings.slack_api_url, session, library_log, proxy_for(settings))
        sender = SlackSender(connection, tokens.bot)
        identity = await identify(sender)
        if tokens.app:
            await check_socket(sender, tokens.app)
        async with open_bot(settings, "slack") as bot, serve_health(bot, settings):
            return await _serve_bot(bot, sender, settings, identity, tokens, address, stopped)


async def _serve_bot(
    bot: Bot,
    sender: SlackSender,
    settings: Settings,
    identity: SlackIdentity,
    tokens: SlackTokens,
    address: ListenAddress | None,
    stopped: asyncio.Future[int],
) -> int:
    from newsqa.frontends.slack.service import SlackService, log
    from newsqa.frontends.slack.transport import serve_http, serve_socket, slack_app

    service = SlackService(bot, sender, settings)
    app = slack_app(service, identity, sender.connection, tokens.secret)
    for scope in identity.missing:
        log.warning("scope_missing", scope=scope)
    if address:
        bot.metrics.set_connected()  # over HTTP there is no connection to lose
        transport = serve_http(app, tokens.secret, address.host, address.port)
    else:
        transport = serve_socket(app, sender.connection, tokens.app, bot.metrics)
    async with transport:
        await service.resume()
        log.info("serving", way="http" if address else "socket", team=identity.team, user=identity.user)
        which = await stopped
        log.info("stopping", signal=which)
    await bot.drain(seconds=DRAIN_SECONDS)
    await service.finish(POST_SECONDS)
    return which
