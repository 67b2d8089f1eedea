"""Threads that hang, and many questions at once."""

import asyncio
from threading import Event

import pytest
from scripted_desk import SOON, answer_of, message, scripted_bot

from newsqa.bot.events import Answered, ConversationPlace
from newsqa.bot.threads import WorkerPool


class Hanging:
    """A desk that answers a question once it is let."""

    def __init__(self):
        self.let = {}

    def __call__(self, question, *_):
        self.let.setdefault(question, Event()).wait(SOON)
        yield answer_of(question)


async def told(_):
    """Hear a sentence."""


async def test_threads_that_hang_are_replaced_but_never_more_than_there_are_places():
    desk = Hanging()
    pool = WorkerPool(desk, workers=1, seconds=0.01, stop_seconds=0.01)
    for question in ("one", "two"):
        with pytest.raises(TimeoutError):
            await pool.answer(question, (), told)
    pool.seconds = SOON
    third = asyncio.create_task(pool.answer("three", (), told))
    while pool.hung < 1 or len(pool._releases) < 2:
        await asyncio.sleep(0)
    assert list(desk.let) == ["one", "two"]
    assert not third.done()
    desk.let["one"].set()  # of the one that was replaced: there is room no more than before
    while pool.hung:
        await asyncio.sleep(0)
    assert not third.done()
    desk.let["three"] = Event()
    desk.let["three"].set()
    desk.let["two"].set()
    assert (await asyncio.wait_for(third, SOON)).question == "three"
    await pool.close()


async def test_a_desk_that_ends_without_an_answer_is_an_error():
    pool = WorkerPool(lambda *_: iter(()), workers=1, seconds=SOON)
    for _ in range(2):
        with pytest.raises(RuntimeError, match="without an answer"):
            await pool.answer("one", (), told)
    await pool.close()


async def test_fifty_threads_at_once_are_each_answered_once_with_their_own_answer(tmp_path):
    async with scripted_bot(tmp_path, bot_rate=0, bot_rate_all=0) as (bot, _):
        bot._pool._stream = lambda question, _: iter([answer_of(question, f"{question} Yes.")])

        async def ask(number):
            place = ConversationPlace("slack", "T1", "C1", f"{number}.1")
            asked = message(f"Number {number}?", f"{number}.1", place, f"U{number}")
            return [event async for event in bot.handle(asked)]

        streams = await asyncio.wait_for(asyncio.gather(*(ask(number) for number in range(50))), SOON)
        assert [stream[-1].answer.text for stream in streams] == [f"Number {n}? Yes. [1]" for n in range(50)]
        assert all(sum(isinstance(one, Answered) for one in stream) == 1 for stream in streams)
        assert bot.waiting == 0
