"""`newsqa discord`: checks, opens, serves until it is told to stop, and lets answers end."""

from __future__ import annotations

import asyncio
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, NoReturn
from urllib.parse import urlsplit
from urllib.request import proxy_bypass

from newsqa.bot.process import leave, stopping
from newsqa.environment import variable
from newsqa.errors import NewsqaError, SettingsError
from newsqa.extras import check_extra
from newsqa.models.providers import host_of, on_loopback, without_secrets
from newsqa.trust import refuse_untrusted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from discord import Client

    from newsqa.bot.core import Bot
    from newsqa.frontends.discord.client import NewsClient
    from newsqa.settings import Settings


# Where Discord is, checked before a token goes there, and how it is reached.

API_HOST = "discord.com"
API_PATH = "/api/v10"
GATEWAY_HOST = "gateway.discord.gg"


def check_addresses(settings: Settings) -> None:
    """Raise SettingsError where an address is neither Discord's own nor on this machine: the bot's token goes there."""
    api, gateway = settings.discord_api_url, settings.discord_gateway_url
    if not _official(api, "https", API_HOST) and not (on_loopback(api) and _scheme(api) in {"http", "https"}):
        raise _foreign("NEWSQA_DISCORD_API_URL", api, f"https://{API_HOST}{API_PATH}")
    if not urlsplit(api).path.rstrip("/").endswith(API_PATH):
        raise _foreign("NEWSQA_DISCORD_API_URL", api, f"an address that ends in {API_PATH}")
    if gateway and not _official(gateway, "wss", GATEWAY_HOST) and not _here(gateway):
        raise _foreign("NEWSQA_DISCORD_GATEWAY_URL", gateway, f"wss://{GATEWAY_HOST}")
    if settings.offline and not on_loopback(api):
        raise SettingsError(
            "NEWSQA_OFFLINE forbids Discord, which is not on this machine.", hint="Set NEWSQA_OFFLINE=0."
        )
    if _here(gateway) != on_loopback(api):
        raise SettingsError(
            "Of NEWSQA_DISCORD_API_URL and NEWSQA_DISCORD_GATEWAY_URL one is on this machine, the other is not.",
            hint="Set both, or neither.",
        )
    if on_loopback(api):
        refuse_untrusted("NEWSQA_DISCORD_API_URL")
        refuse_untrusted("NEWSQA_DISCORD_GATEWAY_URL")


def use_addresses(settings: Settings) -> None:
    """Have discord.py speak to the addresses of the settings, for the whole process."""
    import yarl
    from discord.gateway import DiscordWebSocket
    from discord.http import Route

    Route.BASE = settings.discord_api_url.rstrip("/")
    if settings.discord_gateway_url:
        DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(settings.discord_gateway_url)


def proxy_for(settings: Settings) -> str | None:
    """Return the proxy to Discord that the environment names (HTTPS_PROXY, NO_PROXY), None for this machine's own."""
    host = host_of(settings.discord_api_url)
    proxy = variable("HTTPS_PROXY") or variable("https_proxy") or variable("ALL_PROXY") or variable("all_proxy")
    if not proxy or on_loopback(host) or proxy_bypass(host):
        return None
    if _scheme(proxy) not in {"http", "https"}:
        raise SettingsError(
            f"HTTPS_PROXY is {without_secrets(proxy)!r}: the Discord bot can use an HTTP proxy only.",
            hint="Write it as http://host:port.",
        )
    return proxy


def _official(address: str, scheme: str, host: str) -> bool:
    parts = urlsplit(address)
    return _scheme(address) == scheme and parts.netloc.lower() in {host, f"{host}:443"}


def _here(address: str) -> bool:
    return on_loopback(address) and _scheme(address) in {"ws", "wss"}


def _scheme(address: str) -> str:
    try:
        return urlsplit(address).scheme
    except ValueError:
        return ""


def _foreign(name: str, address: str, wanted: str) -> SettingsError:
    return SettingsError(
        f"{name} is {without_secrets(address)!r}, and the bot's token would go there.",
        hint=f"Leave it out, or set {wanted}; an address on this machine is for tests.",
    )


GUIDE = "docs/discord.md tells how to make the bot."
DRAIN = 5.0
"""Seconds that running answers have when the bot is told to stop."""
LAST_WORDS = 2.0
"""Seconds for what they end with to be posted."""
GOODBYE = 1.0
"""Seconds for closing the connection."""
BAD_TOKEN = 4004


