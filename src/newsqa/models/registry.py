"""Chat models by name: what is known of one before it is loaded or asked, and how it is created.

    extractive                   no model writes
    local                        SmolLM2-135M-Instruct, in this process
    llamacpp:/path/model.gguf    any GGUF file, in this process
    ollama:NAME, openai:NAME     a server on this machine or a hosted one
    anthropic:NAME               a hosted model
    PROVIDER:NAME                any other provider of LangChain's `init_chat_model`, untested

All errors are ModelError; its `kind` says why, and no message holds a key.
"""

from __future__ import annotations

import importlib.util
import re
import weakref
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from newsqa.environment import variable
from newsqa.errors import ModelError
from newsqa.extras import install_hint
from newsqa.models.chat_errors import excerpt, redacted_error, translate_error
from newsqa.models.files import chat_weights, file_digest, read_gguf_header
from newsqa.models.providers import (
    LLAMACPP,
    LOCAL,
    PROVIDERS,
    Provider,
    bypass_proxies,
    client_address,
    client_options,
    describe_place,
    host_of,
    limit_responses,
    ollama_options,
    on_loopback,
    server_address,
    without_secrets,
)
from newsqa.types import EXTRACTIVE

if TYPE_CHECKING:
    from collections.abc import Callable

    from langchain_core.language_models import BaseChatModel

    from newsqa.settings import Settings

NAMES = "extractive, local, llamacpp:/path/model.gguf, ollama:NAME, openai:NAME, anthropic:NAME"

DEFAULT_CONTEXT = 8_192  # tokens that a model is assumed to read if nothing is known of it; NEWSQA_CONTEXT overrides it

MAX_LOCAL_CONTEXT = 8_192
"""Tokens of context for a model in this process: what is read costs memory and, on a CPU, time."""

SMALL_CONTEXT = 4_096  # a model that reads less is shown chosen sentences only

SMALL_MODEL = 4e9
"""Parameters: a model below it, on this machine, is shown chosen sentences only, since it reads slowly and loosely."""

MAX_OUTPUT = {"local": 512, "server": 2_048, "hosted": 4_096}
"""Tokens that a model may write, and a quarter of its context at most. An answer has 200, the rest is for thinking."""

_PARAMETERS = re.compile(r"(?<![\w.])(\d+(?:\.\d+)?)([bm])(?![a-z0-9])", re.IGNORECASE)
_PROVIDER = re.compile(r"[a-z][a-z0-9_]*")
_INSTALL = re.compile(r"pip install ([\w.-]+)")


@dataclass(frozen=True, slots=True)
class ModelInfo:
    """What a chat model's name and the settings say about it.

    `kind`: "extractive" needs no model, "local" runs in this process, a "server" is on this machine, and article text
    leaves this machine for a "hosted" one. `address` is "" for the provider's usual one. `context_tokens` is what it
    can read and write together, `output_tokens` what it may write. `small` models are shown chosen sentences instead
    of passages. `key` is the environment variable of its key, None if it needs none or that is not known.
    """

    name: str
    kind: Literal["extractive", "local", "server", "hosted"]
    address: str
    context_tokens: int
    small: bool
    output_tokens: int = 0
    key: str | None = None

    @property
    def input_tokens(self) -> int:
        """How many tokens a prompt may have."""
        return max(self.context_tokens - self.output_tokens, 0)


