"""A question on its way to its answer: its state, its turn in the conversation, its events for the frontend."""

from __future__ import annotations

import asyncio
import secrets
import time
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING

from newsqa.answer.history import recent_turns
from newsqa.bot.events import Answered, Failed, Interrupted, Message, Partial, Started, Withdrawn
from newsqa.bot.limits import normalize_question
from newsqa.bot.store import Store, conversation_key
from newsqa.errors import HistoryError

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, AsyncIterator

    from newsqa.bot.threads import SerialExecutor, WorkerPool
    from newsqa.types import Answer, Sentence, Turn

    Ending = Answered | Failed | Interrupted | Withdrawn


class EventBuffer:
    """Events between the pipeline that makes them and the frontend that shows them.

    It holds only what was not read yet: for a slow reader sentences are joined. Nothing follows the first ending.
    """

    def __init__(self, request_id: str) -> None:
        self.request_id = request_id
        self._started = Started(request_id)
        self._sentences: tuple[Sentence, ...] = ()
        self._start_unread = True
        self._sentences_unread = False
        self._ending: Ending | None = None
        self._changed = asyncio.Event()
        self._changed.set()

    @property
    def ended(self) -> bool:
        """True if the ending is known."""
        return self._ending is not None

    def set_claim(self, request_id: str, posted: tuple[str, ...], *, resumed: bool) -> None:
        """Take over the id under which the store knows the request, also in the ending, and the messages posted."""
        self.request_id, self._started = request_id, Started(request_id, posted, resumed)
        self._ending = replace(self._ending, request_id=request_id) if self._ending else None

    def restart(self) -> None:
        """Discard the sentences and start again."""
        self._sentences, self._sentences_unread, self._start_unread = (), False, True
        self._changed.set()

    def add(self, sentence: Sentence) -> None:
        """Add a verified sentence."""
        self._sentences, self._sentences_unread = (*self._sentences, sentence), True
        self._changed.set()

    def end(self, ending: Ending) -> None:
        """Set the ending; only the first one counts."""
        self._ending = self._ending or ending
        self._changed.set()

    async def read(self) -> AsyncGenerator[Started | Partial | Ending]:
        """Yield the events as they come, up to the ending."""
        while True:
            await self._changed.wait()
            if self._start_unread:
                self._start_unread = False
                yield self._started
            elif self._ending:
                yield self._ending
                return
            elif self._sentences_unread:
                self._sentences_unread = False
                yield Partial(self.request_id, self._sentences)
            else:
                self._changed.clear()


class Request:
    """A message that is being answered: its question, which may be edited, its events, and its tasks.

    `task` runs from the claim to the ending, `attempt` from one edit to the next.
    """

    def __init__(self, message: Message) -> None:
        self.message = message
        self.question = normalize_question(message.text)
        self.events = EventBuffer(secrets.token_hex(8))
        self.edits = 0
        self.task: asyncio.Task[None] | None = None
        self.attempt: asyncio.Task[Answer] | None = None
        self._began = time.monotonic()

    @property
    def id(self) -> str:
        """The id under which the answer is stored."""
        return self.events.request_id

    @property
    def seconds(self) -> float:
        """Seconds since the question was asked."""
        return round(time.monotonic() - self._began, 3)

    def add_sentence(self, edits: int, sentence: Sentence) -> None:
        """Add a verified sentence, unless the question was edited since it had `edits` edits."""
        if edits == self.edits:
            self.events.add(sentence)

    def edit(self, question: str) -> None:
        """Replace the question, and restart its answer."""
        self.question = question
        self.edits += 1
        self.events.restart()
        if self.attempt:
            self.attempt.cancel()

    def end(self, ending: Ending) -> None:
        """Set the ending, and cancel the work."""
        self.events.end(ending)
        if self.task:
            self.task.cancel()


class ConversationQueue:
    """Lets one request at a time into each conversation, in order; keeps nothing of a conversation without requests."""

    def __init__(self) -> None:
        self._locks: dict[str, tuple[asyncio.Lock, int]] = {}

    def __len__(self) -> int:
        """Count the conversations that have requests."""
        return len(self._locks)

    @asynccontextmanager
    async def turn(self, conversation: str) -> AsyncIterator[None]:
        """Wait until all earlier requests of this conversation are done."""
        lock, users = self._locks.get(conversation, (asyncio.Lock(), 0))
        self._locks[conversation] = lock, users + 1
        try:
            async with lock:  # an asyncio.Lock is fair: first come, first served
                yield
        finally:
            _, users = self._locks[conversation]
            if users > 1:
                self._locks[conversation] = lock, users - 1
            else:
                del self._locks[conversation]


@dataclass(frozen=True, slots=True)
class RequestRunner:
    """Answers requests in their turn, with the history of their conversation, and again after an edit.

    `seconds` limits the time from question to answer, all waiting included.
    """

    store: Store
    executor: SerialExecutor
    pool: WorkerPool
    seconds: float
    queue: ConversationQueue = field(default_factory=ConversationQueue)

    async def run(self, request: Request) -> Answer:
        """Return the answer to a request. Raises TimeoutError, NewsqaError, and whatever else goes wrong."""
        async with asyncio.timeout(self.seconds), self.queue.turn(conversation_key(request.message)):
            while True:
                edits = request.edits
                request.attempt = asyncio.create_task(self._attempt(request))
                try:
                    answer = await request.attempt
                except (Exception, asyncio.CancelledError):
                    if edits == request.edits or (request.task and request.task.cancelling()):
                        raise
                else:
                    if edits == request.edits:
                        return answer

    async def _attempt(self, request: Request) -> Answer:
        history: list[Turn] = []
        with suppress(HistoryError):  # a question that nothing is known before can be answered, too
            history = await self.executor.call(self.store.load_history, request.message, request.id)
        return await self.pool.answer(
            request.question, recent_turns(history), partial(request.add_sentence, request.edits)
        )
