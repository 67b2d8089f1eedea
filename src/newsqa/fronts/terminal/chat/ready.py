"""Opens the desk while a person still reads the first screen, so that the first answer comes as fast as the others."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from threading import Event
from typing import TYPE_CHECKING

from newsqa.errors import NewsqaError
from newsqa.models.benchmark import try_model
from newsqa.records import EXTRACTIVE
from newsqa.wiring import open_desk

if TYPE_CHECKING:
    from types import TracebackType
    from typing import Self

    from newsqa.desk import Desk
    from newsqa.settings import Settings


class ReadyDesk:
    """A desk that is being opened on a thread. Use it as a context; leaving closes the desk.

    `warm` also loads the models that search; one that writes is not asked, since that may cost.
    """

    def __init__(self, settings: Settings, *, warm: bool) -> None:
        self.settings = settings
        self._leaving = Event()
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="desk")
        self._opened = self._pool.submit(open_desk, settings)
        if warm:
            self._pool.submit(self._warm_up)

    def desk(self) -> Desk:
        """Wait until the desk is open. Raises what `open_desk` raised; the next call tries again."""
        if self._opened.done() and self._opened.exception() is not None:
            self._opened = self._pool.submit(open_desk, self.settings)
        return self._opened.result()

    def switch(self, model: str) -> None:
        """Let another model answer from now on, once it has answered a short call.

        Raises ModelError where it cannot be used; the one of before stays then.
        """
        settings = replace(self.settings, model=model)
        desk = open_desk(settings)
        try:
            if model != EXTRACTIVE:
                try_model(settings)
        except BaseException:
            desk.close()
            raise
        old, self._opened = self._opened, self._pool.submit(lambda: desk)
        self.settings = settings
        with suppress(NewsqaError):
            old.result().close()

    def _warm_up(self) -> None:
        """Load the models by using them once."""
        with suppress(NewsqaError):
            desk = self._opened.result()
            if self._leaving.is_set():
                return
            if desk.model == EXTRACTIVE:
                desk.ask("What is new?")
            else:
                desk.search("What is new?")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._leaving.set()
        self._pool.shutdown()
        with suppress(NewsqaError):
            self._opened.result().close()
