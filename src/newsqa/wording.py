"""The wording of a text: its words and numbers in their order, however they are set.

Case, accents, kinds of quotation marks and dashes, punctuation and white space do not count; the place of each word
does, in code points. Numbers keep what stands between their digits: 145 does not stand in 145,000.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_JOINS = "\u00ad\u200b-\u200d\u2060\ufeff"  # soft hyphens and what has no width stand inside words
_MARKS = (
    "\u0300-\u036f\u0591-\u05c7\u064b-\u065f\u0670\u0900-\u0963\u0980-\u0dff\u0e31-\u0e4e"  # re calls them no letters
)
_LETTERS = r"[^\W_ʼʻ]+"
_WORD = re.compile(rf"{_LETTERS}(?:(?:[{_JOINS}{_MARKS}]+|(?<=\d)[.,](?=\d)){_LETTERS})*[{_MARKS}]*|[$€£¥₹%]")
_UNSEEN = re.compile(f"[{_JOINS}\u0300-\u036f]")


@dataclass(frozen=True, slots=True)
class Wording:
    """The words of a text as they are compared, and the span of each in the text."""

    words: tuple[str, ...]
    spans: tuple[tuple[int, int], ...]

    def places(self, wanted: Sequence[str]) -> Iterator[tuple[int, int]]:
        """Yield where the wanted words stand one after another, as spans of the text, in order."""
        if not wanted:
            return
        first, size = wanted[0], len(wanted)
        sought = tuple(wanted)
        for at, word in enumerate(self.words[: len(self.words) - size + 1]):
            if word == first and self.words[at : at + size] == sought:
                yield self.spans[at][0], self.spans[at + size - 1][1]


def wording(text: str) -> Wording:
    """Read the wording of a text."""
    found = [(match.group(), match.span()) for match in _WORD.finditer(text)]
    return Wording(tuple(_folded(word) for word, _ in found), tuple(span for _, span in found))


@lru_cache(maxsize=50_000)
def _folded(word: str) -> str:
    if word.isascii():
        return word.lower()
    plain = _UNSEEN.sub("", unicodedata.normalize("NFKD", word))
    return unicodedata.normalize("NFC", plain).casefold()
