"""The models that a server says it has: Ollama's /api/tags, and /models of OpenAI's protocol."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from newsqa.errors import ModelError
from newsqa.models.addresses import on_loopback, without_secrets

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

NEAR, FAR = 0.5, 5.0
"""Seconds for a server on this machine, and for any other."""

MOST_BYTES = 1 << 20
MOST_MODELS = 200
LONGEST_NAME = 200


@dataclass(frozen=True, slots=True)
class Served:
    """A model of a server; `size` of its weights in bytes and `context` in tokens, where the server tells them."""

    name: str
    size: int | None = None
    context: int | None = None


def ollama_models(address: str) -> list[Served]:
    """Return the models of an Ollama server that can write. Raises ModelError where it does not answer."""
    found = entries(read_json(f"{address.rstrip('/')}/api/tags"), "models")
    return [Served(name, number(entry, "size")) for name, entry in _named(found, "name") if not _embeds(entry)]


def openai_models(address: str, key: str) -> list[Served]:
    """Return the models of a server that speaks OpenAI's protocol. Raises ModelError where it does not answer.

    vLLM tells the context as `max_model_len`, llama.cpp both context and size under `meta`.
    """
    found = entries(read_json(f"{address.rstrip('/')}/models", {"Authorization": f"Bearer {key or 'none'}"}), "data")
    return [Served(name, *_told(entry)) for name, entry in _named(found, "id")]


def _told(entry: dict[str, Any]) -> tuple[int | None, int | None]:
    meta = entry["meta"] if isinstance(entry.get("meta"), dict) else {}
    context = number(entry, "max_model_len") or number(meta, "n_ctx") or number(meta, "n_ctx_train")
    return number(meta, "size"), context


def _embeds(entry: dict[str, Any]) -> bool:
    """Whether a model of Ollama makes vectors and cannot write."""
    details = entry["details"] if isinstance(entry.get("details"), dict) else {}
    return "bert" in str(details.get("family", ""))


def _named(entries: list[dict[str, Any]], field: str) -> Iterator[tuple[str, dict[str, Any]]]:
    for entry in entries[:MOST_MODELS]:
        name = entry.get(field)
        if isinstance(name, str) and 0 < len(name) <= LONGEST_NAME:
            yield name, entry


def number(fields: Mapping[str, Any], name: str) -> int | None:
    """Return a whole number above 0, None where a field is none."""
    value = fields.get(name)
    return value if isinstance(value, int) and value > 0 else None


def entries(answer: object, field: str) -> list[dict[str, Any]]:
    """Return the objects that a field lists, whatever else stands there."""
    listed = answer.get(field) if isinstance(answer, dict) else None
    return [entry for entry in listed if isinstance(entry, dict)] if isinstance(listed, list) else []


def read_json(url: str, headers: Mapping[str, str] | None = None) -> object:
    """Return the JSON at an address. Proxies are heeded for other machines only. Raises ModelError."""
    import httpx  # noqa: PLC0415

    near = on_loopback(url)
    try:
        with (
            httpx.Client(timeout=NEAR if near else FAR, trust_env=not near) as client,
            client.stream("GET", url, headers=headers) as answer,
        ):
            answer.raise_for_status()
            return json.loads(_bounded(answer.iter_bytes()))
    except (httpx.HTTPError, httpx.InvalidURL, ValueError, RecursionError) as error:
        raise _failed(url, error) from None  # what the client raised may hold the key


def _failed(url: str, error: Exception) -> ModelError:
    """Say what is wrong with a server; only one of the kinds "key" and "unreachable" cannot be used at all."""
    import httpx  # noqa: PLC0415

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
        said = f"The server at {where} does not answer ({type(error).__name__})."
        return ModelError(said, hint="Start it, or mend its address.", kind="unreachable", retryable=True)
    return ModelError(f"The server at {where} does not list its models.", kind="malformed")


def _bounded(pieces: Iterator[bytes]) -> bytes:
    """Join what comes; one that sends too much is cut, and then no JSON."""
    body = b""
    for piece in pieces:
        body += piece
        if len(body) > MOST_BYTES:
            break
    return body
