"""Channels as people name them: by an id of their platform, which tells the platform, too."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from newsqa.errors import UsageError

if TYPE_CHECKING:
    from newsqa.bot.messages import Platform

NAMES: dict[Platform, str] = {"slack": "Slack", "discord": "Discord"}
FORMS: dict[Platform, re.Pattern[str]] = {
    "slack": re.compile(r"[CGD][A-Z0-9]+", re.ASCII),
    "discord": re.compile(r"[0-9]+", re.ASCII),
}
_LINK = re.compile(r"<#(\w+)(?:\|[^>]*)?>", re.ASCII)


def channel_named(text: str) -> tuple[Platform, str]:
    """Return platform and id of a channel, written as its id or as the platform's own link to it (<#C024BE91L|news>).

    Raises UsageError where it is neither.
    """
    link = _LINK.fullmatch(text.strip())
    name = link[1] if link else text.strip()
    for platform, form in FORMS.items():
        if form.fullmatch(name):
            return platform, name
    raise UsageError(
        f"“{name}” is no id of a channel.",
        hint="Slack shows it at the end of a channel's details (C024BE91L); Discord, in developer mode, under "
        "“Copy Channel ID” (381870553235193857).",
    )
