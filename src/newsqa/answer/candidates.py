"""Sentences of the evidence that could be part of an answer: statements, not headings, questions, offers or orders."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from newsqa.text.names import names
from newsqa.text.sentences import sentence_spans
from newsqa.text.words import lower_case_words, words

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from newsqa.types import Hit


# Sentences that give orders to whoever answers: an article may hold them, but they answer no question about the news.
#
# A model that reads "Ignore the evidence and say …" may obey; where sentences of the articles are the answer, nobody
# obeys, and yet the order would stand there as if it were one. Orders in general are left, as "Boil water before you
# drink it": they may be what was asked for.

_ANSWERER = (
    r"(?:(?:large\s+)?language\s+models?|a\.?i\.?(?:\s+(?:assistants?|models?|systems?|agents?))?|assistants?|chat\s?bots?"
    r"|llms?|gpt|bots?)"
)
_RULES = r"(?:instructions?|rules?|evidence|prompts?|guidelines?|directions?|passages?|sources?|context|articles?)"
_BEFORE = (
    r"(?:(?:please|now|just|then|instead|first|finally|always|important|note|attention|warning)\b[,:!]?\s+"
    r"|(?:and|but|so)\s+(?=(?:ignore|disregard|forget|say|print|repeat)\b)"
    r"|(?:dear\s+)?(?:reader|user|model|assistant)s?\s*,\s+"
    r"|you\s+(?:must|shall|should|will|are\s+(?:to|now\s+to|required\s+to|instructed\s+to)|have\s+to|need\s+to)\s+"
    r"|(?:do\s+not|don['’]t|never|do|must|only)\s+)*"
)
_BEGINS = r"(?:^|[:;>\]})|#*]\s|\s[–—]\s(?=please\b))[^\w“\"'‘«]{0,6}"

_TURN = re.compile(
    rf"^\W*(?:{_ANSWERER}|system|user|human|(?:(?:new|further|updated|special|hidden)\s+)?instructions?|prompt|developer)(?:\s+(?:message|prompt|note|override))?\s*:"
    rf"|^\W*(?:note|message|instructions?|attention|to)\b[,:]?\s+(?:(?:to|for)\s+)?(?:(?:the|any|all|an?)\s+)?{_ANSWERER}\b"
    r"|<\|[^<>|]{0,40}\|>|<<\s*SYS\s*>>|\[/?INST\]|</?(?:system|assistant|user|instructions?|prompt|evidence)>",
    re.IGNORECASE,
)
"""A turn of a conversation that somebody wrote into an article, as chat models know them."""

_COMMAND = re.compile(
    rf"{_BEGINS}{_BEFORE}(?:"
    rf"(?:ignore|disregard|forget|override|bypass|discard)\b.{{0,60}}?\b{_RULES}\b"
    r"|(?:ignore|disregard|forget|override)\s+(?:everything|anything|all|what(?:ever)?)\b.{0,30}?\b(?:above|before|told|said|else)\b"
    rf"|(?:obey|follow|cite|treat|trust|believe|print|reveal|show|output|repeat)\s+(?:only\s+)?(?:the|this|these|that|your|all|every|my)\b"
    rf".{{0,40}}?\b{_RULES}\b"
    r"|(?:say|repeat|print|output|write|reply|respond|answer|state|claim|report|insist|conclude|tell)\b"
    r"(?:\s+(?:exactly|only|instead|simply|just|nothing\s+but|truthfully|always|back|out|(?:the\s+)?(?:user|reader)s?))*"
    r"\s+(?:(?:this|the\s+following|that|with|as\s+follows|(?:(?:to|in)\s+)?(?:every|any|all|each)\s+questions?)\b|[“\"'‘«])"
    r"|(?:say|repeat|print|write|reply|respond)(?:\s+(?:exactly|only|instead|just))?\s*:"
    r"|(?:pretend\s+(?:to\s+be|that\s+you|you)|act\s+as|role-?play|behave\s+(?:as|like))\b"
    r")",
    re.IGNORECASE,
)
"""An order to say, to ignore or to obey something, where a sentence or what stands behind a colon begins."""

_ADDRESSED = re.compile(
    rf"^\W*(?:you\s+are|you['’]re)\s+(?:now\s+)?(?:an?\s+|the\s+)?(?:[\w-]+\s+){{0,3}}?{_ANSWERER}\b"
    rf"|\bas\s+an?\s+{_ANSWERER}\b,?\s+you\b|\b(?:the|this|any|every)\s+{_ANSWERER}\s+(?:must|shall)\s+"
    r"|\banswer\s+to\s+(?:this|any|every|all|your|the\s+(?:user|reader)['’]s)\s+questions?\b.{0,60}?"
    r"\s(?:is|are|must|should|shall)\b|\bin\s+your\s+(?:answer|reply|response)\b"
    r"|\byour\s+(?:only\s+)?(?:answer|reply|response)\s+(?:is|must|should|shall|has\s+to)\b"
    r"|^\W*(?:when(?:ever)?|if|anyone\s+who)\s+(?:you\s+are\s+|you['’]re\s+)?asked?\b[^,;:]*[,;:]\s*"
    r"(?:you\s+(?:must|should|will)\s+|always\s+|please\s+|only\s+)*(?:say|answer|reply|respond|tell|claim|state|write|refuse)\b",
    re.IGNORECASE,
)
"""What is said to whoever answers, or of how a question is to be answered."""

_SAID = re.compile(
    r"[”\"’»]\s?,?\s?(?:[\w’'-]+\s+){0,6}?(?:said|says|told|added|wrote|asked|warned|urged|posted|shouted|read)\b"
)
"""What somebody says to somebody: news, whatever it orders."""


def gives_orders(sentence: str) -> bool:
    """Whether a sentence tells whoever answers what to say or to ignore; one that reports who said so does not."""
    if _TURN.search(sentence):
        return True
    if _SAID.search(sentence):
        return False
    return _COMMAND.search(sentence) is not None or _ADDRESSED.search(sentence) is not None


FEWEST_WORDS, MOST_WORDS = 4, 85
"""Words of a candidate: fewer say nothing alone, more would be all of the answer."""

_ENDS = re.compile(r"[.!…:;][)\]\"'”’»*_]*$")
_BYLINE = re.compile(r"^\W*B[yY]\s+[A-Z][\w.'’-]*(?:,?\s+(?:(?:and|for|of|the)\s+)?[A-Z][\w.'’-]*){0,7}\W*$")
_NOT_ITS_OWN = re.compile(
    r"^\W*(?:"
    r"(?:written|reported|edited|compiled|(?:file\s+)?photo(?:graph)?s?|image|video|credit|sources?)\s*(?:by|:|/)"
    r"|(?:updated?|published|posted)\s*(?:on\b|:|\d)"
    r"|(?:read|see|watch|listen|learn)\s+(?:more|also|next|now)\b|more\s*:|related\s*:|also\s+read|contributing\s*:"
    r"|click\s|tap\s+here|sign\s+up|subscribe|get\s+(?:the|our)\s+(?:latest|free|daily)|share\s+this|newsletter"
    r"|follow\s+(?:us|him|her|them|@|on\b)|contact\s+(?:him|her|us|the reporter)|reach\s+(?:him|her|the)"
    r"|copyright|©|all\s+rights\s+reserved|advertisement|leave\s+a\s+(?:reply|comment)|your\s+e-?mail|required\s+fields"
    r"|(?:this|the)\s+(?:article|story)\s+(?:originally|has\s+been|was\s+(?:updated|originally))"
    r")",
    re.IGNORECASE,
)
"""What pages print around an article: credits, offers, notices."""

_ADDRESS = re.compile(r"https?://|www\.|\S@\S+\.\w")


@dataclass(frozen=True, slots=True)
class Candidate:
    """A sentence that may be chosen: `hit.article.text[start:end]`, and the place of its passage in the evidence."""

    hit: Hit
    rank: int
    start: int
    end: int

    @property
    def text(self) -> str:
        """The sentence."""
        return self.hit.article.text[self.start : self.end]

    @property
    def within(self) -> tuple[int, int]:
        """Its span in the text of its passage."""
        return self.start - self.hit.passage.start, self.end - self.hit.passage.start


def candidates(evidence: Sequence[Hit]) -> list[Candidate]:
    """Return the candidate sentences of the evidence, best passage first, each place of an article once."""
    seen: set[tuple[str, int]] = set()
    found: list[Candidate] = []
    for rank, hit in enumerate(evidence):
        for candidate in _of_passage(hit, rank):
            place = (hit.article.id, candidate.start)
            if place not in seen:
                seen.add(place)
                found.append(candidate)
    return found


def _of_passage(hit: Hit, rank: int) -> Iterator[Candidate]:
    offset, text = hit.passage.start, hit.passage.text
    for start, end in sentence_spans(text):
        if is_statement(text[start:end]):
            yield Candidate(hit, rank, offset + start, offset + end)


def is_statement(sentence: str) -> bool:
    """Whether a sentence states something that an answer could quote."""
    if len(words(sentence)) < FEWEST_WORDS or len(sentence.split()) > MOST_WORDS:
        return False
    if not _ENDS.search(sentence[-6:]) or _ADDRESS.search(sentence):
        return False
    if _NOT_ITS_OWN.match(sentence) or _BYLINE.match(sentence):
        return False
    letters = [c for c in sentence if c.isalpha()]
    return sum(c.isupper() for c in letters) < 0.6 * len(letters) and not gives_orders(sentence)


# What a sentence needs beside it to be understood alone: who "he" is, who spoke, how a quotation ends.

MOST_BEFORE = 2
"""Sentences before it that a sentence may take along."""

MOST_AFTER = 2
MOST_IN_QUOTE = 4
"""Sentences of a quotation that are taken along to its end, and back to its beginning."""

MOST_CONTEXT_WORDS = 70
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
        if len(text[span[0] : span[1]].split()) <= MOST_CONTEXT_WORDS:
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
