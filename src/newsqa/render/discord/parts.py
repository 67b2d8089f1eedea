"""Messages for Discord: that a question is worked on, what has passed so far, the answer, a line."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from newsqa.render.discord.embeds import LONGEST, MOST, asides_embed, near_embed, size, sources_embeds, weight
from newsqa.render.discord.words import plain
from newsqa.render.posted import (
    LABELS,
    LONGEST_QUOTE,
    WORKING,
    any_shortened,
    asides_of,
    nearest,
    so_far,
    sources_of,
    text_of,
)
from newsqa.render.safe import safe_line
from newsqa.render.splitting import packed, shortened, split

if TYPE_CHECKING:
    from collections.abc import Sequence

    from newsqa.records import Answer, JsonObject, Sentence

LONGEST_CONTENT = 2_000
"""UTF-16 units of a message's content."""


@dataclass(frozen=True, slots=True)
class Button:
    """A button: `id` is its custom_id, `newsqa:good:EXCHANGE`, at most 100 characters."""

    id: str
    label: str
    style: Literal["primary", "secondary"] = "secondary"


@dataclass(frozen=True, slots=True)
class Part:
    """A message: `content` in Markdown, at most 2,000 characters; at most ten embeds; a row of buttons."""

    content: str
    embeds: tuple[JsonObject, ...] = ()
    buttons: tuple[Button, ...] = ()


def working(stage: str = "") -> Part:
    """Say that a question is worked on, and at what."""
    return line(stage or WORKING)


def partial(sentences: Sequence[Sentence]) -> Part:
    """Show the sentences that have passed the check, and that more may come."""
    return line(f"{so_far(sentences)} …")


def line(text: str) -> Part:
    """Show a line of the bot's own: that something failed, was interrupted, or counts."""
    return Part(plain(shortened(safe_line(text) or "…", size, LONGEST_CONTENT)))


def answered(answer: Answer, exchange: str, *, private: bool = False) -> tuple[Part, ...]:
    """Show an answer with its sources; the last message has the buttons, whose ids end in `exchange`.

    More than one message only where the limits ask for it: then what goes on below has embeds and no content.
    `exchange` has at most 80 characters. `private` adds a button that shares the answer.
    """
    *before, last = [Part(plain(words)) for words in split(text_of(answer), size, LONGEST_CONTENT)]
    first, *more = [tuple(group) for group in packed(_embeds(answer), weight, LONGEST, MOST)]
    parts = [*before, replace(last, embeds=first), *(Part("", embeds) for embeds in more)]
    return (*parts[:-1], replace(parts[-1], buttons=_buttons(answer, exchange, private=private)))


def _embeds(answer: Answer) -> list[JsonObject]:
    """Return all that stands below an answer: sources, the nearest articles of a refusal, asides."""
    sources = sources_embeds(sources_of(answer, LONGEST_QUOTE))
    asides = asides_of(answer)
    beside = packed(asides, lambda aside: size(aside) + 1, 4_000, 50) if asides else []
    return [*sources, *map(near_embed, nearest(answer)), *map(asides_embed, beside)]


def _buttons(answer: Answer, exchange: str, *, private: bool) -> tuple[Button, ...]:
    wanted = ["good", "bad", *(["sources"] if any_shortened(answer) else []), *(["share"] if private else [])]
    return tuple(Button(f"newsqa:{does}:{exchange}", LABELS[does]) for does in wanted)
