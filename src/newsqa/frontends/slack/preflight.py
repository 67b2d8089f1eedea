"""What is checked before anything is served: packages, tokens, addresses, and what Slack says of them."""

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

    from newsqa.frontends.slack.send import Sender
    from newsqa.settings import Settings


OFFICIAL = frozenset({"slack.com", "slack-gov.com"})
LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
GUIDE = "docs/slack.md tells how to make the app."

NEEDED = frozenset({"chat:write"})
"""Without this scope nothing can be answered."""

USED = {
    "app_mentions:read": "mentions are not heard",
    "im:history": "direct messages are not heard",
    "channels:history": "follow-ups in threads of public channels are not heard",
    "groups:history": "follow-ups in threads of private channels are not heard",
    "mpim:history": "mentions in direct messages of several people are not heard",
    "commands": "/ask is not there",
}
"""What does not work without each of the others."""

TOKEN_FAULTS = frozenset({
    "invalid_auth", "not_authed", "account_inactive", "token_revoked", "token_expired", "not_allowed_token_type",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class SlackTokens:
    """The tokens, and over HTTP the secret in place of the app's token."""

    bot: str
    app: str = ""
    secret: str = ""


@dataclass(frozen=True, slots=True)
class SlackIdentity:
    """Who the bot is in Slack: ids of its workspace, its user and itself."""

    team: str
    user: str
    bot: str
    lacking: tuple[str, ...] = ()


def keys(*, http: bool) -> SlackTokens:
    """Return the tokens that the environment holds. Raises SettingsError where one is missing, or is another."""
    bot = _token("SLACK_BOT_TOKEN", "xoxb-", "the bot's token, under “OAuth & Permissions” of the app")
    if http:
        return SlackTokens(
            bot, secret=_token("SLACK_SIGNING_SECRET", "", "the signing secret, under “Basic Information”")
        )
    return SlackTokens(bot, app=_token("SLACK_APP_TOKEN", "xapp-", "the app's token, under “Basic Information”"))


def _token(name: str, beginning: str, what: str) -> str:
    value = variable(name)
    if not value:
        raise SettingsError(f"{name} is not set.", hint=f"It is {what}; set it in .env or in the environment. {GUIDE}")
    if not value.startswith(beginning) or not value.isascii() or not value.isprintable() or " " in value:
        raise SettingsError(
            f"{name} does not begin with {beginning}." if beginning else f"{name} holds what no secret holds.",
            hint=f"It is {what}. {GUIDE}",
        )
    return value


def check_address(settings: Settings) -> None:
    """Raise SettingsError where tokens would go elsewhere than to Slack or this machine, or nothing may leave it."""
    parts = urlsplit(settings.slack_api_url)
    host = parts.hostname or ""
    here = host in LOOPBACK and parts.scheme in {"http", "https"}
    if not here and not (host in OFFICIAL and parts.scheme == "https"):
        raise SettingsError(
            f"NEWSQA_SLACK_API_URL is {settings.slack_api_url!r}: tokens go only to Slack or to this machine.",
            hint="Leave it out; Slack is https://slack.com/api/.",
        )
    if here:
        refuse_untrusted("NEWSQA_SLACK_API_URL")
    if settings.offline and not here:
        raise SettingsError("NEWSQA_OFFLINE forbids Slack, which is not on this machine.", hint="Set NEWSQA_OFFLINE=0.")


def proxy_for(settings: Settings) -> str | None:
    """Return the proxy that the environment names for Slack (HTTPS_PROXY, NO_PROXY), None for this machine's own."""
    from urllib.request import getproxies, proxy_bypass

    parts = urlsplit(settings.slack_api_url)
    if parts.hostname in LOOPBACK or proxy_bypass(parts.hostname or ""):
        return None
    return getproxies().get(parts.scheme)


async def who(sender: Sender) -> SlackIdentity:
    """Ask Slack who the bot is. Raises SettingsError where the token is wrong, NewsqaError where nobody answers."""
    reply = await _asked(sender.client.auth_test(), "SLACK_BOT_TOKEN")
    scopes = {scope.strip() for scope in str(reply.headers.get("x-oauth-scopes", "")).split(",") if scope.strip()}
    if scopes and not scopes >= NEEDED:
        raise SettingsError(
            f"The app lacks the scope {', '.join(sorted(NEEDED - scopes))}: it could post no answer.",
            hint="Add it under “OAuth & Permissions”, and install the app again.",
        )
    lacking = tuple(f"{scope} ({why})" for scope, why in USED.items() if scopes and scope not in scopes)
    return SlackIdentity(reply.get("team_id") or "", reply["user_id"], reply.get("bot_id") or "", lacking)


async def check_socket(sender: Sender, app_token: str) -> None:
    """See that Slack would open a socket: the client itself would try for ever. Raises as `who` does."""
    await _asked(sender.client.apps_connections_open(app_token=app_token), "SLACK_APP_TOKEN")


async def _asked(call: Awaitable[AsyncSlackResponse], name: str) -> AsyncSlackResponse:
    from aiohttp import ClientError
    from slack_sdk.errors import SlackApiError

    from newsqa.frontends.slack.send import fault

    try:
        return await call
    except SlackApiError as error:
        raise _refused(fault(error), str(error.response.get("needed") or ""), name) from None
    except (ClientError, TimeoutError, OSError) as error:
        raise NewsqaError(
            f"Slack cannot be reached ({type(error).__name__}).",
            hint="Check the network, the proxy (HTTPS_PROXY, NO_PROXY) and the certificates (SSL_CERT_FILE).",
            retryable=True,
        ) from error


def _refused(why: str, needed: str, name: str) -> NewsqaError:
    if why in TOKEN_FAULTS:
        return SettingsError(f"Slack does not take {name}: {why}.", hint=f"Copy it anew from the app's pages. {GUIDE}")
    if why == "missing_scope":
        return SettingsError(
            f"{name} lacks the scope {needed or 'connections:write'}.",
            hint=f"Add it, and put the new token into {name}. {GUIDE}",
        )
    return NewsqaError(
        f"Slack answers: {why}.", hint="Try again in a while; https://slack-status.com tells of outages."
    )
