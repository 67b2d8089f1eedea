"""Conversations are bounded, kept for their owner only, resumed, and a file that cannot be used is told."""

import sqlite3
import stat

import pytest

from newsqa.answer.history import MOST_CHARACTERS, Exchange, Sessions, turns
from newsqa.errors import HistoryError


@pytest.fixture
def sessions(tmp_path):
    return Sessions(tmp_path / "kept", "/an/index")


def exchange(number):
    return Exchange(f"question {number}", f"answer {number}", {"n": number})


def test_turns_are_the_latest_and_bounded_in_number():
    recent = turns([exchange(n) for n in range(100)])
    assert [turn.content for turn in recent[-2:]] == ["question 99", "answer 99"]
    assert [turn.role for turn in recent] == ["user", "assistant"] * 6


def test_turns_are_bounded_in_length():
    long = Exchange("q", "x" * MOST_CHARACTERS, {})
    assert turns([long]) == []
    assert [turn.content for turn in turns([long, exchange(1)])] == ["question 1", "answer 1"]


def test_a_conversation_is_stored_and_resumed(sessions):
    first = sessions.add(None, exchange(1))
    assert sessions.add(first, exchange(2)) == first
    other = sessions.add(None, exchange(3))
    assert sessions.load(first) == [exchange(1), exchange(2)]
    assert sessions.latest() == other
    sessions.add(first, exchange(4))
    assert sessions.latest() == first
    assert [(s.id, s.title, s.questions) for s in sessions.recent()] == [
        (first, "question 1", 3),
        (other, "question 3", 1),
    ]


def test_conversations_over_another_index_are_apart(sessions):
    number = sessions.add(None, exchange(1))
    other = Sessions(sessions.folder, "/another")
    assert other.latest() is None
    assert other.recent() == []
    assert other.load(number) == []


def test_only_the_owner_can_read(sessions):
    sessions.add(None, exchange(1))
    assert stat.S_IMODE(sessions.folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in sessions.folder.iterdir()} == {0o600}


def test_a_damaged_file_is_told_with_what_to_do(sessions):
    sessions.add(None, exchange(1))
    sessions.file.write_bytes(b"no database at all, but long enough to be taken for one " * 40)
    with pytest.raises(HistoryError, match="file is not a database") as caught:
        sessions.latest()
    assert str(sessions.file) in caught.value.hint


def test_a_locked_file_is_told(sessions, monkeypatch):
    monkeypatch.setattr("newsqa.answer.history.LOCK_SECONDS", 0.05)
    sessions.add(None, exchange(1))
    holder = sqlite3.connect(sessions.file)
    holder.execute("BEGIN EXCLUSIVE")
    with pytest.raises(HistoryError, match="locked") as caught:
        sessions.add(None, exchange(2))
    holder.close()
    assert "again" in caught.value.hint
    assert sessions.latest() is not None


def test_a_folder_that_cannot_be_made_is_told(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(HistoryError):
        Sessions(tmp_path / "file", "/an/index").latest()
