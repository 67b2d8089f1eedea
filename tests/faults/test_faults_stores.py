"""The stores of bot and chat on a full disk, and where nothing can be written: answers go out, one line says why."""

import io
import json
import sqlite3
from contextlib import closing

import pytest
from harbour_reports import write
from quick_desk import quick_desk
from scripted_desk import answered, everything, message, scripted_bot
from word_embedder import WordEmbedder

from newsqa.answer.history import Sessions
from newsqa.bot import database
from newsqa.bot.events import Answered
from newsqa.bot.store import Store
from newsqa.errors import HistoryError
from newsqa.frontends.terminal import background
from newsqa.frontends.terminal.chat import chat
from newsqa.ingest.indexer import index_source
from newsqa.settings import Settings


def fill(db):
    """Leave a database no page beyond those that it has, as on a full disk."""
    pages = db.execute("PRAGMA page_count").fetchone()[0]
    db.execute(f"PRAGMA max_page_count = {pages}")


def lock_out(db):
    db.execute("PRAGMA query_only = ON")


LONG = "x" * 20_000
"""More than the free room in the pages that a new file has."""


@pytest.mark.parametrize(("fault", "reason"), [(fill, "full"), (lock_out, "readonly")])
async def test_a_bot_that_can_store_nothing_answers_each_message_once(tmp_path, caplog, fault, reason):
    async with scripted_bot(tmp_path, bot_rate=0, bot_rate_all=0) as (bot, desk):
        fault(bot._store._db)
        for number in range(20):
            asked = message(f"{LONG[: 1900 - number]}?", f"100.{number}")
            event = await answered(bot, desk, asked)
            assert isinstance(event, Answered)
            assert event.answer.text == "It reopened in May. [1]"
            await bot.record_posted(event.request_id, ["200.1"])
            await bot.record_delivered(event.request_id, ["200.1"])
            assert await everything(bot, asked) == []
    logged = [one.msg for one in caplog.records if isinstance(one.msg, dict)]
    said = [one for one in logged if one["event"] == "not_kept"]
    assert said
    assert all(reason in one["reason"] and one["hint"] for one in said)
    assert not [one for one in logged if "exception" in one or "exc_info" in one]


@pytest.mark.parametrize("damage", ["folder in place of the file", "file in place of the folder"])
def test_a_bot_without_a_place_for_its_file_says_so(tmp_path, damage):
    folder = tmp_path / "bot"
    if damage.startswith("folder"):
        (folder / database.FILE).mkdir(parents=True)
    else:
        folder.write_text("")
    with pytest.raises(HistoryError) as raised:
        Store(folder)
    assert raised.value.hint


def test_a_chat_on_a_full_disk_answers_and_says_once_that_it_keeps_nothing(tmp_path, monkeypatch, capsys):
    news, settings = tmp_path / "news", Settings(index=tmp_path / "index", sessions=tmp_path)
    news.mkdir()
    write(news, 0, 0)
    index_source(settings, str(news), embedder=WordEmbedder())
    sessions = Sessions(tmp_path, str(settings.index.resolve()))
    assert sessions.recent() == []  # the file is there, and empty
    connect = sqlite3.connect

    def full(*arguments, **named):
        db = connect(*arguments, **named)
        fill(db)
        return db

    monkeypatch.setattr("newsqa.answer.history.sqlite3.connect", full)
    monkeypatch.setattr(background, "open_pipeline", lambda settings: quick_desk(settings.index))
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"How many boats did the harbour master see?\n" * 60)))
    chat(settings, resume=False, as_json=True)
    out, said = capsys.readouterr()
    assert len([json.loads(line) for line in out.splitlines()]) == 60
    assert said.count("is full") == 1
    assert "Traceback" not in said
    with closing(connect(sessions.file)) as db:
        assert db.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
