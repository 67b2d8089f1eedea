"""What can be set, where it is read from, and how a slip is told."""

import re
from dataclasses import fields
from pathlib import Path

import pytest

from newsqa.errors import SettingsError
from newsqa.settings import Settings, unknown_settings
from places import ROOT

EXAMPLE = ROOT / ".env.example"


def test_the_example_lists_every_setting_with_its_default():
    listed = dict(re.findall(r"^#(NEWSQA_\w+)=(.*)$", EXAMPLE.read_text("utf-8"), re.MULTILINE))
    assert set(listed) == {f"NEWSQA_{f.name.upper()}" for f in fields(Settings)}
    assert Settings.load(listed) == Settings()


def test_the_environment_wins_over_the_file(tmp_path, monkeypatch):
    (tmp_path / ".env").write_text("NEWSQA_THREADS=3\nNEWSQA_TIMEOUT=7\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("NEWSQA_TIMEOUT", "9")
    settings = Settings.load()
    assert (settings.threads, settings.timeout) == (3, 9.0)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("TIMEOUT", "soon"),
        ("TIMEOUT", "-1"),
        ("TIMEOUT", "nan"),
        ("THREADS", "0"),
        ("THREADS", "1.5"),
        ("OFFLINE", "maybe"),
    ],
)
def test_a_value_that_cannot_be_used_is_named(name, value):
    with pytest.raises(SettingsError, match=f"NEWSQA_{name}") as caught:
        Settings.load({f"NEWSQA_{name}": value})
    assert caught.value.hint


def test_slips_in_names_are_found():
    assert unknown_settings({"NEWSQA_INDX": "x", "NEWSQA_INDEX": "y", "OTHER": "z"}) == ["NEWSQA_INDX"]


def test_conversations_lie_among_the_users_data(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    assert Settings().sessions_folder() == tmp_path / "newsqa"
    monkeypatch.setenv("XDG_DATA_HOME", "relative")  # the specification has such a path ignored
    assert Settings().sessions_folder() == Path.home() / ".local" / "share" / "newsqa"
    assert Settings(sessions=tmp_path / "mine").sessions_folder() == tmp_path / "mine"
