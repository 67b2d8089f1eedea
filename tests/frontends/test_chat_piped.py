"""The chat where standard input is no terminal: each line a question or a command."""

import subprocess
import sys

import pytest
from typer.testing import CliRunner

from newsqa.cli import app


def talk(lines, index, folder, *arguments):
    return subprocess.run(
        [sys.executable, "-c", "from newsqa.cli import main; main()", "chat", "--index", index, *arguments],
        input=lines,
        capture_output=True,
        timeout=120,
        check=False,
        env={"PATH": "/usr/bin:/bin", "HOME": str(folder), "XDG_DATA_HOME": str(folder / "data")},
        cwd=folder,
    )


@pytest.fixture
def talk_here(news_index, tmp_path, monkeypatch):
    """Return what talks in this process."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.delenv("NEWSQA_SESSIONS", raising=False)
    return lambda lines, *more: CliRunner().invoke(app, ["chat", "--index", str(news_index), *more], input=lines)


def test_lines_are_answered_and_the_end_is_no_failure(news_index, tmp_path):
    lines = b"Who won the first prize for cheese?\n\n/copy 1\n/nonsense\nAnd what did the mayor promise?\n\xff\xfe\n"
    done = talk(lines, news_index, tmp_path)
    out = done.stdout.decode()
    assert done.returncode == 0
    assert "› Who won the first prize for cheese?" in out
    assert out.count("https://ostby-gazette.example/cheese") == 1
    assert "second hall" in out
    assert "There is no command /nonsense" in done.stderr.decode()
    assert "\x1b" not in out + done.stderr.decode()


def test_nothing_to_answer_is_no_failure(talk_here):
    assert talk_here(b"").exit_code == 0


def test_conversations_go_to_the_users_data_and_are_resumed(talk_here, tmp_path):
    talk_here(b"Who won the first prize for cheese?\n")
    assert (tmp_path / "data" / "newsqa" / "sessions.db").is_file()
    assert "https://ostby-gazette.example/cheese" in talk_here(b"/copy 1\n", "-c").stdout


def test_quit_leaves(talk_here):
    done = talk_here(b"/quit\nWho won the first prize for cheese?\n")
    assert (done.exit_code, done.stdout) == (0, "")


def test_search_lists_passages_with_their_articles_within_the_bounds(talk_here):
    done = talk_here(b"/search cheese festival\n/outlet Tarn Herald\n/search cheese festival\n/search\n")
    first, bounded = done.stdout.split("Searching Tarn Herald")
    assert first.startswith("Cheese festival in Ostby draws record crowd · Ostby Gazette · 10 May 2025 · ")
    assert "Some 9,400 visitors" in first
    assert "Some 9,400 visitors" not in bounded
    assert "There are no words. Write, for one: /search" in done.stderr.replace("\n", " ")


@pytest.mark.parametrize("command", ["/timeline lighthouse at Cape Ansell", "/latest lighthouse at Cape Ansell"])
def test_commands_ask_for_a_timeline_and_for_the_latest(talk_here, command):
    out = talk_here(f"{command}\n/copy 1\n".encode()).stdout
    assert out.startswith("- 2 May 2025: The lighthouse at Cape Ansell was switched off")
    assert out.count("https://tarn-herald.example/lighthouse") == 1


def test_latest_alone_shows_what_is_new(talk_here):
    assert "Cheese festival in Ostby draws record crowd" in talk_here(b"/latest\n").stdout


def test_story_sums_up_the_article_of_a_source(talk_here):
    done = talk_here(b"/story 1\nWho won the first prize for cheese?\n/story 1\n/story 9\n/timeline\n")
    _, story = done.stdout.split("› Who won the first prize for cheese?")
    assert "\n- 10 May 2025: Some 9,400 visitors came to the cheese festival in Ostby" in story
    errors = done.stderr.replace("\n", " ")
    assert "The last answer has no sources." in errors
    assert "The last answer has no source 9." in errors
    assert "There are no words. Write, for one: /timeline" in errors
