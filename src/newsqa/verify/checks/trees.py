"""A sentence as a tree of words that depend on each other, read off the parser once."""

from __future__ import annotations

import heapq
import re
from collections import defaultdict
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Protocol

from newsqa.models.parser import parse
from newsqa.text.words import fold, word_set
from newsqa.verify.checks.reading import read
from newsqa.verify.facts.synonyms import kin

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from newsqa.models.parser import Token
    from newsqa.verify.checks.reading import Reading


_DATELINE = re.compile(r"[A-Z][A-Z .,'’()]+[—–-]\s+")
"""The place before a report: “HATHERSK — Divers …”; the parser would take it for the subject."""

_APOSTROPHE = re.compile(r"(?<=\w)’(?=\w)")
"""As in “wasn’t”, which the parser knows with a straight one only."""


@dataclass(frozen=True)
class Tree:
    """The tokens of a text and, for each, the places of those that depend on it."""

    tokens: tuple[Token, ...]
    children: tuple[tuple[int, ...], ...]

    def under(self, at: int, *dependencies: str) -> list[int]:
        """Return the places of what depends on a token in one of these ways, in order."""
        return [child for child in self.children[at] if self.tokens[child].dependency in dependencies]

    def below(self, at: int, *without: str) -> Iterator[int]:
        """Yield the places of a token and all below it, not going into what depends in one of these ways."""
        waiting = [at]
        while waiting:
            one = waiting.pop()
            yield one
            waiting += (child for child in self.children[one] if self.tokens[child].dependency not in without)

    def heads(self, at: int) -> Iterator[int]:
        """Yield the places of what a token depends on, the nearest first."""
        while self.tokens[at].head != at:
            at = self.tokens[at].head
            yield at

    def word(self, at: int) -> str:
        """Return a token as words are compared."""
        return fold(self.tokens[at].text)

    def preposition(self, at: int) -> str:
        """Return the preposition that rules a token, "" if none does."""
        head = self.tokens[self.tokens[at].head]
        return head.text.lower() if self.tokens[at].dependency in {"pobj", "pcomp"} else ""

    def all_joined(self, at: int) -> list[int]:
        """Return a token and those joined to it by "and" or "or"."""
        joined = [at]
        for one in joined:
            joined += self.under(one, "conj")
        return joined

    def joined_to(self, at: int) -> int:
        """Return the first of the tokens that "and" joins, of which this is one."""
        while self.tokens[at].dependency == "conj" and self.tokens[at].head != at:
            at = self.tokens[at].head
        return at


def _verbs_found(tokens: tuple[Token, ...]) -> tuple[Token, ...]:
    """Make a verb of a participle that the parser puts before the noun it rules: "Tam recently criticized Mayor Bask".

    So it is where no verb stands in the sentence above it, and a name without "the" stands right before it.
    """
    for at, token in enumerate(tokens):
        noun = _whole_noun(tokens, token.head)
        before = next((n for n in range(at - 1, -1, -1) if tokens[n].dependency != "advmod"), None)
        if before is None or not (token.dependency == "amod" and token.tag in {"VBN", "VBD"} and noun > at):
            continue
        alone = tokens[before].head in {at, token.head, noun}
        if tokens[before].part == "PROPN" and tokens[noun].dependency == "ROOT" and alone:
            return tuple(_turned(tokens, n, at, before) for n in range(len(tokens)))
    return tokens


def _whole_noun(tokens: tuple[Token, ...], at: int) -> int:
    """Return the noun of which one is part: Bask in "Mayor Bask"."""
    while tokens[at].dependency == "compound" and tokens[at].head > at:
        at = tokens[at].head
    return at


def _turned(tokens: tuple[Token, ...], at: int, verb: int, doer: int) -> Token:
    """Return a token as it stands where a participle is the verb of the sentence, with its doer and the noun behind."""
    token, noun = tokens[at], _whole_noun(tokens, tokens[verb].head)
    if at == verb:
        return replace(token, part="VERB", tag="VBD", dependency="ROOT", head=verb)
    if at == doer:
        return replace(token, dependency="nsubj", head=verb)
    if at == noun:
        return replace(token, dependency="dobj", head=verb)
    below = token.head == noun and (at < verb or token.dependency in {"prep", "advcl", "punct"})
    return replace(token, head=verb) if below else token


@lru_cache(maxsize=4096)
def tree(text: str) -> Tree:
    """Parse a sentence. Raises ModelError if there is no parser."""
    line = _DATELINE.match(text)
    tokens = _verbs_found(parse(_APOSTROPHE.sub("'", text[line.end() :] if line else text)))
    children: list[list[int]] = [[] for _ in tokens]
    for at, token in enumerate(tokens):
        if token.head != at:
            children[token.head].append(at)
    return Tree(tokens, tuple(map(tuple, children)))


