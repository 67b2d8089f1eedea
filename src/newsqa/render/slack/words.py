"""Words to and from Slack's mark-up."""

from __future__ import annotations

import html
import re

from newsqa.render.safe import safe

_GROUP_CALL = re.compile(r"@(?=channel|everyone|here|group)", re.IGNORECASE)
_MARKED = re.compile(r"<([^<>]*)>")


def plain(text: str) -> str:
    """Return the text as mrkdwn in which nothing is a link or a mention: & < > are escaped, @here and its like broken."""
    return html.escape(_GROUP_CALL.sub("@\u200b", safe(text)), quote=False)


def shown(text: str) -> str:
    """Return what a person wrote in Slack as plain words: links and mentions by their names, entities undone."""
    return html.unescape(_MARKED.sub(_named, text))


def _named(marked: re.Match[str]) -> str:
    address, _, name = marked[1].partition("|")
    return name or address.lstrip("@#!")
