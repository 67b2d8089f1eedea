"""Roles: who does what to whom, and who holds which office, must be as in the quotes."""

from __future__ import annotations

import itertools
import re
from itertools import product
from typing import TYPE_CHECKING

from newsqa.text.words import word_set
from newsqa.verify.checks.clauses import clauses
from newsqa.verify.checks.confusions import among, asked_for_asker, crossed, exchanged, overcome, same_party
from newsqa.verify.checks.dates import order_kept
from newsqa.verify.checks.names import modifiers_kept
from newsqa.verify.checks.participants import SAYS, called, cast, matching, own_cast, verb_kin
from newsqa.verify.checks.parties import meet, same_names
from newsqa.verify.checks.reading import kin_near
from newsqa.verify.facts.synonyms import MUTUAL, NAMING, OFFICES, actor, kin, one_way, root
from newsqa.verify.faults import Fault

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from newsqa.verify.checks.clauses import Clause
    from newsqa.verify.checks.participants import Participant, Tie
    from newsqa.verify.checks.parties import Party
    from newsqa.verify.checks.reading import QuoteText, Reading


_HE = r"he|him|his|himself"
_SHE = r"she|hers?|herself"
_GENDERED = tuple(
    (word, re.compile(rf"\b(?:{pronouns})\b", re.IGNORECASE), re.compile(rf"\b(?:{pronouns}|{kind})\b", re.IGNORECASE))
    for word, pronouns, kind in (
        ("he", _HE, "man|men|boys?|mr|father|son|brother|husband|king|grandfather|uncle"),
        ("she", _SHE, "wom[ae]n|girls?|mrs|ms|mother|daughter|sister|wife|queen|grandmother|aunt"),
    )
)
_CLEARLY = 0.4
"""How much better two must fit crosswise than as they stand to be held for swapped."""

_SURELY = 1.0
"""How well a thing and one who acts must each fit in the other's place, and how much better; of people more is told."""

_ALONE = 1.1
"""How well one must fit the other's place where nothing can be told of the other, and neither fits its own."""

_FAR_BETTER = 1.0
"""How much better another must fit to be the one who was meant."""

_LOOSE = frozenset({"leader", "chief", "head", "boss", "official"})
_STEM = 4
"""Letters by which a country and its people are one: “Peru”, “Peruvian”."""

_TELLING = frozenset({"doer", "done", "whose"})


def check_roles(sentence: Reading, source: QuoteText) -> Fault | None:
    """Return what is wrong with who does what in a sentence, or None."""
    return next((fault for check in _CHECKS for fault in check(sentence, source)), None)


def _genders(sentence: Reading, source: QuoteText) -> Iterator[Fault]:
    """Find a "he" of whom the quotes speak as "she", and the reverse."""
    quotes = source.whole.text
    for (word, here, there), (_, _, other) in zip(_GENDERED, reversed(_GENDERED), strict=True):
        one_sort = here.search(sentence.text) and not other.search(sentence.text)
        if one_sort and other.search(quotes) and not there.search(quotes):
            yield Fault("gender_mismatch", (word,))


def _places_kept(sentence: Reading, source: QuoteText) -> Iterator[Fault]:
    """Find two who have changed places, or one who stands where the quotes have another."""
    here, there = own_cast(sentence.text), cast(source)
    pairs = [(one, matching(one, there, source)) for one in here]
    for (one, own), (two, others) in itertools.combinations(pairs, 2):
        if _changed_places(one, own, two, others):
            yield Fault("swapped", (called(one), called(two)))
    used = {id(other) for _, own in pairs for other in own}
    for one, own in pairs:
        for rival in (other for other in there if id(other) not in used and not other.names & sentence.folded):
            if _comparable(one, rival) and not _one_name(one, rival, source) and _fits_better(one, own, rival):
                yield Fault("agent_confused", (called(rival), called(one)))


