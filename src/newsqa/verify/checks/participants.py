"""The cast of a sentence and of its quotes: everyone who takes part, with all that each is tied to.

Pronouns count for whoever was last the subject, sought backwards into the article; words that follow a speaker's in
quotation marks are still theirs.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import TYPE_CHECKING

from newsqa.text.calendar import CALENDAR
from newsqa.text.sentences import sentence_spans
from newsqa.text.words import FUNCTION_WORDS, word_set
from newsqa.verify.checks.clauses import clauses
from newsqa.verify.checks.parties import (
    PERSONAL,
    POINTING,
    Party,
    acts,
    meet,
    owners,
    parties,
    party_at,
    same_names,
    shortened,
)
from newsqa.verify.checks.reading import kin_near
from newsqa.verify.checks.trees import tree
from newsqa.verify.facts.synonyms import BODIES, REPORTING, actor, is_nation, kin, other_names, root, same_people

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from newsqa.text.names import Name
    from newsqa.text.words import Word
    from newsqa.verify.checks.clauses import Clause
    from newsqa.verify.checks.reading import QuoteText, Reading
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
    """Find the ties of all who are mentioned in a sentence. Raises ModelError if there is no parser."""
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


def _ties_around(parsed: Tree, at: int) -> frozenset[str]:
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
            yield Tied(owner, Tie("doer", SAYS, _ties_around(parsed, at) - owner.words))
        else:
            yield Tied(owner, Tie("whose" if acts(word) else how, kin(word), beside - owner.words))
    whole = party_at(parsed, at)
    if whole.names and word not in POINTING and parsed.tokens[at].dependency not in {"compound", "nmod"}:
        for office in whole.words - whole.names:
            yield Tied(whole, Tie("is", kin(office), frozenset()))


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
        """True if it is a person or a body, so far as words tell."""
        return bool(self.names) or any(acts(word) for word in self.words)


@lru_cache(maxsize=64)
def cast(source: QuoteText) -> tuple[Participant, ...]:
    """Return who takes part in the quotes. Raises ModelError if there is no parser."""
    figures: list[Participant] = []
    for place, piece in enumerate(source.pieces):
        text = piece.reading.text
        before, after = _around(text, source, place)
        earlier = [other.reading.text for other in source.pieces[:place]]
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
    """Return True if the last name of one is among the names of the other, or made of their first letters."""
    heads, others = one.heads & one.names, other.heads & other.names
    if any(known <= other.names for known in other_names(frozenset(one.names))):
        return True
    return same_names(heads, other.names) or same_names(others, one.names) or shortened(one.names, other.names)


def _around(text: str, source: QuoteText, place: int) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the sentences before and after one, the nearest first: those of the article, else of the quotes."""
    for article in source.context:
        if (at := article.find(text)) >= 0:
            end = at + len(text)
            before, after = article[max(0, at - _REACH) : at], article[end : end + _REACH]
            return tuple(_sentences(before)[::-1][:_BACK]), tuple(_sentences(after)[:_BACK])
    texts = [piece.reading.text for piece in source.pieces]
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
    """Return True if a pronoun may mean a party: "she" means no body of people."""
    if party.points:
        return False
    body = any((actor(word) or "") in BODIES for word in party.words)
    return (party.acts and not body) if pronoun.head in PERSONAL else True


def alike(one: Participant, there: Sequence[Participant], source: QuoteText) -> list[Participant]:
    """Return all in the quotes who one may be, by a name, a word, or what the article calls them."""
    return [o for o in there if _same(one, o) or _called(one, o, source) or _called(o, one, source)]


def called(one: Party | Participant) -> str:
    """Return the words by which a fault names one who takes part."""
    return " ".join(sorted(one.names or one.words))


def matching(one: Participant, there: Sequence[Participant], source: QuoteText) -> list[Participant]:
    """Return who of the quotes one may be: whoever shares a name or a word, else whom the article calls so."""
    direct = [other for other in there if _same(one, other)]
    return direct or [other for other in there if _called(one, other, source) or _called(other, one, source)]


