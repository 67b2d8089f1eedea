"""How many, how much, what percentage."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from newsqa.evals.make.clauses import HELPERS, another_verb, first_part, plain, question
from newsqa.evals.make.values import Drafted
from newsqa.evals.make.verbs import BASE_OF_PAST, MOVES, PAYING
from newsqa.facts.numbers import Number, numbers
from newsqa.facts.words import fold, word_set

if TYPE_CHECKING:
    from collections.abc import Iterator

    from newsqa.evals.make.clauses import Clause
    from newsqa.evals.make.values import Told

_ABOUT = (
    r"(?:(?:about|around|some|nearly|almost|roughly|approximately|over|exactly|only|just|all|more than|fewer than|"
    r"less than|at least|at most|up to|as many as|as much as|an estimated|a total of|a record)\s)?"
)
_LEADS = re.compile(rf"^{_ABOUT}", re.IGNORECASE)
_PLURALS = word_set("people children men women police fish sheep aircraft feet teeth mice cattle crew staff")
_OF_A_GAME = word_set(
    "yard pass point rebound carri recept assist catch strikeout inning run hit goal save tackl touchdown game pitch"
)
"""Stems of what is counted anew in every game, so that nobody knows which one is meant."""

_UNITS_OF_TIME = word_set("year month week day hour minut second decad centuri night moment time degre")
_AFTER_NOUN = word_set(
    """
    in on at for from to with by during since after before against over as across between through into onto near
    per when while who that which and but around outside inside under within among without along behind because
    """
)
_MEASURES = word_set("percent per cent percentage")
_SIZED = re.compile(
    r"(?P<thing>an?\s(?:(?:pay|salary|net|budget|record|cash|tax|daily|new)\s)?(?:rise|raise|fine|budget|loan|grant|profit|loss|"
    rf"deficit|surplus|prize|bid|offer|allowance|increase|cut|investment|donation|reward|debt|bonus|settlement))\sof\s{_ABOUT}"
)
_JOINERS = (["and"], ["but"], ["or"], ["by"])
_LONGEST_NOUN = 4
_NO_PLURALS = word_set("is was has its his this less business across gas plus series news us")


def counted_subjects(told: Told) -> Iterator[Drafted]:
    """Ask “How many visitors came to the fair in Ostby?” of “Some 9,400 visitors came to the fair in Ostby”."""
    text = plain(told.text)
    text = first_part(text) if text else None
    if not text:
        return
    start = _LEADS.match(text).end()  # type: ignore[union-attr]  # it may be empty, never missing
    found = _number_at(text, start)
    if not found:
        return
    after = text[found.end :].strip()
    if after.startswith("-"):
        return
    if found.unit == "%" and after.startswith("of "):
        if _has_verb(after):
            yield _draft(question(f"What percentage {after}"), found, "number", "share", told)
    elif _plain_count(found) and _has_verb(after) and _noun(after.split()):
        yield _draft(question(f"How many {after}"), found, "number", "count of a subject", told)


def counted_objects(clause: Clause, told: Told) -> Iterator[Drafted]:
    """Ask “How many tickets did the museum sell in May?” of “The museum sold 4,000 tickets in May”."""
    start = _LEADS.match(clause.rest).end()  # type: ignore[union-attr]  # it may be empty, never missing
    found = _number_at(clause.rest, start)
    if not found or not _plain_count(found):
        return
    after = clause.rest[found.end :].split()
    noun = _noun(after)
    if noun and after[noun : noun + 1] not in _JOINERS:
        thing, rest = " ".join(after[:noun]), " ".join(after[noun:])
        asked = clause.asked(f"How many {thing}", clause.with_opening(rest))
        yield _draft(asked, found, "number", "count of an object", told)


def sums(clause: Clause, told: Told) -> Iterator[Drafted]:
    """Ask “How much did the club pay for its stand?” of “The club paid $2 million for its stand”."""
    start = _LEADS.match(clause.rest).end()  # type: ignore[union-attr]  # it may be empty, never missing
    found = _number_at(clause.rest, start)
    paying = not clause.helper and clause.verb in PAYING
    if not found or not paying or found.unit in {"", "%", "s"}:
        return
    answer, rest = _with_currency(found, clause.rest)
    if not rest or fold(rest.split()[0]) in _AFTER_NOUN:
        yield Drafted(clause.asked("How much", clause.with_opening(rest)), (answer,), "money", "sum", told)


def sizes(clause: Clause, told: Told) -> Iterator[Drafted]:
    """Ask “How large a rise does the union want?” of “The union wants a rise of 9 per cent”."""
    head = _SIZED.match(clause.rest)
    found = _number_at(clause.rest, head.end()) if head else None
    if not head or not found or found.unit in {"", "s"}:
        return
    answer, rest = (found.text, clause.rest[found.end :].strip())
    if found.unit != "%":
        answer, rest = _with_currency(found, clause.rest)
    asked = clause.asked(f"How large {head['thing']}", clause.with_opening(rest))
    if not rest or fold(rest.split()[0]) in _AFTER_NOUN - {"and", "but"}:
        yield Drafted(asked, (answer,), "money" if found.unit != "%" else "number", "size", told)


def moves(clause: Clause, told: Told) -> Iterator[Drafted]:
    """Ask “By how much did rents in Ostby rise?” of “Rents in Ostby rose 4 per cent”."""
    head = re.match(rf"^(?:by\s)?{_ABOUT}", clause.rest, re.IGNORECASE)
    found = _number_at(clause.rest, head.end() if head else 0)
    if found and found.unit == "%" and not clause.helper and clause.verb in MOVES:
        rest = clause.rest[found.end :].strip()
        if not rest or fold(rest.split()[0]) in _AFTER_NOUN:
            yield _draft(clause.asked("By how much", clause.with_opening(rest)), found, "number", "move", told)


def _number_at(text: str, start: int) -> Number | None:
    return next((n for n in numbers(text) if n.start == start), None)


def _plain_count(number: Number) -> bool:
    """Whether a number counts things: no year, sum or percentage, and no span of time."""
    year = number.text.isdigit() and len(number.text) == 4
    time = bool(number.counts) and number.counts[0] in _UNITS_OF_TIME | _OF_A_GAME
    return (
        number.unit == ""
        and number.value >= 2
        and not year
        and not time
        and not number.text.endswith(("st", "nd", "rd", "th"))
    )


def _noun(after: list[str]) -> int | None:
    """Return how many words the counted things take, “metres of water” among them; None where that is in doubt."""
    for place, token in enumerate(after[: _LONGEST_NOUN + 1]):
        word = fold(token.strip(",."))
        if word in _AFTER_NOUN or word in HELPERS or word in BASE_OF_PAST:
            return place if place and _is_plural(after[place - 1]) else None
        if word == "of":
            return _of(after, place) if place and _is_plural(after[place - 1]) else None
    short = len(after) <= _LONGEST_NOUN
    return len(after) if short and after and _is_plural(after[-1]) else None


def _of(after: list[str], place: int) -> int | None:
    """Take “of water” along to the next little word."""
    for further, token in enumerate(after[place + 1 : place + 5], place + 1):
        if fold(token) in _AFTER_NOUN or fold(token) in HELPERS:
            return further
    return len(after) if len(after) <= place + 4 else None


def _is_plural(token: str) -> bool:
    word = fold(token.strip(",."))
    return word in _PLURALS or (word.endswith("s") and word not in _NO_PLURALS and not word.endswith("ss"))


def _has_verb(text: str) -> bool:
    """Whether a verb that stands by itself follows, and only one."""
    tokens = text.split()
    first = next((n for n, token in enumerate(tokens) if token in HELPERS or token in BASE_OF_PAST), None)
    return first is not None and not another_verb(" ".join(tokens[first + 1 :])) and not re.search(r"\band\s\d", text)


def _with_currency(number: Number, text: str) -> tuple[str, str]:
    """Return the sum with the word of its currency, "40 million crowns", and what stands after it."""
    if number.text[:1] in "$€£¥₹":
        return number.text, text[number.end :].strip()
    currency, _, rest = text[number.end :].strip().partition(" ")
    return f"{number.text} {currency}", rest


def _draft(question: str, number: Number, kind: str, form: str, told: Told) -> Drafted:
    plainly = {number.text}
    if number.unit == "%" and number.value == number.value.to_integral():
        plainly |= {f"{number.value:f}%", f"{number.value:f} percent"}
    elif number.unit == "" and number.value < 10**6:
        plainly |= {f"{number.value:,f}"}
    answers = (number.text, *sorted(plainly - {number.text}))
    return Drafted(question, answers, kind, form, told)  # type: ignore[arg-type]  # the callers name kinds