# The words that a number, a time or a name belongs to, by their distance in the tree.

Binding = tuple[tuple[frozenset[str], float], ...]
"""Words that a fact belongs to: the kin of each, and how close it is, 1 to 0."""

_LINK, _STEP, _CLAUSE = 0.25, 1.0, 2.0
"""What a step in the tree costs: over a word of grammar, between words that say something, into another clause."""

_LINKS = word_set("prep aux auxpass agent punct det mark cc case")
_CLAUSES = word_set("advcl ccomp relcl parataxis conj")
_COSTS = dict.fromkeys(_LINKS, _LINK) | dict.fromkeys(_CLAUSES, _CLAUSE)
_PLACING = word_set("in at on near off outside inside around across")
_FARTHEST = 4.5
_BETTER, _CLEARLY = 1.4, 0.2
"""How many times better, and by how much, one binding must fit than another to be the one that was meant."""


class Placed(Protocol):
    """Anything with a place in a text."""

    @property
    def start(self) -> int:
        """Its first character."""

    @property
    def end(self) -> int:
        """The character after its last."""


def binding(fact: Placed, reading: Reading) -> Binding:
    """Return the words that a fact of a text belongs to. Raises ModelError if there is no parser."""
    return _binding(fact.start, fact.end, reading.text)


@lru_cache(maxsize=8192)
def _binding(start: int, end: int, text: str) -> Binding:
    tokens = parse(text)
    inside = [n for n, token in enumerate(tokens) if token.start < end and start < token.end]
    away = _distances(inside, tokens)
    outside = [word for word in read(text).content if word.end <= start or end <= word.start]
    near = ((word, _nearest(word, tokens, away)) for word in outside)
    return tuple((kin(word.folded), 1 / (1 + far)) for word, far in near if far <= _FARTHEST)


def fit(here: Binding, there: Binding) -> float:
    """Return how much of one binding another has, each word by the farther of its two places."""
    return sum(
        max((min(near, far) for other, far in there if not words.isdisjoint(other)), default=0.0)
        for words, near in here
    )


def clearly_better(one: float, other: float) -> bool:
    """Return True if one fit is so much better than another that it is no chance."""
    return one > _BETTER * other + _CLEARLY


def slot(fact: Placed, reading: Reading) -> str:
    """Return how a name hangs on the rest: "in" after that word, "of" before a noun, else "as"; "" for no name."""
    tokens = parse(reading.text)
    inside = [n for n, token in enumerate(tokens) if token.start < fact.end and fact.start < token.end]
    if not any(t.part == "PROPN" or (t.part == "NOUN" and not t.text.isupper()) for t in (tokens[n] for n in inside)):
        return ""
    at = next((n for n in inside if tokens[n].head not in inside), None)
    while at is not None and tokens[at].dependency in {"conj", "appos"} and tokens[at].head != at:
        at = tokens[at].head
    if at is None or tokens[at].dependency in {"poss", "compound", "amod", "nmod"}:
        return "of"
    return "in" if tokens[at].dependency == "pobj" and tokens[tokens[at].head].text.lower() in _PLACING else "as"


def verbs(fact: Placed, reading: Reading) -> frozenset[str]:
    """Return the kin of the verb over a fact, and of the one that "and" joins to it if both have one subject."""
    tokens = parse(reading.text)
    at = next((n for n, token in enumerate(tokens) if token.start < fact.end and fact.start < token.end), None)
    while at is not None and tokens[at].part != "VERB" and tokens[at].head != at:
        at = tokens[at].head
    if at is None:
        return frozenset()
    alone = any(token.head == at and token.dependency.startswith("nsubj") for token in tokens)
    joined = {at, tokens[at].head} if tokens[at].dependency == "conj" and not alone else {at}
    return frozenset[str]().union(*(kin(fold(tokens[n].text)) for n in joined if tokens[n].part == "VERB"))


def _nearest(word: Placed, tokens: Sequence[Token], away: dict[int, float]) -> float:
    places = (n for n, token in enumerate(tokens) if token.start < word.end and word.start < token.end)
    return min((away[n] for n in places if n in away), default=2 * _FARTHEST)


def _distances(inside: Sequence[int], tokens: Sequence[Token]) -> dict[int, float]:
    """Measure the way from some tokens to all others along the tree (Dijkstra)."""
    steps: defaultdict[int, list[tuple[int, float]]] = defaultdict(list)
    for n, token in enumerate(tokens):
        cost = _COSTS.get(token.dependency, _STEP)
        steps[n].append((token.head, cost))
        steps[token.head].append((n, cost))
    away: dict[int, float] = {}
    waiting = [(0.0, n) for n in inside]
    while waiting:
        distance, at = heapq.heappop(waiting)
        if at not in away:
            away[at] = distance
            for to, cost in steps[at]:
                heapq.heappush(waiting, (distance + cost, to))
    return away
