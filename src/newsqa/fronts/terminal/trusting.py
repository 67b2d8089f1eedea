"""Asks, once a folder and an address, if keys of the environment may go to an address that `.env` gives."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from newsqa.errors import SettingsError
from newsqa.fronts.terminal.console import messages
from newsqa.render.clean import safe_line
from newsqa.trust import SENT, trust, untrusted

if TYPE_CHECKING:
    from newsqa.settings import Settings

YES = frozenset({"y", "yes"})


def ask_trust(settings: Settings, judge: str | None = None, *addresses: str) -> None:
    """Ask at a terminal about the addresses that these settings use, and `addresses`; a yes is kept.

    Without a terminal, and after a no, the error comes where a key would be sent. Raises SettingsError where a yes
    cannot be kept.
    """
    if not (sys.stdin.isatty() and sys.stderr.isatty()) or not any(map(untrusted, SENT)):
        return
    from newsqa.models.providers import PROVIDERS, on_loopback  # noqa: PLC0415  rarely needed

    kinds = [name.partition(":")[0] for name in (settings.model, settings.embedder, judge or "")]
    bases = [PROVIDERS[kind].url for kind in kinds if kind in PROVIDERS]
    used = {*bases, "NEWSQA_CHROMA", *addresses}
    for address in SENT:
        found = untrusted(address) if address in used else None
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
