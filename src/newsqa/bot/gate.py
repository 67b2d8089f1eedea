"""Which messages the bot hears at all, told from the message and the settings alone."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from newsqa.search.understand import LONGEST, usable

if TYPE_CHECKING:
    from newsqa.bot.messages import Message
    from newsqa.settings import Settings


COURTESIES = frozenset({
    "hi", "hello", "hey", "hi there", "hello there", "good morning", "good evening", "help", "help me", "start", "test",
    "ping", "are you there", "what can you do", "who are you", "ok", "okay", "yes", "no", "thanks", "thank you", "thx",
    "many thanks", "thanks a lot", "thank you very much", "thank you so much", "great", "great thanks", "ok thanks",
    "perfect", "perfect thanks", "nice", "cool", "got it", "good bot", "bye", "lol",
})  # fmt: skip
"""What people say to greet, to thank or to find out what this is: whole messages, which no article answers."""

_PUNCTUATION = re.compile(r"[^\w\s]+")


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

    What begins with somebody's name is said to them; what has no words (a picture, an emoji) or no end asks nothing,
    nor do thanks. A whole channel is no thread: there, people talk among themselves.
    """
    place, text = message.place, question(message.text)
    asks = usable(text) and not courtesy(text)
    return bool(place.thread or place.direct) and asks and not text.startswith("@")


def courtesy(text: str) -> bool:
    """Tell whether a text says nothing but a courtesy, or nothing at all: who says that to the bot is told its use."""
    words = " ".join(_PUNCTUATION.sub(" ", text.casefold()).split())
    return not words or words in COURTESIES


def question(text: str) -> str:
    """Return a text in a line, as `newsqa ask` reads it; of one too long to be answered no more than tells so."""
    return " ".join(text[: 4 * LONGEST].encode("utf-8", "replace").decode().split())[: LONGEST + 1]
