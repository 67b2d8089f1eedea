"""The cast of a sentence and of its quotes: everyone who takes part, with all that each is tied to.

Pronouns count for whoever was last the subject, sought backwards into the article; words that follow a speaker's in
quotation marks are still theirs.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import TYPE_CHECKING

from newsqa.text.sentences import sentence_spans
from newsqa.verify.checks.clauses import clauses
from newsqa.verify.checks.parties import PERSONAL, acts, meet, same_names, shortened
from newsqa.verify.checks.reading import kin_near
from newsqa.verify.checks.ties import SAYS, content, ties
from newsqa.verify.checks.trees import tree
from newsqa.verify.facts.nations import other_names
from newsqa.verify.facts.offices import BODIES, actor
from newsqa.verify.facts.synonyms import kin

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from newsqa.verify.checks.parties import Party
    from newsqa.verify.checks.reading import QuoteText
    from newsqa.verify.checks.ties import Tie, Tied


_BACK = 3
"""Sentences before a quote in which whoever a pronoun means is sought."""

_REACH = 1_000
"""Characters in which these sentences are sought."""

_MOST = 40
"""Figures of a text that are told apart; a list of hundreds is no sentence, and all are compared with all."""

_QUOTED = re.compile('[“”"]')
_CHOICES = 5
"""Whom a pronoun may mean, at most."""


@dataclass
class Participant:
    """One who takes part, by the words of all mentions, the names among them, and their heads.

    `ties` are what they are tied to, `perhaps` what a pronoun, or words without a speaker, may tie them to.
    """

    words: set[str]
    names: set[str]
    heads: set[str]
    ties: list[Tie] = field(default_factory=list)
    perhaps: list[Tie] = field(default_factory=list)

    @property
    def acts(self) -> bool:
        """Whether it is a person or a body, so far as words tell."""
        return bool(self.names) or any(acts(word) for word in self.words)


@lru_cache(maxsize=64)
def cast(proof: QuoteText) -> tuple[Participant, ...]:
    """Return who takes part in the quotes. Raises ModelError where there is no parser."""
    figures: list[Participant] = []
    for place, piece in enumerate(proof.pieces):
        text = piece.reading.text
        before, after = _around(text, proof, place)
        earlier = [other.reading.text for other in proof.pieces[:place]]
        _enter(figures, text, (text, *before, *reversed(earlier)))
        if _QUOTED.search(text) and not any(_speaks(tied) for tied in ties(text)):
            _go_on(figures, text, before, after)
    return tuple(figures)


def _go_on(figures: list[Participant], text: str, before: tuple[str, ...], after: tuple[str, ...]) -> None:
    """Give words in quotation marks without a speaker to whoever may speak in the nearest sentence that has one."""
    words = frozenset(content(tree(text), range(len(tree(text).tokens))))
    for near in (*after[:1], *before, *after[1:]):
        spoken = [tied for tied in ties(near) if _speaks(tied)]
        for tied in spoken:
            for party in [tied.party] if not tied.party.points else _meant(tied.party, (near, *before)):
                _figure(figures, party).perhaps.append(replace(tied.tie, words=words, sure=False))
        if spoken:
            return


def _speaks(tied: Tied) -> bool:
    return tied.tie.slot == "doer" and tied.tie.what == SAYS


@lru_cache(maxsize=256)
def own_cast(sentence: str) -> tuple[Participant, ...]:
    """Return who takes part in a sentence, its pronouns told from what stands before them in it."""
    figures: list[Participant] = []
    _enter(figures, sentence, (sentence,))
    return tuple(figures)


def _enter(figures: list[Participant], text: str, texts: tuple[str, ...]) -> None:
    for tied in ties(text):
        if not tied.party.points:
            _figure(figures, tied.party).ties.append(tied.tie)
            continue
        unsure = replace(tied.tie, sure=False)
        for n, party in enumerate(_meant(tied.party, texts)):
            figure = _figure(figures, party)
            (figure.perhaps if n else figure.ties).append(unsure)


def _figure(figures: list[Participant], party: Party) -> Participant:
    """Return the figure that a party is, a new one where it is none of those so far."""
    new = Participant(set(party.words), set(party.names), {party.head})
    for figure in figures:
        if _named_alike(new, figure) if new.names and figure.names else party.head in figure.words:
            figure.words |= new.words
            figure.names |= new.names
            figure.heads |= new.heads
            return figure
    if len(figures) < _MOST:
        figures.append(new)
    return new


def _named_alike(one: Participant, other: Participant) -> bool:
    """Whether the last name of one is among the names of the other, or made of their first letters."""
    heads, others = one.heads & one.names, other.heads & other.names
    if any(known <= other.names for known in other_names(frozenset(one.names))):
        return True
    return same_names(heads, other.names) or same_names(others, one.names) or shortened(one.names, other.names)


def _around(text: str, proof: QuoteText, place: int) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the sentences before and after one, the nearest first: those of the article, else of the quotes."""
    for article in proof.context:
        if (at := article.find(text)) >= 0:
            end = at + len(text)
            before, after = article[max(0, at - _REACH) : at], article[end : end + _REACH]
            return tuple(_sentences(before)[::-1][:_BACK]), tuple(_sentences(after)[:_BACK])
    texts = [piece.reading.text for piece in proof.pieces]
    return tuple(texts[:place][::-1][:_BACK]), tuple(texts[place + 1 :][:_BACK])


def _sentences(text: str) -> list[str]:
    return [text[start:end] for start, end in sentence_spans(text)]


def _meant(pronoun: Party, texts: tuple[str, ...]) -> list[Party]:
    """Return whom a pronoun may mean, the likeliest first: subjects of its sentence before it, then of those before."""
    found: list[Party] = []
    for n, text in enumerate(texts):
        fitting = [one for one in _subjects(text, -1 if n else pronoun.at) if _fits(pronoun, one)]
        found += reversed([one for one in fitting if n or one.at < pronoun.at])
    return found[:_CHOICES]


def _subjects(text: str, obj: int) -> Iterator[Party]:
    """Yield the subjects of a sentence, save where a place is the object: "she hit her" speaks of two."""
    for clause in clauses(text):
        if all(party.at != obj for party in clause.parties if party not in clause.doers):
            yield from clause.done if clause.passive and not clause.doers else clause.doers


def _fits(pronoun: Party, party: Party) -> bool:
    """Whether a pronoun may mean a party: "she" means no body of people."""
    if party.points:
        return False
    body = any((actor(word) or "") in BODIES for word in party.words)
    return (party.acts and not body) if pronoun.head in PERSONAL else True


def alike(one: Participant, there: Sequence[Participant], proof: QuoteText) -> list[Participant]:
    """Return all in the quotes who one may be, by a name, a word, or what the article calls them."""
    return [o for o in there if _same(one, o) or _called(one, o, proof) or _called(o, one, proof)]


def matching(one: Participant, there: Sequence[Participant], proof: QuoteText) -> list[Participant]:
    """Return who of the quotes one may be: whoever shares a name or a word, else whom the article calls so."""
    direct = [other for other in there if _same(one, other)]
    return direct or [other for other in there if _called(one, other, proof) or _called(other, one, proof)]


def _same(one: Participant, other: Participant) -> bool:
    return _named_alike(one, other) if one.names and other.names else meet(one.words, other.words)


def _called(named: Participant, described: Participant, proof: QuoteText) -> bool:
    """Whether a word stands close to a name somewhere in the article: "Wrothsley, the engineer"."""
    near = (kin_near(name, text) for name in named.names for text in proof.context)
    return any(not kin(office).isdisjoint(found) for found in near for office in described.words if actor(office))
