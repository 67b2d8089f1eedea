"""What text leaves this machine by the models that are set, and for where: told before it does."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from newsqa.errors import ModelError
from newsqa.models.addresses import host_of, on_loopback

if TYPE_CHECKING:
    from newsqa.settings import Settings

REMOTE_EMBEDDERS = ("openai:", "ollama:")
EXTRACTIVE = "extractive"


@dataclass(frozen=True, slots=True)
class Leaving:
    """A model elsewhere, by its name here, what it does, and where it is: "openai at models.example"."""

    name: str
    does: Literal["writes", "embeds"]
    place: str

    def __str__(self) -> str:
        """Say what it is sent."""
        if self.does == "embeds":
            return (
                f"Article text leaves this machine: the embedder {self.name} is sent the text of all articles that are "
                f"indexed, and every question ({self.place})."
            )
        return (
            f"Article text leaves this machine: {self.name} is sent your questions and the passages found for them "
            f"({self.place})."
        )


def leaving(settings: Settings) -> tuple[Leaving, ...]:
    """Return the models to which text leaves this machine, with these settings; () where all of it stays here.

    Nothing is asked or loaded. A name that cannot be used, or that `settings.offline` forbids, is told elsewhere.
    """
    if settings.offline:
        return ()
    found = (_writer(settings), _embedder(settings))
    return tuple(one for one in found if one)


def _writer(settings: Settings) -> Leaving | None:
    if settings.model == EXTRACTIVE:
        return None
    from newsqa.models.chat.facts import facts  # noqa: PLC0415

    try:
        known = facts(settings.model, settings)
    except ModelError:
        return None
    return Leaving(settings.model, "writes", _place(settings.model, known.address)) if known.kind == "hosted" else None


def _embedder(settings: Settings) -> Leaving | None:
    if not settings.embedder.startswith(REMOTE_EMBEDDERS):
        return None
    from newsqa.models.chat.facts import server_of  # noqa: PLC0415
    from newsqa.models.chat.providers import PROVIDERS  # noqa: PLC0415

    address = server_of(PROVIDERS[settings.embedder.partition(":")[0]])
    if on_loopback(address):
        return None
    return Leaving(settings.embedder, "embeds", _place(settings.embedder, address))


def _place(name: str, address: str) -> str:
    return f"{name.partition(':')[0]} at {host_of(address) or 'its own address'}"
