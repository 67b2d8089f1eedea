"""Candidate sentences of the evidence: which may be part of an answer, and what else they need to be understood."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from newsqa.text.entities import names
from newsqa.text.sentences import PUNCTUATED, sentence_spans
from newsqa.text.support import is_prompt_injection
from newsqa.text.words import lower_case_words, words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from newsqa.types import Hit

    Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A sentence that may be chosen: `hit.article.text[start:end]`, and the rank of its passage in the evidence."""

    hit: Hit
    rank: int
    start: int
    end: int

    @property
    def text(self) -> str:
        """The sentence."""
        return self.hit.article.text[self.start : self.end]

    def with_context(self) -> Span:
        """Return the span in its article of the sentence and those that it needs to be understood."""
        spans = sentence_spans(self.hit.article.text)
        index = next((n for n, (_, end) in enumerate(spans) if end >= self.end), len(spans) - 1)
        return with_context(self.hit.article.text, index)


def find_candidates(evidence: Sequence[Hit]) -> list[Candidate]:
    """Return the candidate sentences of the evidence, best passage first, each sentence of an article once."""
    found: dict[tuple[str, int], Candidate] = {}
    for rank, hit in enumerate(evidence):
        offset, text = hit.passage.start, hit.passage.text
        for start, end in sentence_spans(text):
            if is_statement(text[start:end]):
                candidate = Candidate(hit, rank, offset + start, offset + end)
                found.setdefault((hit.article.id, candidate.start), candidate)
    return list(found.values())


MIN_WORDS, MAX_WORDS = 4, 85  # words of a candidate: fewer say nothing alone, more would be all of the answer
_ENDS = re.compile(r"[.!…:;][)\]\"'”’»*_]*$")
_BYLINE = re.compile(r"^\W*B[yY]\s+[A-Z][\w.'’-]*(?:,?\s+(?:(?:and|for|of|the)\s+)?[A-Z][\w.'’-]*){0,7}\W*$")
_PAGE_FURNITURE = re.compile(
    r"^\W*(?:"
    r"(?:written|reported|edited|compiled|(?:file\s+)?photo(?:graph)?s?|image|video|credit|sources?)\s*(?:by|:|/)"
    r"|(?:updated?|published|posted)\s*(?:on\b|:|\d)"
    r"|(?:read|see|watch|listen|learn)\s+(?:more|also|next|now)\b|more\s*:|related\s*:|also\s+read|contributing\s*:"
    r"|click\s|tap\s+here|sign\s+up|subscribe|get\s+(?:the|our)\s+(?:latest|free|daily)|share\s+this|newsletter"
    r"|follow\s+(?:us|him|her|them|@|on\b)|contact\s+(?:him|her|us|the reporter)|reach\s+(?:him|her|the)"
    r"|copyright|©|all\s+rights\s+reserved|advertisement|leave\s+a\s+(?:reply|comment)|your\s+e-?mail|required\s+fields"
    r"|for\s.{0,90}?\b(?:visit|click|follow|check\s+out|tune\s+in)\b"
    r"|(?:for|follow\s+(?:along|live)).{0,40}\blatest\b|follow\s+(?:along|live)\b"
    r"|editor['’]?s['’]?\s+note|ai-assisted\s+summary|(?:this|the)\s+(?:article|story|page)\s+(?:will\s+be|originally|has\s+been|was\s+(?:updated|originally))"
    r")",
    re.IGNORECASE,
)
"""What pages print around an article: credits, offers, notices."""

_ADDRESS = re.compile(r"https?://|www\.|\S@\S+\.\w")


def is_statement(sentence: str) -> bool:
    """Return True for a sentence that states something: no heading, question, advertisement or prompt injection."""
    if len(words(sentence)) < MIN_WORDS or len(sentence.split()) > MAX_WORDS:
        return False
    if not _ENDS.search(sentence[-6:]) or _ADDRESS.search(sentence):
        return False
    if _PAGE_FURNITURE.match(sentence) or _BYLINE.match(sentence):
        return False
    letters = [c for c in sentence if c.isalpha()]
    return sum(c.isupper() for c in letters) < 0.6 * len(letters) and not is_prompt_injection(sentence)


# The sentences around a candidate that it needs: who "he" is, who spoke, how a quotation ends.

MAX_BEFORE = 2  # sentences before a candidate that may be included
MAX_AFTER = 2
MAX_IN_QUOTE = 4  # sentences of a quotation that are included up to its end, and back to its beginning
MAX_CONTEXT_WORDS = 70  # words of a sentence with its context; with more it stays alone

