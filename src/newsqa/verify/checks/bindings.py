"""What a number, a time or a name of a text belongs to: the words about it, by their way through the parse tree."""

from __future__ import annotations

import heapq
from collections import defaultdict
from functools import lru_cache
from typing import TYPE_CHECKING, Protocol

from newsqa.models.parser import parse
from newsqa.text.words import fold, word_set
from newsqa.verify.checks.reading import read
from newsqa.verify.facts.synonyms import kin

if TYPE_CHECKING:
    from collections.abc import Sequence

    from newsqa.models.parser import Token
    from newsqa.verify.checks.reading import Reading


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
    """Return the words that a fact of a text belongs to. Raises ModelError where there is no parser."""
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
    """Whether one fit is so much better than another that it is no chance."""
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
