"""Numbers that have changed places: each must be that of what it stands with, and pairs run as they run there."""

from __future__ import annotations

import re
from collections import Counter
from itertools import combinations, pairwise
from typing import TYPE_CHECKING

from newsqa.facts.synonyms import kin
from newsqa.facts.words import word_set

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from decimal import Decimal

    from newsqa.checks.reading import Piece, Proof, Reading
    from newsqa.facts.amounts import Amount
    from newsqa.facts.dates import Day
    from newsqa.facts.moments import Moment
    from newsqa.facts.words import Word

_RIVAL, _CLEARLY = 1.4, 0.3
"""How many times better another number must fit its surroundings to be the one that was meant, and
by how much at least."""

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
_LINKED = {"from": re.compile(r"\bto\b"), "to": re.compile(r"\b(?:from|after)\b")}
_PAIRED = re.compile(r"\s*(?:per\s?cent|[^\W\d_]+)?\s*(?:\bto\b|-|–|—)\s*", re.IGNORECASE)
_NOT_COUNTS = frozenset({"place", "part", "times"})
_SEPARATES = re.compile(r"[,;:.]")
_CROSSED = 1.1
"""How much better two numbers must fit crosswise than as they stand to be held for swapped."""


def pairs_stand(sentence: Reading, proof: Proof) -> str | None:
    """Return which numbers ("from 9 to 8", "2–1") the quotes have the other way round, or cannot go that way."""
    there = {pair for piece in proof.pieces for pair in _pairs(piece.reading)}
    for one, other in _pairs(sentence):
        if (one, other) not in there and (other, one) in there:
            return f"its quotes have {one:f} and {other:f} the other way round"
        if (one, other) not in there and any({one, other} & set(pair) for pair in there):
            return f"its quotes do not have {one:f} together with {other:f}"
    return _wrong_way(sentence) or _repeated(sentence, proof) or _swapped(sentence, proof)


def _repeated(sentence: Reading, proof: Proof) -> str | None:
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


def _in_pair(amount: Amount, reading: Reading) -> bool:
    return any(amount in pair and _paired(reading.text, *pair) for pair in pairwise(reading.amounts))


def _swapped(sentence: Reading, proof: Proof) -> str | None:
    """Return which two numbers would fit the quotes better if each stood in the other's place, or None."""
    alone = [amount for amount in sentence.amounts if not _in_pair(amount, sentence)]
    for one, other in combinations(alone, 2):
        pieces = _holding(one, other, proof) if _exchangeable(one, other) else []
        if pieces and all(_better_crossed(one, other, sentence, piece.reading) for piece in pieces):
            return f"its quotes have {one.text} and {other.text} the other way round"
    return None


def _exchangeable(one: Amount, other: Amount) -> bool:
    return one.value != other.value and (one.unit == other.unit or one.bare or other.bare)


def _holding(one: Amount, other: Amount, proof: Proof) -> list[Piece]:
    """Return the pieces with the values of both."""
    return [p for p in proof.pieces if {one.value, other.value} <= {a.value for a in p.reading.amounts}]


def _better_crossed(one: Amount, other: Amount, sentence: Reading, piece: Reading) -> bool:
    there = {value: next(a for a in piece.amounts if a.value == value) for value in (one.value, other.value)}
    near = {a: list(_beside(a, sentence)) for a in (one, other)}
    far = {value: list(_beside(a, piece)) for value, a in there.items()}
    straight = _fit(near[one], far[one.value]) + _fit(near[other], far[other.value])
    crossed = _fit(near[one], far[other.value]) + _fit(near[other], far[one.value])
    return crossed > _CROSSED * straight


def _beside(amount: Amount, reading: Reading) -> Iterator[tuple[frozenset[str], float]]:
    """Yield the kin of every word near a number and how near it is, words of grammar included."""
    outside = [word for word in reading.words if not amount.start <= word.start < amount.end]
    return _near(amount, outside, 8, 6)


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


