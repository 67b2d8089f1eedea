"""Cuts texts into passages: runs of whole sentences, long enough to be understood and short enough to be ranked."""

from __future__ import annotations

import re
from dataclasses import dataclass

from newsqa.text.sentences import sentence_spans

TARGET_WORDS = 160
MAX_WORDS = 250
MIN_WORDS = 110  # a passage of so many words ends at the end of a paragraph rather than inside the next
TAIL_WORDS = 60

_ENDS_SENTENCE = re.compile(r"[.!?…:;,。！？][)\]}”’»\"'“*_」』]*$")


@dataclass(frozen=True, slots=True)
class _Piece:
    """A sentence: its span, its size in words, if it begins a line, and if it is a heading."""

    start: int
    end: int
    words: int
    opens_line: bool
    heading: bool


def passage_spans(text: str) -> list[tuple[int, int]]:
    """Return the spans of the passages of a text, in code points, in order.

    A passage is about 160 words of whole sentences and never more than 250 (words are separated by white
    space; twelve characters count as at least one word, to bound scripts without spaces). It ends at a paragraph's end
    if one is near, and a heading goes with the text below it.
    """
    groups: list[list[_Piece]] = []
    current: list[_Piece] = []
    pieces = _pieces(text)
    paragraphs = _paragraph_words(pieces)
    for piece, ahead in zip(pieces, paragraphs, strict=True):
        if current and _is_full(current, piece, ahead):
            left = _without_headings(current)
            groups.append(current[:left])
            current = current[left:]
        current.append(piece)
    if current:
        groups.append(current)
    return [(group[0].start, group[-1].end) for group in _tail_merged(groups)]


def embedding_text(title: str | None, passage_text: str) -> str:
    """Return the text of a passage that an embedder or reranker reads: with the article's title in front, once."""
    if not title or passage_text.startswith(title):
        return passage_text
    return f"{title}\n{passage_text}"


def _pieces(text: str) -> list[_Piece]:
    spans = sentence_spans(text)
    pieces = []
    for n, (start, end) in enumerate(spans):
        sentence = text[start:end]
        opens = n == 0 or _breaks_line(text[spans[n - 1][1] : start])
        closes = n + 1 == len(spans) or _breaks_line(text[end : spans[n + 1][0]])
        heading = opens and closes and end - start < 100 and not _ENDS_SENTENCE.search(sentence[-8:])
        words = max(len(sentence.split()), (end - start) // 12)
        pieces.append(_Piece(start, end, words, opens, heading))
    return pieces


def _breaks_line(gap: str) -> bool:
    return len(gap.splitlines()) > 1 or gap.endswith(("\n", "\r"))


def _paragraph_words(pieces: list[_Piece]) -> list[int]:
    """Return for each piece how many words are left from it to the end of its paragraph."""
    left = [0] * len(pieces)
    for n in range(len(pieces) - 1, -1, -1):
        runs_on = n + 1 < len(pieces) and not pieces[n + 1].opens_line
        left[n] = pieces[n].words + (left[n + 1] if runs_on else 0)
    return left


def _is_full(current: list[_Piece], piece: _Piece, ahead: int) -> bool:
    words = _words(current)
    if words + piece.words > MAX_WORDS:
        return True
    if piece.opens_line and words >= MIN_WORDS:
        return words + ahead - TARGET_WORDS > TARGET_WORDS - words  # nearer to the target without it
    return words >= TARGET_WORDS and words + ahead > (TARGET_WORDS + MAX_WORDS) // 2


def _words(pieces: list[_Piece]) -> int:
    return sum(piece.words for piece in pieces)


def _without_headings(current: list[_Piece]) -> int:
    """Return how many pieces of a full passage stay in it: headings at its end move to the next passage."""
    left = len(current)
    while left and current[left - 1].heading:
        left -= 1
    short = _words(current[left:]) <= TAIL_WORDS
    return left if left and short else len(current)


def _tail_merged(groups: list[list[_Piece]]) -> list[list[_Piece]]:
    if len(groups) > 1 and _words(groups[-1]) < TAIL_WORDS and _words(groups[-2] + groups[-1]) <= MAX_WORDS:
        return [*groups[:-2], groups[-2] + groups[-1]]
    return groups
