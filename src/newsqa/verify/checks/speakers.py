"""Speakers: who is said to say something must be who says it in the quotes, or in the sentences around them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from newsqa.verify.checks.scenes import alike, cast, own_cast
from newsqa.verify.checks.ties import SAYS
from newsqa.verify.facts.offices import OFFICES, actor
from newsqa.verify.facts.synonyms import kin

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from newsqa.verify.checks.reading import QuoteText, Reading
    from newsqa.verify.checks.scenes import Participant
    from newsqa.verify.checks.ties import Tie


_LEAST = 2
"""Words that what is said must share with what is said in the quotes, for their speakers to be compared."""


def speakers_stand(sentence: Reading, proof: QuoteText) -> str | None:
    """Return whom the sentence lets say something that the quotes have another say, or None."""
    there = cast(proof)
    for figure in own_cast(sentence.text):
        if not figure.acts or (figure.names and figure.names <= proof.known.folded):
            continue
        own = alike(figure, there, proof)
        if any(_given_to_another(said, figure, own, there) for said in _said(figure.ties)):
            return f"its quotes do not have {' '.join(sorted(figure.names or figure.words))} say it"
    return None


def _said(some: Sequence[Tie]) -> Iterator[Tie]:
    return (tie for tie in some if tie.slot == "doer" and tie.what == SAYS)


def _given_to_another(said: Tie, figure: Participant, own: list[Participant], there: Sequence[Participant]) -> bool:
    """Whether others say it in the quotes, clearly sooner than the one who is named for it."""
    heard = [(_shared(said, tie), one) for one in there if one.acts for tie in _said((*one.ties, *one.perhaps))]
    most = max((score for score, _ in heard), default=0)
    if not most or most < min(_LEAST, len(said.words)):
        return False
    if any(2 * score >= most and any(one is other for other in own) for score, one in heard):
        return False
    others = [one for score, one in heard if score == most]
    if figure.names and own and not any(other.names or _no_one(other) for other in others):
        return False
    return bool(figure.names) or bool(own) or any(other.names for other in others)


def _no_one(other: Participant) -> bool:
    """Whether one without a name cannot be one who has one: a body, or one of many."""
    return not any((actor(word) or "") in OFFICES and actor(word) == word for word in other.heads)


def _shared(said: Tie, other: Tie) -> int:
    known = frozenset(k for word in other.words for k in kin(word))
    return sum(not kin(word).isdisjoint(known) for word in said.words)
