"""What the bot tells of a message, and to which it listens."""

import asyncio
from dataclasses import replace
from threading import Event

import pytest
from scripted_desk import SOON, THREAD, Listener, answered, everything, is_engaged, message, scripted_bot

from newsqa.bot.events import Answered, ConversationPlace, Declined, Failed, Interrupted, Partial, Started, Withdrawn
from newsqa.errors import LibraryError, ModelError

OTHER = ConversationPlace("slack", "T1", "C1", "300.1")
CHANNEL = ConversationPlace("slack", "T1", "C1")
DIRECT = ConversationPlace("slack", "T1", "D1", direct=True)


def kinds(events):
    return [type(event) for event in events]


async def test_it_tells_that_it_works_then_what_passed_then_the_answer(tmp_path):
    async with scripted_bot(tmp_path) as (bot, desk):
        heard = Listener(bot, message())
        assert isinstance(await heard.next(), Started)
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
        told = bot.handle(message())
        assert isinstance(await anext(told), Started)
        call = await desk.asked()
        for text in ("One.", "Two.", "Three."):
            call.says(text)
        call.answers()
        await call.closed()
        assert kinds([event async for event in told]) in ([Answered], [Partial, Answered])


async def test_a_second_delivery_is_not_answered_before_or_after_the_answer(tmp_path):
    async with scripted_bot(tmp_path) as (bot, desk):
        heard = Listener(bot, message(event="Ev1"))
        call = await desk.asked()
        assert await everything(bot, message(event="Ev1")) == []
        assert await everything(bot, message(event="Ev2")) == []
        call.answers()
        last = (await heard.rest())[-1]
        assert await everything(bot, message(event="Ev2")) == []
        await bot.record_delivered(last.request_id, ["200.1"])
        assert await everything(bot, message(event="Ev1")) == []
        assert await everything(bot, message(name="100.2", event="Ev1")) == []
        assert len(desk.calls) == 1


async def test_two_deliveries_at_once_are_one_question(tmp_path):
    async with scripted_bot(tmp_path) as (bot, desk):
        heard = [Listener(bot, message(event=f"Ev{n}")) for n in range(5)]
        (await desk.asked()).answers()
        told = [await one.rest() for one in heard]
        assert sorted(map(len, told)) == [0, 0, 0, 0, 2]
        assert len(desk.calls) == 1


async def test_a_thread_goes_on_without_mention_where_it_was_called_into_and_nowhere_else(tmp_path):
    async with scripted_bot(tmp_path) as (bot, desk):
        assert not await is_engaged(bot, THREAD)
        assert await everything(bot, message("Hello all", "99.1", addressed=False)) == []
        await answered(bot, desk, message())
        assert await is_engaged(bot, THREAD)
        heard = Listener(bot, message("And the ferry?", "100.2", addressed=False, person="U2"))
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
            heard = Listener(bot, message("And the ferry?", f"2.{number}", replace(DIRECT, thread=thread)))
            call = await desk.asked()
            assert len(call.history) == turns
            assert not turns or call.history[0] == ("user", "When did the harbour reopen?")
            call.answers("The ferry sails.")
            await heard.rest()


async def test_the_questions_of_a_thread_are_answered_in_order_and_threads_do_not_mix(tmp_path):
    async with scripted_bot(tmp_path) as (bot, desk):
        first = Listener(bot, message("First?", "1.1"))
        one = await desk.asked()
        second = Listener(bot, message("Second?", "1.2"))
        other = Listener(bot, message("Other?", "3.1", OTHER))
        assert isinstance(await second.next(), Started)  # at once, though it waits
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
            heard = Listener(bot, message("And?", f"2.{number}", CHANNEL, person, private=private))
            call = await desk.asked()
            assert len(call.history) == turns
            call.fails(LibraryError("gone"))
            await heard.rest()


async def test_a_question_edited_while_it_is_answered_is_answered_as_edited(tmp_path):
    async with scripted_bot(tmp_path) as (bot, desk):
        heard = Listener(bot, message("When did the harbor reopen?"))
        old = await desk.asked()
        old.says("The harbor is closed.")
        assert kinds([await heard.next(), await heard.next()]) == [Started, Partial]
        await bot.handle_edit(message("When did the market reopen?"))
        new = await desk.asked()
        assert isinstance(await heard.next(), Started)
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
        first = Listener(bot, message("First?", "1.1"))
        one = await desk.asked()
        second = Listener(bot, message("Secnd?", "2.1", OTHER))
        await second.next()
        await bot.handle_edit(message("Second?", "2.1", OTHER))
        one.answers()
        await first.rest()
        two = await desk.asked()
        two.answers()
        told = await second.rest()
    assert two.question == "Second?"
    assert kinds(told) == [Started, Answered]
    assert len(desk.calls) == 2


