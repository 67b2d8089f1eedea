"""What a sentence needs beside it to be understood alone: who "he" is, who spoke, how a quotation ends."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from newsqa.extract.orders import gives_orders
from newsqa.text.names import names
from newsqa.text.words import lower_case_words

if TYPE_CHECKING:
    from collections.abc import Sequence

MOST_BEFORE = 2
"""Sentences before it that a sentence may take along."""

MOST_AFTER = 2
MOST_IN_QUOTE = 4
"""Sentences of a quotation that are taken along to its end, and back to its beginning."""

MOST_WORDS = 70
"""Words of a sentence with its context; beyond that it goes without."""

_LEANS = re.compile(
    r"^[\"“‘'(\[]*(?:(?:and|but|so|yet|still|also|then|however|meanwhile|later|now|instead|in\s+turn|for\s+example)\b,?\s+)?"
    r"(?:he|she|it|they|his|her|its|their|him|them|this|that|these|those|both|neither|such|the\s+(?:latter|former|two|pair"
    r"|three))\b",
    re.IGNORECASE,
)
_SPEAKER = re.compile(
    r"[”\"]\s*,?\s*(?:[A-Z][\w.'’-]+|he|she|they|it|the\s+\w+|an?\s+\w+)|\b(?:said|says|told|added|according|wrote|asked|stated"
    r"|tweeted|posted|continued|explained|noted|argued|warned|called)\b"
)
_HE_OR_SHE = re.compile(r"\b(?:he|she)\b", re.IGNORECASE)
_PLACE_BEFORE = re.compile(r"\b(?:in|at|on|from|to|near|of|for|by|across)\s+(?:the\s+)?$", re.IGNORECASE)
_SENTENCE_END = re.compile(r"[.!?…:,;][)\]\"'”’»*_]*$")
_OPENS_QUOTE = re.compile(r"^\s*[\"“]")


def with_context(spans: Sequence[tuple[int, int]], text: str, place: int) -> tuple[int, int]:
    """Return the span of consecutive sentences, around the one at `place`, that can be understood alone.

    It takes along the sentence before where it begins with a pronoun or is a quotation without its speaker, and the
    one after where a quotation runs on; never past `MOST_WORDS`, `MOST_BEFORE` sentences back, or over a heading, and
    never an order to whoever answers.
    """
    first = _first(spans, text, place)
    last = _last(spans, text, place)
    if any(gives_orders(_at(spans, text, beside)) for beside in range(first, last + 1) if beside != place):
        return spans[place]
    for begin, end in ((first, last), (first, place), (place, last)):
        span = spans[begin][0], spans[end][1]
        if len(text[span[0] : span[1]].split()) <= MOST_WORDS:
            return span
    return spans[place]


def leans(sentence: str) -> bool:
    """Whether a sentence cannot be understood without the one before it."""
    if _LEANS.match(sentence):
        head = sentence[:60]
        return not names(head[:1].lower() + head[1:]) or _OPENS_QUOTE.match(sentence) is not None
    if _OPENS_QUOTE.match(sentence) and not _SPEAKER.search(sentence):
        return True
    someone = _HE_OR_SHE.search(sentence)
    return someone is not None and not _names_someone(sentence[: someone.start()])


def _names_someone(head: str) -> bool:
    """Whether the words before a "he" name someone: a name that no preposition makes a place."""
    return any(not _PLACE_BEFORE.search(head[: name.start]) for name in names(head))


def _first(spans: Sequence[tuple[int, int]], text: str, place: int) -> int:
    first = _opening_of_quote(spans, text, place)
    common = lower_case_words(text)
    while first > 0 and place - first < MOST_BEFORE and leans(_at(spans, text, first)):
        if not _SENTENCE_END.search(_at(spans, text, first - 1)):
            return first  # a heading: it names no one for the sentence under it
        first -= 1
        if names(_at(spans, text, first), common) and not leans(_at(spans, text, first)):
            return first
    return first


def _opening_of_quote(spans: Sequence[tuple[int, int]], text: str, place: int) -> int:
    """Go back to where a quotation begins that the sentence only ends."""
    sentence = _at(spans, text, place)
    if sentence.count("”") <= sentence.count("“"):
        return place
    for first in range(place - 1, max(place - 1 - MOST_IN_QUOTE, -1), -1):
        if "“" in _at(spans, text, first):
            return first
    return place


def _last(spans: Sequence[tuple[int, int]], text: str, place: int) -> int:
    """Go on to the end of a quotation that the sentence leaves open, or that its speaker takes up again."""
    last = place
    while last + 1 < len(spans) and last - place < MOST_AFTER and _goes_on(spans, text, place, last):
        last += 1
    return last


def _goes_on(spans: Sequence[tuple[int, int]], text: str, place: int, last: int) -> bool:
    so_far = text[spans[place][0] : spans[last][1]]
    if so_far.count("“") > so_far.count("”"):
        return True
    same_line = "\n" not in text[spans[last][1] : spans[last + 1][0]]
    following = _at(spans, text, last + 1)
    taken_up = _OPENS_QUOTE.match(following) is not None and not _SPEAKER.search(following)
    return same_line and taken_up and _SPEAKER.search(_at(spans, text, last)) is not None


def _at(spans: Sequence[tuple[int, int]], text: str, place: int) -> str:
    start, end = spans[place]
    return text[start:end]