def _changed_places(one: Participant, own: list[Participant], two: Participant, others: list[Participant]) -> bool:
    """Return True if two fit the quotes clearly better where each stands for the other."""
    if not own or not others or any(first is second for first in own for second in others):
        return False
    without = frozenset(k for word in one.words | two.words for k in kin(word))
    both = {tie.what for tie in one.ties if not tie.what.isdisjoint(MUTUAL)} & {tie.what for tie in two.ties}
    mine, theirs = ([tie for tie in figure.ties if tie.what not in both] for figure in (one, two))
    straight = fit(mine, _known(own), without) + fit(theirs, _known(others), without)
    across = fit(mine, _sure(others), without), fit(theirs, _sure(own), without)
    if one.words & two.words or not (one.acts or two.acts):
        return False
    if not (one.acts and two.acts):
        return min(across) >= _SURELY and sum(across) > straight + 2 * _SURELY
    if not min(across):
        return straight < _CLEARLY and max(across) > _ALONE
    return sum(across) > straight + _CLEARLY


def _comparable(one: Participant, rival: Participant) -> bool:
    """Return True if one may have been put for another: two who have names, or two offices or bodies."""
    if one.names and rival.names:
        return not any(word[:_STEM] == other[:_STEM] for word in one.names for other in rival.names)
    offices = [any(map(actor, figure.words)) for figure in (one, rival)]
    return not one.names and not rival.names and all(offices)


def _one_name(one: Participant, rival: Participant, source: QuoteText) -> bool:
    """Return True if the article writes two names as one: the Aces are Las Vegas where it has the Las Vegas Aces."""
    heads = one.names & one.heads, rival.names & rival.heads
    return any(heads[0] & {*name.words} and heads[1] & {*name.words} for name in source.around.names)


def _fits_better(one: Participant, own: list[Participant], rival: Participant) -> bool:
    """Return True if another, of whom the sentence says nothing, fits what it says of one far better."""
    telling = [tie for tie in one.ties if tie.slot in _TELLING]
    return fit(telling, rival.ties) >= fit(telling, _known(own)) + _FAR_BETTER


def _known(some: list[Participant]) -> list[Tie]:
    return [tie for figure in some for tie in (*figure.ties, *figure.perhaps)]


def _sure(some: list[Participant]) -> list[Tie]:
    return [tie for figure in some for tie in figure.ties]


def _wrong_offices(sentence: Reading, source: QuoteText) -> Iterator[Fault]:
    """Find a name with an office which the quotes give to another, or in place of another."""
    there = cast(source)
    for figure in (one for one in own_cast(sentence.text) if one.names & one.heads):
        near = frozenset(
            k for name in figure.names for text in (*source.quotes, *source.context) for k in kin_near(name, text)
        )
        own = matching(figure, there, source)
        for office in sorted(_offices([figure])):
            held, elsewhere = _offices(own), _held_by_another(office, own, there)
            if any(other.endswith(office) or office.endswith(other) for other in held):
                continue  # a goalkeeper is a keeper
            unheard = kin(office).isdisjoint(near) and (held or elsewhere)
            if unheard or (held and elsewhere and all(kin(office).isdisjoint(kin(other)) for other in held)):
                yield Fault("office_mismatch", (called(figure), office))


def _made(sentence: Reading, source: QuoteText) -> Iterator[Fault]:
    """Find one who is named for an office where the quotes call the same one otherwise, and name another for it."""
    there = cast(source)
    for clause in clauses(sentence.text):
        posts = {word for how, party in clause.others if how == "as" for word in party.words if actor(word) in OFFICES}
        if not posts or root(clause.verb) not in NAMING:
            continue
        for party in (one for one in clause.done if one.names):
            own = [other for other in there if other.names and same_names(party.names & {party.head}, other.names)]
            near = frozenset(k for name in party.names for text in source.quotes for k in kin_near(name, text))
            if _offices(own) and all(kin(post).isdisjoint(near) for post in posts):
                yield Fault("office_mismatch", (party.head, min(posts)))


def _offices(some: Sequence[Participant]) -> set[str]:
    """Return the offices of people among some; "leader" and "chief" may be said of anyone who has one."""
    words = (word for figure in some for word in figure.words - figure.names)
    return {word for word in words if (actor(word) or "") in OFFICES and word not in _LOOSE}


def _held_by_another(office: str, own: Sequence[Participant], there: Sequence[Participant]) -> bool:
    others = [other for other in there if other.names and all(other is not one for one in own)]
    return any(not kin(office).isdisjoint(kin(other)) for other in _offices(others))


