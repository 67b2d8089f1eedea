"""Providers of chat models: the package, key and address of each, which key is sent where, and what a server lists."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from newsqa.environment import ENVIRONMENT, NAMES, origin, variable
from newsqa.errors import ModelError
from newsqa.trust import CREDENTIALS, find_untrusted

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from httpx import Request
    from langchain_core.language_models import BaseChatModel

LOCAL, LLAMACPP = "local", "llamacpp"

LOCAL_TIMEOUT, REMOTE_TIMEOUT = 0.5, 5.0
"""Seconds to wait for a server on this machine, and for any other, when it is asked about its models."""

MAX_RESPONSE = 1 << 20  # bytes
MAX_MODELS = 200
MAX_NAME = 200


@dataclass(frozen=True, slots=True)
class Provider:
    """A way to use chat models, named "name:MODEL".

    `module` is the Python module that it needs and `install` what pip installs it by. `key` and `url` are the
    environment variables of its API key and of its server's address, None where there is none. `default_url` is the
    address without that variable, "" if only the client knows it.
    """

    name: str
    module: str = ""
    install: str = ""
    key: str | None = None
    url: str | None = None
    default_url: str = ""


PROVIDERS = {
    provider.name: provider
    for provider in (
        Provider(LLAMACPP, "xllamacpp", ".[local]"),
        Provider("ollama", "langchain_ollama", ".[ollama]", None, "OLLAMA_HOST", "http://127.0.0.1:11434"),
        Provider("openai", "langchain_openai", "langchain-openai", "OPENAI_API_KEY", "OPENAI_BASE_URL"),
        Provider("anthropic", "langchain_anthropic", ".[anthropic]", "ANTHROPIC_API_KEY", "ANTHROPIC_BASE_URL"),
    )
}
"""The tested providers. Any other is passed to LangChain by its name."""


def server_address(provider: Provider) -> str:
    """Return the address of a provider's server from its variable, else the default; "" if only its client knows."""
    address = (variable(provider.url) if provider.url else "") or provider.default_url
    return address if not address or "://" in address else f"http://{address}"  # OLLAMA_HOST may have no scheme


def client_address(model: BaseChatModel) -> str:
    """Return the address of the server that a model's client calls, "" if the client does not say."""
    client = getattr(model, "root_client", None) or getattr(model, "_client", None)
    return str(getattr(client, "base_url", None) or getattr(model, "base_url", None) or "")


def on_loopback(address: str) -> bool:
    """Return True if an address, with or without a scheme, is on this machine: 127.0.0.0/8, ::1 or localhost."""
    host = host_of(address)
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def bypass_proxies(address: str) -> None:
    """Add the host of an address on this machine to NO_PROXY, so that no client uses a proxy for it."""
    if not on_loopback(address):
        return
    listed = [one.strip() for one in (variable("NO_PROXY") or variable("no_proxy")).split(",") if one.strip()]
    if "*" not in listed and host_of(address) not in listed:
        os.environ["NO_PROXY"] = os.environ["no_proxy"] = ",".join([*listed, host_of(address)])


def host_of(address: str) -> str:
    """Return the host of an address, "" if it has none."""
    try:
        return urlsplit(address if "://" in address else f"//{address}").hostname or ""
    except ValueError:
        return ""


def without_secrets(address: str) -> str:
    """Return an address as it may be shown: without user, password, query and fragment."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return ""
    return parts._replace(netloc=parts.netloc.rpartition("@")[2], query="", fragment="").geturl()


@dataclass(frozen=True, slots=True)
class ServedModel:
    """A model that a server lists: the size of its weights in bytes and its context in tokens, None if not reported."""

    name: str
    size: int | None = None
    context: int | None = None


def list_ollama_models(address: str) -> list[ServedModel]:
    """Return the models of an Ollama server that can write. Raises ModelError if it does not answer."""
    listed = objects_in(read_json(f"{address.rstrip('/')}/api/tags"), "models")
    return [
        ServedModel(name, positive_int(entry, "size"))
        for name, entry in _named(listed, "name")
        if not (isinstance(details := entry.get("details"), dict) and "bert" in str(details.get("family")))
    ]


def list_openai_models(address: str, key: str) -> list[ServedModel]:
    """Return the models of a server that speaks OpenAI's protocol. Raises ModelError if it does not answer.

    vLLM reports the context as `max_model_len`, llama.cpp reports context and size in `meta`.
    """
    answer = read_json(f"{address.rstrip('/')}/models", {"Authorization": f"Bearer {key or 'none'}"})
    models = []
    for name, entry in _named(objects_in(answer, "data"), "id"):
        meta = entry["meta"] if isinstance(entry.get("meta"), dict) else {}
        context = (
            positive_int(entry, "max_model_len") or positive_int(meta, "n_ctx") or positive_int(meta, "n_ctx_train")
        )
        models.append(ServedModel(name, positive_int(meta, "size"), context))
    return models


def list_served(provider: str, address: str) -> list[ServedModel]:
    """Return the models of a provider's server, if it lists them. Raises ModelError if it does not answer."""
    if provider == "ollama":
        return list_ollama_models(address)
    return list_openai_models(address, key_for("OPENAI_API_KEY", "OPENAI_BASE_URL")) if provider == "openai" else []


