"""Lexical support: the share of a sentence's content stems that its quotes have, and the quotes that have most of them.

It reads words, not meaning, so it is called support and is never a verdict. On human faithfulness labels this share
ranks as well as a language model's judgement does (mtRAG, arXiv:2501.03468, table of metrics).

Orders to whoever answers, which somebody may write into an article, support nothing.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from newsqa.text.calendar import MONTH_NAMES, MONTHS, SHORT_MONTHS
from newsqa.text.entities import TENS, UNITS, name_words, numbers
from newsqa.text.sentences import sentence_spans
from newsqa.text.words import FUNCTION_WORDS, content_stems, stem, wording, words
from newsqa.types import Hit, Quote

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence


VALUE_WEIGHT = 3  # a number or a name counts as much as three words when sentences are compared


def support_share(sentence: str, quotes: Sequence[str]) -> float:
    """Return the share, 0 to 1, of the content stems and numbers of a sentence that are in its quotes."""
    stated = stated_terms(sentence)
    if not stated:
        return 1.0
    return len(stated & stated_terms("\n".join(quotes))) / len(stated)


@lru_cache(maxsize=8192)
def stated_terms(text: str) -> frozenset[str]:
    """Return the stems of the content words of a text, months in full, and its numbers by value."""
    return frozenset({*_stems(text), *(f"{one.value.normalize():f}" for one in numbers(text))})


def _stems(text: str) -> list[str]:
    """Return the stems of the content words of a text, without those of numbers."""
    found = content_stems(word for word in words(text) if word.folded not in _NUMBER_WORDS)
    return [_MONTH_STEMS.get(one, one) for one in found]


_NUMBER_WORDS = UNITS.keys() | TENS.keys()
_MONTH_STEMS = {short: stem(MONTH_NAMES[MONTHS[short] - 1]) for short in SHORT_MONTHS}

# The sentences of a passage that support a sentence of a draft.

MAX_QUOTED_SENTENCES = 3  # sentences of one passage that are quoted for one sentence


def find_quotes(text: str, hits: Sequence[Hit]) -> tuple[Quote, ...]:
    """Return the whole sentences of the passages that support a sentence best, at most three of each passage."""
    weights = _weights(text)
    return tuple(_without_redundant(weights, [quote for hit in hits for quote in _cover(weights, hit)]))


def _weights(text: str) -> dict[str, int]:
    """Return the words, names and numbers of a text with their weights."""
    weights = dict.fromkeys(_stems(text), 1)
    weights |= {f"name {word}": VALUE_WEIGHT for word in name_words(text)}
    return weights | {f"number {n.value.normalize():f}{n.unit}": VALUE_WEIGHT for n in numbers(text)}


def _cover(weights: dict[str, int], hit: Hit) -> Iterator[Quote]:
    """Choose, one by one, the sentences of a passage that have most of what the chosen ones lack.

    Each but the first adds a word, or has two: a number alone, if it was altered, leads to something else.
    """
    offset, passage = hit.passage.start, hit.passage.text
    spans = sentence_spans(passage)
    held = [_found_in(weights, passage[start:end]) for start, end in spans]
    chosen: set[int] = set()
    covered: set[str] = set()
    for _ in range(min(MAX_QUOTED_SENTENCES, len(spans))):
        best = max(range(len(spans)), key=lambda n: _added(weights, held[n], covered))
        if not _added(weights, held[best], covered):
            break
        chosen.add(best)
        covered |= held[best]
    for first, last in _consecutive(sorted(chosen)):
        yield Quote(hit.article, offset + spans[first][0], offset + spans[last][1], hit.also_carried_by)


def _added(weights: dict[str, int], found: frozenset[str], covered: Collection[str]) -> int:
    """Return the weight of what a sentence adds to what is covered, 0 if it has nothing in common but numbers."""
    new, shared = found - set(covered), [key for key in found if not key.startswith("number ")]
    return _weight(weights, new) if not covered or len(shared) > 1 or not new.isdisjoint(shared) else 0


def _found_in(weights: dict[str, int], text: str) -> frozenset[str]:
    here = {*_stems(text), *(f"name {word.folded}" for word in words(text))}
    here |= {f"number {n.value.normalize():f}{n.unit}" for n in numbers(text)}
    return frozenset(here & weights.keys())


def _weight(weights: dict[str, int], found: Iterable[str]) -> int:
    return sum(weights[what] for what in found)


def _consecutive(places: list[int]) -> Iterator[tuple[int, int]]:
    """Yield the first and last of each run of numbers: 1, 2, 5 is 1–2 and 5–5."""
    for n, place in enumerate(places):
        if n == 0 or places[n - 1] != place - 1:
            first = place
        if n + 1 == len(places) or places[n + 1] != place + 1:
            yield first, place


def _without_redundant(weights: dict[str, int], quotes: Sequence[Quote]) -> Iterator[Quote]:
    """Leave out a quote that adds nothing to those before it and does not have half of the sentence by itself."""
    covered: frozenset[str] = frozenset()
    for quote in quotes:
        found = _found_in(weights, quote.text)
        if _added(weights, found, covered) or 2 * _weight(weights, found) >= sum(weights.values()):
            yield quote
        covered |= found


def likeliest_quotes(text: str, hits: Sequence[Hit]) -> tuple[Quote, ...]:
    """Return the sentences of one passage that have most of a sentence's words; of two alike, of the first passage."""
    covers = (find_quotes(text, [hit]) for hit in hits)
    return max(covers, key=lambda quotes: support_share(text, [quote.text for quote in quotes]), default=())


