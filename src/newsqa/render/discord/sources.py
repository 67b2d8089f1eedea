"""The sources of an answer as messages of Discord, each with its whole quote; for one person's eyes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from newsqa.render.discord.parts import Part
from newsqa.render.discord.words import plain
from newsqa.render.marks import provenance, quoted

if TYPE_CHECKING:
    from newsqa.records import Answer


def sources(answer: Answer) -> tuple[Part, ...]:
    """Return every source of the answer with its whole quote, in as many messages as the limits ask for."""
    return tuple(Part(plain(f"[{c.n}] {provenance(c)}\n{quoted(c)}")[:2_000]) for c in answer.citations)
