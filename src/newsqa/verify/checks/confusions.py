"""Two who have changed places in one deed: the sentence has A do to B what its quotes have B do to A.

Clauses with the same verb, or its converse ("sold to" for "bought from"), are laid side by side.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from itertools import combinations, product
from typing import TYPE_CHECKING, Literal

from newsqa.text.words import word_set
from newsqa.verify.checks.arithmetic import in_contrast, in_pair
from newsqa.verify.checks.clauses import clauses
from newsqa.verify.checks.participants import SAYS, called, verb_kin
from newsqa.verify.checks.parties import meet, parties, same_names, shortened
from newsqa.verify.checks.trees import binding, clearly_better, fit, slot, tree, verbs
from newsqa.verify.facts.amounts import YEARS, same_dimension, tells
from newsqa.verify.facts.moments import Moment
from newsqa.verify.facts.synonyms import HONORIFICS, WINNING, converse, kin, one_way, root, same_people
from newsqa.verify.faults import Fault

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from newsqa.text.names import Name
    from newsqa.verify.checks.clauses import Clause
    from newsqa.verify.checks.parties import Party
    from newsqa.verify.checks.reading import QuoteText, Reading
    from newsqa.verify.checks.trees import Binding, Tree
    from newsqa.verify.facts.amounts import Amount


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


def crossed(sentence: Reading, source: QuoteText) -> Iterator[Fault]:
    """Find two of a deed whom the quotes have in each other's place."""
    there = [deed for piece in source.pieces for deed in deeds(piece.reading.text)]
    for deed in deeds(sentence.text):
        known = [other for other in there if _same_deed(deed, other)]
        for one, two in product(deed.ones, deed.others):
            straight = any(_so(one, two, other, turned=converse(deed.verb, other.verb)) for other in known)
            turned = any(_so(one, two, other, turned=not converse(deed.verb, other.verb)) for other in known)
            if turned and not straight:
                yield Fault("swapped", (called(one), called(two)))


def overcome(sentence: Reading, source: QuoteText) -> Iterator[Fault]:
    """Find one who does to another what the quotes have someone do to him: "They beat Kell" for "Kell beat Norr"."""
    there = [deed for piece in source.pieces for deed in deeds(piece.reading.text) if deed.side == "doer"]
    for deed in (one for one in deeds(sentence.text) if one.side == "doer"):
        known = [other for other in there if _same_deed(deed, other) or _both_win(deed, other)]
        acting = [party for party in deed.ones if party.acts and not party.points]
        for one, two in product(acting, (party for party in deed.others if party.acts and not party.points)):
            done = [other for other in known if among(one, other.others) and not among(two, other.others)]
            if any(_only_pointed_at(other) for other in done) and not any(among(one, other.ones) for other in known):
                yield Fault("wrong_side", (called(one),))


def _only_pointed_at(deed: Deed) -> bool:
    return any(party.points for party in deed.ones)


def _both_win(deed: Deed, other: Deed) -> bool:
    return {root(deed.verb), root(other.verb)} <= WINNING


def among(one: Party, some: Iterable[Party]) -> bool:
    """Return True if one of some is the same as this one."""
    return any(same_party(one, party) for party in some)


def asked_for_asker(sentence: Reading, source: QuoteText) -> Iterator[Fault]:
    """Find one who is asked or told where the quotes only have the same one ask or tell."""
    there = [clause for piece in source.pieces for clause in clauses(piece.reading.text)]
    for clause in (one for one in clauses(sentence.text) if one.passive and verb_kin(one.verb) == SAYS):
        alike = [known for known in there if root(known.verb) == root(clause.verb)]
        done = [party for known in alike for party in known.done]
        for one in (party for party in clause.done if party.acts and not party.points):
            asks = any(among(one, known.doers) for known in alike)
            if asks and not any(party.points or same_party(one, party) for party in done):
                yield Fault("wrong_side", (called(one),))


def _same_deed(deed: Deed, other: Deed) -> bool:
    if deed.side != other.side:
        return False
    return converse(deed.verb, other.verb) or not kin(deed.verb).isdisjoint(kin(other.verb))


