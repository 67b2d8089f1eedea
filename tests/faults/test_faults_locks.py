"""Locks hold or are said to be missing, and conversations survive what the library survives."""

import errno
import fcntl
import os
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from newsqa.answer.history import Sessions
from newsqa.bot.database import FILE
from newsqa.bot.store import Store
from newsqa.errors import BusyError, HistoryError, LibraryError
from newsqa.ingest.indexer import indexing_alone
from newsqa.machine import network_file_system
from newsqa.store.chroma import read_lock, write_lock
from newsqa.types import Answer

NO_LOCKS = [errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP, errno.EINVAL]


@pytest.fixture(params=NO_LOCKS, ids=errno.errorcode.get)
def without_locks(request, monkeypatch):
    """A file system that has no locks."""

    def refuse(*_):
        raise OSError(request.param, os.strerror(request.param))

    monkeypatch.setattr(fcntl, "flock", refuse)
    return os.strerror(request.param)


def test_an_index_without_locks_is_not_written(without_locks, tmp_path):
    with pytest.raises(LibraryError, match="cannot be used") as raised, indexing_alone(tmp_path):
        pass
    assert not isinstance(raised.value, BusyError)
    assert "local disk" in raised.value.hint


@pytest.mark.usefixtures("without_locks")
def test_vectors_without_locks_are_not_read(tmp_path):
    with read_lock(tmp_path) as locked:
        assert not locked
    with pytest.raises(OSError), write_lock(tmp_path):  # noqa: PT011  the writer names it
        pass


@pytest.mark.usefixtures("without_locks")
def test_a_bot_without_locks_is_refused_with_advice(tmp_path):
    with pytest.raises(HistoryError) as raised:
        Store(tmp_path)
    assert "local disk" in raised.value.hint


def test_a_lock_that_is_held_is_busy(tmp_path):
    with indexing_alone(tmp_path), pytest.raises(BusyError, match=str(os.getpid())), indexing_alone(tmp_path):
        pass


@pytest.mark.parametrize(
    ("folder", "kind"),
    [
        ("/", ""),
        ("/srv/news", "nfs4"),
        ("/srv/news/index", "nfs4"),
        ("/srv/new", ""),
        ("/mnt/my share/a", "fuse.sshfs"),
    ],
)
def test_a_network_share_is_known_by_its_mount(monkeypatch, folder, kind):
    mounts = (
        "proc /proc proc rw 0 0\n/dev/a / ext4 rw 0 0\nhost:/n /srv/news nfs4 rw 0 0\n"
        "me@host: /mnt/my\\040share fuse.sshfs rw 0 0\n"
    )
    monkeypatch.setattr(Path, "read_text", lambda *_: mounts)
    assert network_file_system(Path(folder)) == kind


DAMAGE = {
    "text": lambda path: path.write_bytes(b"This is a list of things to do.\n" * 200),
    "zeroed": lambda path: path.write_bytes(bytes(20_000)),
    "cut": lambda path: os.truncate(path, path.stat().st_size // 2),
    "header": lambda path: path.write_bytes(
        bytes(byte ^ 0xFF for byte in path.read_bytes()[:100]) + path.read_bytes()[100:]
    ),
}


@pytest.mark.parametrize("damage", DAMAGE)
def test_a_bot_is_not_started_again_and_again_over_a_damaged_file(tmp_path, damage):
    Store(tmp_path).close()
    DAMAGE[damage](tmp_path / FILE)
    before = (tmp_path / FILE).stat().st_size
    with pytest.raises(HistoryError) as raised, closing(Store(tmp_path)) as store:
        store.sweep(30)
    assert raised.value.exit_code == 2  # which systemd does not try again
    assert "move it away" in raised.value.hint
    assert (tmp_path / FILE).stat().st_size == before


def answer():
    from datetime import date

    return Answer("Who?", "Who?", date(2025, 5, 1), "Nobody.")


@pytest.mark.parametrize("damage", [*DAMAGE, "folder"])
def test_a_chat_says_once_that_its_conversations_are_damaged(tmp_path, damage):
    sessions = Sessions(tmp_path, "here")
    sessions.add(None, answer())
    if damage == "folder":
        sessions.file.unlink()
        sessions.file.mkdir()
    else:
        DAMAGE[damage](sessions.file)
    with pytest.raises(HistoryError) as raised:
        sessions.recent()
    assert raised.value.hint


def test_conversations_of_other_tables_are_damaged(tmp_path):
    sessions = Sessions(tmp_path, "here")
    with sqlite3.connect(sessions.file) as db:
        db.execute("CREATE TABLE exchange (a)")
    db.close()
    with pytest.raises(HistoryError) as raised:
        sessions.add(None, answer())
    assert "move it away" in raised.value.hint


def test_conversations_that_another_process_writes_are_locked(tmp_path, monkeypatch):
    monkeypatch.setattr("newsqa.answer.history.LOCK_SECONDS", 0.05)
    sessions = Sessions(tmp_path, "here")
    sessions.add(None, answer())
    with sqlite3.connect(sessions.file) as other:
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(HistoryError) as raised:
            sessions.add(None, answer())
        assert "try again" in raised.value.hint
        other.rollback()
    other.close()
