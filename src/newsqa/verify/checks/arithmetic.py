"""Numbers that a reader works out: one as "a", two as "both", a difference, a ratio, the time between two."""

from __future__ import annotations

import re
from collections import Counter
from datetime import timedelta
from decimal import Decimal
from itertools import pairwise, permutations
from typing import TYPE_CHECKING

from newsqa.text.words import word_set
from newsqa.verify.checks.trees import tree
from newsqa.verify.facts.amounts import PLACE, TIMES, YEARS
from newsqa.verify.facts.synonyms import kin
from newsqa.verify.faults import Fault

if TYPE_CHECKING:
    from collections.abc import Iterator

    from newsqa.verify.checks.reading import QuoteText, Reading
    from newsqa.verify.checks.trees import Tree
    from newsqa.verify.facts.amounts import Amount


_MORE = (
    "more|fewer|less|above|below|later|earlier|higher|lower|ahead|behind|longer|shorter|older|younger|heavier|lighter"
)
_DIFFERENCE = re.compile(rf"\s+(?:[^\W\d_]+\s+){{0,2}}(?:{_MORE}|after|before|short)\b", re.IGNORECASE)
_MORE_THAN = re.compile(rf"\s+(?:[^\W\d_]+\s+)?(?P<which>{_MORE})\s+than\b", re.IGNORECASE)
_LESS = frozenset({"fewer", "less", "below", "earlier", "lower", "behind", "shorter", "younger", "lighter"})
_ALL_BUT = re.compile(r"\b(?:all but|but for|except for|by|within|after)\s+(?:about |some |nearly )?$", re.IGNORECASE)
_SINGLE = re.compile(r"\b(?:an?|single|another|sole|only|lone)\b", re.IGNORECASE)
_PAIR = re.compile(r"\b(?:both|pair|couple|twice|either|neither|each other|between)\b", re.IGNORECASE)
_DEFINITE = re.compile(r"\b(?:the|these|those|its|their)\s+$", re.IGNORECASE)
_NOT_ONE = re.compile(r"\bnot (?:a single |even )?$|\bno $", re.IGNORECASE)
_LOOSE_PLACES = re.compile(r"\b(?:last|final|next|second|third)\b", re.IGNORECASE)
_DAYS = {"day": 1, "week": 7}
_MINUTES = {"minute": 1, "hour": 60}
_SPANS_OF_YEARS = {"year": 1, "decade": 10, "century": 100}
_AT = ("at ", "from ", "by ", "until ")
_MOST_LISTED = 12
"""Items of a list that a reader counts."""

_SCORES = re.compile(r"\b\d{1,2}[-–]\d{1,2}\b")
_OFF = Decimal("0.06")
_LEAST_OF_RATIO = 20
"""Below this two numbers have some whole ratio too often by chance."""


def reckoned(amount: Amount, sentence: Reading, source: QuoteText) -> bool:
    """Return True if the quotes, which lack a number, hold it in another form, or what it is worked out from."""
    if amount.unit == PLACE:
        return _placed(amount, source)
    if amount.unit == TIMES:
        return amount.value == 1 or _is_ratio(amount, source)
    if amount.value in YEARS and not amount.unit and amount.text.isdigit():
        return any(moment.first.year == amount.value == moment.last.year for moment in source.moments)
    if amount.value <= 2 and _small(amount, sentence, source):
        return True
    if is_difference(amount, sentence, source):
        return True
    at = sentence.text[: amount.start].endswith(_AT)
    return _on_the_clock(amount, source, at=at) or amount.value in _completed(amount, source) or _listed(amount, source)


def is_difference(amount: Amount, sentence: Reading, source: QuoteText) -> bool:
    """Check if a number that is told as a difference ("two days later", "by eight points") is one in the quotes."""
    told = _ALL_BUT.search(sentence.text[max(0, amount.start - 24) : amount.start])
    if not told and not _DIFFERENCE.match(sentence.text, amount.end):
        return False
    return amount.value in _differences(amount, source) or amount.value in _between(amount, source)


def _placed(amount: Amount, source: QuoteText) -> bool:
    """Return True if a place in a row is in the quotes as a plain number, or needs none."""
    if amount.value == 1:
        return not _LOOSE_PLACES.search(source.whole.text)
    return amount.value > 3 and any(other.value == amount.value for other in source.amounts)


def _small(amount: Amount, sentence: Reading, source: QuoteText) -> bool:
    """Return True if the quotes say one as "a" or two as "both", or the sentence only says "not one" or "the two"."""
    before = sentence.text[max(0, amount.start - 20) : amount.start]
    if amount.value == 2:
        definite = _DEFINITE.search(before) is not None and not _counted(amount, source)
        return definite or _PAIR.search(source.whole.text) is not None
    return amount.value == 1 and bool(_NOT_ONE.search(before) or _SINGLE.search(source.whole.text))


