"""Says that text leaves this machine, before it first does: once a model's provider and address, and remembered."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

from newsqa.environment import from_dotenv
from newsqa.errors import SettingsError
from newsqa.frontends.terminal.console import messages
from newsqa.models.egress import data_egress
from newsqa.private_files import private_file, private_folder
from newsqa.render.clean import safe_line
from newsqa.settings import data_folder
from newsqa.trust import CREDENTIALS, find_untrusted, trust

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from newsqa.models.egress import DataEgress
    from newsqa.settings import Settings


FILE = "told.json"


def tell_leaving(settings: Settings) -> None:
    """Say on standard error to which models questions and article text go when questions are asked."""
    _tell(data_egress(settings), settings)


def tell_embedding(settings: Settings) -> None:
    """Say on standard error to which embedder article text goes when it is indexed."""
    _tell([one for one in data_egress(settings) if one.does == "embeds"], settings)


def _tell(found: Sequence[DataEgress], settings: Settings) -> None:
    """Say what was not said before. Where that cannot be remembered, beside the conversations, it is said again."""
    if not found:
        return
    # a folder that .env names may hold a list that says everything was said
    file = (data_folder() if from_dotenv("NEWSQA_SESSIONS") else settings.sessions_folder()) / FILE
    told = _read(file)
    new = [one for one in found if _key(one) not in told]
    if new:
        _write(file, [*told, *map(_key, new)])
    for one in new:
        notice = f"{one} This is said once. Models that need not: newsqa models"
        messages().print(safe_line(notice), soft_wrap=True)


def _key(one: DataEgress) -> str:
    return one.place if one.does == "writes" else f"{one.does}: {one.place}"


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


# Asks, once a folder and an address, if keys of the environment may go to an address that `.env` gives.

YES = frozenset({"y", "yes"})


def ask_trust(settings: Settings, judge: str | None = None, *addresses: str) -> None:
    """Ask at a terminal about the addresses that these settings use, and `addresses`; a yes is kept.

    Without a terminal, and after a no, the error comes where a key would be sent. Raises SettingsError where a yes
    cannot be kept.
    """
    if not (sys.stdin.isatty() and sys.stderr.isatty()) or not any(map(find_untrusted, CREDENTIALS)):
        return
    from newsqa.models.providers import PROVIDERS, on_loopback

    kinds = [name.partition(":")[0] for name in (settings.model, settings.embedder, judge or "")]
    bases = [PROVIDERS[kind].url for kind in kinds if kind in PROVIDERS]
    used = {*bases, "NEWSQA_CHROMA", *addresses}
    for address in CREDENTIALS:
        found = find_untrusted(address) if address in used else None
        if found and not (address in bases and on_loopback(found.place)):  # a model's server here gets no key
            _ask(str(found), found.place)
            if sys.stdin.readline().strip().casefold() in YES:
                try:
                    trust(found)
                except OSError as error:
                    raise SettingsError(
                        f"That cannot be kept ({error.strerror}).", hint="Run newsqa --trust-env … instead."
                    ) from error


def _ask(why: str, place: str) -> None:
    messages().print(safe_line(why), soft_wrap=True)
    messages().print(safe_line(f"Send it there, from this folder, now and later? [y/N] ({place}) "), end="")