def _so(one: Party, two: Party, deed: Deed, *, turned: bool) -> bool:
    """Return True if the first does it to the second, or the reverse, and neither stands on the other's side too."""
    doer, other = (two, one) if turned else (one, two)
    sides = [[same_party(party, who) for who in side] for party in (doer, other) for side in (deed.ones, deed.others)]
    return any(sides[0]) and any(sides[3]) and not (turned and (any(sides[1]) or any(sides[2])))


def same_party(one: Party, other: Party) -> bool:
    """Return True if two are one: by their last names, else by a word; pronouns only where both are of one kind."""
    if one.points or other.points:
        return any({one.head, other.head} <= kind for kind in (_HE, _SHE))
    if one.names and other.names:
        heads = [party.names & {party.head} or party.names for party in (one, other)]
        return same_names(heads[0], other.names) or same_names(heads[1], one.names) or shortened(one.names, other.names)
    named, described = (one, other) if one.names else (other, one)
    return meet({one.head}, {other.head}) or (bool(named.names) and meet(named.words, {described.head}))


def exchanged(sentence: Reading, source: QuoteText) -> Iterator[Fault]:
    """Find two of whom each does what its quotes have the other do."""
    there = [clause for piece in source.pieces for clause in clauses(piece.reading.text)]
    done = [(clause, clause.doers or clause.done) for clause in clauses(sentence.text)]
    for (first, ones), (second, others) in combinations(done, 2):
        if not (verb_kin(first.verb) & verb_kin(second.verb)):
            for one, other in product(ones, others):
                if _only(other, one, first, there) and _only(one, other, second, there):
                    yield Fault("swapped", (called(one), called(other)))


def _only(one: Party, not_two: Party, clause: Clause, there: Sequence[Clause]) -> bool:
    """Return True if the quotes have the one, and never the other, as the subject of what a clause says."""
    if not (one.acts and not_two.acts) or one.points or not_two.points or same_party(one, not_two):
        return False
    alike = [known for known in there if verb_kin(clause.verb) & verb_kin(known.verb)]
    subjects = [party for known in alike for party in known.doers or known.done]
    return any(same_party(one, party) for party in subjects) and not any(
        party.points or same_party(not_two, party) for party in subjects
    )


@lru_cache(maxsize=4096)
def deeds(text: str) -> tuple[Deed, ...]:
    """Return the deeds of a sentence, those told by a noun ("his support for her") too.

    Raises ModelError if there is no parser.
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


# Facts that have changed places: a number, time or name of the quotes that is bound to the words of another one here.

_CROSSED = 1.2
"""How many times better two facts must fit crosswise than as they stand to be held for swapped."""

_LIST = re.compile(r"(?:\s|,|;|\b(?:and|or|as well as)\b)+")
_SEPARATES = re.compile(r"[,;:.]")
_UNLIKE = 20
"""Days by which a day, a month and a year differ in length at least."""


@dataclass(frozen=True, slots=True)
class _There:
    """A fact of the quotes: its words, the sentence in which it stands, and to what it belongs."""

    text: str
    piece: int
    binding: Binding
    verbs: frozenset[str]


def number_rival(amount: Amount, sentence: Reading, source: QuoteText) -> Fault | None:
    """Find a number of the same kind that fits the surroundings much better than the one that is named."""
    if amount.bare or in_pair(amount, sentence):
        return None
    every = [(other, n) for n, piece in enumerate(source.pieces) for other in piece.reading.amounts]
    if other := _with_the_name(amount, sentence, source):
        return Fault("number_confused", (other, amount.text))
    own = [_there(other, n, source) for other, n in every if tells(amount, other)]
    if not own or all(other.bare for other, _ in every if tells(amount, other)):
        return None
    unsaid = [(other, n) for other, n in every if not any(tells(said, other) for said in sentence.amounts)]
    others = [_there(other, n, source) for other, n in unsaid if _comparable(amount, other)]
    return _rival(amount.text, binding(amount, sentence), own, others)


def _with_the_name(amount: Amount, sentence: Reading, source: QuoteText) -> str | None:
    """Find another number of the same unit right after the name after which the sentence has this one."""
    name = _name_before(amount, sentence)
    every = [(other, _name_before(other, piece.reading)) for piece in source.pieces for other in piece.reading.amounts]
    own = {before for other, before in every if tells(amount, other)}
    if not name or not amount.unit or name in own or None in own:
        return None
    said = {(a.value, _name_before(a, sentence) in own) for a in sentence.amounts}  # elsewhere, or in a swap
    return next(
        (
            o.text
            for o, before in every
            if before == name and o.unit in {amount.unit, ""} and (o.value, False) not in said
        ),
        None,
    )


def _name_before(amount: Amount, reading: Reading) -> str | None:
    """Return the last word of the nearest name before a number in its clause."""
    before = [name for name in reading.names if name.end <= amount.start]
    if not before or _SEPARATES.search(reading.text, before[-1].end, amount.start):
        return None
    return before[-1].words[-1]


def numbers_swapped(sentence: Reading, source: QuoteText) -> Fault | None:
    """Return which two numbers would fit the quotes better if each stood in the other's place, or None."""
    alone = [a for a in sentence.amounts if not (in_pair(a, sentence) or in_contrast(a, sentence))]
    every = [(other, n) for n, piece in enumerate(source.pieces) for other in piece.reading.amounts]
    for one, other in combinations(alone, 2):
        if one.value != other.value and (one.unit == other.unit or one.bare or other.bare):
            first = [_there(a, n, source) for a, n in every if tells(one, a)]
            second = [_there(a, n, source) for a, n in every if tells(other, a)]
            if _crossed(binding(one, sentence), binding(other, sentence), first, second):
                return Fault("swapped", (one.text, other.text))
    return None


