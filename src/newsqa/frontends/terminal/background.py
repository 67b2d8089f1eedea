"""Work on threads while a person waits at the terminal: opening the pipeline, and answers that can be interrupted."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from queue import Empty, SimpleQueue
from threading import Event, Thread
from typing import TYPE_CHECKING, Generic, Self, TypeVar

from newsqa.building import open_pipeline
from newsqa.errors import NewsqaError
from newsqa.models.inventory import try_model
from newsqa.types import EXTRACTIVE, DraftSummary

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from newsqa.pipeline import Answerer, Pipeline
    from newsqa.settings import Settings
    from newsqa.types import DraftEvent, Hit, Query

Item = TypeVar("Item")

POLL_INTERVAL = 0.05
"""Seconds between two looks at whether an iterator was stopped."""

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


class BackgroundIterator(Generic[Item]):
    """The items of an iterator that runs on a thread, so that whoever waits for them can stop at any moment.

    Once `stopped` is set it ends; the item being made then is finished, unseen, and the iterator is closed.
    """

    def __init__(self, items: Iterator[Item], stopped: Event) -> None:
        self._items = items
        self._stopped = stopped
        self._queue: SimpleQueue[tuple[Item] | BaseException] = SimpleQueue()
        Thread(target=self._run, name="answer", daemon=True).start()

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> Item:
        """Return the next item. Raises what the iterator raised."""
        while not self._stopped.is_set():
            try:
                item = self._queue.get(timeout=POLL_INTERVAL)
            except Empty:
                continue
            if isinstance(item, BaseException):
                raise item
            return item[0]
        raise StopIteration

    def last(self, seconds: float) -> Item | None:
        """Return the last item, None if the iterator does not end within so many seconds."""
        end, last = time.monotonic() + seconds, None
        while (left := end - time.monotonic()) > 0:
            try:
                item = self._queue.get(timeout=left)
            except Empty:
                return None
            if isinstance(item, BaseException):
                return last
            last = item[0]
        return None

    def _run(self) -> None:
        try:
            for item in self._items:
                self._queue.put((item,))
                if self._stopped.is_set():
                    break
            if close := getattr(self._items, "close", None):
                close()
            self._queue.put(StopIteration())
        except BaseException as error:  # raised again where the items are read
            self._queue.put(error)


def stoppable(answerer: Answerer, model: str, stopped: Event) -> Answerer:
    """Return an answerer that ends its draft where it is when `stopped` is set; the extractive one is quick enough."""
    if model == EXTRACTIVE:
        return answerer

    def draft(query: Query, hits: Sequence[Hit], deadline: float) -> Iterator[DraftEvent]:
        yield from BackgroundIterator(answerer(query, hits, deadline), stopped)
        if stopped.is_set():
            yield DraftSummary(0.0, model, incomplete=True, notices=(STOPPED,))

    return draft
