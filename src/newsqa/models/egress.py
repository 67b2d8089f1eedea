"""Data egress: which text leaves this machine for the models in the settings, and where it goes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from newsqa.errors import ModelError
from newsqa.models.providers import PROVIDERS, host_of, on_loopback, server_address
from newsqa.models.registry import model_info

if TYPE_CHECKING:
    from newsqa.settings import Settings

REMOTE_EMBEDDERS = ("openai:", "ollama:")


@dataclass(frozen=True, slots=True)
class DataEgress:
    """A model that is not on this machine: its name, what it does, and where it is, as "openai at models.example"."""

    name: str
    does: Literal["writes", "embeds"]
    place: str

    def __str__(self) -> str:
        """Return a sentence that says what the model is sent."""
        sent = {
            "writes": f"{self.name} is sent your questions and the passages found for them",
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
    try:
        info = model_info(settings.model, settings)
    except ModelError:
        info = None
    if info and info.kind == "hosted":
        found.append(DataEgress(settings.model, "writes", _place(settings.model, info.address)))
    if settings.embedder.startswith(REMOTE_EMBEDDERS):
        address = server_address(PROVIDERS[settings.embedder.partition(":")[0]])
        if not on_loopback(address):
            found.append(DataEgress(settings.embedder, "embeds", _place(settings.embedder, address)))
    return tuple(found)


def _place(name: str, address: str) -> str:
    return f"{name.partition(':')[0]} at {host_of(address) or 'its own address'}"
