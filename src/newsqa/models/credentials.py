"""The API key that is sent to a model's server, never one of the environment to an untrusted address from `.env`."""

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
"""The key for a server that needs none; clients refuse an empty one."""


def key_for(key: str, address: str) -> str:
    """Return the key to send to a server, "" for none; `key` and `address` are the names of their variables.

    A key of the environment is not sent to an address from `.env` that nobody agreed to: a server on this machine
    then gets none, since most need none. Raises ModelError for any other server, and if more than the key would be
    sent.
    """
    found = find_untrusted(address)
    if found is None:
        return variable(key)
    if found.credentials == (key,) and on_loopback(found.place):
        return ""
    raise ModelError(str(found), hint=found.hint, kind="key")


def ollama_options() -> dict[str, Any]:
    """Return the options with which Ollama's client sends the right key; by default it sends the environment's.

    A function sets the header, so that the options, which tracing may show, have no key.
    """
    key = key_for("OLLAMA_API_KEY", "OLLAMA_HOST")
    if key == variable("OLLAMA_API_KEY") and not from_dotenv("OLLAMA_API_KEY"):
        return {}

    def add_key(request: Request) -> Request:
        request.headers["Authorization"] = f"Bearer {key or NO_KEY}"
        return request

    return {"auth": add_key}


def describe_place(key: str) -> str:
    """Return where a key is read from, for a message: some are read from `.env` too."""
    return "in the environment or in .env" if key in NAMES else "in the environment"


def describe_key(provider: Provider) -> str:
    """Return the name of a provider's key and where it is read from or that it was not sent, "" if it needs none."""
    if provider.key is None:
        return ""
    if provider.url in CREDENTIALS and find_untrusted(provider.url):
        return (
            f" ({provider.key} of the environment was not sent: {provider.url} comes from .env; newsqa --trust-env "
            "sends it)"
        )
    return f" ({provider.key}, {describe_place(provider.key)})"
