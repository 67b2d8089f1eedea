"""Lexical support: whether what a sentence states stands in its quotes, by rules that a person can follow.

It reads words, not meaning, so it is called support and never entailment. On human faithfulness labels the share of
content stems alone ranks as well as a language model's judgement does (mtRAG, arXiv:2501.03468, table of metrics).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from newsqa.verify.checks.amounts import amounts_stand, clocks_stand, rates_stand
from newsqa.verify.checks.arithmetic import pairs_stand
from newsqa.verify.checks.dates import dates_stand, directions_stand
from newsqa.verify.checks.denial import denial_agrees
from newsqa.verify.checks.names import names_stand, sentence_names
from newsqa.verify.checks.reading import QuoteText, read
from newsqa.verify.checks.roles import roles_agree
from newsqa.verify.checks.wording import addresses_stand, grave_words_stand, quoted_words_stand, speakers_stand
from newsqa.verify.facts.synonyms import kin, root

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import date

    from newsqa.verify.checks.reading import Reading


ENOUGH = 0.5
"""The share of a sentence's content words, or near synonyms, from which on its quotes seem to speak of the same."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """How far quotes carry a sentence: the share of its content words in them, and what is wrong, for a person.

    `verbatim` tells that the sentence is its quotes, word for word.
    """

    share: float
    fault: str | None = None
    verbatim: bool = False

    @property
    def stands(self) -> bool:
        """Whether the sentence may be shown."""
        return self.fault is None

    @property
    def named(self) -> bool:
        """Whether only a name is missing, so far as was looked, and the quotes have no other in its place."""
        return self.fault is not None and self.fault.startswith("name ") and self.fault.endswith("of its quotes")


def check_support(
    sentence: str,
    quotes: Sequence[str],
    *,
    known_names: Sequence[str] = (),
    context: Sequence[str] = (),
    published: Sequence[date | None] = (),
) -> Verdict:
    """Check a sentence against its quotes.

    Every number (with its unit and what it counts), date and name must be in the quotes, words in quotation marks must
    stand there as they are, nothing may be denied that they affirm or the reverse, and who says and does what must be
    who says and does it there. A sentence that is its quotes, word for word, always stands. What else it tells is not
    judged here: likeness compares its clauses with the quotes; without a model for that, `by_words` asks for `ENOUGH`.

    `known_names` are names that need no quote: the outlet and byline that a citation shows. `context` holds the title
    and the text of the articles, title first, from which whole names, offices and abbreviations are taken, and
    `published` the day of each quote's article, from which "on Friday" is seen.
    """
    if _repeats(sentence, quotes):
        return Verdict(1.0, verbatim=True)
    proof = QuoteText(tuple(quotes), tuple(known_names), tuple(context), tuple(published))
    said = read(sentence)
    share = _share(said, proof)
    faults = (fault for check in _CHECKS if (fault := check(said, proof)))
    if fault := next(faults, None):
        return Verdict(share, fault)
    return Verdict(share, _too_few(share) if _only_names(said, proof) else None)


def by_words(found: Verdict) -> Verdict:
    """Let a sentence stand only if `ENOUGH` of its words are in its quotes: where no model compares what they mean."""
    return replace(found, fault=_too_few(found.share)) if found.stands and found.share < ENOUGH else found


def _too_few(share: float) -> str:
    return f"only {share:.0%} of its words are in its quotes"


def _repeats(sentence: str, quotes: Sequence[str]) -> bool:
    """Whether the sentence is one of the quotes, or all of them in turn, character for character."""
    said = sentence.split()
    return any(said == quote.split() for quote in (*quotes, " ".join(quotes)))


def _share(sentence: Reading, proof: QuoteText) -> float:
    """Share the content words that are in the quotes, without numbers and dates, which are checked by their values.

    Who says something is checked by itself, so words such as "said" count neither way.
    """
    telling = {root(word.folded): word for word in sentence.telling}
    if not telling:
        return 1.0
    return sum(_weight(kin(word.folded), proof) for word in telling.values()) / len(telling)


def _only_names(sentence: Reading, proof: QuoteText) -> bool:
    """Whether a sentence has nothing of the quotes and their articles but names: who did what there is unknown."""
    named = {word for name in sentence_names(sentence, proof) for word in name.words} | proof.whole.named
    telling = [word for word in sentence.telling if word.folded not in named]
    return len(telling) > 1 and not sentence.amounts and not any(_weight(kin(word.folded), proof) for word in telling)


def _weight(words_like_it: frozenset[str], proof: QuoteText) -> float:
    """Weigh a word in full where the quotes have it, by half where only the article around them does."""
    if not words_like_it.isdisjoint(proof.kin):
        return 1.0
    return 0.5 if not words_like_it.isdisjoint(proof.around.kin) else 0.0


_CHECKS: tuple[Callable[[Reading, QuoteText], str | None], ...] = (
    amounts_stand,
    pairs_stand,
    clocks_stand,
    rates_stand,
    dates_stand,
    names_stand,
    directions_stand,
    quoted_words_stand,
    denial_agrees,
    speakers_stand,
    roles_agree,
    grave_words_stand,
    addresses_stand,
)