_POINTS_BACK = re.compile(
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
_OPENS_QUOTE = re.compile(r"^\s*[\"“]")
_ANNOUNCES = re.compile(r":[)\]\"'”’»*_]*$")
_ITEM = re.compile(r"^(?:[-*•–—▪◦]|\(?\w{1,2}[.)])\s")


def with_context(text: str, place: int) -> Span:
    """Return the span of consecutive sentences, around the one at index `place`, that can be understood alone.

    The sentences before are included if it begins with a pronoun or is a quotation without its speaker, and those after
    if a quotation goes on or it announces them with a colon; never a prompt injection or what is before a heading, and
    at most MAX_BEFORE sentences before it and MAX_CONTEXT_WORDS words.
    """
    spans = sentence_spans(text)
    first = _first_index(spans, text, place)
    last = _last_index(spans, text, place)
    if any(is_prompt_injection(_at(spans, text, n)) for n in range(first, last + 1) if n != place):
        return spans[place]
    for begin, end in ((first, last), (first, place), (place, last)):
        span = spans[begin][0], spans[end][1]
        if len(text[span[0] : span[1]].split()) <= MAX_CONTEXT_WORDS:
            return span
    return spans[place]


def needs_context(sentence: str) -> bool:
    """Return True for a sentence that cannot be understood without the one before it."""
    if _POINTS_BACK.match(sentence):
        head = sentence[:60]
        return not names(head[:1].lower() + head[1:]) or _OPENS_QUOTE.match(sentence) is not None
    if _OPENS_QUOTE.match(sentence) and not _SPEAKER.search(sentence):
        return True
    someone = _HE_OR_SHE.search(sentence)
    return someone is not None and not _names_someone(sentence[: someone.start()])


def _names_someone(head: str) -> bool:
    """Return True if the words before a "he" name someone: they have a name that no preposition makes a place."""
    return any(not _PLACE_BEFORE.search(head[: name.start]) for name in names(head))


def _first_index(spans: Sequence[Span], text: str, place: int) -> int:
    first = _opening_of_quote(spans, text, place)
    common = lower_case_words(text)
    while first > 0 and place - first < MAX_BEFORE and needs_context(_at(spans, text, first)):
        if not PUNCTUATED.search(_at(spans, text, first - 1)):
            return first  # a heading explains no pronoun below it
        first -= 1
        if names(_at(spans, text, first), common) and not needs_context(_at(spans, text, first)):
            return first
    return first


def _opening_of_quote(spans: Sequence[Span], text: str, place: int) -> int:
    """Return the index of the sentence in which a quotation begins that the sentence at `place` ends."""
    sentence = _at(spans, text, place)
    if sentence.count("”") <= sentence.count("“"):
        return place
    for first in range(place - 1, max(place - 1 - MAX_IN_QUOTE, -1), -1):
        if "“" in _at(spans, text, first):
            return first
    return place


def _last_index(spans: Sequence[Span], text: str, place: int) -> int:
    """Return the index of the last sentence that the one at `place` needs: the end of its quotation or of its list."""
    last = place
    if _ANNOUNCES.search(_at(spans, text, place)):
        return _last_item(spans, text, place)
    while last + 1 < len(spans) and last - place < MAX_AFTER and _quotation_continues(spans, text, place, last):
        last += 1
    return last


def _last_item(spans: Sequence[Span], text: str, place: int) -> int:
    """Return the index of the last item that fits into MAX_CONTEXT_WORDS of the list that begins after `place`."""
    last = min(place + 1, len(spans) - 1)
    for item in range(last + 1, len(spans)):
        sentence = _at(spans, text, item)
        if not _ITEM.match(sentence) and PUNCTUATED.search(sentence):
            break
        if len(text[spans[place][0] : spans[item][1]].split()) > MAX_CONTEXT_WORDS:
            break
        last = item
    return last


def _quotation_continues(spans: Sequence[Span], text: str, place: int, last: int) -> bool:
    quoted_text = text[spans[place][0] : spans[last][1]]
    if quoted_text.count("“") > quoted_text.count("”"):
        return True
    same_line = "\n" not in text[spans[last][1] : spans[last + 1][0]]
    following = _at(spans, text, last + 1)
    continued = _OPENS_QUOTE.match(following) is not None and not _SPEAKER.search(following)
    return same_line and continued and _SPEAKER.search(_at(spans, text, last)) is not None


def _at(spans: Sequence[Span], text: str, place: int) -> str:
    start, end = spans[place]
    return text[start:end]
