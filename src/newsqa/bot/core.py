"""The bot: a message in, a stream of what is to be seen out. It knows no platform."""

from __future__ import annotations

import asyncio
import secrets
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING

from newsqa.bot import lines
from newsqa.bot.aside import Aside
from newsqa.bot.desks import Desks
from newsqa.bot.gate import listed, may_follow_up, question
from newsqa.bot.limits import Limits
from newsqa.bot.messages import Answered, Failed, Interrupted, Left, Limited, Partial, Working
from newsqa.bot.order import Order
from newsqa.bot.pool import Pool
from newsqa.bot.store import Store, conversation
from newsqa.bot.telling import Telling
from newsqa.errors import NewsqaError
from newsqa.history import turns

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    from newsqa.bot.messages import Happening, Message, Place, Platform, Verdict
    from newsqa.bot.pool import Answering
    from newsqa.bot.telling import Ending
    from newsqa.records import Answer
    from newsqa.settings import Settings

GRACE = 10.0
"""Seconds beyond the settings' time limit until an answer is given up: what does not heed that limit, hangs."""

PATIENCE = 240.0
"""Seconds from question to answer at most, all waiting included; platforms stop streams after five minutes."""

FINISHING = 0.75
"""The part of the time for draining in which answers may still be made; in the rest, the last words are posted."""

UNFINISHED = 900.0
"""Seconds after which nobody waits any more for an answer that a crash prevented."""


@asynccontextmanager
async def open_bot(settings: Settings, platform: Platform, answering: Answering | None = None) -> AsyncIterator[Bot]:
    """Open index, models and store, without blocking the loop, for as long as the context lasts.

    `answering` stands in for the desk. Raises NewsqaError where something cannot be opened.
    """
    desks = None
    if answering is None:
        desks = await asyncio.to_thread(Desks.open, settings)
        answering = desks.stream
    aside = Aside("store")
    try:
        store = await aside.call(Store, settings.sessions_folder())
        bot = Bot(settings, platform, answering, store, aside)
        try:
            yield bot
        finally:
            await bot.close()
    finally:
        aside.close()
        if desks:
            desks.close()


class _Exchange:
    """A question on its way: its words, which may be edited, and what is told of it."""

    def __init__(self, message: Message) -> None:
        self.id = secrets.token_hex(8)
        self.message = message
        self.question = question(message.text)
        self.telling = Telling(self.id)
        self.work: asyncio.Task[None] | None = None
        self.attempt: asyncio.Task[Answer] | None = None
        self.edits = 0


