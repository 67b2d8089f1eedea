"""Notices before text leaves this machine, and questions before a key goes to an address that `.env` gives."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

from newsqa.environment import from_dotenv
from newsqa.errors import SettingsError
from newsqa.frontends.terminal.console import confirm, messages
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


def announce_egress(settings: Settings) -> None:
    """Print on standard error to which models questions and article text go when questions are asked."""
    _announce(data_egress(settings), settings)


def announce_embedding(settings: Settings) -> None:
    """Print on standard error to which embedder article text goes when it is indexed."""
    _announce([one for one in data_egress(settings) if one.does == "embeds"], settings)


def _announce(found: Sequence[DataEgress], settings: Settings) -> None:
    """Print the notices that were not printed before, and remember them in the folder of the conversations.

    If they cannot be remembered they are printed again next time.
    """
    if not found:
        return
    # not in a folder that .env names: it may hold a list that suppresses every notice
    file = (data_folder() if from_dotenv("NEWSQA_SESSIONS") else settings.sessions_folder()) / FILE
    announced = _read(file)
    new = [one for one in found if _key(one) not in announced]
    if new:
        _write(file, [*announced, *map(_key, new)])
    for one in new:
        notice = f"{one} This is said once. Models that need not: newsqa models"
        messages().print(safe_line(notice), soft_wrap=True)


def _key(one: DataEgress) -> str:
    return one.place if one.does == "writes" else f"{one.does}: {one.place}"


def _read(file: Path) -> list[str]:
    try:
        announced = json.loads(file.read_text("utf-8"))
    except (OSError, ValueError):
        return []
    return [key for key in announced if isinstance(key, str)] if isinstance(announced, list) else []


def _write(file: Path, announced: list[str]) -> None:
    try:
        private_folder(file.parent)
        private_file(file)
        file.write_text(json.dumps(announced), "utf-8")
    except OSError:
        return


def confirm_addresses(settings: Settings, judge: str | None = None, addresses: Sequence[str] = ()) -> None:
    """Ask, at a terminal, if keys of the environment may go to addresses that `.env` gives; a yes is remembered.

    It asks about the addresses of these settings' models, the judge among them, and of the model `judge` of a command,
    and about `addresses`, by their variables. After a no, or without a terminal, sending a key raises an error. Raises
    SettingsError if a yes cannot be remembered.
    """
    if not (sys.stdin.isatty() and sys.stderr.isatty()) or not any(map(find_untrusted, CREDENTIALS)):
        return
    from newsqa.models.providers import PROVIDERS, on_loopback

    kinds = [name.partition(":")[0] for name in (settings.model, settings.embedder, settings.judge, judge or "")]
    bases = [PROVIDERS[kind].url for kind in kinds if kind in PROVIDERS]
    used = {*bases, "NEWSQA_CHROMA", *addresses}
    for address in CREDENTIALS:
        found = find_untrusted(address) if address in used else None
        if found is None or (address in bases and on_loopback(found.place)):  # a model's server here gets no key
            continue
        messages().print(safe_line(str(found)), soft_wrap=True)
        if confirm(safe_line(f"Send it there, from this folder, now and later? [y/N] ({found.place}) ")):
            try:
                trust(found)
            except OSError as error:
                raise SettingsError(
                    f"That cannot be kept ({error.strerror}).", hint="Run newsqa --trust-env … instead."
                ) from error
