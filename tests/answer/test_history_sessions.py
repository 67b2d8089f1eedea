"""Conversations are bounded, kept for their owner only, resumed, and a file that cannot be used is told."""

import sqlite3
import stat
from contextlib import closing
from datetime import date

import pytest

from newsqa.answer.history import MAX_CHARACTERS, Sessions, recent_turns, turns_from_messages
from newsqa.errors import HistoryError
from newsqa.types import Answer, Turn


@pytest.fixture
def sessions(tmp_path):
    return Sessions(tmp_path / "kept", "/an/index")


def answer(number):
    return Answer(f"question {number}", f"standalone {number}", date(2025, 5, 3), f"answer {number}")


def turn(number):
    return Turn.from_answer(answer(number))


def test_turns_are_the_latest_and_bounded_in_number():
    recent = recent_turns([turn(n) for n in range(100)])
    assert recent == [turn(n) for n in range(94, 100)]


def test_turns_are_bounded_in_length():
    long = Turn("q", "x" * MAX_CHARACTERS)
    assert recent_turns([long]) == []
    assert recent_turns([long, turn(1)]) == [turn(1)]


def test_messages_become_turns():
    said = [("assistant", "Hello."), ("user", "Who?"), ("user", "And when?"), ("assistant", "In May."), ("user", " ")]
    assert turns_from_messages(said) == [Turn("Who?"), Turn("And when?", "In May.")]


def test_a_conversation_is_stored_and_resumed(sessions):
    first = sessions.add(None, answer(1))
    assert sessions.add(first, answer(2)) == first
    other = sessions.add(None, answer(3))
    assert sessions.load(first) == [answer(1), answer(2)]
    assert sessions.latest() == other
    sessions.add(first, answer(4))
    assert sessions.latest() == first
    assert [(s.id, s.title, s.questions) for s in sessions.recent()] == [
        (first, "question 1", 3),
        (other, "question 3", 1),
    ]


def test_conversations_over_another_index_are_apart(sessions):
    number = sessions.add(None, answer(1))
    other = Sessions(sessions.folder, "/another")
    assert other.latest() is None
    assert other.recent() == []
    assert other.load(number) == []


def test_only_the_owner_can_read(sessions):
    sessions.add(None, answer(1))
    assert stat.S_IMODE(sessions.folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in sessions.folder.iterdir()} == {0o600}


def test_a_damaged_file_is_told_with_what_to_do(sessions):
    sessions.add(None, answer(1))
    sessions.file.write_bytes(b"no database at all, but long enough to be taken for one " * 40)
    with pytest.raises(HistoryError, match="file is not a database") as caught:
        sessions.latest()
    assert str(sessions.file) in caught.value.hint


def test_a_locked_file_is_told(sessions, monkeypatch):
    monkeypatch.setattr("newsqa.answer.history.LOCK_SECONDS", 0.05)
    sessions.add(None, answer(1))
    holder = sqlite3.connect(sessions.file)
    holder.execute("BEGIN EXCLUSIVE")
    with pytest.raises(HistoryError, match="locked") as caught:
        sessions.add(None, answer(2))
    holder.close()
    assert "again" in caught.value.hint
    assert sessions.latest() is not None


def test_a_folder_that_cannot_be_made_is_told(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(HistoryError):
        Sessions(tmp_path / "file", "/an/index").latest()


def test_a_record_of_another_version_is_told_with_what_to_do(sessions):
    number = sessions.add(None, answer(1))
    with closing(sqlite3.connect(sessions.file)) as db, db:
        db.execute("UPDATE exchange SET record = '{}'")
    with pytest.raises(HistoryError, match="another version") as caught:
        sessions.load(number)
    assert "/new" in caught.value.hint
