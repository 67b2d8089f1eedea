"""What the bot keeps over a restart, for how long, and what it forgets."""

import sqlite3
import stat
import subprocess
import sys
import time
from contextlib import closing
from dataclasses import replace

import pytest
from scripted_desk import (
    THREAD,
    Listener,
    answer_of,
    answered,
    disabled_channels,
    everything,
    is_engaged,
    message,
    scripted_bot,
)

from newsqa.bot.database import FILE
from newsqa.bot.events import Answered, ConversationPlace, Started
from newsqa.bot.store import Store
from newsqa.errors import HistoryError
from newsqa.types import Article, Hit, Passage
from places import HELPERS

OTHER = ConversationPlace("slack", "T1", "C1", "300.1")


async def test_what_was_answered_is_not_answered_after_a_restart(tmp_path):
    async with scripted_bot(tmp_path) as (bot, desk):
        last = await answered(bot, desk, message(event="Ev1"))
    async with scripted_bot(tmp_path) as (bot, desk):
        assert await bot.load_unanswered() == []
        assert await everything(bot, message(event="Ev1")) == []
        assert await everything(bot, message(event="Ev9")) == []
        assert desk.calls == []
        assert await is_engaged(bot, THREAD)
        assert await bot.load_answer(last.request_id) == replace(last.answer, retrieved=())
        heard = Listener(bot, message("And then?", "100.2", addressed=False))
        assert (await desk.asked()).history[0] == ("user", "When did the harbour reopen?")
        await heard.leave()


async def test_feedback_counts_once_and_a_changed_mind_replaces_after_a_restart_too(tmp_path):
    async with scripted_bot(tmp_path) as (bot, desk):
        exchange = (await answered(bot, desk, message())).request_id
        assert await bot.record_vote(exchange, "U1", "good")
    async with scripted_bot(tmp_path) as (bot, _):
        assert not await bot.record_vote(exchange, "U1", "good")
        assert await bot.record_vote(exchange, "U1", "bad")
        assert await bot.record_vote(exchange, "U2", "good")
        assert not await bot.record_vote("unknown", "U2", "good")


KILLED = """
import asyncio, os, signal, sys
from pathlib import Path
sys.path.insert(0, {tests!r})
from newsqa.bot.events import Answered
from scripted_desk import Listener, is_engaged, message, scripted_bot

async def main():
    async with scripted_bot(Path(sys.argv[1])) as (bot, desk):
        heard = Listener(bot, message(event="Ev1"))
        call = await desk.asked()
        if sys.argv[2] == "answered":
            call.answers("Made before the crash.")
            while not isinstance(await heard.next(), Answered):
                pass
            await is_engaged(bot, message().place)  # the store has done all before it
        os.kill(os.getpid(), signal.SIGKILL)

asyncio.run(main())
"""


def killed(folder, when):
    """Let a bot be killed in the middle of an exchange."""
    script = KILLED.format(tests=str(HELPERS))
    done = subprocess.run([sys.executable, "-c", script, str(folder), when], check=False, timeout=60)
    assert done.returncode == -9


async def test_a_question_open_at_a_crash_is_answered_when_it_comes_again(tmp_path):
    killed(tmp_path, "open")
    async with scripted_bot(tmp_path) as (bot, desk):
        assert await bot.load_unanswered() == [message(event="Ev1")]
        last = await answered(bot, desk, message(event="Ev1"))
        assert isinstance(last, Answered)
        assert await everything(bot, message(event="Ev1")) == []
        assert await bot.load_unanswered() == []


async def test_an_answer_made_but_not_posted_at_a_crash_is_told_without_asking_again(tmp_path):
    killed(tmp_path, "answered")
    async with scripted_bot(tmp_path) as (bot, desk):
        (left,) = await bot.load_unanswered()
        told = await everything(bot, left)
        assert [type(one) for one in told] == [Started, Answered]
        assert told[-1].answer.text == "Made before the crash. [1]"
        assert desk.calls == []
        await bot.record_delivered(told[-1].request_id, ["200.1"])
        assert await everything(bot, left) == []


