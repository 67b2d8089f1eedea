"""Runs the desk on threads, a bounded number at a time, and brings what it tells to the event loop."""

from __future__ import annotations

import asyncio
import contextvars
import os
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from functools import partial
from threading import Event, Lock, Thread
from typing import TYPE_CHECKING

from newsqa.bot.log import logger
from newsqa.errors import LibraryError, NewsqaError
from newsqa.pipeline import open_pipeline
from newsqa.store.database import FILE
from newsqa.store.snapshot import open_index
from newsqa.types import Answer, Sentence

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from newsqa.pipeline import AnswerEvent, Pipeline
    from newsqa.settings import Settings
    from newsqa.types import Turn

    Answering = Callable[[str, Sequence[Turn]], Iterator[AnswerEvent]]
    """Answers a question that follows some turns, as `Desk.stream` does."""


CLOSING = 1.0
"""Seconds that threads have to end in when the pool is closed."""

LEAVING = 2.0
"""Seconds that a thread which was stopped has until its place is given to another."""


class WorkerPool:
    """At most `workers` threads answer at a time; each has `seconds` for a question.

    A thread cannot be killed. One that was stopped ends at the next event of its desk, which closes the model's stream.
    One that hangs is left behind and its place filled, so that one bad question does not stop the bot; of those, there
    are never more than `workers`.
    """

    def __init__(self, answering: Answering, workers: int, seconds: float, leaving: float = LEAVING) -> None:
        self._answering = answering
        self.seconds = seconds
        self._leaving = leaving
        self._places = asyncio.Semaphore(workers)
        self._most_left = workers
        self._at_work: set[_Job] = set()
        self._left: set[_Job] = set()
        self._partings: set[asyncio.Task[None]] = set()

    @property
    def running(self) -> int:
        """How many questions are being answered."""
        return len(self._at_work)

    @property
    def left_behind(self) -> int:
        """How many threads hang."""
        return len(self._left)

    async def answer(self, question: str, history: Sequence[Turn], heard: Callable[[Sentence], None]) -> Answer:
        """Wait for a place and answer there; `heard` is told each sentence that passed, on the loop.

        Raises TimeoutError where it takes longer than it may, once begun, and what the desk raises. Where the caller is
        cancelled, the desk is stopped and nothing more is told.
        """
        await self._places.acquire()
        work = _Job(self._answering, question, history, heard)
        self._at_work.add(work)
        try:
            work.start()
            async with asyncio.timeout(self.seconds):
                return await work.answer
        finally:
            work.stop()
            self._part(work)

    async def close(self) -> None:
        """Stop whatever is at work, and wait a moment for it."""
        for work in self._at_work | self._left:
            work.stop()
        if self._partings:
            await asyncio.wait(self._partings, timeout=CLOSING)
        for parting in self._partings:
            parting.cancel()

    def _part(self, work: _Job) -> None:
        """Give the place of a thread to the next, once it has ended or was given up."""
        task = asyncio.create_task(self._parting(work))
        self._partings.add(task)
        task.add_done_callback(self._partings.discard)

    async def _parting(self, work: _Job) -> None:
        try:
            await asyncio.wait_for(work.ended.wait(), self._leaving)
        except TimeoutError:
            await self._leave(work)
            return
        self._at_work.discard(work)
        self._places.release()

    async def _leave(self, work: _Job) -> None:
        replaced = len(self._left) < self._most_left
        if replaced:
            self._at_work.discard(work)
            self._left.add(work)
            self._places.release()
        await work.ended.wait()
        if not replaced:
            self._places.release()
        self._at_work.discard(work)
        self._left.discard(work)


