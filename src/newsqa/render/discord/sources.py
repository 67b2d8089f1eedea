"""The sources of an answer as messages of Discord, each with its whole quote; for one person's eyes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from newsqa.render.discord.embeds import LONGEST, MOST, sources_embeds, weight
from newsqa.render.discord.parts import Part
from newsqa.render.posted import sources_of
from newsqa.render.splitting import packed

if TYPE_CHECKING:
    from newsqa.records import Answer


def sources(answer: Answer) -> tuple[Part, ...]:
    """Return every source of the answer with its whole quote, in as many messages as the limits ask for."""
    embeds = sources_embeds(sources_of(answer))
    if not embeds:
        return (Part("This answer has no sources."),)
    return tuple(Part("", tuple(group)) for group in packed(embeds, weight, LONGEST, MOST))
