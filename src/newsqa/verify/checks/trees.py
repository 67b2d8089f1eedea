"""A sentence as a tree of words that depend on each other, read off the parser once."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING

from newsqa.models.parser import parse
from newsqa.text.words import fold

if TYPE_CHECKING:
    from collections.abc import Iterator

    from newsqa.models.parser import Token


_DATELINE = re.compile(r"[A-Z][A-Z .,'’()]+[—–-]\s+")
"""The place before a report: “HATHERSK — Divers …”; the parser would take it for the subject."""

_APOSTROPHE = re.compile(r"(?<=\w)’(?=\w)")
"""As in “wasn’t”, which the parser knows with a straight one only."""

_RAISED = frozenset({"xcomp", "acomp", "attr", "oprd", "prep", "pcomp"})
"""What hangs on a predicate and leads down to another one with the same subject: "was due to meet"."""


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
    """Parse a sentence. Raises ModelError where there is no parser."""
    line = _DATELINE.match(text)
    tokens = _verbs_found(parse(_APOSTROPHE.sub("'", text[line.end() :] if line else text)))
    children: list[list[int]] = [[] for _ in tokens]
    for at, token in enumerate(tokens):
        if token.head != at:
            children[token.head].append(at)
    return Tree(tokens, tuple(map(tuple, children)))
