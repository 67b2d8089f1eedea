"""The bot: a message in, a stream of what is to be seen out. It knows no platform."""

from __future__ import annotations

import asyncio
import secrets
from contextlib import aclosing, asynccontextmanager, suppress
from typing import TYPE_CHECKING

from newsqa.bot.database import SerialExecutor
from newsqa.bot.events import Answered, Failed, Interrupted, Left, Limited, Partial, Working
from newsqa.bot.limits import RateLimits, is_courtesy, listed, may_follow_up, message_question
from newsqa.bot.log import logger
from newsqa.bot.metrics import Metrics
from newsqa.bot.requests import Asker, Request
from newsqa.bot.store import Store
from newsqa.bot.workers import PipelineHolder, WorkerPool
from newsqa.errors import ModelError, NewsqaError
from newsqa.models.egress import data_egress

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, AsyncIterator, Sequence

    from newsqa.bot.events import ConversationPlace, Event, Message, Outcome, Platform, Verdict
    from newsqa.bot.limits import Wait
    from newsqa.bot.store import ClaimedRequest
    from newsqa.bot.workers import Answering
    from newsqa.settings import Settings
    from newsqa.types import Answer


# What the bot says besides answers: short, friendly, and nothing of what only its keeper should read.

HELP = (
    "Ask me in a sentence about what the articles say: I answer with quotes and their sources, or tell that they do "
    "not hold it. In a thread that I was called into, just write on; /ask is answered to you alone."
)
INTERRUPTED = "I am being stopped before this answer was made. Please ask again in a few minutes."
BUSY = "Too many questions are waiting just now. Please ask again in a minute."
SLOW = "This took longer than it may. Please ask again in a while."
BUSY_MODEL = "The model that writes my answers has no time just now. Please ask again in a while."
FAILED = "I could not answer this."
SLOW_KINDS = frozenset({"timeout"})
BUSY_KINDS = frozenset({"rate", "server", "unreachable"})


def failed(error: BaseException, incident: str) -> str:
    """Say that no answer could be made, and the name under which the log has the reason."""
    return f"{_why(error)} If it goes on, tell whoever runs me this: incident {incident}."


def limited(wait: Wait) -> str:
    """Say that somebody has to wait, and how long."""
    seconds = f"{wait.seconds} second{'' if wait.seconds == 1 else 's'}"
    if wait.own:
        return f"You have asked a lot within a minute. Please ask again in {seconds}."
    return f"I have been asked a lot within a minute. Please ask again in {seconds}."


def _why(error: BaseException) -> str:
    if isinstance(error, TimeoutError) or (isinstance(error, ModelError) and error.kind in SLOW_KINDS):
        return SLOW
    if isinstance(error, ModelError) and error.kind in BUSY_KINDS:
        return BUSY_MODEL
    if isinstance(error, NewsqaError) and error.retryable:
        return f"{FAILED} Please ask again in a minute."
    return FAILED


GRACE = 10.0
"""Seconds beyond the settings' time limit until an answer is given up: what does not heed that limit, hangs."""

PATIENCE = 240.0
"""Seconds from question to answer at most, all waiting included; Slack ends a stream after five minutes."""

FINISHING = 0.75
"""The part of the time for draining in which answers may still be made; in the rest, the last words are posted."""

UNFINISHED = 900.0
"""Seconds after which nobody waits any more for an answer that a crash prevented."""

SWEEP = 86_400.0
"""Seconds between two looks for what was kept long enough."""

log = logger("bot")


@asynccontextmanager
async def open_bot(
    settings: Settings, platform: Platform, answering: Answering | None = None, *, grace: float = GRACE
) -> AsyncIterator[Bot]:
    """Open index, models and store, without blocking the loop, for as long as the context lasts.

    `answering` stands in for the desk. Raises NewsqaError where something cannot be opened.
    """
    desks = None
    if answering is None:
        for model in data_egress(settings):
            log.warning("text_leaves", model=model.name, place=model.place, hint=str(model))
        desks = await asyncio.to_thread(PipelineHolder.open, settings)
        answering = desks.stream
    aside = SerialExecutor("store", lambda error: log.error("not_kept", error=type(error).__name__, reason=str(error)))
    try:
        store = await aside.call(Store, settings.sessions_folder())
        pool = WorkerPool(answering, settings.bot_workers, settings.timeout + grace)
        bot = Bot(settings, platform, store, aside, pool)
        bot.vitals.index = desks.standing if desks else None
        sweeping = asyncio.create_task(_sweep(store, aside, settings.bot_retention))
        try:
            yield bot
        finally:
            sweeping.cancel()
            await bot.close()
    finally:
        aside.close()
        if desks:
            desks.close()


async def _sweep(store: Store, aside: SerialExecutor, days: int) -> None:
    """Forget what was kept long enough, now and daily."""
    while True:
        aside.post(store.sweep, days)
        await asyncio.sleep(SWEEP)