def rival(amount: Amount, equals: Sequence[Amount], sentence: Reading, proof: Proof) -> str | None:
    """Find a number of the same kind that fits the surroundings much better than the one that is named."""
    if amount.bare or _in_pair(amount, sentence) or all(other.bare for other in equals):
        return None
    if crossed := _crossed(amount, equals, sentence, proof):
        return f"its quotes have {crossed.text} where it has {amount.text}"
    here = list(_around(amount, sentence))
    fits = [
        (_fit(here, list(_around(other, piece.reading))), other)
        for piece in proof.pieces
        for other in piece.reading.amounts
        if _comparable(amount, other)
    ]
    own = max((fit for fit, other in fits if other.value == amount.value), default=0.0)
    fit, best = max(((f, o) for f, o in fits if o.value != amount.value), key=lambda one: one[0], default=(0.0, None))
    if best and fit > _RIVAL * own + _CLEARLY:
        return f"its quotes have {best.text} where it has {amount.text}"
    return None


def day_rival(day: Day, sentence: Reading, proof: Proof) -> str | None:
    """Find a day of the quotes that fits the surroundings of a day much better than the one that is named."""
    here = list(_near(day, sentence.content, 6, 8))
    fits: list[tuple[float, bool, str]] = []
    for piece in proof.pieces:
        for moment in piece.reading.moments(piece.published):
            if on := moment.day:
                own = (on.day, on.month) == (day.day, day.month) and day.year in {None, on.year}
                words = piece.reading.text[moment.start : moment.end]
                fits.append((_fit(here, list(_near(moment, piece.reading.content, 6, 8))), own, words))
    own_fit = max((fit for fit, own, _ in fits if own), default=0.0)
    fit, _, words = max((one for one in fits if not one[1]), default=(0.0, False, ""))
    if any(own for _, own, _ in fits) and fit > _RIVAL * own_fit + _CLEARLY:
        return f"its quotes say “{words}” where it has {day.text}"
    return None


def _crossed(amount: Amount, equals: Sequence[Amount], sentence: Reading, proof: Proof) -> Amount | None:
    """Find a number of the same unit that stands with the name with which the sentence has this one."""
    name = _name_of(amount, sentence)
    if name is None or not amount.unit:
        return None
    with_it = [
        other
        for piece in proof.pieces
        for other in piece.reading.amounts
        if other.unit in {amount.unit, ""} and _name_of(other, piece.reading) == name
    ]
    every = [(other, piece.reading) for piece in proof.pieces for other in piece.reading.amounts]
    own = {_name_of(other, reading) for other, reading in every if other in equals}
    return with_it[0] if with_it and name not in own and own != {None} else None


def _name_of(amount: Amount, reading: Reading) -> str | None:
    """Return the last word of the nearest name before a number in its clause."""
    names = [name for name in reading.names if name.end <= amount.start]
    if not names or _SEPARATES.search(reading.text, names[-1].end, amount.start):
        return None
    return names[-1].words[-1]


def _comparable(amount: Amount, other: Amount) -> bool:
    """Whether two numbers measure, or may count, the same kind of thing."""
    if amount.unit != other.unit or other.bare:
        return False
    return not amount.counts or not other.counts or not set(amount.counts).isdisjoint(other.counts) or bool(amount.unit)


def _around(amount: Amount, reading: Reading) -> Iterator[tuple[frozenset[str], float]]:
    """Yield the kin of the words around a number, and how near they are, 1 to 0."""
    return _near(amount, reading.content, 6, 8)


def _near(
    amount: Amount | Day | Moment, found: list[Word], most: int, half: int
) -> Iterator[tuple[frozenset[str], float]]:
    """Yield the kin of the nearest words, and 1 for each that touches the number, a half at `half` characters."""
    away = sorted((max(word.start - amount.end, amount.start - word.end, 0), word.start, word) for word in found)
    for distance, _, word in away[:most]:
        yield kin(word.folded), 1 / (1 + distance / half)


def _fit(here: Sequence[tuple[frozenset[str], float]], there: Sequence[tuple[frozenset[str], float]]) -> float:
    return sum(
        max((min(near, far) for other, far in there if not words.isdisjoint(other)), default=0.0)
        for words, near in here
    )