def _other_agents(sentence: Reading, source: QuoteText) -> Iterator[Fault]:
    """Find one of those in the quotes who does, with the same things, what another of them does there."""
    every = [clause for piece in source.pieces for clause in clauses(piece.reading.text)]
    there = [clause for clause in every if verb_kin(clause.verb) != SAYS]
    for clause in (one for one in clauses(sentence.text) if one_way(one.verb) and verb_kin(one.verb) != SAYS):
        alike = [known for known in there if not kin(clause.verb).isdisjoint(kin(known.verb))]
        doers = [_acting(known, every) for known in alike]
        apart = all(some and all(_apart(*pair) for pair in product(clause.doers, some)) for some in doers)
        if not (clause.doers and doers and apart and any(_same_things(clause, known) for known in alike)):
            continue
        if all(_is_there(party, every, source) for party in clause.doers):
            yield Fault("agent_confused", (called(doers[0][0]), called(clause.doers[0])))


def _is_there(one: Party, every: Sequence[Clause], source: QuoteText) -> bool:
    """Return True if the quotes know one who acts, in whatever part."""
    if not one.acts or one.points:
        return False
    known = bool(one.names) and one.names <= source.whole.named
    return known or any(among(one, clause.parties) for clause in every)


def _acting(clause: Clause, every: Sequence[Clause]) -> tuple[Party, ...]:
    """Return who does it, by an order or a law if so: "Tam issued an order freezing pay"."""
    if any(party.acts or party.points for party in clause.doers):
        return clause.doers
    means = {(party.at, party.words) for party in clause.doers}
    givers = [other.doers for other in every if any((party.at, party.words) in means for party in other.done)]
    return givers[0] if givers else clause.doers


def _apart(one: Party, other: Party) -> bool:
    """Return True if two are surely not the same; a title that both have does not make them one."""
    if one.points or other.points or not other.acts or same_party(one, other):
        return False
    return bool(one.names and other.names) or not meet(one.words, other.words)


def _same_things(clause: Clause, known: Clause) -> bool:
    return any(meet({one.head}, {other.head}) for one in clause.done for other in known.done if not one.points)


# How well a participant of a sentence fits one of its quotes, by their ties.

_LIGHT = frozenset(map(root, word_set("be is was are were have has had do make get take go come give keep let")))
"""Verbs that say little: that two do something so named hardly makes them alike."""

_BELONGS = frozenset({"owner", "whose", "of"})
_SAME, _LITTLE, _WORD = 1.0, 0.3, 0.3
_UNSURE = 0.7
_MOST = 4
"""Shared words that count, at most."""


def fit(some: Sequence[Tie], others: Sequence[Tie], without: frozenset[str] = frozenset()) -> float:
    """Sum up how far each tie is found among others; `without` are kin of words that count for neither."""
    return sum(max((_alike(one, other, without) for other in others), default=0.0) for one in some)


def _alike(one: Tie, other: Tie, without: frozenset[str]) -> float:
    """Weigh two ties: the same part in the same verb or noun, and words that they share; half if a pronoun says who."""
    return _weight(one, other, without) * (1 if one.sure and other.sure else _UNSURE)


def _weight(one: Tie, other: Tie, without: frozenset[str]) -> float:
    shared = min(_MOST, len(_shared(one.words, other.words, without)))
    meeting = one.what & other.what
    if not meeting:
        return _WORD * shared / 2 if "is" not in {one.slot, other.slot} else 0.0
    weight = _LITTLE if meeting <= _LIGHT else _SAME
    if not _compatible(one.slot, other.slot):
        return 0.0
    return weight + _WORD * shared


def _compatible(one: str, other: str) -> bool:
    """Return True if two may be the same part: "the Americans' proposal" is one that they proposed."""
    if one == other:
        return True
    if "is" in {one, other}:
        return False
    return bool(_BELONGS & {one, other}) or not ("doer" in {one, other} or {one, other} == {"from", "to"})


def _shared(some: Iterable[str], others: Iterable[str], without: frozenset[str]) -> set[str]:
    known = frozenset(k for word in others for k in kin(word))
    return {word for word in some if not kin(word).isdisjoint(known) and kin(word).isdisjoint(without)}


_CHECKS = (
    _genders,
    crossed,
    exchanged,
    overcome,
    _other_agents,
    asked_for_asker,
    order_kept,
    modifiers_kept,
    _places_kept,
    _wrong_offices,
    _made,
)