def _counted(amount: Amount, source: QuoteText) -> bool:
    """Return True if the quotes count what a number counts."""
    counts = {k for what in amount.counts[:1] for k in kin(what)}
    return any(not counts.isdisjoint(kin(what)) for other in source.amounts for what in other.counts)


def _on_the_clock(amount: Amount, source: QuoteText, *, at: bool) -> bool:
    return (amount.bare or at) and any(
        clock.minutes == amount.value * 60 % 720 for clock in source.clocks if amount.value <= 12
    )


def _listed(amount: Amount, source: QuoteText) -> bool:
    """Return True if the quotes list just so many: six countries by their names, four sets by their scores."""
    if amount.unit or not 2 < amount.value <= _MOST_LISTED:
        return False
    texts = [piece.reading.text for piece in source.pieces]
    scores = (_SCORES.findall(text) for text in texts)
    lists = (len(_all_names(tree(text), at)) for text in texts for at in range(len(tree(text).tokens)))
    return amount.value in {*(len(found) for found in scores), *lists}


def _all_names(parsed: Tree, at: int) -> list[int]:
    """Return the names that "and" joins to this one, itself the first of them."""
    if parsed.tokens[at].part != "PROPN" or parsed.tokens[at].dependency == "conj":
        return []
    return parsed.all_joined(at)


def _like(amount: Amount, source: QuoteText) -> list[Amount]:
    """Return the numbers of the quotes that may be of the same kind."""
    every = (*source.amounts, *source.implied)
    return [other for other in every if other.unit in {amount.unit, ""} or not amount.unit]


def _differences(amount: Amount, source: QuoteText) -> Iterator[object]:
    return (one.value - other.value for one, other in permutations(_like(amount, source), 2) if one.value > other.value)


def _completed(amount: Amount, source: QuoteText) -> Iterator[object]:
    """Yield what the quotes compare a number with: 17 where they have 23, "six more than on the first day"."""
    for piece in source.pieces:
        found = [other for other in piece.reading.amounts if other.unit in {amount.unit, ""}]
        for one, other in permutations(found, 2):
            if more := _MORE_THAN.match(piece.reading.text, other.end):
                yield one.value + (other.value if more["which"].lower() in _LESS else -other.value)


def _between(amount: Amount, source: QuoteText) -> Iterator[object]:
    """Yield the days, minutes or years between the times of the quotes, in the unit of a number."""
    if amount.unit in _DAYS:
        days = {m.day for m in source.moments if m.day} | {day for day in source.published if day}
        yield from (abs(one - other) / timedelta(days=_DAYS[amount.unit]) for one, other in permutations(days, 2))
    elif amount.unit in _MINUTES:
        found = [clock.minutes for clock in source.clocks]
        yield from ((one - other) % 720 / _MINUTES[amount.unit] for one, other in permutations(found, 2))
    elif amount.unit in _SPANS_OF_YEARS:
        years = {int(a.value) for a in source.amounts if a.value in YEARS and not a.unit}
        years |= {m.first.year for m in source.moments}
        yield from (abs(one - other) / _SPANS_OF_YEARS[amount.unit] for one, other in permutations(years, 2))


def _is_ratio(amount: Amount, source: QuoteText) -> bool:
    """Return True if one number of the quotes is so many times another of the same unit."""
    large = [other for other in source.amounts if other.value >= _LEAST_OF_RATIO and other.value not in YEARS]
    pairs = ((one, other) for one, other in permutations(large, 2) if one.unit == other.unit)
    return any(abs(amount.value - one.value / other.value) <= _OFF * amount.value for one, other in pairs)


# Pairs of numbers, rises and falls.

_UP = word_set(
    "rose rise rises risen rising climbed climbs climbing increased increases grew grown grows raised raises raising "
    "jumped soared surged"
)
_DOWN = word_set(
    "fell fall falls fallen falling dropped drops dropping declined decreased sank shrank lowered lowers lowering cut "
    "slipped plunged reduced"
)
_MOVES = re.compile(
    rf"\b(?P<verb>{'|'.join(sorted(_UP | _DOWN))})\b(?:\s[^\W\d_]+){{0,4}}?\s(?P<to>from|to)\s", re.IGNORECASE
)
_LINKED = {"from": re.compile(r"\bto\b"), "to": re.compile(r"\b(?:from|after)\s+\W?$")}
_PAIRED = re.compile(r"\s*(?:per\s?cent|[^\W\d_]+)?\s*(?:\bto\b|-|–|—)\s*", re.IGNORECASE)
_CONTRASTED = re.compile(r"\b(?:not|rather than|instead of|as opposed to)\s+(?:the\s+)?$", re.IGNORECASE)
_BY = re.compile(r"\bby\s+(?:about |some |nearly |almost |around |another |a further )?$", re.IGNORECASE)
_END = re.compile(r"[^.;]{0,20}?,? (?:up|down) from\b", re.IGNORECASE)
_TURN = re.compile(r"\s+\w+\s+(?:(?P<after>after|later)|before|earlier)\b")
_NOT_COUNTS = frozenset({"place", "part", "times"})


