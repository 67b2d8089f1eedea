"""Speakers: who is said to say something must be who says it in the quotes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from newsqa.checks.reading import kin_near
from newsqa.facts.quoted import quoted
from newsqa.facts.synonyms import kin
from newsqa.wording import wording

if TYPE_CHECKING:
    from newsqa.checks.reading import Piece, Proof, Reading
    from newsqa.facts.sayings import Saying


def speakers_stand(sentence: Reading, proof: Proof) -> str | None:
    """Return whom the sentence lets say something that the quotes do not have them say, or None."""
    for saying in sentence.sayings:
        if saying.named and not _borne_out(saying, sentence, proof):
            return f"its quotes do not have {saying.written} say it"
    return None


def _borne_out(saying: Saying, sentence: Reading, proof: Proof) -> bool:
    if saying.names and saying.names <= proof.known.folded:
        return True
    sources = _sources(saying, sentence, proof)
    return not sources or any(_speaks(saying, piece, proof) for piece in sources)


def _sources(saying: Saying, sentence: Reading, proof: Proof) -> list[Piece]:
    """Return the pieces that hold what is said: those with the words in quotation marks, else the nearest."""
    inside = [wording(part).words for part in quoted(sentence.text)]
    holding = [
        p for p in proof.pieces if any(_within(words, wording(p.reading.text).words) for words in inside if words)
    ]
    if holding:
        return holding
    telling = [word for word in sentence.content if not saying.start <= word.start < saying.end]
    return proof.nearest(telling, slack=1)


def _within(part: tuple[str, ...], text: tuple[str, ...]) -> bool:
    return any(text[at : at + len(part)] == part for at in range(len(text) - len(part) + 1))


def _speaks(saying: Saying, piece: Piece, proof: Proof) -> bool:
    there = [other for other in piece.reading.sayings if other.named]
    if any(_same(saying, other) or _bound(saying, other, proof) for other in there):
        return True
    if there and all(other.names for other in there) and saying.names:
        return _is_subject(saying, piece.reading) and not piece.reading.text.startswith("“")
    if there and _is_named(saying, piece.reading):
        return True
    return _present(saying, piece, proof)


def _same(saying: Saying, other: Saying) -> bool:
    if saying.names and other.names:
        return bool(saying.names & other.names)
    return not {k for office in saying.offices for k in kin(office)}.isdisjoint(
        {k for office in other.offices for k in kin(office)}
    ) or (not saying.names and not saying.offices)


def _bound(saying: Saying, other: Saying, proof: Proof) -> bool:
    """Whether the article calls the one of two by what the other is called: Wrothsley, the engineer."""
    by_name, by_office = (saying, other) if saying.names else (other, saying)
    if not by_name.names or by_office.names:
        return False
    near = frozenset[str]().union(*(kin_near(name, text) for name in by_name.names for text in proof.context))
    return any(not kin(office).isdisjoint(near) for office in by_office.offices)


def _is_subject(saying: Saying, reading: Reading) -> bool:
    first = next(iter(reading.names), None)
    return first is not None and bool(set(first.words) & saying.names) and reading.text.find(first.text) < 40


def _is_named(saying: Saying, reading: Reading) -> bool:
    return bool(saying.names & reading.folded) if saying.names else bool(saying.offices & reading.actors)


def _present(saying: Saying, piece: Piece, proof: Proof) -> bool:
    """Whether the speaker stands in the piece, or in the last one before it, of the same quotes, that names anyone."""
    if _is_named(saying, piece.reading):
        return True
    at = next(n for n, other in enumerate(proof.pieces) if other is piece)
    others = [other.reading for other in (*reversed(proof.pieces[:at]), *proof.pieces[at + 1 :])]
    telling = [r for r in others if r.names or any(s.named for s in r.sayings)] or [r for r in others if r.actors]
    return bool(telling) and _is_named(saying, telling[0])
