"""Opposites: a closed table of words and phrases of which one, put for the other, turns a statement round."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from newsqa.text.words import word_set
from newsqa.verify.facts.synonyms import root

if TYPE_CHECKING:
    from collections.abc import Iterator


_PARTS = {
    "v": frozenset({"VERB", "AUX"}),
    "d": frozenset({"VERB", "AUX", "NOUN"}),
    "n": frozenset({"NOUN"}),
    "a": frozenset({"ADJ", "ADV", "VERB"}),
    "p": frozenset({"ADP", "SCONJ", "ADV", "ADJ", "DET", "PRON", "VERB"}),
}
DEEDS = word_set(
    "approval acceptance agreement consent rejection refusal veto ban support opposition endorsement arrest release "
    "detention conviction acquittal withdrawal closure opening resignation cancellation postponement suspension denial "
    "admission confirmation permission victory win defeat dismissal appointment extension destruction "
    "rescue disappearance appearance departure arrival return abolition introduction repeal adoption exclusion "
    "inclusion divorce marriage evacuation retreat advance recovery expulsion praise criticism condemnation"
)
"""Nouns that tell a deed as its verb does."""

_ANY = frozenset[str]().union(*_PARTS.values())


@dataclass(frozen=True, slots=True)
class OppositeSide:
    """One side of a group of opposites, 1 or -1, as a word or phrase says it.

    `rest` are the roots of the words that must stand below the first for the phrase, `parts` the parts of speech that
    the first may be.
    """

    group: int
    side: int
    rest: tuple[str, ...]
    parts: frozenset[str]


@cache
def _table() -> dict[str, tuple[OppositeSide, ...]]:
    found: defaultdict[str, list[OppositeSide]] = defaultdict(list)
    for group, (kind, *sides) in enumerate(_lines()):
        for side, entries in zip((1, -1), sides, strict=True):
            for entry in entries.split():
                first, *rest = (root(word) for word in entry.split("_"))
                found[first].append(OppositeSide(group, side, tuple(rest), _PARTS.get(kind, _ANY)))
    return {first: tuple(some) for first, some in found.items()}


def _lines() -> Iterator[tuple[str, str, str]]:
    table = files(__package__).joinpath("opposites.txt").read_text(encoding="utf-8")
    for line in table.splitlines():
        if line and not line.startswith("#"):
            one, other = line[2:].split(" : ")
            yield line[0], one, other


def sides(word_root: str) -> tuple[OppositeSide, ...]:
    """Return the sides of opposites that a word, or a phrase that begins with it, may say; none for most words."""
    return _table().get(word_root, ())


@cache
def opposites(word_root: str) -> frozenset[str]:
    """Return the roots of single words that say the opposite of one, none for most words."""
    own = {(side.group, -side.side) for side in sides(word_root) if not side.rest}
    return frozenset(
        other for other, some in _table().items() if any((s.group, s.side) in own and not s.rest for s in some)
    )
