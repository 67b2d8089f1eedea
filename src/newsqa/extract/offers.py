"""What a sentence offers for the kind of answer that is asked for: names, numbers or times that the question lacks."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from newsqa.text.calendar import CALENDAR, dates
from newsqa.text.names import names
from newsqa.text.numbers import numbers
from newsqa.text.words import quoted, word_set, words

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from newsqa.records import AnswerKind
    from newsqa.text.names import Name

_NO_CURRENCIES = frozenset({"", "%", "s"})
_TIMES = re.compile(
    r"\b(?:yesterday|today|tonight|tomorrow|midnight|noon|(?:days|weeks|months|years)\s+(?:ago|later)|(?:19|20)\d\d"
    r"|(?:last|next|this|earlier this|later this)\s+(?:week|month|year|spring|summer|autumn|fall|winter|weekend)"
    r"|\d{1,2}(?::\d\d)?\s*[ap]\.?m\b)",
    re.IGNORECASE,
)
_SPAN_UNITS = word_set("second minut hour day week month year decad season centuri night quarter")
_REASONS = re.compile(
    r"\b(?:because|due to|after|amid|over|in response|since|so that|in order|as a result|owing|thanks to|blam\w+"
    r"|caus\w+|citing|prompt\w+|led to|aim\w*|following|accus\w+|alleg\w+|concern\w*|fear\w*|for\s+\w+ing|to\s+\w+)\b",
    re.IGNORECASE,
)
_SAYS = re.compile(
    r"\b(?:said|says|told|stat\w+|claim\w*|argu\w+|call\w*|describ\w+|warn\w+|add\w+|insist\w+|announc\w+|wrote|post\w*|repl\w+"
    r"|characteri\w+|accus\w+|predict\w*|pledg\w+|promis\w+|confirm\w*|emphasi\w+|express\w*|urg\w+|declar\w+|reiterat\w+)\b",
    re.IGNORECASE,
)


def offers(kind: AnswerKind, question: str, sentence: str) -> frozenset[str]:
    """Return what may be the answer in a sentence: folded names, numbers or times that the question does not hold.

    For kinds that no such thing answers (a reason, what was said) it is the cue that tells of one.
    """
    found = _OFFERS.get(kind, _anything)(sentence)
    return frozenset(found) - _held(question)


def _held(question: str) -> frozenset[str]:
    held = {word.folded for word in words(question)}
    held |= {_value(n.value, n.unit) for n in numbers(question)}
    return frozenset(held)


def _value(value: object, unit: str) -> str:
    return f"{value}{unit}"


def _named(sentence: str) -> Iterable[str]:
    return (word for name in names(sentence) for word in name.words if word not in CALENDAR)


def _people(sentence: str) -> Iterable[str]:
    """Give the words of names that may be a person's: no abbreviation."""
    return (word for name in names(sentence) if _may_be_person(name) for word in name.words if word not in CALENDAR)


def _may_be_person(name: Name) -> bool:
    return not (name.text.isupper() and len(name.words) == 1)


def _numbers(sentence: str) -> Iterable[str]:
    return (_value(n.value, n.unit) for n in numbers(sentence))


def _money(sentence: str) -> Iterable[str]:
    return (_value(n.value, n.unit) for n in numbers(sentence) if n.unit not in _NO_CURRENCIES)


def _durations(sentence: str) -> Iterable[str]:
    return (_value(n.value, n.unit) for n in numbers(sentence) if _SPAN_UNITS & set(n.counts))


def _times(sentence: str) -> Iterable[str]:
    yield from (match.group().casefold() for match in _TIMES.finditer(sentence))
    yield from (f"{day.day}/{day.month}" for day in dates(sentence))
    yield from (word.folded for word in words(sentence) if word.capitalised and word.folded in CALENDAR)


def _reasons(sentence: str) -> Iterable[str]:
    return ("reason" for _ in _REASONS.finditer(sentence))


def _sayings(sentence: str) -> Iterable[str]:
    yield from ("said" for _ in _SAYS.finditer(sentence))
    yield from ("quoted" for _ in quoted(sentence))


def _anything(sentence: str) -> Iterable[str]:
    yield from _named(sentence)
    yield from _numbers(sentence)


_OFFERS: dict[AnswerKind, Callable[[str], Iterable[str]]] = {
    "person": _people,
    "place": _named,
    "organisation": _named,
    "number": _numbers,
    "money": _money,
    "date": _times,
    "duration": _durations,
    "reason": _reasons,
    "said": _sayings,
    "any": _anything,
}
