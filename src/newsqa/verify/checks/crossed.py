"""Two who have changed places in one deed: the sentence has A do to B what its quotes have B do to A.

Clauses with the same verb, or its converse ("sold to" for "bought from"), are laid side by side.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations, product
from typing import TYPE_CHECKING, Literal

from newsqa.text.words import word_set
from newsqa.verify.checks.clauses import clauses
from newsqa.verify.checks.parties import meet, parties, same_names, shortened
from newsqa.verify.checks.ties import SAYS, verb_kin
from newsqa.verify.checks.trees import tree
from newsqa.verify.facts.converses import WINNING, converse, one_way
from newsqa.verify.facts.synonyms import kin, root

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from newsqa.verify.checks.clauses import Clause
    from newsqa.verify.checks.parties import Party
    from newsqa.verify.checks.reading import QuoteText, Reading
    from newsqa.verify.checks.trees import Tree


_HE, _SHE = word_set("he him himself"), word_set("she her herself")
_PLACING = word_set("in at on")
_AIMED = word_set("of for against to toward towards with over from")


@dataclass(frozen=True, slots=True)
class Deed:
    """A verb with those on one side of it, and all others whom it concerns in whatever way."""

    verb: str
    side: Literal["doer", "done"]
    ones: tuple[Party, ...]
    others: tuple[Party, ...]


def crossed(sentence: Reading, proof: QuoteText) -> Iterator[str]:
    """Find two of a deed whom the quotes have in each other's place."""
    there = [deed for piece in proof.pieces for deed in deeds(piece.reading.text)]
    for deed in deeds(sentence.text):
        known = [other for other in there if _same_deed(deed, other)]
        for one, two in product(deed.ones, deed.others):
            straight = any(_so(one, two, other, turned=converse(deed.verb, other.verb)) for other in known)
            turned = any(_so(one, two, other, turned=not converse(deed.verb, other.verb)) for other in known)
            if turned and not straight:
                yield f"its quotes have {called(one)} and {called(two)} the other way round"


def overcome(sentence: Reading, proof: QuoteText) -> Iterator[str]:
    """Find one who does to another what the quotes have someone do to him: "They beat Kell" for "Kell beat Norr"."""
    there = [deed for piece in proof.pieces for deed in deeds(piece.reading.text) if deed.side == "doer"]
    for deed in (one for one in deeds(sentence.text) if one.side == "doer"):
        known = [other for other in there if _same_deed(deed, other) or _both_win(deed, other)]
        acting = [party for party in deed.ones if party.acts and not party.points]
        for one, two in product(acting, (party for party in deed.others if party.acts and not party.points)):
            done = [other for other in known if among(one, other.others) and not among(two, other.others)]
            if any(_only_pointed_at(other) for other in done) and not any(among(one, other.ones) for other in known):
                yield f"its quotes have {called(one)} on the other side"


def _only_pointed_at(deed: Deed) -> bool:
    return any(party.points for party in deed.ones)


def _both_win(deed: Deed, other: Deed) -> bool:
    return {root(deed.verb), root(other.verb)} <= WINNING


def among(one: Party, some: Iterable[Party]) -> bool:
    """Whether one of some is the same as this one."""
    return any(same_party(one, party) for party in some)


def asked_for_asker(sentence: Reading, proof: QuoteText) -> Iterator[str]:
    """Find one who is asked or told where the quotes only have the same one ask or tell."""
    there = [clause for piece in proof.pieces for clause in clauses(piece.reading.text)]
    for clause in (one for one in clauses(sentence.text) if one.passive and verb_kin(one.verb) == SAYS):
        alike = [known for known in there if root(known.verb) == root(clause.verb)]
        done = [party for known in alike for party in known.done]
        for one in (party for party in clause.done if party.acts and not party.points):
            asks = any(among(one, known.doers) for known in alike)
            if asks and not any(party.points or same_party(one, party) for party in done):
                yield f"its quotes have {called(one)} on the other side"


def _same_deed(deed: Deed, other: Deed) -> bool:
    if deed.side != other.side:
        return False
    return converse(deed.verb, other.verb) or not kin(deed.verb).isdisjoint(kin(other.verb))


def _so(one: Party, two: Party, deed: Deed, *, turned: bool) -> bool:
    """Whether the first does it to the second, or the reverse, and neither stands on the other's side too."""
    doer, other = (two, one) if turned else (one, two)
    sides = [[same_party(party, who) for who in side] for party in (doer, other) for side in (deed.ones, deed.others)]
    return any(sides[0]) and any(sides[3]) and not (turned and (any(sides[1]) or any(sides[2])))


