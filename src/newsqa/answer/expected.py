"""What of a sentence may be the answer: names, numbers or times, by the kind of answer that a question expects."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from newsqa.text.calendar import CALENDAR, dates
from newsqa.text.names import names
from newsqa.text.numbers import numbers
from newsqa.text.words import quoted, word_set, words

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from newsqa.text.numbers import Number
    from newsqa.types import AnswerKind

    Span = tuple[int, int]


class AnswerSpan(NamedTuple):
    """What may be an answer: the folded words or values by which it is compared, and its span in the sentence."""

    values: tuple[str, ...]
    start: int
    end: int


MAX_MARKS = 3
"""Spans of a sentence that are marked: with more of them, none stands out."""

MARKED_KINDS: frozenset[AnswerKind] = frozenset(
    {"person", "place", "organisation", "number", "money", "date", "duration"}
)
_NO_CURRENCIES = frozenset({"", "%", "s"})
_TIMES = re.compile(
    r"\b(?:yesterday|today|tonight|tomorrow|midnight|noon|(?:days|weeks|months|years)\s+(?:ago|later)|(?:19|20)\d\d"
    r"|(?:last|next|this|earlier this|later this)\s+(?:week|month|year|spring|summer|autumn|fall|winter|weekend)"
    r"|\d{1,2}(?::\d\d)?\s*[ap]\.?m\b)",
    re.IGNORECASE,
)
_SPAN_UNITS = word_set("second minut hour day week month year decad season centuri night quarter")
_LENGTH_UNITS = word_set(
    "millimetr millimet centimetr centimet metr meter kilometr kilomet km mile feet foot yard inch"
)
_SAYS_WHAT = re.compile(
    r"[”\"’']?(?:,|\s*[(–—-])?\s*(?:\d+,\s*)?(?:(?:is|was|are|were|means?|stands for|refers to|who|which)\b|[(](?=\w)"
    r"|(?<=[,(–—-]\s)(?:an?|the|one of)\s+\w)",
    re.IGNORECASE,
)
_ROLE_BEFORE = re.compile(r"\b(?:[a-z][\w-]+|[’']s)\s+(?:[a-z][\w-]+,?\s+){1,4}$")
_REASONS = re.compile(
    r"\b(?:because|due to|since|so that|in order to|as a result|owing to|thanks to|blam\w+|caus\w+|citing|cited"
    r"|prompt\w+|led to|reasons?|accus\w+|alleg\w+|in response to|out of (?:fear|concern)|over (?:fears|concerns|the)"
    r"|fail\w+)\b",
    re.IGNORECASE,
)
_SAYS = re.compile(
    r"\b(?:said|says|told|stat\w+|claim\w*|argu\w+|call\w*|describ\w+|warn\w+|add\w+|insist\w+|announc\w+|wrote|post\w*|repl\w+"
    r"|characteri\w+|accus\w+|predict\w*|pledg\w+|promis\w+|confirm\w*|emphasi\w+|express\w*|urg\w+|declar\w+|reiterat\w+)\b",
    re.IGNORECASE,
)


def possible_answers(kind: AnswerKind, question: str, sentence: str) -> list[AnswerSpan]:
    """Return what of a sentence may be the answer: names, numbers or times of which something is not in the question.

    For a reason, or what was said, it is the cue that introduces one.
    """
    asked = {word.folded for word in words(question)} | {f"{n.value}{n.unit}" for n in numbers(question)}
    if kind == "definition":
        return list(_definitions(question, sentence))
    return [found for found in _FINDERS.get(kind, _anything)(sentence) if not asked.issuperset(found.values)]


def answer_marks(kind: AnswerKind, question: str, sentence: str) -> tuple[Span, ...]:
    """Return the spans of a sentence that may be the name, number or time asked for; () if there are too many."""
    if kind not in MARKED_KINDS:
        return ()
    found = sorted({(one.start, one.end) for one in possible_answers(kind, question, sentence)})
    apart = [span for n, span in enumerate(found) if n == 0 or span[0] >= found[n - 1][1]]
    return tuple(apart) if len(apart) <= MAX_MARKS else ()


def _named(sentence: str) -> Iterator[AnswerSpan]:
    for name in names(sentence):
        if kept := tuple(word for word in name.words if word not in CALENDAR):
            yield AnswerSpan(kept, name.start, name.end)


def _people(sentence: str) -> Iterator[AnswerSpan]:
    """Yield names that may be a person's: no abbreviation."""
    return (one for one in _named(sentence) if len(one.values) > 1 or not sentence[one.start : one.end].isupper())


def _numbers(sentence: str) -> Iterator[AnswerSpan]:
    return map(_number_span, numbers(sentence))


def _number_span(number: Number) -> AnswerSpan:
    return AnswerSpan((f"{number.value}{number.unit}",), number.start, number.end)


def _money(sentence: str) -> Iterator[AnswerSpan]:
    return (_number_span(n) for n in numbers(sentence) if n.unit not in _NO_CURRENCIES)


def _durations(sentence: str) -> Iterator[AnswerSpan]:
    """Yield spans of time, and lengths: "how long" asks for either."""
    units = _SPAN_UNITS | _LENGTH_UNITS
    return (_number_span(n) for n in numbers(sentence) if units & set(n.counts))


def _times(sentence: str) -> Iterator[AnswerSpan]:
    yield from _matches(_TIMES, sentence)
    yield from (AnswerSpan((f"{day.day}/{day.month}",), day.start, day.end) for day in dates(sentence))
    for word in words(sentence):
        if word.capitalised and word.folded in CALENDAR:
            yield AnswerSpan((word.folded,), word.start, word.end)


def _matches(pattern: re.Pattern[str], sentence: str) -> Iterator[AnswerSpan]:
    return (AnswerSpan((match[0].casefold(),), *match.span()) for match in pattern.finditer(sentence))


def _reasons(sentence: str) -> Iterator[AnswerSpan]:
    return (AnswerSpan(("a reason",), *match.span()) for match in _REASONS.finditer(sentence))


def _sayings(sentence: str) -> Iterator[AnswerSpan]:
    yield from (AnswerSpan(("something said",), *match.span()) for match in _SAYS.finditer(sentence))
    yield from (AnswerSpan(("a quotation",), 0, 0) for _ in quoted(sentence))


def _definitions(question: str, sentence: str) -> Iterator[AnswerSpan]:
    """Yield what a sentence says that the last word of a question is: "X, the …", "X is a …", "the leader X"."""
    asked = [word.folded for word in words(question) if word.content and word.folded not in {"mean", "means", "stand"}]
    said = words(sentence)
    for place, word in enumerate(said):
        if asked and word.folded == asked[-1]:
            head = said[max(0, place - len(asked) + 1)].start
            after, before = _SAYS_WHAT.match(sentence, word.end), _ROLE_BEFORE.search(sentence[:head])
            if after or before:
                yield AnswerSpan(("a definition",), *(after or before).span())  # type: ignore[union-attr]


def _anything(sentence: str) -> Iterator[AnswerSpan]:
    yield from _named(sentence)
    yield from _numbers(sentence)


_FINDERS: dict[AnswerKind, Callable[[str], Iterable[AnswerSpan]]] = {
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
