"""What a bot tells of itself: health, metrics, and a log without words and keys."""

import asyncio
import json
import logging
import re
import shutil
from contextlib import asynccontextmanager
from dataclasses import fields, replace
from threading import Event

import psutil
import pytest
from aiohttp import ClientSession
from health_reader import figures, free_port
from quick_desk import quick_desk
from scripted_desk import SOON, Listener, answered, everything, message, scripted_bot
from word_embedder import WordEmbedder

from newsqa.bot.events import Failed
from newsqa.bot.health import serve_health
from newsqa.bot.pipelines import IndexStatus, ReloadingPipeline
from newsqa.bot.process import configure
from newsqa.errors import LibraryError, SettingsError
from newsqa.ingest.indexer import index_source
from newsqa.settings import Settings
from places import DOCS


@pytest.fixture
def port():
    return free_port()


@asynccontextmanager
async def watched_bot(folder, port, **changed):
    """A bot with its endpoint, and a way to read that."""
    settings = Settings(bot_port=port)
    async with scripted_bot(folder, **changed) as (bot, desk), serve_health(bot, settings), ClientSession() as session:

        async def read(path):
            async with session.get(f"http://127.0.0.1:{port}{path}") as reply:
                return reply.status, await reply.text()

        yield bot, desk, read


async def test_nothing_is_served_unless_a_port_is_set(tmp_path, port):
    async with scripted_bot(tmp_path) as (bot, _), serve_health(bot, Settings()):
        with pytest.raises(OSError, match=str(port)):
            await asyncio.open_connection("127.0.0.1", port)


async def test_it_is_well_once_it_is_connected_and_says_so_when_it_is_not(tmp_path, port):
    async with watched_bot(tmp_path, port) as (bot, desk, read):
        bot.metrics.index_status = lambda: IndexStatus("d1", 61.4)
        assert (await read("/health"))[0] == 503
        bot.metrics.set_connected()
        heard = Listener(bot, message())
        call = await desk.asked()
        status, text = await read("/health")
        call.answers()
        await heard.rest()
        bot.metrics.set_disconnected()
        assert (await read("/health"))[0] == 503
    assert status == 200
    assert json.loads(text) == {
        "ok": True,
        "platform": "slack",
        "connected": True,
        "index": {"digest": "d1", "age_seconds": 61},
        "queue": 0,
        "running": 1,
    }


async def test_it_is_not_well_where_the_index_cannot_be_opened(tmp_path, port):
    def gone():
        raise LibraryError("There is no index.")

    async with watched_bot(tmp_path, port) as (bot, _, read):
        bot.metrics.set_connected()
        bot.metrics.index_status = gone
        status, text = await read("/health")
    assert status == 503
    assert json.loads(text)["index"] == {"error": "There is no index."}


async def test_an_index_that_hangs_is_told_in_time_and_holds_up_one_thread(tmp_path, port, monkeypatch):
    monkeypatch.setattr("newsqa.bot.health.OPEN_SECONDS", 0.05)
    hangs, looks = Event(), []

    def look():
        looks.append(hangs.wait(SOON))
        return IndexStatus("d1", 1.0)

    async with watched_bot(tmp_path, port) as (bot, _, read):
        bot.metrics.set_connected()
        bot.metrics.index_status = look
        for status, text in await asyncio.gather(*(read("/health") for _ in range(5))):
            assert status == 503
            assert "did not open" in text
        hangs.set()
        while (await read("/health"))[0] != 200:
            await asyncio.sleep(0.01)
    assert len(looks) <= 2


