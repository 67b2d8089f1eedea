"""What newsqa writes can be opened by its owner alone, also where the umask gives everything to everybody."""

import io
import json
import os
import stat
import sys
from contextlib import closing

import pytest

from newsqa import cli
from newsqa.bot.store import Store
from newsqa.errors import SourceError
from newsqa.evals.datasets.items import Item
from newsqa.evals.drafting import write_set
from newsqa.frontends.terminal.line_editor import _history
from newsqa.private_files import private_folder, write_files, write_new

QUESTION = "Who won the first prize for cheese?"


@pytest.fixture
def home(tmp_path, monkeypatch):
    """A person's empty folders, with an umask that takes nothing away."""
    for name in [name for name in os.environ if name.startswith("NEWSQA_")]:
        monkeypatch.delenv(name)
    for name in ("CONFIG", "DATA", "CACHE"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(tmp_path / "home" / name.lower()))
    (tmp_path / "work").mkdir(mode=0o700)
    monkeypatch.chdir(tmp_path / "work")
    before = os.umask(0)
    yield tmp_path
    os.umask(before)


def newsqa(monkeypatch, *words, lines=""):
    monkeypatch.setattr(sys, "argv", ["newsqa", *words])
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(lines.encode())))
    with pytest.raises(SystemExit) as left:
        cli.main()
    assert not left.value.code


def modes(place):
    return {
        str(path.relative_to(place)): oct(stat.S_IMODE(path.stat().st_mode))
        for path in place.rglob("*")
        if stat.S_IMODE(path.stat().st_mode) != (0o700 if path.is_dir() else 0o600)
    }


def test_all_that_commands_write_is_private(home, monkeypatch, news_folder):
    (home / "set.jsonl").touch(mode=0o600)
    (home / "set.jsonl").write_text(json.dumps({"id": "1", "question": QUESTION, "asked": "2025-05-20"}) + "\n")
    (home / "draft.txt").touch(mode=0o600)
    (home / "draft.txt").write_text("Some 9,400 visitors came to the cheese festival in Ostby on Saturday.")
    newsqa(monkeypatch, "index", str(news_folder), "--index", "x/y/index")
    newsqa(monkeypatch, "chat", "--index", "x/y/index", lines=f"{QUESTION}\n/save talk.md\n")
    newsqa(monkeypatch, "check", str(home / "draft.txt"), "--html", "p/q/page.html", "--index", "x/y/index")
    newsqa(monkeypatch, "eval", "run", str(home / "set.jsonl"), "--out", "a/b/c", "--index", "x/y/index")
    newsqa(monkeypatch, "eval", "run", str(home / "set.jsonl"), "--index", "x/y/index")
    write_set([Item("1", QUESTION)], home / "work" / "d" / "e" / "set.jsonl")
    newsqa(monkeypatch, "config", "set", "threads", "1")
    newsqa(monkeypatch, "keys", "set", "OPENAI_API_KEY", lines="sk-canary-that-is-kept\n")
    made = {path.relative_to(home / "work").parts[0] for path in (home / "work").rglob("*")}
    assert made == {"x", "talk.md", "p", "a", "runs", "d"}
    assert {"config", "data", "cache"} >= {path.name for path in (home / "home").iterdir()} >= {"config", "data"}
    assert modes(home) == {}


def test_what_the_chat_and_the_bots_keep_is_private(home):
    _history(home / "h" / "i").store_string("a line")
    with closing(Store(home / "b" / "c")):
        assert modes(home) == {}
    assert {path.name for path in home.rglob("*.db*")}


def test_the_samples_of_the_demo_are_private(home, monkeypatch):
    newsqa(monkeypatch, "demo", lines="/quit\n")
    assert len([path for path in home.rglob("*") if "samples" in path.parts and path.is_file()]) > 20
    assert modes(home) == {}


def test_a_folder_that_exists_keeps_its_mode_and_new_ones_are_private(home):
    (home / "open").mkdir(mode=0o755)
    private_folder(home / "open" / "a" / "b" / "c")
    private_folder(home / "open" / "a")
    assert stat.S_IMODE((home / "open").stat().st_mode) == 0o755
    assert modes(home / "open") == {}
    write_new(home / "open" / "a" / "new", "x")
    with pytest.raises(FileExistsError):
        write_new(home / "open" / "a" / "new", "y")
    with pytest.raises(SourceError):
        write_files(home / "open" / "a" / "new" / "below", {"x": "y"})
    assert (home / "open" / "a" / "new").read_text() == "x"