async def test_what_is_on_its_way_when_a_question_is_edited_is_not_told(tmp_path):
    async with scripted_bot(tmp_path) as (bot, desk):
        heard = Listener(bot, message("Old?"))
        assert isinstance(await heard.next(), Started)
        old = await desk.asked()
        old.says("Stale.")
        old.said()
        await bot.handle_edit(message("New?"))
        new = await desk.asked()
        new.says("Fresh.")
        assert isinstance(await heard.next(), Started)
        assert [s.text for s in (await heard.next()).sentences] == ["Fresh."]
        new.answers()
        assert kinds(await heard.rest()) == [Answered]


async def test_an_edit_in_the_moment_of_the_answer_is_answered_anew(tmp_path, monkeypatch):
    async with scripted_bot(tmp_path) as (bot, desk):
        answering = bot._pool.answer

        async def with_an_edit(question, *given):
            answer = await answering(question, *given)
            if question == "Old?":
                (exchange,) = bot._requests.values()
                asyncio.get_running_loop().call_soon(exchange.edit, "New?")
            return answer

        monkeypatch.setattr(bot._pool, "answer", with_an_edit)
        heard = Listener(bot, message("Old?"))
        for question in ("Old?", "New?"):
            call = await desk.asked()
            assert call.question == question
            call.answers(question)
        told = await heard.rest()
        assert told[-1].answer.text == "New? [1]"


async def test_an_edit_after_the_answer_was_made_but_not_read_changes_nothing(tmp_path):
    async with scripted_bot(tmp_path) as (bot, desk):
        told = bot.handle(message())
        assert isinstance(await anext(told), Started)
        (await desk.asked()).answers()
        while not next(iter(bot._requests.values())).events.ended:
            await asyncio.sleep(0)
        await bot.handle_edit(message("Something else?"))
        await bot.handle_delete(THREAD, "100.1")
        assert kinds([one async for one in told]) == [Answered]


async def test_an_edit_that_changes_nothing_or_comes_late_does_nothing(tmp_path):
    async with scripted_bot(tmp_path) as (bot, desk):
        heard = Listener(bot, message())
        call = await desk.asked()
        await bot.handle_edit(message("When did  the harbour\nreopen?"))
        call.answers()
        assert kinds(await heard.rest()) == [Started, Answered]
        await bot.handle_edit(message("Something else?"))
        await bot.handle_edit(message("Unknown?", "9.9"))
        assert len(desk.calls) == 1


async def test_a_deleted_question_is_left_and_its_model_stopped(tmp_path):
    async with scripted_bot(tmp_path) as (bot, desk):
        heard = Listener(bot, message())
        call = await desk.asked()
        await bot.handle_delete(THREAD, "100.1")
        assert kinds(await heard.rest()) == [Started, Withdrawn]
        call.does()
        await call.closed()
        assert await everything(bot, message()) == []


@pytest.mark.parametrize("step", ["is_listening", "claim"])
async def test_a_question_deleted_in_the_moment_it_is_taken_asks_no_model(tmp_path, step):
    async with scripted_bot(tmp_path) as (bot, desk):
        held = held_at(bot, step)
        heard = Listener(bot, message())
        while not bot._requests:
            await asyncio.sleep(0)
        deleting = asyncio.create_task(bot.handle_delete(THREAD, "100.1"))
        await asyncio.sleep(0)
        held.set()
        await deleting
        assert kinds(await heard.rest())[-1] is Withdrawn
        assert await everything(bot, message()) == []
        assert desk.calls == []
    async with scripted_bot(tmp_path) as (bot, _):
        assert await bot.load_unanswered() == []


async def test_a_question_edited_before_it_is_taken_is_answered_as_edited(tmp_path):
    async with scripted_bot(tmp_path) as (bot, desk):
        held = held_at(bot, "is_listening")
        heard = Listener(bot, message())
        while not bot._requests:
            await asyncio.sleep(0)
        editing = asyncio.create_task(bot.handle_edit(message("When did the ferry sink?")))
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
        heard = Listener(bot, message())
        await desk.asked()
    assert kinds(await heard.rest()) == [Started, Interrupted]


async def test_an_answer_whose_question_is_deleted_is_forgotten(tmp_path):
    async with scripted_bot(tmp_path) as (bot, desk):
        last = await answered(bot, desk, message())
        assert (await bot.load_answer(last.request_id)).text == last.answer.text
        await bot.handle_delete(THREAD, "100.1")
        assert await bot.load_answer(last.request_id) is None
        assert not await bot.record_vote(last.request_id, "U2", "good")


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
        heard = Listener(bot, message())
        (await desk.asked()).fails(error)
        last = (await heard.rest())[-1]
    assert isinstance(last, Failed)
    assert says in last.reply
    assert last.incident in last.reply
    assert str(error) not in last.reply


