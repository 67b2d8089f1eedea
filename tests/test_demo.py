"""`newsqa demo`, and a wheel that holds the sample articles and the prompts."""

import os
import subprocess
import sys
import zipfile

import pytest

from newsqa.errors import SourceError
from newsqa.frontends.terminal import chat
from newsqa.settings import Settings, cache_folder
from places import ROOT

FILES = (path for path in (ROOT / "corpus").rglob("*") if path.is_file())
SAMPLES = sorted(path.relative_to(ROOT / "corpus").as_posix() for path in FILES)


def test_the_demo_answers_from_the_sample_articles_and_keeps_to_its_own_folder(tmp_path):
    environ = {name: value for name, value in os.environ.items() if not name.startswith("NEWSQA_")}
    environ |= {"XDG_CACHE_HOME": str(tmp_path / "cache"), "XDG_DATA_HOME": str(tmp_path / "data")}
    environ |= {"NEWSQA_INDEX": str(tmp_path / "mine"), "NEWSQA_CHROMA": "http://127.0.0.1:9"}
    done = subprocess.run(
        [sys.executable, "-m", "newsqa", "demo"],
        input="How many people were hurt when the Grey Heron ran aground?\n",
        capture_output=True,
        text=True,
        timeout=170,
        check=False,
        cwd=tmp_path,
        env=environ,
    )
    assert done.returncode == 0, done.stderr
    assert "samples: 30 articles, 30 new" in done.stdout
    assert "The number of people injured when the ferry Grey Heron struck the Cobbler on Friday was 27" in done.stdout
    assert (tmp_path / "cache" / "newsqa" / "demo" / "index" / "library.db").is_file()
    assert not (tmp_path / "mine").exists()
    assert not list(tmp_path.glob(".newsqa*"))


def test_sample_articles_that_are_gone_are_reported(monkeypatch, tmp_path):
    monkeypatch.setattr(chat, "SAMPLES", (tmp_path / "none",))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    with pytest.raises(SourceError, match="sample articles are missing"):
        chat.demo(Settings())


def test_a_cache_that_cannot_be_written_is_reported(monkeypatch, tmp_path):
    (tmp_path / "newsqa").write_text("a file where the folder should be")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    with pytest.raises(SourceError, match="cannot be copied") as raised:
        chat.demo(Settings())
    assert "XDG_CACHE_HOME" in raised.value.hint


def test_the_cache_is_the_users_own_where_no_other_is_named(monkeypatch, tmp_path):
    monkeypatch.setenv("HOME", str(tmp_path))
    for value in ("", "relative"):
        monkeypatch.setenv("XDG_CACHE_HOME", value)
        assert cache_folder() == tmp_path / ".cache" / "newsqa"


def test_a_wheel_holds_the_sample_articles_the_prompts_and_its_metadata(tmp_path):
    wheel_builder = pytest.importorskip("hatchling.builders.wheel")
    (wheel,) = wheel_builder.WheelBuilder(str(ROOT)).build(directory=str(tmp_path), versions=["standard"])
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
        metadata = next(archive.read(name).decode() for name in names if name.endswith(".dist-info/METADATA"))
    assert [name.removeprefix("newsqa/_corpus/") for name in sorted(names) if "/_corpus/" in name] == SAMPLES
    assert sum(name.startswith("newsqa/_prompts/") for name in names) == len(list((ROOT / "prompts").glob("*.md")))
    assert "newsqa/__main__.py" in names
    assert "newsqa/py.typed" in names
    fields = metadata.partition("\n\n")[0].splitlines()
    assert "Author: newsqa developers" in fields
    assert "Requires-Python: >=3.11" in fields
    assert any(line.startswith("Classifier: ") for line in fields)
    assert any(line.startswith("Keywords: ") for line in fields)
    assert "Provides-Extra: write" in fields
