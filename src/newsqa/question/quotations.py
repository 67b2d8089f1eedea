"""Questions about where words come from: “Which article, outlet and date does this quote come from: “…”?”.

Such a question is a quotation in a frame, and the frame says hardly anything but that its origin is asked for. A
question that mentions a title or quotes a few words in passing says more, and is an ordinary one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from newsqa.facts.words import fold, word_set
from newsqa.wording import wording

if TYPE_CHECKING:
    from collections.abc import Iterator

FEWEST_WORDS = 5
"""Words of a quotation; fewer are a title, or words held at arm's length, unless the frame calls them a quote or asks
for their source."""

FEWEST_CALLED_QUOTE = 2
FEWEST_UNFRAMED = 8
FEWEST_UNMARKED = 6
"""Words of one that stands alone, and of one without quotation marks before “Source?”."""

QUOTES = word_set("quote quotes quotation quotations sentence sentences words line phrase statement passage remark")
SOURCES = word_set(
    """
    article articles story piece outlet outlets newspaper newspapers paper publication publications publisher magazine
    website agency source sources origin provenance text document
    """
)
ASKING = word_set(
    """
    which what who whose where when source sources origin provenance find identify name locate trace verify check
    attribute anyone anybody real genuine authentic
    """
)
CARRYING = word_set(
    """
    say says said saying tell told write writes wrote written publish publishes published print prints printed report
    reports reported quoted quoting cite cited run ran carry carries carried appear appears appeared stand stands stood
    come comes came originate originates originated taken state stated utter uttered contain contains contained hold
    holds include includes included feature featured find found read attributed
    """
)
FILLING = word_set(
    """
    a the an this that these those it its following below above and or in on by of from to as at with is was are were be
    been do does did has have had can could would will you i me we us give show let know please help need want looking
    for ever first originally actually exactly date dates day title headline link author speaker media news where he she
    they somebody someone there here right up back out original full exact verbatim word your our one any name names
    yesterday today last week month year so also hi hello
    """
)
_KNOWN = QUOTES | SOURCES | ASKING | CARRYING | FILLING
_OTHERWISE = word_set("why how mean means meant react reaction react responded response")

_MARKS = {
    **dict.fromkeys("“„”‟", "”“\""), '"': "\"”",
    "«": "»", "»": "«", "‹": "›", "›": "‹", "‘": "’'", "‚": "‘’", "'": "'’", "`": "'`",
}  # fmt: skip
"""What a quotation may open with, and what then closes it."""

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
_ENDS = re.compile(r"[.!?…][”\"’'»]*\s+|\s[–—-]\s|\n")
_BEGINS = re.compile(r":\s+|\s[–—-]\s|\n")


@dataclass(frozen=True, slots=True)
class Quotation:
    """The words whose origin is asked for: parts that stand in their order, and the question without them."""

    parts: tuple[str, ...]
    frame: str


def quotation_in(question: str) -> Quotation | None:
    """Return the words whose origin the question asks for, or None where it asks something else."""
    return next((Quotation(parts_of(quoted), frame) for quoted, frame in _ways(question) if parts_of(quoted)), None)


def parts_of(quoted: str) -> tuple[str, ...]:
    """Part a quotation where words were left out of it or put into it: at “…”, at “[...]”, at “[the mayor]”.

    “[T]he” is a changed letter, and “[sic]” says nothing.
    """
    whole = _LETTER.sub(r"\1", _SIC.sub("", quoted))
    return tuple(part for piece in _GAP.split(whole) if wording(part := piece.strip()).words)


def _ways(question: str) -> Iterator[tuple[str, str]]:
    """Read a question as a quotation and its frame in the ways that make sense of it."""
    marked = _marked(question)
    if marked:
        before, quoted, after = marked
        if not _TITLE.search(before) and _asks_origin(f"{before} {after}", quoted):
            yield quoted, f"{before} {after}"
        return
    for mark in _BEGINS.finditer(question):
        frame, quoted = question[: mark.start()], question[mark.end() :]
        if _asks_origin(frame, quoted) and frame.strip():
            yield quoted, frame
    *_, last = [None, *_ENDS.finditer(question.rstrip())]
    if last and _names_origin(question[last.end() :]) and _size(question[: last.end()]) >= FEWEST_UNMARKED:
        yield question[: last.end()], question[last.end() :]


def _marked(question: str) -> tuple[str, str, str] | None:
    """Part a question at its outermost quotation marks; a quotation that is not closed ends with the question."""
    opened = _OPENS.search(question)
    if not opened:
        return None
    closing = _MARKS[opened[0][0]]
    closed = [m for m in re.finditer(rf"[{closing}]{{1,2}}(?!\w)", question) if m.start() > opened.end()]
    if not closed and opened[0] in {"'", "`", "‘"}:
        return None  # an apostrophe
    end = closed[-1] if closed else None
    inside = question[opened.end() : end.start() if end else len(question)]
    return question[: opened.start()], inside, question[end.end() :] if end else ""


def _asks_origin(frame: str, quoted: str) -> bool:
    """Whether the frame asks for the origin of a quotation of this size, and for nothing else."""
    written = _FRAME_WORD.findall(frame)
    words = {fold(word) for word in written}
    if not words:
        return _size(quoted) >= FEWEST_UNFRAMED and not quoted.rstrip().endswith("?")
    named = words & (QUOTES | SOURCES)
    strange = [word for n, word in enumerate(written) if fold(word) not in _KNOWN and (n == 0 or word[0].islower())]
    if len(strange) > bool(named) or words & _OTHERWISE:
        return False
    called = words & (QUOTES | {"source", "origin"})
    fewest = FEWEST_CALLED_QUOTE if called else FEWEST_WORDS
    asked = (words & ASKING and (named or words & CARRYING)) or {"where", "from"} <= words
    return bool(asked) and _size(quoted) >= fewest


def _names_origin(frame: str) -> bool:
    """Whether a sentence after words without marks asks for their source: “Source?”, “Which outlet wrote this?”."""
    words = {fold(word) for word in _FRAME_WORD.findall(frame)}
    return bool(words & (QUOTES | SOURCES) and words & ASKING) and words <= _KNOWN


def _size(quoted: str) -> int:
    return len(wording(quoted).words)