def _same(one: Participant, other: Participant) -> bool:
    return _named_alike(one, other) if one.names and other.names else meet(one.words, other.words)


def _called(named: Participant, described: Participant, source: QuoteText) -> bool:
    """Return True if a word stands close to a name somewhere in the article: "Wrothsley, the engineer"."""
    near = (kin_near(name, text) for name in named.names for text in source.context)
    return any(not kin(office).isdisjoint(found) for found in near for office in described.words if actor(office))


# Who "she", "the mayor" or "the spacecraft" is, by the article around the quotes.

_BREAK = re.compile(r"[^\w\s'’-]")
_COMMA = re.compile(r"\s*,\s+(?:(?:an?|the|its|their)\s+)?")
_DESCRIBED = 3
"""Words after "the" among which is what it calls someone: "the former Ukrainian president"."""


def pointed_at(name: Name, source: QuoteText) -> bool:
    """Check if the quotes mean one of this name by a pronoun or by what the article calls them and no one else."""
    return _by_pronoun(name, source) or any(
        _antecedents_called(name, words, source) for words in _descriptions(source.whole)
    )


def _by_pronoun(name: Name, source: QuoteText) -> bool:
    """Return True if whoever was last the subject before a "he" of the quotes has this name."""
    known = (figure for figure in cast(source) if figure.ties and name.words[-1] in figure.names)
    return any({*name.words} <= figure.words for figure in known)


def _descriptions(quotes: Reading) -> Iterator[list[str]]:
    """Yield what follows each "the" of the quotes, so far as one thing may be called so."""
    for n, word in enumerate(quotes.words):
        if word.folded == "the":
            yield [other.folded for other in _unbroken(quotes, n + 1, n + 1 + _DESCRIBED)]


def _unbroken(text: Reading, start: int, end: int) -> Iterator[Word]:
    """Yield the words between two places up to a word of grammar or a mark."""
    for n in range(start, min(end, len(text.words))):
        word = text.words[n]
        if word.folded in FUNCTION_WORDS or (n > start and _BREAK.search(text.text, text.words[n - 1].end, word.start)):
            return
        yield word


def _antecedents_called(name: Name, description: list[str], source: QuoteText) -> bool:
    """Check if the article puts a description beside this name, with its nation if it has one, else beside no other."""
    beside = _beside(name.words[-1], source.around)
    nation = next((word for word in description if is_nation(word)), None)
    if nation and not any(same_people(nation, word) for word in beside):
        return False
    others = {other.words[-1] for other in source.around.names} - {*name.words}
    known = [beside, *(() if nation else (_beside(other, source.around) for other in others))]
    heads = (word for word in description if not is_nation(word))
    return any([_has(head, some) for some in known] == [True] + [False] * (len(known) - 1) for head in heads)


def _has(word: str, some: frozenset[str]) -> bool:
    return any(not kin(word).isdisjoint(kin(other)) for other in some)


@lru_cache(maxsize=2048)
def _beside(surname: str, article: Reading) -> frozenset[str]:
    """Return the words right before and after a name, and those in apposition to it."""
    found: set[str] = set()
    for n, word in enumerate(article.words):
        if word.folded != surname or not word.capitalised:
            continue
        before = [*_unbroken_before(article, n)]
        found |= {other.folded for other in (*before, *_unbroken(article, n + 1, n + 2))}
        if comma := _COMMA.match(article.text, word.end):
            after = next((m for m in range(n + 1, len(article.words)) if article.words[m].start >= comma.end()), None)
            found |= {other.folded for other in _unbroken(article, after, after + 4)} if after else set()
    return frozenset(found)


def _unbroken_before(text: Reading, at: int) -> Iterator[Word]:
    """Yield the four words before a place, back to a word of grammar or a mark."""
    for n in range(at - 1, max(-1, at - 5), -1):
        word = text.words[n]
        if word.folded in FUNCTION_WORDS or _BREAK.search(text.text, word.end, text.words[n + 1].start):
            return
        yield word
