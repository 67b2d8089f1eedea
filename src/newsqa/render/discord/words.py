"""Words to and from Discord's Markdown."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from newsqa.render.marks import day
from newsqa.render.safe import safe

_CALL = re.compile(
    r"@(?=everyone|here|[!&]?\d)|<(?=[@#:/a-z])|discord\.gg(?=/)|discord(?:app)?\.com/invite(?=/)", re.IGNORECASE
)
"""What Discord makes something of wherever it stands: mentions, and invitations, which it shows as cards."""

_ACTIVE = re.compile(
    r"(?P<address>https?://[^\s<>]*[^\s<>.,:;!?\"'”’)\]}*_~|`\\])"
    r"|(?P<number>^\d+)(?=[.)])"
    rf"|(?P<call>{_CALL.pattern})"
    r"|(?P<mark>[\\*_~`|]|(?<=\])\(|^[#>+-])",
    re.IGNORECASE | re.MULTILINE,
)
_TOKEN = re.compile(
    r"<(?:a?(?P<emoji>:\w+:)\d+|@[!&]?\d+|#\d+|(?P<command>/[^:<>]{1,100}):\d+|t:(?P<time>\d{1,11})(?::\w)?"
    r"|(?P<address>https?://[^\s<>]+))>"
)
_STYLED = re.compile(r"(?<![\w\\])(\*{1,3}|_{1,3}|~~|\|\||`{1,3})(?=\S)([^\n]{1,400}?)(?<=\S)\1(?!\w)")
_MASKED = re.compile(r"\[([^\[\]\n]{1,400})\]\(https?://[^\s<>()]{1,2000}\)")
_LINE_MARK = re.compile(r"^(?:#{1,3}|>{1,3}|-#) +", re.MULTILINE)
_ESCAPED = re.compile(r"\\([^0-9A-Za-z\s])")
_SPACES = re.compile(r"[^\S\n]+")


def literal(text: str) -> str:
    """Return the text for where Discord reads no Markdown; calls like @everyone are broken all the same."""
    return _CALL.sub("\\g<0>\u200b", safe(text))


def plain(text: str) -> str:
    """Return the text as Markdown that shows exactly these characters and calls nobody; addresses show no preview.

    A zero-width space breaks what a backslash does not: Discord looks for mentions behind backslashes too.
    """
    return _ACTIVE.sub(_inert, safe(text))


def shown(text: str) -> str:
    """Return what a person wrote in Discord as plain words: emoji and commands by their names, times as days.

    A mention (`<@1>`, `<#1>`) has no words of its own and is left out.
    """
    bare = _LINE_MARK.sub("", _MASKED.sub(r"\1", _TOKEN.sub(_named, text)))
    return _SPACES.sub(" ", safe(_ESCAPED.sub(r"\1", _STYLED.sub(r"\2", bare)))).strip()


def _inert(found: re.Match[str]) -> str:
    if found["address"]:
        return f"<{found[0].replace('@', '%40')}>"
    if found["number"]:
        return f"{found[0]}\\"
    return f"{found[0]}\u200b" if found["call"] else f"\\{found[0]}"


def _named(token: re.Match[str]) -> str:
    if token["time"]:
        return day(datetime.fromtimestamp(int(token["time"]), UTC))
    return token["emoji"] or token["command"] or token["address"] or ""