def same_party(one: Party, other: Party) -> bool:
    """Whether two are one: by their last names, else by a word; pronouns only where both are of one kind."""
    if one.points or other.points:
        return any({one.head, other.head} <= kind for kind in (_HE, _SHE))
    if one.names and other.names:
        heads = [party.names & {party.head} or party.names for party in (one, other)]
        return same_names(heads[0], other.names) or same_names(heads[1], one.names) or shortened(one.names, other.names)
    named, described = (one, other) if one.names else (other, one)
    return meet({one.head}, {other.head}) or (bool(named.names) and meet(named.words, {described.head}))


def exchanged(sentence: Reading, proof: QuoteText) -> Iterator[str]:
    """Find two of whom each does what its quotes have the other do."""
    there = [clause for piece in proof.pieces for clause in clauses(piece.reading.text)]
    done = [(clause, clause.doers or clause.done) for clause in clauses(sentence.text)]
    for (first, ones), (second, others) in combinations(done, 2):
        if not (verb_kin(first.verb) & verb_kin(second.verb)):
            for one, other in product(ones, others):
                if _only(other, one, first, there) and _only(one, other, second, there):
                    yield f"its quotes have {called(one)} and {called(other)} the other way round"


def _only(one: Party, not_two: Party, clause: Clause, there: Sequence[Clause]) -> bool:
    """Whether the quotes have the one, and never the other, as the subject of what a clause says."""
    if not (one.acts and not_two.acts) or one.points or not_two.points or same_party(one, not_two):
        return False
    alike = [known for known in there if verb_kin(clause.verb) & verb_kin(known.verb)]
    subjects = [party for known in alike for party in known.doers or known.done]
    return any(same_party(one, party) for party in subjects) and not any(
        party.points or same_party(not_two, party) for party in subjects
    )


def called(party: Party) -> str:
    """Return a party as a fault calls it."""
    return " ".join(sorted(party.names or party.words))


@lru_cache(maxsize=4096)
def deeds(text: str) -> tuple[Deed, ...]:
    """Return the deeds of a sentence, those told by a noun ("his support for her") too.

    Raises ModelError where there is no parser.
    """
    parsed = tree(text)
    found = [deed for clause in clauses(text) for deed in _sides(parsed, clause)]
    found += [deed for clause in clauses(text) for deed in _told_by_nouns(parsed, clause)]
    return tuple(deed for deed in found if deed.ones and deed.others and one_way(deed.verb))


def _sides(parsed: Tree, clause: Clause) -> Iterator[Deed]:
    """Yield who does it with all others, and to whom it is done with those named in what is said of it."""
    deeper = [] if verb_kin(clause.verb) == SAYS else list(_deeper(parsed, clause))
    behind = [party for how, party in clause.others if how not in _PLACING and (party.acts or party.points)]
    yield Deed(clause.verb, "doer", clause.doers, _others(clause.doers, (*clause.done, *behind, *deeper)))
    yield Deed(clause.verb, "done", clause.done, _others(clause.done, deeper))


def _others(ones: tuple[Party, ...], some: Iterable[Party]) -> tuple[Party, ...]:
    taken = {party.at for party in ones}
    return tuple({party.at: party for party in some if party.words and party.at not in taken}.values())


def _deeper(parsed: Tree, clause: Clause) -> Iterator[Party]:
    """Yield those with a name who stand below what it is done to, or with: "pressure from Trump"."""
    for thing in _things(parsed, clause):
        for low in parsed.below(thing, "relcl", "acl", "advcl", "conj", "appos"):
            if parsed.tokens[low].dependency == "pobj":
                yield from (party for party in parties(parsed, low) if party.names)


def _things(parsed: Tree, clause: Clause) -> list[int]:
    """Return the nouns of a clause, its subject aside."""
    at = clause.at if parsed.tokens[clause.at].part == "VERB" else parsed.tokens[clause.at].head
    behind = [low for one in {clause.at, at} for of in parsed.under(one, "prep") for low in parsed.under(of, "pobj")]
    done = () if clause.passive else clause.done
    return list(dict.fromkeys([*(party.at for party in done), *behind]))


def _told_by_nouns(parsed: Tree, clause: Clause) -> Iterator[Deed]:
    """Yield what the subject of a clause does by a noun in it: support for, criticism of."""
    for thing in _things(parsed, clause):
        aimed = [prep for prep in parsed.under(thing, "prep") if parsed.word(prep) in _AIMED]
        at = tuple(p for prep in aimed for low in parsed.under(prep, "pobj") for p in parties(parsed, low) if p.names)
        if at:
            yield Deed(parsed.word(thing), "doer", clause.doers, at)
