"""The vector store is opened only when it is whole; what is damaged is noticed before, and made again."""

import json
import os
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from word_embedder import WordEmbedder

from newsqa.errors import NewsqaError, SettingsError, VectorsError
from newsqa.ingest.indexer import index_source, rebuild_index
from newsqa.settings import Settings
from newsqa.store.chroma import read_manifest, write_manifest
from newsqa.store.snapshot import open_index
from newsqa.store.vectors import VectorReader, VectorWriter
from newsqa.types import NO_BOUNDS
from places import HELPERS

QUESTION = "Item 7 was settled in week 21, councillor Ada7"


@pytest.fixture
def folder(tmp_path):
    folder = tmp_path / "news"
    folder.mkdir()
    for number in range(40):
        text = f"Item {number} was settled in week {number * 3}, councillor Ada{number} told the chamber of Port Ossel."
        (folder / f"{number}.txt").write_text(text)
    return folder


@pytest.fixture
def settings(tmp_path, folder):
    settings = Settings(index=tmp_path / "index")
    index_source(settings, str(folder), embedder=WordEmbedder())
    return settings


def ask(settings):
    with open_index(settings, "words") as opened, opened.snapshot() as snapshot:
        ranked = snapshot.search_vectors(WordEmbedder().embed_query(QUESTION), NO_BOUNDS, 5)
        return [hit.article.path for hit in snapshot.load_hits(ranked)]


def from_store(settings, generation=0):
    """What the vector store itself says, or None where it is not trusted."""
    reader = VectorReader(settings.index, "words", settings.chroma, "", 5)
    try:
        return reader.nearest(np.array(WordEmbedder().embed_query(QUESTION), dtype=np.float32), 5, generation)
    finally:
        reader.close()


def test_store_and_library_agree(settings):
    found = from_store(settings)
    assert found is not None
    with open_index(settings, None) as opened, opened.snapshot() as snapshot:  # no model: the library's own vectors
        exact = snapshot.search_vectors(WordEmbedder().embed_query(QUESTION), NO_BOUNDS, 5)
    assert [score for _, score in found] == pytest.approx([score for _, score in exact], abs=1e-5)
    assert found[0][1] > found[-1][1]  # a similarity, not a distance


def test_readers_leave_the_store_as_it_is(settings):
    store = settings.index / "vectors"

    def state():
        return {path: (path.stat().st_mtime_ns, path.read_bytes()) for path in store.rglob("*") if path.is_file()}

    before = state()
    assert from_store(settings)
    assert state() == before


def damages():
    return [
        "delete graph",
        "empty sqlite",
        "delete sqlite",
        "no manifest",
        "torn manifest",
        "dirty manifest",
        "extra file",
    ]


def damage(index: Path, how: str) -> None:
    store = index / "vectors"
    graph = next(path for path in store.iterdir() if path.is_dir())
    manifest = read_manifest(index)
    match how:
        case "delete graph":
            shutil.rmtree(graph)
        case "empty sqlite":
            (store / "chroma.sqlite3").write_bytes(b"")
        case "delete sqlite":
            (store / "chroma.sqlite3").unlink()
        case "no manifest":
            (index / "vectors.json").unlink()
        case "torn manifest":
            (index / "vectors.json").write_text('{"whole": tr')
        case "dirty manifest":
            write_manifest(
                index, type(manifest)(**{**json.loads((index / "vectors.json").read_text()), "whole": False})
            )
        case "extra file":
            (graph / "left.bin").write_bytes(b"x")


@pytest.mark.parametrize("how", damages())
def test_damage_is_noticed_and_mended_without_embedding(settings, folder, how):
    damage(settings.index, how)
    assert from_store(settings) is None
    assert ask(settings)[0] == "news/7.txt"
    again = WordEmbedder()
    index_source(settings, str(folder), embedder=again)
    assert again.embedded == 0
    assert from_store(settings)
    assert ask(settings)[0] == "news/7.txt"


def test_a_flipped_or_cut_byte_in_any_file_is_noticed(settings):
    store = settings.index / "vectors"
    for path in [path for path in store.rglob("*") if path.is_file() and path.stat().st_size]:
        content = path.read_bytes()
        stamp = path.stat()
        middle = len(content) // 2
        for damaged in (content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :], content[:-1]):
            path.write_bytes(damaged)
            os.utime(path, ns=(stamp.st_atime_ns, stamp.st_mtime_ns))
            assert from_store(settings) is None, path
        path.write_bytes(content)
    assert from_store(settings)


def test_a_copy_of_an_index_is_an_index(settings, tmp_path):
    copy = tmp_path / "backup" / "index"
    shutil.copytree(settings.index, copy)
    shutil.move(settings.index, tmp_path / "away")
    moved = Settings(index=copy)
    assert ask(moved)[0] == "news/7.txt"
    assert from_store(moved)


def test_a_store_that_is_older_than_the_library_is_not_asked(settings, folder):
    (folder / "new.txt").write_text("Item 7 was settled again in week 90, Port Ossel heard.")
    stop = RuntimeError("killed before Chroma was written")

    def report(progress):
        if progress.phase == "vectors":
            raise stop

    with pytest.raises(RuntimeError):
        index_source(settings, str(folder), report, embedder=WordEmbedder())
    assert "news/new.txt" in ask(settings)


