"""Messages for Discord: that a question is worked on, what has passed so far, the answer, a line."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from newsqa.render.discord.words import plain
from newsqa.render.safe import safe_line

if TYPE_CHECKING:
    from collections.abc import Sequence

    from newsqa.records import Answer, JsonObject, Sentence


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
    return line(stage or "Looking through the articles …")


def partial(sentences: Sequence[Sentence]) -> Part:
    """Show the sentences that have passed the check, and that more may come."""
    return line(" ".join(s.text + "".join(f" [{n}]" for n in s.citations) for s in sentences) + " …")


def answered(answer: Answer, exchange: str, *, private: bool = False) -> tuple[Part, ...]:
    """Show an answer with its sources; the last message has the buttons, whose ids end in `exchange`.

    More than one message only where the limits ask for it. `private` adds a button that shares the answer.
    """
    labels = {"good": "Good answer", "bad": "Bad answer", "sources": "Sources"}
    if private:
        labels["share"] = "Share in the channel"
    buttons = tuple(Button(f"newsqa:{does}:{exchange}", label) for does, label in labels.items())
    return (Part(line(answer.text).content, (), buttons),)


def line(text: str) -> Part:
    """Show a line of the bot's own: that something failed, was interrupted, or counts."""
    return Part(plain(safe_line(text))[:2_000])
