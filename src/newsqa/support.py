"""Lexical support: whether what a sentence states stands in its quotes, by rules that a person can follow.

It reads words, not meaning, so it is called support and never entailment. On human faithfulness labels the share of
content stems alone ranks as well as a language model's judgement does (mtRAG, arXiv:2501.03468, table of metrics).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from newsqa.facts.dates import Day, dates
from newsqa.facts.names import name_words
from newsqa.facts.negations import denied_stems
from newsqa.facts.numbers import Number, numbers
from newsqa.facts.quoted import quoted
from newsqa.facts.words import content_stems, lower_case_words, words

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

ENOUGH = 0.7
"""The share of a sentence's content stems that its quotes must hold."""


@dataclass(frozen=True, slots=True)
class Support:
    """How far quotes carry a sentence: the share of its content stems in them, and what is wrong, for a person."""

    share: float
    fault: str | None = None

    @property
    def stands(self) -> bool:
        """Whether the sentence may be shown."""
        return self.fault is None


def support(sentence: str, quotes: Sequence[str], *, known_names: Sequence[str] = ()) -> Support:
    """Check a sentence against its quotes.

    Every number (with its unit and what it counts), date and name must be in the quotes, words in quotation marks must
    stand there as they are, nothing may be denied that they affirm or the reverse, and `ENOUGH` of the content stems
    must be theirs. A sentence that is its quotes, word for word, always stands. `known_names` are names that need no
    quote: the outlet and byline that a citation shows.
    """
    proof = _Proof(tuple(quotes), tuple(known_names))
    if proof.repeats(sentence):
        return Support(1.0)
    share = _share(sentence, proof)
    faults = (fault for check in _CHECKS if (fault := check(sentence, proof)))
    fault = next(faults, None)
    if fault is None and share < ENOUGH:
        fault = f"only {share:.0%} of its words are in its quotes"
    return Support(share, fault)


@dataclass(frozen=True)
class _Proof:
    """What the quotes state, each part read once and only if a check needs it."""

    quotes: tuple[str, ...]
    known_names: tuple[str, ...]

    def repeats(self, sentence: str) -> bool:
        """Whether the sentence is one of the quotes, or all of them in turn, character for character."""
        said = sentence.split()
        return any(said == quote.split() for quote in (*self.quotes, " ".join(self.quotes)))

    @cached_property
    def folded(self) -> list[list[str]]:
        return [_folded(quote) for quote in self.quotes]

    @cached_property
    def vocabulary(self) -> frozenset[str]:
        named = (fold for name in self.known_names for fold in _folded(name))
        return frozenset(word for quote in self.folded for word in quote) | frozenset(named)

    @cached_property
    def common(self) -> frozenset[str]:
        return lower_case_words("\n".join(self.quotes))

    @cached_property
    def stems(self) -> frozenset[str]:
        found = (word for text in (*self.quotes, *self.known_names) for word in words(text))
        return frozenset(content_stems(found))

    @cached_property
    def numbers(self) -> list[Number]:
        return [number for quote in self.quotes for number in numbers(quote)]

    @cached_property
    def days(self) -> list[Day]:
        return [day for quote in self.quotes for day in dates(quote)]


def _folded(text: str) -> list[str]:
    return [word.folded for word in words(text)]


def _share(sentence: str, proof: _Proof) -> float:
    """Share the content stems outside of numbers, which are checked by their values."""
    spans = [(number.start, number.end) for number in numbers(sentence)]
    telling = (word for word in words(sentence) if not any(start <= word.start < end for start, end in spans))
    stems = content_stems(telling)
    return sum(stem in proof.stems for stem in stems) / len(stems) if stems else 1.0


def _numbers_stand(sentence: str, proof: _Proof) -> str | None:
    for number in numbers(sentence):
        equals = [n for n in proof.numbers if (n.value, n.unit) == (number.value, number.unit)]
        if not equals:
            return f"number {number.text} is in none of its quotes"
        if _counts_otherwise(number, equals, proof.numbers):
            return f"its quotes do not count {number.text} as “{_what(sentence, number)}”"
    return None


def _counts_otherwise(number: Number, equals: list[Number], all_numbers: list[Number]) -> bool:
    """Whether the quotes count what this number counts by another number, and something else by this one."""
    if not number.counts:
        return False
    what = number.counts[0]
    if any(what in n.counts or not n.counts for n in equals):
        return False
    return any(what in n.counts for n in all_numbers)


def _what(sentence: str, number: Number) -> str:
    return " ".join(sentence[number.start :].split()[:3]).rstrip(".,;:!?")


def _dates_stand(sentence: str, proof: _Proof) -> str | None:
    missing = (day for day in dates(sentence) if not any(day.agrees(other) for other in proof.days))
    return next((f"date {day.text} is in none of its quotes" for day in missing), None)


def _names_stand(sentence: str, proof: _Proof) -> str | None:
    missing = (word for word in name_words(sentence, proof.common) if word not in proof.vocabulary)
    fault = next(missing, None)
    if fault is None:
        return None
    written = next((word.text for word in words(sentence) if word.folded == fault), fault)
    return f"name {written} is in none of its quotes"


def _quoted_words_stand(sentence: str, proof: _Proof) -> str | None:
    for inside in quoted(sentence):
        wanted = _folded(inside)
        if not any(_holds(quote, wanted) for quote in proof.folded):
            return f"the words “{inside}” do not stand so in its quotes"
    return None


def _holds(quote: list[str], wanted: list[str]) -> bool:
    return any(quote[at : at + len(wanted)] == wanted for at in range(len(quote) - len(wanted) + 1))


def _negation_agrees(sentence: str, proof: _Proof) -> str | None:
    denied, negated = denied_stems(sentence)
    each = [denied_stems(quote) for quote in proof.quotes]
    proof_denied = frozenset[str]().union(*(stems for stems, _ in each))
    if negated and not any(any_negation for _, any_negation in each):
        return "it denies something, and its quotes deny nothing"
    if wrongly := denied & proof.stems - proof_denied:
        return f"it denies what its quotes do not deny ({', '.join(sorted(wrongly))})"
    asserted = frozenset(content_stems(words(sentence))) - denied
    if wrongly := asserted & proof_denied - _affirmed(proof, proof_denied):
        return f"it affirms what its quotes deny ({', '.join(sorted(wrongly))})"
    return None


def _affirmed(proof: _Proof, denied: frozenset[str]) -> frozenset[str]:
    """Of the stems that the quotes deny, those that they affirm elsewhere too."""
    counts = dict.fromkeys(denied, 0)
    for quote in proof.quotes:
        here, _ = denied_stems(quote)
        for stem in content_stems(words(quote)):
            if stem in counts:
                counts[stem] += 1
        for stem in here & denied:
            counts[stem] -= 1
    return frozenset(stem for stem, count in counts.items() if count > 0)


_CHECKS: tuple[Callable[[str, _Proof], str | None], ...] = (
    _numbers_stand,
    _dates_stand,
    _names_stand,
    _quoted_words_stand,
    _negation_agrees,
)
