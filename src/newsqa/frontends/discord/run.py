"""`newsqa discord`: checks, opens, serves until a signal stops it, and completes answers."""

from __future__ import annotations

import asyncio
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, NoReturn
from urllib.parse import urlsplit
from urllib.request import proxy_bypass

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

API_HOST = "discord.com"
API_PATH = "/api/v10"
GATEWAY_HOST = "gateway.discord.gg"
GUIDE = "docs/discord.md tells how to make the bot."
DRAIN_SECONDS = 5.0  # time that running answers have when the bot is stopped
POST_SECONDS = 2.0  # time for posting how they end
CLOSE_SECONDS = 1.0  # time for closing the connection
BAD_TOKEN = 4004


def serve_discord(settings: Settings) -> NoReturn:
    """Serve Discord until SIGTERM or Ctrl-C, then exit the process.

    Raises SettingsError if a package or the token is missing or wrong, NewsqaError if Discord cannot be reached.
    """
    check_extra("discord", "Discord")
    from newsqa.bot.process import exit_process

    check_addresses(settings)
    token, proxy = _token(), proxy_for(settings)
    exit_process(asyncio.run(_serve(settings, token, proxy)))


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

    from newsqa.bot.core import log_egress, open_bot
    from newsqa.bot.health import serve_health
    from newsqa.bot.process import configure, logger, stop_signal
    from newsqa.frontends.discord.client import NewsClient, install_backoff

    configure(settings)
    log_egress(settings, {"discord"})
    install_addresses(settings)
    install_backoff()
    stopped = stop_signal()
    await _check_token(token, proxy)
    async with open_bot(settings, "discord") as bot, serve_health(bot, settings):
        try:
            return await _serve_client(NewsClient(bot, settings, content=True, proxy=proxy), bot, token, stopped)
        except PrivilegedIntentsRequired:
            logger("discord").warning(
                "without_message_content",
                hint="Follow-ups in threads need a mention, until Message Content Intent is switched on for the bot.",
            )
        return await _serve_client(NewsClient(bot, settings, content=False, proxy=proxy), bot, token, stopped)


async def _serve_client(client: NewsClient, bot: Bot, token: str, stopped: asyncio.Future[int]) -> int:
    """Serve with a client until a signal comes, and close it. Raises discord.PrivilegedIntentsRequired."""
    connection = asyncio.create_task(_connect(client, token))
    try:
        await asyncio.wait((connection, stopped), return_when=asyncio.FIRST_COMPLETED)
        if connection.done():
            await connection
            raise NewsqaError("Discord has closed the connection.", retryable=True)
        client.stopping = True
        await bot.drain(seconds=DRAIN_SECONDS)
        await client.finish(POST_SECONDS)
    finally:
        with suppress(TimeoutError):
            await asyncio.wait_for(client.close(), CLOSE_SECONDS)
        connection.cancel()
        await asyncio.gather(connection, return_exceptions=True)
    return stopped.result()


async def _check_token(token: str, proxy: str | None) -> None:
    """Check that Discord can be reached and accepts the token, before index and models are opened."""
    from discord import Client, Intents

    async with Client(intents=Intents.none(), proxy=proxy) as client:
        with _readable_errors(client):
            await client.login(token)


async def _connect(client: NewsClient, token: str) -> None:
    """Stay connected."""
    with _readable_errors(client):
        await client.login(token)
        await client.connect()


def check_addresses(settings: Settings) -> None:
    """Raise SettingsError if an address is neither Discord's own nor on this machine: the bot's token goes there."""
    api, gateway = settings.discord_api_url, settings.discord_gateway_url
    if not _is_official(api, "https", API_HOST) and not (on_loopback(api) and _scheme(api) in {"http", "https"}):
        raise _address_error("NEWSQA_DISCORD_API_URL", api, f"https://{API_HOST}{API_PATH}")
    if not urlsplit(api).path.rstrip("/").endswith(API_PATH):
        raise _address_error("NEWSQA_DISCORD_API_URL", api, f"an address that ends in {API_PATH}")
    if gateway and not _is_official(gateway, "wss", GATEWAY_HOST) and not _is_local_socket(gateway):
        raise _address_error("NEWSQA_DISCORD_GATEWAY_URL", gateway, f"wss://{GATEWAY_HOST}")
    if settings.offline and not on_loopback(api):
        raise SettingsError(
            "NEWSQA_OFFLINE forbids Discord, which is not on this machine.", hint="Set NEWSQA_OFFLINE=0."
        )
    if _is_local_socket(gateway) != on_loopback(api):
        raise SettingsError(
            "Of NEWSQA_DISCORD_API_URL and NEWSQA_DISCORD_GATEWAY_URL one is on this machine, the other is not.",
            hint="Set both, or neither.",
        )
    if on_loopback(api):
        refuse_untrusted("NEWSQA_DISCORD_API_URL")
        refuse_untrusted("NEWSQA_DISCORD_GATEWAY_URL")


def install_addresses(settings: Settings) -> None:
    """Make discord.py use the addresses of the settings, for the whole process."""
    import yarl
    from discord.gateway import DiscordWebSocket
    from discord.http import Route

    Route.BASE = settings.discord_api_url.rstrip("/")
    if settings.discord_gateway_url:
        DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(settings.discord_gateway_url)


def proxy_for(settings: Settings) -> str | None:
    """Return the proxy to Discord of the environment (HTTPS_PROXY, NO_PROXY), or None. Raises SettingsError."""
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


def _is_official(address: str, scheme: str, host: str) -> bool:
    parts = urlsplit(address)
    return _scheme(address) == scheme and parts.netloc.lower() in {host, f"{host}:443"}


def _is_local_socket(address: str) -> bool:
    return on_loopback(address) and _scheme(address) in {"ws", "wss"}


def _scheme(address: str) -> str:
    try:
        return urlsplit(address).scheme
    except ValueError:
        return ""


def _address_error(name: str, address: str, wanted: str) -> SettingsError:
    return SettingsError(
        f"{name} is {without_secrets(address)!r}, and the bot's token would go there.",
        hint=f"Leave it out, or set {wanted}; an address on this machine is for tests.",
    )


@contextmanager
def _readable_errors(client: Client) -> Iterator[None]:
    """Raise errors of Discord and the network as NewsqaError, with what to do about them."""
    import aiohttp
    from discord.errors import ConnectionClosed, HTTPException, LoginFailure

    try:
        yield
    except LoginFailure as error:
        raise _token_error() from error
    except ConnectionClosed as error:
        if error.code == BAD_TOKEN:
            raise _token_error() from error
        raise NewsqaError(f"Discord has closed the connection for good (code {error.code}).") from error
    except HTTPException as error:
        raise NewsqaError(
            f"Discord answers {error.status} to the bot.",
            hint="Try again in a while; https://discordstatus.com tells of outages.",
            retryable=True,
        ) from error
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        raise _network_error(error) from error
    except AttributeError as error:  # discord.py raises it if the gateway cannot be reached the first time
        if client.ws is not None:
            raise
        raise _network_error(error.__context__ or error) from error


def _token_error() -> SettingsError:
    return SettingsError("Discord does not take the token of DISCORD_BOT_TOKEN (401).", hint=f"Reset it. {GUIDE}")


def _network_error(error: BaseException) -> NewsqaError:
    return NewsqaError(
        f"Discord cannot be reached ({type(error).__name__}).",
        hint="Check the network, the proxy (HTTPS_PROXY, NO_PROXY) and the certificates (SSL_CERT_FILE).",
        retryable=True,
    )