def check_pairs(sentence: Reading, source: QuoteText) -> Fault | None:
    """Return which numbers ("from 9 to 8", "2–1") the quotes have the other way round, or cannot go that way."""
    there = {pair for piece in source.pieces for pair in _pairs(piece.reading)}
    for one, other in _pairs(sentence):
        if (one, other) not in there and (other, one) in there:
            return Fault("swapped", (f"{one:f}", f"{other:f}"))
        if (one, other) not in there and any({one, other} & set(pair) for pair in there):
            return Fault("pair_mismatch", (f"{one:f}", f"{other:f}"))
    return _wrong_way(sentence) or _repeated(sentence, source) or _otherwise_told(sentence, source)


def _otherwise_told(sentence: Reading, source: QuoteText) -> Fault | None:
    """Return which number the quotes reject ("27, not 38"), or have as the end of a rise, not as its step, or None."""
    every = [(other, piece.reading) for piece in source.pieces for other in piece.reading.amounts]
    some = any(_rejected(*one) for one in every)
    for amount in sentence.amounts:
        there = [one for one in every if one[0].value == amount.value]
        rejected = {_rejected(*one) for one in there}
        if some and there and _rejected(amount, sentence) not in rejected:
            return Fault("number_not_rejected" if _rejected(amount, sentence) else "number_not_given", (amount.text,))
        if _is_step(amount, sentence) and there and all(_is_end(*one) for one in there):
            return Fault("step_mismatch", (amount.text,))
        turn = _turn(amount, sentence)
        if turn and there and all(_turn(*one) == -turn for one in there):
            return Fault("turn_mismatch", (amount.text,))
    return None


def _turn(amount: Amount, reading: Reading) -> int:
    """Return 1 for "four minutes after", -1 for "four minutes before", else 0."""
    match = _TURN.match(reading.text, amount.end)
    return 0 if match is None else 1 if match["after"] else -1


def _rejected(amount: Amount, reading: Reading) -> bool:
    return _CONTRASTED.search(reading.text[: amount.start][-24:]) is not None


def _is_step(amount: Amount, reading: Reading) -> bool:
    return _BY.search(reading.text[: amount.start][-24:]) is not None


def _is_end(amount: Amount, reading: Reading) -> bool:
    """Return True if a number is where a rise or fall ends: "to 85", "85 crowns, up from 50"."""
    to = re.search(r"\bto\s+$", reading.text[: amount.start][-4:])
    return to is not None or _END.match(reading.text, amount.end) is not None


def _repeated(sentence: Reading, source: QuoteText) -> Fault | None:
    """Return which number a sentence gives more often than its quotes do, or None: it stands there for another."""
    here = Counter(amount.value for amount in sentence.amounts if amount.unit not in _NOT_COUNTS)
    there = Counter(amount.value for amount in source.amounts)
    texts = {amount.value: amount.text for amount in sentence.amounts}
    often = (value for value, times in here.items() if value > 2 and times > there[value] > 0)
    return next((Fault("number_repeated", (texts[value], _times(there[value]))) for value in often), None)


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count} times"


def _pairs(reading: Reading) -> list[tuple[Decimal, Decimal]]:
    """Return the values that stand as a pair, in order."""
    return [(one.value, other.value) for one, other in pairwise(reading.amounts) if _paired(reading.text, one, other)]


def _paired(text: str, one: Amount, other: Amount) -> bool:
    return _PAIRED.fullmatch(text[one.end : other.start]) is not None


def in_pair(amount: Amount, reading: Reading) -> bool:
    """Return True if a number is one of a pair."""
    return any(amount in pair and _paired(reading.text, *pair) for pair in pairwise(reading.amounts))


def in_contrast(amount: Amount, reading: Reading) -> bool:
    """Return True if a number is rejected for another of its kind, or told in place of it: "27, not 38"."""
    rejected = [other for other in reading.amounts if _rejected(other, reading)]
    return any(amount.unit == other.unit or amount.bare or other.bare for other in rejected)


def _wrong_way(sentence: Reading) -> Fault | None:
    """Find a rise to less or a fall to more: "climbed to 1,240 after 1,870"."""
    for move in _MOVES.finditer(sentence.text):
        near = [amount for amount in sentence.amounts if move.end() - 1 <= amount.start < move.end() + 60][:2]
        linked = _LINKED[move["to"].lower()]
        if (
            len(near) < 2
            or near[0].unit != near[1].unit
            or not linked.search(sentence.text, near[0].end, near[1].start)
        ):
            continue
        start, end = near if move["to"].lower() == "from" else reversed(near)
        up = move["verb"].lower() in _UP
        if start.value != end.value and (end.value > start.value) != up:
            return Fault("wrong_trend", (start.text, end.text, "rise" if up else "fall"))
    return None
