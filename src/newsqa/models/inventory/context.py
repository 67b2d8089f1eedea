"""How many tokens a server on this machine says that its model reads, asked once, for servers of OpenAI's protocol."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from time import monotonic
from typing import TYPE_CHECKING, Any

from newsqa.errors import ModelError
from newsqa.models.chat.deadlines import LateError, until
from newsqa.models.chat.facts import facts
from newsqa.models.credentials import NO_KEY, key_for
from newsqa.models.inventory.servers import entries, number, read_json

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from newsqa.settings import Settings

SECONDS = 1.0
"""For all that is asked of a server."""

LEAST, MOST = 1_024, 1 << 20
"""Tokens; a server that tells fewer is not believed, and more are never needed."""

OLLAMA_USUAL = 4_096
"""What Ollama lets a model read that it has not loaded yet; it cuts longer prompts without a word."""

_told: dict[tuple[str, str], int] = {}
"""What servers told this process, by address and model."""


def with_told_context(settings: Settings) -> Settings:
    """Return the settings with the context that the server of the model tells, unless one is set.

    A server that does not say, or not in time, changes nothing; a later call asks again. Raises ModelError only where
    there is no model of this name.
    """
    if settings.context or not settings.model.startswith("openai:"):
        return settings
    known = facts(settings.model, settings)
    if known.kind != "server":
        return settings
    told = told_context(known.address.rstrip("/"), settings.model.partition(":")[2].strip())
    return replace(settings, context=told) if told else settings


def told_context(address: str, model: str) -> int | None:
    """Return the context of a model in tokens, as its server on this machine tells; None where it does not, or lies."""
    if (address, model) not in _told:
        try:
            with closing(until(monotonic() + SECONDS, lambda: _asked(address, model))) as asked:
                told = next(asked, None)
        except (ModelError, LateError):
            return None
        if told is None or told < LEAST:
            return None
        _told[address, model] = min(told, MOST)
    return _told[address, model]


def _asked(address: str, model: str) -> Iterator[int]:
    """Ask for the models of a server, and then as the kind of server needs it."""
    headers = {"Authorization": f"Bearer {key_for('OPENAI_API_KEY', 'OPENAI_BASE_URL') or NO_KEY}"}

    def read(path: str) -> object:
        return read_json(f"{address.removesuffix('/v1')}{path}", headers)

    listed = entries(read_json(f"{address}/models", headers), "data")
    entry = next((one for one in listed if one.get("id") == model), listed[0] if len(listed) == 1 else {})
    ways = (_of_vllm(entry), *(way(read, model) for owner, way in _WAYS.items() if entry.get("owned_by") == owner))
    yield from (told for told in ways if told)


def _of_vllm(entry: dict[str, Any]) -> int | None:
    return number(entry, "max_model_len")


def _of_llamacpp(read: Callable[[str], object], _: str) -> int | None:
    """Return what one of its slots reads: what the model was trained on may be much more."""
    props = read("/props")
    usual = props.get("default_generation_settings") if isinstance(props, dict) else None
    return number(usual, "n_ctx") if isinstance(usual, dict) else None


def _of_ollama(read: Callable[[str], object], model: str) -> int:
    running = entries(read("/api/ps"), "models")
    names = {model, f"{model}:latest"}
    told = (number(one, "context_length") for one in running if one.get("name") in names)
    return next(told, None) or OLLAMA_USUAL


def _of_lm_studio(read: Callable[[str], object], model: str) -> int | None:
    loaded = entries(read("/api/v0/models"), "data")
    return next((number(one, "loaded_context_length") for one in loaded if one.get("id") == model), None)


_WAYS: dict[str, Callable[[Callable[[str], object], str], int | None]] = {
    "llamacpp": _of_llamacpp,
    "library": _of_ollama,
    "organization_owner": _of_lm_studio,
}
"""How to ask further, by who is said to own a model: it tells the kind of the server."""