def serve_discord(settings: Settings) -> NoReturn:
    """Serve Discord until SIGTERM or Ctrl-C.

    Raises SettingsError where a package or the token is missing or wrong, NewsqaError where Discord cannot be reached.
    Ends the process, with 130 after Ctrl-C, when all is closed.
    """
    check_extra("discord", "Discord")
    check_addresses(settings)
    token, proxy = _token(), proxy_for(settings)
    leave(asyncio.run(_serve(settings, token, proxy)))


def _token() -> str:
    token = variable("DISCORD_BOT_TOKEN").removeprefix("Bot ").strip()
    if not token:
        raise SettingsError("DISCORD_BOT_TOKEN is not set.", hint=f"Set it in .env or in the environment. {GUIDE}")
    if not token.isascii() or not token.isprintable() or " " in token:
        raise SettingsError("DISCORD_BOT_TOKEN holds what no token holds.", hint=f"Copy it anew. {GUIDE}")
    return token


async def _serve(settings: Settings, token: str, proxy: str | None) -> int:
    """Serve until a signal comes; return it."""
    from discord.errors import PrivilegedIntentsRequired

    from newsqa.bot.core import open_bot
    from newsqa.bot.health import serve_health
    from newsqa.bot.log import configure, logger
    from newsqa.frontends.discord.client import NewsClient, use_backoff

    configure(settings)
    use_addresses(settings)
    use_backoff()
    stopped = stopping()
    await _known(token, proxy)
    async with open_bot(settings, "discord") as bot, serve_health(bot, settings):
        try:
            return await _connected(NewsClient(bot, settings, content=True, proxy=proxy), bot, token, stopped)
        except PrivilegedIntentsRequired:
            logger("discord").warning(
                "without_message_content",
                hint="Follow-ups in threads need a mention, until Message Content Intent is switched on for the bot.",
            )
        return await _connected(NewsClient(bot, settings, content=False, proxy=proxy), bot, token, stopped)


async def _connected(client: NewsClient, bot: Bot, token: str, stopped: asyncio.Future[int]) -> int:
    """Serve with a client until a signal comes, and close it. Raises discord.PrivilegedIntentsRequired."""
    talking: asyncio.Future[None] = asyncio.ensure_future(_started(client, token))
    try:
        await asyncio.wait((talking, stopped), return_when=asyncio.FIRST_COMPLETED)
        if talking.done():
            await talking
            raise NewsqaError("Discord has closed the connection.", retryable=True)
        client.stopping = True
        await bot.drain(seconds=DRAIN)
        await client.settled(LAST_WORDS)
    finally:
        with suppress(TimeoutError):
            await asyncio.wait_for(client.close(), GOODBYE)
        talking.cancel()
        await asyncio.gather(talking, return_exceptions=True)
    return stopped.result()


async def _known(token: str, proxy: str | None) -> None:
    """See that Discord can be reached and takes the token, before index and models are opened."""
    from discord import Client, Intents

    async with Client(intents=Intents.none(), proxy=proxy) as client:
        with _for_people(client):
            await client.login(token)


async def _started(client: NewsClient, token: str) -> None:
    """Speak with Discord."""
    with _for_people(client):
        await client.login(token)
        await client.connect()


@contextmanager
def _for_people(client: Client) -> Iterator[None]:
    """Make of what Discord refuses an error for people."""
    import aiohttp
    from discord.errors import ConnectionClosed, HTTPException, LoginFailure

    try:
        yield
    except LoginFailure as error:
        raise _refused() from error
    except ConnectionClosed as error:
        if error.code == BAD_TOKEN:
            raise _refused() from error
        raise NewsqaError(f"Discord has closed the connection for good (code {error.code}).") from error
    except HTTPException as error:
        raise NewsqaError(
            f"Discord answers {error.status} to the bot.",
            hint="Try again in a while; https://discordstatus.com tells of outages.",
            retryable=True,
        ) from error
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        raise _unreachable(error) from error
    except AttributeError as error:  # discord.py's own, where the gateway cannot be reached the first time
        if client.ws is not None:
            raise
        raise _unreachable(error.__context__ or error) from error


def _refused() -> SettingsError:
    return SettingsError("Discord does not take the token of DISCORD_BOT_TOKEN (401).", hint=f"Reset it. {GUIDE}")


def _unreachable(error: BaseException) -> NewsqaError:
    return NewsqaError(
        f"Discord cannot be reached ({type(error).__name__}).",
        hint="Check the network, the proxy (HTTPS_PROXY, NO_PROXY) and the certificates (SSL_CERT_FILE).",
        retryable=True,
    )
