"""Finds the part of a text that is most similar to a shorter text, letter by letter."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from math import ceil
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Alignment:
    """A part of a text, `text[start:end]`, and its similarity to the text that was searched for, from 0 to 1.

    The similarity is that of a part as long as the searched text; ends with nothing in common are left out.
    """

    score: float
    start: int
    end: int


def align(sought: str, text: str, least: float) -> Alignment | None:
    """Return the part of a text that is most similar to `sought`, the first of equals; None if none reaches `least`.

    Similarity is the share of characters that both have in common in the same order: twice their longest common
    subsequence divided by the sum of their lengths. A part is as long as `sought`, or shorter at an end of the text. If
    the whole text is shorter than `sought`, it is compared with the parts of `sought`. If both are equally long, the
    better of both comparisons counts.
    """
    inside = _best_part(sought, text, least) if len(sought) <= len(text) else None
    whole = _best_part(text, sought, least) if len(text) <= len(sought) else None
    if whole and (inside is None or whole.score > inside.score):
        return Alignment(whole.score, 0, len(text))
    return inside


def _best_part(sought: str, text: str, least: float) -> Alignment | None:
    """Return the most similar part of a text that is at least as long as `sought`."""
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
    """Cut off both ends of a part as long as it keeps the same characters in common."""
    start, end = found.start, found.end
    common = _common(masks, size, text[start:end])
    end = bisect_left(range(start, end), common, key=lambda place: _common(masks, size, text[start:place])) + start
    skipped = bisect_left(range(start, end), 1, key=lambda place: _common(masks, size, text[place:end]) < common)
    return Alignment(found.score, start + skipped - 1, end)


def _steps(common: int, size: int, length: int, needed: float) -> int:
    """Return how many characters further the next part begins that can reach the similarity needed.

    With each character the common subsequence grows by at most one, while the part grows, stays or shrinks: so the
    missing number, `needed * (size + length) / 2 - common`, falls by at most one, and no better part is skipped.
    """
    return max(1, ceil(needed * (size + length) / 2 - common - 1e-9))


def _masks(sought: str) -> Mapping[str, int]:
    """Return for each character the positions where it occurs, as the bits of a number."""
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
