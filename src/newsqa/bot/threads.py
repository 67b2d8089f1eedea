"""Bridge from asyncio to blocking work: an executor that keeps calls in order, and a pool that streams answers.

The event loop never waits for a thread: calls are awaited as futures, and a stream delivers its items with
`call_soon_threadsafe`.
"""

from __future__ import annotations

import asyncio
import contextvars
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from threading import Event, Thread
from typing import TYPE_CHECKING, ParamSpec, TypeVar

from newsqa.types import Answer, Sentence, Turn

if TYPE_CHECKING:
    from newsqa.pipeline import AnswerEvent

P = ParamSpec("P")
T = TypeVar("T")
StreamAnswer = Callable[[str, Sequence[Turn]], "Iterator[AnswerEvent]"]
"""Answers a question that follows some turns, as `Pipeline.stream` does."""

CLOSE_SECONDS = 1.0  # how long closing the pool waits for its threads
STOP_SECONDS = 2.0  # how long a stopped thread keeps its slot before it counts as hung


class SerialExecutor:
    """One thread that makes calls in the order in which they were submitted."""

    def __init__(self, name: str, on_error: Callable[[BaseException], None]) -> None:
        self._on_error = on_error
        self._thread = ThreadPoolExecutor(1, thread_name_prefix=name)

    async def call(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Return what the function returns. Raises what it raises; a call cancelled before its turn is not made."""
        return await asyncio.wrap_future(self._thread.submit(function, *args, **kwargs))

    def post(self, function: Callable[P, object], *args: P.args, **kwargs: P.kwargs) -> None:
        """Submit a call without waiting for it; `on_error` receives what it raises, on the thread."""
        with suppress(RuntimeError):  # the executor is closed
            self._thread.submit(function, *args, **kwargs).add_done_callback(self._report)

    def close(self) -> None:
        """Accept no more calls; those already submitted are still made."""
        self._thread.shutdown(wait=False)

    def _report(self, call: Future[object]) -> None:
        if not call.cancelled() and (error := call.exception()):
            self._on_error(error)


class WorkerPool:
    """Answers questions on at most `workers` threads, each within `seconds`.

    A thread cannot be killed. A stopped one ends at the next event of its stream, which is then closed. One that is
    still running after `stop_seconds` is left behind and replaced, so that one bad question does not stop the bot; at
    most `workers` threads are ever left behind.
    """

    def __init__(
        self, stream: StreamAnswer, workers: int, seconds: float, *, stop_seconds: float = STOP_SECONDS
    ) -> None:
        self.seconds = seconds
        self._stream = stream
        self._stop_seconds = stop_seconds
        self._slots = asyncio.Semaphore(workers)
        self._most_hung = workers
        self._running: set[_Job] = set()
        self._hung: set[_Job] = set()
        self._releases: set[asyncio.Task[None]] = set()

    @property
    def running(self) -> int:
        """Number of questions being answered."""
        return len(self._running)

    @property
    def hung(self) -> int:
        """Number of threads that were left behind and have not ended."""
        return len(self._hung)

    async def answer(self, question: str, history: Sequence[Turn], on_sentence: Callable[[Sentence], None]) -> Answer:
        """Wait for a free slot and answer there; `on_sentence` is called on the loop with each verified sentence.

        Raises TimeoutError if answering takes more than `seconds`, and what the stream raises. A cancelled call stops
        the stream and calls `on_sentence` no more.
        """
        await self._slots.acquire()
        job = _Job(partial(self._stream, question, history), on_sentence)
        self._running.add(job)
        try:
            job.start()
            async with asyncio.timeout(self.seconds):
                return await job.answer
        finally:
            job.stop()
            release = asyncio.create_task(self._release(job))
            self._releases.add(release)
            release.add_done_callback(self._releases.discard)

    async def close(self) -> None:
        """Stop all threads, and wait a moment for them."""
        for job in self._running | self._hung:
            job.stop()
        if self._releases:
            await asyncio.wait(self._releases, timeout=CLOSE_SECONDS)
        for release in self._releases:
            release.cancel()

    async def _release(self, job: _Job) -> None:
        """Free the slot of a stopped job when its thread has ended, or when it hangs and may be left behind."""
        try:
            await asyncio.wait_for(job.ended.wait(), self._stop_seconds)
        except TimeoutError:
            if len(self._hung) < self._most_hung:
                self._running.discard(job)
                self._hung.add(job)
                self._slots.release()
                await job.ended.wait()
                self._hung.discard(job)
                return
            await job.ended.wait()
        self._running.discard(job)
        self._slots.release()


class _Job:
    """One question on a thread of its own; a daemon thread, so that a hung one does not keep the process alive."""

    def __init__(self, stream: Callable[[], Iterator[AnswerEvent]], on_sentence: Callable[[Sentence], None]) -> None:
        self._loop = asyncio.get_running_loop()
        self._stream = stream
        self._on_sentence = on_sentence
        self._stopped = Event()
        self.answer: asyncio.Future[Answer] = self._loop.create_future()
        self.ended = asyncio.Event()

    def start(self) -> None:
        Thread(target=contextvars.copy_context().run, args=(self._run,), name="answer", daemon=True).start()

    def stop(self) -> None:
        """Deliver nothing more, and close the stream at its next event."""
        self._stopped.set()

    def _run(self) -> None:
        try:
            for event in (events := self._stream()):
                if self._stopped.is_set():
                    break
                if isinstance(event, Sentence):
                    self._call_on_loop(self._deliver, event)
                elif isinstance(event, Answer):
                    self._call_on_loop(self._resolve, event)
            close: Callable[[], None] = getattr(events, "close", lambda: None)
            close()
            if not self._stopped.is_set():
                self._call_on_loop(self._resolve, RuntimeError("The stream ended without an answer."))
        except BaseException as error:  # raised again where the answer is awaited
            self._call_on_loop(self._resolve, error)
        self._call_on_loop(self.ended.set)

    def _call_on_loop(self, function: Callable[..., object], *args: object) -> None:
        with suppress(RuntimeError):  # the loop is closed
            self._loop.call_soon_threadsafe(function, *args)

    def _deliver(self, sentence: Sentence) -> None:
        if not self._stopped.is_set():
            self._on_sentence(sentence)

    def _resolve(self, result: Answer | BaseException) -> None:
        """Set the first result; what would end the loop if it were raised there becomes a RuntimeError."""
        if self.answer.done():
            return
        if isinstance(result, Answer):
            self.answer.set_result(result)
        elif isinstance(result, Exception) and not isinstance(result, StopIteration):
            self.answer.set_exception(result)
        else:
            self.answer.set_exception(RuntimeError(f"The stream raised {type(result).__name__}."))
