"""A desk whose every event is in the hands of the test, and a reader of what the bot tells; nothing here sleeps."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from datetime import date
from queue import SimpleQueue
from threading import Event, Semaphore

from newsqa.bot.core import open_bot
from newsqa.bot.events import ConversationPlace, Message
from newsqa.pipeline import Stage
from newsqa.settings import Settings
from newsqa.types import Answer, Citation, Sentence

SOON = 10.0
"""Seconds after which a test that waits has failed."""

THREAD = ConversationPlace("slack", "T1", "C1", "100.1")


def message(text="When did the harbour reopen?", name="100.1", place=THREAD, person="U1", addressed=True, **more):
    return Message(name, place, person, text, addressed, **more)


def sentence(text):
    return Sentence(text, (1,), 0.9)


def answer_of(question, text="It reopened in May.", refused=False):
    """An answer of one sentence with its citation, or a refusal."""
    cited = Citation(1, "a1", "Harbour", "Tarn Herald", date(2025, 5, 2), "https://t.example/1", "1.json", text, 0, 9)
    return Answer(
        question=question,
        standalone=question,
        asked=date(2025, 5, 3),
        text=text if refused else f"{text} [1]",
        refused=refused,
        reason="no_evidence" if refused else None,
        sentences=() if refused else (sentence(text),),
        citations=() if refused else (cited,),
        timings={"answer": 0.25, "total": 0.5},
    )


class Call:
    """One question that the desk was asked."""

    def __init__(self, question, history):
        self.question = question
        self.history = [said for turn in history for said in (("user", turn.question), ("assistant", turn.answer))]
        self._events = SimpleQueue()
        self._closed = Event()
        self.heard = Semaphore(0)

    def says(self, text):
        self._events.put(sentence(text))

    def said(self):
        """Wait, with the loop at a stand, until what was said is on its way to it."""
        assert self.heard.acquire(timeout=SOON)

    def does(self, stage="answer"):
        self._events.put(Stage(stage))

    def answers(self, text="It reopened in May.", refused=False):
        self._events.put(answer_of(self.question, text, refused))

    def fails(self, error):
        self._events.put(error)

    async def closed(self):
        """Wait until its generator was closed, or came to its end."""
        assert await asyncio.to_thread(self._closed.wait, SOON)

    def events(self):
        try:
            while True:
                event = self._events.get()
                if isinstance(event, BaseException):
                    raise event
                yield event
                self.heard.release()
                if isinstance(event, Answer):
                    return
        finally:
            self._closed.set()


class ScriptedDesk:
    """Stands in for `Desk.stream`; made on the loop of the test."""

    def __init__(self):
        self._loop = asyncio.get_running_loop()
        self._new = asyncio.Queue()
        self.calls = []

    def __call__(self, question, history):
        call = Call(question, history)
        self.calls.append(call)
        self._loop.call_soon_threadsafe(self._new.put_nowait, call)
        yield from call.events()

    async def asked(self):
        """Return the next question that it is asked."""
        return await asyncio.wait_for(self._new.get(), SOON)

    def let_go(self):
        """End every thread that waits in it."""
        for call in self.calls:
            call.fails(RuntimeError("the test is over"))


class Listener:
    """What the bot tells of a message, read as it comes."""

    def __init__(self, bot, asked):
        self._bot = bot
        self._queue = asyncio.Queue()
        self._task = asyncio.create_task(self._read(asked))

    async def _read(self, asked):
        async for event in self._bot.handle(asked):
            self._queue.put_nowait(event)
        self._queue.put_nowait(None)

    async def next(self):
        """Return the next event; None is the end."""
        return await asyncio.wait_for(self._queue.get(), SOON)

    async def rest(self):
        """Return all that is still to come."""
        found = []
        while (event := await self.next()) is not None:
            found.append(event)
        return found

    async def leave(self):
        """Listen no more, as a front whose connection broke."""
        self._task.cancel()
        await asyncio.wait([self._task])


@asynccontextmanager
async def scripted_bot(folder, platform="slack", grace=10.0, **changed):
    """A bot with its scripted desk, in a folder of its own."""
    desk = ScriptedDesk()
    settings = Settings(sessions=folder, **changed)
    async with open_bot(settings, platform, desk, grace=grace) as bot:
        try:
            yield bot, desk
        finally:
            desk.let_go()


async def everything(bot, asked):
    """Return all that is told of a message."""
    return [event async for event in bot.handle(asked)]


async def answered(bot, desk, asked, text="It reopened in May.", refused=False):
    """Have a message answered and its answer delivered; return the last thing told."""
    heard = Listener(bot, asked)
    (await desk.asked()).answers(text, refused)
    last = (await heard.rest())[-1]
    await bot.record_delivered(last.request_id, ["200.1"])
    return last


async def is_engaged(bot, place):
    """Return True if the bot was called into a thread; by then its store has done all that it was asked before."""
    return await bot._executor.call(bot._store.is_engaged, place)


def disabled_channels(store):
    return [row["channel"] for row in store._db.execute("SELECT channel FROM disabled")]
