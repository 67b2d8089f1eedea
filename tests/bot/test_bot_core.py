"""What the bot tells of a message, and to which it listens."""

import asyncio
from dataclasses import replace
from threading import Event

import pytest
from scripted_desk import SOON, THREAD, Heard, answered, everything, message, scripted_bot

from newsqa.bot.events import Answered, ConversationPlace, Failed, Interrupted, Left, Limited, Partial, Working
from newsqa.errors import LibraryError, ModelError

OTHER = ConversationPlace("slack", "T1", "C1", "300.1")
CHANNEL = ConversationPlace("slack", "T1", "C1")
DIRECT = ConversationPlace("slack", "T1", "D1", direct=True)


def kinds(happenings):
    return [type(happening) for happening in happenings]


async def test_it_tells_that_it_works_then_what_passed_then_the_answer(tmp_path):
    async with scripted_bot(tmp_path) as (bot, desk):
        heard = Heard(bot, message())
        assert isinstance(await heard.next(), Working)
        call = await desk.asked()
        call.does()
        call.says("It reopened in May.")
        first = await heard.next()
        call.says("The mayor came.")
        second = await heard.next()
        call.answers()
        last, end = await heard.next(), await heard.next()
    assert [s.text for s in first.sentences] == ["It reopened in May."]
    assert [s.text for s in second.sentences] == ["It reopened in May.", "The mayor came."]
    assert isinstance(last, Answered)
    assert last.answer.text == "It reopened in May. [1]"
    assert end is None


async def test_a_slow_reader_gets_sentences_together_and_none_after_the_answer(tmp_path):
    async with scripted_bot(tmp_path) as (bot, desk):
        told = bot.take(message())
        assert isinstance(await anext(told), Working)
        call = await desk.asked()
        for text in ("One.", "Two.", "Three."):
            call.says(text)
        call.answers()
        await call.closed()
        assert kinds([happening async for happening in told]) in ([Answered], [Partial, Answered])


async def test_a_second_delivery_is_not_answered_before_or_after_the_answer(tmp_path):
    async with scripted_bot(tmp_path) as (bot, desk):
        heard = Heard(bot, message(event="Ev1"))
        call = await desk.asked()
        assert await everything(bot, message(event="Ev1")) == []
        assert await everything(bot, message(event="Ev2")) == []
        call.answers()
        last = (await heard.rest())[-1]
        assert await everything(bot, message(event="Ev2")) == []
        await bot.delivered(last.exchange, ["200.1"])
        assert await everything(bot, message(event="Ev1")) == []
        assert await everything(bot, message(name="100.2", event="Ev1")) == []
        assert len(desk.calls) == 1


async def test_two_deliveries_at_once_are_one_question(tmp_path):
    async with scripted_bot(tmp_path) as (bot, desk):
        heard = [Heard(bot, message(event=f"Ev{n}")) for n in range(5)]
        (await desk.asked()).answers()
        told = [await one.rest() for one in heard]
        assert sorted(map(len, told)) == [0, 0, 0, 0, 2]
        assert len(desk.calls) == 1


async def test_a_thread_goes_on_without_mention_where_it_was_called_into_and_nowhere_else(tmp_path):
    async with scripted_bot(tmp_path) as (bot, desk):
        assert not await bot.engaged(THREAD)
        assert await everything(bot, message("Hello all", "99.1", addressed=False)) == []
        await answered(bot, desk, message())
        assert await bot.engaged(THREAD)
        heard = Heard(bot, message("And the ferry?", "100.2", addressed=False, person="U2"))
        call = await desk.asked()
        call.answers("The ferry sails.")
        assert isinstance((await heard.rest())[-1], Answered)
        assert call.history == [("user", "When did the harbour reopen?"), ("assistant", "It reopened in May. [1]")]
        for place in (OTHER, CHANNEL):
            assert await everything(bot, message("And you?", "400.1", place, addressed=False)) == []
        for text in ("", "🎉", "@Ann what do you think?", "word " * 1000):
            assert await everything(bot, message(text, f"100.{len(text)}9", addressed=False)) == []
        assert len(desk.calls) == 2


