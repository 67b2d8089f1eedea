"""A sentence as the checks see it, and its quotes: each part read once, and only if a check needs it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

from newsqa.text.calendar import CALENDAR, Day, dates
from newsqa.text.names import Name, names
from newsqa.text.sentences import sentence_spans
from newsqa.text.words import Word, lower_case_words, words
from newsqa.verify.facts.amounts import Amount, amounts, implied
from newsqa.verify.facts.moments import Clock, Moment, clocks, moments
from newsqa.verify.facts.synonyms import REPORTING, kin, root

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date


@dataclass(frozen=True)
class Reading:
    """What a text states."""

    text: str

    @cached_property
    def words(self) -> list[Word]:
        """All its words."""
        return words(self.text)

    @cached_property
    def content(self) -> list[Word]:
        """Its words that say something, numbers and dates aside."""
        facts: tuple[Amount | Day | Clock, ...] = (*self.amounts, *self.days, *self.clocks)
        spans = [(fact.start, fact.end) for fact in facts]
        return [w for w in self.words if w.content and not any(start <= w.start < end for start, end in spans)]

    @cached_property
    def telling(self) -> list[Word]:
        """Its content words but for those of saying: who says something is checked by itself."""
        return [word for word in self.content if root(word.folded) not in REPORTING]

    @cached_property
    def kin(self) -> frozenset[str]:
        """The roots of all its words, and the groups of synonyms that they belong to."""
        return frozenset[str]().union(*(kin(word.folded) for word in self.words))

    @cached_property
    def roots(self) -> frozenset[str]:
        """The roots of all its words."""
        return frozenset(root(word.folded) for word in self.words)

    @cached_property
    def folded(self) -> frozenset[str]:
        """All its words, folded."""
        return frozenset(word.folded for word in self.words)

    @cached_property
    def amounts(self) -> list[Amount]:
        """Its numbers."""
        return amounts(self.text)

    @cached_property
    def implied(self) -> list[Amount]:
        """The amounts that it has without a number of their own: "a decade"."""
        return list(implied(self.text, self.amounts))

    @cached_property
    def clocks(self) -> list[Clock]:
        """Its times of the clock."""
        return clocks(self.text)

    @cached_property
    def days(self) -> list[Day]:
        """Its dates."""
        return dates(self.text)

    @cached_property
    def names(self) -> list[Name]:
        """Its names, without months and weekdays."""
        found = names(self.text, self.common)
        return [name for name in found if not set(name.words) <= CALENDAR]

    @cached_property
    def common(self) -> frozenset[str]:
        """The words that it writes in lower case too."""
        return lower_case_words(self.text)

    @cached_property
    def named(self) -> frozenset[str]:
        """The words of its names."""
        return frozenset(word for name in self.names for word in name.words)

    def moments(self, published: date | None) -> list[Moment]:
        """Return the times that it may mean, seen from a day."""
        return moments(self.text, published)

    def shared(self, other: Reading) -> int:
        """Count its content words that have kin in another text."""
        return sum(not kin(word.folded).isdisjoint(other.kin) for word in self.content)


@lru_cache(maxsize=8192)
def read(text: str) -> Reading:
    """Read a text, or remember what was read."""
    return Reading(text)


def kin_near(surname: str, text: str) -> frozenset[str]:
    """Return the kin of the words within a few words of a name."""
    found = read(text).words
    places = [n for n, word in enumerate(found) if word.folded == surname]
    near = {word.folded for place in places for word in found[max(0, place - 10) : place + 11]}
    return frozenset(k for word in near for k in kin(word))


@dataclass(frozen=True)
class QuoteSentence:
    """One sentence of a quote, and the day on which its article was published."""

    reading: Reading
    published: date | None


@dataclass(frozen=True)
class QuoteText:
    """What a sentence is checked against."""

    quotes: tuple[str, ...]
    known_names: tuple[str, ...] = ()
    context: tuple[str, ...] = ()
    published: tuple[date | None, ...] = ()

    @cached_property
    def pieces(self) -> list[QuoteSentence]:
        """The sentences of its quotes, in order."""
        return [
            QuoteSentence(read(quote[start:end]), self.published[n] if n < len(self.published) else None)
            for n, quote in enumerate(self.quotes)
            for start, end in sentence_spans(quote)
        ]

    @cached_property
    def whole(self) -> Reading:
        """All quotes together."""
        return read("\n".join(self.quotes))

    @cached_property
    def known(self) -> Reading:
        """The names that need no quote."""
        return read("\n".join(f"so {name}" for name in self.known_names))

    @cached_property
    def around(self) -> Reading:
        """The titles and texts of the articles."""
        return read("\n".join(self.context))

    @cached_property
    def common(self) -> frozenset[str]:
        """The words that quotes or articles write in lower case: at the head of a sentence they are no names."""
        return self.whole.common | self.around.common

    @cached_property
    def kin(self) -> frozenset[str]:
        """The roots and synonyms of all words that support a sentence."""
        return self.whole.kin | self.known.kin

    @cached_property
    def amounts(self) -> list[Amount]:
        """All numbers of the quotes."""
        return [amount for piece in self.pieces for amount in piece.reading.amounts]

    @cached_property
    def implied(self) -> list[Amount]:
        """The amounts that the quotes have without a number of their own."""
        return [amount for piece in self.pieces for amount in piece.reading.implied]

    @cached_property
    def clocks(self) -> list[Clock]:
        """All times of the clock in the quotes."""
        return [clock for piece in self.pieces for clock in piece.reading.clocks]

    @cached_property
    def moments(self) -> list[Moment]:
        """All days that the quotes may mean."""
        return [moment for piece in self.pieces for moment in piece.reading.moments(piece.published)]

    def nearest(self, found: Iterable[Word], slack: int = 0) -> list[QuoteSentence]:
        """Return the pieces that share most words with these, and those with at most `slack` fewer."""
        wanted = [kin(word.folded) for word in found]
        scores = [sum(not one.isdisjoint(piece.reading.kin) for one in wanted) for piece in self.pieces]
        best = max(scores, default=0)
        return [p for p, score in zip(self.pieces, scores, strict=True) if best and score >= max(1, best - slack)]
