"""Text from outside put before a model as data, and small JSON objects read from what it writes back."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from newsqa.records import JsonObject

_FENCED = re.compile(r"```(?:json)?\s*(\{.*\})\s*```", re.DOTALL)
_LINE_ENDS = {code: f"\\u{code:04x}" for code in (0x85, 0x2028, 0x2029)}
LONGEST = 4_000
"""Characters of a reply that are read; the object asked for has a few dozen."""


def as_data(value: object) -> str:
    """Write a value as JSON on one line: no quotation mark, line end or tag inside it can end it early."""
    return json.dumps(value, ensure_ascii=False).translate(_LINE_ENDS).replace("<", "\\u003c").replace(">", "\\u003e")


def object_in(reply: str) -> JsonObject | None:
    """Return the JSON object that a reply is, in a code fence or without; None where it is anything besides."""
    text = reply.strip()
    if len(text) > LONGEST:
        return None
    fenced = _FENCED.fullmatch(text)
    try:
        value = json.loads(fenced[1] if fenced else text)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None