async def test_a_mention_in_a_channel_does_not_engage_the_whole_channel(tmp_path):
    async with scripted_bot(tmp_path) as (bot, desk):
        await answered(bot, desk, message(place=CHANNEL))
        assert await everything(bot, message("Lunch?", "101.1", CHANNEL, addressed=False)) == []


@pytest.mark.parametrize("root", ["1.1", "200.1"])
async def test_a_thread_below_a_direct_message_or_its_answer_goes_on_from_there(tmp_path, root):
    async with scripted_bot(tmp_path) as (bot, desk):
        await answered(bot, desk, message(name="1.1", place=DIRECT))
        for number, (thread, turns) in enumerate([(root, 2), (root, 4), ("77.1", 0)]):
            heard = Heard(bot, message("And the ferry?", f"2.{number}", replace(DIRECT, thread=thread)))
            call = await desk.asked()
            assert len(call.history) == turns
            assert not turns or call.history[0] == ("user", "When did the harbour reopen?")
            call.answers("The ferry sails.")
            await heard.rest()


async def test_the_questions_of_a_thread_are_answered_in_order_and_threads_do_not_mix(tmp_path):
    async with scripted_bot(tmp_path) as (bot, desk):
        first = Heard(bot, message("First?", "1.1"))
        one = await desk.asked()
        second = Heard(bot, message("Second?", "1.2"))
        other = Heard(bot, message("Other?", "3.1", OTHER))
        assert isinstance(await second.next(), Working)  # at once, though it waits
        two = await desk.asked()
        assert two.question == "Other?"
        assert two.history == []
        two.answers("Other.")
        one.answers("First.")
        three = await desk.asked()
        assert three.history == [("user", "First?"), ("assistant", "First. [1]")]
        three.answers("Second.")
        told = [(await heard.rest())[-1].answer.text for heard in (first, second, other)]
    assert told == ["First. [1]", "Second. [1]", "Other. [1]"]


async def test_a_private_answer_is_no_part_of_what_others_talk_about(tmp_path):
    async with scripted_bot(tmp_path) as (bot, desk):
        await answered(bot, desk, message("Secret?", "1.1", CHANNEL, private=True))
        for number, (person, private, turns) in enumerate([("U2", True, 0), ("U1", False, 0), ("U1", True, 2)]):
            heard = Heard(bot, message("And?", f"2.{number}", CHANNEL, person, private=private))
            call = await desk.asked()
            assert len(call.history) == turns
            call.fails(LibraryError("gone"))
            await heard.rest()


async def test_a_question_edited_while_it_is_answered_is_answered_as_edited(tmp_path):
    async with scripted_bot(tmp_path) as (bot, desk):
        heard = Heard(bot, message("When did the harbor reopen?"))
        old = await desk.asked()
        old.says("The harbor is closed.")
        assert kinds([await heard.next(), await heard.next()]) == [Working, Partial]
        await bot.edited(message("When did the market reopen?"))
        new = await desk.asked()
        assert isinstance(await heard.next(), Working)
        old.says("The harbor has a wall.")
        await old.closed()
        old.answers("Stale.")
        new.answers("Fresh.")
        told = await heard.rest()
        assert kinds(told) == [Answered]
        assert told[0].answer.text == "Fresh. [1]"
        assert new.question == "When did the market reopen?"


async def test_a_question_edited_while_it_waits_is_answered_once_as_edited(tmp_path):
    async with scripted_bot(tmp_path, bot_workers=1) as (bot, desk):
        first = Heard(bot, message("First?", "1.1"))
        one = await desk.asked()
        second = Heard(bot, message("Secnd?", "2.1", OTHER))
        await second.next()
        await bot.edited(message("Second?", "2.1", OTHER))
        one.answers()
        await first.rest()
        two = await desk.asked()
        two.answers()
        told = await second.rest()
    assert two.question == "Second?"
    assert kinds(told) == [Working, Answered]
    assert len(desk.calls) == 2


