"""Indexing is killed again and again, with files edited and added in between; nothing is lost and nothing is twice."""

import random
import signal
import subprocess
import sys
from contextlib import suppress

import pytest
from harbour_reports import indexed, write, written
from word_embedder import WordEmbedder

from newsqa.errors import LibraryError
from newsqa.ingest.indexer import index_source
from newsqa.settings import Settings
from places import HELPERS

SCRIPT = HELPERS / "word_embedder.py"
KILLS = 8


@pytest.mark.slow
def test_killed_at_any_moment_it_answers_and_goes_on(tmp_path):
    random.seed(11)
    folder, settings = tmp_path / "news", Settings(index=tmp_path / "index")
    folder.mkdir()
    for number in range(60):
        write(folder, number, 0)
    acknowledged: dict[str, str] = {}
    for kill in range(1, KILLS + 1):
        process = subprocess.Popen([sys.executable, SCRIPT, settings.index, folder], stdout=subprocess.DEVNULL)
        with suppress(subprocess.TimeoutExpired):
            process.wait(random.uniform(0.4, 2.2))
        process.send_signal(signal.SIGKILL)
        process.wait()
        with suppress(LibraryError):  # killed before there was an index
            found = indexed(settings)
            assert acknowledged.keys() <= found.keys()
            acknowledged = found
        for number in random.sample(range(60 + kill), 4):
            write(folder, number, kill)
        write(folder, 60 + kill, kill)
    again = WordEmbedder()
    index_source(settings, str(folder), embedder=again)
    assert indexed(settings) == written(folder)
    last = WordEmbedder()
    assert index_source(settings, str(folder), embedder=last).unchanged == 60 + KILLS
    assert last.embedded == 0


def test_interrupted_it_keeps_what_was_embedded(tmp_path):
    folder, settings = tmp_path / "news", Settings(index=tmp_path / "index")
    folder.mkdir()
    for number in range(60):
        write(folder, number, 0)

    class Interrupted(WordEmbedder):
        def embed_documents(self, texts):
            if self.embedded:
                raise KeyboardInterrupt
            return super().embed_documents(texts)

    first, second = Interrupted(), WordEmbedder()
    with suppress(KeyboardInterrupt):
        index_source(settings, str(folder), embedder=first)
    assert len(indexed(settings)) == 60
    index_source(settings, str(folder), embedder=second)
    whole = WordEmbedder()
    index_source(Settings(index=tmp_path / "fresh"), str(folder), embedder=whole)
    assert first.embedded + second.embedded == whole.embedded
