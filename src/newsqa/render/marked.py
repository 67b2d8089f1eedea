"""The text of an answer, safe to show in its lines, with the words in it that answer the question."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from newsqa.render.clean import safe_line
from newsqa.render.wording import compose_text, nearest_sentence

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from newsqa.types import Answer, Sentence

    Span = tuple[int, int]
    Pieces = list[tuple[str, bool]]
    """Words one after the other, and True for those that are marked."""


ITEM = "- "
"""The beginning of a line of a list."""

MOST_MARKS = 60
"""Marks of an answer that are shown."""

_ON_ONE_LINE = frozenset({"answer", "refusal"})


@dataclass(frozen=True, slots=True)
class AnswerText:
    """Text that is safe to show, in lines; `marks` are spans of it, in order, that do not overlap."""

    text: str
    marks: tuple[Span, ...] = ()

    def pieces(self, start: int = 0, end: int | None = None) -> Pieces:
        """Return the text between two offsets, cut where marks begin and end."""
        end = len(self.text) if end is None else end
        found: Pieces = []
        for mark in self.marks:
            first, last = max(mark[0], start), min(mark[1], end)
            if first < last:
                found += [(self.text[start:first], False), (self.text[first:last], True)]
                start = last
        return [(words, marked) for words, marked in (*found, (self.text[start:end], False)) if words]

    def lines(self) -> Iterator[Pieces]:
        """Yield the pieces of each line."""
        start = 0
        for line in self.text.split("\n"):
            yield self.pieces(start, start + len(line))
            start += len(line) + 1


def marked_text(answer: Answer) -> AnswerText:
    """Return the text of an answer with its [n]; a refusal ends with a heading for its nearest articles."""
    text = answer.text
    if answer.refused and answer.nearest:
        text = f"{text.replace(nearest_sentence(answer.nearest[0]), '')} Nearest:"
    return _marked(text, answer.sentences, one_line=answer.kind in _ON_ONE_LINE)


def marked_sentences(sentences: Sequence[Sentence]) -> AnswerText:
    """Return sentences with their [n] as one line."""
    return _marked(compose_text("answer", sentences, ()), sentences, one_line=True)


def _marked(text: str, sentences: Sequence[Sentence], *, one_line: bool) -> AnswerText:
    """Return a text with the marks of its sentences; what is marked is found again after the text was made safe."""
    marks: list[Span] = []
    after = 0
    for start, end in list(_mark_spans(text, sentences))[:MOST_MARKS]:
        # A letter in place of the mark keeps the space before it.
        first = len(_clean(f"{text[:start]}x", one_line=one_line)) - 1
        last = len(_clean(text[:end], one_line=one_line))
        if after <= first < last:
            marks.append((first, last))
            after = last
    return AnswerText(_clean(text, one_line=one_line), tuple(marks))


def _mark_spans(text: str, sentences: Sequence[Sentence]) -> Iterator[Span]:
    """Yield the spans of a text that its sentences mark, without spaces around them, in order."""
    at = 0
    for sentence in (sentence for sentence in sentences if sentence.marks):
        begin = text.find(sentence.text, at)
        if begin < 0:
            continue
        at = begin + len(sentence.text)
        for start, end in sorted(sentence.marks):
            words = sentence.text[max(start, 0) : max(end, 0)]
            if words.strip():
                first = begin + max(start, 0) + len(words) - len(words.lstrip())
                yield first, first + len(words.strip())


def _clean(text: str, *, one_line: bool) -> str:
    if one_line:
        return safe_line(text)
    return "\n".join(line for part in text.split("\n") if (line := safe_line(part)))
