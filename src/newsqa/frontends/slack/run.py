"""`newsqa slack`: checks tokens and addresses, opens, serves until a signal stops it, and completes answers."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from newsqa.environment import variable
from newsqa.errors import NewsqaError, SettingsError, UsageError
from newsqa.extras import check_extra
from newsqa.trust import refuse_untrusted

if TYPE_CHECKING:
    from collections.abc import Awaitable

    from slack_sdk.web.async_slack_response import AsyncSlackResponse

    from newsqa.frontends.slack.messages import SlackSender
    from newsqa.frontends.slack.service import SlackService
    from newsqa.settings import Settings

# Checks before anything is served: tokens, addresses, and if Slack accepts them.

OFFICIAL = frozenset({"slack.com", "slack-gov.com"})
LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
GUIDE = "docs/slack.md tells how to make the app."

REQUIRED_SCOPES = frozenset({"chat:write"})  # without these scopes nothing can be answered

OPTIONAL_SCOPES = {
    "app_mentions:read": "mentions are not heard",
    "im:history": "direct messages are not heard",
    "channels:history": "follow-ups in threads of public channels are not heard",
    "groups:history": "follow-ups in threads of private channels are not heard",
    "mpim:history": "mentions in direct messages of several people are not heard",
    "commands": "/ask is not there",
}
"""What does not work without each of the other scopes."""

TOKEN_ERRORS = frozenset({
    "invalid_auth", "not_authed", "account_inactive", "token_revoked", "token_expired", "not_allowed_token_type",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class SlackTokens:
    """The tokens; over HTTP the signing secret in place of the app's token."""

    bot: str
    app: str = ""
    secret: str = ""


@dataclass(frozen=True, slots=True)
class SlackIdentity:
    """Ids of the bot's workspace, of its user and of itself; `missing` are the optional scopes that the token lacks."""

    team: str
    user: str
    bot: str
    missing: tuple[str, ...] = ()


def load_tokens(*, http: bool) -> SlackTokens:
    """Return the tokens of the environment. Raises SettingsError if one is missing or malformed."""
    bot = _token("SLACK_BOT_TOKEN", "xoxb-", "the bot's token, under “OAuth & Permissions” of the app")
    if http:
        return SlackTokens(
            bot, secret=_token("SLACK_SIGNING_SECRET", "", "the signing secret, under “Basic Information”")
        )
    return SlackTokens(bot, app=_token("SLACK_APP_TOKEN", "xapp-", "the app's token, under “Basic Information”"))


def _token(name: str, prefix: str, what: str) -> str:
    value = variable(name)
    if not value:
        raise SettingsError(f"{name} is not set.", hint=f"It is {what}; set it in .env or in the environment. {GUIDE}")
    if not value.startswith(prefix) or not value.isascii() or not value.isprintable() or " " in value:
        raise SettingsError(
            f"{name} does not begin with {prefix}." if prefix else f"{name} holds what no secret holds.",
            hint=f"It is {what}. {GUIDE}",
        )
    return value


def check_address(settings: Settings) -> None:
    """Raise SettingsError if tokens would be sent to others than Slack or this machine, or nothing may leave it."""
    parts = urlsplit(settings.slack_api_url)
    host = parts.hostname or ""
    is_local = host in LOOPBACK and parts.scheme in {"http", "https"}
    if not is_local and not (host in OFFICIAL and parts.scheme == "https"):
        raise SettingsError(
            f"NEWSQA_SLACK_API_URL is {settings.slack_api_url!r}: tokens go only to Slack or to this machine.",
            hint="Leave it out; Slack is https://slack.com/api/.",
        )
    if is_local:
        refuse_untrusted("NEWSQA_SLACK_API_URL")
    if settings.offline and not is_local:
        raise SettingsError("NEWSQA_OFFLINE forbids Slack, which is not on this machine.", hint="Set NEWSQA_OFFLINE=0.")


def proxy_for(settings: Settings) -> str | None:
    """Return the proxy to Slack of the environment (HTTPS_PROXY, NO_PROXY), or None."""
    from urllib.request import getproxies, proxy_bypass

    parts = urlsplit(settings.slack_api_url)
    if parts.hostname in LOOPBACK or proxy_bypass(parts.hostname or ""):
        return None
    return getproxies().get(parts.scheme)


async def identify(sender: SlackSender) -> SlackIdentity:
    """Ask Slack for the bot's identity. Raises SettingsError if the token is wrong, NewsqaError without a response."""
    reply = await _checked(sender.client.auth_test(), "SLACK_BOT_TOKEN")
    scopes = {scope.strip() for scope in str(reply.headers.get("x-oauth-scopes", "")).split(",") if scope.strip()}
    if scopes and not scopes >= REQUIRED_SCOPES:
        raise SettingsError(
            f"The app lacks the scope {', '.join(sorted(REQUIRED_SCOPES - scopes))}: it could post no answer.",
            hint="Add it under “OAuth & Permissions”, and install the app again.",
        )
    missing = tuple(f"{scope} ({why})" for scope, why in OPTIONAL_SCOPES.items() if scopes and scope not in scopes)
    return SlackIdentity(reply.get("team_id") or "", reply["user_id"], reply.get("bot_id") or "", missing)