async def test_metrics_count_how_questions_ended(tmp_path, port):
    async with watched_bot(tmp_path, port, bot_rate=3, bot_workers=1) as (bot, desk, read):
        before = figures((await read("/metrics"))[1])
        await answered(bot, desk, message())
        refused = await answered(bot, desk, message(name="100.2"), "Nothing was found.", refused=True)
        await bot.record_vote(refused.request_id, "U1", "bad")
        await bot.record_vote(refused.request_id, "U1", "bad")
        broken = Listener(bot, message(name="100.3"))
        (await desk.asked()).fails(RuntimeError("broken"))
        assert isinstance((await broken.rest())[-1], Failed)
        await everything(bot, message(name="100.4"))  # over the limit
        running = Listener(bot, message(name="100.5", person="U2"))
        waiting = Listener(bot, message(name="100.6", person="U3", place=replace(message().place, thread="7.7")))
        calls = [await desk.asked()]
        await running.next(), await waiting.next()
        during = figures((await read("/metrics"))[1])
        calls[0].answers()
        (await desk.asked()).answers()
        await running.rest(), await waiting.rest()
        after = figures((await read("/metrics"))[1])
    outcomes = ("answered", "refused", "failed", "limited", "interrupted", "left")
    assert [before["newsqa_questions_total", outcome] for outcome in outcomes] == [0] * 6
    assert [after["newsqa_questions_total", outcome] for outcome in outcomes] == [3, 1, 1, 1, 0, 0]
    assert (during["newsqa_running",], during["newsqa_waiting",]) == (1, 1)
    assert (after["newsqa_running",], after["newsqa_waiting",]) == (0, 0)
    assert after["newsqa_answer_seconds_count",] == 4
    assert (after["newsqa_votes_total", "good"], after["newsqa_votes_total", "bad"]) == (0, 1)
    assert after["process_resident_memory_bytes",] > 0


async def test_connections_after_the_first_are_counted(tmp_path, port):
    async with watched_bot(tmp_path, port) as (bot, _, read):
        assert figures((await read("/metrics"))[1])["newsqa_connected",] == 0
        for _ in range(2):
            bot.metrics.set_connected()
            bot.metrics.set_connected()
            bot.metrics.set_disconnected()
        bot.metrics.set_connected()
        found = figures((await read("/metrics"))[1])
    assert found["newsqa_reconnects_total",] == 2
    assert found["newsqa_connected",] == 1


async def test_a_port_that_is_taken_is_told_with_what_to_do(tmp_path, port):
    async with watched_bot(tmp_path, port) as (bot, _, _read):
        with pytest.raises(SettingsError, match=f"port {port} .* another program has it") as caught:
            async with serve_health(bot, Settings(bot_port=port)):
                pass
        assert "NEWSQA_BOT_PORT" in caught.value.hint
        with pytest.raises(SettingsError, match="65535"):
            async with serve_health(bot, Settings(bot_port=70_000)):
                pass


def test_the_index_that_answers_is_told_and_one_that_is_gone_missed(tmp_path, monkeypatch, news_folder):
    settings = Settings(index=tmp_path / "index")
    index_source(settings, str(news_folder), embedder=WordEmbedder())
    desk = replace(quick_desk(settings.index), made_of={"embedder": "words"})
    monkeypatch.setattr("newsqa.bot.pipelines.open_pipeline", lambda _: desk)
    desks = ReloadingPipeline.open(settings)
    first = desks.index_status()
    assert first.digest == desk.ask("Who kept the lighthouse?").index
    assert 0 <= first.age < SOON * 60
    shutil.move(settings.index, tmp_path / "away")
    with pytest.raises(LibraryError, match="still answers"):
        desks.index_status()
    with desks.borrow() as lent:
        assert lent.ask("Who kept the lighthouse?").sentences
    (news_folder_of_one := tmp_path / "one").mkdir()
    shutil.copy(news_folder / "1.json", news_folder_of_one)
    index_source(settings, str(news_folder_of_one), embedder=WordEmbedder())
    assert desks.index_status().digest != first.digest
    desks.close()


@pytest.fixture
def logged(capfd):
    """Have the log written as a bot writes it; return a way to read its lines."""
    root, level = logging.getLogger(), logging.getLogger("newsqa").level
    before = root.handlers[:], root.level

    def lines():
        return [json.loads(line) for line in capfd.readouterr().err.splitlines()]

    yield lines
    root.handlers, root.level = before
    logging.getLogger("newsqa").setLevel(level)
    logging.captureWarnings(capture=False)


ASKED = "When did the zebra reopen the harbour?"


