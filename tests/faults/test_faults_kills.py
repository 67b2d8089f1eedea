"""Indexing, a chat and a bot are killed again and again: nothing is lost, and nothing is twice."""

import json
import logging
import random
import shutil
import signal
from contextlib import suppress

import lives
import pytest
from harbour_reports import indexed, write, written
from scripted_desk import message
from word_embedder import WordEmbedder

from newsqa.answer.history import Sessions
from newsqa.errors import LibraryError
from newsqa.ingest.indexer import index_source
from newsqa.settings import Settings
from newsqa.store.chroma import read_manifest
from thoroughness import at_length

pytestmark = pytest.mark.timeout(at_length(180, 600, 3600))
log = logging.getLogger(__name__)

FILES = 12
SECONDS = 1.6
"""About as long as indexing takes."""


@pytest.fixture
def draw():
    return random.Random(11)


@pytest.fixture(scope="module")
def reports(tmp_path_factory):
    folder = tmp_path_factory.mktemp("reports") / "news"
    folder.mkdir()
    for number in range(FILES):
        write(folder, number, 0)
    return folder


def drawn_end(draw, writes):
    """Draw how a process ends: at a write, or by a signal at a moment."""
    if draw.random() < 0.5:
        return {"die_at": draw.randrange(1, writes)}
    return {"end_after": draw.uniform(0, SECONDS), "by": draw.choice([signal.SIGKILL, signal.SIGTERM])}


def test_indexing_that_is_killed_loses_and_repeats_nothing(tmp_path, draw, reports):
    folder, settings = tmp_path / "news", Settings(index=tmp_path / "index")
    shutil.copytree(reports, folder)
    kills, done, known = at_length(3, 30, 500), 0, {}
    while done < kills:
        done += not lives.ends_well(lives.life(lives.run_index, settings.index, folder, **drawn_end(draw, 400)))
        log.info("indexing killed %d times", done)
        with suppress(LibraryError):  # killed before there was an index
            found = indexed(settings)
            assert known.keys() - found.keys() <= known.keys() - written(folder).keys()
            assert all(text in {known.get(path), written(folder).get(path)} for path, text in found.items())
            known = found
        for number in draw.sample(range(FILES), 2):
            write(folder, number, done)
        (folder / f"{draw.randrange(FILES):03}.txt").unlink(missing_ok=True)
    index_source(settings, str(folder), embedder=WordEmbedder())
    assert indexed(settings) == written(folder)
    again = WordEmbedder()
    assert index_source(settings, str(folder), embedder=again).unchanged == len(written(folder))
    assert again.embedded == 0


def test_killed_whenever_a_file_of_the_graph_changes_the_old_index_answers(tmp_path, reports):
    folder, first = tmp_path / "news", tmp_path / "first"
    shutil.copytree(reports, folder)
    assert lives.ends_well(lives.life(lives.run_index_often, first, folder))
    assert lives.graph_files(first), "its graph is not written"
    before = indexed(Settings(index=first))
    for number in range(FILES, FILES + 12):
        write(folder, number, 0)
    for change in range(1, at_length(2, 8, 40)):
        index = tmp_path / f"index-{change}"
        shutil.copytree(first, index)
        code = lives.life(
            lives.run_index_often, index, folder, at_change=(change, lambda index=index: lives.graph_files(index))
        )
        log.info("killed at change %d of the graph", change)
        assert before.items() <= indexed(Settings(index=index)).items()
        assert lives.ends_well(lives.life(lives.run_index_often, index, folder))
        assert indexed(Settings(index=index)) == written(folder)
        assert read_manifest(index).whole
        if lives.ends_well(code):
            break


def test_a_chat_that_is_killed_keeps_every_answer_that_it_showed_once(tmp_path, draw, reports):
    settings = Settings(index=tmp_path / "index")
    index_source(settings, str(reports), embedder=WordEmbedder())
    sessions = Sessions(tmp_path / "sessions", str(settings.index.resolve()))
    shown = tmp_path / "shown.jsonl"
    kills, done, stored = at_length(2, 15, 100), 0, []
    while done < kills:
        asked = [f"How many boats does basin {len(stored) + n} of report {n} hold?" for n in range(3)]
        code = lives.life(lives.run_chat, settings.index, sessions.folder, shown, asked, **drawn_end(draw, 120))
        done += not lives.ends_well(code)
        log.info("chat killed %d times", done)
        before, stored = stored, [answer.question for answer in sessions.load(sessions.latest() or 0)]
        assert stored == [*before, *asked][: len(stored)]
        assert len(stored) >= len(before)
        assert all(question in stored for question in questions(shown))
    assert len(questions(shown)) == len(set(questions(shown)))
    assert len(sessions.recent()) <= 1


def questions(shown):
    """Return the questions of the records that were shown whole."""
    lines = shown.read_text().splitlines(keepends=True) if shown.exists() else []
    return [json.loads(line)["question"] for line in lines if line.endswith("\n")]


def test_a_bot_that_is_killed_answers_every_message_once(tmp_path, draw):
    posts = tmp_path / "posts"
    kills, done, sent = at_length(4, 40, 100), 0, []
    while done < kills:
        sent += [message(f"What happened in week {len(sent) + n}?", f"{len(sent) + n}.1") for n in range(2)]
        open_ = [one for one in sent if not lives.answers(posts, one)]  # these the platform delivers again
        done += not lives.ends_well(
            lives.life(lives.run_bot, tmp_path / "bot", posts, open_, die_at=draw.randrange(1, 90))
        )
    lives.ends_well(lives.life(lives.run_bot, tmp_path / "bot", posts, sent))
    size = posts.stat().st_size
    assert lives.ends_well(lives.life(lives.run_bot, tmp_path / "bot", posts, sent))
    assert posts.stat().st_size == size, "it answered what was answered"
    assert [len(lives.answers(posts, one)) for one in sent] == [1] * len(sent)
    assert [len(lives.posts_for(posts, one)) for one in sent] == [1] * len(sent), "a first line was left"
