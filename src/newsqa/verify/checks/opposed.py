"""Opposites: whether a sentence says of the same thing the opposite of what its quotes say, in whatever words."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING

from newsqa.text.calendar import CALENDAR
from newsqa.text.words import FUNCTION_WORDS, word_set
from newsqa.verify.checks.clauses import clauses, predicates
from newsqa.verify.checks.parties import POINTING, meet, same_names
from newsqa.verify.checks.polarity import clause_words, signed, teller
from newsqa.verify.checks.trees import tree
from newsqa.verify.facts.opposites import DEEDS, sides
from newsqa.verify.facts.synonyms import kin, root

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from newsqa.verify.checks.clauses import Clause
    from newsqa.verify.checks.parties import Party
    from newsqa.verify.checks.polarity import Signed
    from newsqa.verify.checks.trees import Tree
    from newsqa.verify.facts.opposites import OppositeSide


_NO_PHRASE = frozenset({"det", "aux", "auxpass", "poss", "mark", "cc", "punct", "relcl", "conj", "ccomp", "advcl"})
"""What hangs on a word and is no part of a phrase with it."""

_QUALIFIES = frozenset({"amod", "advmod", "det", "nummod"})
_LIGHT = frozenset(map(root, word_set("have has had get make take give come go keep hold leave lose")))
"""Verbs of many meanings: only what they are done to tells which."""

_AWAITING = frozenset(map(root, word_set("await need require seek request lack")))
_BEFORE = frozenset({"before", "again", "previously"})
_SOLE = frozenset({"only", "but", "except", "alone"})
_QUANTITIES = frozenset({"most", "few", "many", "fewest"})
_TELLS = frozenset({"NOUN", "PROPN", "VERB", "ADJ", "ADV", "NUM"})


@dataclass(frozen=True, slots=True)
class OppositeTerm:
    """A word or phrase that has opposites, with the side of each group that it takes, its negations counted in.

    `key` are the words for that of which it is said (who or what it is done to, else who does it), `words` all of its
    clause, `names` the names of those who do it and `doers` all words for them; `sole` tells whether it is said of some
    alone, `weighed` whether of more or less than something else.
    """

    word: str
    taken: frozenset[tuple[int, int]]
    key: frozenset[str]
    words: frozenset[str]
    names: frozenset[str]
    doers: frozenset[str]
    takes_object: bool
    sole: bool
    weighed: bool
    at: int


def says_opposite(sentence: str, pieces: Sequence[str]) -> str | None:
    """Return the word or phrase of a sentence that its quotes turn round, or None.

    Where the quotes have both sides somewhere, they tell nothing. Raises ModelError if there is no parser.
    """
    there = [turn for piece in pieces for turn in turns(piece)]
    own = turns(sentence)
    parsed = tree(sentence)
    said = frozenset(parsed.word(at) for at in range(len(parsed.tokens)))
    for one in own:
        if _agrees(one, there) or _agrees(_turned(one), [other for other in own if other is not one]):
            continue
        if any(_clash(one, other) or _of_a_ban(one, other, said) for other in there):
            return one.word
    return None


def says_the_same(sentence: str, at: int, piece: str) -> bool:
    """Return True if a piece has the opposite of what a sentence denies at a place, or denies the opposite of it."""
    own = [one for one in turns(sentence) if one.at == at]
    return any(one.taken & other.taken and one.word != other.word for one in own for other in turns(piece))


def _turned(one: OppositeTerm) -> OppositeTerm:
    return replace(one, taken=frozenset((group, -side) for group, side in one.taken))


def _agrees(one: OppositeTerm, there: Sequence[OppositeTerm]) -> bool:
    """Return True if the same side is taken there, of what may be the same thing."""
    return any(
        (one.taken & other.taken and (_shared(one, other) or not one.key or not other.key))
        or (one.word == other.word and one.weighed == other.weighed)
        for other in there
    )


def _shared(one: OppositeTerm, other: OppositeTerm) -> int:
    known = frozenset(k for word in other.words for k in kin(word))
    return sum(not kin(word).isdisjoint(known) for word in one.words)


def _clash(one: OppositeTerm, other: OppositeTerm) -> bool:
    """Return True if two say the opposite of the same thing."""
    return bool(_turned(one).taken & other.taken) and _may_be_compared(one, other) and _of_the_same(one, other)


def _of_a_ban(one: OppositeTerm, other: OppositeTerm, said: frozenset[str]) -> bool:
    """Return True if quotes tell of a ban on what the sentence speaks of, or of another deed of its own object."""
    turned = bool(_turned(one).taken & other.taken) and one.sole == other.sole
    return turned and other.word in DEEDS and one.word not in DEEDS and bool(other.key) and meet(other.key, said)


def _may_be_compared(one: OppositeTerm, other: OppositeTerm) -> bool:
    """Return True if neither is told of others by name, or of some alone, or by a verb that has many meanings."""
    if one.names and other.names and not same_names(one.names, other.names):
        return False
    light = not {root(one.word), root(other.word)}.isdisjoint(_LIGHT)
    return one.sole == other.sole and (not light or (one.takes_object and other.takes_object))


def _of_the_same(one: OppositeTerm, other: OppositeTerm) -> bool:
    """Return True if two are said of the same thing, among at least a third of the same words."""
    shared = _shared(one, other)
    if shared < 1 or 3 * shared < min(len(one.words), len(other.words)):
        return False
    if not one.takes_object and not other.takes_object and _met(one.doers, other.doers):
        return True
    if not one.key or not other.key:
        return shared > 1 or 2 * shared >= max(len(one.words), len(other.words))
    here, back = meet(one.key, other.key | other.words), meet(other.key, one.key | one.words)
    return (here and back) if one.takes_object == other.takes_object else (here or back)


def _met(one: frozenset[str], other: frozenset[str]) -> bool:
    return bool(one and other) and meet(one, other) and meet(other, one)


@lru_cache(maxsize=4096)
def turns(text: str) -> tuple[OppositeTerm, ...]:
    """Find what has opposites in a sentence. Raises ModelError if there is no parser."""
    parsed = tree(text)
    by_place = {clause.at: clause for clause in clauses(text)}
    marks = {one.at: one for one in signed(text)}
    found = (_turn(parsed, at, marks.get(at), by_place.get(at)) for at in range(len(parsed.tokens)))
    return tuple(turn for turn in found if turn)


def _turn(parsed: Tree, at: int, mark: Signed | None, clause: Clause | None) -> OppositeTerm | None:
    said, within = _said(parsed, at)
    sign = _sign(parsed, at, mark, within)
    if not said or not sign:
        return None
    than = _than(parsed, at)
    taken = frozenset((side.group, side.side * (-sign if than else sign)) for side in said)
    phrase = frozenset(parsed.word(one) for one in (at, *within))
    names: frozenset[str] = frozenset()
    if clause and clause.done:
        names = frozenset(name for doer in clause.doers for name in doer.names)
    key = (_key(clause, _behind(parsed, within)) if clause else _qualified(parsed, at)) - phrase
    key = than or key or _month_of(parsed, at)
    words = (
        key
        if parsed.tokens[at].part != "ADP" and parsed.tokens[at].dependency == "prep"
        else frozenset(_around(parsed, at)) | key
    )
    return OppositeTerm(
        " ".join(parsed.word(one) for one in sorted({at, *within})),
        taken,
        key,
        words - phrase,
        names,
        _named(clause.doers) if clause else frozenset(),
        bool(clause and clause.done),
        _sole(parsed, at),
        bool(than),
        at,
    )


def _month_of(parsed: Tree, at: int) -> frozenset[str]:
    """Return the noun of which a thing is told that seems told of a date: "a frost in April, which is rare"."""
    described = next((head for head in (at, *parsed.heads(at)) if parsed.tokens[head].dependency == "relcl"), at)
    dated = parsed.tokens[described].head
    above = parsed.tokens[parsed.tokens[dated].head].head
    told = described != at or parsed.tokens[at].dependency == "relcl"
    return frozenset({parsed.word(above)}) if told and parsed.word(dated) in CALENDAR else frozenset()


def _sole(parsed: Tree, at: int) -> bool:
    """Return True if something is told of some alone: "only two", "all but one"; the others are otherwise."""
    teller_at = teller(parsed, at) if parsed.tokens[at].part not in {"VERB", "AUX"} else at
    subjects = parsed.under(teller_at, "nsubj", "nsubjpass")
    if parsed.tokens[teller_at].dependency in {"acl", "relcl"}:
        subjects.append(parsed.tokens[teller_at].head)
    below = {low for one in subjects for low in parsed.below(one, "relcl", "acl")}
    return any(parsed.word(one) in _SOLE for one in below | set(parsed.under(teller_at, "advmod")))


def _than(parsed: Tree, at: int) -> frozenset[str]:
    """Return the words for that with which more or less is compared: he has less than they where they have more."""
    if parsed.word(at) not in {"more", "less"} or parsed.tokens[at].dependency == "quantmod":
        return frozenset()
    preps = [
        one for one in (*parsed.children[at], *parsed.children[parsed.tokens[at].head]) if parsed.word(one) == "than"
    ]
    return frozenset(parsed.word(low) for one in preps for low in parsed.under(one, "pobj"))


def _said(parsed: Tree, at: int) -> tuple[list[OppositeSide], list[int]]:
    """Return the sides that a token says, as the longest phrase that it heads, and the places of the others in it."""
    if not _may_say(parsed, at):
        return [], []
    below = _phrase_places(parsed, at)
    roots = {root(parsed.word(one)): one for one in below}
    own = [side for side in sides(root(parsed.word(at))) if _fits(parsed, at, side) and roots.keys() >= set(side.rest)]
    longest = max((len(side.rest) for side in own), default=0)
    if not longest and parsed.under(at, "prt", "acomp"):
        return [], []  # a verb with a particle means something else, and "grew scarce" is no growth
    best = [side for side in own if len(side.rest) == longest]
    return best, [roots[rest] for side in best[:1] for rest in side.rest]


def _fits(parsed: Tree, at: int, side: OppositeSide) -> bool:
    """Return True if a token is of the part of speech that is meant; where verbs are, a noun must be that of a deed."""
    part = parsed.tokens[at].part
    return part in side.parts and (part != "NOUN" or "VERB" not in side.parts or parsed.word(at) in DEEDS)


def _may_say(parsed: Tree, at: int) -> bool:
    """Return True if a token may say something of its own: no helping verb, and no stranded preposition."""
    token = parsed.tokens[at]
    if token.dependency in {"aux", "auxpass", "compound"}:
        return False
    if token.part == "ADP":
        return bool(parsed.under(at, "pobj", "pcomp"))
    if token.part == "AUX" and token.lemma not in {"have", "be"}:
        return False
    if token.part in {"DET", "ADJ"} and parsed.word(at) in _QUANTITIES:
        return parsed.tokens[token.head].dependency != "pobj"
    return True


def _phrase_places(parsed: Tree, at: int) -> list[int]:
    """Return the places of what may stand in a phrase with a token: what hangs on it, and on that."""
    near = [one for one in parsed.children[at] if parsed.tokens[one].dependency not in _NO_PHRASE]
    return near + [low for one in near for low in parsed.children[one] if parsed.tokens[low].dependency != "conj"]


def _sign(parsed: Tree, at: int, mark: Signed | None, within: Iterable[int]) -> int:
    """Return 1 where something is affirmed, -1 where it is denied, 0 where that is not told."""
    if _outstanding(parsed, at):
        return -1
    sign = (-mark.sign if mark.made else mark.sign) if mark else 1
    denials = sum(bool(parsed.under(one, "neg")) for one in (*within, *(() if mark else (at,))))
    return -sign if denials % 2 else sign


def _outstanding(parsed: Tree, at: int) -> bool:
    """Return True if a noun names what is yet to come: "subject to approval", "awaits a decision"."""
    token = parsed.tokens[at]
    above = token.head
    ruled = parsed.word(parsed.tokens[above].head) if token.dependency == "pobj" else ""
    awaited = token.dependency == "dobj" and root(parsed.word(above)) in _AWAITING
    pending = (parsed.preposition(at) == "to" and ruled == "subject") or parsed.preposition(at) == "pending"
    return token.part == "NOUN" and (awaited or pending or ruled in {"wait", "waiting"})


def _key(clause: Clause, behind: frozenset[str]) -> frozenset[str]:
    """Return the words for that to which something is done, or to which it leads, or else for who does it."""
    others = [party for _, party in clause.others]
    return _named(clause.done) if clause.done else _named(others) | behind or _named(clause.doers)


def _behind(parsed: Tree, within: Iterable[int]) -> frozenset[str]:
    """Return the nouns behind the words of a phrase: "fell short of the mark"."""
    preps = [prep for one in within for prep in (one, *parsed.under(one, "prep"))]
    return frozenset(parsed.word(low) for prep in preps for low in parsed.under(prep, "pobj"))


def _named(some: Iterable[Party]) -> frozenset[str]:
    found = frozenset(word for party in some if not party.points for word in party.words)
    return found - CALENDAR - POINTING - FUNCTION_WORDS


def _qualified(parsed: Tree, at: int) -> frozenset[str]:
    """Return of what a word that is no predicate is said: the noun or verb it stands with, or what hangs on it."""
    if parsed.word(at) in _BEFORE:
        return frozenset()
    if parsed.tokens[at].dependency in _QUALIFIES:
        return frozenset({parsed.word(parsed.tokens[at].head)})
    if parsed.tokens[at].dependency == "mark":
        return frozenset({parsed.word(parsed.tokens[at].head)})
    own = parsed.under(at, "pobj", "pcomp", "poss", "compound")
    own += [low for prep in parsed.under(at, "prep") for low in parsed.under(prep, "pobj")]
    return frozenset(parsed.word(one) for one in own) - FUNCTION_WORDS


def _around(parsed: Tree, at: int) -> Iterable[str]:
    """Return the words of the clause in which a token stands; a noun with others of its own has those."""
    if parsed.tokens[at].part == "NOUN" and parsed.under(at, "prep"):
        low = parsed.below(at, "relcl", "conj")
        return (parsed.word(one) for one in low if parsed.tokens[one].part in _TELLS)
    return clause_words(parsed, at if predicates(parsed, at) else teller(parsed, at))