async def test_a_desk_that_hangs_is_given_up_and_the_next_question_answered(tmp_path):
    async with scripted_bot(tmp_path, grace=0.01, timeout=0.01, bot_workers=1) as (bot, desk):
        bot._pool._stop_seconds = 0.01
        told = await everything(bot, message())
        assert kinds(told) == [Started, Failed]
        bot._pool.seconds = SOON
        await desk.asked()
        heard = Listener(bot, message("Next?", "100.2"))
        (await desk.asked()).answers()
        assert isinstance((await heard.rest())[-1], Answered)


async def test_who_waits_for_long_is_told_so(tmp_path):
    async with scripted_bot(tmp_path, bot_workers=1) as (bot, desk):
        Listener(bot, message())
        await desk.asked()
        object.__setattr__(bot._runner, "seconds", 0.01)
        told = await everything(bot, message(place=OTHER, name="3.1"))
        assert kinds(told) == [Started, Failed]
        assert "longer" in told[-1].reply


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
        assert [kinds(one) for one in told] == [[Declined], [], []]
        assert "ask again in" in told[0][0].reply
        assert await everything(bot, message(name="100.2")) == []
        await answered(bot, desk, message(name="100.9", person="U2"))


@pytest.mark.parametrize("text", ["", " ?! ", "Hi!", "Thanks a lot.", "help"])
async def test_who_says_no_more_than_hello_is_told_what_the_bot_is_for(tmp_path, text):
    async with scripted_bot(tmp_path) as (bot, desk):
        (told,) = await everything(bot, message(text))
        assert isinstance(told, Declined)
        assert "Ask me" in told.reply
        assert await everything(bot, message(text)) == []
        assert await everything(bot, message("Thanks!", "100.2", addressed=False)) == []
        await answered(bot, desk, message("When did it reopen?", "100.3", addressed=False))
        assert len(desk.calls) == 1
    async with scripted_bot(tmp_path) as (bot, _):
        assert await bot.load_unanswered() == []


async def test_a_full_queue_says_so_at_once(tmp_path):
    async with scripted_bot(tmp_path, bot_workers=1, bot_queue=1) as (bot, desk):
        first = Listener(bot, message())
        call = await desk.asked()
        second = Listener(bot, message(name="2.1", place=OTHER, person="U2"))
        assert isinstance(await second.next(), Started)
        told = await everything(bot, message(name="3.1", place=DIRECT, person="U3"))
        assert kinds(told) == [Declined]
        assert await everything(bot, message(name="4.1", place=DIRECT, person="U3")) == []
        call.answers()
        (await desk.asked()).answers()
        assert isinstance((await first.rest())[-1], Answered)
        assert isinstance((await second.rest())[-1], Answered)


async def test_draining_lets_answers_be_made_and_interrupts_the_rest(tmp_path):
    async with scripted_bot(tmp_path) as (bot, desk):
        quick, slow = Listener(bot, message()), Listener(bot, message(name="3.1", place=OTHER))
        calls = [await desk.asked(), await desk.asked()]
        draining = asyncio.create_task(bot.drain(0.5))
        next(call for call in calls if call.question).answers()
        late = await everything(bot, message(name="4.1", place=DIRECT))
        await asyncio.wait_for(draining, SOON)
        endings = sorted(kinds([(await heard.rest())[-1] for heard in (quick, slow)]), key=str)
        assert endings == [Answered, Interrupted]
        assert kinds(late) == [Started, Interrupted]


async def test_draining_ends_in_time_though_nobody_reads(tmp_path):
    async with scripted_bot(tmp_path) as (bot, desk):
        told = bot.handle(message())
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
        assert not bot._requests
        assert not len(bot._runner.queue)
        assert not bot._pool._hung


async def test_a_front_that_breaks_off_stops_the_model_and_leaves_the_question_to_a_redelivery(tmp_path):
    async with scripted_bot(tmp_path) as (bot, desk):
        heard = Listener(bot, message())
        call = await desk.asked()
        await heard.leave()
        call.does()
        await call.closed()
        await answered(bot, desk, message())
        assert len(desk.calls) == 2


async def test_a_cancelled_front_leaves_no_place_occupied(tmp_path):
    async with scripted_bot(tmp_path, bot_workers=1) as (bot, desk):
        first = Listener(bot, message())
        call = await desk.asked()
        waiting = [
            Listener(bot, message(name=f"{n}.1", place=ConversationPlace("slack", "T1", "C1", f"{n}.1")))
            for n in range(3)
        ]
        for one in waiting:
            await one.next()
            await one.leave()
        await first.leave()
        call.does()
        await answered(bot, desk, message(name="9.1", place=OTHER))
