"""A written text parted into sentences, with the keys that each cites, while it is still growing."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from newsqa.text.sentences import sentence_spans
from newsqa.text.words import words

if TYPE_CHECKING:
    from collections.abc import Iterator


# Keys of evidence as models write them: [3], [1, 2], [1-3], [^3], [Evidence 3], 【3†source】, and (3) at an end.

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
class CitationKeys:
    """The keys that stood at one place: `at` in the text without keys, `start` and `end` in the text with them."""

    at: int
    start: int
    end: int
    numbers: tuple[int, ...]


def take_out_keys(text: str, highest: int | None = None) -> tuple[str, list[CitationKeys]]:
    """Return a text without its keys, and where they stood.

    Numbers in round brackets are keys only at the end of a sentence, and only up to `highest`, where that is known:
    elsewhere they are ages and years.
    """
    parts: list[str] = []
    found: list[CitationKeys] = []
    read = length = 0
    for match in (_IN_BRACKETS if highest is None else _IN_ANY).finditer(text):
        numbers = _numbers(match.group())
        if "(" in match.group() and max(numbers) > (highest or 0):
            continue
        part = text[read : match.start()]
        parts.append(part)
        length += len(part)
        found.append(CitationKeys(length, match.start(), match.end(), numbers))
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


LONGEST = 20_000
"""Characters of a draft that are read; an answer has a few hundred."""

LOOKAHEAD = 6
"""Words after a full stop that tell whether it ended a sentence: "“…?” Maria Stern said." goes on for five."""

ENDLESS = 2_000
"""Characters of a line in which no sentence was found, after which it is taken to end."""

CIRCLES = 4
"""Times that three words in a row may come in one sentence before a model is taken to turn in circles."""

WRAPPED = 45
"""Characters from which on a line may be one that was wrapped."""

_TOKENS = re.compile(r"\S*\s|\S+$")
_LIST_MARK = re.compile(r"^(?:(?:[-*•‣▪–—#>|+]+|\(?[0-9]{1,2}[.)])[ ]+)+")
_HEADING = re.compile(r"^#{1,6}[ ]")
_MARKUP = re.compile(
    r"\*\*|__|`+|(?<!\w)[*_](?=\S)|(?<=[^\s*])[*_](?!\w)|</?(?:b|i|u|em|strong|sup|sub|br|p|ul|ol|li|answer)/?>",
    re.IGNORECASE,
)
_LINKED = re.compile(r"(?<=\])\([^()\s]*\)")
_GLUED = re.compile(r"(?<=[0-9][\]】])(?=\w)")
_ENDED = re.compile(r"[.!?…:;\]】)][\"'”’)]*$")


class Keyed(NamedTuple):
    """A sentence without marks of lists and emphasis, and the keys that it cites."""

    text: str
    keys: tuple[int, ...]


def keyed_sentences(text: str) -> Iterator[Keyed]:
    """Part a whole text; `KeyedReader` says how."""
    reader = KeyedReader()
    yield from reader.feed(text)
    yield from reader.close()


class KeyedReader:
    """Parts a text that comes in pieces. How it is cut into pieces changes nothing.

    A key belongs to the sentence before it, on either side of its full stop, or on the next line; where a line begins
    with keys, each belongs to the sentence after it. Lines are not joined, save where one was plainly wrapped.
    `highest` is the highest key there is, None where that is not known.
    """

    def __init__(self, highest: int | None = None) -> None:
        self._highest = highest
        self._left = LONGEST
        self._begun: list[str] = []  # a word whose end has not come
        self._line = ""  # the line at hand, from the first sentence that was not given yet
        self._fresh = True  # whether it is the line from its beginning
        self._keys_first = False
        self._breaks = 0
        self._circling = False
        self._threes: Counter[tuple[str, ...]] = Counter()
        self._held: Keyed | None = None  # the last sentence of the line before: keys alone on a line are still its

    @property
    def cut(self) -> bool:
        """Whether not all of the text was read: it was too long, or turned in circles inside a sentence."""
        return self._left < 0 or self._circling

    def feed(self, text: str) -> Iterator[Keyed]:
        """Read the next piece, and give the sentences that are whole with their keys."""
        if self._left <= 0 or self._circling:
            self._left -= len(text)
            return
        read, self._left = text[: self._left], self._left - len(text)
        if not any(character.isspace() for character in read):
            self._begun.append(read)
            return
        *whole, last = _TOKENS.findall("".join([*self._begun, read]))
        self._begun = [] if last[-1].isspace() else [last]
        for token in whole if self._begun else [*whole, last]:
            if not self._circling:
                yield from self._take(token)

    def close(self) -> Iterator[Keyed]:
        """Give what is left when no more comes."""
        if not self._circling:
            yield from self._take("".join(self._begun) + "\n")
        yield from self._end_line()
        if self._held:
            yield self._held
        self._begun, self._held = [], None

    def _take(self, token: str) -> Iterator[Keyed]:
        """Read a word with the white space that ends it."""
        if word := _plain(token[:-1]):
            if len(self._line) > ENDLESS or (self._breaks and not self._runs_on(word)):
                yield from self._end_line()
            self._breaks = 0
            self._line = f"{self._line} {word}" if self._line else word
            if any(letter.isalpha() for letter in word):
                yield from self._whole()
                self._turn()
        self._breaks += token[-1] in "\n\r\v\f\x85\u2028\u2029"

    def _turn(self) -> None:
        """Leave a sentence that turns in circles, and all that would follow it."""
        last = tuple(self._line.split()[-3:])
        self._threes[last] += 1
        if len(last) == 3 and self._threes[last] > CIRCLES:
            self._line, self._circling = "", True

    def _runs_on(self, word: str) -> bool:
        """Whether the line before was only wrapped: it is long and open, and what follows begins in lower case."""
        return self._breaks == 1 and len(self._line) > WRAPPED and word[0].islower() and not _ENDED.search(self._line)

    def _whole(self) -> Iterator[Keyed]:
        """Give the first sentences of the line, each once enough follows it to know that it has ended."""
        while not key_begun(self._line):
            parted = self._parted()
            if self._held and parted.sentences:
                yield self._held
                self._held = None
            if len(parted.sentences) < 2 or len(parted.rest.split()) < LOOKAHEAD:
                return
            yield parted.sentences[0]
            self._line, self._fresh = parted.rest, False
            self._threes.clear()

    def _end_line(self) -> Iterator[Keyed]:
        parted = self._parted()
        heading = self._fresh and _HEADING.match(self._line) and not any(keys for _, keys in parted.sentences)
        self._line, self._fresh, self._keys_first = "", True, False
        self._threes.clear()
        if not parted.sentences:
            if self._held:
                self._held = Keyed(self._held.text, _once(*self._held.keys, *parted.loose))
            return
        if self._held:
            yield self._held
        self._held = None
        if not heading:
            *whole, self._held = parted.sentences
            yield from whole

    def _parted(self) -> _Parted:
        line = _LIST_MARK.sub("", self._line) if self._fresh else self._line
        plain, keys = take_out_keys(line, self._highest)
        if self._fresh:
            self._keys_first = bool(keys) and not plain[: keys[0].at].strip()
        spans = [span for span in sentence_spans(plain) if words(plain[slice(*span)])]
        cited: list[list[int]] = [[] for _ in spans]
        for group in keys:
            if spans:
                cited[self._place(group, spans)] += group.numbers
        texts = [" ".join(plain[slice(*span)].split()).rstrip(" |") for span in spans]  # a row of a table ends in one
        found = [Keyed(text, _once(*numbers)) for text, numbers in zip(texts, cited, strict=True)]
        loose = tuple(number for group in keys for number in group.numbers)
        return _Parted(found, loose, line[self._second(keys, spans) :] if len(spans) > 1 else "")

    def _place(self, group: CitationKeys, spans: list[tuple[int, int]]) -> int:
        """Find the sentence that keys belong to."""
        begun = sum(start < group.at for start, _ in spans)
        if self._keys_first and begun < len(spans) and (not begun or spans[begun - 1][1] <= group.at):
            return begun
        return max(begun - 1, 0)

    def _second(self, keys: list[CitationKeys], spans: list[tuple[int, int]]) -> int:
        """Return where the second sentence begins in the line, with the keys before it that are its own."""
        start = spans[1][0]
        before = [group for group in keys if group.at <= start]
        own = [group.start for group in before if self._place(group, spans) == 1]
        return min([start + sum(group.end - group.start for group in before), *own])


def _plain(word: str) -> str:
    """Take marks of emphasis, tags and links away; "[[1]](address)" is a key."""
    bare = _LINKED.sub("", _MARKUP.sub("", word)).replace("[[", "[").replace("]]", "]")
    return _GLUED.sub(" ", bare)


class _Parted(NamedTuple):
    """The sentences of a line, its keys, and what follows its first sentence."""

    sentences: list[Keyed]
    loose: tuple[int, ...]
    rest: str


def _once(*numbers: int) -> tuple[int, ...]:
    return tuple(dict.fromkeys(numbers))
