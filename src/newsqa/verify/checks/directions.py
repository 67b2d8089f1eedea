"""Directions: where a sentence says north, its quotes must not say south instead."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from newsqa.verify.checks.reading import QuoteText, Reading


_DIRECTION = re.compile(
    r"\b(?P<first>north|south)?[\s-]?(?P<then>east|west)?(?:ern(?:most)?|erly|wards?|bound)?\b", re.IGNORECASE
)


def directions_stand(sentence: Reading, proof: QuoteText) -> str | None:
    """Return which direction of a sentence is none of the quotes', where these have another, or None.

    Those in names ("North Korea") are the names' matter, and "western" is in "north-western".
    """
    there = {word for found, _ in _directions(proof.whole.text) for word in found}
    named = {word for word in ("north", "south", "east", "west") if word in proof.whole.text.lower()}
    for found, text in _directions(sentence.text) if there else ():
        if found - there - named:
            return f"its quotes do not say “{text}” but “{'” or “'.join(sorted(there))}”"
    return None


def _directions(text: str) -> list[tuple[frozenset[str], str]]:
    """Return the points of the compass in each word of direction that is written in lower case."""
    matches = (m for m in _DIRECTION.finditer(text) if (m["first"] or m["then"]) and m.group().strip()[:1].islower())
    return [(frozenset(part for part in m.groups() if part), m.group().strip()) for m in matches]
