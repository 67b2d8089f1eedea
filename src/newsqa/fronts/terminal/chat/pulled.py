"""Events made on a thread of their own, so that whoever waits for them can leave at any moment."""

from __future__ import annotations

import time
from queue import Empty, SimpleQueue
from threading import Event, Thread
from typing import TYPE_CHECKING, Generic, Self, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterator

Made = TypeVar("Made")
GLANCE = 0.05  # seconds between two looks at whether it was stopped


class Pulled(Generic[Made]):
    """The events of an iterator, which is run on a thread. It ends early once `stopped` is set.

    The event at work then is let finish, unseen, and the iterator is closed.
    """

    def __init__(self, events: Iterator[Made], stopped: Event) -> None:
        self._events = events
        self._stopped = stopped
        self._queue: SimpleQueue[tuple[Made] | BaseException] = SimpleQueue()
        Thread(target=self._work, name="answer", daemon=True).start()

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> Made:
        """Give the next event. Raises what making it raised."""
        while not self._stopped.is_set():
            try:
                event = self._queue.get(timeout=GLANCE)
            except Empty:
                continue
            if isinstance(event, BaseException):
                raise event
            return event[0]
        raise StopIteration

    def last(self, seconds: float) -> Made | None:
        """Return the last event if it comes so soon, else None."""
        end, last = time.monotonic() + seconds, None
        while (left := end - time.monotonic()) > 0:
            try:
                event = self._queue.get(timeout=left)
            except Empty:
                return None
            if isinstance(event, BaseException):
                return last
            last = event[0]
        return None

    def _work(self) -> None:
        try:
            for event in self._events:
                self._queue.put((event,))
                if self._stopped.is_set():
                    break
            if close := getattr(self._events, "close", None):
                close()
            self._queue.put(StopIteration())
        except BaseException as error:  # raised again where the events are read
            self._queue.put(error)
