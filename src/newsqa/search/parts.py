"""Splits two questions that are asked in one sentence: "who won the cup final and who scored the winner"."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from newsqa.search.understand import is_content
from newsqa.text.words import quoted, word_runs

if TYPE_CHECKING:
    from collections.abc import Sequence


_ASKING = r"who|whom|whose|what|when|where|why|how|which"
_AUXILIARY = r"is|are|was|were|do|does|did|has|have|had|will|would|can|could|should"
_PREPOSITION = r"in|at|on|of|from|during|for|by|with|about|to|after|before|over|under|against"
_OPENS = re.compile(rf"^\W*(?:(?:and|so|but)\s+)?(?:(?:{_PREPOSITION})\s+)?(?:{_ASKING}|{_AUXILIARY})\b", re.IGNORECASE)
_JOINT = re.compile(
    rf"(?:\s*,)?\s+(?:and|but)\s+(?:also\s+)?(?=(?:(?:{_PREPOSITION})\s+)?(?:{_ASKING})\b|(?:{_AUXILIARY})\s)|"
    rf"\s*[?;]\s+(?:(?:and|but)\s+)?(?=(?:(?:{_PREPOSITION})\s+)?(?:{_ASKING}|{_AUXILIARY})\b)",
    re.IGNORECASE,
)
_BOTH = re.compile(rf"^\W*({_ASKING})\s+(?:and|or)\s+({_ASKING})\s+(\S.*)$", re.IGNORECASE | re.DOTALL)
_PERSON = re.compile(r"\b(he|she|him|his|her)\b", re.IGNORECASE)
_THING = re.compile(r"\b(it|its|they|them|their)\b(?!\s+(?:that|who)\b)", re.IGNORECASE)
_PHRASE = re.compile(
    rf"\b(?!at the (?:start|beginning|end)\b)(?:{_PREPOSITION})\s+(?:the|a|an|this|that|[A-Z][\w’']+)\b[^,?]*$"
)
_NOUN = re.compile(r"\b(?:the|an?|this|that|his|her|their)\s+[^,?]+$", re.IGNORECASE)
_AFTER_COPULA = re.compile(r"\b(?:is|are|was|were)\s+([^,?]+)$", re.IGNORECASE)
_CARRIED = re.compile(rf"\b(?:do|does|did)\s+|^\W*(?:{_AUXILIARY})\s+", re.IGNORECASE)
_PARTICIPLE = re.compile(r"(?:ed|en|wn|lt|ght)$")
ELLIPTIC = 2
"""Content words of a second question that has no name of its own: with so few it is about what the first is about."""


def split_question(text: str, names: Sequence[str] = ()) -> tuple[str, ...]:
    """Return the two questions that a sentence asks, or the one.

    The second is completed by what the first is about: a pronoun of a person by the first of `names` that the first
    question has, one of a thing by its noun, and a question of few words by the place or event of the first.
    """
    if quoted(text):
        return (text,)
    if both := _BOTH.match(text):
        first, second, rest = both.groups()
        return (f"{first} {rest}", f"{second[0].upper() if first[0].isupper() else second[0]}{second[1:]} {rest}")
    for joint in _JOINT.finditer(text):
        first, second = text[: joint.start()].strip(), text[joint.end() :].strip()
        if _OPENS.match(first) and _is_clause(first) and _is_clause(second) and not _pairs_up(first):
            return (f"{first.rstrip(' ?')}?", _completed(first.rstrip(" ?"), f"{second.rstrip(' ?')}?", names))
    return (text,)


def _is_clause(text: str) -> bool:
    """Return True if a text has more than question words: "who scored", but not "and why?"."""
    found = [word.casefold() for word in word_runs(text)]
    return len(found) > 1 and any(not re.fullmatch(f"{_ASKING}|{_AUXILIARY}|{_PREPOSITION}", word) for word in found)


def _pairs_up(first: str) -> bool:
    """Return True if the "and" belongs to "between" or "both", or to "know who did it" and why."""
    paired = re.search(r"\b(?:between|both)\b[^,?]*$", first, re.IGNORECASE)
    return bool(paired) or len(re.findall(rf"\b(?:{_ASKING})\b", first, re.IGNORECASE)) > 1


def _completed(first: str, second: str, names: Sequence[str]) -> str:
    named = [name for name in names if name.casefold() in first.casefold()]
    if named and _PERSON.search(second):
        return _PERSON.sub(lambda match: _in_place_of(match[1], named[0]), second, count=1)
    thing = _noun(first) or (named[-1] if named else "")
    if thing and _THING.search(second):
        return _THING.sub(lambda match: _in_place_of(match[1], thing), second, count=1)
    own = any(name.casefold() in second.casefold() for name in names)
    content = [word for word in word_runs(second) if is_content(word)]
    if own or len(content) > ELLIPTIC or _PERSON.search(second) or _THING.search(second):
        return second
    if phrase := _PHRASE.search(first):
        return f"{second.rstrip('?')} {phrase[0].strip()}?"
    if not thing or re.search(r"\bat the (?:start|beginning|end)\b", first):
        return second
    return f"{second.rstrip('?')} ({thing})?" if _CARRIED.search(first) else f"{second.rstrip('?')} in {thing}?"


def _noun(first: str) -> str:
    """Return the noun of "how big was the fine" with its article, and that of "what is bird flu"."""
    phrase = _NOUN.search(first)
    noun = phrase[0].strip() if phrase else (copula[1].strip() if (copula := _AFTER_COPULA.search(first)) else "")
    words = re.split(rf"\s+(?={_PREPOSITION}\b)", noun)[0].split()
    ends_in_verb = _CARRIED.search(first) or (_PARTICIPLE.search(first) and words and _PARTICIPLE.search(words[-1]))
    return " ".join(words[:-1] if ends_in_verb and len(words) > 2 else words)


def _in_place_of(pronoun: str, noun: str) -> str:
    owner = pronoun.casefold() in {"his", "its", "their"}
    return f"{noun}’s" if owner else noun