async def test_what_is_on_its_way_when_a_question_is_edited_is_not_told(tmp_path):
    async with scripted_bot(tmp_path) as (bot, desk):
        heard = Heard(bot, message("Old?"))
        assert isinstance(await heard.next(), Working)
        old = await desk.asked()
        old.says("Stale.")
        old.said()
        await bot.edited(message("New?"))
        new = await desk.asked()
        new.says("Fresh.")
        assert isinstance(await heard.next(), Working)
        assert [s.text for s in (await heard.next()).sentences] == ["Fresh."]
        new.answers()
        assert kinds(await heard.rest()) == [Answered]


async def test_an_edit_in_the_moment_of_the_answer_is_answered_anew(tmp_path, monkeypatch):
    async with scripted_bot(tmp_path) as (bot, desk):
        answering = bot._pool.answer

        async def with_an_edit(question, *given):
            answer = await answering(question, *given)
            if question == "Old?":
                (exchange,) = bot._exchanges.values()
                asyncio.get_running_loop().call_soon(exchange.edit, "New?")
            return answer

        monkeypatch.setattr(bot._pool, "answer", with_an_edit)
        heard = Heard(bot, message("Old?"))
        for question in ("Old?", "New?"):
            call = await desk.asked()
            assert call.question == question
            call.answers(question)
        told = await heard.rest()
        assert told[-1].answer.text == "New? [1]"


async def test_an_edit_after_the_answer_was_made_but_not_read_changes_nothing(tmp_path):
    async with scripted_bot(tmp_path) as (bot, desk):
        told = bot.take(message())
        assert isinstance(await anext(told), Working)
        (await desk.asked()).answers()
        while not next(iter(bot._exchanges.values())).telling.ended:
            await asyncio.sleep(0)
        await bot.edited(message("Something else?"))
        await bot.deleted(THREAD, "100.1")
        assert kinds([one async for one in told]) == [Answered]


async def test_an_edit_that_changes_nothing_or_comes_late_does_nothing(tmp_path):
    async with scripted_bot(tmp_path) as (bot, desk):
        heard = Heard(bot, message())
        call = await desk.asked()
        await bot.edited(message("When did  the harbour\nreopen?"))
        call.answers()
        assert kinds(await heard.rest()) == [Working, Answered]
        await bot.edited(message("Something else?"))
        await bot.edited(message("Unknown?", "9.9"))
        assert len(desk.calls) == 1


async def test_a_deleted_question_is_left_and_its_model_stopped(tmp_path):
    async with scripted_bot(tmp_path) as (bot, desk):
        heard = Heard(bot, message())
        call = await desk.asked()
        await bot.deleted(THREAD, "100.1")
        assert kinds(await heard.rest()) == [Working, Left]
        call.does()
        await call.closed()
        assert await everything(bot, message()) == []


@pytest.mark.parametrize("step", ["hears", "claim"])
async def test_a_question_deleted_in_the_moment_it_is_taken_asks_no_model(tmp_path, step):
    async with scripted_bot(tmp_path) as (bot, desk):
        held = held_at(bot, step)
        heard = Heard(bot, message())
        while not bot._exchanges:
            await asyncio.sleep(0)
        deleting = asyncio.create_task(bot.deleted(THREAD, "100.1"))
        await asyncio.sleep(0)
        held.set()
        await deleting
        assert kinds(await heard.rest())[-1] is Left
        assert await everything(bot, message()) == []
        assert desk.calls == []
    async with scripted_bot(tmp_path) as (bot, _):
        assert await bot.left_open() == []


async def test_a_question_edited_before_it_is_taken_is_answered_as_edited(tmp_path):
    async with scripted_bot(tmp_path) as (bot, desk):
        held = held_at(bot, "hears")
        heard = Heard(bot, message())
        while not bot._exchanges:
            await asyncio.sleep(0)
        editing = asyncio.create_task(bot.edited(message("When did the ferry sink?")))
        await asyncio.sleep(0)
        held.set()
        await editing
        call = await desk.asked()
        assert call.question == "When did the ferry sink?"
        call.answers()
        assert kinds(await heard.rest())[-1] is Answered
        assert len(desk.calls) == 1


