"""When, and how long."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from newsqa.evals.make.values import Drafted
from newsqa.evals.make.when import accepted, times, without
from newsqa.facts.words import fold, word_set

if TYPE_CHECKING:
    from collections.abc import Iterator

    from newsqa.evals.make.clauses import Clause
    from newsqa.evals.make.values import Told
    from newsqa.evals.make.when import Time

_NUMBER = (
    r"(?:\d+|(?:twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety)(?:-[a-z]+)?|one|two|three|four|five|six|seven|eight|"
    r"nine|ten|eleven|twelve|(?:thir|four|fif|six|seven|eigh|nine)teen)"
)
_UNITS = rf"(?P<span>{_NUMBER}\s(?:years|months|weeks|days|hours|minutes|decades))"
_SPAN = re.compile(
    r"(?:^|\s)for\s(?:(?:about|nearly|almost|more than|over|the past|the last)\s)?"
    rf"{_UNITS}(?=$|[,.\s])"
)
_TAKES = re.compile(rf"(?:(?:about|nearly|almost|more than|over|some)\s)?{_UNITS}(?:$|\s(?=to\s))")
_FURTHER_CLAUSE = re.compile(r"\b(?:before|after|when|while|who|that|which|where|[a-z]{3,}ing)\b")
"""What may bind a time to something else than the verb that is asked about."""

_HOURS = re.compile(r"\b[ap]\.m\b|\bnoon\b|\bmidnight\b")
_AFTER_TIME = word_set(
    "in on at for from to with by during since after before against over as when because amid near following under"
)


def whens(clause: Clause, told: Told) -> Iterator[Drafted]:
    """Ask “When was the lock closed?” of “The lock was closed on Monday”, where one time is named and no more."""
    named = times(clause.rest)
    if len(named) + bool(clause.opening) != 1 or not (clause.past or clause.helper == "will"):
        return
    if clause.helper in {"has", "have", "had"}:
        return
    if _HOURS.search(clause.rest) or "as of" in clause.rest:
        return
    time = clause.opening or named[0]
    rest = clause.rest if clause.opening else without(clause.rest, time)
    if time.phrase and not clause.opening and _FURTHER_CLAUSE.search(clause.rest[: time.start]):
        return
    if rest.startswith("that ") or _reduced(clause, time, rest):
        return
    answers = accepted(time, told.story.article.published, past=clause.past)
    if rest or clause.helper or clause.verb in {"died", "opened", "closed", "reopened"}:
        yield Drafted(clause.asked("When", rest), answers, "date", "time", told)


def _reduced(clause: Clause, time: Time, rest: str) -> bool:
    """Whether the verb may be a participle: “a bridge built in 1913 crosses the river”."""
    straight = not clause.opening and not clause.helper and not clause.rest[: time.start].strip()
    return straight and bool(rest) and fold(rest.split(maxsplit=1)[0]) not in _AFTER_TIME


def lengths(clause: Clause, told: Told) -> Iterator[Drafted]:
    """Ask “How long did the judge take to read the verdict?” of “The judge took ninety minutes to read the verdict”."""
    match = _TAKES.match(clause.rest)
    if match and clause.verb in {"took", "lasted"}:
        asked = clause.asked("How long", clause.with_opening(clause.rest[match.end() :]))
        yield Drafted(asked, (match["span"],), "duration", "length", told)


def spans(clause: Clause, told: Told) -> Iterator[Drafted]:
    """Ask “For how long was the bridge closed?” of “The bridge was closed for six weeks”."""
    match = _SPAN.search(clause.rest)
    if match and len(_SPAN.findall(clause.rest)) == 1:
        rest = f"{clause.rest[: match.start()]} {clause.rest[match.end() :]}"
        yield Drafted(clause.asked("For how long", rest), (match["span"],), "duration", "span of time", told)
