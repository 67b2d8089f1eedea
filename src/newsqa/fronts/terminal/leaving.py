"""Says that article text leaves this machine, before it first does: once a provider and address, and remembered."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from newsqa.errors import ModelError
from newsqa.fronts.terminal.console import messages
from newsqa.models.addresses import host_of
from newsqa.private import private_file, private_folder
from newsqa.records import EXTRACTIVE
from newsqa.render.safe import safe_line

if TYPE_CHECKING:
    from pathlib import Path

    from newsqa.models.chat.facts import ModelFacts
    from newsqa.settings import Settings

FILE = "told.json"


def destination(settings: Settings) -> str:
    """Return where article text goes when the model that is set answers, "" where it stays on this machine."""
    known = _facts(settings)
    return _place(known) if known and known.kind == "hosted" else ""


def leaving_notice(settings: Settings) -> str:
    """Return what to say before article text goes to the model that is set; "" where it stays, or that was said before.

    What was said is remembered beside the conversations; where that cannot be written, it is said again next time.
    """
    place = destination(settings)
    if not place or settings.offline:
        return ""
    said = settings.sessions_folder() / FILE
    told = _read(said)
    if place in told:
        return ""
    _write(said, [*told, place])
    return (
        f"Article text leaves this machine: {settings.model} is sent your questions and the passages found for them "
        f"({place}). This is said once. Models that need not: newsqa models"
    )


def tell_leaving(settings: Settings) -> None:
    """Say it on standard error."""
    if notice := leaving_notice(settings):
        messages().print(safe_line(notice), soft_wrap=True)


def _facts(settings: Settings) -> ModelFacts | None:
    if settings.model == EXTRACTIVE:
        return None
    from newsqa.models.chat.facts import facts  # noqa: PLC0415

    try:
        return facts(settings.model, settings)
    except ModelError:
        return None  # told when the model is made


def _place(known: ModelFacts) -> str:
    provider = known.name.partition(":")[0]
    host = host_of(known.address)
    return f"{provider} at {host}" if host else f"{provider} at its own address"


def _read(file: Path) -> list[str]:
    try:
        told = json.loads(file.read_text("utf-8"))
    except (OSError, ValueError):
        return []
    return [place for place in told if isinstance(place, str)] if isinstance(told, list) else []


def _write(file: Path, told: list[str]) -> None:
    try:
        private_folder(file.parent)
        private_file(file)
        file.write_text(json.dumps(told), "utf-8")
    except OSError:
        return
