"""The pipeline of the chat: opened on a thread while a person reads, and with drafts that can be interrupted."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from threading import Event
from typing import TYPE_CHECKING, Self

from newsqa.building import open_pipeline
from newsqa.errors import NewsqaError
from newsqa.models.chat import BackgroundIterator
from newsqa.models.inventory import try_model
from newsqa.types import EXTRACTIVE, DraftEvent, DraftSummary, Hit, Query

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from newsqa.pipeline import Answerer, Pipeline
    from newsqa.settings import Settings

WARM_UP = "How many people were hurt in the storm?"
"""A question about the news: one about the library would not load the models that search."""

STOPPED = "You stopped the model."


class BackgroundPipeline:
    """A pipeline that is opened on a thread while a person still reads the first screen. A context manager.

    `warm_up` also loads the models that search. One that writes is not called, since that may cost.
    """

    def __init__(self, settings: Settings, *, warm_up: bool) -> None:
        self.settings = settings
        self._closing = Event()
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="pipeline")
        self._opened = self._pool.submit(open_pipeline, settings)
        if warm_up:
            self._pool.submit(self._warm_up)

    def wait(self) -> Pipeline:
        """Return the pipeline once it is open. Raises what `open_pipeline` raised; the next call tries again."""
        if self._opened.done() and self._opened.exception() is not None:
            self._opened = self._pool.submit(open_pipeline, self.settings)
        return self._opened.result()

    def switch_model(self, name: str) -> None:
        """Let another model answer from now on, once it has answered a short call.

        Raises ModelError if it cannot be used; the model of before stays then.
        """
        settings = replace(self.settings, model=name)
        pipeline = open_pipeline(settings)
        try:
            if name != EXTRACTIVE:
                try_model(settings)
        except BaseException:
            pipeline.close()
            raise
        old, self._opened = self._opened, self._pool.submit(lambda: pipeline)
        self.settings = settings
        with suppress(NewsqaError):
            old.result().close()

    def _warm_up(self) -> None:
        """Load the models by using them once."""
        with suppress(NewsqaError):
            pipeline = self._opened.result()
            if self._closing.is_set():
                return
            if pipeline.model == EXTRACTIVE:
                pipeline.ask(WARM_UP)
            else:
                pipeline.search(WARM_UP)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self._closing.set()
        self._pool.shutdown()
        with suppress(NewsqaError):
            self._opened.result().close()


def stoppable(answerer: Answerer, model: str, stopped: Event) -> Answerer:
    """Return an answerer that ends its draft where it is when `stopped` is set; the extractive one is quick enough."""
    if model == EXTRACTIVE:
        return answerer

    def draft(query: Query, hits: Sequence[Hit], deadline: float) -> Iterator[DraftEvent]:
        yield from BackgroundIterator(lambda: answerer(query, hits, deadline), stopped=stopped)
        if stopped.is_set():
            yield DraftSummary(0.0, model, incomplete=True, notices=(STOPPED,))

    return draft
