"""Everything that can happen to questions, in any order, at the same time."""

import asyncio
import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st
from scripted_desk import SOON, Listener, is_engaged, message, scripted_bot

from newsqa.bot.events import Answered, ConversationPlace, Partial, Started
from newsqa.errors import ModelError

PLACES = [ConversationPlace("discord", "G1", "C1", thread) for thread in ("1", "2")]
DEEDS = st.sampled_from(["take", "again", "edit", "delete", "leave", "says", "answers", "fails", "pause"])
STEPS = st.lists(st.tuples(DEEDS, st.integers(0, 5)), max_size=40)


class Play:
    """Does what a list of steps says, and notes what each stream was told."""

    def __init__(self, bot, desk):
        self.bot, self.desk = bot, desk
        self.texts, self.heard, self.left = {}, [], set()

    async def do(self, deed, number):
        asked = self.asked(number)
        calls = self.desk.calls[-3:]
        match deed:
            case "take" | "again":
                self.texts.setdefault(number, f"Question {number}?")
                self.heard.append((number, Listener(self.bot, self.asked(number))))
            case "edit" if number in self.texts:
                self.texts[number] += "?"
                await self.bot.handle_edit(self.asked(number))
            case "delete":
                await self.bot.handle_delete(asked.place, asked.id)
            case "leave" if self.heard:
                await self.heard[number % len(self.heard)][1].leave()
                self.left.add(number % len(self.heard))
            case "says" if calls:
                calls[number % len(calls)].says("A sentence.")
            case "answers" if calls:
                calls[number % len(calls)].answers(calls[number % len(calls)].question)
            case "fails" if calls:
                calls[number % len(calls)].fails(ModelError("gone"))
            case _:
                await is_engaged(self.bot, asked.place)

    def asked(self, number):
        place = PLACES[number % len(PLACES)]
        return message(self.texts.get(number, ""), f"m{number}", place, f"U{number}", event=f"e{number}")


def check(told, number):
    """A stream tells nothing, or Started first, one ending last, and before it only more and more sentences."""
    if not told:
        return
    assert isinstance(told[0], Started)
    assert not isinstance(told[-1], Started | Partial)
    assert all(isinstance(one, Started | Partial) for one in told[:-1])
    assert len({one.request_id for one in told}) == 1
    if isinstance(told[-1], Answered):
        assert told[-1].answer.question.startswith(f"Question {number}?")
        assert told[-1].answer.text == f"{told[-1].answer.question} [1]"


@settings(max_examples=40)
@given(STEPS)
def test_every_stream_is_whole_and_nothing_is_left_over(steps):
    async def played():
        with tempfile.TemporaryDirectory() as folder:
            async with scripted_bot(Path(folder), "discord", bot_workers=2, bot_rate=0, bot_rate_all=0) as (bot, desk):
                bot._pool._stop_seconds = 0.0
                play = Play(bot, desk)
                for step in steps:
                    await play.do(*step)
                await bot.drain(0.02)
                for index, (number, heard) in enumerate(play.heard):
                    if index not in play.left:
                        check(await heard.rest(), number)
                assert not bot._requests
                assert not len(bot._runner.queue)
                desk.let_go()
                while bot._pool.running or bot._pool.hung:
                    await asyncio.sleep(0)
                assert bot._pool._slots._value == 2

    asyncio.run(asyncio.wait_for(played(), 3 * SOON))