async def one_of_each(folder):
    """Have a question answered, and another fail with an error that repeats it and holds a token."""
    async with scripted_bot(folder) as (bot, desk):
        told = await answered(bot, desk, message(ASKED))
        await bot.record_vote(told.request_id, "U2", "good")
        heard = Listener(bot, message(ASKED, "100.2"))
        (await desk.asked()).fails(RuntimeError(f"no answer to {ASKED!r}, asked as xoxb-123-canary"))
        return told, (await heard.rest())[-1]


async def test_each_question_is_logged_with_ids_and_timings_and_no_words(tmp_path, logged):
    configure(Settings())
    told, failed = await one_of_each(tmp_path)
    lines = logged()
    by_event = {line["event"]: line for line in lines}
    assert [line["event"] for line in lines] == ["taken", "answered", "feedback", "taken", "failed"]
    place = {"platform": "slack", "team": "T1", "channel": "C1", "thread": "100.1", "message": "100.1", "person": "U1"}
    line = by_event["answered"]
    assert {name: line[name] for name in place} == place
    assert (line["exchange"], line["citations"], line["dropped"]) == (told.request_id, 1, 0)
    assert line["seconds"] >= 0
    assert line["timings"] == {"answer": 0.25, "total": 0.5}
    assert by_event["failed"]["incident"] == failed.incident
    assert "RuntimeError" in by_event["failed"]["exception"]
    said = json.dumps(lines)
    assert not any(word in said for word in ("zebra", "May", "canary"))
    assert all({"timestamp", "level", "logger"} <= line.keys() for line in lines)


async def test_words_are_logged_where_they_are_asked_for_and_tokens_never(tmp_path, logged):
    configure(Settings(bot_log_text=True))
    await one_of_each(tmp_path)
    lines = logged()
    assert [line.get("question") for line in lines if line["event"] == "taken"] == [ASKED] * 2
    assert [line["text"] for line in lines if line["event"] == "answered"] == ["It reopened in May. [1]"]
    assert "canary" not in json.dumps(lines)


RUNNING = (DOCS / "running.md").read_text("utf-8")


def test_the_page_on_running_names_every_setting_of_the_bots():
    settings = [f"NEWSQA_{field.name.upper()}" for field in fields(Settings) if field.name.startswith("bot_")]
    assert [name for name in settings if f"`{name}`" not in RUNNING] == []


async def test_the_page_on_running_names_every_metric_and_no_other(tmp_path, port):
    async with watched_bot(tmp_path, port) as (_, _desk, read):
        found = {name.removesuffix("_count") for name, *_ in figures((await read("/metrics"))[1])}
    ours = {name for name in found if name.startswith("newsqa_") and not name.endswith(("_created", "_bucket", "_sum"))}
    assert set(re.findall(r"`(newsqa_\w+)`", RUNNING)) == ours


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("127.0.0.1:{port}", 200), ("localhost", 200), ("[::1]:{port}", 200), ("127.9.9.9", 200),
        ("rebound.example:{port}", 421), ("127.0.0.1.rebound.example", 421), ("localhost.rebound.example", 421),
        ("127.0.0.1@rebound.example", 421), ("0.0.0.0:{port}", 421), ("", 421),
    ],
)  # fmt: skip
async def test_a_name_that_was_made_to_lead_here_is_told_nothing(tmp_path, port, host, status):
    """A page in a browser on this machine can have its own name resolve to 127.0.0.1, and read what answers."""
    async with watched_bot(tmp_path, port) as (bot, _, _read), ClientSession() as session:
        bot.metrics.set_connected()
        for path in ("/health", "/metrics"):
            headers = {"Host": host.format(port=port)}
            async with session.get(f"http://127.0.0.1:{port}{path}", headers=headers) as reply:
                assert reply.status == status
                assert ("newsqa_connected" in await reply.text()) is (status == 200 and path == "/metrics")


async def test_it_listens_on_this_machine_alone(tmp_path, port):
    async with watched_bot(tmp_path, port):
        listening = [found.laddr for found in psutil.Process().net_connections("inet") if found.status == "LISTEN"]
        assert [address.ip for address in listening if address.port == port] == ["127.0.0.1"]