# Prompt injections: an article may hold orders to whoever answers, but they answer no question about the news.
# Extracted sentences obey nobody, yet an order among them would look like an answer. Other orders, such as "Boil water
# before you drink it", may be what was asked for.

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
    rf"^\W*(?:{_ANSWERER}|system|user|human|checker|verifier|(?:(?:new|further|updated|special|hidden)\s+)?instructions?|prompt|developer)(?:\s+(?:message|prompt|note|override))?\s*:"
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
    r"|(?:pretend\s+(?:to\s+be|that|you)|(?:act|speak)\s+as|role-?play|behave\s+(?:as|like))\b"
    r")",
    re.IGNORECASE,
)
"""An order to say, to ignore or to obey something, at the start of a sentence or after a colon."""

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


def is_prompt_injection(sentence: str) -> bool:
    """Return True for a sentence that orders whoever answers to say or ignore something; reported speech is none."""
    if _TURN.search(sentence):
        return True
    if _SAID.search(sentence):
        return False
    return _COMMAND.search(sentence) is not None or _ADDRESSED.search(sentence) is not None


# A written sentence may obey. So a sentence that may be an order is evidence only for itself: of 134,000 sentences of
# news, 260 look like one.

_MARKUP = re.compile(r"\[\d{1,3}\]|<[/!]?[a-z-]|\{[{%]", re.IGNORECASE)
"""Keys of evidence, tags and templates, which prose has not."""

_TO_SAY = re.compile(
    r"(?:^|[,;:.]\s|\b(?:and|then|please|must|shall|should)\s)(?:say|tell|write|print|state|report|repeat"
    r"|answer|reply|confirm|find|open|close)\b[^.“”\"]{0,60}\bthat\b"
    r"|\breply (?:yes|no)\b|\bto tell (?:\w+ ){0,2}(?:user|reader)s?\b"
    r"|\b(?:you|your)\b[^.“”\"]*\b(?:answer|asked|question|model|says? that)\b"
    r"|\b(?:answer|sentence|question)\b[^.“”\"]*\b(?:you|your)\b",
    re.IGNORECASE,
)
_COLON = re.compile(r"[:：](?!\d)")
_NOT_LATIN = re.compile(r"[^\W\d_a-zA-Z\u00c0-\u024f\u1e00-\u1eff]")
MAX_ORDER = 400  # characters before a sentence in which an order is looked for
MAX_LABEL_WORDS = 12  # of a title, an outlet or a byline that are read as evidence
_MIN_FOREIGN, _MAX_SHARE = 4, 0.15  # words of an introduction, and the share of function words of one in English


@lru_cache(maxsize=512)
def without_orders(text: str) -> str:
    """Return a text without the sentences that may be orders to say something."""
    found = (text[start:end] for start, end in sentence_spans(text))
    return " ".join(one for one in found if not is_order(one))


def is_order(sentence: str) -> bool:
    """Return True for what may be an order to say something, has markup, or changes its language after a colon."""
    found = _MARKUP.search(sentence) or _TO_SAY.search(sentence)
    return found is not None or is_prompt_injection(sentence) or _has_two_languages(sentence)


def follows_order(text: str, start: int) -> bool:
    """Return True if the sentence of a text before `start` is a prompt injection, which may say more than one."""
    before = text[max(0, start - MAX_ORDER) : start]
    return any(is_prompt_injection(before[first:end]) for first, end in sentence_spans(before)[-1:])


def _has_two_languages(sentence: str) -> bool:
    """Return True for English after a colon that follows another language."""
    introduction, *rest = _COLON.split(sentence, maxsplit=1)
    if not rest or not any(word.folded in FUNCTION_WORDS for word in words(rest[0])):
        return False
    known = [word.folded in FUNCTION_WORDS for word in words(introduction) if word.text.islower()]
    foreign = len(known) >= _MIN_FOREIGN and sum(known) < _MAX_SHARE * len(known)
    return foreign or len(_NOT_LATIN.findall(introduction)) > len(introduction) / 2


def is_introduced(sentence: str, by: str) -> bool:
    """Return True for words that another sentence has after a colon, as what somebody says or is to say."""
    said, parts = wording(sentence).words, [wording(part).words for part in _COLON.split(by, maxsplit=1)]
    return len(parts) > 1 and all(parts) and bool(said) and f" {' '.join(said)} " in f" {' '.join(parts[1])} "


def label(text: str) -> str:
    """Return what of a title, an outlet or a byline is evidence: its beginning."""
    return " ".join(without_orders(_COLON.split(text)[0]).split()[:MAX_LABEL_WORDS])
