"""How many questions are taken a minute: of one person, and of all together. Sliding windows, in memory."""

from __future__ import annotations

import math
import re
import time
from collections import OrderedDict, deque
from dataclasses import dataclass
from typing import TYPE_CHECKING

from newsqa.search.understand import MAX_CHARACTERS, is_usable

if TYPE_CHECKING:
    from collections.abc import Callable

    from newsqa.bot.events import Message
    from newsqa.settings import Settings


WINDOW = 60.0
"""Seconds."""


@dataclass(frozen=True, slots=True)
class Wait:
    """A question that is not taken: seconds until one is, whether the asker's own limit was met, whether to say so."""

    seconds: int
    own: bool
    tell: bool


@dataclass(slots=True)
class _Person:
    """When the last questions of a person were taken, when they were last told to wait, and last asked at all."""

    taken: deque[float]
    told: float = -math.inf
    asked: float = -math.inf


class RateLimits:
    """Counts the questions of the last minute; `of_one` and `of_all` bound them, 0 does not.

    Each asker who meets a limit is told once a window. Nothing is kept of a person who was silent for a window.
    """

    def __init__(self, of_one: int, of_all: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._of_one = of_one
        self._clock = clock
        self._people: OrderedDict[str, _Person] = OrderedDict()
        self._taken: deque[float] = deque(maxlen=of_all)

    def take(self, person: str) -> Wait | None:
        """Count a question of a person; return the Wait where it is not taken, which is not counted."""
        now = self._clock()
        one = self._person(person, now)
        own, others = _free_at(one.taken), _free_at(self._taken)
        if max(own, others) > now:
            return Wait(math.ceil(max(own, others) - now), own >= others, self.tells(person))
        one.taken.append(now)
        self._taken.append(now)
        return None

    def tells(self, person: str) -> bool:
        """Whether to tell a person that they have to wait, for whatever reason: once a window."""
        now = self._clock()
        one = self._person(person, now)
        if now - one.told < WINDOW:
            return False
        one.told = now
        return True

    def __len__(self) -> int:
        """Count the people who are remembered."""
        return len(self._people)

    def _person(self, name: str, now: float) -> _Person:
        while self._people and next(iter(self._people.values())).asked <= now - WINDOW:
            self._people.popitem(last=False)
        one = self._people.setdefault(name, _Person(deque(maxlen=self._of_one)))
        one.asked = now
        self._people.move_to_end(name)
        return one


def _free_at(taken: deque[float]) -> float:
    """Return from when on one more may be taken: a window after the oldest of those that fill it."""
    return taken[0] + WINDOW if taken and len(taken) == taken.maxlen else -math.inf


# Which messages the bot hears at all, told from the message and the settings alone.

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
    place, text = message.place, message_question(message.text)
    asks = is_usable(text) and not is_courtesy(text)
    return bool(place.thread or place.direct) and asks and not text.startswith("@")


def is_courtesy(text: str) -> bool:
    """Tell whether a text says nothing but a courtesy, or nothing at all: who says that to the bot is told its use."""
    words = " ".join(_PUNCTUATION.sub(" ", text.casefold()).split())
    return not words or words in COURTESIES


def message_question(text: str) -> str:
    """Return a text in a line, as `newsqa ask` reads it; of one too long to be answered no more than tells so."""
    return " ".join(text[: 4 * MAX_CHARACTERS].encode("utf-8", "replace").decode().split())[: MAX_CHARACTERS + 1]
