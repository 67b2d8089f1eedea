"""One list of the models that a person could name: what is at hand, what is missing, which ones are chosen."""

from __future__ import annotations

import importlib.util
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from newsqa import models
from newsqa.errors import ModelError
from newsqa.extras import install_hint
from newsqa.models.addresses import on_loopback, without_secrets
from newsqa.models.bundled import BGE, COLBERT, MINILM, Bundled, bundled_folder
from newsqa.models.chat.facts import EXTRACTIVE, ModelFacts, facts, provider_of, weights_of
from newsqa.models.chat.providers import LOCAL, PROVIDERS
from newsqa.models.folders import model_file, model_folder
from newsqa.models.grammar import check_parser
from newsqa.models.inventory.servers import Served, ollama_models, openai_models
from newsqa.models.inventory.speeds import Speed, known_speed
from newsqa.models.prices import Price
from newsqa.settings import Settings, variable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

USUAL = Settings()
"""What is in use where nobody chose anything."""

ANY = "NAME"
"""Stands for a model of a provider that lists none here."""

ALWAYS = ("openai", "anthropic")
"""Providers that are listed also where their key is missing."""

FORBIDDEN = "NEWSQA_OFFLINE forbids what leaves this machine."
SET_KEY = "Set it in the environment or in .env."


SERVED: dict[str, Callable[[str], list[Served]]] = {
    "ollama": ollama_models,
    "openai": lambda address: openai_models(address, variable("OPENAI_API_KEY")),
}
"""How to ask a server what it has."""


@dataclass(frozen=True, slots=True)
class Listed:
    """A model and what is known of it here.

    `runs` tells where: "here" in this process, on a "server" of this machine, or "hosted", so that text leaves the
    machine for `address` ("" for the provider's usual one). `missing` says why it is not usable and `mend` what to do.
    `size` is that of its weights in bytes, `context` what it reads and writes together in tokens, `price` what a
    million tokens read and a million written cost in US dollars; None where it is not known.
    """

    name: str
    does: Literal["answers", "embeds", "ranks"]
    runs: Literal["here", "server", "hosted"]
    usable: bool = True
    chosen: bool = False
    missing: str = ""
    mend: str = ""
    address: str = ""
    size: int | None = None
    context: int | None = None
    speed: Speed | None = None
    price: tuple[float, float] | None = None

    @property
    def writes(self) -> bool:
        """Whether it is a model, and one of its own, that writes answers."""
        return self.does == "answers" and self.name != EXTRACTIVE and not self.name.endswith(f":{ANY}")


def inventory(settings: Settings, *, remote: bool = False) -> list[Listed]:
    """List the models that can answer, then the embedder and the reranker in use.

    Servers on this machine are asked what they have, those elsewhere only with `remote`. Nothing is loaded.
    """
    found = {model.name: model for model in _answering(settings, remote=remote)}
    chosen = find(settings.model, found.values()) or named(settings.model, settings)
    found[chosen.name] = replace(chosen, chosen=True)
    order = sorted(found.values(), key=lambda model: ("here", "server", "hosted").index(model.runs))
    return [*order, _embedder(settings), _reranker(settings)]


def find(name: str, among: Iterable[Listed]) -> Listed | None:
    """Return a model from a list; Ollama may leave out the tag ":latest"."""
    return next((model for model in among if model.name in {name, f"{name}:latest"}), None)


def named(name: str, settings: Settings) -> Listed:
    """Tell of one model that answers, asking its server where that is on this machine."""
    known = listed(name, settings)
    provider, _, model = name.partition(":")
    if not known.usable or known.runs != "server" or provider not in SERVED:
        return known
    try:
        has = SERVED[provider](known.address)
    except ModelError as error:
        return _without(known, error)
    served = next((one for one in has if one.name in {model, f"{model}:latest"}), None)
    if served is None and provider == "ollama":  # others may take any name
        missing = f"The server at {known.address} has no model “{model}”."
        return replace(known, usable=False, missing=missing, mend=f"ollama pull {model}")
    return listed(name, settings, served)


def listed(
    name: str, settings: Settings, served: Served | None = None, does: Literal["answers", "embeds"] = "answers"
) -> Listed:
    """Tell of one model that answers or embeds; one that cannot be used is told with what is missing."""
    if name == EXTRACTIVE:
        return _bundled(name, "answers", COLBERT)
    try:
        known = facts(name, settings)
        missing, mend = _missing(known, settings, writes=does == "answers")
    except ModelError as error:
        return Listed(name, does, "here", usable=False, missing=str(error), mend=error.hint)
    here = known.kind == "local"
    return Listed(
        name,
        does,
        "here" if here else "server" if known.kind == "server" else "hosted",
        usable=not missing,
        missing=missing,
        mend=mend,
        address=without_secrets(known.address),
        size=weights_of(name).stat().st_size if here else served.size if served else None,
        context=(served and served.context) or (None if name.endswith(f":{ANY}") else known.context_tokens),
        speed=known_speed(name, settings),
        price=_price(known),
    )