def test_stale_passages_stay_unseen_and_go_when_they_are_many(settings, folder):
    for turn in range(8):
        for number in range(turn * 5, turn * 5 + 5):
            path = folder / f"{number}.txt"
            path.write_text(path.read_text().replace("chamber", "assembly"))
        index_source(settings, str(folder), embedder=WordEmbedder())
        with open_index(settings, "words") as opened, opened.snapshot() as snapshot:
            found = snapshot.search_vectors(WordEmbedder().embed_query(QUESTION), NO_BOUNDS, 40)
            assert len(found) == len(set(found)) == 40
        manifest = read_manifest(settings.index)
        assert manifest.stale <= 0.3 * 40 + 1
        assert manifest.ids == 40 + manifest.stale


def test_more_passages_than_chroma_takes_at_once(tmp_path):
    rows = np.random.default_rng(7).normal(size=(6000, 4)).astype("<f4")
    index = tmp_path / "index"
    index.mkdir()
    seen = []
    writer = VectorWriter(index, "words", "", "", 5)
    writer.sync(
        3,
        set(range(6000)),
        lambda ids: [rows[i].tobytes() for i in ids],
        lambda done, total: seen.append((done, total)),
    )
    assert seen[-1] == (6000, 6000)
    reader = VectorReader(index, "words", "", "", 5)
    assert reader.nearest(rows[17], 1, 3)[0][0] == 17
    assert reader.nearest(rows[17], 1, 4) is None
    reader.close()


def test_a_reader_sees_what_another_process_indexed_meanwhile(settings, folder):
    with open_index(settings, "words") as opened:
        vector = WordEmbedder().embed_query("quorum quorum quorum")
        with opened.snapshot() as snapshot:
            snapshot.search_vectors(vector, NO_BOUNDS, 3)
        (folder / "new.txt").write_text("quorum quorum quorum, said nobody at all in Port Ossel.")
        script = HELPERS / "word_embedder.py"
        subprocess.run([sys.executable, script, settings.index, folder], check=True, capture_output=True, timeout=60)
        with opened.snapshot() as snapshot:
            (best, *_) = snapshot.load_hits(snapshot.search_vectors(vector, NO_BOUNDS, 3))
        assert best.article.path == "news/new.txt"


@pytest.fixture
def server(tmp_path, socket_enabled):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [Path(sys.executable).with_name("chroma"), "run", "--host", "127.0.0.1", "--port", str(port), "--path"]
    process = subprocess.Popen(
        [*command, tmp_path / "server"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=tmp_path
    )
    for _ in range(200):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                break
        time.sleep(0.05)
    yield f"http://127.0.0.1:{port}", process
    process.kill()
    process.wait()


@pytest.mark.wire
def test_vectors_on_a_chroma_server(server, tmp_path, folder):
    address, process = server
    settings = Settings(index=tmp_path / "index", chroma=address, timeout=3)
    index_source(settings, str(folder), embedder=WordEmbedder())
    assert not (settings.index / "vectors").exists()
    other = Settings(index=tmp_path / "other", chroma=address, timeout=3)  # another index shares the server
    index_source(other, str(folder / "7.txt"), embedder=WordEmbedder())
    assert ask(settings)[0] == "news/7.txt"
    assert ask(other) == ["7.txt"]
    (folder / "7.txt").unlink()
    again = WordEmbedder()
    report = index_source(settings, str(folder), embedder=again)
    assert (report.removed, again.embedded) == (1, 0)
    assert "news/7.txt" not in ask(settings)
    rebuild_index(settings, embedder=WordEmbedder("wide", 64))
    with open_index(settings, "wide") as opened, opened.snapshot() as snapshot:
        assert snapshot.search_vectors(WordEmbedder("wide", 64).embed_query(QUESTION), NO_BOUNDS, 5)
    process.kill()
    process.wait()
    began = time.monotonic()
    with pytest.raises(VectorsError) as stopped:
        ask(other)
    assert "Chroma server" in stopped.value.hint
    assert time.monotonic() - began < 30


def test_a_chroma_server_that_hangs_is_told_within_the_timeout(settings, folder, socket_enabled):
    with socket.socket() as deaf:
        deaf.bind(("127.0.0.1", 0))
        deaf.listen()
        address = f"http://127.0.0.1:{deaf.getsockname()[1]}"
        hanging = Settings(index=settings.index, chroma=address, timeout=0.5)
        with pytest.raises(VectorsError, match=r"0\.5 seconds"):
            index_source(hanging, str(folder), embedder=WordEmbedder())
    assert ask(hanging)[0] == "news/7.txt"  # until Chroma has them, the library's own vectors are asked


@pytest.mark.parametrize("address", ["localhost:8000", "ftp://host", "http://", "http://host:99999", "nonsense"])
def test_an_address_that_is_none_is_told(settings, folder, address):
    with pytest.raises(NewsqaError) as told:
        index_source(Settings(index=settings.index, chroma=address), str(folder), embedder=WordEmbedder())
    assert isinstance(told.value, SettingsError)
