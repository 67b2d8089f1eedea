"""The bot: a message in, a stream of events out. It knows no platform."""

from __future__ import annotations

import asyncio
import secrets
from collections import deque
from contextlib import aclosing, asynccontextmanager, suppress
from typing import TYPE_CHECKING

from newsqa.bot import limits
from newsqa.bot.events import Answered, Declined, Failed, Interrupted, Partial, Started, Withdrawn
from newsqa.bot.health import Metrics
from newsqa.bot.pipelines import ReloadingPipeline
from newsqa.bot.process import logger
from newsqa.bot.requests import Request, RequestRunner
from newsqa.bot.store import Claim, Store
from newsqa.bot.threads import SerialExecutor, WorkerPool
from newsqa.errors import HistoryError, NewsqaError
from newsqa.models.egress import ASKING, data_egress

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, AsyncIterator, Callable, Collection, Sequence

    from newsqa.bot.events import ConversationPlace, Event, Message, Outcome, Platform, Vote
    from newsqa.bot.threads import StreamAnswer
    from newsqa.models.egress import Task
    from newsqa.settings import Settings
    from newsqa.types import Answer

GRACE_SECONDS = 10.0
"""Time beyond the settings' limit after which an answer is abandoned: what ignores that limit hangs."""

REQUEST_SECONDS = 240.0
"""Longest time from question to answer, all waiting included; Slack ends a stream after five minutes."""

FINISHING = 0.75
"""The part of the drain time in which answers may still be completed; the rest is for posting the last events."""

RESUME_SECONDS = 900.0  # age after which a question that a crash left unanswered is not resumed: nobody waits any more
SWEEP_SECONDS = 86_400.0  # time between two deletions of what is past its retention
MAX_UNKEPT = 1_000  # messages that could not be claimed and are not answered again
log = logger("bot")


@asynccontextmanager
async def open_bot(
    settings: Settings, platform: Platform, stream: StreamAnswer | None = None, *, grace: float = GRACE_SECONDS
) -> AsyncIterator[Bot]:
    """Open index, models and store, without blocking the loop, for as long as the context lasts.

    `stream` replaces the pipeline. Raises NewsqaError if something cannot be opened.
    """
    pipeline = None
    if stream is None:
        log_egress(settings, ASKING)
        pipeline = await asyncio.to_thread(ReloadingPipeline.open, settings)
        stream = pipeline.stream
    executor = SerialExecutor("store", _log_not_kept)
    try:
        store = await executor.call(Store, settings.sessions_folder())
        pool = WorkerPool(stream, settings.bot_workers, settings.timeout + grace)
        bot = Bot(settings, platform, store, executor, pool)
        bot.metrics.index_status = pipeline.index_status if pipeline else None
        sweeping = asyncio.create_task(_sweep_daily(store, executor, settings.bot_retention))
        try:
            yield bot
        finally:
            sweeping.cancel()
            await bot.close()
    finally:
        executor.close()
        if pipeline:
            pipeline.close()


def _log_not_kept(error: BaseException) -> None:
    log.error("not_kept", error=type(error).__name__, reason=str(error), hint=getattr(error, "hint", ""))


def log_egress(settings: Settings, tasks: Collection[Task]) -> None:
    """Log what goes where and why, of these tasks, before it is first sent."""
    for one in data_egress(settings, tasks):
        log.warning("text_leaves", model=one.name, place=one.place, hint=str(one))


async def _sweep_daily(store: Store, executor: SerialExecutor, days: int) -> None:
    while True:
        executor.post(store.sweep, days)
        await asyncio.sleep(SWEEP_SECONDS)


