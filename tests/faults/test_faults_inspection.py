"""`newsqa doctor --deep`: what is stored wrong is found, and made again from the articles or reported."""

import json
import shutil
import sqlite3
import sys
from contextlib import closing

import pytest
from harbour_reports import indexed, write, written
from word_embedder import WordEmbedder

from newsqa import cli, models
from newsqa.errors import LibraryError
from newsqa.ingest.indexer import index_source, mend_index
from newsqa.settings import Settings
from newsqa.store.chroma import read_manifest
from newsqa.store.snapshot import open_index
from places import DATA


@pytest.fixture(scope="module")
def first(tmp_path_factory):
    root = tmp_path_factory.mktemp("inspected")
    (root / "news").mkdir()
    for number in range(3):
        write(root / "news", number, 0)
    index_source(Settings(index=root / "index"), str(root / "news"), embedder=WordEmbedder())
    return root


@pytest.fixture
def settings(first, tmp_path):
    shutil.copytree(first / "index", tmp_path / "index")
    return Settings(index=tmp_path / "index")


def change(settings, statement, *values):
    with closing(sqlite3.connect(settings.index / "library.db")) as database, database:
        database.execute(statement, values)


def parts(settings):
    return [fault.part for fault in mend_index(settings, embedder=WordEmbedder())]


MENDED = {
    "passages moved": ("UPDATE passages SET start = start + 1, end = end + 100000", "passages"),
    "a passage is gone": ("DELETE FROM passages WHERE id = 1", "passages"),
    "words are gone": ("INSERT INTO words (words) VALUES ('delete-all')", "passages"),
    "a vector is gone": ("DELETE FROM vectors WHERE id = 1", "missing"),
    "a vector is short": ("UPDATE vectors SET vector = substr(vector, 5) WHERE id = 1", "vectors"),
    "a vector is not finite": (
        "UPDATE vectors SET vector = CAST(zeroblob(188) || x'0000c07f' AS BLOB) WHERE id = 1",
        "vectors",
    ),
    "a vector is of no passage": ("UPDATE vectors SET embedded = x'00' WHERE id = 1", "vectors"),
    "an article is in no file": ("DELETE FROM places WHERE article = 1", "places"),
}


@pytest.mark.parametrize(("statement", "part"), MENDED.values(), ids=MENDED)
def test_what_can_be_made_again_is_mended(settings, first, statement, part):
    assert parts(settings) == []
    change(settings, statement)
    assert part in parts(settings)
    assert parts(settings) == []
    assert read_manifest(settings.index).whole
    left = written(first / "news")
    if part == "places":
        left.pop("news/000.txt")
    assert indexed(settings) == left


@pytest.mark.parametrize("statement", [
    "UPDATE articles SET text = replace(text, 'boats', 'ships') WHERE id = 1",
    "UPDATE articles SET read_text = text, text = replace(text, 'boats', 'ships') WHERE id = 1",
    "UPDATE articles SET title = 'Another' WHERE id = 1",
    "UPDATE articles SET published = 'never' WHERE id = 1",
])  # fmt: skip
def test_an_article_that_was_altered_is_reported(settings, statement):
    change(settings, statement)
    assert "articles" in parts(settings)
    assert parts(settings) == ["articles"]


def test_a_vector_index_that_lacks_passages_is_made_anew(settings):
    shutil.rmtree(settings.index / "vectors")
    assert parts(settings) == ["store"]
    assert parts(settings) == []


def test_damage_inside_the_file_is_reported_and_nothing_is_made_anew(settings):
    file = settings.index / "library.db"
    with closing(sqlite3.connect(file)) as database:
        (page,) = database.execute("SELECT rootpage FROM sqlite_master WHERE name = 'articles_bylines'").fetchone()
        (size,) = database.execute("PRAGMA page_size").fetchone()
    content = bytearray(file.read_bytes())
    content[page * size - 8 : page * size] = bytes(8)  # the entries of an index are at the end of its page
    file.write_bytes(content)
    with pytest.raises(LibraryError, match="damaged"):
        parts(settings)


def test_rows_that_refer_to_nothing_are_reported(settings):
    change(settings, "UPDATE bands SET article = 99 WHERE article = 1")
    change(settings, "UPDATE passages SET article = 99 WHERE id = 1")
    for _ in range(2):
        assert "file" in parts(settings)


def test_the_command_mends_and_says_what_is_left(settings, monkeypatch, capsys):
    monkeypatch.setattr(models, "create_embedder", lambda _: WordEmbedder())
    monkeypatch.setattr(sys, "argv", ["newsqa", "doctor", "--deep", "--json", "--index", str(settings.index)])
    change(settings, "DELETE FROM vectors WHERE id = 1")
    change(settings, "UPDATE articles SET text = 'Other words.' WHERE id = 1")
    for _ in range(2):
        with pytest.raises(SystemExit) as ended:
            cli.main()
        found = [one for one in json.loads(capsys.readouterr().out)["checks"] if one["name"] == "stored"]
    assert ended.value.code == 1
    (left,) = found
    assert left["state"] == "broken"
    assert "index the sources again" in left["mend"]


def test_an_index_of_an_older_version_is_refused_with_what_mends_it(tmp_path):
    with closing(sqlite3.connect(tmp_path / "library.db")) as database:
        database.executescript((DATA / "old_index" / "library.sql").read_text("utf-8"))
    for open_old in (lambda: open_index(Settings(index=tmp_path)), lambda: mend_index(Settings(index=tmp_path))):
        with pytest.raises(LibraryError, match="older newsqa") as refused:
            open_old()
        assert f"newsqa index SOURCE --index {tmp_path}" in refused.value.hint
