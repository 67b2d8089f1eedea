"""A question on its way to its answer."""

from __future__ import annotations

import asyncio
import secrets
import time
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING

from newsqa.answer.history import recent_turns
from newsqa.bot.events import Partial, Working
from newsqa.bot.limits import message_question
from newsqa.bot.store import conversation

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, AsyncIterator

    from newsqa.bot.database import SerialExecutor
    from newsqa.bot.events import Answered, Failed, Interrupted, Left, Message
    from newsqa.bot.store import Store
    from newsqa.bot.workers import WorkerPool
    from newsqa.types import Answer, Sentence

    Ending = Answered | Failed | Interrupted | Left


# What an exchange has to tell, between the desk that makes it and the front that shows it.


class EventBuffer:
    """Holds what was not read yet, and no more: where the front is slow, sentences come together.

    Nothing is told after the first ending.
    """

    def __init__(self, exchange: str) -> None:
        self.exchange = exchange
        self.before: tuple[str, ...] = ()
        self._sentences: tuple[Sentence, ...] = ()
        self._working = True
        self._more = False
        self._ending: Ending | None = None
        self._news = asyncio.Event()
        self._news.set()

    @property
    def ended(self) -> bool:
        """Whether the ending is known."""
        return self._ending is not None

    def claimed(self, exchange: str, before: tuple[str, ...]) -> None:
        """Take the name under which the store knows it, and what showed it before; an ending takes the name too."""
        self.exchange, self.before = exchange, before
        self._ending = replace(self._ending, exchange=exchange) if self._ending else None

    def anew(self) -> None:
        """Begin again: what was told of the answer holds no longer."""
        self._sentences, self._more, self._working = (), False, True
        self._news.set()

    def passed(self, sentence: Sentence) -> None:
        """Tell a sentence that passed the check."""
        self._sentences, self._more = (*self._sentences, sentence), True
        self._news.set()

    def end(self, ending: Ending) -> None:
        """Tell how it ended; only the first ending counts."""
        self._ending = self._ending or ending
        self._news.set()

    async def happenings(self) -> AsyncGenerator[Working | Partial | Ending]:
        """Yield what there is to tell, as it comes, until the ending."""
        while True:
            await self._news.wait()
            if self._working:
                self._working = False
                yield Working(self.exchange, self.before)
            elif self._ending:
                yield self._ending
                return
            elif self._more:
                self._more = False
                yield Partial(self.exchange, self._sentences)
            else:
                self._news.clear()


class Request:
    """A message that is being answered: its words, which may be edited, what is told of it, and the tasks at work.

    `work` lasts from the claim to the ending, `attempt` from one edit to the next.
    """

    def __init__(self, message: Message) -> None:
        self.message = message
        self.question = message_question(message.text)
        self.telling = EventBuffer(secrets.token_hex(8))
        self.began = time.monotonic()
        self.edits = 0
        self.work: asyncio.Task[None] | None = None
        self.attempt: asyncio.Task[Answer] | None = None

    @property
    def id(self) -> str:
        """The name of the exchange, under which its answer is kept."""
        return self.telling.exchange

    @property
    def seconds(self) -> float:
        """How long ago it was asked."""
        return round(time.monotonic() - self.began, 3)

    def passed(self, edits: int, sentence: Sentence) -> None:
        """Tell a sentence that passed the check, unless the question was edited since it had so many edits."""
        if edits == self.edits:
            self.telling.passed(sentence)

    def edit(self, words: str) -> None:
        """Have other words answered: whatever was told of the answer holds no longer."""
        self.question = words
        self.edits += 1
        self.telling.anew()
        if self.attempt:
            self.attempt.cancel()

    def end(self, ending: Ending) -> None:
        """Tell how it ends, and stop what is at work on it."""
        self.telling.end(ending)
        if self.work:
            self.work.cancel()


# One thing at a time in each conversation, in the order in which it was asked for.


class ConversationQueue:
    """Nothing is kept of a conversation in which nobody waits."""

    def __init__(self) -> None:
        self._locks: dict[str, tuple[asyncio.Lock, int]] = {}

    def __len__(self) -> int:
        """Count the conversations in which something happens."""
        return len(self._locks)

    @asynccontextmanager
    async def turn(self, conversation: str) -> AsyncIterator[None]:
        """Wait until everything that was asked for before in this conversation is done."""
        lock, waiting = self._locks.get(conversation, (asyncio.Lock(), 0))
        self._locks[conversation] = lock, waiting + 1
        try:
            async with lock:  # an asyncio.Lock is fair: first come, first served
                yield
        finally:
            _, waiting = self._locks[conversation]
            if waiting > 1:
                self._locks[conversation] = lock, waiting - 1
            else:
                del self._locks[conversation]


# Has a question answered: in its turn, with the history of its conversation, in time, and anew when it was edited.


@dataclass(frozen=True, slots=True)
class Asker:
    """What an answer takes; `patience` bounds the seconds from question to answer, all waiting included."""

    store: Store
    aside: SerialExecutor
    pool: WorkerPool
    patience: float
    order: ConversationQueue = field(default_factory=ConversationQueue)

    async def answer(self, exchange: Request) -> Answer:
        """Return the answer to an exchange. Raises TimeoutError, NewsqaError, and whatever else goes wrong."""
        async with asyncio.timeout(self.patience), self.order.turn(conversation(exchange.message)):
            while True:
                edits = exchange.edits
                exchange.attempt = asyncio.create_task(self._attempt(exchange))
                try:
                    answer = await exchange.attempt
                except (Exception, asyncio.CancelledError):
                    if edits == exchange.edits or (exchange.work and exchange.work.cancelling()):
                        raise
                else:
                    if edits == exchange.edits:
                        return answer

    async def _attempt(self, exchange: Request) -> Answer:
        before = await self.aside.call(self.store.history, exchange.message, exchange.id)
        return await self.pool.answer(exchange.question, recent_turns(before), partial(exchange.passed, exchange.edits))
