"""The one place where a chat model is made, by its name."""

from __future__ import annotations

import importlib.util
import weakref
from pathlib import Path
from typing import TYPE_CHECKING, Any

from newsqa.errors import ModelError
from newsqa.extras import install_hint
from newsqa.models.addresses import host_of, without_secrets
from newsqa.models.bundled import file_digest
from newsqa.models.chat.facts import EXTRACTIVE, ModelFacts, facts, provider_of, weights_of
from newsqa.models.chat.failures import failure
from newsqa.models.chat.providers import LLAMACPP, Provider
from newsqa.models.prices import address_of
from newsqa.settings import past_proxies, variable

if TYPE_CHECKING:
    from collections.abc import Callable

    from langchain_core.language_models import BaseChatModel

    from newsqa.settings import Settings

NO_KEY = "none"
"""What a server on this machine is given for a key, where none is set."""


def chat_model(settings: Settings, temperature: float | None = None) -> BaseChatModel:
    """Make the chat model that the settings name; it is asked at its own temperature or this.

    It writes `facts(...).output_tokens` at most. Retries, and the time limit on the whole, are left to `ask_model` and
    `stream_model`. Raises ModelError where the name is unknown, a package, weights or its key are missing, its file
    cannot be used, or where settings.offline forbids it.
    """
    known = facts(settings.model, settings)
    if settings.model == EXTRACTIVE:
        raise ModelError("“extractive” is no chat model.", hint="Name one, as “local” or “openai:NAME”.", kind="name")
    provider, model = provider_of(settings.model)
    _refuse_offline(known, settings)
    _need_package(provider, known)
    _need_key(provider, known)
    if known.kind == "server":
        past_proxies(host_of(known.address))
    noted = {"newsqa_timeout": settings.timeout, "newsqa_tracing": settings.tracing}
    if provider.name == LLAMACPP:
        return _in_process(known, settings, temperature, noted)
    options = _OPTIONS.get(provider.name, _usual)(known, settings)
    if temperature is not None:
        options["temperature"] = temperature
    return _by_langchain(provider, model, {**options, "metadata": noted})


def identity_of(name: str, model: BaseChatModel) -> str:
    """Identify a model that was made: its name, and the address of its server or the digest of its file.

    Raises ModelError where the file cannot be read.
    """
    file = getattr(model, "file", None)
    place = file_digest(file)[:16] if isinstance(file, Path) else without_secrets(address_of(model))
    return f"{name} {place}".strip()


def tokenizer_of(model: BaseChatModel | None) -> Callable[[str], int] | None:
    """Return what counts the tokens of a model exactly, for one in this process; None for others."""
    counts = getattr(model, "count_tokens_of", None)
    return counts if callable(counts) else None


def _refuse_offline(known: ModelFacts, settings: Settings) -> None:
    if settings.offline and known.kind == "hosted":
        where = f" at {host_of(known.address)}" if known.address else ""
        raise ModelError(
            f"The model {known.name} runs elsewhere{where}, and NEWSQA_OFFLINE forbids what leaves this machine.",
            hint="Unset NEWSQA_OFFLINE, or use “extractive”, “local” or a server on this machine.",
            kind="offline",
        )


def _need_package(provider: Provider, known: ModelFacts) -> None:
    try:
        found = importlib.util.find_spec(provider.module) is not None
    except (ImportError, ValueError):  # what a test or a plugin put into its place
        found = False
    if not found:
        raise ModelError(
            f"The model {known.name} needs a package that is not installed: {provider.module.replace('_', '-')}.",
            hint=install_hint(provider.install),
            kind="missing",
        )


def _need_key(provider: Provider, known: ModelFacts) -> None:
    if known.key and provider.key_only_here and not variable(known.key):
        address = without_secrets(known.address)
        elsewhere = f" Any value does for a server that asks for none ({address})." if address else ""
        raise ModelError(
            f"The model {known.name} needs a key, and {known.key} is set neither in the environment nor in .env.",
            hint=f"Write it into .env: {known.key}=…{elsewhere}",
            kind="key",
        )


def _in_process(
    known: ModelFacts, settings: Settings, temperature: float | None, noted: dict[str, Any]
) -> BaseChatModel:
    from newsqa.models.chat.llamacpp import LlamaCppChat  # noqa: PLC0415  LangChain takes 0.6 s

    return LlamaCppChat(
        name=known.name,
        file=weights_of(known.name),
        context=known.context_tokens,
        threads=settings.threads,
        max_tokens=known.output_tokens,
        temperature=temperature or 0.0,
        timeout=settings.timeout,
        metadata=noted,
    )


def _by_langchain(provider: Provider, model: str, options: dict[str, Any]) -> BaseChatModel:
    from langchain.chat_models import init_chat_model  # noqa: PLC0415  takes 0.6 s

    name = f"{provider.name}:{model}"
    try:
        made: BaseChatModel = init_chat_model(model, model_provider=provider.name, **options)
    except ImportError as error:
        raise ModelError(
            f"The model {name} needs a package that is not installed: {error.name or provider.install}.",
            hint=install_hint(provider.install),
            kind="missing",
        ) from None
    except Exception as error:  # a provider's own kinds, whose text may hold a key
        failed = error
    else:
        _close_with(made)
        return made
    told = failure(failed, name)
    if provider.key and not variable(provider.key):
        told.hint = f"Its key is read from {provider.key}, in the environment or in .env. {told.hint}"
    raise told


def _close_with(model: BaseChatModel) -> None:
    """Close the connections of a client that does not do so itself when its model is gone."""
    close = getattr(getattr(getattr(model, "_client", None), "_client", None), "close", None)
    if callable(close):
        weakref.finalize(model, close)


def _usual(known: ModelFacts, settings: Settings) -> dict[str, Any]:
    return {"timeout": settings.timeout, "max_retries": 1, "max_tokens": known.output_tokens}


def _anthropic(known: ModelFacts, settings: Settings) -> dict[str, Any]:
    keyless = {} if variable("ANTHROPIC_API_KEY") or known.kind == "hosted" else {"api_key": NO_KEY}
    return {**_usual(known, settings), "max_retries": 0, **keyless}


def _openai(known: ModelFacts, settings: Settings) -> dict[str, Any]:
    options: dict[str, Any] = {
        **_usual(known, settings),
        "max_retries": 0,
        "stream_usage": True,
        "http_socket_options": (),  # its own transport would go past proxies
    }
    if known.address:
        options["base_url"] = known.address
    if known.kind == "server":  # many a server knows only the older name of this limit
        options["extra_body"] = {"max_tokens": known.output_tokens}
        options["api_key"] = variable("OPENAI_API_KEY") or NO_KEY
    return options


def _ollama(known: ModelFacts, settings: Settings) -> dict[str, Any]:
    return {
        "base_url": known.address,
        "num_ctx": known.context_tokens,  # Ollama cuts the prompt silently at its own, smaller default
        "num_predict": known.output_tokens,
        "client_kwargs": {"timeout": settings.timeout},
    }


_OPTIONS: dict[str, Callable[[ModelFacts, Settings], dict[str, Any]]] = {
    "anthropic": _anthropic,
    "ollama": _ollama,
    "openai": _openai,
}
