"""Checks before anything is served: tokens, addresses, and if Slack accepts them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from newsqa.environment import variable
from newsqa.errors import NewsqaError, SettingsError
from newsqa.trust import refuse_untrusted

if TYPE_CHECKING:
    from collections.abc import Awaitable

    from slack_sdk.web.async_slack_response import AsyncSlackResponse

    from newsqa.frontends.slack.send import SlackSender
    from newsqa.settings import Settings


OFFICIAL = frozenset({"slack.com", "slack-gov.com"})
LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
GUIDE = "docs/slack.md tells how to make the app."

REQUIRED_SCOPES = frozenset({"chat:write"})
"""Without these scopes nothing can be answered."""

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

    from newsqa.frontends.slack.send import error_code

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