class Bot:
    """Answers messages of one platform. All methods run on the event loop that opened it, and never block it."""

    def __init__(
        self, settings: Settings, platform: Platform, store: Store, executor: SerialExecutor, pool: WorkerPool
    ) -> None:
        self.platform = platform
        self.metrics = Metrics(platform, lambda: self.waiting, lambda: pool.running)
        self._settings = settings
        self._store = store
        self._executor = executor
        self._pool = pool
        self._limits = limits.RateLimits(settings.bot_rate, settings.bot_rate_all)
        self._runner = RequestRunner(store, executor, pool, max(REQUEST_SECONDS, pool.seconds))
        self._requests: dict[tuple[str, str, str], Request] = {}
        self._unkept: deque[tuple[str, str, str]] = deque(maxlen=MAX_UNKEPT)
        self._draining = False
        self._idle = asyncio.Event()
        self._idle.set()

    @property
    def waiting(self) -> int:
        """Number of questions that wait for their turn."""
        return max(len(self._requests) - self._pool.running, 0)

    async def handle(self, message: Message) -> AsyncGenerator[Event]:
        """Yield the events of a message: Started at once, Partial as sentences are verified, one ending.

        Yields nothing if the message is not for the bot, was answered already or is being answered. After `Answered`,
        call `record_delivered` once it is posted.
        """
        key = _key(message.place, message.id)
        is_for_bot = message.addressed or limits.can_follow_up(message)
        if key in self._requests or not is_for_bot or not limits.is_served(message, self._settings):
            return
        request = Request(message)
        self._requests[key] = request  # before the store is asked: it may be edited or deleted meanwhile
        self._idle.clear()
        try:
            async with aclosing(self._supervise(request)) as events:
                async for event in events:
                    yield event
        finally:
            del self._requests[key]
            if not self._requests:
                self._idle.set()

    async def _supervise(self, request: Request) -> AsyncGenerator[Event]:
        """Yield the events; if they are not read to the end, release the message for its next delivery."""
        ended = False
        try:
            async with aclosing(self._events(request)) as events:
                async for event in events:
                    ended = not isinstance(event, Started | Partial)
                    yield event
            ended = True
        finally:
            if request.task:
                request.task.cancel()
                await asyncio.wait([request.task])
            if not ended:
                self._executor.post(self._store.release, request.message)

    async def _events(self, request: Request) -> AsyncGenerator[Event]:
        message, claim = request.message, None
        try:
            if await self._executor.call(self._store.is_listening, message):
                claim = await self._claim(request)
        except NewsqaError as error:
            if message.addressed:
                yield self._fail(request, error)
        if claim is None:  # the bot is silent there, or the message was answered
            return
        request.events.set_claim(claim.request_id, claim.posted, resumed=claim.resumed)
        if request.events.ended:  # it was deleted meanwhile
            self._executor.post(self._store.delete, request.id)
        elif not claim.resumed and (reply := self._decline(request)) is not None:
            if reply:
                yield Declined(reply)
            return
        request.task = asyncio.create_task(self._answer(request, claim))
        async with aclosing(request.events.read()) as events:
            async for event in events:
                yield event

    async def _claim(self, request: Request) -> Claim | None:
        """Claim a message; where that cannot be stored, on a full disk, this process answers it once nevertheless."""
        try:
            return await self._executor.call(self._store.claim, request.message, request.id, request.question)
        except HistoryError as error:
            key = _key(request.message.place, request.message.id)
            if error.retryable or key in self._unkept:
                return None
            self._unkept.append(key)
            _log_not_kept(error)
            return Claim(request.id)

    def _decline(self, request: Request) -> str | None:
        """Return the reply to a question that is not to be answered, "" for no reply; None if it is to be answered."""
        if (reply := self._limit(request.message.person)) is not None:
            self._end(request, "limited")
        elif limits.is_courtesy(request.question):
            self._executor.post(self._store.delete, request.id)  # not a question, and not counted as one
            log.info("greeted", **_log_ids(request))
            reply = limits.HELP
        return reply

    def _limit(self, person: str) -> str | None:
        """Return what to reply at a limit, "" if the asker knows already; None below all limits."""
        limited = self._limits.acquire(person)
        if limited:
            return limits.limit_reply(limited) if limited.notify else ""
        if len(self._requests) > self._settings.bot_workers + self._settings.bot_queue:
            return limits.BUSY if self._limits.should_notify(person) else ""
        return None

    async def _answer(self, request: Request, claim: Claim) -> None:
        """Answer a claimed question, and set its ending."""
        if request.events.ended:
            return
        if self._draining:
            self._interrupt(request)
        elif claim.answer and not request.edits:
            request.events.end(Answered(request.id, claim.answer))
        else:
            log.info("taken", **_log_ids(request), question=request.question)
            try:
                self._complete(request, await self._runner.run(request))
            except Exception as error:  # whatever it is, a person waits for a reply
                request.events.end(self._fail(request, error))

    def _complete(self, request: Request, answer: Answer) -> None:
        request.events.end(Answered(request.id, answer))
        self._executor.post(self._store.save_answer, request.id, answer)
        outcome: Outcome = "refused" if answer.refused else "answered"
        self._count(request, outcome, len(answer.dropped))
        made = {"reason": answer.reason, "model": answer.model, "index": answer.index, "timings": dict(answer.timings)}
        counts = {"citations": len(answer.citations), "dropped": len(answer.dropped)}
        log.info(outcome, **_log_ids(request), **made, **counts, text=answer.text)

    def _fail(self, request: Request, error: Exception) -> Failed:
        incident = secrets.token_hex(4)
        trace = None if isinstance(error, HistoryError) else error  # it says itself what happened and what to do
        why = {"error": type(error).__name__, "reason": str(error), "hint": getattr(error, "hint", "")}
        log.error("failed", incident=incident, **_log_ids(request), **why, question=request.question, exc_info=trace)
        self._discard(request, "failed")
        return Failed(request.id, limits.failure_reply(error, incident), incident)

    def _end(self, request: Request, outcome: Outcome) -> None:
        """Log a question that ended without an answer, and delete it."""
        log.info(outcome, **_log_ids(request))
        self._discard(request, outcome)

    def _discard(self, request: Request, outcome: Outcome) -> None:
        self._executor.post(self._store.delete, request.id)
        self._count(request, outcome)

    def _count(self, request: Request, outcome: Outcome, dropped: int = 0) -> None:
        self.metrics.record_outcome(outcome, request.seconds, dropped)
        self._executor.post(self._store.count_outcome, request.message.place, outcome)

    async def handle_edit(self, message: Message) -> None:
        """Answer an edited question as edited, if its answer is not complete yet."""
        request = self._requests.get(_key(message.place, message.id))
        question = limits.normalize_question(message.text)
        if request is None or request.events.ended or question == request.question:
            return
        request.edit(question)
        log.info("edited", **_log_ids(request), question=question)
        await self._executor.call(self._store.update_question, request.id, question)

    async def handle_delete(self, place: ConversationPlace, message_id: str) -> None:
        """Abandon a question that was deleted, and delete what is stored of it."""
        request = self._requests.get(_key(place, message_id))
        if request and not request.events.ended:
            request.end(Withdrawn(request.id))
            self._end(request, "left")
        await self._executor.call(self._store.delete_message, place, message_id)

    async def record_posted(self, request_id: str, message_ids: Sequence[str]) -> None:
        """Store the ids of the messages posted for a question so far; a process that resumes it reuses them."""
        await self._keep(self._store.save_posted, request_id, message_ids)

    async def record_delivered(self, request_id: str, message_ids: Sequence[str]) -> None:
        """Store that an answer was posted, and under which ids; until then, a crash leaves its question open."""
        await self._keep(self._store.mark_delivered, request_id, message_ids)

    async def _keep(self, store: Callable[[str, Sequence[str]], None], request_id: str, ids: Sequence[str]) -> None:
        try:
            await self._executor.call(store, request_id, ids)
        except HistoryError as error:  # what was posted stays posted
            _log_not_kept(error)

    async def load_unanswered(self) -> Sequence[Message]:
        """Return the questions that a process left without a posted answer: `handle` each of them after a start."""
        return await self._executor.call(self._store.load_unanswered, self.platform, RESUME_SECONDS)

    async def record_vote(self, request_id: str, person: str, vote: Vote) -> bool:
        """Store a person's vote on an answer; return False if it changes nothing. A changed vote counts."""
        counted = await self._executor.call(self._store.save_vote, request_id, person, vote)
        if counted:
            self.metrics.record_vote(vote)
            log.info("feedback", exchange=request_id, person=person, verdict=vote)
        return counted

    async def load_answer(self, request_id: str) -> Answer | None:
        """Return a stored answer, without the passages retrieved."""
        return await self._executor.call(self._store.load_answer, request_id)

    async def drain(self, seconds: float) -> None:
        """Accept no more questions; let answers be completed for a while, then end the others with Interrupted.

        Returns when every stream was read to its end, or the time is up.
        """
        self._draining = True
        log.info("draining", open=len(self._requests))
        await self._wait_idle(seconds * FINISHING)
        self._interrupt_all()
        await self._wait_idle(seconds * (1 - FINISHING))

    async def close(self) -> None:
        """Stop all work and close the store; call `drain` first."""
        self._draining = True
        self._interrupt_all()
        await self._pool.close()
        await self._executor.call(self._store.close)

    def _interrupt_all(self) -> None:
        for request in self._requests.values():
            self._interrupt(request)

    def _interrupt(self, request: Request) -> None:
        if not request.events.ended:
            request.end(Interrupted(request.id, limits.INTERRUPTED))
            self._end(request, "interrupted")

    async def _wait_idle(self, seconds: float) -> None:
        with suppress(TimeoutError):
            await asyncio.wait_for(self._idle.wait(), seconds)


def _key(place: ConversationPlace, message_id: str) -> tuple[str, str, str]:
    return place.team, place.channel, message_id


def _log_ids(request: Request) -> dict[str, object]:
    message = request.message
    return {
        "exchange": request.id,
        "platform": message.place.platform,
        "team": message.place.team,
        "channel": message.place.channel,
        "thread": message.place.thread,
        "message": message.id,
        "person": message.person,
        "seconds": request.seconds,
    }
