"""Where: only of what plainly happens in a place."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from newsqa.evals.make.values import Drafted
from newsqa.evals.make.when import times, without

if TYPE_CHECKING:
    from collections.abc import Iterator

    from newsqa.evals.make.clauses import Clause
    from newsqa.evals.make.values import Told

_HAPPENS = re.compile(
    r"(?:be\s|been\s)?(?:held|born|arrested|buried|built|filmed|found|shot|killed|hosted|discovered|staged|died|landed|"
    r"crashed|arrived|met|sank|detained|seized|signed|stored)"
)
_OPENS = re.compile(r"opened|held|hosted|built|found|discovered|established|planted|launched")
_THING = re.compile(
    r"(?:an?\s(?:first|second|third|new)|the\s(?:first|second|third|largest|biggest|oldest))\s(?:[\w’'-]+\s?){1,4}"
)
_SMALL = re.compile(r"\b(?:in|at|near|from|for|of|on|to|with|by|that|and)\b")
_PLACE = r"[A-Z][\w’'.-]+(?:\s(?:(?:de|la|of|the|upon)\s)?[A-Z][\w’'.-]+){0,3}"
_IN = re.compile(rf"^(?P<before>.*?)(?:^|\s)(?:in|at|near)\s(?P<place>(?:the\s)?{_PLACE}(?:,\s{_PLACE})?)[,.]?$")


def wheres(clause: Clause, told: Told) -> Iterator[Drafted]:
    """Ask “Where was the treaty signed?” of “The treaty was signed in Ostby on Friday”."""
    rest = clause.rest
    for time in reversed(times(rest)):
        rest = without(rest, time)
    found = _IN.match(rest)
    if not found or not clause.past or not _fits(clause, found["before"].strip()):
        return
    place = found["place"].removeprefix("the ")
    answers = tuple(dict.fromkeys((place, place.split(",")[0])))
    asked = clause.asked("Where", clause.with_opening(found["before"]))
    yield Drafted(asked, answers, "place", "place", told)


def _fits(clause: Clause, before: str) -> bool:
    """Whether the place is where it happened: right behind the verb, or behind the one thing that was made there."""
    if not before:
        return _HAPPENS.fullmatch(clause.verb) is not None
    if before == "place":
        return clause.verb in {"took", "taken"}
    made = _OPENS.fullmatch(clause.verb) and not clause.helper and _THING.fullmatch(before)
    return bool(made) and not _SMALL.search(before)
