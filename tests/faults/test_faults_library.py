"""A library that is damaged, unreadable or on a full disk: one typed line with advice, and nothing is lost."""

import errno
import os
import resource
import shutil
import sqlite3

import pytest
from command_line import in_process

from newsqa.errors import LibraryError
from newsqa.settings import Settings
from newsqa.store import database
from newsqa.store.database import FILE, open_to_read, open_to_write
from newsqa.store.snapshot import open_index

QUESTION = "How many people visited the cheese festival in Ostby?"


def invert(path, start, size):
    data = bytearray(path.read_bytes())
    data[start : start + size] = bytes(byte ^ 0xFF for byte in data[start : start + size])
    path.write_bytes(data)


def invert_table(path, table):
    with sqlite3.connect(path) as db:
        (page,) = db.execute("SELECT rootpage FROM sqlite_master WHERE name = ?", (table,)).fetchone()
        (size,) = db.execute("PRAGMA page_size").fetchone()
    db.close()
    invert(path, (page - 1) * size, 512)


def execute(path, statement):
    with sqlite3.connect(path) as db:
        db.execute(statement)
    db.close()


def replace_by_a_folder(path):
    path.unlink()
    path.mkdir()


def other_tables(path):
    path.unlink()
    execute(path, "CREATE TABLE other (a)")