async def check_socket(sender: SlackSender, app_token: str) -> None:
    """Check that Slack opens a socket, since the client itself would retry for ever. Raises as `identify` does."""
    await _checked(sender.client.apps_connections_open(app_token=app_token), "SLACK_APP_TOKEN")


async def _checked(call: Awaitable[AsyncSlackResponse], name: str) -> AsyncSlackResponse:
    from aiohttp import ClientError
    from slack_sdk.errors import SlackApiError

    from newsqa.frontends.slack.messages import error_code

    try:
        return await call
    except SlackApiError as error:
        raise _refused(error_code(error), str(error.response.get("needed") or ""), name) from None
    except (ClientError, TimeoutError, OSError) as error:
        raise NewsqaError(
            f"Slack cannot be reached ({type(error).__name__}).",
            hint="Check the network, the proxy (HTTPS_PROXY, NO_PROXY) and the certificates (SSL_CERT_FILE).",
            retryable=True,
        ) from error


def _refused(why: str, needed: str, name: str) -> NewsqaError:
    if why in TOKEN_ERRORS:
        return SettingsError(f"Slack does not take {name}: {why}.", hint=f"Copy it anew from the app's pages. {GUIDE}")
    if why == "missing_scope":
        return SettingsError(
            f"{name} lacks the scope {needed or 'connections:write'}.",
            hint=f"Add it, and put the new token into {name}. {GUIDE}",
        )
    return NewsqaError(
        f"Slack answers: {why}.", hint="Try again in a while; https://slack-status.com tells of outages."
    )


DRAIN_SECONDS = 5.0  # time that running answers have when the bot is stopped
POST_SECONDS = 1.5  # time for posting how they end


def listen_address(http: bool, host: str | None, port: int | None) -> tuple[str, int] | None:  # noqa: FBT001  as the command has it
    """Return host and port for HTTP, None for Socket Mode. Raises UsageError if the options contradict each other."""
    if http and port:
        return host or "127.0.0.1", port
    if http:
        raise UsageError("--http needs a port.", hint="newsqa slack --http --port 3000")
    if host or port:
        raise UsageError("--host and --port are for --http; Socket Mode listens on none.", hint="Add --http.")
    return None


def serve_slack(settings: Settings, address: tuple[str, int] | None = None) -> None:
    """Serve Slack until SIGTERM or Ctrl-C: over Socket Mode, or over HTTP on an address. Exits the process.

    Raises SettingsError if a package, a token or a scope is missing or wrong, before any token is sent anywhere but to
    Slack.
    """
    check_extra("slack", "Slack")
    from newsqa.bot.process import exit_process

    check_address(settings)
    tokens = load_tokens(http=address is not None)
    exit_process(asyncio.run(_serve(settings, tokens, address)))


async def _serve(settings: Settings, tokens: SlackTokens, address: tuple[str, int] | None) -> int:
    """Serve until a signal comes; return it."""
    from aiohttp import ClientSession, ClientTimeout

    from newsqa.bot.core import log_egress, open_bot
    from newsqa.bot.health import serve_health
    from newsqa.bot.process import configure, stop_signal
    from newsqa.frontends.slack.messages import SlackSender
    from newsqa.frontends.slack.service import SlackService

    configure(settings)
    log_egress(settings, {"slack"})
    stopped = stop_signal()
    library_log = logging.getLogger("slack_bolt")
    library_log.setLevel(logging.ERROR)  # its warnings hold what people wrote, its errors do not
    async with ClientSession(timeout=ClientTimeout(total=20)) as session:
        sender = SlackSender(settings.slack_api_url, tokens.bot, session, library_log, proxy_for(settings))
        identity = await identify(sender)
        if tokens.app:
            await check_socket(sender, tokens.app)
        async with open_bot(settings, "slack") as bot, serve_health(bot, settings):
            return await _serve_bot(SlackService(bot, sender, settings), identity, tokens, address, stopped)


async def _serve_bot(
    service: SlackService,
    identity: SlackIdentity,
    tokens: SlackTokens,
    address: tuple[str, int] | None,
    stopped: asyncio.Future[int],
) -> int:
    from newsqa.frontends.slack.service import log
    from newsqa.frontends.slack.transport import serve_http, serve_socket, slack_app

    bot, app = service.bot, slack_app(service, identity, tokens.secret)
    for scope in identity.missing:
        log.warning("scope_missing", scope=scope)
    if address:
        bot.metrics.set_connected()  # over HTTP there is no connection to lose
        transport = serve_http(app, tokens.secret, *address)
    else:
        transport = serve_socket(app, service.sender, tokens.app, bot.metrics)
    async with transport:
        await service.resume()
        log.info("serving", way="http" if address else "socket", team=identity.team, user=identity.user)
        which = await stopped
        log.info("stopping", signal=which)
    await bot.drain(seconds=DRAIN_SECONDS)
    await service.finish(POST_SECONDS)
    return which
