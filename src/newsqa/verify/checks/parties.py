"""Who and what takes part in a sentence, by the words that name them, and whom "she" or "the company" means."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from newsqa.text.calendar import CALENDAR
from newsqa.text.words import word_set
from newsqa.verify.facts.synonyms import BODIES, HONORIFICS, OFFICES, actor, kin, same_people

if TYPE_CHECKING:
    from collections.abc import Iterable

    from newsqa.verify.checks.trees import Tree


RELATIVE = word_set("who which that whom")
PERSONAL = word_set("he she him her himself herself")
POINTING = PERSONAL | word_set(
    "it they them its his their i we us me my our itself themselves this these those one both"
)
_COUNTING = word_set(
    "one some many most more several all both half part parts number group member members none each either neither few "
    "% majority rest dozens hundreds thousands lot lots two three four any pair handful percent cent third quarter"
)
"""What says how many of those that follow "of" are meant: “two of the crew” are crew."""


_PEOPLE = word_set(
    "man men woman women boy girl child children people person mother father parent son daughter brother sister "
    "husband wife family couple baby friend relative victim killer"
)
_STAND_FOR = word_set("side officials forces troops authorities")
"""What stands for the country whose they are, as bodies do: the Russian side is Russia."""

_TRADES = re.compile(r"[a-z]{3,}(?:ists?|ians?|men|man|women|woman)")


def acts(word: str) -> bool:
    """Return True if a word is one for a person or a body."""
    return word in _PEOPLE or actor(word) is not None or _TRADES.fullmatch(word) is not None


@dataclass(frozen=True, slots=True)
class Party:
    """One who takes part: the words that name or describe them, folded; the head among them, and where it stands.

    `names` are those of the words that are names.
    """

    head: str
    words: frozenset[str]
    names: frozenset[str]
    at: int

    @property
    def points(self) -> bool:
        """True if only a pronoun stands there."""
        return self.head in POINTING

    @property
    def acts(self) -> bool:
        """True if it is a person or a body, so far as words tell."""
        return bool(self.names) or self.head in PERSONAL or any(acts(word) for word in self.words)


def parties(tree: Tree, at: int) -> tuple[Party, ...]:
    """Return who is named by a noun and by those joined to it with "and"."""
    return tuple(party_at(tree, one) for one in tree.all_joined(at))


def party_at(tree: Tree, at: int) -> Party:
    """Return who is named by a noun."""
    head = _counted(tree, at)
    places = _named_by(tree, head)
    for one in tree.under(at, "appos"):
        places += _named_by(tree, one)
    if tree.tokens[at].text[:1].isupper() and not tree.under(at, "compound"):
        places += [place for low in _of(tree, at) for place in _named_by(tree, low)]  # Bank of America
    if tree.word(head) in _STAND_FOR or actor(tree.word(head)) in BODIES:
        places += [one for how, one in owners(tree, head) if how == "whose"]
    names = frozenset(tree.word(one) for one in places if _names(tree, one))
    words = frozenset(word for word in map(tree.word, places) if any(c.isalpha() for c in word))
    return Party(tree.word(head), words, names, at)


def _counted(tree: Tree, at: int) -> int:
    """Return the noun that is counted: the officials in "95% of the officials"."""
    lower = _of(tree, at) if tree.word(at) in _COUNTING else []
    return lower[0] if lower else at


def _of(tree: Tree, at: int) -> list[int]:
    return [low for of in tree.under(at, "prep") if tree.word(of) == "of" for low in tree.under(of, "pobj")]


def _named_by(tree: Tree, at: int) -> list[int]:
    """Return a noun with those written before it as one: "Harbour Police Inspector Rolf Haddeby"."""
    found = [at]
    for one in found:
        found += tree.under(one, "compound", "nmod", "flat")
        found += [low for low in tree.under(one, "poss") if _is_plural_name(tree, low)]
    return found


def _is_plural_name(tree: Tree, at: int) -> bool:
    """Return True if a possessive is part of a name: the Harbour Workers' Union."""
    return tree.tokens[at].tag in {"NNPS", "NNS"} and tree.tokens[at].text[:1].isupper()


def _names(tree: Tree, at: int) -> bool:
    """Return True if a token is part of a name, and no title or day."""
    word, token = tree.word(at), tree.tokens[at]
    if not token.text[:1].isupper() or word in HONORIFICS or word in CALENDAR or word in OFFICES:
        return False
    return token.part == "PROPN" or (token.part in {"ADJ", "NOUN"} and at > 0)


def owners(tree: Tree, at: int) -> list[tuple[str, int]]:
    """Return the places of those to whom something belongs, with how: `owner`, `whose` of a nation, or `of`."""
    possessors = [one for one in tree.under(at, "poss") if not _is_plural_name(tree, one)]
    nations: list[int] = []
    if tree.tokens[at].part != "PROPN":
        nations = [one for one in tree.under(at, "amod", "compound", "nmod") if tree.tokens[one].text[:1].isupper()]
    behind = [low for of in tree.under(at, "prep") if tree.word(of) in {"of", "from"} for low in tree.under(of, "pobj")]
    ways = (("owner", possessors), ("whose", nations), ("of", behind))
    found = [(how, joined) for how, some in ways for one in some for joined in tree.all_joined(one)]
    return [(how, one) for how, one in found if _may_own(tree, one)]


def _may_own(tree: Tree, at: int) -> bool:
    return tree.tokens[at].text[:1].isupper() or acts(tree.word(at)) or tree.word(at) in POINTING


def meet(some: Iterable[str], others: Iterable[str]) -> bool:
    """Return True if two groups of words may mean the same: by a word, a synonym, or a country and its people."""
    there = list(others)
    known = frozenset(k for word in there for k in kin(word))
    return any(not kin(word).isdisjoint(known) or any(same_people(word, other) for other in there) for word in some)


def same_names(some: Iterable[str], others: Iterable[str]) -> bool:
    """Return True if one of some names, by their heads ("Rubio"), is among others, which are whole ("Marco Rubio")."""
    there = list(others)
    return any(same_people(one, other) for one in some for other in there)


def shortened(some: Iterable[str], others: Iterable[str]) -> bool:
    """Return True if one name is made of the first letters of the other, one word aside (NHTSA)."""
    one, two = list(some), list(others)
    for short, long in ((one, two), (two, one)):
        for word in short if len(long) > 1 else ():
            if len(word) in {len(long), len(long) + 1} and sorted(w[0] for w in long) in (
                sorted(word),
                sorted(word[:-1]),
            ):
                return True
    return False
