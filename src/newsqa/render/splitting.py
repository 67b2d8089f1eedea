"""Cuts what is too long for one message where nothing is torn: between sentences, else words, else what the eye sees.

A text to cut is one line (`safe.safe_line`), not yet escaped. `size` tells how large a piece will be when it is: never
less than its characters, and never less than any beginning of it. So no cut falls into an escape; none falls into a
marker like [12] either.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from typing import TYPE_CHECKING, TypeVar

from newsqa.text.sentences import sentence_spans

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    Size = Callable[[str], int]

Item = TypeVar("Item")

_MARKERS = re.compile(r"(?:\[\d+\] ?)+")
_SPACE = re.compile(r" (?!\[\d+\])")
_WIDE_STOPS = "。！？｡」』”’）"
_SMALLEST = 3  # a piece is at least this part of what would fit, or the next best place is taken


def units(text: str) -> int:
    """Count a text as the clients do, in UTF-16 code units."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def split(text: str, size: Size, limit: int) -> list[str]:
    """Return the text in pieces of at most `limit`; nothing but spaces between pieces is lost."""
    pieces, start = [], 0
    ends = list(_sentence_ends(text)) if _exceeds(text, size, limit) else []
    while _exceeds(text[start:], size, limit):
        reach = start + _most(text[start : start + limit], size, limit)
        end = _best_end(text, start, reach, ends)
        pieces.append(text[start:end].rstrip())
        start = end + (text[end : end + 1] == " ")
    return [*pieces, text[start:]]


def shortened(text: str, size: Size, limit: int) -> str:
    """Return the text, or as much of its beginning as fits in whole words, with an ellipsis at the end."""
    if size(text) <= limit:
        return text
    reach = _most(text[:limit], size, limit - 1)
    return text[: _best_end(text, 0, reach, [])].rstrip() + "…"


def packed(
    items: Sequence[Item], size: Callable[[Item], int], limit: int, most: int, taken: int = 0
) -> list[list[Item]]:
    """Return the items in their order in groups of at most `most` and `limit` in all, of which the first has `taken`.

    There is one group at least; an item that is larger than the limit stands alone.
    """
    groups: list[list[Item]] = [[]]
    for item in items:
        needed = size(item)
        if (taken or groups[-1]) and (taken + needed > limit or len(groups[-1]) == most):
            groups.append([])
            taken = 0
        groups[-1].append(item)
        taken += needed
    return groups


def _exceeds(text: str, size: Size, limit: int) -> bool:
    return len(text) > limit or size(text) > limit


def _most(text: str, size: Size, limit: int) -> int:
    """Return how many characters from the beginning fit; one at least."""
    return max(bisect_right(range(1, len(text) + 1), limit, key=lambda count: size(text[:count])), 1)


def _best_end(text: str, start: int, reach: int, ends: list[int]) -> int:
    """Return where to end a piece that may go up to `reach`."""
    least = start + (reach - start) // _SMALLEST
    if (found := bisect_right(ends, reach)) and ends[found - 1] > least:
        return ends[found - 1]
    spaces = [space.start() for space in _SPACE.finditer(text, start + 1, reach + 1)]
    return spaces[-1] if spaces and spaces[-1] > least else _whole(text, start, reach)


def _sentence_ends(text: str) -> Iterator[int]:
    """Yield where sentences begin, after the markers of the sentence before."""
    for begin, _ in sentence_spans(text):
        markers = _MARKERS.match(text, begin)
        end = markers.end() if markers else begin
        if text[end - 1 : end] == " " or text[end - 1 : end] in _WIDE_STOPS:
            yield end


def _whole(text: str, start: int, reach: int) -> int:
    """Return the last place that tears neither a marker nor a character made of several, or `reach` if all is one."""
    from wcwidth import grapheme_boundary_before  # noqa: PLC0415

    end = start + grapheme_boundary_before(text[start : reach + 1], reach + 1 - start)
    for marker in re.finditer(r"\[\d+\]", text[max(start, reach - 12) : reach + 12]):
        first, last = (max(start, reach - 12) + place for place in marker.span())
        end = first if first < end < last else end
    return end if end > start else reach
