"""How well one who takes part in a sentence fits someone in its quotes: by what each of them is tied to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from newsqa.text.words import word_set
from newsqa.verify.facts.synonyms import kin, root

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from newsqa.verify.checks.ties import Tie


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
    """Whether two may be the same part: "the Americans' proposal" is one that they proposed."""
    if one == other:
        return True
    if "is" in {one, other}:
        return False
    return bool(_BELONGS & {one, other}) or not ("doer" in {one, other} or {one, other} == {"from", "to"})


def _shared(some: Iterable[str], others: Iterable[str], without: frozenset[str]) -> set[str]:
    known = frozenset(k for word in others for k in kin(word))
    return {word for word in some if not kin(word).isdisjoint(known) and kin(word).isdisjoint(without)}