def time_rival(sentence: Reading, source: QuoteText) -> Fault | None:
    """Return which time of a sentence the quotes give to something else, while they give another to this, or None."""
    seen = next((day for day in source.published if day), None)
    every = [(t, n) for n, piece in enumerate(source.pieces) for t in _times(piece.reading, piece.published)]
    said = _times(sentence, seen)
    for start, end, meant in _grouped(said):
        own = [_there(t, n, source) for t, n in every if any(_meet(t, m) for m in meant)]
        unsaid = [(t, n) for t, n in every if not any(_meet(t, m) for m in said) and _alike(t, meant[0])]
        others = [_there(t, n, source) for t, n in unsaid]
        beside = [other for other in others if other.piece in {one.piece for one in own}]
        fault = _elsewhere(meant[0], sentence, own, beside) if own else None
        if own and (fault or (fault := _rival(sentence.text[start:end], binding(meant[0], sentence), own, others))):
            return fault
    return None


def name_rival(name: Name, sentence: Reading, source: QuoteText) -> Fault | None:
    """Find a name that the sentence leaves out and that stands where it has another, beside that one in its quotes."""
    every = [(other, n) for n, piece in enumerate(source.pieces) for other in piece.reading.names]
    own = [_there(other, n, source) for other, n in every if _same_name(other, name)]
    how, beside = slot(name, sentence), {one.piece for one in own}
    others = [
        _there(other, n, source)
        for other, n in every
        if n in beside and how == slot(other, source.pieces[n].reading) and not _mentioned(other, name, sentence)
        if not _listed(other, name, source.pieces[n].reading)
    ]
    elsewhere = _elsewhere(name, sentence, own, others) if how == "in" else None
    return elsewhere or _rival(name.text, binding(name, sentence), own, others)


def _listed(other: Name, name: Name, reading: Reading) -> bool:
    """Return True if two names stand in one list, so that a sentence may take one of them."""
    for own in (one for one in reading.names if _same_name(one, name)):
        first, last = sorted((own, other), key=lambda one: one.start)
        between = _listing(reading.text[first.end : last.start], reading.names)
        if first.end <= last.start and between:
            return True
    return False


def _listing(text: str, known: Sequence[Name]) -> bool:
    """Return True if a text between two names has only other names, commas and "and"."""
    left = text
    for name in known:
        left = left.replace(name.text, " ")
    return _LIST.fullmatch(left) is not None