def held_at(bot, step):
    """Let a step of the store wait; return what lets it go on."""
    done, held = getattr(bot._store, step), Event()

    def slow(*given):
        held.wait(SOON)
        return done(*given)

    setattr(bot._store, step, slow)
    return held


async def test_closing_without_draining_ends_every_stream(tmp_path):
    async with scripted_bot(tmp_path) as (bot, desk):
        heard = Heard(bot, message())
        await desk.asked()
    assert kinds(await heard.rest()) == [Working, Interrupted]


async def test_an_answer_whose_question_is_deleted_is_forgotten(tmp_path):
    async with scripted_bot(tmp_path) as (bot, desk):
        last = await answered(bot, desk, message())
        assert (await bot.stored(last.exchange)).text == last.answer.text
        await bot.deleted(THREAD, "100.1")
        assert await bot.stored(last.exchange) is None
        assert not await bot.feedback(last.exchange, "U2", "good")


@pytest.mark.parametrize(
    ("error", "says"),
    [
        (LibraryError("The index in /home/secret is damaged."), "could not answer"),
        (ModelError("sk-canary-12345 refused", kind="key"), "could not answer"),
        (ModelError("rate", kind="rate"), "no time"),
        (ModelError("late", kind="timeout"), "longer"),
        (ZeroDivisionError("division by zero"), "could not answer"),
        (SystemExit("out of here"), "could not answer"),
    ],
)
async def test_what_fails_is_told_in_a_friendly_line_with_an_incident(tmp_path, error, says):
    async with scripted_bot(tmp_path) as (bot, desk):
        heard = Heard(bot, message())
        (await desk.asked()).fails(error)
        last = (await heard.rest())[-1]
    assert isinstance(last, Failed)
    assert says in last.line
    assert last.incident in last.line
    assert str(error) not in last.line


async def test_a_desk_that_hangs_is_given_up_and_the_next_question_answered(tmp_path):
    async with scripted_bot(tmp_path, grace=0.01, timeout=0.01, bot_workers=1) as (bot, desk):
        bot._pool._leaving = 0.01
        told = await everything(bot, message())
        assert kinds(told) == [Working, Failed]
        bot._pool.seconds = SOON
        await desk.asked()
        heard = Heard(bot, message("Next?", "100.2"))
        (await desk.asked()).answers()
        assert isinstance((await heard.rest())[-1], Answered)


async def test_who_waits_for_long_is_told_so(tmp_path):
    async with scripted_bot(tmp_path, bot_workers=1) as (bot, desk):
        Heard(bot, message())
        await desk.asked()
        object.__setattr__(bot._asking, "patience", 0.01)
        told = await everything(bot, message(place=OTHER, name="3.1"))
        assert kinds(told) == [Working, Failed]
        assert "longer" in told[-1].line


async def test_lists_keep_people_and_channels_out_but_not_direct_messages(tmp_path):
    people = {"bot_people": frozenset({"U1"}), "bot_channels": frozenset({"C1"})}
    async with scripted_bot(tmp_path, **people) as (bot, desk):
        assert await everything(bot, message(person="U2")) == []
        assert await everything(bot, message(place=ConversationPlace("slack", "T1", "C2", "1.1"))) == []
        await answered(bot, desk, message())
        await answered(bot, desk, message(name="5.1", place=DIRECT))
        assert len(desk.calls) == 2


async def test_a_person_over_the_limit_is_told_once(tmp_path):
    async with scripted_bot(tmp_path, bot_rate=1) as (bot, desk):
        await answered(bot, desk, message())
        told = [await everything(bot, message(name=f"100.{n}")) for n in range(2, 5)]
        assert [kinds(one) for one in told] == [[Limited], [], []]
        assert "ask again in" in told[0][0].line
        assert await everything(bot, message(name="100.2")) == []
        await answered(bot, desk, message(name="100.9", person="U2"))