class Bot:
    """Answers messages of one platform. All methods are for the event loop it was opened on, and never block it."""

    def __init__(
        self, settings: Settings, platform: Platform, store: Store, aside: SerialExecutor, pool: WorkerPool
    ) -> None:
        self.platform = platform
        self.vitals = Metrics(platform, lambda: self.waiting, lambda: pool.running)
        self._settings = settings
        self._store = store
        self._aside = aside
        self._pool = pool
        self._limits = RateLimits(settings.bot_rate, settings.bot_rate_all)
        self._asking = Asker(store, aside, pool, max(PATIENCE, pool.seconds))
        self._exchanges: dict[tuple[str, str, str], Request] = {}
        self._draining = False
        self._idle = asyncio.Event()
        self._idle.set()

    @property
    def waiting(self) -> int:
        """How many questions wait for their turn."""
        return max(len(self._exchanges) - self._pool.running, 0)

    @property
    def draining(self) -> bool:
        """Whether the bot takes no more questions."""
        return self._draining

    async def take(self, message: Message) -> AsyncGenerator[Event]:
        """Answer a message, where it is one for the bot: Working at once, Partial as sentences pass, one ending.

        Nothing comes where it is not for the bot, was answered already or is being answered. After `Answered`, call
        `delivered` once it is posted.
        """
        key = _key(message.place, message.id)
        exchange = Request(message)
        if key in self._exchanges or not _may_ask(message, self._settings):
            return
        self._exchanges[key] = exchange  # already here: it may be edited or deleted before the store has told of it
        self._idle.clear()
        try:
            async with aclosing(self._taken(exchange)) as told:
                async for happening in told:
                    yield happening
        finally:
            del self._exchanges[key]
            if not self._exchanges:
                self._idle.set()

    async def _taken(self, exchange: Request) -> AsyncGenerator[Event]:
        """Tell of an exchange. Where nobody listens to its end, it is left for whoever gets its message again."""
        ended = False
        try:
            async with aclosing(self._happenings(exchange)) as told:
                async for happening in told:
                    ended = not isinstance(happening, Working | Partial)
                    yield happening
            ended = True
        finally:
            if exchange.work:
                exchange.work.cancel()
                await asyncio.wait([exchange.work])
            if not ended:
                self._aside.post(self._store.released, exchange.message)

    async def _happenings(self, exchange: Request) -> AsyncGenerator[Event]:
        try:
            claim = await self._claimed(exchange)
        except NewsqaError as error:
            if exchange.message.addressed:
                yield self._failed(exchange, error)
            return
        if claim is None:
            return
        exchange.telling.claimed(claim.exchange, claim.shown)
        if exchange.telling.ended:
            self._aside.post(self._store.dropped, exchange.id)
        taken = claim.again or exchange.telling.ended  # it was counted, or deleted meanwhile
        if not taken and (line := self._limit(exchange)) is not None:
            self._ended(exchange, "limited")
            if line:
                yield Limited(line)
            return
        if not taken and is_courtesy(exchange.question):
            self._aside.post(self._store.dropped, exchange.id)  # no question, and not counted as one
            log.info("greeted", **_ids(exchange))
            yield Limited(HELP)
            return
        exchange.work = asyncio.create_task(self._work(exchange, claim))
        async with aclosing(exchange.telling.happenings()) as told:
            async for happening in told:
                yield happening

    async def _claimed(self, exchange: Request) -> ClaimedRequest | None:
        """Claim a message that the bot listens to; None where it does not, or where it was answered."""
        if not await self._aside.call(self._store.hears, exchange.message):
            return None
        return await self._aside.call(self._store.claim, exchange.message, exchange.id, exchange.question)

    def _limit(self, exchange: Request) -> str | None:
        """Return why a question is not taken, "" where its asker knows; None where it is taken."""
        wait = self._limits.take(exchange.message.person)
        if wait:
            return limited(wait) if wait.tell else ""
        if len(self._exchanges) > self._settings.bot_workers + self._settings.bot_queue:
            return BUSY if self._limits.tells(exchange.message.person) else ""
        return None

    async def _work(self, exchange: Request, claim: ClaimedRequest) -> None:
        """Have a question answered, and tell how it ended."""
        if exchange.telling.ended:
            return  # it was deleted while it was claimed
        if self._draining:
            self._interrupt(exchange)
        elif claim.answer and not exchange.edits:
            exchange.telling.end(Answered(exchange.id, claim.answer))
        else:
            log.info("taken", **_ids(exchange), question=exchange.question)
            try:
                self._answered(exchange, await self._asking.answer(exchange))
            except Exception as error:  # whatever it is, a person waits for a line
                exchange.telling.end(self._failed(exchange, error))

    def _answered(self, exchange: Request, answer: Answer) -> None:
        exchange.telling.end(Answered(exchange.id, answer))
        self._aside.post(self._store.answered, exchange.id, answer)
        outcome: Outcome = "refused" if answer.refused else "answered"
        self._count(exchange, outcome, len(answer.dropped))
        told = {"reason": answer.reason, "model": answer.model, "index": answer.index, "timings": dict(answer.timings)}
        counts = {"citations": len(answer.citations), "dropped": len(answer.dropped)}
        log.info(outcome, **_ids(exchange), **told, **counts, text=answer.text)

    def _failed(self, exchange: Request, error: Exception) -> Failed:
        incident = secrets.token_hex(4)
        told = {"error": type(error).__name__, "reason": str(error), "hint": getattr(error, "hint", "")}
        log.error("failed", incident=incident, **_ids(exchange), **told, question=exchange.question, exc_info=error)
        self._dropped(exchange, "failed")
        return Failed(exchange.id, failed(error, incident), incident)

    def _ended(self, exchange: Request, outcome: Outcome) -> None:
        """Note that a question ended without an answer, of which nothing is kept."""
        log.info(outcome, **_ids(exchange))
        self._dropped(exchange, outcome)

    def _dropped(self, exchange: Request, outcome: Outcome) -> None:
        self._aside.post(self._store.dropped, exchange.id)
        self._count(exchange, outcome)

    def _count(self, exchange: Request, outcome: Outcome, dropped: int = 0) -> None:
        self.vitals.ended(outcome, exchange.seconds, dropped)
        self._aside.post(self._store.tally, exchange.message.place, outcome)

    async def edited(self, message: Message) -> None:
        """Answer an edited question as edited, where its answer is not made yet."""
        exchange = self._exchanges.get(_key(message.place, message.id))
        words = message_question(message.text)
        if exchange is None or exchange.telling.ended or words == exchange.question:
            return
        exchange.edit(words)
        log.info("edited", **_ids(exchange), question=words)
        await self._aside.call(self._store.asks, exchange.id, words)

    async def deleted(self, place: ConversationPlace, message_id: str) -> None:
        """Leave a question that was deleted, and forget what is stored of it."""
        exchange = self._exchanges.get(_key(place, message_id))
        if exchange and not exchange.telling.ended:
            exchange.end(Left(exchange.id))
            self._ended(exchange, "left")
        await self._aside.call(self._store.dropped_message, place, message_id)

    async def shown(self, exchange: str, message_ids: Sequence[str]) -> None:
        """Note by which messages it is shown that a question is worked on; whoever takes it up goes on in them."""
        await self._aside.call(self._store.shown, exchange, message_ids)

    async def delivered(self, exchange: str, message_ids: Sequence[str]) -> None:
        """Note that an answer was posted, and under which ids; until then, a crash leaves its question open."""
        await self._aside.call(self._store.delivered, exchange, message_ids)

    async def left_open(self) -> Sequence[Message]:
        """Return the questions that a process which died left without a posted answer: `take` each, after a start."""
        return await self._aside.call(self._store.left_open, self.platform, UNFINISHED)

    async def feedback(self, exchange: str, person: str, verdict: Verdict) -> bool:
        """Count what a person says of an answer, once; True where it counted. A changed mind counts."""
        counted = await self._aside.call(self._store.vote, exchange, person, verdict)
        if counted:
            self.vitals.voted(verdict)
            log.info("feedback", exchange=exchange, person=person, verdict=verdict)
        return counted

    async def stored(self, exchange: str) -> Answer | None:
        """Return an answer that was given, as far as it is shown to people."""
        return await self._aside.call(self._store.stored, exchange)

    async def engaged(self, place: ConversationPlace) -> bool:
        """Tell whether the bot was called into this thread."""
        return await self._aside.call(self._store.engaged, place)

    async def drain(self, seconds: float = 8.0) -> None:
        """Take no more questions; let answers be made for a while, then end the rest with Interrupted.

        Returns when every stream has been read to its end, or the time is up.
        """
        self._draining = True
        log.info("draining", open=len(self._exchanges))
        await self._until_idle(seconds * FINISHING)
        self._interrupt_all()
        await self._until_idle(seconds * (1 - FINISHING))

    def _interrupt_all(self) -> None:
        for exchange in self._exchanges.values():
            self._interrupt(exchange)

    def _interrupt(self, exchange: Request) -> None:
        if not exchange.telling.ended:
            exchange.end(Interrupted(exchange.id, INTERRUPTED))
            self._ended(exchange, "interrupted")

    async def _until_idle(self, seconds: float) -> None:
        with suppress(TimeoutError):
            await asyncio.wait_for(self._idle.wait(), seconds)

    async def close(self) -> None:
        """Stop what is still at work and close the store; call `drain` first."""
        self._draining = True
        self._interrupt_all()
        await self._pool.close()
        await self._aside.call(self._store.close)


def _may_ask(message: Message, settings: Settings) -> bool:
    """Tell, from the message alone, whether it may be a question to the bot."""
    return listed(message, settings) and (message.addressed or may_follow_up(message))


def _key(place: ConversationPlace, message_id: str) -> tuple[str, str, str]:
    return place.team, place.channel, message_id


def _ids(exchange: Request) -> dict[str, object]:
    message = exchange.message
    return {
        "exchange": exchange.id,
        "platform": message.place.platform,
        "team": message.place.team,
        "channel": message.place.channel,
        "thread": message.place.thread,
        "message": message.id,
        "person": message.person,
        "seconds": exchange.seconds,
    }