def _answering(settings: Settings, *, remote: bool) -> Iterator[Listed]:
    yield listed(EXTRACTIVE, settings)
    yield listed(LOCAL, settings)
    yield from _ollama(settings, remote=remote)
    yield from _openai(settings, remote=remote)
    for provider in PROVIDERS.values():
        asked = provider.name == "openai" and variable("OPENAI_BASE_URL")
        if provider.key and not asked and (provider.name in ALWAYS or variable(provider.key)):
            yield listed(f"{provider.name}:{ANY}", settings)


def _ollama(settings: Settings, *, remote: bool) -> Iterator[Listed]:
    address = facts(f"ollama:{ANY}", settings).address
    return _served("ollama", address, settings, remote=remote, told=bool(variable("OLLAMA_HOST")))


def _openai(settings: Settings, *, remote: bool) -> Iterator[Listed]:
    address = variable("OPENAI_BASE_URL")
    return _served("openai", address, settings, remote=remote, told=True) if address else iter(())


def _served(provider: str, address: str, settings: Settings, *, remote: bool, told: bool) -> Iterator[Listed]:
    """List what a server has; that it does not answer is told where somebody named it."""
    any_of_it = listed(f"{provider}:{ANY}", settings)
    if not on_loopback(address) and (not remote or settings.offline):
        if told:
            yield any_of_it
        return
    try:
        for served in SERVED[provider](address):
            yield listed(f"{provider}:{served.name}", settings, served)
    except ModelError as error:
        if told:
            yield _without(any_of_it, error)


def _without(known: Listed, error: ModelError) -> Listed:
    """Tell of a model whose server does not list it: one that answers otherwise may be usable all the same."""
    if error.kind not in {"unreachable", "key"}:
        return known
    return replace(known, usable=False, missing=str(error), mend=error.hint)


def _missing(known: ModelFacts, settings: Settings, *, writes: bool) -> tuple[str, str]:
    """Say what is missing for a model to be used, and what to do; ("", "") where nothing is.

    What a model `writes` can be used only if the parser that checks it is installed.
    """
    module = provider_of(known.name)[0].module
    if importlib.util.find_spec(module) is None:
        return f"The package {module} is not installed.", install_hint(known.extra or module)
    if writes:
        try:
            check_parser()
        except ModelError as error:
            return str(error), error.hint
    if known.kind == "hosted" and settings.offline:
        return FORBIDDEN, "Unset it to use this model."
    if known.key and not variable(known.key):
        return f"{known.key} is not set.", SET_KEY
    return "", ""


def _price(known: ModelFacts) -> tuple[float, float] | None:
    if known.kind != "hosted" or known.name.endswith(f":{ANY}"):
        return None
    price = Price(known.name, known.address)
    read, written = price.dollars(1_000_000, 0), price.dollars(0, 1_000_000)
    return None if read is None or written is None else (read, written)


def _embedder(settings: Settings) -> Listed:
    name = settings.embedder
    if name.startswith(("openai:", "ollama:")):
        return replace(listed(name, settings, does="embeds"), chosen=True, context=None, speed=None, price=None)
    return replace(_search_model(name, "embeds", BGE, settings), chosen=True)


def _reranker(settings: Settings) -> Listed:
    return replace(_search_model(settings.reranker, "ranks", MINILM, settings), chosen=True)


def _search_model(name: str, does: Literal["embeds", "ranks"], bundled: Bundled, settings: Settings) -> Listed:
    """Tell of an embedder or a reranker on this machine. One of Hugging Face is not fetched for being listed."""
    if name in {USUAL.embedder, USUAL.reranker}:
        return _bundled(name, does, bundled)
    if name.startswith("hf:"):
        offline = settings.offline  # a copy may lie here already, but only its package knows
        return Listed(name, does, "here", usable=not offline, missing=FORBIDDEN if offline else "")
    try:
        folder = model_folder(name, settings)
        if folder is None:
            (models.embedder if does == "embeds" else models.reranker)(settings)  # raises unless it needs no file
    except ModelError as error:
        return Listed(name, does, "here", usable=False, missing=str(error), mend=error.hint)
    return Listed(name, does, "here", size=model_file(folder).stat().st_size if folder else None)


def _bundled(name: str, does: Literal["answers", "embeds", "ranks"], model: Bundled) -> Listed:
    try:
        size = model_file(bundled_folder(model)).stat().st_size
    except ModelError as error:
        return Listed(name, does, "here", usable=False, missing=str(error), mend=error.hint)
    return Listed(name, does, "here", size=size)
