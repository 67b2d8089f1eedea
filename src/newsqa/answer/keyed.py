"""Splits a text that a model writes into sentences, each with the keys that it cites, while it is still growing."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from newsqa.text.sentences import sentence_spans
from newsqa.text.words import words

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_CHARACTERS = 20_000  # characters of a text that are read; an answer has a few hundred

LOOKAHEAD_WORDS = 6
"""Words after a full stop that decide if it ended a sentence: "“…?” Maria Stern said." goes on for five."""

MAX_LINE = 2_000  # characters after which a line without a sentence end is cut

MAX_REPETITIONS = 4
"""Times that three words in a row may occur in one sentence before the model is taken to be in a loop."""

MIN_WRAPPED_LINE = 45  # characters from which on a line may have been wrapped
_TOKENS = re.compile(r"\S*\s|\S+$")
_LIST_MARK = re.compile(r"^(?:(?:[-*•‣▪–—#>|+]+|\(?[0-9]{1,2}[.)])[ ]+)+")
_HEADING = re.compile(r"^#{1,6}[ ]")
_MARKUP = re.compile(
    r"\*\*|__|`+|(?<!\w)[*_](?=\S)|(?<=[^\s*])[*_](?!\w)|</?(?:b|i|u|em|strong|sup|sub|br|p|ul|ol|li|answer)/?>",
    re.IGNORECASE,
)
_LINKED = re.compile(r"(?<=\])\([^()\s]*\)")
_KEY_BEFORE_WORD = re.compile(r"(?<=[0-9][\]】])(?=\w)")
_ENDED = re.compile(r"[.!?…:;\]】)][\"'”’)]*$")


class KeyedSentence(NamedTuple):
    """A sentence without markup, and the keys that it cites."""

    text: str
    keys: tuple[int, ...]


def keyed_sentences(text: str) -> Iterator[KeyedSentence]:
    """Split a whole text, as `KeyedSentenceReader` does."""
    reader = KeyedSentenceReader()
    yield from reader.feed(text)
    yield from reader.close()


class KeyedSentenceReader:
    """Splits a text that comes in pieces. How it is cut into pieces makes no difference.

    A key belongs to the sentence before it, on either side of its full stop, or on the next line; if a line begins with
    keys, each belongs to the sentence after it. Lines are joined only if they were clearly wrapped. `highest` is the
    highest key there is, None if that is not known.
    """

    def __init__(self, highest: int | None = None) -> None:
        self._highest = highest
        self._left = MAX_CHARACTERS
        self._partial: list[str] = []  # a word whose end is still to come
        self._line = ""  # the current line, from its first sentence that was not yielded yet
        self._at_line_start = True  # True if `_line` is the line from its beginning
        self._starts_with_keys = False
        self._breaks = 0
        self._repeating = False
        self._trigrams: Counter[tuple[str, ...]] = Counter()
        self._last: KeyedSentence | None = None  # of the line before: a line of keys alone belongs to it

    @property
    def cut(self) -> bool:
        """True if not all of the text was read: it was too long, or repeated itself inside a sentence."""
        return self._left < 0 or self._repeating

    def feed(self, text: str) -> Iterator[KeyedSentence]:
        """Read the next piece, and yield the sentences that are whole."""
        if self._left <= 0 or self._repeating:
            self._left -= len(text)
            return
        read, self._left = text[: self._left], self._left - len(text)
        if not any(character.isspace() for character in read):
            self._partial.append(read)
            return
        *whole, last = _TOKENS.findall("".join([*self._partial, read]))
        self._partial = [] if last[-1].isspace() else [last]
        for token in whole if self._partial else [*whole, last]:
            if not self._repeating:
                yield from self._read_word(token)

    def close(self) -> Iterator[KeyedSentence]:
        """Yield what is left at the end."""
        if not self._repeating:
            yield from self._read_word("".join(self._partial) + "\n")
        yield from self._end_line()
        if self._last:
            yield self._last
        self._partial, self._last = [], None

    def _read_word(self, token: str) -> Iterator[KeyedSentence]:
        """Read a word and the white space character after it."""
        if word := _strip_markup(token[:-1]):
            if len(self._line) > MAX_LINE or (self._breaks and not self._was_wrapped(word)):
                yield from self._end_line()
            self._breaks = 0
            self._line = f"{self._line} {word}" if self._line else word
            if any(letter.isalpha() for letter in word):
                yield from self._whole_sentences()
                self._check_repetition()
        self._breaks += token[-1] in "\n\r\v\f\x85\u2028\u2029"

    def _check_repetition(self) -> None:
        """Drop a sentence that repeats itself, and all that follows it."""
        last = tuple(self._line.split()[-3:])
        self._trigrams[last] += 1
        if len(last) == 3 and self._trigrams[last] > MAX_REPETITIONS:
            self._line, self._repeating = "", True

    def _was_wrapped(self, word: str) -> bool:
        """Return True if the line was only wrapped: it is long and open, and what follows begins in lower case."""
        return (
            self._breaks == 1
            and len(self._line) > MIN_WRAPPED_LINE
            and word[0].islower()
            and not _ENDED.search(self._line)
        )

    def _whole_sentences(self) -> Iterator[KeyedSentence]:
        """Yield the first sentences of the line, each once enough follows it to know that it has ended."""
        while not _PARTIAL_KEY.search(self._line):
            split = self._split()
            if self._last and split.sentences:
                yield self._last
                self._last = None
            if len(split.sentences) < 2 or len(split.rest.split()) < LOOKAHEAD_WORDS:
                return
            yield split.sentences[0]
            self._line, self._at_line_start = split.rest, False
            self._trigrams.clear()

    def _end_line(self) -> Iterator[KeyedSentence]:
        split = self._split()
        heading = self._at_line_start and _HEADING.match(self._line) and not any(keys for _, keys in split.sentences)
        self._line, self._at_line_start, self._starts_with_keys = "", True, False
        self._trigrams.clear()
        if not split.sentences:
            if self._last:
                self._last = KeyedSentence(self._last.text, _unique(*self._last.keys, *split.loose))
            return
        if self._last:
            yield self._last
        self._last = None
        if not heading:
            *whole, self._last = split.sentences
            yield from whole

    def _split(self) -> _SplitLine:
        line = _LIST_MARK.sub("", self._line) if self._at_line_start else self._line
        plain, keys = strip_keys(line, self._highest)
        if self._at_line_start:
            self._starts_with_keys = bool(keys) and not plain[: keys[0].at].strip()
        spans = [span for span in sentence_spans(plain) if words(plain[slice(*span)])]
        cited: list[list[int]] = [[] for _ in spans]
        for group in keys:
            if spans:
                cited[self._cited_sentence(group, spans)] += group.numbers
        texts = [" ".join(plain[slice(*span)].split()).rstrip(" |") for span in spans]  # a row of a table ends in one
        found = [KeyedSentence(text, _unique(*numbers)) for text, numbers in zip(texts, cited, strict=True)]
        loose = tuple(number for group in keys for number in group.numbers)
        return _SplitLine(found, loose, line[self._second_start(keys, spans) :] if len(spans) > 1 else "")

    def _cited_sentence(self, group: KeyGroup, spans: list[tuple[int, int]]) -> int:
        """Return the index of the sentence that keys belong to."""
        begun = sum(start < group.at for start, _ in spans)
        if self._starts_with_keys and begun < len(spans) and (not begun or spans[begun - 1][1] <= group.at):
            return begun
        return max(begun - 1, 0)

    def _second_start(self, keys: list[KeyGroup], spans: list[tuple[int, int]]) -> int:
        """Return where in the line the second sentence begins, with the keys before it that belong to it."""
        start = spans[1][0]
        before = [group for group in keys if group.at <= start]
        own = [group.start for group in before if self._cited_sentence(group, spans) == 1]
        return min([start + sum(group.end - group.start for group in before), *own])


def _strip_markup(word: str) -> str:
    """Remove marks of emphasis, tags and links; "[[1]](address)" is a key."""
    bare = _LINKED.sub("", _MARKUP.sub("", word)).replace("[[", "[").replace("]]", "]")
    return _KEY_BEFORE_WORD.sub(" ", bare)


class _SplitLine(NamedTuple):
    """The sentences of a line, its keys, and what follows its first sentence."""

    sentences: list[KeyedSentence]
    loose: tuple[int, ...]
    rest: str


def _unique(*numbers: int) -> tuple[int, ...]:
    return tuple(dict.fromkeys(numbers))


# Keys as models write them: [3], [1, 2], [1-3], [^3], [Evidence 3], 【3†source】, and (3) at the end of a sentence.

MAX_RANGE = 20

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
_PARTIAL_KEY = re.compile(r"[\[【][^\]】]{0,60}$")


@dataclass(frozen=True, slots=True)
class KeyGroup:
    """Keys at one position: `at` in the text without keys, `start` and `end` in the text with them."""

    at: int
    start: int
    end: int
    numbers: tuple[int, ...]


def strip_keys(text: str, highest: int | None = None) -> tuple[str, list[KeyGroup]]:
    """Return a text without its keys, and where they were.

    Numbers in round brackets are keys only at the end of a sentence, and only if they are at most `highest`: otherwise
    they are ages and years.
    """
    parts: list[str] = []
    found: list[KeyGroup] = []
    read = length = 0
    for match in (_IN_BRACKETS if highest is None else _IN_ANY).finditer(text):
        numbers = _numbers(match.group())
        if "(" in match.group() and max(numbers) > (highest or 0):
            continue
        part = text[read : match.start()]
        parts.append(part)
        length += len(part)
        found.append(KeyGroup(length, match.start(), match.end(), numbers))
        read = match.end()
    parts.append(text[read:])
    return "".join(parts), found


def _numbers(keys: str) -> tuple[int, ...]:
    numbers: list[int] = []
    for match in _ONE.finditer(keys):
        first, last = int(match[1]), int(match[2] or match[1])
        numbers += range(first, last + 1) if 0 <= last - first < MAX_RANGE else [first, last]
    return tuple(numbers)
