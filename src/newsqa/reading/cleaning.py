"""Takes away whole lines that are not the article. No word is ever rewritten, and what is in doubt stays.

Three kinds of lines go: those that are never news, wherever they stand ("Advertisement"); those that open a box after
the article's end, with the box ("Leave a Reply" and the form below); and those that an outlet repeats across its files.
"""

from __future__ import annotations

import re
from string import whitespace
from typing import TYPE_CHECKING

from newsqa.reading.clutter import ALONE, BOX, DONATION, LISTING, OPENS_TAIL

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

LONGEST_CLUTTER = 300
LONGEST_REPEATED = 160
FEWEST_FILES = 3
FEWEST_FILES_OF_A_SENTENCE = 5  # a short sentence may stand in three versions of one story
SHARE_OF_FILES = 0.3

_LINE = re.compile(r"[^\n\r\v\f\x1c-\x1e\x85\u2028\u2029]*(?:\r\n|[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]|\Z)")
_MARKS_BEFORE = "#>*_•·▪■►▶→|–—-" + whitespace
_MARKS_AFTER = "*_|:→»›.!" + whitespace
_BULLET = re.compile(r"\s*(?:[-*•·▪■►▶→]|\d{1,2}\.)\s")
_ENDS_SENTENCE = re.compile(r"[.!?…][)\]}”’»\"'*_]*\s*\Z")
_PARAGRAPH_WORDS = 12


def clean(text: str, repeated: Collection[str] = frozenset()) -> str:
    """Return the text without the lines that are not the article; "" where nothing is left.

    The result is whole lines of the text, in order, unchanged. `repeated` are lines as `boilerplate` gives them.
    """
    lines = [match[0] for match in _LINE.finditer(text) if match[0]]
    bare = [line.lstrip(_MARKS_BEFORE).rstrip(_MARKS_AFTER) if len(line) < LONGEST_CLUTTER else "" for line in lines]
    gone = {n for n, line in enumerate(bare) if _is_clutter(line) or lines[n].strip() in repeated}
    gone |= _listings(lines, bare)
    gone |= _tail(lines, bare, gone)
    left = [n for n in range(len(lines)) if n not in gone]
    said = [n for n in left if lines[n].strip()]
    if not said:
        return ""
    return "".join(lines[n] for n in left if said[0] <= n <= said[-1])


def countable_lines(text: str) -> frozenset[str]:
    """Return the lines of an article, stripped, that could be repeated in others: those of up to 160 characters."""
    stripped = (line.strip() for line in text.splitlines())
    return frozenset(line for line in stripped if 2 <= len(line) <= LONGEST_REPEATED)


def boilerplate(counts: Mapping[str, int], articles: int, titles: Collection[str] = frozenset()) -> frozenset[str]:
    """Return the lines that stand in so many of an outlet's articles that they are not the news.

    `counts` says in how many of the outlet's `articles` each of `countable_lines` stands; three of them at least, five
    for what reads like a sentence, and 30 % of them all. `titles` are never given.
    """
    return frozenset(
        line
        for line, count in counts.items()
        if count >= max(_fewest(line), SHARE_OF_FILES * articles) and line not in titles
    )


def _fewest(line: str) -> int:
    return FEWEST_FILES_OF_A_SENTENCE if _ENDS_SENTENCE.search(line) else FEWEST_FILES


def _is_clutter(line: str) -> bool:
    return bool(line) and (ALONE.fullmatch(line) or BOX.match(line)) is not None


def _listings(lines: list[str], bare: list[str]) -> set[int]:
    """Return the bullets below headings like "Also read" (which are clutter themselves)."""
    gone: set[int] = set()
    inside = False
    for n, line in enumerate(lines):
        if LISTING.fullmatch(bare[n]):
            inside = True
        elif inside and line.strip():
            inside = _BULLET.match(line) is not None and not _is_paragraph(line)
            gone |= {n} if inside else set()
    return gone


def _tail(lines: list[str], bare: list[str], gone: set[int]) -> set[int]:
    """Return the lines from the first that opens a box after the article's last paragraph."""
    paragraphs = [n for n, line in enumerate(lines) if n not in gone and _is_paragraph(line)]
    last = paragraphs[-1] if paragraphs else -1
    for n in range(last + 1, len(lines)):
        if OPENS_TAIL.fullmatch(bare[n]) or DONATION.match(bare[n]):
            return set(range(n, len(lines)))
    return set()


def _is_paragraph(line: str) -> bool:
    return _ENDS_SENTENCE.search(line[-40:]) is not None and len(line.split()) >= _PARAGRAPH_WORDS
