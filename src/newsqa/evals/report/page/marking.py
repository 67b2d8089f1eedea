"""Finds in a text what a reader looks for: the words of accepted answers, of gold quotes, and what was cited."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Iterable

Kind = Literal["answer", "gold", "cited"]
_WORD = re.compile(r"\w+")
_ARTICLES = frozenset({"a", "an", "the"})
_NOTHING = re.compile(r"(?!)")


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of a text (code points, end exclusive) and why it is marked."""

    start: int
    end: int
    kind: Kind


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a text with the kinds of its marks, none where it is plain."""

    text: str
    kinds: tuple[Kind, ...] = ()


def phrases(texts: Iterable[str]) -> re.Pattern[str]:
    """Return what finds any of these phrases by their words, whatever case, quotes and dashes they are written with."""
    found = (_WORD.findall(text) for text in texts)
    bare = {tuple(words[1:] if words[0].lower() in _ARTICLES else words) for words in found if words}
    # the longest first: of two that begin alike a pattern takes the one named first
    alternatives = sorted((r"[\W_]+".join(map(re.escape, words)) for words in bare if words), key=len, reverse=True)
    return re.compile(rf"(?<!\w)(?:{'|'.join(alternatives)})(?!\w)", re.IGNORECASE) if alternatives else _NOTHING


def found(pattern: re.Pattern[str], text: str, kind: Kind) -> list[Span]:
    """Return where a pattern of `phrases` stands in a text."""
    return [Span(*match.span(), kind) for match in pattern.finditer(text)]


def pieces(text: str, spans: Iterable[Span]) -> list[Piece]:
    """Cut a text where marks begin and end, so that marks may overlap; the pieces together are the text."""
    marks = [span for span in spans if span.start < span.end and span.start < len(text) and span.end > 0]
    cuts = sorted({0, len(text)} | {cut for mark in marks for cut in (mark.start, mark.end) if 0 < cut < len(text)})
    return [Piece(text[a:b], _kinds(marks, a, b)) for a, b in pairwise(cuts)]


def _kinds(marks: Iterable[Span], start: int, end: int) -> tuple[Kind, ...]:
    return tuple(sorted({mark.kind for mark in marks if mark.start <= start and end <= mark.end}))
