"""Which messages the bot hears at all, told from the message and the settings alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from newsqa.steps.understand import LONGEST, usable

if TYPE_CHECKING:
    from newsqa.bot.messages import Message
    from newsqa.settings import Settings


def listed(message: Message, settings: Settings) -> bool:
    """Tell whether its person, and its channel unless it is a direct message, are served; with no list, all are."""
    if settings.bot_people and message.person not in settings.bot_people:
        return False
    place = message.place
    return (
        place.direct or not settings.bot_channels or not settings.bot_channels.isdisjoint({place.channel, place.thread})
    )


def may_follow_up(message: Message) -> bool:
    """Tell whether what was not addressed to the bot may be a question to it, in a thread that it was called into.

    What begins with somebody's name is said to them; what has no words (a picture, an emoji) or no end asks nothing. A
    whole channel is no thread: there, people talk among themselves.
    """
    place, text = message.place, question(message.text)
    return bool(place.thread or place.direct) and usable(text) and not text.startswith("@")


def question(text: str) -> str:
    """Return a text in a line, as `newsqa ask` reads it; of one too long to be answered no more than tells so."""
    return " ".join(text[: 4 * LONGEST].encode("utf-8", "replace").decode().split())[: LONGEST + 1]