@pytest.mark.parametrize("text", ["", " ?! ", "Hi!", "Thanks a lot.", "help"])
async def test_who_says_no_more_than_hello_is_told_what_the_bot_is_for(tmp_path, text):
    async with scripted_bot(tmp_path) as (bot, desk):
        (told,) = await everything(bot, message(text))
        assert isinstance(told, Limited)
        assert "Ask me" in told.line
        assert await everything(bot, message(text)) == []
        assert await everything(bot, message("Thanks!", "100.2", addressed=False)) == []
        await answered(bot, desk, message("When did it reopen?", "100.3", addressed=False))
        assert len(desk.calls) == 1
    async with scripted_bot(tmp_path) as (bot, _):
        assert await bot.left_open() == []


async def test_a_full_queue_says_so_at_once(tmp_path):
    async with scripted_bot(tmp_path, bot_workers=1, bot_queue=1) as (bot, desk):
        first = Heard(bot, message())
        call = await desk.asked()
        second = Heard(bot, message(name="2.1", place=OTHER, person="U2"))
        assert isinstance(await second.next(), Working)
        told = await everything(bot, message(name="3.1", place=DIRECT, person="U3"))
        assert kinds(told) == [Limited]
        assert await everything(bot, message(name="4.1", place=DIRECT, person="U3")) == []
        call.answers()
        (await desk.asked()).answers()
        assert isinstance((await first.rest())[-1], Answered)
        assert isinstance((await second.rest())[-1], Answered)


async def test_draining_lets_answers_be_made_and_interrupts_the_rest(tmp_path):
    async with scripted_bot(tmp_path) as (bot, desk):
        quick, slow = Heard(bot, message()), Heard(bot, message(name="3.1", place=OTHER))
        calls = [await desk.asked(), await desk.asked()]
        draining = asyncio.create_task(bot.drain(0.5))
        next(call for call in calls if call.question).answers()
        late = await everything(bot, message(name="4.1", place=DIRECT))
        await asyncio.wait_for(draining, SOON)
        endings = sorted(kinds([(await heard.rest())[-1] for heard in (quick, slow)]), key=str)
        assert endings == [Answered, Interrupted]
        assert kinds(late) == [Working, Interrupted]


async def test_draining_ends_in_time_though_nobody_reads(tmp_path):
    async with scripted_bot(tmp_path) as (bot, desk):
        told = bot.take(message())
        await anext(told)
        await desk.asked()
        await asyncio.wait_for(bot.drain(0.1), SOON)
        assert isinstance(await anext(told), Interrupted)
        await told.aclose()


async def test_nothing_is_kept_in_memory_of_what_has_ended(tmp_path):
    async with scripted_bot(tmp_path) as (bot, desk):
        for number in range(20):
            place = ConversationPlace("slack", "T1", "C1", f"{number}.1")
            await answered(bot, desk, message(name=f"{number}.1", place=place, person=f"U{number % 3}"))
        await asyncio.wait_for(bot._idle.wait(), SOON)
        assert not bot._exchanges
        assert not len(bot._asking.order)
        assert not bot._pool._left


async def test_a_front_that_breaks_off_stops_the_model_and_leaves_the_question_to_a_redelivery(tmp_path):
    async with scripted_bot(tmp_path) as (bot, desk):
        heard = Heard(bot, message())
        call = await desk.asked()
        await heard.leave()
        call.does()
        await call.closed()
        await answered(bot, desk, message())
        assert len(desk.calls) == 2


async def test_a_cancelled_front_leaves_no_place_occupied(tmp_path):
    async with scripted_bot(tmp_path, bot_workers=1) as (bot, desk):
        first = Heard(bot, message())
        call = await desk.asked()
        waiting = [
            Heard(bot, message(name=f"{n}.1", place=ConversationPlace("slack", "T1", "C1", f"{n}.1"))) for n in range(3)
        ]
        for one in waiting:
            await one.next()
            await one.leave()
        await first.leave()
        call.does()
        await answered(bot, desk, message(name="9.1", place=OTHER))
