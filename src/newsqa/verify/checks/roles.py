"""Roles: who does what to whom, and who holds which office, must be as in the quotes."""

from __future__ import annotations

import itertools
import re
from typing import TYPE_CHECKING

from newsqa.verify.checks.clauses import clauses
from newsqa.verify.checks.crossed import asked_for_asker, crossed, exchanged, overcome
from newsqa.verify.checks.doers import other_doer
from newsqa.verify.checks.fits import fit
from newsqa.verify.checks.modifiers import modifiers_kept
from newsqa.verify.checks.order import order_kept
from newsqa.verify.checks.parties import same_names
from newsqa.verify.checks.reading import kin_near
from newsqa.verify.checks.scenes import cast, matching, own_cast
from newsqa.verify.facts.converses import MUTUAL
from newsqa.verify.facts.offices import NAMING, OFFICES, actor
from newsqa.verify.facts.synonyms import kin, root

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from newsqa.verify.checks.reading import QuoteText, Reading
    from newsqa.verify.checks.scenes import Participant
    from newsqa.verify.checks.ties import Tie


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


def roles_agree(sentence: Reading, proof: QuoteText) -> str | None:
    """Return what is wrong with who does what in a sentence, or None."""
    return next((fault for check in _CHECKS for fault in check(sentence, proof)), None)


def _genders(sentence: Reading, proof: QuoteText) -> Iterator[str]:
    """Find a "he" of whom the quotes speak as "she", and the reverse."""
    quotes = proof.whole.text
    for (word, here, there), (_, _, other) in zip(_GENDERED, reversed(_GENDERED), strict=True):
        one_sort = here.search(sentence.text) and not other.search(sentence.text)
        if one_sort and other.search(quotes) and not there.search(quotes):
            yield f"its quotes do not speak of a “{word}”"


def _places_kept(sentence: Reading, proof: QuoteText) -> Iterator[str]:
    """Find two who have changed places, or one who stands where the quotes have another."""
    here, there = own_cast(sentence.text), cast(proof)
    pairs = [(one, matching(one, there, proof)) for one in here]
    for (one, own), (two, others) in itertools.combinations(pairs, 2):
        if _changed_places(one, own, two, others):
            yield f"its quotes have {_called(one)} and {_called(two)} the other way round"
    used = {id(other) for _, own in pairs for other in own}
    for one, own in pairs:
        for rival in (other for other in there if id(other) not in used and not other.names & sentence.folded):
            if _comparable(one, rival) and not _one_name(one, rival, proof) and _fits_better(one, own, rival):
                yield f"its quotes have {_called(rival)} where it has {_called(one)}"


def _changed_places(one: Participant, own: list[Participant], two: Participant, others: list[Participant]) -> bool:
    """Whether two fit the quotes clearly better where each stands for the other."""
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
    """Whether one may have been put for another: two who have names, or two offices or bodies."""
    if one.names and rival.names:
        return not any(word[:_STEM] == other[:_STEM] for word in one.names for other in rival.names)
    offices = [any(map(actor, figure.words)) for figure in (one, rival)]
    return not one.names and not rival.names and all(offices)


def _one_name(one: Participant, rival: Participant, proof: QuoteText) -> bool:
    """Whether the article writes two names as one: the Aces are Las Vegas where it has the Las Vegas Aces."""
    heads = one.names & one.heads, rival.names & rival.heads
    return any(heads[0] & {*name.words} and heads[1] & {*name.words} for name in proof.around.names)


def _fits_better(one: Participant, own: list[Participant], rival: Participant) -> bool:
    """Whether another, of whom the sentence says nothing, fits what it says of one far better."""
    telling = [tie for tie in one.ties if tie.slot in _TELLING]
    return fit(telling, rival.ties) >= fit(telling, _known(own)) + _FAR_BETTER


def _known(some: list[Participant]) -> list[Tie]:
    return [tie for figure in some for tie in (*figure.ties, *figure.perhaps)]


def _sure(some: list[Participant]) -> list[Tie]:
    return [tie for figure in some for tie in figure.ties]


def _called(figure: Participant) -> str:
    return " ".join(sorted(figure.names or figure.words))


def _offices_agree(sentence: Reading, proof: QuoteText) -> Iterator[str]:
    """Find a name with an office which the quotes give to another, or in place of another."""
    there = cast(proof)
    for figure in (one for one in own_cast(sentence.text) if one.names & one.heads):
        near = frozenset(
            k for name in figure.names for text in (*proof.quotes, *proof.context) for k in kin_near(name, text)
        )
        own = matching(figure, there, proof)
        for office in sorted(_offices([figure])):
            held, elsewhere = _offices(own), _held_by_another(office, own, there)
            if any(other.endswith(office) or office.endswith(other) for other in held):
                continue  # a goalkeeper is a keeper
            unheard = kin(office).isdisjoint(near) and (held or elsewhere)
            if unheard or (held and elsewhere and all(kin(office).isdisjoint(kin(other)) for other in held)):
                yield f"its quotes do not call {_called(figure)} {office}"


def _made(sentence: Reading, proof: QuoteText) -> Iterator[str]:
    """Find one who is named for an office where the quotes call the same one otherwise, and name another for it."""
    there = cast(proof)
    for clause in clauses(sentence.text):
        posts = {word for how, party in clause.others if how == "as" for word in party.words if actor(word) in OFFICES}
        if not posts or root(clause.verb) not in NAMING:
            continue
        for party in (one for one in clause.done if one.names):
            own = [other for other in there if other.names and same_names(party.names & {party.head}, other.names)]
            near = frozenset(k for name in party.names for text in proof.quotes for k in kin_near(name, text))
            if _offices(own) and all(kin(post).isdisjoint(near) for post in posts):
                yield f"its quotes do not call {party.head} {min(posts)}"


def _offices(some: Sequence[Participant]) -> set[str]:
    """Return the offices of people among some; "leader" and "chief" may be said of anyone who has one."""
    words = (word for figure in some for word in figure.words - figure.names)
    return {word for word in words if (actor(word) or "") in OFFICES and word not in _LOOSE}


def _held_by_another(office: str, own: Sequence[Participant], there: Sequence[Participant]) -> bool:
    others = [other for other in there if other.names and all(other is not one for one in own)]
    return any(not kin(office).isdisjoint(kin(other)) for other in _offices(others))


_CHECKS = (
    _genders,
    crossed,
    exchanged,
    overcome,
    other_doer,
    asked_for_asker,
    order_kept,
    modifiers_kept,
    _places_kept,
    _offices_agree,
    _made,
)
