"""Another doer: one of those in the quotes does, with the same things, what another of them does there."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

from newsqa.verify.checks.clauses import clauses
from newsqa.verify.checks.crossed import among, called, same_party
from newsqa.verify.checks.parties import meet
from newsqa.verify.checks.ties import SAYS, verb_kin
from newsqa.verify.facts.converses import one_way
from newsqa.verify.facts.synonyms import kin

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from newsqa.verify.checks.clauses import Clause
    from newsqa.verify.checks.parties import Party
    from newsqa.verify.checks.reading import QuoteText, Reading


def other_doer(sentence: Reading, proof: QuoteText) -> Iterator[str]:
    """Find one of those in the quotes who does, with the same things, what another of them does there."""
    every = [clause for piece in proof.pieces for clause in clauses(piece.reading.text)]
    there = [clause for clause in every if verb_kin(clause.verb) != SAYS]
    for clause in (one for one in clauses(sentence.text) if one_way(one.verb) and verb_kin(one.verb) != SAYS):
        alike = [known for known in there if not kin(clause.verb).isdisjoint(kin(known.verb))]
        doers = [_acting(known, every) for known in alike]
        apart = all(some and all(_apart(*pair) for pair in product(clause.doers, some)) for some in doers)
        if not (clause.doers and doers and apart and any(_same_things(clause, known) for known in alike)):
            continue
        if all(_is_there(party, every, proof) for party in clause.doers):
            yield f"its quotes have {called(doers[0][0])} where it has {called(clause.doers[0])}"


def _is_there(one: Party, every: Sequence[Clause], proof: QuoteText) -> bool:
    """Whether the quotes know one who acts, in whatever part."""
    if not one.acts or one.points:
        return False
    known = bool(one.names) and one.names <= proof.whole.named
    return known or any(among(one, clause.parties) for clause in every)


def _acting(clause: Clause, every: Sequence[Clause]) -> tuple[Party, ...]:
    """Return who does it, by an order or a law if so: "Tam issued an order freezing pay"."""
    if any(party.acts or party.points for party in clause.doers):
        return clause.doers
    means = {(party.at, party.words) for party in clause.doers}
    givers = [other.doers for other in every if any((party.at, party.words) in means for party in other.done)]
    return givers[0] if givers else clause.doers


def _apart(one: Party, other: Party) -> bool:
    """Whether two are surely not the same; a title that both have does not make them one."""
    if one.points or other.points or not other.acts or same_party(one, other):
        return False
    return bool(one.names and other.names) or not meet(one.words, other.words)


def _same_things(clause: Clause, known: Clause) -> bool:
    return any(meet({one.head}, {other.head}) for one in clause.done for other in known.done if not one.points)
