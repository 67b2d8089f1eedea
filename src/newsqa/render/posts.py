"""What is posted of an answer on every platform: its parts in safe lines, and texts split to fit into messages."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeVar

from newsqa.render.clean import at_quote, safe_line, web_address
from newsqa.render.wording import AnswerText, answer_notes, format_duplicates, marked_sentences, marked_text, provenance
from newsqa.text.sentences import sentence_spans

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from newsqa.render.wording import Pieces, Source
    from newsqa.types import Answer, Sentence

    Size = Callable[[str], int]

# Text too long for one message is split between sentences, else words, else graphemes; never inside a marker like [12].
# It is safe to show, not yet escaped. `size` returns the size of a piece after escaping: at least the number
# of its characters, and at least the size of any prefix. So no split falls into an escape.

Item = TypeVar("Item")

_MARKERS = re.compile(r"(?:\[\d+\] ?)+")
_SPACE = re.compile(r" (?!\[\d+\])")
_WIDE_STOPS = "。！？｡」』”’）"
_SMALLEST = 3  # a piece fills at least 1/3 of the limit, else the next best place to split is used


def utf16_length(text: str) -> int:
    """Return the length of a text as the clients count it, in UTF-16 code units."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def split(text: str, size: Size, limit: int) -> list[str]:
    """Return the text in pieces of at most `limit`; nothing but spaces between pieces is lost."""
    pieces, start = [], 0
    ends = list(_sentence_ends(text)) if _exceeds(text, size, limit) else []
    while _exceeds(text[start:], size, limit):
        reach = start + _longest_prefix(text[start : start + limit], size, limit)
        end = _best_end(text, start, reach, ends)
        pieces.append(text[start:end].rstrip())
        start = end + text[end : end + 1].isspace()
    return [*pieces, text[start:]]


def shorten(text: str, size: Size, limit: int) -> str:
    """Return the text, or its longest beginning of whole words that fits, with an ellipsis."""
    if size(text) <= limit:
        return text
    reach = _longest_prefix(text[:limit], size, limit - 1)
    return text[: _best_end(text, 0, reach, [])].rstrip() + "…"


def pack(items: Sequence[Item], size: Callable[[Item], int], limit: int, most: int, taken: int = 0) -> list[list[Item]]:
    """Return the items in order, in groups of at most `most` items and a total size of `limit`.

    `taken` is the size already used in the first group. There is at least one group; an item larger than the limit has
    a group of its own.
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


def _longest_prefix(text: str, size: Size, limit: int) -> int:
    """Return how many characters from the beginning fit; at least one."""
    return max(bisect_right(range(1, len(text) + 1), limit, key=lambda count: size(text[:count])), 1)


def _best_end(text: str, start: int, reach: int, ends: list[int]) -> int:
    """Return the best end of a piece that may extend to `reach`."""
    least = start + (reach - start) // _SMALLEST
    if (found := bisect_right(ends, reach)) and ends[found - 1] > least:
        return ends[found - 1]
    spaces = [space.start() for space in _SPACE.finditer(text, start + 1, reach + 1)]
    return spaces[-1] if spaces and spaces[-1] > least else _last_boundary(text, start, reach)


def _sentence_ends(text: str) -> Iterator[int]:
    """Yield where sentences begin, after the markers of the sentence before."""
    for begin, _ in sentence_spans(text):
        markers = _MARKERS.match(text, begin)
        end = markers.end() if markers else begin
        if text[end - 1 : end].isspace() or text[end - 1 : end] in _WIDE_STOPS:
            yield end


def _last_boundary(text: str, start: int, reach: int) -> int:
    """Return the last place up to `reach` outside markers and graphemes, or `reach` if there is none."""
    from wcwidth import grapheme_boundary_before

    end = start + grapheme_boundary_before(text[start : reach + 1], reach + 1 - start)
    for marker in re.finditer(r"\[\d+\]", text[max(start, reach - 12) : reach + 12]):
        first, last = (max(start, reach - 12) + place for place in marker.span())
        end = first if first < end < last else end
    return end if end > start else reach


# What is posted of an answer.

UNTITLED = "untitled"
NOTHING = "There is no answer."
WORKING = "Looking through the articles …"
BUTTON_LABELS = {"good": "Good answer", "bad": "Bad answer", "sources": "Sources", "share": "Share in the channel"}
"""The label of each action."""

LONGEST_TITLE = 200
LONGEST_ABOUT = 200
LONGEST_NOTE = 500
LONGEST_QUOTE = 700  # UTF-16 units of a quote beside an answer; the view of the sources has the whole quote


@dataclass(frozen=True, slots=True)
class PostedSource:
    """A source in lines that are safe to show; an article that is only near has no number.

    `link` is `address` at the quote; both are None if there is none to link.
    """

    n: int | None
    title: str
    address: str | None
    link: str | None
    about: str
    quote: str
    duplicates: str = ""


def split_text(answer: Answer, size: Size, limit: int) -> list[Pieces]:
    """Return the text of an answer with its [n], in parts of at most `limit` without mark-up, each in pieces."""
    said = marked_text(answer)
    said = said if said.text else AnswerText(NOTHING)
    parts, at = [], 0
    for words in split(said.text, size, limit):
        at = said.text.index(words, at)
        parts.append(said.pieces(at, at + len(words)))
        at += len(words)
    return parts


def partial_line(sentences: Sequence[Sentence]) -> str:
    """Return the sentences verified so far, with their [n], as one line; an ellipsis says that more may come."""
    return f"{marked_sentences(sentences).text} …"


def posted_sources(answer: Answer, longest: int | None = None) -> list[PostedSource]:
    """Return the sources of an answer in order; quotes of more than `longest` units are shortened."""
    return [
        replace(
            _posted(source, source.quote, longest, source.n),
            duplicates=shorten(format_duplicates(source.also_carried_by), utf16_length, LONGEST_NOTE),
        )
        for source in answer.citations
    ]


def posted_nearest(answer: Answer) -> list[PostedSource]:
    """Return the articles that a refusal shows, with their first sentences."""
    return [_posted(near, near.lead, LONGEST_QUOTE) for near in answer.nearest]


def button_actions(answer: Answer, *, private: bool) -> list[str]:
    """Return the actions of the buttons below an answer, in order; `private` adds the one that shares it.

    There are none if nothing was asked; only what articles say, or do not say, is judged, and only a quote that was cut
    has its sources shown.
    """
    if answer.kind == "smalltalk" or answer.reason == "question_unusable":
        return []
    judged = answer.citations or answer.kind not in {"about_library", "about_answer"}
    is_cut = any(utf16_length(safe_line(citation.quote)) > LONGEST_QUOTE for citation in answer.citations)
    return [*(["good", "bad"] if judged else []), *(["sources"] if is_cut else []), *(["share"] if private else [])]


def posted_notes(answer: Answer) -> list[str]:
    """Return the notes beside an answer."""
    return [shorten(note, utf16_length, LONGEST_NOTE) for note in answer_notes(answer)]


def _posted(source: Source, quote: str, longest: int | None, n: int | None = None) -> PostedSource:
    words, address = safe_line(quote), web_address(source.url)
    return PostedSource(
        n=n,
        title=shorten(safe_line(source.title or "") or UNTITLED, utf16_length, LONGEST_TITLE),
        address=address,
        link=address and at_quote(address, quote),
        about=shorten(provenance(source), utf16_length, LONGEST_ABOUT),
        quote=shorten(words, utf16_length, longest) if longest else words,
    )
