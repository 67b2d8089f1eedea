"""Data egress: what is sent to servers with these settings, where they are, and what made it so."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal
from urllib.request import getproxies, proxy_bypass

from newsqa.environment import ENVIRONMENT, origin, variable
from newsqa.errors import ModelError
from newsqa.models.providers import PROVIDERS, host_of, on_loopback, server_address, without_secrets
from newsqa.models.registry import model_info
from newsqa.trust import CREDENTIALS, find_untrusted
from newsqa.types import EXTRACTIVE

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from newsqa.settings import Settings

REMOTE_EMBEDDERS = ("openai:", "ollama:")
COMMAND = "your command"

Task = Literal["writes", "judges", "embeds", "holds", "lists", "slack", "discord"]

_SENT: dict[Task, str] = {
    "writes": "{} is sent your questions and the passages found for them",
    "judges": "{} is sent the sentences of written answers, with the quotes that they cite",
    "embeds": "the embedder {} is sent the text of all articles that are indexed, and every question",
    "holds": "the server {} is sent the vectors of all passages, and of every question",
    "lists": "{} is asked which models it has, with its key if there is one",
    "slack": "{} is sent the answers with their quotes",
    "discord": "{} is sent the answers with their quotes",
}
ASKING: frozenset[Task] = frozenset({"writes", "judges", "embeds", "holds"})
INDEXING: frozenset[Task] = frozenset({"embeds", "holds"})
LISTING: frozenset[Task] = frozenset({"lists"})


@dataclass(frozen=True, slots=True)
class DataEgress:
    """A server that is sent something: the name of its model, and where it is, as "openai at models.example".

    `causes` are the variables that make it so, each with where it comes from. `local`: it is on this machine.
    """

    name: str
    does: Task
    place: str
    causes: tuple[str, ...] = ()
    local: bool = False

    def __str__(self) -> str:
        """Return a sentence that says what the server is sent, and why."""
        what = "A request" if self.does == "lists" else "Article text"
        way = "goes to another program on this machine" if self.local else "leaves this machine"
        causes = f", by {' and '.join(self.causes)}" if self.causes else ""
        return f"{what} {way}: {_SENT[self.does].format(self.name)} ({self.place}){causes}."


def data_egress(
    settings: Settings, tasks: Collection[Task] = ASKING, *, judge: str | None = None
) -> tuple[DataEgress, ...]:
    """Return the servers that are sent something with these settings; () if all of it stays in this process.

    A server on this machine counts if `.env` or the user's settings file brings it in. A platform counts if its
    address comes from a file, or a proxy is between. `judge` is a model that judges by an option of a command. Nothing
    is asked or loaded. What cannot be used is left out, since using it raises an error: a wrong name, and what
    `settings.offline` forbids or nobody has agreed to.
    """
    return tuple(one for one in _candidates(settings, judge) if one.does in tasks)


def _candidates(settings: Settings, judge: str | None) -> Iterator[DataEgress]:
    yield from _chat_model(settings, "writes", settings.model, "NEWSQA_MODEL")
    if judge or (settings.model != EXTRACTIVE and settings.judge not in {"auto", "none", settings.model}):
        yield from _chat_model(settings, "judges", judge or settings.judge, "NEWSQA_JUDGE")
    if settings.embedder.startswith(REMOTE_EMBEDDERS):
        provider = PROVIDERS[settings.embedder.partition(":")[0]]
        cause = _cause("NEWSQA_EMBEDDER", settings.embedder)
        address = server_address(provider)
        yield from _server(settings, "embeds", settings.embedder, provider.name, address, provider.url, cause)
    if settings.chroma:
        yield from _server(settings, "holds", "Chroma", "Chroma", settings.chroma, "NEWSQA_CHROMA", "")
    for provider in PROVIDERS.values():
        if provider.url and variable(provider.url):
            yield from _server(
                settings, "lists", provider.name, provider.name, server_address(provider), provider.url, ""
            )
    slack = _server(settings, "slack", "Slack", "Slack", settings.slack_api_url, "NEWSQA_SLACK_API_URL", "")
    discord = _server(settings, "discord", "Discord", "Discord", settings.discord_api_url, "NEWSQA_DISCORD_API_URL", "")
    yield from (one for one in (*slack, *discord) if one.causes)


def _chat_model(settings: Settings, does: Task, name: str, setting: str) -> Iterator[DataEgress]:
    try:
        info = model_info(name, settings)
    except ModelError:
        return
    kind = name.partition(":")[0]
    url = PROVIDERS[kind].url if kind in PROVIDERS else None
    if info.kind in {"server", "hosted"}:
        yield from _server(settings, does, name, kind, info.address, url, _cause(setting, name))


def _server(
    settings: Settings, does: Task, name: str, kind: str, address: str, url: str | None, cause: str
) -> Iterator[DataEgress]:
    """Yield the server at an address, "" if only its client knows it; `url` is the variable of the address."""
    causes = [one for one in (cause, _cause(url, variable(url)) if url else "") if one]
    if on_loopback(address):
        if not all(one == COMMAND or one.endswith(ENVIRONMENT) for one in causes):
            yield DataEgress(name, does, f"{kind} at {without_secrets(address)}", tuple(causes), local=True)
    elif not settings.offline and not (url in CREDENTIALS and find_untrusted(url)):
        proxy, set_by = _proxy(address)
        through = f" through the proxy {proxy}" if proxy else ""
        place = f"{kind} at {host_of(address) or 'its own address'}{through}"
        yield DataEgress(name, does, place, (*causes, *([set_by] if proxy else [])))


def _cause(name: str, value: str) -> str:
    """Return the variable that a value comes from, and where that is set; "" for a default."""
    if variable(name) != value:
        return COMMAND
    return f"{name} of {origin(name)}" if origin(name) else ""


def _proxy(address: str) -> tuple[str, str]:
    """Return the proxy that clients use for an address, and what sets it; both "" if they use none."""
    if proxy_bypass(host_of(address) or "the provider's own"):
        return "", ""
    proxies = getproxies()
    for name in (address.partition("://")[0] if "://" in address else "https", "all"):
        if proxy := proxies.get(name):
            known = f"{name}_proxy" in {one.lower() for one in os.environ}
            set_by = f"{name.upper()}_PROXY of {ENVIRONMENT}" if known else "the settings of the system"
            return proxy.rpartition("://")[2].rpartition("@")[2].rstrip("/"), set_by
    return "", ""
