"""Who does what to whom, as far as the order of words tells: the participants before and after each verb."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from newsqa.facts.forms import BASES
from newsqa.facts.names import names
from newsqa.facts.offices import HONORIFICS, actor
from newsqa.facts.sayings import REPORTING
from newsqa.facts.synonyms import kin, root
from newsqa.facts.words import FUNCTION_WORDS, Word, word_set, words

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_BE = word_set("is are was were be been being am get got gets getting")
_BREAKS = re.compile(r"[;:.!?()“”\"—–\n]")
_UNCHANGED = word_set("beat put cut set hit cost let shut")
"""Verbs whose past looks like their base."""

_MODALS = word_set("can could will would may might must should shall to did does")
_NEW_CLAUSE = word_set(
    "and but while whereas although though because since when if whether that after before until than as"
)
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
        found |= {name.start + word.start: word.folded for word in within if word.text[0].isupper()}
    return found


def deeds(text: str, common: frozenset[str] = frozenset(), verbs: frozenset[str] = frozenset()) -> list[Deed]:
    """Read a text as deeds, one for each word that looks like a verb in the past, or is kin to one of these verbs."""
    found = words(text)
    acting = participants(text, common)
    places = (n for n in range(len(found)) if _verb(found, n, acting) or not verbs.isdisjoint(kin(found[n].folded)))
    return [_deed(text, found, place, acting) for place in places if found[place].start not in acting]


def _verb(found: Sequence[Word], place: int, acting: dict[int, str]) -> bool:
    word = found[place]
    if not word.content or word.start in acting or word.capitalised:
        return False
    modal = place > 0 and found[place - 1].folded in _MODALS
    return modal or word.folded.endswith("ed") or word.folded in BASES or word.folded in _UNCHANGED


def _deed(text: str, found: Sequence[Word], place: int, acting: dict[int, str]) -> Deed:
    before = frozenset(_side(text, found, range(place - 1, max(-1, place - 1 - _REACH), -1), acting))
    after = _first(_side(text, found, range(place + 1, min(len(found), place + 1 + _REACH)), acting))
    helped = any(word.folded in _BE for word in found[max(0, place - 3) : place])
    by = next((n for n in range(place + 1, min(len(found), place + 4)) if found[n].folded == "by"), None)
    participle = helped or by is not None
    if participle and by is not None and found[place].folded.endswith(("ed", "en", "n", "t", "d")):
        doers = frozenset(_side(text, found, range(by + 1, min(len(found), by + 1 + _REACH)), acting))
        return Deed(root(found[place].folded), doers, before, passive=True)
    if helped and found[place].folded.endswith(("ed", "en")):
        return Deed(root(found[place].folded), frozenset(), before, passive=True)
    return Deed(root(found[place].folded), before, after, passive=False)


def _side(text: str, found: Sequence[Word], places: range, acting: dict[int, str]) -> Iterator[str]:
    """Yield the participants on one side, up to the end of the clause."""
    last = places.start - places.step
    closed = False  # a comma right before the verb closes what was said of the doer in passing
    for place in places:
        one, other = sorted((last, place))
        between = text[found[one].end : found[other].start] if one >= 0 else ""
        passing = all(word.folded in FUNCTION_WORDS for word in found[one + 1 : places.start + 1])
        closed = closed or (places.step < 0 and passing and "," in between)
        if places.step < 0 and last == places.start + 1 and found[place].folded == "and":
            last = place  # "X did this and did that"
            continue
        if _BREAKS.search(between) or _opens_clause(found[place]) or ("," in between and not closed):
            return
        if found[place].start in acting:
            yield acting[found[place].start]
        last = place


def _opens_clause(word: Word) -> bool:
    return word.folded in _NEW_CLAUSE or (root(word.folded) in REPORTING and word.folded not in BASES.values())


def _first(side: Iterator[str]) -> frozenset[str]:
    nearest = next(side, None)
    return frozenset() if nearest is None else frozenset({nearest})
