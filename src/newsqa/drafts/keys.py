"""Keys of evidence as models write them: [3], [1, 2], [1-3], [^3], [Evidence 3], 【3†source】, and (3) at an end."""

from __future__ import annotations

import re
from dataclasses import dataclass

WIDEST_RANGE = 20

_KEY = (
    r"(?:(?:evidence|source|passage|article|document|doc|reference|ref|key|no\.?|\#)[ ]?[:\#]?[ ]?)?"
    r"\^?[0-9]{1,20}(?:[ ]?[-–—][ ]?\^?[0-9]{1,20}|†[^\]】\n]{0,40})?"
)
_SEVERAL = rf"{_KEY}(?:[ ]?(?:,|;|and|&)[ ]?{_KEY})*"
_IN_BRACKETS = re.compile(rf"[ \t]*[\[【][ ]?(?P<keys>{_SEVERAL})[ ]?[\]】]", re.IGNORECASE)
_IN_ANY = re.compile(
    rf"{_IN_BRACKETS.pattern.replace('?P<keys>', '')}"
    rf"|[ \t]*\((?P<ends>{_SEVERAL})\)(?=[.!?]|[ \t]*$)|(?<=[.!?”\"])[ \t]*\((?P<after>{_SEVERAL})\)",
    re.IGNORECASE,
)
_ONE = re.compile(r"([0-9]{1,20})(?:[ ]?[-–—][ ]?\^?([0-9]{1,20})|†[^\]】\n]*)?")
_BEGUN = re.compile(r"[\[【][^\]】]{0,60}$")


@dataclass(frozen=True, slots=True)
class Keys:
    """The keys that stood at one place: `at` in the text without keys, `start` and `end` in the text with them."""

    at: int
    start: int
    end: int
    numbers: tuple[int, ...]


def take_out_keys(text: str, highest: int | None = None) -> tuple[str, list[Keys]]:
    """Return a text without its keys, and where they stood.

    Numbers in round brackets are keys only at the end of a sentence, and only up to `highest`, where that is known:
    elsewhere they are ages and years.
    """
    parts: list[str] = []
    found: list[Keys] = []
    read = length = 0
    for match in (_IN_BRACKETS if highest is None else _IN_ANY).finditer(text):
        numbers = _numbers(match.group())
        if "(" in match.group() and max(numbers) > (highest or 0):
            continue
        part = text[read : match.start()]
        parts.append(part)
        length += len(part)
        found.append(Keys(length, match.start(), match.end(), numbers))
        read = match.end()
    parts.append(text[read:])
    return "".join(parts), found


def key_begun(text: str) -> bool:
    """Whether a text may end inside a key."""
    return _BEGUN.search(text) is not None


def _numbers(keys: str) -> tuple[int, ...]:
    numbers: list[int] = []
    for match in _ONE.finditer(keys):
        first, last = int(match[1]), int(match[2] or match[1])
        numbers += range(first, last + 1) if 0 <= last - first < WIDEST_RANGE else [first, last]
    return tuple(numbers)
