"""Numbers that go together: pairs run as they run in the quotes, and a rise goes up."""

from __future__ import annotations

import re
from collections import Counter
from itertools import pairwise
from typing import TYPE_CHECKING

from newsqa.text.words import word_set

if TYPE_CHECKING:
    from decimal import Decimal

    from newsqa.verify.checks.reading import QuoteText, Reading
    from newsqa.verify.facts.amounts import Amount


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


def pairs_stand(sentence: Reading, proof: QuoteText) -> str | None:
    """Return which numbers ("from 9 to 8", "2–1") the quotes have the other way round, or cannot go that way."""
    there = {pair for piece in proof.pieces for pair in _pairs(piece.reading)}
    for one, other in _pairs(sentence):
        if (one, other) not in there and (other, one) in there:
            return f"its quotes have {one:f} and {other:f} the other way round"
        if (one, other) not in there and any({one, other} & set(pair) for pair in there):
            return f"its quotes do not have {one:f} together with {other:f}"
    return _wrong_way(sentence) or _repeated(sentence, proof) or _otherwise_told(sentence, proof)


def _otherwise_told(sentence: Reading, proof: QuoteText) -> str | None:
    """Return which number the quotes reject ("27, not 38"), or have as the end of a rise, not as its step, or None."""
    every = [(other, piece.reading) for piece in proof.pieces for other in piece.reading.amounts]
    some = any(_rejected(*one) for one in every)
    for amount in sentence.amounts:
        there = [one for one in every if one[0].value == amount.value]
        rejected = {_rejected(*one) for one in there}
        if some and there and _rejected(amount, sentence) not in rejected:
            return f"its quotes do not {'reject' if _rejected(amount, sentence) else 'give'} {amount.text}"
        if _is_step(amount, sentence) and there and all(_is_end(*one) for one in there):
            return f"its quotes say up or down to {amount.text}, not by so much"
        turn = _turn(amount, sentence)
        if turn and there and all(_turn(*one) == -turn for one in there):
            return f"its quotes turn {amount.text} the other way, before or after"
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
    """Whether a number is where a rise or fall ends: "to 85", "85 crowns, up from 50"."""
    to = re.search(r"\bto\s+$", reading.text[: amount.start][-4:])
    return to is not None or _END.match(reading.text, amount.end) is not None


def _repeated(sentence: Reading, proof: QuoteText) -> str | None:
    """Return which number a sentence gives more often than its quotes do, or None: it stands there for another."""
    here = Counter(amount.value for amount in sentence.amounts if amount.unit not in _NOT_COUNTS)
    there = Counter(amount.value for amount in proof.amounts)
    texts = {amount.value: amount.text for amount in sentence.amounts}
    often = (value for value, times in here.items() if value > 2 and times > there[value] > 0)
    return next((f"its quotes have {texts[value]} only {_times(there[value])}" for value in often), None)


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count} times"


def _pairs(reading: Reading) -> list[tuple[Decimal, Decimal]]:
    """Return the values that stand as a pair, in order."""
    return [(one.value, other.value) for one, other in pairwise(reading.amounts) if _paired(reading.text, one, other)]


def _paired(text: str, one: Amount, other: Amount) -> bool:
    return _PAIRED.fullmatch(text[one.end : other.start]) is not None


def in_pair(amount: Amount, reading: Reading) -> bool:
    """Whether a number is one of a pair."""
    return any(amount in pair and _paired(reading.text, *pair) for pair in pairwise(reading.amounts))


def in_contrast(amount: Amount, reading: Reading) -> bool:
    """Whether a number is rejected for another of its kind, or told in place of it: "27, not 38"."""
    rejected = [other for other in reading.amounts if _rejected(other, reading)]
    return any(amount.unit == other.unit or amount.bare or other.bare for other in rejected)


def _wrong_way(sentence: Reading) -> str | None:
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
            return f"from {start.text} to {end.text} is no {'rise' if up else 'fall'}"
    return None
