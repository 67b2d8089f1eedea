"""Ranking of candidate sentences: how well each answers a question, and which of its words may be the answer."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from operator import attrgetter
from typing import TYPE_CHECKING, NamedTuple

from newsqa.text.calendar import CALENDAR, dates
from newsqa.text.entities import Number, names, numbers
from newsqa.text.words import quoted, stem_set, word_set, words

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from newsqa.answer.candidates import Candidate
    from newsqa.models.encoders import Reranker
    from newsqa.types import AnswerKind, Query

    Span = tuple[int, int]


# What of a sentence may be the answer: names, numbers or times, by the kind of answer that a question expects.


class AnswerSpan(NamedTuple):
    """What may be an answer: the folded words or values by which it is compared, and its span in the sentence."""

    values: tuple[str, ...]
    start: int
    end: int


MAX_MARKS = 3  # spans of a sentence that are marked: with more of them, none stands out

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


_WHERE = re.compile(r"\b(?:in|at|on|near|around|outside|across)\s+(?:(?:the|an?)\s+)?$", re.IGNORECASE)


def possible_answers(kind: AnswerKind, question: str, sentence: str) -> list[AnswerSpan]:
    """Return what of a sentence may be the answer: names, numbers or times of which something is not in the question.

    For a reason, or what was said, it is the cue that introduces one.
    """
    asked = {word.folded for word in words(question)} | {f"{n.value}{n.unit}" for n in numbers(question)}
    if kind == "definition":
        return list(_definitions(question, sentence))
    found = [one for one in _FINDERS.get(kind, _anything)(sentence) if not asked.issuperset(one.values)]
    return [one for one in found if kind != "person" or one.values[-1] not in asked]  # his title is no answer


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
    """Yield names that may be a person's: no abbreviation, and nothing that is "in" or "at"."""
    for one in _named(sentence):
        abbreviated = len(one.values) == 1 and sentence[one.start : one.end].isupper()
        if not abbreviated and not _WHERE.search(sentence[: one.start]):
            yield one


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

RERANKED = 20
"""Sentences that the cross-encoder reads, chosen by the other signals: they hold 94 % of the answers that are there."""

LEAD_CHARACTERS = 400  # characters at the beginning of an article, where news says what matters
FIRST_WEIGHTS = {"coverage": 4.0, "passage": 0.33, "fits_kind": 1.7, "in_lead": 0.7, "is_new": 2.4}
WEIGHTS = {"passage": 0.46, "fits_kind": 1.22, "in_lead": 0.68, "is_new": 7.4, "with_title": 0.23, "alone": 0.18}
"""Weights of the signals before and after the cross-encoder: conditional logits on which sentences hold answers."""

FOLLOW_UP_WEIGHT = 4.0  # the weight of a follow-up's own few words, which say what is new in it


@dataclass(frozen=True, slots=True)
class Signals:
    """What says that a candidate is the answer.

    `coverage` is the share of the question's content stems in the sentence; `passage` the score of its passage less
    that of the best one; `fits_kind` is 1 if it has what may be the kind of answer asked for, `in_lead` if it is at the
    beginning of its article; `is_new` is 1 if it says anything that the question does not. `with_title` and `alone`
    are the cross-encoder's logits for the question and the sentence, below its title and without it. If the question
    `follows_up` another, `coverage` counts to the end.
    """

    candidate: Candidate
    coverage: float
    passage: float
    fits_kind: float
    in_lead: float
    is_new: float
    with_title: float = 0.0
    alone: float = 0.0
    follows_up: bool = False

    @property
    def first_score(self) -> float:
        """The score without the cross-encoder."""
        return float(sum(weight * getattr(self, name) for name, weight in FIRST_WEIGHTS.items()))

    @property
    def score(self) -> float:
        """The score by which the candidates of one question are ranked."""
        score = sum(weight * getattr(self, name) for name, weight in WEIGHTS.items())
        return float(score + FOLLOW_UP_WEIGHT * self.coverage * self.follows_up)


def rank_candidates(query: Query, candidates: Sequence[Candidate], reranker: Reranker) -> list[Signals]:
    """Return the signals of the RERANKED candidates with the best first scores, best score first."""
    found = sorted(first_signals(query, candidates), key=attrgetter("first_score"), reverse=True)[:RERANKED]
    texts = [signals.candidate.text for signals in found]
    titled = [_with_title(signals.candidate) for signals in found]
    logits = reranker.score(_own_question(query), [*titled, *texts])
    reranked = (
        replace(signals, with_title=below, alone=alone)
        for signals, below, alone in zip(found, logits[: len(found)], logits[len(found) :], strict=True)
    )
    return sorted(reranked, key=attrgetter("score"), reverse=True)


def first_signals(query: Query, candidates: Sequence[Candidate]) -> list[Signals]:
    """Return the signals without the cross-encoder's, in the order of the candidates, which must not be empty."""
    best, asked = max(candidate.hit.score for candidate in candidates), stem_set(query.text)
    wanted = stem_set(query.text[len(query.context) :]) or asked
    return [_first_signals(query, candidate, asked, wanted, best) for candidate in candidates]


def _first_signals(
    query: Query, candidate: Candidate, asked: frozenset[str], wanted: frozenset[str], best: float
) -> Signals:
    stems = stem_set(candidate.text)
    return Signals(
        candidate,
        coverage=len(stems & wanted) / max(1, len(wanted)),
        passage=candidate.hit.score - best,
        fits_kind=float(bool(possible_answers(query.kind, query.text, candidate.text))),
        in_lead=float(candidate.start < LEAD_CHARACTERS),
        is_new=float(bool(stems - asked) or bool(_digits(candidate.text) - _digits(query.text))),
        follows_up=bool(query.context),
    )


def _digits(text: str) -> frozenset[str]:
    """Return the words of a text that begin with a digit."""
    return frozenset(word.folded for word in words(text) if word.folded[0].isdigit())


def _own_question(query: Query) -> str:
    """Return what a follow-up asks itself, if it has content: what it is about decided on the passages."""
    own = query.text[len(query.context) :].lstrip(" :")
    return own if stem_set(own) else query.text


def _with_title(candidate: Candidate) -> str:
    title = candidate.hit.article.title
    return f"{title}\n{candidate.text}" if title else candidate.text
