"""What programs read: chat a record a line, passages found, and errors as objects."""

import io
import json
import signal
import subprocess
import sys

import pytest
import typer

from newsqa import cli
from newsqa.errors import ModelError
from newsqa.pipeline import Pipeline

CHEESE = "Who won the first prize for cheese?"


@pytest.fixture(autouse=True)
def _own_settings(monkeypatch, tmp_path):
    monkeypatch.setenv("NEWSQA_SESSIONS", str(tmp_path / "sessions"))
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def newsqa(monkeypatch, capfd):
    """Run a command; return its exit code, the objects on standard output, one a line, and standard error."""

    def run(*arguments, lines=b""):
        monkeypatch.setattr(sys, "argv", ["newsqa", *map(str, arguments)])
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(lines)))
        with pytest.raises(SystemExit) as left:
            cli.main()
        out, err = capfd.readouterr()
        return left.value.code or 0, [json.loads(line) for line in out.splitlines()], err

    return run


def test_chat_prints_a_record_a_question_and_nothing_else(newsqa, news_index):
    commands = "/help\n/copy 1\n/nonsense\n/sessions\n/story 1\n/timeline cheese\n/latest\n/search cheese"
    lines = f"{CHEESE}\n\n{commands}\nAnd what did the mayor promise?\n\xff\n".encode("latin-1")
    code, records, err = newsqa("chat", "--json", "--asked", "2025-05-20", "--index", news_index, lines=lines)
    assert code == 0
    assert [record["question"] for record in records] == [CHEESE, "And what did the mayor promise?", "\ufffd"]
    assert {record["asked"] for record in records} == {"2025-05-20"}
    assert "Selbach" in records[0]["text"]
    assert "There is no command /nonsense" in err


def test_chat_keeps_the_conversation_until_a_new_one(newsqa, news_index):
    lines = f"{CHEESE}\nwhere was that?\n/new\nwhere was that?\n/sessions 1\n".encode()
    _, records, _ = newsqa("chat", "--json", "--index", news_index, lines=lines)
    assert len(records) == 3
    assert records[1]["standalone"] != records[2]["standalone"] == "where was that?"


def test_chat_reports_a_question_that_failed_as_a_record_and_goes_on(newsqa, news_index, monkeypatch):
    stream = Pipeline.stream

    def failing(self, question, **rest):
        if "fail" in question:
            raise ModelError("The model is gone.", hint="Start it.")
        yield from stream(self, question, **rest)

    monkeypatch.setattr(Pipeline, "stream", failing)
    code, (failed, answered), _ = newsqa("chat", "--json", "--index", news_index, lines=f"fail\n{CHEESE}".encode())
    assert code == 0
    assert failed["error"] == "The model is gone. Start it."
    assert failed.keys() == answered.keys()
    assert (answered["error"], answered["standalone"]) == (None, CHEESE)


def test_chat_answers_each_line_at_once_and_ends_with_130_when_interrupted(news_index):
    command = [sys.executable, "-c", "from newsqa.cli import main; main()", "chat", "--json", "--index", news_index]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as chat:
        chat.stdin.write(f"{CHEESE}\n".encode())
        chat.stdin.flush()
        assert json.loads(chat.stdout.readline())["question"] == CHEESE
        chat.send_signal(signal.SIGINT)
        assert chat.wait(30) == 130


def test_search_lists_passages_with_their_articles(newsqa, news_index):
    code, (found,), _ = newsqa("search", "cheese festival", "--json", "--until", "2025-05-11", "--index", news_index)
    assert code == 0
    assert found["query"] == "cheese festival"
    best = found["passages"][0]
    assert best["title"].startswith("Cheese festival")
    assert (best["outlet"], best["published"]) == ("Ostby Gazette", "2025-05-10")
    assert "Runa Selbach" in best["text"]
    scores = [passage["score"] for passage in found["passages"]]
    assert scores == sorted(scores, reverse=True)
    assert not any("Canal" in (passage["title"] or "") for passage in found["passages"])


def test_search_is_safe_to_show(news_index, monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["newsqa", "search", "Brackwater", "canal", "--index", str(news_index)])
    with pytest.raises(SystemExit):
        cli.main()
    out = capsys.readouterr().out
    assert "12 May 2025" in out
    assert "The Brackwater canal was closed for repairs" in out
    assert not {"\x1b", "\x9b", "\u202e", "\r"} & set(out)


@pytest.mark.parametrize(
    ("arguments", "code", "why", "hint"),
    [
        (["ask", "x", "--index", "none"], 1, "There is no index", "newsqa index"),
        (["chat", "--index", "none"], 1, "There is no index", "newsqa index"),
        (["search", "x", "--index", "none"], 1, "There is no index", "newsqa index"),
        (["show", "x", "--index", "none"], 1, "There is no index", "newsqa index"),
        (["eval", "score", "none.jsonl", "none.jsonl"], 1, "none.jsonl", ""),
        (["index", "none"], 1, "no such file", "there"),
        (["ask", " "], 2, "empty", "newsqa ask"),
        (["ask", "x", "--since", "tuesday"], 2, "is no date", "2025-03-14"),
        (["ask", "x", "--bogus"], 2, "--bogus", "--help"),
        (["show"], 2, "ARTICLE_ID", "--help"),
    ],
)
def test_errors_are_objects_too(newsqa, arguments, code, why, hint):
    left, (error,), err = newsqa(*arguments, "--json")
    assert left == code
    assert why in error["error"]
    assert hint in error["hint"]
    assert error["error"] in err


def test_an_unforeseen_error_is_an_object_without_keys(newsqa, monkeypatch):
    def broken(*_, **__):
        raise ZeroDivisionError("sk-something-secret")

    monkeypatch.setenv("OPENAI_API_KEY", "sk-something-secret")
    monkeypatch.setattr("newsqa.frontends.terminal.index.open_index", broken)
    code, (error,), err = newsqa("sources", "--json")
    assert (code, error["hint"]) == (1, "")
    assert "ZeroDivisionError: [hidden]" in error["error"]
    assert "sk-something-secret" not in err


def json_commands():
    """Return the words of every command that has --json."""

    def walk(command, words):
        for name, below in getattr(command, "commands", {}).items():
            yield from walk(below, [*words, name])
        if any("--json" in option.opts for option in command.params):
            yield words

    return sorted(map(" ".join, walk(typer.main.get_command(cli.app), [])))


def test_every_command_that_prints_json_prints_its_errors_as_json(newsqa, monkeypatch, tmp_path):
    """A setting that cannot be used stops each of them, but for the comparison of runs, which reads none."""
    monkeypatch.setenv("NEWSQA_TIMEOUT", "soon")
    arguments = {
        "check": ["x"], "config get": ["model"], "eval check": ["x", "--out", "o"], "eval compare": ["a", "b"],
        "eval run": ["x"], "eval score": ["x", "y"], "show": ["x"], "watch": ["x"],
    }  # fmt: skip
    commands = json_commands()
    assert len(commands) > 15
    for command in commands:
        code, (said,), err = newsqa(*command.split(), *arguments.get(command, []), "--json")
        if command in {"config path", "keys list"}:
            assert code == 0
        elif command == "doctor":
            assert (code, said["ok"]) == (1, False)
        else:
            assert (code, said["error"] in err) == (2 if command == "eval compare" else 1, True), command
            assert said.keys() == {"error", "hint", "details"}
