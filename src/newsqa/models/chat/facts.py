"""What can be told of a chat model by its name, before anything is loaded or asked."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from newsqa.errors import ModelError
from newsqa.models.addresses import on_loopback
from newsqa.models.chat.gguf import read_header
from newsqa.models.chat.providers import LLAMACPP, LOCAL, PROVIDERS, Provider
from newsqa.models.chat.weights import bundled_weights
from newsqa.settings import variable

if TYPE_CHECKING:
    from newsqa.settings import Settings

EXTRACTIVE = "extractive"
NAMES = "extractive, local, llamacpp:/path/model.gguf, ollama:NAME, openai:NAME, anthropic:NAME"

USUAL_CONTEXT = 8_192
"""Tokens that a model of which nothing else is known is taken to read; NEWSQA_CONTEXT says better."""

MOST_LOCAL_CONTEXT = 8_192
"""Tokens of context for a model in this process: what is read costs memory and, on a CPU, time."""

LEAST_CONTEXT = 4_096
"""A model that reads less is shown chosen sentences only."""

SMALL = 4e9
"""Parameters: a model below it, on this machine, is shown chosen sentences only, since it reads slowly and loosely."""

MOST_WRITTEN = {"local": 512, "server": 2_048, "hosted": 4_096}
"""Tokens that a model may write. An answer has 200; models that think first need the rest."""

_SIZE = re.compile(r"(?<![\w.])(\d+(?:\.\d+)?)([bm])(?![a-z0-9])", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class ModelFacts:
    """A chat model as far as its name and the settings tell.

    `kind`: "extractive" needs no model, "local" runs in this process, a "server" is on this machine, and to a "hosted"
    one article text leaves it. `address` is "" for the provider's usual one. `context_tokens` is what it can read and
    write together, `output_tokens` what it is allowed to write. `small` models are shown chosen sentences instead of
    passages. `extra` is what pip installs it with, `key` the variable of its key; None where none is needed.
    """

    name: str
    kind: Literal["extractive", "local", "server", "hosted"]
    address: str
    context_tokens: int
    small: bool
    output_tokens: int = 0
    extra: str | None = None
    key: str | None = None

    @property
    def input_tokens(self) -> int:
        """How many tokens a prompt may have."""
        return max(self.context_tokens - self.output_tokens, 0)


def facts(name: str, settings: Settings) -> ModelFacts:
    """Tell what is known of the model `name`. Nothing is loaded or asked; of a GGUF file the header is read.

    Raises ModelError where there is no such name, or where the file of a model on this machine cannot be used.
    """
    if name == EXTRACTIVE:
        return ModelFacts(name, "extractive", "", 0, small=False)
    provider, model = provider_of(name)
    if provider.name == LLAMACPP:
        return _in_process(name, weights_of(name), settings)
    address = server_of(provider)
    near = on_loopback(address)
    context = settings.context or (USUAL_CONTEXT if near else _listed_context(provider.name, model))
    return ModelFacts(
        name,
        "server" if near else "hosted",
        address,
        context,
        small=context < LEAST_CONTEXT or (near and _parameters(model) < SMALL),
        output_tokens=_written(MOST_WRITTEN["server" if near else "hosted"], context),
        extra=provider.install,
        key=None if near else provider.key,
    )


def provider_of(name: str) -> tuple[Provider, str]:
    """Part a name into its provider and the provider's own name of the model; raises ModelError for an unknown one."""
    kind, _, model = name.partition(":")
    if name == LOCAL:
        return PROVIDERS[LLAMACPP], ""
    if kind in PROVIDERS and model.strip():
        return PROVIDERS[kind], model.strip()
    raise ModelError(
        f"There is no model called “{name}”.",
        hint=f"Set NEWSQA_MODEL to one of these: {NAMES}, or PROVIDER:NAME with another of LangChain's providers: "
        f"{', '.join(other for other in PROVIDERS if other not in NAMES)}.",
        kind="name",
    )


def weights_of(name: str) -> Path:
    """Return the GGUF file of "local" or "llamacpp:/path"; raises ModelError where that of `local` is missing."""
    return bundled_weights() if name == LOCAL else Path(name.partition(":")[2].strip()).expanduser()


def server_of(provider: Provider) -> str:
    """Return where the server of a provider is, by its variable, else its usual place; "" where its client knows."""
    address = (variable(provider.base) if provider.base else "") or provider.usual
    return address if not address or "://" in address else f"http://{address}"  # Ollama's may lack a scheme


def _in_process(name: str, file: Path, settings: Settings) -> ModelFacts:
    header = read_header(file)
    context = min(settings.context or MOST_LOCAL_CONTEXT, header.context or USUAL_CONTEXT)
    return ModelFacts(
        name,
        "local",
        "",
        context,
        small=True,
        output_tokens=_written(MOST_WRITTEN["local"], context),
        extra=PROVIDERS[LLAMACPP].install,
    )


def _written(most: int, context: int) -> int:
    """Leave three quarters of the context to what is read."""
    return min(most, context // 4)


def _parameters(model: str) -> float:
    """Return how many parameters a name tells, as "llama3.2:1b" does; without limit where it tells none."""
    sizes = [float(number) * (1e9 if unit in "bB" else 1e6) for number, unit in _SIZE.findall(model)]
    return min(sizes, default=float("inf"))


def _listed_context(provider: str, model: str) -> int:
    """Return the context that the price list knows of a hosted model."""
    from newsqa.models.prices import LISTED_AS  # noqa: PLC0415

    try:
        from genai_prices.data_snapshot import get_snapshot  # noqa: PLC0415  takes 0.2 s
    except ImportError:  # it comes with the extras for models that write
        return USUAL_CONTEXT

    try:
        _, found = get_snapshot().find_provider_model(model, None, LISTED_AS.get(provider, provider), None)
    except (LookupError, ValueError):
        return USUAL_CONTEXT
    return found.context_window or USUAL_CONTEXT