def test_the_locks_of_killed_processes_are_swept(tmp_path):
    killed(tmp_path, "open")
    (left,) = tmp_path.glob("bot-*.lock")
    store = Store(tmp_path)
    store.sweep(30)
    assert not left.exists()
    assert len([*tmp_path.glob("bot-*.lock")]) == 1
    store.close()


async def test_what_another_process_is_answering_is_left_to_it(tmp_path):
    async with scripted_bot(tmp_path) as (one, desk), scripted_bot(tmp_path) as (two, _):
        heard = Listener(one, message(event="Ev1"))
        await desk.asked()
        assert await two.load_unanswered() == []
        assert await everything(two, message(event="Ev1")) == []
        await heard.leave()
        await is_engaged(one, THREAD)  # its store has done all before it
        assert await two.load_unanswered() == [message(event="Ev1")]


async def test_failed_limited_and_interrupted_questions_are_not_kept(tmp_path):
    async with scripted_bot(tmp_path, bot_rate=1) as (bot, desk):
        heard = Listener(bot, message())
        (await desk.asked()).fails(ValueError("no"))
        await heard.rest()
        await everything(bot, message(name="100.2"))
        await bot.drain(0.1)
        await everything(bot, message(name="100.3", person="U2"))
        await is_engaged(bot, THREAD)
        assert rows(tmp_path, "exchange") == 0
        assert rows(tmp_path, "seen") == 3


def rows(folder, table):
    with closing(sqlite3.connect(folder / FILE)) as db:
        return db.execute(f"SELECT count(*) FROM {table}").fetchone()[0]


@pytest.fixture
def store(tmp_path):
    opened = Store(tmp_path)
    yield opened
    opened.close()


def keep(store, exchange, asked=None, text="It reopened in May."):
    asked = asked or message(name=exchange)
    assert store.claim(asked, exchange, asked.text)
    store.save_answer(exchange, answer_of(asked.text, text))
    store.mark_delivered(exchange, ["1"])


def test_the_file_is_private_and_its_lock_goes_with_it(tmp_path):
    store = Store(tmp_path / "new")
    keep(store, "e1")
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "new").iterdir()}
    assert set(modes.values()) == {0o600}
    assert len([name for name in modes if name.endswith(".lock")]) == 1
    store.close()
    assert [path.name for path in (tmp_path / "new").iterdir()] == [FILE]


def test_passages_that_were_retrieved_are_not_kept(store, tmp_path):
    hit = Hit(Passage(1, "a1", 0, 9, "a passage that was retrieved"), Article("a1", "text", "p"), 1.0)
    store.claim(message(), "e1", "Q?")
    store.save_answer("e1", replace(answer_of("Q?"), retrieved=(hit,)))
    assert store.load_answer("e1").retrieved == ()
    assert b"a passage that was retrieved" not in (tmp_path / f"{FILE}-wal").read_bytes()


def test_what_is_old_is_swept_with_everything_about_it(store, tmp_path, monkeypatch):
    long_ago = time.time() - 31 * 86_400
    with monkeypatch.context() as patched:
        patched.setattr("newsqa.bot.store.time.time", lambda: long_ago)
        keep(store, "old", message(place=OTHER))
        store.save_vote("old", "U1", "good")
    keep(store, "new", message(name="100.9"))
    store.sweep(30)
    assert store.load_answer("old") is None
    assert store.load_answer("new")
    assert not store.is_engaged(OTHER)
    assert store.is_engaged(THREAD)
    assert [rows(tmp_path, table) for table in ("exchange", "seen", "vote")] == [1, 1, 0]


