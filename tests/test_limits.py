"""Limits: what a setting bounds, what is said where it is reached, and that no value of one is absurd."""

import io
import json
import re
import sys
from dataclasses import fields, replace

import pytest
from word_embedder import WordEmbedder

from newsqa import cli
from newsqa.errors import SettingsError, SourceError
from newsqa.ingest.indexer import index_source
from newsqa.settings import _READERS, Settings
from places import DOCS

LIMITS = [field.name for field in fields(Settings) if field.name.startswith(("max_", "min_"))]
NUMBERS = [field.name for field in fields(Settings) if field.type in {"int", "float"}]
TEXT = "The council of Orrinport met on Monday and spoke of the harbour for hours. "


@pytest.mark.parametrize("name", NUMBERS)
@pytest.mark.parametrize("value", ["1000000000000", "-1", "many", "nan", "1e400", "9" * 6000, "1,5", "0x10", "٣x"])
def test_an_absurd_number_is_one_line_that_says_what_is_allowed(name, value):
    variable = f"NEWSQA_{name.upper()}"
    with pytest.raises(
        SettingsError, match=rf"{variable} is .*: it must be a (whole )?number from \S+ to \S+\.$"
    ) as error:
        Settings.load({variable: value})
    assert len(str(error.value)) < 250
    assert error.value.hint


def test_every_number_has_bounds():
    assert [name for name in NUMBERS if name not in _READERS] == []


@pytest.mark.parametrize("value", ["1000000000000", "-3", "zwei"])
def test_a_command_says_it_in_a_line_and_exits_with_1(monkeypatch, capfd, value):
    monkeypatch.setenv("NEWSQA_THREADS", value)
    monkeypatch.setattr(sys, "argv", ["newsqa", "ask", "Who?", "--json"])
    with pytest.raises(SystemExit) as left:
        cli.main()
    out, err = capfd.readouterr()
    assert left.value.code == 1
    assert "NEWSQA_THREADS" in json.loads(out)["error"]
    bounds = "it must be a whole number from 1 to 1,024."
    assert err == f"newsqa: NEWSQA_THREADS is '{value}': {bounds} Mend it in the environment.\n"


@pytest.fixture
def index(tmp_path):
    (tmp_path / "news").mkdir()

    def run(**limits):
        settings = replace(Settings(index=tmp_path / "index"), **limits)
        return index_source(settings, str(tmp_path / "news"), embedder=WordEmbedder())

    return tmp_path / "news", run


def test_a_file_over_the_limit_is_reported_and_what_was_read_of_it_stays(index):
    folder, run = index
    (folder / "small.txt").write_text(TEXT)
    (folder / "large.jsonl").write_text(json.dumps({"text": TEXT}) + "\n")
    assert run().added == 2
    (folder / "large.jsonl").write_text("".join(json.dumps({"text": f"{n} {TEXT * 200}"}) + "\n" for n in range(80)))
    (problem,) = run(max_file=1).problems
    assert problem.name.endswith("large.jsonl")
    assert "NEWSQA_MAX_FILE" in problem.hint
    report = run(max_file=1)
    assert (report.removed, report.unchanged) == (0, 2)


def test_a_source_of_too_many_files_is_refused_before_anything_is_read(index):
    folder, run = index
    for number in range(4):
        (folder / f"{number}.txt").write_text(f"{number} {TEXT}")
    assert run(max_files=4).added == 4
    (folder / "5.txt").write_text(f"5 {TEXT}")
    with pytest.raises(SourceError, match="more than 4 files") as refused:
        run(max_files=4)
    assert "NEWSQA_MAX_FILES" in refused.value.hint
    assert run().unchanged == 4


def test_an_article_over_the_limit_is_reported_and_the_rest_goes_in(index):
    folder, run = index
    rows = [{"text": TEXT}, {"text": TEXT * 20}, {"text": f"Two. {TEXT}"}]
    (folder / "a.jsonl").write_text("".join(f"{json.dumps(row)}\n" for row in rows))
    report = run(max_article=1_000)
    (problem,) = report.problems
    assert report.added == 2
    assert problem.name.endswith("a.jsonl#2")
    assert "longer than 1,000 characters" in problem.reason


@pytest.mark.parametrize("command", ["index", "watch"])
def test_nothing_is_indexed_on_a_disk_that_is_nearly_full(tmp_path, monkeypatch, capfd, command):
    (tmp_path / "a.txt").write_text(TEXT)
    monkeypatch.setattr("shutil.disk_usage", lambda _: __import__("types").SimpleNamespace(free=3_000_000))
    monkeypatch.setattr(sys, "argv", ["newsqa", command, str(tmp_path / "a.txt"), "--index", str(tmp_path / "x" / "y")])
    with pytest.raises(SystemExit) as left:
        cli.main()
    assert left.value.code == 1
    assert re.search(r"3 MB are free .* 200 are needed\. .*NEWSQA_MIN_FREE", capfd.readouterr().err)
    assert not (tmp_path / "x").exists()


def test_a_chat_keeps_so_many_answers_in_memory(monkeypatch, capfd, news_index, tmp_path):
    monkeypatch.setenv("NEWSQA_MAX_TURNS", "2")
    monkeypatch.setenv("NEWSQA_SESSIONS", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    asked = "Who won the first prize for cheese?\nHow many visitors came?\nWho kept the lighthouse?\n/save talk.md\n"
    monkeypatch.setattr(sys, "argv", ["newsqa", "chat", "--index", str(news_index)])
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(asked.encode())))
    with pytest.raises(SystemExit):
        cli.main()
    capfd.readouterr()
    saved = (tmp_path / "talk.md").read_text()
    assert "Who kept the lighthouse?" in saved
    assert "first prize" not in saved


def test_the_page_on_running_names_every_limit():
    page = (DOCS / "running.md").read_text("utf-8")
    assert [name for name in LIMITS if f"`NEWSQA_{name.upper()}`" not in page] == []
