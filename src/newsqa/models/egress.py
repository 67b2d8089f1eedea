"""Data egress: which text leaves this machine for the models in the settings, and where it goes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from newsqa.errors import ModelError
from newsqa.models.providers import PROVIDERS, host_of, on_loopback, server_address
from newsqa.models.registry import model_info
from newsqa.types import EXTRACTIVE

if TYPE_CHECKING:
    from newsqa.settings import Settings

REMOTE_EMBEDDERS = ("openai:", "ollama:")


@dataclass(frozen=True, slots=True)
class DataEgress:
    """A model that is not on this machine: its name, what it does, and where it is, as "openai at models.example"."""

    name: str
    does: Literal["writes", "judges", "embeds"]
    place: str

    def __str__(self) -> str:
        """Return a sentence that says what the model is sent."""
        sent = {
            "writes": f"{self.name} is sent your questions and the passages found for them",
            "judges": f"{self.name} is sent the sentences of written answers, with the quotes that they cite",
            "embeds": f"the embedder {self.name} is sent the text of all articles that are indexed, and every question",
        }
        return f"Article text leaves this machine: {sent[self.does]} ({self.place})."


def data_egress(settings: Settings) -> tuple[DataEgress, ...]:
    """Return the models to which text leaves this machine with these settings; () if all of it stays here.

    Nothing is asked or loaded. A name that cannot be used, or that `settings.offline` forbids, is left out: using it
    raises an error.
    """
    if settings.offline:
        return ()
    found = []
    if (place := _hosted_at(settings.model, settings)) is not None:
        found.append(DataEgress(settings.model, "writes", place))
    judged = settings.model != EXTRACTIVE and settings.judge not in {"auto", "none", settings.model}
    if judged and (place := _hosted_at(settings.judge, settings)) is not None:
        found.append(DataEgress(settings.judge, "judges", place))
    if settings.embedder.startswith(REMOTE_EMBEDDERS):
        address = server_address(PROVIDERS[settings.embedder.partition(":")[0]])
        if not on_loopback(address):
            found.append(DataEgress(settings.embedder, "embeds", _place(settings.embedder, address)))
    return tuple(found)


def _hosted_at(name: str, settings: Settings) -> str | None:
    """Return where a chat model is, None if it is on this machine or cannot be used."""
    try:
        info = model_info(name, settings)
    except ModelError:
        return None
    return _place(name, info.address) if info.kind == "hosted" else None


def _place(name: str, address: str) -> str:
    return f"{name.partition(':')[0]} at {host_of(address) or 'its own address'}"
