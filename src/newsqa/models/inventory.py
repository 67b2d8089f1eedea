"""The models that can be used here: where each runs, what is missing, if it answers, and how much it can read."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass, replace
from importlib.util import find_spec
from time import monotonic
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import urlsplit

from newsqa import models
from newsqa.environment import variable
from newsqa.errors import ModelError
from newsqa.extras import install_hint
from newsqa.models import files, providers
from newsqa.models.chat import BackgroundIterator, Reply, stream_model
from newsqa.models.chat_errors import DeadlineError
from newsqa.models.registry import ModelInfo, create_chat_model, model_info, parse_model_name
from newsqa.models.usage import Price
from newsqa.settings import Settings
from newsqa.trust import CREDENTIALS, find_untrusted
from newsqa.types import EXTRACTIVE, Usage

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

Task = Literal["answers", "embeds", "ranks"]

DEFAULTS = Settings()

ANY = "NAME"  # stands for a model of a provider that lists none here
FORBIDDEN = "NEWSQA_OFFLINE forbids what leaves this machine."


@dataclass(frozen=True, slots=True)
class ModelEntry:
    """A model and what is known of it on this machine.

    `runs`: "here" in this process, on a "server" of this machine, or "hosted", so that text leaves this machine for
    `address` ("" for the provider's usual one). If it is not usable, `missing` says why and `mend` what to do.
    `size` is that of its weights in bytes, `context` what it reads and writes together in tokens, `price` the US
    dollars for a million tokens read and a million written; None if not known.
    """

    name: str
    does: Task
    runs: Literal["here", "server", "hosted"]
    usable: bool = True
    chosen: bool = False
    missing: str = ""
    mend: str = ""
    address: str = ""
    size: int | None = None
    context: int | None = None
    price: tuple[float, float] | None = None

    @property
    def writes(self) -> bool:
        """True if it is a chat model, and one of its own."""
        return self.does == "answers" and self.name != EXTRACTIVE and not self.name.endswith(f":{ANY}")


def list_models(settings: Settings, *, remote: bool = False) -> list[ModelEntry]:
    """Return the models that can answer, then the embedder and the reranker in use.

    Servers on this machine are asked for their models, others only if `remote`. Nothing is loaded.
    """
    found = {model.name: model for model in _chat_models(settings, remote=remote)}
    chosen = find_model(settings.model, found.values()) or describe_model(settings.model, settings)
    found[chosen.name] = replace(chosen, chosen=True)
    order = sorted(found.values(), key=lambda model: ("here", "server", "hosted").index(model.runs))
    reranker = _search_model(settings.reranker, "ranks", files.MINILM, settings)
    return [*order, replace(_embedder(settings), chosen=True), replace(reranker, chosen=True)]


def find_model(name: str, entries: Iterable[ModelEntry]) -> ModelEntry | None:
    """Return the entry of a model, None if there is none; Ollama's tag ":latest" may be left out."""
    return next((model for model in entries if model.name in {name, f"{name}:latest"}), None)


def describe_model(name: str, settings: Settings) -> ModelEntry:
    """Return the entry of one chat model; its server is asked if it is on this machine."""
    entry = _entry(name, settings)
    provider, _, model = name.partition(":")
    if not entry.usable or entry.runs != "server" or provider not in {"ollama", "openai"}:
        return entry
    try:
        listed = providers.list_served(provider, entry.address)
    except ModelError as error:
        return _unlisted(entry, error)
    served = next((one for one in listed if one.name in {model, f"{model}:latest"}), None)
    if served is None and provider == "ollama":  # others may take any name
        missing = f"The server at {entry.address} has no model “{model}”."
        return replace(entry, usable=False, missing=missing, mend=f"ollama pull {model}")
    return _entry(name, settings, served)


def _chat_models(settings: Settings, *, remote: bool) -> Iterator[ModelEntry]:
    yield _entry(EXTRACTIVE, settings)
    yield _entry(providers.LOCAL, settings)
    yield from _served("ollama", settings, remote=remote)
    if variable("OPENAI_BASE_URL"):
        yield from _served("openai", settings, remote=remote)
    else:
        yield _entry(f"openai:{ANY}", settings)
    yield _entry(f"anthropic:{ANY}", settings)


def _served(name: str, settings: Settings, *, remote: bool) -> Iterator[ModelEntry]:
    """List the models of a server; one that does not answer is listed only if its address was set."""
    provider = providers.PROVIDERS[name]
    address_set = bool(provider.url and variable(provider.url))
    address, any_model = providers.server_address(provider), _entry(f"{name}:{ANY}", settings)
    if not providers.on_loopback(address) and (not remote or settings.offline):
        if address_set:
            yield any_model
        return
    try:
        for served in providers.list_served(name, address):
            yield _entry(f"{name}:{served.name}", settings, served)
    except ModelError as error:
        if address_set:
            yield _unlisted(any_model, error)


def _unlisted(entry: ModelEntry, error: ModelError) -> ModelEntry:
    """Return the entry of a model whose server lists none: it may be usable, unless the server refuses or is down."""
    if error.kind not in {"unreachable", "key"}:
        return entry
    return replace(entry, usable=False, missing=str(error), mend=error.hint)


def _entry(
    name: str,
    settings: Settings,
    served: providers.ServedModel | None = None,
    does: Literal["answers", "embeds"] = "answers",
) -> ModelEntry:
    """Return the entry of one model that answers or embeds; one that cannot be used says what is missing."""
    if name == EXTRACTIVE:
        return _search_model(name, "answers", files.MINILM, settings)
    try:
        info = model_info(name, settings)
    except ModelError as error:
        return ModelEntry(name, does, "here", usable=False, missing=str(error), mend=error.hint)
    missing, mend = _missing(info, settings)
    here = info.kind == "local"
    return ModelEntry(
        name,
        does,
        "here" if here else "server" if info.kind == "server" else "hosted",
        usable=not missing,
        missing=missing,
        mend=mend,
        address=providers.without_secrets(info.address),
        size=files.chat_weights(name).stat().st_size if here else served.size if served else None,
        context=(served and served.context) or (None if name.endswith(f":{ANY}") else info.context_tokens),
        price=_price(info),
    )


def _missing(info: ModelInfo, settings: Settings) -> tuple[str, str]:
    """Return what is missing for using a model and what to do; ("", "") if nothing is."""
    provider, _ = parse_model_name(info.name)
    if provider.module and find_spec(provider.module) is None:
        return f"The package {provider.module} is not installed.", install_hint(provider.install)
    if info.kind == "hosted" and settings.offline:
        return FORBIDDEN, "Unset it to use this model."
    if info.key and not variable(info.key):
        return f"{info.key} is not set.", f"Set it {providers.describe_place(info.key)}."
    found = find_untrusted(provider.url) if provider.url in CREDENTIALS and info.kind == "hosted" else None
    return (str(found), found.hint) if found else ("", "")


def _price(info: ModelInfo) -> tuple[float, float] | None:
    if info.kind != "hosted" or info.name.endswith(f":{ANY}"):
        return None
    price = Price(info.name, info.address)
    read, written = price.dollars(1_000_000, 0), price.dollars(0, 1_000_000)
    return None if read is None or written is None else (read, written)


def _embedder(settings: Settings) -> ModelEntry:
    name = settings.embedder
    if name.startswith(("openai:", "ollama:")):
        return replace(_entry(name, settings, does="embeds"), context=None, price=None)
    return _search_model(name, "embeds", files.BGE, settings)


def _search_model(name: str, does: Task, bundled: files.BundledModel, settings: Settings) -> ModelEntry:
    """Return the entry of a model for search on this machine; one of Hugging Face is not downloaded for it."""
    if name.startswith("hf:"):
        offline = settings.offline  # there may be a copy already, but only its package knows
        return ModelEntry(name, does, "here", usable=not offline, missing=FORBIDDEN if offline else "")
    try:
        if name in {EXTRACTIVE, DEFAULTS.embedder, DEFAULTS.reranker}:
            folder: Path | None = files.bundled_folder(bundled)
        elif (folder := files.model_folder(name, settings)) is None:  # raises unless it needs no file
            (models.create_embedder if does == "embeds" else models.create_reranker)(settings)
    except ModelError as error:
        return ModelEntry(name, does, "here", usable=False, missing=str(error), mend=error.hint)
    return ModelEntry(name, does, "here", size=files.onnx_file(folder).stat().st_size if folder else None)


QUESTION = "Reply with one short sentence: what do you read?"


@dataclass(frozen=True, slots=True)
class TimedReply:
    """A reply, and the seconds to its first words, in which it is loaded and reads the prompt, and to its end."""

    text: str
    usage: Usage
    first: float
    last: float

    @property
    def write_rate(self) -> float | None:
        """Tokens written per second, None if they were not counted or came all at once."""
        more, seconds = self.usage.output_tokens - 1, self.last - self.first
        return more / seconds if more > 0 and seconds > 0.001 * more else None


def try_model(settings: Settings) -> TimedReply:
    """Ask the model in the settings one short question, within `settings.timeout` in all. Raises ModelError."""
    model, began, first = create_chat_model(settings), monotonic(), 0.0
    for event in stream_model(model, settings.model, [("human", QUESTION)], began + settings.timeout):
        now = monotonic() - began
        first = first or now
        if isinstance(event, Reply):
            return TimedReply(event.text, event.usage, first, now)
    raise AssertionError("a stream ends with its reply")


def model_host(settings: Settings) -> str:
    """Return host and port of the server of the model in the settings; "" if it has none or cannot be created."""
    try:
        return urlsplit(providers.client_address(create_chat_model(settings))).netloc.rpartition("@")[2]
    except (ModelError, ValueError):
        return ""


REPORT_TIMEOUT = 1.0  # seconds for all requests to a server about the context window of its model

MIN_CONTEXT, MAX_CONTEXT = 1_024, 1 << 20
"""Tokens; a server that reports fewer is not believed, and more are never needed."""

OLLAMA_CONTEXT = 4_096
"""The context that Ollama gives a model unless it is set to more; it silently cuts longer prompts."""

_reported: dict[tuple[str, str], int] = {}
"""Context windows that servers reported to this process, by address and model."""


def with_reported_context_window(settings: Settings) -> Settings:
    """Return the settings with the context window that the server of the model reports, unless one is set.

    Only servers of OpenAI's protocol on this machine are asked. A server that does not report it, or not in time,
    changes nothing; a later call asks again. Raises ModelError only if there is no model of this name.
    """
    if settings.context or not settings.model.startswith("openai:"):
        return settings
    info = model_info(settings.model, settings)
    if info.kind != "server":
        return settings
    context = reported_context_window(info.address.rstrip("/"), settings.model.partition(":")[2].strip())
    return replace(settings, context=context) if context else settings


def reported_context_window(address: str, model: str) -> int | None:
    """Return the context window in tokens that a server reports for a model, None if it reports none or too little."""
    if (address, model) not in _reported:
        try:
            deadline = monotonic() + REPORT_TIMEOUT
            with closing(BackgroundIterator(lambda: _ask_server(address, model), deadline=deadline)) as answers:
                reported = next(answers, None)
        except (ModelError, DeadlineError):
            return None
        if reported is None or reported < MIN_CONTEXT:
            return None
        _reported[address, model] = min(reported, MAX_CONTEXT)
    return _reported[address, model]


def _ask_server(address: str, model: str) -> Iterator[int]:
    """Yield the context window in a server's list of its models: vLLM's, llama.cpp's, and the one of Ollama."""
    headers = {"Authorization": f"Bearer {providers.key_for('OPENAI_API_KEY', 'OPENAI_BASE_URL') or providers.NO_KEY}"}
    listed = providers.objects_in(providers.read_json(f"{address}/models", headers), "data")
    entry: dict[str, Any] = next((one for one in listed if one.get("id") == model), {})
    if not entry and len(listed) == 1:
        entry = listed[0]
    meta = entry["meta"] if isinstance(entry.get("meta"), dict) else {}
    reported = providers.positive_int(entry, "max_model_len") or providers.positive_int(meta, "n_ctx")
    if reported or entry.get("owned_by") == "library":
        yield reported or OLLAMA_CONTEXT
