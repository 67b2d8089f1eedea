"""Which key a model's server is sent: none that `.env` would lead astray."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from newsqa.environment import NAMES, from_dotenv, variable
from newsqa.errors import ModelError
from newsqa.models.providers import on_loopback
from newsqa.trust import CREDENTIALS, find_untrusted

if TYPE_CHECKING:
    from httpx import Request

    from newsqa.models.providers import Provider

NO_KEY = "none"
"""What a server that asks for no key is given for one."""


def key_for(key: str, address: str) -> str:
    """Return the key to send to a server, by the variables of the key and of the address; "" for none.

    A key of the environment is not sent to an address from `.env` that nobody agreed to: a server on this machine
    then gets none, since most need none. Raises ModelError for any other server, and where more than the key would go.
    """
    found = find_untrusted(address)
    if found is None:
        return variable(key)
    if found.credentials == (key,) and on_loopback(found.place):
        return ""
    raise ModelError(str(found), hint=found.hint, kind="key")


def ollama_options() -> dict[str, Any]:
    """Return what Ollama's client needs to send the right key: of itself it reads OLLAMA_API_KEY in the environment.

    A function sets the header, so that no key is in the options, which tracing may show.
    """
    key = key_for("OLLAMA_API_KEY", "OLLAMA_HOST")
    if key == variable("OLLAMA_API_KEY") and not from_dotenv("OLLAMA_API_KEY"):
        return {}

    def signed(request: Request) -> Request:
        request.headers["Authorization"] = f"Bearer {key or NO_KEY}"
        return request

    return {"auth": signed}


def set_where(key: str) -> str:
    """Say where a key is read from: some are taken from `.env`, too."""
    return "in the environment or in .env" if key in NAMES else "in the environment"


def key_told(provider: Provider) -> str:
    """Name the key of a provider and where it is read from, and say if it was not sent; "" where it needs none."""
    if provider.key is None:
        return ""
    if provider.url in CREDENTIALS and find_untrusted(provider.url):
        return (
            f" ({provider.key} of the environment was not sent: {provider.url} comes from .env; newsqa --trust-env "
            "sends it)"
        )
    return f" ({provider.key}, {set_where(provider.key)})"
