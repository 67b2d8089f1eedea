"""Which messages the bot answers: a filter on the message alone, and rate limits; and what it says besides answers."""

from __future__ import annotations

import math
import re
import time
from collections import OrderedDict, deque
from dataclasses import dataclass
from typing import TYPE_CHECKING

from newsqa.errors import ModelError, NewsqaError
from newsqa.render.wording import count
from newsqa.search.understand import MAX_CHARACTERS, is_usable

if TYPE_CHECKING:
    from collections.abc import Callable

    from newsqa.bot.events import Message
    from newsqa.settings import Settings

COURTESIES = frozenset({
    "hi", "hello", "hey", "hi there", "hello there", "good morning", "good evening", "help", "help me", "start", "test",
    "ping", "are you there", "what can you do", "who are you", "ok", "okay", "yes", "no", "thanks", "thank you", "thx",
    "many thanks", "thanks a lot", "thank you very much", "thank you so much", "great", "great thanks", "ok thanks",
    "perfect", "perfect thanks", "nice", "cool", "got it", "good bot", "bye", "lol",
})  # fmt: skip
"""Whole messages that greet, thank or ask what the bot is, and that no article answers."""

_PUNCTUATION = re.compile(r"[^\w\s]+")


def is_served(message: Message, settings: Settings) -> bool:
    """Return True if the settings serve its person, and its channel unless it is direct; empty lists serve all."""
    if settings.bot_people and message.person not in settings.bot_people:
        return False
    place, channels = message.place, settings.bot_channels
    return place.direct or not channels or not channels.isdisjoint({place.channel, place.thread})


def can_follow_up(message: Message) -> bool:
    """Return True if a message not addressed to the bot may be a question in a thread that it was called into.

    A message that begins with a name is for that person; one without words (a picture, an emoji), an overlong one and
    thanks ask nothing. In a whole channel people talk to each other.
    """
    place, text = message.place, normalize_question(message.text)
    asks = is_usable(text) and not is_courtesy(text)
    return bool(place.thread or place.direct) and asks and not text.startswith("@")


def is_courtesy(text: str) -> bool:
    """Return True if a text has no words, or only a greeting, thanks or a call for help."""
    words = " ".join(_PUNCTUATION.sub(" ", text.casefold()).split())
    return not words or words in COURTESIES


def normalize_question(text: str) -> str:
    """Return a text in one line, as `newsqa ask` reads it; one too long to be answered is cut just beyond the limit."""
    return " ".join(text[: 4 * MAX_CHARACTERS].encode("utf-8", "replace").decode().split())[: MAX_CHARACTERS + 1]


WINDOW = 60.0  # seconds of a sliding window


@dataclass(frozen=True, slots=True)
class RateLimited:
    """The limit that a question met: seconds to wait, if it is the asker's own, and if they should be notified."""

    seconds: int
    own: bool
    notify: bool


@dataclass(slots=True)
class _PersonWindow:
    """When a person's last questions were accepted, when they were last notified, and when they last asked."""

    accepted: deque[float]
    notified: float = -math.inf
    asked: float = -math.inf


class RateLimits:
    """Sliding windows of a minute, in memory; `per_person` and `total` bound the questions, 0 means no limit.

    Each asker who meets a limit is notified once a window. People who are silent for a window are forgotten.
    """

    def __init__(self, per_person: int, total: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._per_person = per_person
        self._clock = clock
        self._people: OrderedDict[str, _PersonWindow] = OrderedDict()
        self._accepted: deque[float] = deque(maxlen=total)

    def acquire(self, person: str) -> RateLimited | None:
        """Count a question of a person; return the limit that it met, in which case it is not counted."""
        now = self._clock()
        window = self._window(person, now)
        own, total = _free_at(window.accepted), _free_at(self._accepted)
        if max(own, total) > now:
            return RateLimited(math.ceil(max(own, total) - now), own >= total, self.should_notify(person))
        window.accepted.append(now)
        self._accepted.append(now)
        return None

    def should_notify(self, person: str) -> bool:
        """Return True once a window, to notify a person that they have to wait."""
        now = self._clock()
        window = self._window(person, now)
        if now - window.notified < WINDOW:
            return False
        window.notified = now
        return True

    def __len__(self) -> int:
        """Count the people in memory."""
        return len(self._people)

    def _window(self, person: str, now: float) -> _PersonWindow:
        while self._people and next(iter(self._people.values())).asked <= now - WINDOW:
            self._people.popitem(last=False)
        window = self._people.setdefault(person, _PersonWindow(deque(maxlen=self._per_person)))
        window.asked = now
        self._people.move_to_end(person)
        return window


def _free_at(accepted: deque[float]) -> float:
    """Return when one more is accepted: a window after the oldest of a full deque."""
    return accepted[0] + WINDOW if accepted and len(accepted) == accepted.maxlen else -math.inf


# What the bot says besides answers: short, friendly, and without what only its operator should read.

HELP = (
    "Ask me in a sentence about what the articles say: I answer with quotes and their sources, or tell that they do "
    "not hold it. In a thread that I was called into, just write on; /ask is answered to you alone."
)
INTERRUPTED = "I am being stopped before this answer was made. Please ask again in a few minutes."
BUSY = "Too many questions are waiting just now. Please ask again in a minute."
SLOW = "This took longer than it may. Please ask again in a while."
BUSY_MODEL = "The model that writes my answers has no time just now. Please ask again in a while."
FAILED = "I could not answer this."


def failure_reply(error: BaseException, incident: str) -> str:
    """Say that there is no answer, and under which id the log has the reason."""
    return f"{_reason(error)} If it goes on, tell whoever runs me this: incident {incident}."


def limit_reply(limited: RateLimited) -> str:
    """Say that somebody has to wait, and how long."""
    asked = "You have asked" if limited.own else "I have been asked"
    return f"{asked} a lot within a minute. Please ask again in {count(limited.seconds, 'second')}."


def _reason(error: BaseException) -> str:
    kind = error.kind if isinstance(error, ModelError) else ""
    if isinstance(error, TimeoutError) or kind == "timeout":
        return SLOW
    if kind in {"rate", "server", "unreachable"}:
        return BUSY_MODEL
    if isinstance(error, NewsqaError) and error.retryable:
        return f"{FAILED} Please ask again in a minute."
    return FAILED
