"""Words to and from Discord's mark-up."""

from __future__ import annotations

import re

from newsqa.render.safe import safe

_SPECIAL = re.compile(r"([\\*_`~|])")
_MENTION = re.compile(r"(@)(?=everyone|here|[!&]?\d)|(<)(?=[@#:/a-z])", re.IGNORECASE)
_EMOJI = re.compile(r"<a?(:\w+:)\d+>")


def plain(text: str) -> str:
    """Return the text as Markdown of Discord's that shows exactly these characters and mentions nobody."""
    return _MENTION.sub("\\g<0>\u200b", _SPECIAL.sub(r"\\\1", safe(text)))


def shown(text: str) -> str:
    """Return what a person wrote in Discord as plain words: emoji by their names."""
    return _EMOJI.sub(r"\1", text)