DAMAGE = {
    "zeroed": lambda path: path.write_bytes(bytes(path.stat().st_size)),
    "cut in the header": lambda path: os.truncate(path, 50),
    "cut after a tenth": lambda path: os.truncate(path, path.stat().st_size // 10),
    "cut in half": lambda path: os.truncate(path, path.stat().st_size // 2),
    "cut near its end": lambda path: os.truncate(path, path.stat().st_size - 5_000),
    "header": lambda path: invert(path, 0, 100),
    "schema": lambda path: invert(path, 110, 400),
    "names in the schema": lambda path: invert(path, path.read_bytes().find(b"CREATE TABLE meta"), 200),
    "page of articles": lambda path: invert_table(path, "articles"),
    "page of sources": lambda path: invert_table(path, "sources"),
    "page of meta": lambda path: invert_table(path, "meta"),
    "page of passages": lambda path: invert_table(path, "passages"),
    "no passages": lambda path: execute(path, "DROP TABLE passages"),
    "no meta": lambda path: execute(path, "DROP TABLE meta"),
    "no facts": lambda path: execute(path, "DELETE FROM meta"),
    "a generation that is no number": lambda path: execute(
        path, "UPDATE meta SET value = 'x' WHERE key = 'generation'"
    ),
    "no UTF-8": lambda path: execute(path, "UPDATE articles SET text = CAST(x'ff80fe41' AS TEXT)"),
    "a title that is no UTF-8": lambda path: execute(path, "UPDATE articles SET title = CAST(x'ff80fe41' AS TEXT)"),
    "text that is a blob": lambda path: execute(path, "UPDATE articles SET text = x'0001'"),
    "a day that is none": lambda path: execute(path, "UPDATE articles SET published = 'yesterday'"),
    "problems that are no JSON": lambda path: execute(path, "UPDATE files SET problems = 'none'"),
    "short vectors": lambda path: execute(path, "UPDATE vectors SET vector = x'00'"),
    "a text file": lambda path: path.write_text("This is a list of things to do.\n" * 200, "utf-8"),
    "a folder": replace_by_a_folder,
    "other tables": other_tables,
    "a write-ahead log of nonsense": lambda path: path.with_name(f"{FILE}-wal").write_bytes(os.urandom(60_000)),
}


@pytest.fixture
def newsqa(monkeypatch, capfd, tmp_path):
    """Run a command in this process; return its exit code, standard output and standard error."""
    for name in list(os.environ):
        if name.startswith("NEWSQA_"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("NEWSQA_SESSIONS", str(tmp_path / "sessions"))
    monkeypatch.setenv("NEWSQA_THREADS", "1")

    return in_process(monkeypatch, capfd)


@pytest.mark.parametrize("damage", DAMAGE)
def test_a_damaged_library_is_said_to_be_in_every_command(newsqa, news_index, news_folder, tmp_path, damage):
    """What it is damaged by may not matter for a command; then it works. Where it matters, one line says so."""
    failed = 0
    for command in (["sources"], ["ask", QUESTION], ["export"], ["doctor"], ["index", news_folder]):
        folder = tmp_path / command[0]
        shutil.copytree(news_index, folder)
        DAMAGE[damage](folder / FILE)
        before = size_of(folder / FILE)
        code, out, err = newsqa(*command, "--index", folder)
        assert "unforeseen" not in err
        assert "Traceback" not in err
        assert code in {0, 1}
        if code:
            failed += 1
            said = out if command[0] == "doctor" else err
            assert str(folder) in said
            assert any(advice in said for advice in ("Put back a copy", "Move it away", "Make one: newsqa index")), said
            assert size_of(folder / FILE) == before  # the attempt took nothing away
    assert failed or damage == "a write-ahead log of nonsense"  # which SQLite passes over, as its checksums are wrong


def size_of(path):
    return path.stat().st_size if path.is_file() else 0


def test_an_empty_file_is_no_index(newsqa, news_index, news_folder, tmp_path):
    folder = shutil.copytree(news_index, tmp_path / "emptied")
    (folder / FILE).write_bytes(b"")
    code, _, err = newsqa("ask", QUESTION, "--index", folder)
    assert (code, "Make one: newsqa index" in err) == (1, True)
    assert newsqa("index", news_folder, "--index", folder)[0] == 0
    assert newsqa("ask", QUESTION, "--index", folder)[0] == 0


@pytest.mark.parametrize("code", [errno.EACCES, errno.EIO, errno.ELOOP])
def test_a_folder_that_cannot_be_read_is_named(monkeypatch, tmp_path, code):
    def refuse(*_, **__):
        raise OSError(code, os.strerror(code), str(tmp_path))

    monkeypatch.setattr(type(tmp_path), "exists", refuse)
    with pytest.raises(LibraryError, match=f"cannot be used: {os.strerror(code)}") as raised:
        open_to_read(tmp_path)
    assert raised.value.hint


@pytest.fixture
def full(monkeypatch):
    """Let a library have a few pages only: SQLite then says that the disk is full."""

    def limit(pages):
        connect = database._connect

        def connected(uri):
            opened = connect(uri)
            opened.execute(f"PRAGMA max_page_count = {pages}")
            return opened

        monkeypatch.setattr(database, "_connect", connected)

    return limit


@pytest.mark.parametrize("pages", [1, 4, 10, 20, 30])
def test_a_first_index_on_a_full_disk_leaves_nothing_that_is_misread(newsqa, news_folder, tmp_path, full, pages):
    folder = tmp_path / "index"
    with pytest.MonkeyPatch.context():
        full(pages)
        for _ in range(2):
            code, _, err = newsqa("index", news_folder, "--index", folder)
            assert (code, "is full" in err, "Free some space" in err) == (1, True, True), err
    code, _, err = newsqa("sources", "--index", folder)
    assert "older newsqa" not in err
    assert code == 0 or "There is no index" in err


def test_a_disk_that_was_full_and_has_room_again_is_indexed(newsqa_process, newsqa, news_folder, tmp_path):
    folder = tmp_path / "index"

    def limit():
        resource.setrlimit(resource.RLIMIT_FSIZE, (24_000, 24_000))

    done = newsqa_process("index", news_folder, "--index", folder, preexec_fn=limit)
    assert (done.returncode, "Traceback" in done.stderr, "unforeseen" in done.stderr) == (1, False, False)
    assert newsqa("index", news_folder, "--index", folder)[0] == 0
    assert newsqa("ask", QUESTION, "--index", folder)[0] == 0


def test_a_database_of_another_program_is_left_alone(tmp_path):
    execute(tmp_path / FILE, "CREATE TABLE notes (a)")
    before = (tmp_path / FILE).read_bytes()
    for opened in (open_to_read, open_to_write):
        with pytest.raises(LibraryError, match="is no index of newsqa"):
            opened(tmp_path)
    with sqlite3.connect(tmp_path / FILE) as db:
        assert [name for (name,) in db.execute("SELECT name FROM sqlite_master")] == ["notes"]
    db.close()
    assert len((tmp_path / FILE).read_bytes()) == len(before)


def test_what_the_caller_does_wrong_is_not_taken_for_damage(news_index):
    with open_index(Settings(index=news_index)) as opened, pytest.raises(ZeroDivisionError), opened.snapshot():
        raise ZeroDivisionError
