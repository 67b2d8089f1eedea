"""The blocks of Slack that messages and views are made of. Text from outside goes into rich and plain text only.

Neither knows mark-up, so a title is a title whatever stands in it. Limits as in Slack's reference of its blocks.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from newsqa.render.slack.words import literal
from newsqa.render.splitting import units

if TYPE_CHECKING:
    from collections.abc import Sequence

    from newsqa.records import JsonObject

LONGEST_TEXT = 3_000
"""UTF-16 units of a text in one block."""

MOST_ELEMENTS = 10
"""Elements of a context block."""


def rich(*parts: JsonObject) -> JsonObject:
    """Return a block of sections, quotes and lists."""
    return {"type": "rich_text", "elements": list(parts)}


def section(*elements: JsonObject) -> JsonObject:
    """Return a part of rich text: words and links in a line."""
    return {"type": "rich_text_section", "elements": list(elements)}


def quotation(words: str) -> JsonObject:
    """Return a part of rich text that is set off as a quote."""
    return {"type": "rich_text_quote", "elements": [text(words)]}


def text(words: str, *, bold: bool = False, italic: bool = False) -> JsonObject:
    """Return words of rich text, as they are."""
    style = {name: True for name, on in (("bold", bold), ("italic", italic)) if on}
    return {"type": "text", "text": literal(words), **({"style": style} if style else {})}


def linked(words: str, address: str | None) -> JsonObject:
    """Return words in bold that lead to an address, or just the words where there is none."""
    if address is None:
        return text(words, bold=True)
    return {"type": "link", "url": address, "text": literal(words), "style": {"bold": True}}


def context(lines: Sequence[str], mention: str = "") -> JsonObject:
    """Return small print: at most ten lines, after a mention of somebody in mrkdwn."""
    head = [{"type": "mrkdwn", "text": mention}] if mention else []
    return {"type": "context", "elements": [*head, *(_plain_text(literal(words)) for words in lines)]}


def actions(labels: dict[str, str], value: str) -> JsonObject:
    """Return a row of buttons: the label of each action, all with one value."""
    buttons = [
        {"type": "button", "action_id": action, "text": _plain_text(label), "value": value}
        for action, label in labels.items()
    ]
    return {"type": "actions", "elements": buttons}


def modal(title: str, blocks: Sequence[JsonObject]) -> JsonObject:
    """Return a view with a title (24 characters at most) and a button that closes it."""
    return {"type": "modal", "title": _plain_text(title), "close": _plain_text("Close"), "blocks": list(blocks)}


def weight(block: JsonObject) -> int:
    """Return what a block adds to the size of a message."""
    return units(json.dumps(block, ensure_ascii=False)) + 2


def _plain_text(words: str) -> JsonObject:
    return {"type": "plain_text", "text": words, "emoji": False}
