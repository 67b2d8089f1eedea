"""Roles: who does what to whom, and who holds which office, must be as in the quotes."""

from __future__ import annotations

import itertools
import re
from typing import TYPE_CHECKING

from newsqa.checks.names import same_people
from newsqa.checks.reading import kin_near, read
from newsqa.facts.deeds import deeds, participants
from newsqa.facts.offices import ACTORS, BODIES, OFFICES, actor
from newsqa.facts.sayings import REPORTING
from newsqa.facts.synonyms import kin

if TYPE_CHECKING:
    from collections.abc import Iterator

    from newsqa.checks.reading import Piece, Proof, Reading
    from newsqa.facts.deeds import Deed

_HE = r"he|him|his|himself"
_SHE = r"she|hers?|herself"
_GENDERED = tuple(
    (word, re.compile(rf"\b(?:{pronouns})\b", re.IGNORECASE), re.compile(rf"\b(?:{pronouns}|{kind})\b", re.IGNORECASE))
    for word, pronouns, kind in (
        ("he", _HE, "man|men|boys?|mr|father|son|brother|husband|king|grandfather|uncle"),
        ("she", _SHE, "wom[ae]n|girls?|mrs|ms|mother|daughter|sister|wife|queen|grandmother|aunt"),
    )
)
_BEFORE = re.compile(r"(?P<office>[\w-]+)(?:\sof\s(?:the\s)?[\w’']+)?,?\s$")
_AFTER = re.compile(
    r",\s(?:(?:a|an|the|its|his|her|their)\s)?(?:[\w’'-]+\s){0,4}?(?P<office>[\w-]+)(?=,|\s(?:of|at|for|who|to)\b|\.|;|$)"
)
_CLAUSE = re.compile(r"[;:—]\s|,\s(?:and|but|while|whereas|although|though)\s|\s(?:while|whereas)\s")


def roles_agree(sentence: Reading, proof: Proof) -> str | None:
    """Return what is wrong with who does what in a sentence, or None."""
    checks = (_genders, _deeds_agree, _offices_agree, _actors_bound)
    return next((fault for check in checks for fault in check(sentence, proof)), None)


def _genders(sentence: Reading, proof: Proof) -> Iterator[str]:
    """Find a "he" of whom the quotes speak as "she", and the reverse."""
    quotes = proof.whole.text
    for (word, here, there), (_, _, other) in zip(_GENDERED, reversed(_GENDERED), strict=True):
        one_sort = here.search(sentence.text) and not other.search(sentence.text)
        if one_sort and other.search(quotes) and not there.search(quotes):
            yield f"its quotes do not speak of a “{word}”"


def _deeds_agree(sentence: Reading, proof: Proof) -> Iterator[str]:
    """Find a verb of which doer and other have changed places, or whose doer does something else in the quotes."""
    everyone = frozenset(participants(sentence.text, proof.common).values())
    texts = [piece.reading.text for piece in proof.pieces]
    known = frozenset(who for text in texts for who in participants(text, proof.common).values())
    verbs = _verbs(deeds(sentence.text, proof.common))
    there = [(deed, piece) for piece in proof.pieces for deed in deeds(piece.reading.text, proof.common, verbs)]
    for deed in deeds(sentence.text, proof.common, _verbs([other for other, _ in there])):
        saying = deed.verb in REPORTING and deed.verb != "tell"  # “…,” said Tam: the others may be the doers
        same = [
            (other, piece)
            for other, piece in there
            if _same_verb(deed, other) and not (saying and not (deed.doers and other.doers and deed.others))
        ]
        if any(_meet(deed.doers, other.doers) for other, _ in same):
            continue
        crossed = any(_crossed(deed, other) for other, _ in same)
        if crossed or (
            same
            and all(
                _otherwise(deed, other, everyone, known)
                or _unheard(deed, other, proof)
                or _elsewhere(deed, other, piece)
                for other, piece in same
            )
        ):
            yield f"its quotes do not have {' '.join(sorted(deed.doers | deed.others))} in that part"


def _verbs(found: list[Deed]) -> frozenset[str]:
    """Return the verbs of deeds, and what is kin to them; verbs of saying have no kin."""
    telling = (deed.verb for deed in found)
    return frozenset(k for verb in telling for k in (kin(verb) if verb not in REPORTING else (verb,)))


def _same_verb(deed: Deed, other: Deed) -> bool:
    if deed.verb == other.verb:
        return True
    return not {deed.verb, other.verb} & REPORTING and not kin(deed.verb).isdisjoint(kin(other.verb))


