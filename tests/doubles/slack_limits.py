"""What Slack refuses of messages and views, with the error that it names."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

LONGEST_TEXT = 4_000
LONGEST_PAYLOAD = 12_000


def fault_of_message(args: dict[str, Any]) -> str:
    """Return why Slack would refuse a message, "" where it would take it."""
    blocks = args.get("blocks") or []
    if args.get("delete_original"):
        return ""
    if not blocks and not args.get("text"):
        return "no_text"
    if len(args.get("text") or "") > LONGEST_TEXT or _words(blocks) > LONGEST_PAYLOAD:
        return "msg_too_long"
    return _fault_of_blocks(blocks, 50)


def fault_of_view(view: dict[str, Any]) -> str:
    """Return why Slack would refuse a modal, "" where it would take it."""
    titles = [view.get(name) or {} for name in ("title", "close", "submit")]
    if any(len(title.get("text", "")) > 24 for title in titles) or not view.get("title"):
        return "invalid_arguments"
    if len(json.dumps(view)) > 250_000:
        return "view_too_large"
    return _fault_of_blocks(view.get("blocks") or [], 100)


def _fault_of_blocks(blocks: list[dict[str, Any]], most: int) -> str:
    named = [b["block_id"] for b in blocks if "block_id" in b]
    if len(blocks) > most or len(named) != len(set(named)) or not all(_fits(b) for b in blocks):
        return "invalid_blocks"
    return ""


def _fits(block: dict[str, Any]) -> bool:
    elements = block.get("elements") or []
    rules: dict[str, Callable[[], bool]] = {
        "section": lambda: _worded(block.get("text"), 3_000),
        "header": lambda: _worded(block.get("text"), 150) and block["text"]["type"] == "plain_text",
        "markdown": lambda: 0 < len(block["text"]) <= 12_000,
        "context": lambda: 0 < len(elements) <= 10 and all(_worded(e, 3_000) for e in elements),
        "actions": lambda: 0 < len(elements) <= 25 and all(map(_clickable, elements)),
        "rich_text": lambda: bool(elements) and all(map(_rich, elements)),
        "divider": lambda: True,
    }
    return len(block.get("block_id", "")) <= 255 and block["type"] in rules and rules[block["type"]]()


def _rich(element: dict[str, Any]) -> bool:
    if element["type"] == "text":
        return bool(element["text"])
    if element["type"] == "link":
        return 0 < len(element["url"]) <= 3_000
    return element["type"].startswith("rich_text_") and all(map(_rich, element["elements"]))


def _worded(text: dict[str, Any] | None, most: int) -> bool:
    return bool(text) and text["type"] in {"plain_text", "mrkdwn"} and 0 < len(text["text"]) <= most


def _clickable(element: dict[str, Any]) -> bool:
    return (
        _worded(element.get("text"), 75)
        and len(element.get("value", "")) <= 2_000
        and len(element.get("url", "")) <= 3_000
        and 0 < len(element["action_id"]) <= 255
    )


def _words(blocks: list[dict[str, Any]]) -> int:
    """Count the characters of all texts in blocks."""
    total, open_ones = 0, [*blocks]
    while open_ones:
        value = open_ones.pop()
        inner = value.values() if isinstance(value, dict) else value
        open_ones += [v for v in inner if isinstance(v, (dict, list))]
        if isinstance(value, dict) and isinstance(value.get("text"), str):
            total += len(value["text"])
    return total
