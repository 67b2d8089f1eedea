"""Who does what to whom, as far as the order of words tells: the participants before and after each verb."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from newsqa.facts.dates import CALENDAR
from newsqa.facts.forms import BASES
from newsqa.facts.names import names
from newsqa.facts.offices import HONORIFICS, actor
from newsqa.facts.sayings import REPORTING
from newsqa.facts.synonyms import kin, root
from newsqa.facts.words import FUNCTION_WORDS, Word, word_set, words

if TYPE_CHECKING:
    from collections.abc import Sequence

_BE = word_set("is are was were be been being am get got gets getting")
_BREAKS = re.compile(r"[;:.!?()—\n]|\s–")
_SUBJECTS = word_set("i he she it we you they who which that")
_UNCHANGED = word_set("beat put cut set hit cost let shut")
"""Verbs whose past looks like their base."""

_MODALS = word_set("can could will would may might must should shall to did does")
_NEW_CLAUSE = word_set(
    "and but while whereas although though because since when if whether that after before until than as"
)
_PREPOSITIONS = word_set("in at on near from with for under during of through across behind beside")
_REACH = 9
"""Words on either side of a verb in which its participants are looked for."""


@dataclass(frozen=True, slots=True)
class Deed:
    """A verb by its root, with who stands where the doer stands, and next to where the one it is done to stands."""

    verb: str
    doers: frozenset[str]
    others: frozenset[str]
    passive: bool


def participants(text: str, common: frozenset[str] = frozenset()) -> dict[int, str]:
    """Find who acts in a text, by the place of each word: words of names as they are folded, else in the singular."""
    found = {word.start: acts for word in words(text) if (acts := actor(word.folded))}
    for name in names(text, common):
        within = (word for word in words(name.text) if word.folded in name.words and word.folded not in HONORIFICS)
        if set(name.words) <= CALENDAR:
            continue
        found |= {name.start + word.start: word.folded for word in within if word.text[0].isupper()}
    return found


def deeds(text: str, common: frozenset[str] = frozenset(), verbs: frozenset[str] = frozenset()) -> list[Deed]:
    """Read a text as deeds, one for each word that looks like a verb in the past, or is kin to one of these verbs."""
    found = words(text)
    acting = participants(text, common)
    told: list[Deed] = []
    for place, word in enumerate(found):
        if word.start in acting or not (_verb(found, place, acting) or _used_as(verbs, found, place, acting)):
            continue
        deed = _deed(text, found, place, acting)
        if told and place and found[place - 1].folded == "and" and not deed.doers | told[-1].others:
            deed = replace(deed, doers=told[-1].doers)  # "Tam called it a day and told …"
        told.append(deed)
    return told


def _verb(found: Sequence[Word], place: int, acting: dict[int, str]) -> bool:
    word = found[place]
    if not word.content or word.start in acting or word.capitalised:
        return False
    modal = place > 0 and found[place - 1].folded in _MODALS
    return modal or word.folded.endswith("ed") or word.folded in BASES or word.folded in _UNCHANGED


def _used_as(verbs: frozenset[str], found: Sequence[Word], place: int, acting: dict[int, str]) -> bool:
    """Whether a word is kin to a verb and stands right after one who may do it: "Russia occupies"."""
    if verbs.isdisjoint(kin(found[place].folded)) or not place:
        return False
    return found[place - 1].start in acting or found[place - 1].folded in _SUBJECTS


def _deed(text: str, found: Sequence[Word], place: int, acting: dict[int, str]) -> Deed:
    verb, before = root(found[place].folded), _before(text, found, place, acting)
    helped = any(word.folded in _BE for word in found[max(0, place - 3) : place])
    by = next((n for n in range(place + 1, min(len(found), place + 4)) if found[n].folded == "by"), None)
    perfect = not helped and place > 0 and found[place - 1].folded in {"have", "has", "had"}
    if by is not None and not perfect and found[place].folded.endswith(("ed", "en", "n", "t", "d")):
        return Deed(verb, frozenset(_after(text, found, by, acting)), before, passive=True)
    if helped and found[place].folded.endswith(("ed", "en")):
        return Deed(verb, frozenset(), before, passive=True)
    return Deed(verb, before, frozenset(_after(text, found, place, acting)[:1]), passive=False)


def _before(text: str, found: Sequence[Word], verb: int, acting: dict[int, str]) -> frozenset[str]:
    """Return who stands before a verb in its clause, places and times ("in Kell", "at the bank") aside."""
    end = _subject_end(text, found, verb)
    place = _before_passing(text, found, end)
    passing = {acting[word.start] for word in found[place + 1 : end + 1] if word.start in acting and word.capitalised}
    collected: set[str] = set()
    for at in range(place, max(-1, place - _REACH), -1):
        between = text[found[at].end : found[at + 1].start]
        if at < place and ("," in between or _BREAKS.search(between)):
            break
        if _opens_clause(found[at]) and found[at].start not in acting:
            break
        if found[at].folded in _PREPOSITIONS:
            collected.clear()
        elif found[at].start in acting:
            collected.add(acting[found[at].start])
    return frozenset(collected | passing)


def _subject_end(text: str, found: Sequence[Word], verb: int) -> int:
    """Return the place where who does it may end: before auxiliaries and "and"."""
    place = verb - 1
    while (
        place >= 0
        and found[place].folded in FUNCTION_WORDS
        and "," not in text[found[place].end : found[place + 1].start]
    ):
        if _opens_clause(found[place]) and not (place == verb - 1 and found[place].folded == "and"):
            return place
        place -= 1
    return place


def _before_passing(text: str, found: Sequence[Word], place: int) -> int:
    """Return the place before what is said in passing, between commas: "Tam, who runs the port, said"."""
    if place < 0 or "," not in text[found[place].end : found[place + 1].start]:
        return place
    opened = text.rfind(",", 0, found[place].start)
    return next((n for n in range(place, -1, -1) if found[n].end <= opened), place) if opened >= 0 else place


def _after(text: str, found: Sequence[Word], verb: int, acting: dict[int, str]) -> list[str]:
    """Return who stands after a verb in its clause, nearest first, places and times aside."""
    collected: list[str] = []
    for at in range(verb + 1, min(len(found), verb + 1 + _REACH)):
        between = text[found[at - 1].end : found[at].start]
        if "," in between or _BREAKS.search(between) or _opens_clause(found[at]) or found[at].folded in _PREPOSITIONS:
            break
        if found[at].start in acting:
            collected.append(acting[found[at].start])
    return collected


def _opens_clause(word: Word) -> bool:
    return word.folded in _NEW_CLAUSE or (root(word.folded) in REPORTING and word.folded not in BASES.values())