def _elsewhere(fact: Name | Moment, sentence: Reading, own: Sequence[_There], others: Sequence[_There]) -> Fault | None:
    """Find the place or time at which the quotes have what a sentence has, unless they have it at this one too."""
    done = verbs(fact, sentence)
    if any(not done.isdisjoint(one.verbs) for one in own):
        return None
    text = sentence.text[fact.start : fact.end]
    found = (other.text for other in others if not done.isdisjoint(other.verbs))
    return next((Fault("confused", (other, text)) for other in found), None)


def name_instead(name: Name, sentence: Reading, source: QuoteText) -> str | None:
    """Find a name that the sentence leaves out, in the quotes, and that may stand there for one that they lack."""
    how = slot(name, sentence)
    for piece in source.pieces:
        for other in piece.reading.names:
            dateline = other.start == 0 and other.text.isupper()
            if (
                not dateline
                and not {*other.words} <= HONORIFICS
                and how == slot(other, piece.reading)
                and not _mentioned(other, name, sentence)
            ):
                return other.text
    return None


def _there(fact: Amount | Moment | Name, n: int, source: QuoteText) -> _There:
    reading = source.pieces[n].reading
    return _There(reading.text[fact.start : fact.end], n, binding(fact, reading), verbs(fact, reading))


def _rival(text: str, here: Binding, own: Sequence[_There], others: Sequence[_There]) -> Fault | None:
    best = max(others, key=lambda other: fit(here, other.binding), default=None)
    if best and clearly_better(fit(here, best.binding), max((fit(here, one.binding) for one in own), default=0.0)):
        return Fault("confused", (best.text, text))
    return None


def _crossed(one: Binding, other: Binding, first: Sequence[_There], second: Sequence[_There]) -> bool:
    def best(here: Binding, there: Sequence[_There]) -> float:
        return max((fit(here, fact.binding) for fact in there), default=0.0)

    straight, crossed = best(one, first) + best(other, second), best(one, second) + best(other, first)
    return bool(first and second) and crossed > _CROSSED * straight


def _comparable(amount: Amount, other: Amount) -> bool:
    """Return True if two numbers measure, or may count, the same kind of thing."""
    if other.bare or not (amount.unit == other.unit or same_dimension(amount, other)):
        return False
    return not amount.counts or not other.counts or not set(amount.counts).isdisjoint(other.counts) or bool(amount.unit)


def _times(reading: Reading, seen: date | None) -> list[Moment]:
    """Return the times of a text: days, months, and years that stand alone."""
    every = reading.moments(seen)
    found = [m for m in every if not any(_within(m, other) for other in every)]
    alone = (a for a in reading.amounts if not a.unit and a.value in YEARS and not any(_within(a, m) for m in found))
    years = (Moment(date(int(a.value), 1, 1), date(int(a.value), 12, 31), a.start, a.end) for a in alone)
    return [*found, *years]


def _grouped(found: Sequence[Moment]) -> Iterator[tuple[int, int, list[Moment]]]:
    for start, end in sorted({(moment.start, moment.end) for moment in found}):
        yield start, end, [moment for moment in found if (moment.start, moment.end) == (start, end)]


def _within(one: Amount | Moment, other: Moment) -> bool:
    """Return True if words are part of longer ones: the month of a date."""
    return one.end - one.start < other.end - other.start and one.start < other.end and other.start < one.end


def _alike(one: Moment, other: Moment) -> bool:
    """Return True if both are days, or both months, or both years."""
    return abs((one.last - one.first).days - (other.last - other.first).days) < _UNLIKE


def _meet(one: Moment, other: Moment) -> bool:
    return one.first <= other.last and other.first <= one.last


def _same_name(one: Name, other: Name) -> bool:
    """Return True if two names share a word and each has no more than one that the other lacks: none for two parks."""
    here, there = ({*name.words} - HONORIFICS for name in (one, other))
    return bool(here & there) and (here <= there or there <= here or len(here & there) > min(len(here), len(there)) / 2)


def _mentioned(other: Name, name: Name, sentence: Reading) -> bool:
    """Check if a sentence has a name, a part of it, or the country for its people; parts of the rival do not count."""
    if _same_name(other, name):
        return True
    said = sentence.folded - {*name.words}
    return any(same_people(one, word) for one in other.words for word in said)
