"""The bot with a real desk: the answers of `newsqa ask`, from the index that stands there now."""

import json
import shutil
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from quick_desk import quick_desk
from scripted_desk import everything, message
from typer.testing import CliRunner
from word_embedder import WordEmbedder

from newsqa.bot.core import open_bot
from newsqa.bot.events import Answered, Partial, Started
from newsqa.cli import app
from newsqa.errors import LibraryError
from newsqa.ingest.indexer import index_source
from newsqa.render.record import to_record
from newsqa.settings import Settings
from newsqa.store.snapshot import open_index

MADE = {"timings", "id"}


def article(folder, name, text):
    folder.mkdir(exist_ok=True)
    (folder / f"{name}.json").write_text(json.dumps({"title": name, "published": "2025-05-02", "text": text}), "utf-8")
    return folder


def index(folder, source):
    index_source(Settings(index=folder), str(source), embedder=WordEmbedder())


@pytest.fixture
def settings(tmp_path, monkeypatch):
    """Settings whose desk needs no model, over an index of one article."""
    index(tmp_path / "index", article(tmp_path / "news", "Harbour", "The harbour reopened on Monday."))
    opened = lambda settings: replace(quick_desk(settings.index), made_of={"embedder": "words"})  # noqa: E731
    monkeypatch.setattr("newsqa.bot.pipelines.open_pipeline", opened)
    return Settings(index=tmp_path / "index", sessions=tmp_path / "kept")


async def answer(bot, text, number):
    told = await everything(bot, message(text, f"{number}.1"))
    assert isinstance(told[0], Started)
    assert isinstance(told[-1], Answered)
    return told[-1].answer


async def test_a_new_generation_is_taken_up_without_a_restart(tmp_path, settings):
    async with open_bot(settings, "slack") as bot:
        first = await answer(bot, "When did the harbour reopen?", 1)
        index(tmp_path / "index", article(tmp_path / "news", "Ferry", "The ferry sank off Wick on Tuesday."))
        second = await answer(bot, "Where did the ferry sink?", 2)
    assert first.text == "The harbour reopened on Monday. [1]"
    assert second.text == "The ferry sank off Wick on Tuesday. [1]"
    assert first.index != second.index


async def test_an_index_that_was_swapped_is_taken_up_and_one_that_is_gone_goes_on(tmp_path, settings):
    index(tmp_path / "other", article(tmp_path / "later", "Market", "The market burned down on Friday."))
    async with open_bot(settings, "slack") as bot:
        assert (await answer(bot, "When did the harbour reopen?", 1)).citations
        shutil.move(tmp_path / "index", tmp_path / "old")
        assert (await answer(bot, "Did the harbour reopen?", 2)).citations
        shutil.move(tmp_path / "other", tmp_path / "index")
        swapped = await answer(bot, "When did the market burn down?", 3)
        assert swapped.text == "The market burned down on Friday. [1]"
        assert "harbour" not in (await answer(bot, "When did the harbour reopen?", 4)).text


def test_questions_at_the_same_time_share_what_is_open_when_the_index_was_moved_away(tmp_path, settings):
    def passages(index):
        with index.snapshot() as snapshot:
            return snapshot.count_passages()

    with open_index(settings) as index, ThreadPoolExecutor(3) as threads:
        with index.snapshot():
            shutil.move(tmp_path / "index", tmp_path / "old")
            waiting = [threads.submit(passages, index) for _ in range(3)]
        assert [one.result(20) for one in waiting] == [1, 1, 1]
        index.close()
        with pytest.raises(LibraryError, match="There is no index"):
            passages(index)


@pytest.mark.parametrize("text", ["word " * 4000])
async def test_what_is_no_question_gets_a_friendly_line_and_no_search(settings, text, monkeypatch):
    monkeypatch.setattr("newsqa.pipeline.retrieve", None)
    async with open_bot(settings, "slack") as bot:
        refusal = await answer(bot, text, 1)
    assert refusal.reason == "question_unusable"
    assert "please ask in a few plain words" in refusal.text
    assert len(refusal.question) < 2100


async def test_answers_are_those_of_newsqa_ask(tmp_path, news_index):
    questions = ["How many steps does the tower have?", "Who won the first prize in Ostby?", "Who is the king of Mars?"]
    async with open_bot(Settings(index=news_index, sessions=tmp_path), "discord") as bot:
        for number, question in enumerate(questions):
            told = await everything(bot, message(question, str(number), replace(message().place, thread=str(number))))
            shown = CliRunner().invoke(app, ["ask", question, "--json", "--index", str(news_index)])
            asked, given = json.loads(shown.stdout), to_record(told[-1].answer)
            assert {k: v for k, v in given.items() if k not in MADE} == {
                k: v for k, v in asked.items() if k not in MADE
            }
            sentences = [event.sentences for event in told if isinstance(event, Partial)]
            assert all(told[-1].answer.sentences[: len(seen)] == seen for seen in sentences)


async def test_at_its_start_it_tells_what_text_leaves_the_machine(tmp_path, settings, monkeypatch, caplog):
    monkeypatch.setattr("newsqa.bot.pipelines.open_pipeline", lambda settings: quick_desk(settings.index))
    for model, told in (("extractive", []), ("openai:stand-in", ["openai:stand-in"])):
        caplog.clear()
        async with open_bot(replace(settings, model=model), "slack"):
            pass
        lines = [record.msg for record in caplog.records if "text_leaves" in str(record.msg)]
        assert [line["model"] for line in lines] == told