class _Job:
    """One question on its thread. The thread is a daemon: one that hangs does not keep the program from ending."""

    def __init__(
        self, answering: Answering, question: str, history: Sequence[Turn], heard: Callable[[Sentence], None]
    ) -> None:
        self._loop = asyncio.get_running_loop()
        self._ask = partial(answering, question, history)
        self._heard = heard
        self._stopped = Event()
        self.answer: asyncio.Future[Answer] = self._loop.create_future()
        self.ended = asyncio.Event()

    def start(self) -> None:
        """Begin."""
        Thread(target=contextvars.copy_context().run, args=(self._work,), name="answer", daemon=True).start()

    def stop(self) -> None:
        """Have nothing more told, and the desk closed at its next event."""
        self._stopped.set()

    def _work(self) -> None:
        try:
            for event in (events := self._ask()):
                if self._stopped.is_set():
                    break
                self._bring(event)
            close: Callable[[], None] = getattr(events, "close", lambda: None)
            close()
            if not self._stopped.is_set():
                self._on_loop(self._fail, RuntimeError("The desk ended without an answer."))
        except BaseException as error:  # raised again where the answer is awaited
            self._on_loop(self._fail, error)
        self._on_loop(self.ended.set)

    def _bring(self, event: AnswerEvent) -> None:
        if isinstance(event, Sentence):
            self._on_loop(self._tell, event)
        elif isinstance(event, Answer):
            self._on_loop(self._finish, event)

    def _on_loop(self, act: Callable[..., object], *given: object) -> None:
        with suppress(RuntimeError):  # the loop was closed meanwhile: nobody listens
            self._loop.call_soon_threadsafe(act, *given)

    def _tell(self, sentence: Sentence) -> None:
        if not self._stopped.is_set():
            self._heard(sentence)

    def _finish(self, answer: Answer) -> None:
        if not self.answer.done():
            self.answer.set_result(answer)

    def _fail(self, error: BaseException) -> None:
        if isinstance(error, Exception) and not isinstance(error, StopIteration):
            failure = error
        else:  # what would end the loop, were it raised there
            failure = RuntimeError(f"The desk raised {type(error).__name__}.")
        if not self.answer.done():
            self.answer.set_exception(failure)


# The desk that is asked, always over the index that stands in the folder now.

WARMING = 5.0
"""Seconds that closing waits for the models to be warm: a thread inside them would take an ending Python down."""

log = logger("bot")

Identity = tuple[int, int] | None


@dataclass(frozen=True, slots=True)
class IndexStatus:
    """Which index answers: its digest, as answers bear it, and the seconds since it was last written to."""

    digest: str
    age: float


@dataclass(slots=True)
class _LentPipeline:
    """A desk, how many are asking it, and whether it was replaced."""

    desk: Pipeline
    identity: Identity
    asking: int = 0
    replaced: bool = False


@dataclass(slots=True)
class PipelineHolder:
    """One desk at a time. Safe between threads.

    A new generation of an index is seen by the desk itself. A folder that was swapped or rebuilt is another file: the
    index is then opened anew, the models are not. While it cannot be opened, the one that was there goes on.
    """

    settings: Settings
    _current: _LentPipeline = field(init=False)
    _lock: Lock = field(default_factory=Lock)
    _warming: Thread = field(init=False)

    @classmethod
    def open(cls, settings: Settings) -> PipelineHolder:
        """Open the index and the models that the settings name; that takes a moment. Raises NewsqaError.

        What loads only when it is used is then used once, on a thread of its own, so that the first question does not
        wait for it. No chat model is asked.
        """
        desks = cls(settings)
        identity = desks._identity()
        desks._current = _LentPipeline(open_pipeline(settings), identity)
        desks._warming = Thread(target=desks._warm, name="warm", daemon=True)
        desks._warming.start()
        return desks

    def stream(self, question: str, history: Sequence[Turn]) -> Iterator[AnswerEvent]:
        """Answer as `Desk.stream` does."""
        with self.lent() as desk:
            yield from desk.stream(question, history=history)

    @contextmanager
    def lent(self) -> Iterator[Pipeline]:
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

    def standing(self) -> IndexStatus:
        """Tell which index answers now. Raises LibraryError where that is not the one in the folder."""
        with self.lent() as desk, desk.index.snapshot() as index:
            digest = index.digest
        if self._identity() != self._current.identity:
            raise LibraryError("The index in the folder cannot be opened; the one before it still answers.")
        return IndexStatus(digest, self._age())

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
        self._current = _LentPipeline(replace(old.desk, index=index), found)
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


def _close_unused(lent: _LentPipeline) -> None:
    if lent.replaced and not lent.asking:
        lent.desk.close()
