"""Indexing is killed again and again, with files edited and added in between; nothing is lost and nothing is twice."""

import random
import signal
import subprocess
import sys
from collections import Counter
from contextlib import suppress
from pathlib import Path

import pytest
from word_embedder import WordEmbedder

from newsqa.errors import LibraryError
from newsqa.ingest.indexer import index_source
from newsqa.settings import Settings
from newsqa.store.snapshot import open_index
from newsqa.types import NO_BOUNDS
from places import HELPERS

SCRIPT = HELPERS / "word_embedder.py"
KILLS = 8


def write(folder: Path, number: int, version: int) -> None:
    sentences = [
        f"Report {number} says in version{version} that harbour basin {n} holds {n * number} boats." for n in range(30)
    ]
    (folder / f"{number:03}.txt").write_text(" ".join(sentences))


def indexed(settings: Settings) -> dict[str, str]:
    """The articles that are found by a word of theirs; each must be found once, and read whole."""
    with open_index(settings, "words") as opened, opened.snapshot() as snapshot:
        hits = snapshot.load_hits(snapshot.search_words(["harbour"], NO_BOUNDS, 10_000))
        near = snapshot.load_hits(snapshot.search_vectors(WordEmbedder().embed_query("harbour basin"), NO_BOUNDS, 50))
    assert all(hit.passage.text == hit.article.text[hit.passage.start : hit.passage.end] for hit in [*hits, *near])
    assert max(Counter(hit.passage.id for hit in hits).values(), default=1) == 1
    articles = {hit.article.id: hit.article for hit in hits}
    assert len({article.path for article in articles.values()}) == len(articles)
    return {article.path: article.text for article in articles.values()}


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
    assert indexed(settings) == {f"news/{path.name}": path.read_text() for path in folder.iterdir()}
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