def _named(entries: list[dict[str, Any]], field: str) -> Iterator[tuple[str, dict[str, Any]]]:
    for entry in entries[:MAX_MODELS]:
        name = entry.get(field)
        if isinstance(name, str) and 0 < len(name) <= MAX_NAME:
            yield name, entry


def positive_int(fields: Mapping[str, Any], name: str) -> int | None:
    """Return a field if it is a whole number above 0, else None."""
    value = fields.get(name)
    return value if isinstance(value, int) and value > 0 else None


def objects_in(answer: object, field: str) -> list[dict[str, Any]]:
    """Return the objects in the list `field` of a JSON answer; what is of another type is left out."""
    listed = answer.get(field) if isinstance(answer, dict) else None
    return [entry for entry in listed if isinstance(entry, dict)] if isinstance(listed, list) else []


def read_json(url: str, headers: Mapping[str, str] | None = None) -> object:
    """Return the JSON at an address. Proxies are used for other machines only. Raises ModelError."""
    import httpx

    local = on_loopback(url)
    try:
        with (
            httpx.Client(timeout=LOCAL_TIMEOUT if local else REMOTE_TIMEOUT, trust_env=not local) as client,
            client.stream("GET", url, headers=headers) as response,
        ):
            response.raise_for_status()
            body = b""
            for piece in response.iter_bytes():
                body += piece
                if len(body) > MAX_RESPONSE:
                    break  # cut off, it is no JSON
            return json.loads(body)
    except (httpx.HTTPError, httpx.InvalidURL, ValueError, RecursionError) as error:
        raise _read_error(url, error) from None  # the client's error may hold the key


def _read_error(url: str, error: Exception) -> ModelError:
    """Return the ModelError of a failed request: of the kind "key" or "unreachable" if the server cannot be used."""
    import httpx

    where = without_secrets(url)
    if isinstance(error, httpx.HTTPStatusError):
        status = error.response.status_code
        refused = status in {401, 403}
        return ModelError(
            f"The server at {where} answers with status {status}.",
            hint="Check its key." if refused else "",
            kind="key" if refused else "server",
        )
    if isinstance(error, httpx.RequestError | httpx.InvalidURL):
        message = f"The server at {where} does not answer ({type(error).__name__})."
        return ModelError(message, hint="Start it, or correct its address.", kind="unreachable", retryable=True)
    return ModelError(f"The server at {where} does not list its models.", kind="malformed")


# The API key that is sent to a model's server, never one of the environment to an untrusted address from `.env`.

NO_KEY = "none"  # the key for a server that needs none; clients refuse an empty one


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


def client_options(address: str, key: str, variable_of_address: str) -> dict[str, Any]:
    """Return a server's address and key as LangChain's clients take them; what only the client knows is left out."""
    value = key_for(key, variable_of_address) or (NO_KEY if on_loopback(address) else "")
    return {**({"base_url": address} if address else {}), **({"api_key": value} if value else {})}


def ollama_options() -> dict[str, Any]:
    """Return the options with which Ollama's client sends the right key; by default it sends the environment's.

    A function sets the header, so that the options, which tracing may show, have no key.
    """
    key = key_for("OLLAMA_API_KEY", "OLLAMA_HOST")
    if key == variable("OLLAMA_API_KEY") and origin("OLLAMA_API_KEY") in {"", ENVIRONMENT}:
        return {}

    def add_key(request: Request) -> Request:
        request.headers["Authorization"] = f"Bearer {key or NO_KEY}"
        return request

    return {"auth": add_key}


MAX_REPLY, MAX_PACKED_REPLY = 16 << 20, 1 << 19
"""Bytes of one response of a chat model's server, and of one that is compressed."""


class OversizedReplyError(Exception):
    """A server sent more than MAX_REPLY bytes."""


class _Limited:
    """The bytes of a response, up to a limit."""

    def __init__(self, stream: Any, limit: int) -> None:
        self._stream, self._left = stream, limit

    def __iter__(self) -> Iterator[bytes]:
        for data in self._stream:
            self._left -= len(data)
            if self._left < 0:
                raise OversizedReplyError("The reply is too long.")
            yield data

    def close(self) -> None:
        self._stream.close()


def _limit(response: Any) -> None:
    packed = response.headers.get("content-encoding", "identity") != "identity"
    for kind in type(response.stream).__mro__:
        if kind.__name__ == "SyncByteStream":  # httpx's, or that of the copy of it which OpenAI's client uses
            limited = type("Limited", (_Limited, kind), {})
            response.stream = limited(response.stream, MAX_PACKED_REPLY if packed else MAX_REPLY)


def limit_responses(model: BaseChatModel) -> None:
    """Let the client of a model read so much of a response, and ask that none be compressed."""
    client = getattr(getattr(model, "root_client", None) or getattr(model, "_client", None), "_client", None)
    hooks = getattr(client, "event_hooks", None)
    if client is not None and hooks is not None and _limit not in hooks["response"]:  # clients are shared by models
        client.headers["Accept-Encoding"] = "identity"
        hooks["response"].append(_limit)


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
