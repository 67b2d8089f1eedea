"""Denials and opposites: nothing may be denied that the quotes affirm, or the reverse, and no word turned round."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from newsqa.facts.amounts import SPANS_OF_TIME
from newsqa.facts.opposites import opposites
from newsqa.facts.synonyms import kin, root

if TYPE_CHECKING:
    from newsqa.checks.reading import Piece, Proof, Reading
    from newsqa.facts.negations import Denial
    from newsqa.facts.words import Word

_CLAUSE = re.compile(
    r"[,;:—]\s|\s(?:and|but|while|whereas|although|though|who|which|because|since|so that|after|before)\s"
)
_GRAMMAR = frozenset(
    [
        "more",
        "less",
        "fewer",
        "most",
        "least",
        "before",
        "after",
        "above",
        "below",
        "over",
        "under",
        "up",
        "down",
        "always",
        "never",
        "all",
        "every",
        "everyone",
        "each",
        "both",
        "first",
        "last",
        "some",
        "someone",
        "somebody",
        "something",
        "many",
        "several",
        "no",
        "none",
        "nobody",
        "nothing",
        "neither",
        "next",
        "inside",
        "within",
        "outside",
        "almost",
        "any",
        "always",
        "often",
    ]
)
"""Words of grammar that have opposites."""

_FIXED = frozenset(
    {"north", "northern", "south", "southern", "east", "eastern", "west", "western", "starboard", "port"}
)
"""What no denial turns round: "not to the north" is not "to the south"."""

_ORDER = frozenset({"before", "after"})
_UNIT = 10
"""Characters in which the unit of a number stands, between it and "before"."""

_POINTS_BACK = re.compile(r"\s(?:that|this|which|them)\b", re.IGNORECASE)


def denial_agrees(sentence: Reading, proof: Proof) -> str | None:
    """Return what a sentence denies or affirms against its quotes, or None."""
    near = proof.nearest(sentence.content, slack=2)
    denied = frozenset[str]().union(*(piece.reading.denied for piece in proof.pieces))
    if fault := _denies_wrongly(sentence, proof, denied):
        return fault
    if fault := _affirms_wrongly(sentence, proof, denied):
        return fault
    if fault := _turned_round(sentence, proof):
        return fault
    return _drops_denial(sentence, near)


def _affirmed(proof: Proof) -> frozenset[str]:
    """Return the roots that some piece of the quotes holds without denying them there."""
    return frozenset[str]().union(*(piece.reading.roots - piece.reading.denied for piece in proof.pieces))


def _denies_wrongly(sentence: Reading, proof: Proof, denied: frozenset[str]) -> str | None:
    for denial in sentence.denials:
        known = [one for one in denial.roots if one in proof.whole.roots]
        if known and not denied & set(denial.roots) and not _opposed(denial.roots, proof):
            if any(piece.reading.denials for piece in proof.pieces) and denial.implied:
                continue
            if "since" in sentence.folded and "last" in proof.whole.folded:
                continue
            if _same_denial(sentence, denial, proof):
                continue
            return f"it denies what its quotes do not deny ({', '.join(sorted(known))})"
    if _more_denials(sentence, proof):
        return "it denies more than its quotes do"
    plain = any(not denial.implied for denial in sentence.denials) and not (
        "since" in sentence.folded and "last" in proof.whole.folded
    )
    anything = any(piece.reading.denials for piece in proof.pieces)
    if plain and not anything and not any(_opposed(denial.roots, proof) for denial in sentence.denials):
        return "it denies something, and its quotes deny nothing"
    return None


def _more_denials(sentence: Reading, proof: Proof) -> bool:
    """Whether a sentence denies more often than its quotes, what they put as the opposite aside."""
    plain = (d for d in sentence.denials if not d.implied and sentence.text[d.start :][:3].lower() != "nor")
    told = [denial for denial in plain if not _opposed(denial.roots, proof)]
    there = sum(len(piece.reading.denials) for piece in proof.pieces)
    return bool(there) and len(told) > there


def _same_denial(sentence: Reading, denial: Denial, proof: Proof) -> bool:
    """Whether the piece of the quotes that is nearest to the clause of a denial denies something.

    What "is no longer" so must be denied in it, or at least not be affirmed.
    """
    denying = [piece.reading for piece in proof.nearest(_clause(sentence, denial.start)) if piece.reading.denials]
    if sentence.text[denial.start :].lower().startswith("no longer"):
        denying = [reading for reading in denying if (reading.roots - reading.denied).isdisjoint(denial.roots)]
    return bool(denying)


def _clause(sentence: Reading, at: int) -> list[Word]:
    starts = [0, *(match.end() for match in _CLAUSE.finditer(sentence.text, 0, at))]
    ends = _CLAUSE.search(sentence.text, at)
    end = ends.start() if ends else len(sentence.text)
    return [word for word in sentence.content if starts[-1] <= word.start < end]


def _opposed(roots: tuple[str, ...], proof: Proof) -> bool:
    """Whether the quotes hold the opposite of what is denied: "did not open" where they say "stayed shut"."""
    return any(opposites(one) & proof.whole.roots for one in roots if one not in proof.whole.roots)


def _affirms_wrongly(sentence: Reading, proof: Proof, denied: frozenset[str]) -> str | None:
    said = frozenset(root(word.folded) for word in sentence.content) - sentence.denied
    wrongly = (said & denied) - _affirmed(proof)
    named = frozenset(root(word) for word in proof.whole.named)
    wrongly -= named
    if wrongly and not sentence.denials and not _says_opposite(sentence, wrongly):
        return f"it affirms what its quotes deny ({', '.join(sorted(wrongly))})"
    firm = {one for one in wrongly if _nearest_to_negation(one, proof)}
    if firm and not _denied_otherwise(sentence, firm):
        return f"it affirms what its quotes deny ({', '.join(sorted(firm))})"
    return None


def _nearest_to_negation(one: str, proof: Proof) -> bool:
    return any(one in denial.roots[:1] for piece in proof.pieces for denial in piece.reading.denials)


def _denied_otherwise(sentence: Reading, roots: set[str]) -> bool:
    """Whether a denial of the sentence stands in the same clause as these words."""
    places = [word.start for word in sentence.content if root(word.folded) in roots]
    starts = {_clause_start(sentence, denial.start) for denial in sentence.denials if not denial.implied}
    return any(_clause_start(sentence, place) in starts for place in places)


def _clause_start(sentence: Reading, at: int) -> int:
    return max((match.end() for match in _CLAUSE.finditer(sentence.text, 0, at)), default=0)


def _says_opposite(sentence: Reading, roots: frozenset[str]) -> bool:
    return any(opposites(one) & sentence.roots for one in roots)


def _turned_round(sentence: Reading, proof: Proof) -> str | None:
    """Find a word of the sentence that the quotes do not have while they have its opposite."""
    denied_there = frozenset[str]().union(*(piece.reading.denied for piece in proof.pieces))
    for word in sentence.words:
        one = root(word.folded)
        if not (word.content or word.folded in _GRAMMAR) or one in proof.whole.roots or one in sentence.denied - _FIXED:
            continue
        same = kin(word.folded) - {one} if word.content else frozenset[str]()
        roots = frozenset[str]().union(*(p.reading.roots for p in proof.pieces if same.isdisjoint(p.reading.kin)))
        against = opposites(one) & roots - denied_there - sentence.roots
        if (
            against
            and (one in _FIXED or not _denied_otherwise(sentence, {one}))
            and not (word.folded in _ORDER and _swapped(sentence, word, proof))
        ):
            return f"it says “{word.text}” where its quotes say the opposite"
    return None


def _swapped(sentence: Reading, word: Word, proof: Proof) -> bool:
    """Whether what stands on the two sides of "before" stands on the other sides of "after" in the quotes."""
    if any(amount.unit in SPANS_OF_TIME and 0 <= word.start - amount.end <= _UNIT for amount in sentence.amounts):
        return False  # "three weeks before"
    left, right = _sides(sentence, word)
    same = swapped = 0
    for piece in proof.pieces:
        for other in (w for w in piece.reading.words if w.folded in _ORDER and w.folded != word.folded):
            if _POINTS_BACK.match(piece.reading.text, other.end):
                swapped += 1
                continue
            there_left, there_right = _sides(piece.reading, other)
            same += len(left & there_left) + len(right & there_right)
            swapped += len(left & there_right) + len(right & there_left)
    return swapped >= same


def _sides(reading: Reading, at: Word) -> tuple[frozenset[str], frozenset[str]]:
    left = (root(word.folded) for word in reading.content if word.end <= at.start)
    right = (root(word.folded) for word in reading.content if word.start >= at.end)
    return frozenset(left), frozenset(right)


def _drops_denial(sentence: Reading, near: list[Piece]) -> str | None:
    """Find a piece, the nearest to the sentence, that denies something in a clause which the sentence affirms."""
    denying = {_clause_start(sentence, denial.start) for denial in sentence.denials}
    if not near or (any(not denial.implied for denial in sentence.denials) and len(denying) > 1):
        return None
    for piece in near[:1]:
        for denial in piece.reading.denials:
            clause = _clause(piece.reading, denial.start)
            shared = [word for word in clause if not kin(word.folded).isdisjoint(sentence.kin)]
            meeting = {kin_of for word in shared for kin_of in kin(word.folded)}
            places = [word.start for word in sentence.content if not kin(word.folded).isdisjoint(meeting)]
            if any(_clause_start(sentence, place) in denying for place in places):
                continue
            if (
                len(clause) > 1
                and 2 * len(shared) >= len(clause)
                and not _says_opposite(sentence, frozenset(denial.roots))
            ):
                return "its quotes deny what it affirms"
    return None
