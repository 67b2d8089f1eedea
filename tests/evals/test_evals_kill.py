"""A run is killed at any byte and interrupted at any question; continued, it is what it would have been."""

import json
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from openai_stand_in import openai_stand_in
from quick_desk import FAILS_ONCE, quick_desk
from word_embedder import WordEmbedder

from newsqa.evals.datasets import read_set
from newsqa.evals.run import run_set
from newsqa.evals.run_file import read_lines, read_run
from newsqa.ingest.indexer import index_source
from newsqa.settings import Settings
from places import HELPERS

SCRIPT = HELPERS / "quick_desk.py"
NEWSQA = Path(sys.executable).with_name("newsqa")
QUESTIONS = 12


@pytest.fixture(scope="module")
def index(tmp_path_factory, news_folder):
    folder = tmp_path_factory.mktemp("quick") / "index"
    index_source(Settings(index=folder), str(news_folder), embedder=WordEmbedder())
    return folder


@pytest.fixture(scope="module")
def questions(tmp_path_factory):
    file = tmp_path_factory.mktemp("set") / "set.jsonl"
    words = ["cheese", "lighthouse", "canal", "ferry landing"]
    lines = [
        {
            "id": f"q{n}",
            "question": f"What is number {n} of the {words[n % 4]}{f' ({FAILS_ONCE})' if n in {2, 7} else ''}?",
            "answers": [str(n)],
            "asked": "2025-06-01",
            "gold": [{"path": f"{n % 4}.json"}],
        }
        for n in range(QUESTIONS)
    ]
    file.write_text("".join(json.dumps(line) + "\n" for line in lines))
    return file


def lasting(folder):
    """The lines of a run without times and usage."""
    lines = read_lines(folder / "run.jsonl")
    return [
        (line.key, line.place, line.item, line.known, {**line.record, "timings": None, "usage": None}) for line in lines
    ]


def ask(index, questions, out, *budget):
    command = [sys.executable, SCRIPT, index, questions, out, *map(str, budget)]
    return subprocess.run(command, check=False, timeout=60).returncode


@pytest.fixture(scope="module")
def whole(tmp_path_factory, index, questions):
    out = tmp_path_factory.mktemp("whole")
    with quick_desk(index) as desk:
        run_set(read_set(questions), desk, out)
    assert len(read_run(out)) == QUESTIONS
    return out


def test_two_runs_are_equal_but_for_times(index, questions, whole, tmp_path):
    with quick_desk(index) as desk:
        run_set(read_set(questions), desk, tmp_path)
    assert lasting(tmp_path) == lasting(whole)
    assert all(line.record["citations"] and line.known.gold[0] for line in read_run(whole))


@pytest.mark.slow
def test_killed_again_and_again_it_is_what_it_would_have_been(index, questions, whole, tmp_path):
    random.seed(3)
    size = (whole / "run.jsonl").stat().st_size
    kills, code = 0, -signal.SIGKILL
    while code == -signal.SIGKILL:
        before = lasting(tmp_path)
        budget = random.randrange(size // 5) + kills * size // 4  # what is cut off is taken out, all else written anew
        code = ask(index, questions, tmp_path, budget)
        kills += code != 0
        assert lasting(tmp_path)[: len(before)] == before
    assert (code, kills > 2) == (0, True)
    assert lasting(tmp_path) == lasting(whole)


@pytest.mark.slow
def test_killed_while_what_failed_is_asked_again(index, questions, whole, tmp_path):
    assert ask(index, questions, tmp_path, FAILS_ONCE) == 0
    assert [line.item.id for line in read_run(tmp_path) if line.failed] == ["q2", "q7"]
    line = (whole / "run.jsonl").stat().st_size // QUESTIONS
    for budget in (line // 2, line + line // 2, 4 * line):  # in the first, in the second, while it is put in order
        assert ask(index, questions, tmp_path, budget) == -signal.SIGKILL
        assert len(read_run(tmp_path)) == QUESTIONS
    assert ask(index, questions, tmp_path) == 0
    assert lasting(tmp_path) == lasting(whole)
    assert sorted(path.name for path in tmp_path.iterdir()) == [".lock", "run.jsonl"]


@pytest.mark.slow
def test_ctrl_c_says_how_to_go_on(news_index, tmp_path, monkeypatch):
    file = tmp_path / "set.jsonl"
    lines = [{"id": f"q{n}", "question": f"What of cheese {n}?", "asked": "2025-06-01"} for n in range(60)]
    file.write_text("".join(json.dumps(line) + "\n" for line in lines))
    out = tmp_path / "out"
    command = [NEWSQA, "eval", "run", file, "--model", "openai:stand-in", "--index", news_index, "--out", out]
    with openai_stand_in() as stand_in:
        monkeypatch.setenv("OPENAI_BASE_URL", stand_in.url)
        monkeypatch.setenv("OPENAI_API_KEY", "sk-canary")
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=tmp_path)
        while len(stand_in.requests) < 3:
            assert process.poll() is None
            time.sleep(0.02)
        process.send_signal(signal.SIGINT)
        _, told = process.communicate(timeout=60)
        done = len(read_run(out))
        assert process.returncode == 130
        assert f"Interrupted: {done} of 60 questions done." in told
        assert "same command again" in told
        assert "Traceback" not in told
        assert subprocess.run([*command, "--limit", str(done + 1)], check=False, cwd=tmp_path).returncode == 0
        assert len(stand_in.requests) in {done + 1, done + 2}  # one may have been under way
    assert len(read_run(out)) == done + 1
