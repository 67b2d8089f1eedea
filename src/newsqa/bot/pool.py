"""Runs the desk on threads, a bounded number at a time, and brings what it tells to the event loop."""

from __future__ import annotations

import asyncio
import contextvars
from contextlib import suppress
from functools import partial
from threading import Event, Thread
from typing import TYPE_CHECKING

from newsqa.records import Answer, Sentence

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from newsqa.desk import Happening
    from newsqa.records import Turn

    Answering = Callable[[str, Sequence[Turn]], Iterator[Happening]]
    """Answers a question that follows some turns, as `Desk.stream` does."""

CLOSING = 1.0
"""Seconds that threads have to end in when the pool is closed."""

LEAVING = 2.0
"""Seconds that a thread which was stopped has until its place is given to another."""


class Pool:
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
        self._at_work: set[_Work] = set()
        self._left: set[_Work] = set()
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
        work = _Work(self._answering, question, history, heard)
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

    def _part(self, work: _Work) -> None:
        """Give the place of a thread to the next, once it has ended or was given up."""
        task = asyncio.create_task(self._parting(work))
        self._partings.add(task)
        task.add_done_callback(self._partings.discard)

    async def _parting(self, work: _Work) -> None:
        try:
            await asyncio.wait_for(work.ended.wait(), self._leaving)
        except TimeoutError:
            await self._leave(work)
            return
        self._at_work.discard(work)
        self._places.release()

    async def _leave(self, work: _Work) -> None:
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


class _Work:
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

    def _bring(self, event: Happening) -> None:
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