class Bot:
    """Answers messages of one platform. All methods are for the event loop it was opened on, and never block it."""

    def __init__(
        self, settings: Settings, platform: Platform, answering: Answering, store: Store, aside: Aside
    ) -> None:
        self.platform = platform
        self._settings = settings
        self._store = store
        self._aside = aside
        self._limits = Limits(settings.bot_rate, settings.bot_rate_all)
        self._pool = Pool(answering, settings.bot_workers, settings.timeout + GRACE)
        self._order = Order()
        self._exchanges: dict[tuple[str, str, str], _Exchange] = {}
        self._draining = False
        self._idle = asyncio.Event()
        self._idle.set()

    async def take(self, message: Message) -> AsyncIterator[Happening]:
        """Answer a message, where it is one for the bot: Working at once, Partial as sentences pass, one ending.

        Nothing comes where it is not for the bot, was answered already or is being answered. After `Answered`, call
        `delivered` once it is posted.
        """
        key = _key(message.place, message.id)
        if not await self._hears(message) or key in self._exchanges:
            return
        exchange = self._exchanges[key] = _Exchange(message)
        self._idle.clear()
        try:
            async for happening in self._answered(exchange):
                yield happening
        finally:
            del self._exchanges[key]
            if not self._exchanges:
                self._idle.set()

    async def _hears(self, message: Message) -> bool:
        if not listed(message, self._settings) or not (message.addressed or may_follow_up(message)):
            return False
        return await self._aside.call(self._store.hears, message)

    async def _answered(self, exchange: _Exchange) -> AsyncIterator[Happening]:
        ended = False
        try:
            claim = await self._aside.call(self._store.claim, exchange.message, exchange.id, exchange.question)
            if claim is None:
                ended = True
                return
            exchange.id = claim.exchange
            exchange.telling = Telling(exchange.id)
            if limited := self._limited(exchange.message):
                ended = True
                await self._aside.call(self._store.dropped, exchange.id)
                if limited.line:
                    yield limited
                return
            if claim.answer:
                exchange.telling.end(Answered(exchange.id, claim.answer))
            exchange.work = asyncio.create_task(self._work(exchange))
            try:
                async for happening in exchange.telling.happenings():
                    ended = not isinstance(happening, Working | Partial)
                    yield happening
            finally:
                exchange.work.cancel()
                await asyncio.wait([exchange.work])
        finally:
            if not ended:
                self._aside.post(self._store.released, exchange.id)

    def _limited(self, message: Message) -> Limited | None:
        wait = self._limits.take(f"{message.place.team}/{message.person}")
        if wait:
            return Limited(lines.limited(wait) if wait.tell else "")
        if len(self._exchanges) > self._settings.bot_workers + self._settings.bot_queue:
            return Limited(lines.BUSY)
        return None

    async def _work(self, exchange: _Exchange) -> None:
        """Have a question answered, anew after each edit, and tell how it ended."""
        if exchange.telling.ended:
            return
        if self._draining:
            await self._interrupt(exchange)
            return
        try:
            async with asyncio.timeout(PATIENCE), self._order.turn(conversation(exchange.message)):
                answer = await self._asked(exchange)
            with suppress(NewsqaError):
                await self._aside.call(self._store.answered, exchange.id, answer)
            exchange.telling.end(Answered(exchange.id, answer))
        except Exception as error:  # whatever it is, a person waits for a line
            incident = secrets.token_hex(4)
            await self._drop(exchange)
            exchange.telling.end(Failed(exchange.id, lines.failed(error, incident), incident))

    async def _drop(self, exchange: _Exchange) -> None:
        with suppress(NewsqaError):
            await self._aside.call(self._store.dropped, exchange.id)

    async def _asked(self, exchange: _Exchange) -> Answer:
        while True:
            edits = exchange.edits
            exchange.attempt = asyncio.create_task(self._attempt(exchange))
            try:
                return await exchange.attempt
            except asyncio.CancelledError:
                if edits == exchange.edits or (exchange.work and exchange.work.cancelling()):
                    raise

    async def _attempt(self, exchange: _Exchange) -> Answer:
        before = await self._aside.call(self._store.history, exchange.message, exchange.id)
        return await self._pool.answer(exchange.question, turns(before), exchange.telling.passed)

    async def edited(self, message: Message) -> None:
        """Answer an edited question as edited, where its answer is not made yet."""
        exchange = self._exchanges.get(_key(message.place, message.id))
        words = question(message.text)
        if exchange is None or exchange.telling.ended or words == exchange.question:
            return
        exchange.question = words
        exchange.edits += 1
        exchange.telling.anew()
        if exchange.attempt:
            exchange.attempt.cancel()
        await self._aside.call(self._store.asks, exchange.id, words)

    async def deleted(self, place: Place, message_id: str) -> None:
        """Leave a question that was deleted, and forget what is stored of it."""
        if exchange := self._exchanges.get(_key(place, message_id)):
            _end(exchange, Left(exchange.id))
        await self._aside.call(self._store.dropped_message, place, message_id)

    async def delivered(self, exchange: str, message_ids: Sequence[str]) -> None:
        """Note that an answer was posted; until then, a crash leaves its question open."""
        await self._aside.call(self._store.delivered, exchange, message_ids)

    async def left_open(self) -> Sequence[Message]:
        """Return the questions that a process which died left without a posted answer: `take` each, after a start."""
        return await self._aside.call(self._store.left_open, self.platform, UNFINISHED)

    async def feedback(self, exchange: str, person: str, verdict: Verdict) -> bool:
        """Count what a person says of an answer, once; True where it counted. A changed mind counts."""
        return await self._aside.call(self._store.vote, exchange, person, verdict)

    async def stored(self, exchange: str) -> Answer | None:
        """Return an answer that was given, as far as it is shown to people."""
        return await self._aside.call(self._store.stored, exchange)

    async def engaged(self, place: Place) -> bool:
        """Tell whether the bot was called into this thread."""
        return await self._aside.call(self._store.engaged, place)

    async def drain(self, seconds: float = 8.0) -> None:
        """Take no more questions; let answers be made for a while, then end the rest with Interrupted.

        Returns when every stream has been read to its end, or the time is up.
        """
        self._draining = True
        await self._until_idle(seconds * FINISHING)
        for exchange in list(self._exchanges.values()):
            await self._interrupt(exchange)
        await self._until_idle(seconds * (1 - FINISHING))

    async def _interrupt(self, exchange: _Exchange) -> None:
        if exchange.telling.ended:
            return
        _end(exchange, Interrupted(exchange.id, lines.INTERRUPTED))
        await self._drop(exchange)

    async def _until_idle(self, seconds: float) -> None:
        with suppress(TimeoutError):
            await asyncio.wait_for(self._idle.wait(), seconds)

    async def close(self) -> None:
        """Stop what is still at work and close the store; call `drain` first."""
        self._draining = True
        self._pool.close()
        await self._aside.call(self._store.close)


def _end(exchange: _Exchange, ending: Ending) -> None:
    exchange.telling.end(ending)
    if exchange.work:
        exchange.work.cancel()


def _key(place: Place, message_id: str) -> tuple[str, str, str]:
    return place.team, place.channel, message_id
