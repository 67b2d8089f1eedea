"""The part of a text that is most like a shorter one, letter by letter."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from math import ceil
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Alignment:
    """A part of a text, `text[start:end]`, and how like it is to what was sought, from 0 to 1.

    The likeness is that of a part as long as what was sought; what has nothing in common at its ends is left out.
    """

    score: float
    start: int
    end: int


def most_alike_part(sought: str, text: str, least: float) -> Alignment | None:
    """Return the part of a text that is most like `sought`, the first of equals; None where none reaches `least`.

    Likeness is the share of the characters of both that they have in common in their order: twice their longest common
    subsequence by the sum of their lengths. A part is as long as `sought`, or shorter at an end of the text. A text
    that is shorter as a whole is compared with the parts of `sought`.
    """
    if len(sought) > len(text):
        found = most_alike_part(text, sought, least)
        return Alignment(found.score, 0, len(text)) if found else None
    if not sought:
        return None
    masks, size, best = _masks(sought), len(sought), None
    at = 1 - size  # before the text a part is cut to the first characters of the text, at the end to the last
    while at < len(text):
        start, end = max(at, 0), min(at + size, len(text))
        common = _common(masks, size, text[start:end])
        score = 2 * common / (size + end - start)
        if score >= least and (best is None or score > best.score):
            best = Alignment(score, start, end)
        at += _steps(common, size, end - start, best.score if best else least)
    return _trimmed(masks, size, text, best) if best else None


def _trimmed(masks: Mapping[str, int], size: int, text: str, found: Alignment) -> Alignment:
    """Leave out of a part, at both ends, the characters without which it has as much in common."""
    start, end = found.start, found.end
    common = _common(masks, size, text[start:end])
    end = bisect_left(range(start, end), common, key=lambda place: _common(masks, size, text[start:place])) + start
    spared = bisect_left(range(start, end), 1, key=lambda place: _common(masks, size, text[place:end]) < common)
    return Alignment(found.score, start + spared - 1, end)


def _steps(common: int, size: int, length: int, needed: float) -> int:
    """Return how many characters further on the next part begins that can reach the likeness needed.

    With each character the common subsequence grows by one at most, while the part grows, stays or shrinks: what is
    lacking, `needed * (size + length) / 2 - common`, falls by one at most. So no part that could be the best is passed.
    """
    return max(1, ceil(needed * (size + length) / 2 - common - 1e-9))


def _masks(sought: str) -> Mapping[str, int]:
    """Return for each character the places where it is, as the bits of a number."""
    masks: dict[str, int] = {}
    for place, character in enumerate(sought):
        masks[character] = masks.get(character, 0) | 1 << place
    return masks


def _common(masks: Mapping[str, int], size: int, part: str) -> int:
    """Return the length of the longest common subsequence, by whole rows of its table as bits (Hyyrö 2004)."""
    ones = (1 << size) - 1
    row = ones
    for character in part:
        met = row & masks.get(character, 0)
        row = ((row + met) | (row - met)) & ones
    return size - row.bit_count()