def model_info(name: str, settings: Settings) -> ModelInfo:
    """Return what is known of the model `name`. Nothing is loaded or asked; of a GGUF file the header is read.

    Raises ModelError if the name is no model's, or the file of a model on this machine cannot be used.
    """
    if name == EXTRACTIVE:
        return ModelInfo(name, EXTRACTIVE, "", 0, small=False)
    provider, model = parse_model_name(name)
    if provider.name == LLAMACPP:
        header = read_gguf_header(chat_weights(name))
        context = min(settings.context or MAX_LOCAL_CONTEXT, header.context or DEFAULT_CONTEXT)
        return ModelInfo(name, "local", "", context, small=True, output_tokens=min(MAX_OUTPUT["local"], context // 4))
    return _served_info(name, provider, model, server_address(provider), settings)


def describe_chat_model(model: BaseChatModel, settings: Settings) -> ModelInfo:
    """Return what is known of a chat model that somebody else created; its provider follows from its class."""
    provider = Provider(type(model).__name__.removeprefix("Chat").lower())
    served = str(getattr(model, "model_name", "") or getattr(model, "model", "") or "")
    name = f"{provider.name}:{served}" if served else provider.name
    return _served_info(name, provider, served, client_address(model), settings)


def _served_info(name: str, provider: Provider, model: str, address: str, settings: Settings) -> ModelInfo:
    local = on_loopback(address)
    kind: Literal["server", "hosted"] = "server" if local else "hosted"
    context = settings.context or (DEFAULT_CONTEXT if local else _listed_context(provider.name, model))
    return ModelInfo(
        name,
        kind,
        address,
        context,
        small=context < SMALL_CONTEXT or (local and _parameters(model) < SMALL_MODEL),
        output_tokens=min(MAX_OUTPUT[kind], context // 4),
        key=None if local else provider.key,
    )


def parse_model_name(name: str) -> tuple[Provider, str]:
    """Split a name into its provider and the provider's own name of the model. Raises ModelError if it is no name."""
    if name == LOCAL:
        return PROVIDERS[LLAMACPP], ""
    kind, _, model = name.partition(":")
    if model.strip() and _PROVIDER.fullmatch(kind):
        return PROVIDERS.get(kind, Provider(kind)), model.strip()
    raise _unknown_name(name)


def _unknown_name(name: str) -> ModelError:
    return ModelError(
        f"There is no model called “{name}”.",
        hint=f"Set NEWSQA_MODEL to one of these: {NAMES}, or PROVIDER:NAME with another provider that LangChain's "
        "init_chat_model knows.",
        kind="name",
    )


def _parameters(model: str) -> float:
    """Return how many parameters a name like "llama3.2:1b" says; infinity if it says none."""
    sizes = [float(number) * (1e9 if unit in "bB" else 1e6) for number, unit in _PARAMETERS.findall(model)]
    return min(sizes, default=float("inf"))


def _listed_context(provider: str, model: str) -> int:
    """Return the context of a hosted model from the price list."""
    try:
        from genai_prices.data_snapshot import get_snapshot
    except ImportError:  # it comes with the extras for models that write
        return DEFAULT_CONTEXT

    try:
        _, found = get_snapshot().find_provider_model(model, None, provider, None)
    except (LookupError, ValueError):
        return DEFAULT_CONTEXT
    return found.context_window or DEFAULT_CONTEXT


def create_chat_model(settings: Settings, temperature: float | None = None) -> BaseChatModel:
    """Create the chat model that the settings name; `temperature` replaces its default.

    It writes `model_info(...).output_tokens` at most. Retries and the time limit on the whole are the task of
    `invoke_model` and `stream_model`. Raises ModelError if the name is unknown, a package, the weights or a key are
    missing, the file cannot be used, or settings.offline forbids it.
    """
    info = model_info(settings.model, settings)
    if settings.model == EXTRACTIVE:
        raise ModelError("“extractive” is no chat model.", hint="Name one, as “local” or “openai:NAME”.", kind="name")
    provider, model = parse_model_name(settings.model)
    _refuse_offline(info, settings)
    _require_package(provider, info)
    _require_key(info)
    bypass_proxies(info.address)
    metadata = {"newsqa_timeout": settings.timeout, "newsqa_tracing": settings.tracing}
    if provider.name == LLAMACPP:
        from newsqa.models.llamacpp import LlamaCppChat

        return LlamaCppChat(
            name=info.name,
            file=chat_weights(info.name),
            context=info.context_tokens,
            threads=settings.threads,
            max_tokens=info.output_tokens,
            temperature=temperature or 0.0,
            timeout=settings.timeout,
            metadata=metadata,
        )
    options = _OPTIONS.get(provider.name, _common_options)(info, settings)
    if temperature is not None:
        options["temperature"] = temperature
    return _by_langchain(provider, model, {**options, "metadata": metadata})


def model_identity(name: str, model: BaseChatModel) -> str:
    """Return the name of a created model with the address of its server or the digest of its file.

    Raises ModelError if the file cannot be read.
    """
    file = getattr(model, "file", None)
    place = file_digest(file)[:16] if isinstance(file, Path) else without_secrets(client_address(model))
    return f"{name} {place}".strip()


def _refuse_offline(info: ModelInfo, settings: Settings) -> None:
    if settings.offline and info.kind == "hosted":
        where = f" at {host_of(info.address)}" if info.address else ""
        raise ModelError(
            f"The model {info.name} runs elsewhere{where}, and NEWSQA_OFFLINE forbids what leaves this machine.",
            hint="Unset NEWSQA_OFFLINE, or use “extractive”, “local” or a server on this machine.",
            kind="offline",
        )


def _require_package(provider: Provider, info: ModelInfo) -> None:
    try:
        found = not provider.module or importlib.util.find_spec(provider.module) is not None
    except (ImportError, ValueError):  # what a test or a plugin put into its place
        found = False
    if not found:
        raise _missing_package(info.name, provider.module.replace("_", "-"), provider.install)


def _missing_package(name: str, package: str, install: str) -> ModelError:
    return ModelError(
        f"The model {name} needs a package that is not installed: {package}.",
        hint=install_hint(install),
        kind="missing",
    )


def _require_key(info: ModelInfo) -> None:
    if info.key and not variable(info.key):
        address = without_secrets(info.address)
        elsewhere = f" Any value does for a server that asks for none ({address})." if address else ""
        raise ModelError(
            f"The model {info.name} needs a key, and {info.key} is not set.",
            hint=f"Set it {describe_place(info.key)}: {info.key}=…{elsewhere}",
            kind="key",
        )


def _by_langchain(provider: Provider, model: str, options: dict[str, Any]) -> BaseChatModel:
    from langchain.chat_models import init_chat_model

    name = f"{provider.name}:{model}"
    try:
        created: BaseChatModel = init_chat_model(model, model_provider=provider.name, **options)
    except Exception as error:  # a provider's own types, whose text may hold a key
        failed = error
    else:
        limit_responses(created)
        _close_with(created)
        return created
    raise _not_created(name, provider, failed)  # here, so that the error of the client is not its context


def _not_created(name: str, provider: Provider, error: Exception) -> ModelError:
    """Return the ModelError for an error of `init_chat_model`; it names the package that is missing in its message."""
    if isinstance(error, ImportError):
        named = _INSTALL.search(str(error))
        package = named[1] if named else provider.install or error.name or "a package of LangChain"
        return _missing_package(name, package, provider.install or package)
    if isinstance(error, ValueError) and str(error).startswith("Unsupported provider"):
        return _unknown_name(name)
    if provider.name in PROVIDERS:
        return translate_error(error, name)
    failed = ModelError(
        f"The model {name} could not be set up: {excerpt(str(error)) or type(error).__name__}",
        hint="It may need a key or another setting, in the environment or in .env; LangChain's documentation of the "
        "provider names them.",
    )
    failed.__cause__ = redacted_error(error)
    return failed


def _close_with(model: BaseChatModel) -> None:
    """Close the connections of a client with its model, if it does not do so itself."""
    close = getattr(getattr(getattr(model, "_client", None), "_client", None), "close", None)
    if callable(close):
        weakref.finalize(model, close)


def _common_options(info: ModelInfo, settings: Settings) -> dict[str, Any]:
    return {"timeout": settings.timeout, "max_retries": 1, "max_tokens": info.output_tokens}


def _anthropic(info: ModelInfo, settings: Settings) -> dict[str, Any]:
    return {
        **_common_options(info, settings),
        "max_retries": 0,
        **client_options(info.address, "ANTHROPIC_API_KEY", "ANTHROPIC_BASE_URL"),
    }


def _openai(info: ModelInfo, settings: Settings) -> dict[str, Any]:
    options: dict[str, Any] = {
        **_common_options(info, settings),
        "max_retries": 0,
        "stream_usage": True,
        "http_socket_options": (),  # its own transport would not use proxies
        **client_options(info.address, "OPENAI_API_KEY", "OPENAI_BASE_URL"),
    }
    if info.kind == "server":  # many servers know only the older name of this limit
        options["extra_body"] = {"max_tokens": info.output_tokens}
    return options


def _ollama(info: ModelInfo, settings: Settings) -> dict[str, Any]:
    return {
        "base_url": info.address,
        "num_ctx": info.context_tokens,  # Ollama cuts the prompt silently at its own, smaller default
        "num_predict": info.output_tokens,
        "client_kwargs": {"timeout": settings.timeout, **ollama_options()},
    }


_OPTIONS: dict[str, Callable[[ModelInfo, Settings], dict[str, Any]]] = {
    "anthropic": _anthropic,
    "ollama": _ollama,
    "openai": _openai,
}