def _unheard(deed: Deed, other: Deed, proof: Proof) -> bool:
    """Whether the quotes and their articles know nobody like the doer of a deed, and name another who did it."""
    known = proof.kin if deed.verb == other.verb else proof.kin | proof.around.kin
    return bool(deed.doers and other.doers) and all(kin(who).isdisjoint(known) for who in deed.doers)


def _elsewhere(deed: Deed, other: Deed, piece: Piece) -> bool:
    """Whether a piece names another as the doer, and the one who is named for it nowhere."""
    named = deed.verb == other.verb and deed.doers and other.doers and not (deed.doers | other.doers) & ACTORS
    return bool(named) and not any(same_people(who, word) for who in deed.doers for word in piece.reading.folded)


def _crossed(deed: Deed, other: Deed) -> bool:
    """Whether the doer of the one stands where the other has someone to whom it is done, or the reverse."""
    if _meet(deed.others, other.others) or (deed.passive and not deed.doers):
        return False
    return _meet(deed.doers, other.others) or _meet(deed.others, other.doers)


def _otherwise(deed: Deed, other: Deed, everyone: frozenset[str], known: frozenset[str]) -> bool:
    """Whether two name different doers of one verb, each of whom both texts know."""
    if deed.verb != other.verb or not (other.doers & everyone and deed.doers & known):
        return False
    sorts = [{who in ACTORS for who in doers} for doers in (deed.doers, other.doers)]
    return bool(sorts[0] & sorts[1])


def _meet(some: frozenset[str], others: frozenset[str]) -> bool:
    """Whether two groups may have someone in common, by word or by synonym."""
    return not frozenset(k for who in some for k in kin(who)).isdisjoint(k for who in others for k in kin(who))


def _offices_agree(sentence: Reading, proof: Proof) -> Iterator[str]:
    """Find a name with an office which the quotes or the article give to another, or in place of another."""
    texts = [*proof.quotes, *proof.context]
    held_there = {pair for text in texts for pair in _held(read(text))}
    for surname, office in _held(sentence):
        own = {other for holder, other in held_there if holder == surname}
        if any(not kin(office).isdisjoint(kin(other)) for other in own):
            continue
        others = {holder for holder, other in held_there if not kin(office).isdisjoint(kin(other))}
        near = any(not kin(office).isdisjoint(kin_near(surname, text)) for text in texts)
        if (own and (others or not near)) or (not near and any(office in read(text).actors for text in texts)):
            yield f"its quotes do not call {surname.capitalize()} {office}"


def _held(reading: Reading) -> list[tuple[str, str]]:
    """Return each last name that stands right beside an office, with it: "mayor Anna Venn", "Anna Venn, the mayor,"."""
    found: list[tuple[str, str]] = []
    for name in reading.names:
        before, after = _BEFORE.search(reading.text[: name.start]), _AFTER.match(reading.text[name.end :])
        beside = [match["office"].lower() for match in (before, after) if match]
        held = (actor(word) for word in (*beside, *name.words[:-1]))
        found += [(name.words[-1], office) for office in held if office in OFFICES]
    return found


def _actors_bound(sentence: Reading, proof: Proof) -> Iterator[str]:
    """Find who is put into a clause that the quotes tell of someone else."""
    acting = participants(sentence.text, proof.common)
    for start, end in _clauses(sentence.text):
        inside = [word for word in sentence.content if start <= word.start < end]
        telling = [word for word in inside if word.start not in acting]
        here = {acting[word.start] for word in inside if word.start in acting}
        pieces = proof.nearest(telling)
        if len(telling) > 1 and pieces and here:
            yield from _strangers(here, pieces, proof, frozenset(acting.values()))


def _clauses(text: str) -> list[tuple[int, int]]:
    cuts = [0, *(match.end() for match in _CLAUSE.finditer(text)), len(text)]
    return list(itertools.pairwise(cuts))


def _strangers(here: set[str], pieces: list[Piece], proof: Proof, used: frozenset[str]) -> Iterator[str]:
    """Yield who of a clause none of these pieces knows while they have someone of that sort whom it leaves out."""
    there = {k for piece in pieces for word in piece.reading.words for k in kin(word.folded)}
    spoken_of = {k for one in used for k in kin(one)}
    for who in sorted(here & ACTORS):
        every = (one for piece in pieces for one in piece.reading.actors)
        unused = {one for one in every if kin(one).isdisjoint(spoken_of)}
        same_kind = {one for one in unused if (one in OFFICES) == (who in OFFICES) or (one in BODIES and who in BODIES)}
        if kin(who).isdisjoint(there) and same_kind and who not in proof.whole.actors:
            yield f"its quotes speak of {min(same_kind)}, not of {who}"
