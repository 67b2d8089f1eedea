"""A stream that cannot take longer than it may, however its client waits."""

from __future__ import annotations

import contextvars
from queue import Empty, Full, Queue
from threading import Event, Thread
from time import monotonic
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator

Piece = TypeVar("Piece")
AHEAD = 64
"""Pieces that may wait for their reader."""

OFTEN = 0.1
"""Seconds after which a reader that waits looks whether it was interrupted."""


class LateError(Exception):
    """The time is over."""


class _End:
    """The last thing in a queue: how the stream ended."""

    def __init__(self, error: BaseException | None) -> None:
        self.error = error


def until(deadline: float, start: Callable[[], Iterator[Piece]]) -> Generator[Piece, None, None]:
    """Yield what `start()` yields, until `deadline` (in seconds of `time.monotonic`), then raise LateError.

    The stream runs in a thread of its own, since a client that connects, or reads byte after byte, may heed no limit on
    the whole. A stream that nobody waits for any longer is closed at its next piece.
    """
    waiting = _Waiting(start)
    Thread(target=contextvars.copy_context().run, args=(waiting.fill,), name="model", daemon=True).start()
    try:
        yield from waiting.pieces(deadline)
    finally:
        waiting.left.set()


class _Waiting(Generic[Piece]):
    """A stream on its way from the thread that fills it to the one that reads it."""

    def __init__(self, start: Callable[[], Iterator[Piece]]) -> None:
        self.start = start
        self.queue: Queue[Piece | _End] = Queue(AHEAD)
        self.left = Event()

    def fill(self) -> None:
        """Run the stream, until its end or until it was left."""
        try:
            for piece in self.start():
                if not self._put(piece):
                    return
        except BaseException as error:
            self._put(_End(error))
        else:
            self._put(_End(None))

    def pieces(self, deadline: float) -> Iterator[Piece]:
        """Read the stream."""
        while True:
            left = deadline - monotonic()
            if left <= 0:
                raise LateError
            try:
                piece = self.queue.get(timeout=min(left, OFTEN))
            except Empty:
                continue
            if not isinstance(piece, _End):
                yield piece
            elif piece.error:
                raise piece.error
            else:
                return

    def _put(self, piece: Piece | _End) -> bool:
        while not self.left.is_set():
            try:
                self.queue.put(piece, timeout=OFTEN)
            except Full:
                continue
            return True
        return False
