"""How many questions are taken a minute: of one person, and of all together. Sliding windows, in memory."""

from __future__ import annotations

import math
import time
from collections import OrderedDict, deque
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

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


class Limits:
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
