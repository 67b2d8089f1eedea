"""Where Discord is, checked before a token goes there, and how it is reached."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit
from urllib.request import proxy_bypass

from newsqa.errors import SettingsError
from newsqa.models.providers import host_of, on_loopback, without_secrets
from newsqa.settings import variable
from newsqa.trust import refuse_untrusted

if TYPE_CHECKING:
    from newsqa.settings import Settings

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
    import yarl  # noqa: PLC0415
    from discord.gateway import DiscordWebSocket  # noqa: PLC0415
    from discord.http import Route  # noqa: PLC0415

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
