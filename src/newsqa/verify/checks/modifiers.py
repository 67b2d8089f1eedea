"""What stands before a noun: whose or what kind it is must be so in the quotes, "American capsule", "brake module"."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations, product
from typing import TYPE_CHECKING

from newsqa.verify.checks.clauses import clauses
from newsqa.verify.checks.parties import meet
from newsqa.verify.checks.ties import verb_kin
from newsqa.verify.checks.trees import tree
from newsqa.verify.facts.synonyms import root

if TYPE_CHECKING:
    from collections.abc import Iterator

    from newsqa.verify.checks.clauses import Clause
    from newsqa.verify.checks.reading import QuoteText, Reading


_BEFORE = ("amod", "compound", "nmod", "poss")


@dataclass(frozen=True, slots=True)
class Noun:
    """A noun with what stands before it, and those of these that are nouns themselves, folded."""

    head: str
    before: frozenset[str]
    kinds: frozenset[str]


def modifiers_kept(sentence: Reading, proof: QuoteText) -> Iterator[str]:
    """Find what stands before another noun in the quotes, or another kind of thing where the quotes have one."""
    yield from _swapped(sentence, proof)
    there = [(clause, piece.reading.text) for piece in proof.pieces for clause in clauses(piece.reading.text)]
    for clause, (known, text) in product(clauses(sentence.text), there):
        if verb_kin(clause.verb) & verb_kin(known.verb):
            yield from _other_kind(_arguments(sentence.text, clause), _arguments(text, known), sentence, proof)


def _swapped(sentence: Reading, proof: QuoteText) -> Iterator[str]:
    there = [noun for piece in proof.pieces for noun in nouns(piece.reading.text).values()]
    for one, other in combinations(nouns(sentence.text).values(), 2):
        for mine, yours in product(one.before - other.before, other.before - one.before):
            if not meet({mine}, {yours}) and _only(yours, mine, one, there) and _only(mine, yours, other, there):
                yield f"its quotes have “{yours} {one.head}” and “{mine} {other.head}”"


def _only(word: str, other: str, noun: Noun, there: list[Noun]) -> bool:
    """Whether the quotes have one word before a noun, and never the other."""
    known = [one for one in there if meet({one.head}, {noun.head})]
    return any(meet({word}, one.before) for one in known) and not any(meet({other}, one.before) for one in known)


def _other_kind(here: list[list[Noun]], there: list[list[Noun]], sentence: Reading, proof: QuoteText) -> Iterator[str]:
    """Find things of one name in one place of a deed whose kinds have nothing in common: snow crab for king crab."""
    for ours, theirs in zip(here, there, strict=True):
        for one, other in product(ours, theirs):
            strange = [kind for kind in one.kinds if not meet({kind}, proof.whole.folded)]
            unsaid = [kind for kind in other.kinds if not meet({kind}, sentence.folded)]
            if root(one.head) == root(other.head) and strange and unsaid:
                yield f"its quotes have “{' '.join(sorted(unsaid))}” where it has “{' '.join(sorted(strange))}”"


def _arguments(text: str, clause: Clause) -> list[list[Noun]]:
    found = nouns(text)
    return [[found[party.at] for party in side if party.at in found] for side in (clause.doers, clause.done)]


@lru_cache(maxsize=4096)
def nouns(text: str) -> dict[int, Noun]:
    """Return the nouns of a sentence by their places. Raises ModelError where there is no parser."""
    parsed = tree(text)
    found: dict[int, Noun] = {}
    for at, token in enumerate(parsed.tokens):
        if token.part in {"NOUN", "PROPN"} and token.dependency not in {"compound", "nmod"}:
            places = parsed.under(at, *_BEFORE)
            for place in places:
                places += parsed.under(place, "compound", "nmod", "amod")
            sorts = {"NOUN", "PROPN"} if token.part == "NOUN" else {"NOUN"}  # "Mayor Tam" is no kind of Tam
            kinds = (
                one for one in places if parsed.tokens[one].part in sorts and parsed.tokens[one].dependency != "poss"
            )
            words = frozenset(parsed.word(one) for one in places if parsed.tokens[one].part in {"NOUN", "PROPN", "ADJ"})
            found[at] = Noun(parsed.word(at), words, frozenset(map(parsed.word, kinds)))
    return found
