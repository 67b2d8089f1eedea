"""The desk that is asked, always over the index that stands in the folder now."""

from __future__ import annotations

import os
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from threading import Lock, Thread
from typing import TYPE_CHECKING

from newsqa.bot.log import logger
from newsqa.errors import LibraryError, NewsqaError
from newsqa.store.database import FILE
from newsqa.store.snapshot import open_index
from newsqa.wiring import open_desk

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from newsqa.desk import Desk, Happening
    from newsqa.records import Turn
    from newsqa.settings import Settings

WARMING = 5.0
"""Seconds that closing waits for the models to be warm: a thread inside them would take an ending Python down."""

log = logger("bot")

Identity = tuple[int, int] | None


@dataclass(frozen=True, slots=True)
class Standing:
    """Which index answers: its digest, as answers bear it, and the seconds since it was last written to."""

    digest: str
    age: float


@dataclass(slots=True)
class _Lent:
    """A desk, how many are asking it, and whether it was replaced."""

    desk: Desk
    identity: Identity
    asking: int = 0
    replaced: bool = False


@dataclass(slots=True)
class Desks:
    """One desk at a time. Safe between threads.

    A new generation of an index is seen by the desk itself. A folder that was swapped or rebuilt is another file: the
    index is then opened anew, the models are not. While it cannot be opened, the one that was there goes on.
    """

    settings: Settings
    _current: _Lent = field(init=False)
    _lock: Lock = field(default_factory=Lock)
    _warming: Thread = field(init=False)

    @classmethod
    def open(cls, settings: Settings) -> Desks:
        """Open the index and the models that the settings name; that takes a moment. Raises NewsqaError.

        What loads only when it is used is then used once, on a thread of its own, so that the first question does not
        wait for it. No chat model is asked.
        """
        desks = cls(settings)
        identity = desks._identity()
        desks._current = _Lent(open_desk(settings), identity)
        desks._warming = Thread(target=desks._warm, name="warm", daemon=True)
        desks._warming.start()
        return desks

    def stream(self, question: str, history: Sequence[Turn]) -> Iterator[Happening]:
        """Answer as `Desk.stream` does."""
        with self.lent() as desk:
            yield from desk.stream(question, history=history)

    @contextmanager
    def lent(self) -> Iterator[Desk]:
        """Give the desk over the index that stands there now; it is not closed while it is used."""
        with self._lock:
            self._follow()
            lent = self._current
            lent.asking += 1
        try:
            yield lent.desk
        finally:
            with self._lock:
                lent.asking -= 1
                _close_unused(lent)

    def standing(self) -> Standing:
        """Tell which index answers now. Raises LibraryError where that is not the one in the folder."""
        with self.lent() as desk, desk.index.snapshot() as index:
            digest = index.digest
        if self._identity() != self._current.identity:
            raise LibraryError("The index in the folder cannot be opened; the one before it still answers.")
        return Standing(digest, self._age())

    def close(self) -> None:
        """Let go of files and connections, as soon as nobody asks."""
        self._warming.join(WARMING)
        with self._lock:
            self._current.replaced = True
            _close_unused(self._current)

    def _warm(self) -> None:
        with suppress(Exception), self.lent() as desk:  # whoever asks first is told what is wrong
            desk.search("What happened?")

    def _follow(self) -> None:
        """Open the index anew where its file is another."""
        found, old = self._identity(), self._current
        if found is None or found == old.identity:
            return
        try:
            index = open_index(self.settings, old.desk.made_of["embedder"])
        except NewsqaError as error:  # it may be half made; the next question looks again
            log.warning("index_not_taken_up", reason=str(error), hint=error.hint)
            return
        log.info("index_taken_up")
        self._current = _Lent(replace(old.desk, index=index), found)
        old.replaced = True
        _close_unused(old)

    def _age(self) -> float:
        """Return the seconds since the index was last written to."""
        found = [path.stat() for name in (FILE, f"{FILE}-wal") if (path := self.settings.index / name).exists()]
        return max(0.0, time.time() - max((stat.st_mtime for stat in found if stat.st_size), default=0.0))

    def _identity(self) -> Identity:
        try:
            stat = os.stat(self.settings.index / FILE)  # noqa: PTH116
        except OSError:
            return None
        return stat.st_dev, stat.st_ino


def _close_unused(lent: _Lent) -> None:
    if lent.replaced and not lent.asking:
        lent.desk.close()