def test_a_place_without_threads_forgets_over_night_what_was_talked_about(store, monkeypatch):
    direct = ConversationPlace("discord", "", "D1", direct=True)
    hours_ago = time.time() - 13 * 3600
    with monkeypatch.context() as patched:
        patched.setattr("newsqa.bot.store.time.time", lambda: hours_ago)
        keep(store, "e1", message(name="1", place=direct))
        keep(store, "e2", message(name="2"))
    for number, (place, known) in enumerate([(direct, 0), (THREAD, 1)]):
        asked = message(name=f"3.{number}", place=place)
        store.claim(asked, f"e3{number}", "And?")
        assert len(store.load_history(asked, f"e3{number}")) == known


def test_a_place_a_person_or_everything_is_forgotten_down_to_the_bytes(store, tmp_path):
    other = ConversationPlace("slack", "T1", "C2", "1.1")
    keep(store, "e1", message("Zebra?", "1", person="U1"), "Zebra one.")
    keep(store, "e2", message("Yak?", "2", OTHER, person="U2"), "Yak two.")
    keep(store, "e3", message("Xerus?", "3", other, person="U3"), "Xerus three.")
    store.save_vote("e3", "U2", "bad")
    assert store.forget_person("slack", "U2") == 1
    assert [bool(store.load_answer(e)) for e in ("e1", "e2", "e3")] == [True, False, True]
    assert rows(tmp_path, "vote") == 0
    assert store.forget_channel("slack", "C1") == 1
    assert not store.is_engaged(THREAD)
    assert store.is_engaged(other)
    assert store.forget_channel("slack", "C2") == 1
    assert not store.is_engaged(other)
    assert store.forget_everything() == 0
    kept = b"".join(path.read_bytes() for path in tmp_path.iterdir() if FILE in path.name)
    assert not any(word in kept for word in (b"Zebra", b"Yak", b"Xerus"))
    assert store.claim(message("Zebra?", "1"), "e9", "Zebra?") is None  # a redelivery is still known


async def test_a_channel_that_is_disabled_is_silent_in_every_process(tmp_path, store):
    async with scripted_bot(tmp_path) as (bot, desk):
        store.disable("slack", "C1")
        assert disabled_channels(store) == ["C1"]
        assert await everything(bot, message()) == []
        assert desk.calls == []
        assert store.enable("slack", "C1")
        assert not store.enable("slack", "C1")
        await answered(bot, desk, message())


def test_a_file_of_a_newer_version_or_a_damaged_one_is_refused(tmp_path):
    Store(tmp_path).close()
    with closing(sqlite3.connect(tmp_path / FILE)) as db:
        db.execute("PRAGMA user_version = 99")
    with pytest.raises(HistoryError, match="newer newsqa"):
        Store(tmp_path)
    (tmp_path / FILE).write_bytes(b"no database" * 1000)
    with pytest.raises(HistoryError) as raised:
        Store(tmp_path)
    assert "damaged" in raised.value.hint


async def test_a_store_that_fails_costs_no_answer(tmp_path, monkeypatch):
    async with scripted_bot(tmp_path) as (bot, desk):

        def broken(*_):
            raise HistoryError("The disk is full.")

        monkeypatch.setattr(bot._store, "save_answer", broken)
        assert (await answered(bot, desk, message())).answer.text == "It reopened in May. [1]"
        monkeypatch.setattr(bot._store, "claim", broken)
        answer = await answered(bot, desk, message(name="100.2"))
        assert answer.answer.text == "It reopened in May. [1]"
        assert await everything(bot, message(name="100.2")) == []  # as delivered again
        monkeypatch.setattr(bot._store, "is_listening", broken)
        (failed,) = await everything(bot, message(name="100.3"))
        assert failed.incident in failed.reply
        assert await everything(bot, message(name="100.4", addressed=False)) == []


async def test_a_private_question_that_is_left_open_stays_private(tmp_path):
    asked = message(private=True)
    async with scripted_bot(tmp_path) as (bot, _):
        stream = bot.handle(asked)
        assert isinstance(await anext(stream), Started)
        await stream.aclose()
    async with scripted_bot(tmp_path) as (bot, _):
        assert await bot.load_unanswered() == [asked]
