"""What each who takes part is tied to: the verbs, offices, things and words that a sentence puts them with."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from newsqa.text.calendar import CALENDAR
from newsqa.text.words import FUNCTION_WORDS, word_set
from newsqa.verify.checks.clauses import clauses
from newsqa.verify.checks.parties import POINTING, Party, acts, owners, parties, party_at
from newsqa.verify.checks.trees import tree
from newsqa.verify.facts.sayings import REPORTING
from newsqa.verify.facts.synonyms import kin, root

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from newsqa.verify.checks.clauses import Clause
    from newsqa.verify.checks.trees import Tree


SAYS = frozenset({"#says"})
_SAID_NOUNS = word_set("view eyes opinion words message statement account claim argument remark comment announcement")
_FOUND = frozenset({"NOUN", "PROPN", "ADJ", "NUM", "VERB", "ADV"})


@dataclass(frozen=True, slots=True)
class Tie:
    """What one takes part in: as whom (`doer`, `done`, `owner`, `is`, or a preposition), in what, with which words.

    It is not `sure` where only a pronoun says who.
    """

    slot: str
    what: frozenset[str]
    words: frozenset[str]
    sure: bool = True


@dataclass(frozen=True, slots=True)
class Tied:
    """A mention of a party with one tie."""

    party: Party
    tie: Tie


@lru_cache(maxsize=4096)
def ties(text: str) -> tuple[Tied, ...]:
    """Find the ties of all who are mentioned in a sentence. Raises ModelError where there is no parser."""
    parsed = tree(text)
    found = [tied for clause in clauses(text) for tied in _of_clause(parsed, clause)]
    found += _according(parsed)
    nouns = [at for at, token in enumerate(parsed.tokens) if token.part in {"NOUN", "PROPN"}]
    found += [tied for at in nouns for tied in _of_noun(parsed, at)]
    return tuple(tied for tied in found if tied.party.words and tied.party.words.isdisjoint(CALENDAR))


def _of_clause(parsed: Tree, clause: Clause) -> Iterator[Tied]:
    what = verb_kin(clause.verb)
    words = _said_words(parsed, clause) if what == SAYS else clause.words
    for slot, some in (("doer", clause.doers), ("done", clause.done)):
        for party in some:
            yield Tied(party, Tie(slot, what, words - party.words))
    for slot, party in clause.others:
        yield Tied(party, Tie(slot, what, words - party.words))
    yield from _given(clause)


def verb_kin(verb: str) -> frozenset[str]:
    """Return what a verb may be put for; all verbs of saying are one."""
    return SAYS if root(verb) in REPORTING else kin(verb)


def _given(clause: Clause) -> Iterator[Tied]:
    """Yield who praises and who is praised where one "wins praise from" another."""
    givers = [party for slot, party in clause.others if slot == "from" and party.acts]
    for thing in clause.done if givers else ():
        words = clause.words - {thing.head}
        yield from (Tied(party, Tie("doer", verb_kin(thing.head), words)) for party in givers)
        yield from (Tied(party, Tie("done", verb_kin(thing.head), words)) for party in clause.doers)


def _said_words(parsed: Tree, clause: Clause) -> frozenset[str]:
    """Return the words of what is said: the clause below the verb, or the one in which "she said" is put."""
    at = clause.at
    below = parsed.under(at, "ccomp", "xcomp", "dobj", "advcl")
    marks = {parsed.word(mark) for mark in parsed.under(at, "mark")}
    named = not any(parsed.word(one) in POINTING for one in parsed.under(at, "nsubj"))
    so_said = parsed.tokens[at].dependency == "advcl" and "as" in marks and named
    aside = parsed.tokens[at].dependency == "parataxis" or so_said
    if below:
        return frozenset(word for place in below for word in content(parsed, parsed.below(place)))
    place = parsed.tokens[at].head if aside else at
    return frozenset(content(parsed, parsed.below(place, "advcl", "conj")))


def content(parsed: Tree, places: Iterable[int]) -> Iterator[str]:
    """Yield the words at some places that say something, folded."""
    for at in places:
        word = parsed.word(at)
        if parsed.tokens[at].part in _FOUND and word not in FUNCTION_WORDS:
            yield word


def _according(parsed: Tree) -> Iterator[Tied]:
    for at, token in enumerate(parsed.tokens):
        if token.lemma in {"accord", "according"}:
            said = parsed.below(token.head, "advcl") if token.head != at else ()
            words = frozenset(content(parsed, said))
            for to in parsed.under(at, "prep"):
                for low in parsed.under(to, "pobj"):
                    for party in parties(parsed, low):
                        yield Tied(party, Tie("doer", SAYS, words - party.words))


def _around(parsed: Tree, at: int) -> frozenset[str]:
    """Return the words of the clause in which "in his view" stands."""
    verb = next((head for head in parsed.heads(at) if parsed.tokens[head].part in {"VERB", "AUX"}), at)
    return frozenset(content(parsed, parsed.below(verb)))


def _of_noun(parsed: Tree, at: int) -> Iterator[Tied]:
    """Yield the ties of those to whom a noun belongs, and of a name to the office beside it."""
    word = parsed.word(at)
    beside = frozenset(parsed.word(one) for one in parsed.children[at] if parsed.tokens[one].part in _FOUND)
    for how, place in owners(parsed, at) if parsed.tokens[at].part != "PROPN" else ():
        owner = party_at(parsed, place)
        if word in _SAID_NOUNS:
            yield Tied(owner, Tie("doer", SAYS, _around(parsed, at) - owner.words))
        else:
            yield Tied(owner, Tie("whose" if acts(word) else how, kin(word), beside - owner.words))
    whole = party_at(parsed, at)
    if whole.names and word not in POINTING and parsed.tokens[at].dependency not in {"compound", "nmod"}:
        for office in whole.words - whole.names:
            yield Tied(whole, Tie("is", kin(office), frozenset()))
