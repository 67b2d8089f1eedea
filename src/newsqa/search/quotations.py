"""Questions about where words come from: “Which article, outlet and date does this quote come from: “…”?”.

Such a question is a quotation in a frame, and the frame says little more than that its origin is asked for. A question
that mentions a title or quotes a few words in passing says more, and is an ordinary one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from newsqa.text.words import fold, word_set, wording

if TYPE_CHECKING:
    from collections.abc import Iterator


MIN_WORDS = 5
"""Words of a quotation; fewer are a title or scare quotes, unless the frame calls them a quote or asks for their
source."""

LONG = 8
MIN_CALLED_QUOTE = 2
MIN_UNFRAMED = 8
MIN_UNMARKED = 6
"""Words of a quotation without a frame, and of one without quotation marks before “Source?”."""

MAX_SPLITS = 8
"""Positions from its beginning, and from its end, at which a question without quotation marks is split."""

QUOTES = word_set("quote quotes quotation quotations sentence sentences words line phrase statement passage remark")
SOURCES = word_set(
    """
    article articles story piece outlet outlets newspaper newspapers paper publication publications publisher magazine
    website site agency broadcaster channel journal blog post column editorial interview edition issue source sources
    origin provenance text document
    """
)
ASKING = word_set(
    """
    which what who whose where when source sources origin provenance find identify name locate trace verify check
    attribute cite anyone anybody real genuine authentic any there have give provide need
    """
)
CARRYING = word_set(
    """
    write writes wrote written publish publishes published print prints printed report reports reported quoted quoting
    cite cited run ran carry carries carried appear appears appeared stand stands stood come comes came originate
    originates originated taken contain contains contained hold holds include includes included feature featured find
    found read reading attributed
    """
)
SAYING = word_set("say says said saying tell told state stated utter uttered spoke spoken")
FILLING = word_set(
    """
    a the an this that these those it its following below above and or in on by of from to as at with is was are were be
    been do does did has have had can could would will you i me we us give show let know please help need want looking
    for ever first originally actually exactly date dates day title headline link author speaker media news where he she
    they somebody someone there here right up back out original full exact verbatim word your our one any name names
    yesterday today last week month year so also hi hello remember saw seen heard across earlier once somewhere trying
    track archive collection library index database byline journalist reporter writer
    """
)
_KNOWN = QUOTES | SOURCES | ASKING | CARRYING | SAYING | FILLING
_CALLED = QUOTES | {"source", "origin"}
_OTHERWISE = word_set(
    "why how mean means meant react reacted reaction respond responded response refer refers view opinion else"
)

_MARKS = {
    **dict.fromkeys("“„”‟", "”“\""), '"': "\"”",
    "«": "»", "»": "«", "‹": "›", "›": "‹", "‘": "’'", "‚": "‘’", "'": "'’", "`": "'`",
}  # fmt: skip
"""What a quotation may open with, and what then closes it."""

_APOSTROPHES = frozenset("'`‘")
_OPENS = re.compile(r"(?<![\w’'])[“„”‟\"«»‹›‘‚'`]{1,2}(?=\.\.\.|[^\s?.,;:])")
_TITLE = re.compile(
    r"\b(?:(?:the|a|an|his|her|their|its)\s+(?:[\w-]+\s+)?(?:article|story|report|piece|book|novel|film|movie|song|album"
    r"|series|show|play|poem|headline|title)|titled|entitled|headlined|called|named|dubbed)\s*,?\s*$",
    re.IGNORECASE,
)
_LETTER = re.compile(r"\[(\w)\](?=\w)")
_GAP = re.compile(r"[\[(]\s*(?:\.\s?\.\s?\.|…)\s*[\])]|\.\s?\.\s?\.|…|\[[^\[\]]{0,80}\]|\(sic\)", re.IGNORECASE)
_SIC = re.compile(r"\s*[\[(]\s*sic!?\s*[\])]", re.IGNORECASE)
_FRAME_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
_LONE_SOURCE = re.compile(r"(?<=\s)(?:Sources?|Origin)(?: please)?\s?\?+\s*$")
_ENDS = re.compile(r"[.!?…][”\"’'»]*\s+|\s[–—-]\s|\n")
_BEGINS = re.compile(r":\s+|\s[–—-]\s|\n")


@dataclass(frozen=True, slots=True)
class Quotation:
    """The words whose origin is asked for, in parts that follow one another, and the question without them."""

    parts: tuple[str, ...]
    frame: str


def quotation_in(question: str) -> Quotation | None:
    """Return the words whose origin the question asks for, or None if it asks something else."""
    return next((Quotation(parts_of(quoted), frame) for quoted, frame in _readings(question) if parts_of(quoted)), None)


def parts_of(quoted: str) -> tuple[str, ...]:
    """Split a quotation where words were left out of it or inserted: at “…”, at “[...]”, at “[the mayor]”.

    “[T]he” is a changed letter, and “[sic]” is removed.
    """
    whole = _LETTER.sub(r"\1", _SIC.sub("", quoted))
    return tuple(part for piece in _GAP.split(whole) if wording(part := piece.strip()).words)


def _readings(question: str) -> Iterator[tuple[str, str]]:
    """Yield the pairs of quotation and frame that a question can be read as, the best first."""
    opened = _OPENS.search(question)
    marked = _marked(question, opened) if opened else None
    if marked and _asks_origin(marked):
        yield marked.inside, marked.frame
    for mark in islice(_BEGINS.finditer(question), MAX_SPLITS):
        after = _Framed(question[: mark.start()], question[mark.end() :])
        if after.before.strip() and _asks_origin(after):
            yield after.inside, after.frame
    ends = [*_ENDS.finditer(question.rstrip())][: -MAX_SPLITS - 1 : -1]
    for end in (*_LONE_SOURCE.finditer(question), *ends):
        said, frame = question[: end.start()], question[end.end() :]
        if _names_origin(frame or end[0]) and _word_count(said) >= MIN_UNMARKED:
            yield said, frame
    if opened and not marked and opened[0] not in _APOSTROPHES:  # a quotation mark is opened and never closed
        unclosed = _Framed(question[: opened.start()], question[opened.end() :])
        if _asks_origin(unclosed):
            yield unclosed.inside, unclosed.frame


@dataclass(frozen=True, slots=True)
class _Framed:
    """A question split at what it quotes."""

    before: str
    inside: str
    after: str = ""

    @property
    def frame(self) -> str:
        return f"{self.before} {self.after}"


def _marked(question: str, opened: re.Match[str]) -> _Framed | None:
    """Split a question at its outermost quotation marks."""
    closing = _MARKS[opened[0][0]]
    closed = [m for m in re.finditer(rf"[{closing}]{{1,2}}(?!\w)", question) if m.start() > opened.end()]
    if not closed:
        return None
    last = closed[-1]
    return _Framed(question[: opened.start()], question[opened.end() : last.start()], question[last.end() :])


def _asks_origin(framed: _Framed) -> bool:
    """Return True if the frame asks for the origin of the quotation, and for nothing else."""
    written = _FRAME_WORD.findall(framed.frame)
    words = {fold(word) for word in written}
    if not words:
        return _word_count(framed.inside) >= MIN_UNFRAMED and not framed.inside.rstrip().endswith("?")
    unknown = [word for n, word in enumerate(written) if fold(word) not in _KNOWN and (n == 0 or word[0].islower())]
    if len(unknown) > _max_unknown(words, len(written), framed) or words & _OTHERWISE or not _asks_for_source(words):
        return False
    if words & _CALLED:
        return _word_count(framed.inside) >= MIN_CALLED_QUOTE
    titled = _TITLE.search(framed.before) or _is_title_case(framed.inside)
    return not titled and _word_count(framed.inside) >= MIN_WORDS


def _max_unknown(words: set[str], frame: int, framed: _Framed) -> int:
    """Return how many unknown words a frame may have: few if it names a source, more around a long quotation."""
    if not words & (QUOTES | SOURCES):
        return 0
    return max(1, frame // 4) if _word_count(framed.inside) >= LONG else 1


def _asks_for_source(words: set[str]) -> bool:
    """Return True if a frame of these words asks for a source: by name, by who published it, or by when it was said.

    “Who said …?” asks for a person, who is named around a quotation.
    """
    named = words & (QUOTES | SOURCES)
    if (named and words & ASKING) or (named and "date" in words) or "attribute" in words:
        return True
    if words & {"who", "whose"} and words & CARRYING:
        return True
    if words & {"anyone", "anybody"} and words & (CARRYING | SAYING):
        return True
    pointed = words & SAYING or (words & CARRYING and words & {"this", "that", "these", "it", "i"})
    return bool(words & {"when", "where"} and (pointed or "from" in words))


def _names_origin(frame: str) -> bool:
    """Return True if a sentence after unmarked words asks for their source: “Source?”, “Which outlet wrote this?”."""
    words = {fold(word) for word in _FRAME_WORD.findall(frame)}
    pointed = words & (_CALLED | {"this", "that", "these", "those", "it", "above"})
    return bool(pointed and words & (QUOTES | SOURCES) and words & ASKING) and words <= _KNOWN


def _is_title_case(quoted: str) -> bool:
    """Return True for words that are capitalised as in titles: The Last of the Gulls."""
    long = [word for word in _FRAME_WORD.findall(quoted) if len(word) > 3]
    return len(long) > 1 and all(word[0].isupper() for word in long)


def _word_count(quoted: str) -> int:
    return len(wording(quoted).words)
