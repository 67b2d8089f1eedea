"""Answers from the index that is in its folder now: a pipeline whose index is reopened when its file is replaced."""

from __future__ import annotations

import os
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from threading import Lock, Thread
from typing import TYPE_CHECKING

from newsqa.bot.process import logger
from newsqa.building import open_pipeline
from newsqa.errors import LibraryError, NewsqaError
from newsqa.store.database import FILE
from newsqa.store.snapshot import open_index

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from newsqa.pipeline import AnswerEvent, Pipeline
    from newsqa.settings import Settings
    from newsqa.types import Turn

    FileIdentity = tuple[int, int] | None

WARM_UP_SECONDS = 5.0
"""How long closing waits for the warm-up: Python crashes if it exits while a thread is inside a model."""

log = logger("bot")


@dataclass(frozen=True, slots=True)
class IndexStatus:
    """The index that answers: its digest, as answers bear it, and the seconds since it was last written."""

    digest: str
    age: float


@dataclass(slots=True)
class _PipelineLease:
    """An open pipeline and the number of its users; a `retired` one is closed when the last of them is done."""

    pipeline: Pipeline
    identity: FileIdentity
    users: int = 0
    retired: bool = False

    def close_if_unused(self) -> None:
        if self.retired and not self.users:
            self.pipeline.close()


@dataclass(slots=True)
class ReloadingPipeline:
    """A pipeline that follows its index. Safe between threads.

    The pipeline itself sees new generations of an index. If the index was swapped or rebuilt, its file is another one:
    the index is then opened again, and the models are kept. While it cannot be opened, the previous one answers.
    """

    settings: Settings
    _current: _PipelineLease = field(init=False)
    _lock: Lock = field(default_factory=Lock)
    _warm_up: Thread = field(init=False)

    @classmethod
    def open(cls, settings: Settings) -> ReloadingPipeline:
        """Open the index and the models that the settings name, which takes a while. Raises NewsqaError.

        A search on a thread of its own then loads what loads only at its first use. No chat model is called.
        """
        pipeline = cls(settings)
        identity = pipeline._file_identity()
        pipeline._current = _PipelineLease(open_pipeline(settings), identity)
        pipeline._warm_up = Thread(target=pipeline._search_once, name="warm", daemon=True)
        pipeline._warm_up.start()
        return pipeline

    def stream(self, question: str, history: Sequence[Turn]) -> Iterator[AnswerEvent]:
        """Answer as `Pipeline.stream` does."""
        with self.borrow() as pipeline:
            yield from pipeline.stream(question, history=history)

    @contextmanager
    def borrow(self) -> Iterator[Pipeline]:
        """Yield the pipeline over the current index; it is not closed while it is in use."""
        with self._lock:
            self._reload()
            lease = self._current
            lease.users += 1
        try:
            yield lease.pipeline
        finally:
            with self._lock:
                lease.users -= 1
                lease.close_if_unused()

    def index_status(self) -> IndexStatus:
        """Return which index answers. Raises LibraryError if that is not the one in the folder."""
        with self.borrow() as pipeline, pipeline.index.snapshot() as index:
            digest = index.digest
        if self._file_identity() != self._current.identity:
            raise LibraryError("The index in the folder cannot be opened; the one before it still answers.")
        return IndexStatus(digest, self._age())

    def close(self) -> None:
        """Close files and connections when the last user is done."""
        self._warm_up.join(WARM_UP_SECONDS)
        with self._lock:
            self._current.retired = True
            self._current.close_if_unused()

    def _search_once(self) -> None:
        with suppress(Exception), self.borrow() as pipeline:  # the first question reports what is wrong
            pipeline.search("What happened?")

    def _reload(self) -> None:
        """Open the index again if its file is another one."""
        identity, old = self._file_identity(), self._current
        if identity is None or identity == old.identity:
            return
        try:
            index = open_index(self.settings, old.pipeline.made_of["embedder"])
        except NewsqaError as error:  # perhaps still being written; the next question tries again
            log.warning("index_not_taken_up", reason=str(error), hint=error.hint)
            return
        log.info("index_taken_up")
        self._current = _PipelineLease(replace(old.pipeline, index=index), identity)
        old.retired = True
        old.close_if_unused()

    def _age(self) -> float:
        """Return the seconds since the index was last written."""
        found = [path.stat() for name in (FILE, f"{FILE}-wal") if (path := self.settings.index / name).exists()]
        return max(0.0, time.time() - max((stat.st_mtime for stat in found if stat.st_size), default=0.0))

    def _file_identity(self) -> FileIdentity:
        try:
            stat = os.stat(self.settings.index / FILE)  # noqa: PTH116
        except OSError:
            return None
        return stat.st_dev, stat.st_ino
