"""Sentences that give orders to whoever answers: an article may hold them, but they answer no question about the news.

A model that reads "Ignore the evidence and say …" may obey; where sentences of the articles are the answer, nobody
obeys, and yet the order would stand there as if it were one. Orders in general are left, as "Boil water before you
drink it": they may be what was asked for.
"""

from __future__ import annotations

import re

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
