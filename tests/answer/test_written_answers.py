"""A chat model writes over the wire, through the real client; what its quotes do not carry is not shown."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
from openai_stand_in import openai_stand_in

from newsqa import cli
from newsqa.pipeline import NO_DRAFT, UNSUPPORTED_DRAFT

QUESTION = "How many people visited the cheese festival in Ostby?"
ELSEWHERE = "Who won the chess match between the masters of Varn?"
NEWSQA = Path(sys.executable).with_name("newsqa")


@pytest.fixture
def model():
    with openai_stand_in() as stand_in:
        yield stand_in


@dataclass(frozen=True)
class Done:
    """What a command printed, and its exit code."""

    returncode: int
    stdout: str
    stderr: str


def variables(model) -> dict[str, str]:
    return {
        "NEWSQA_MODEL": "openai:stand-in",
        "OPENAI_BASE_URL": model.url,
        "OPENAI_API_KEY": "sk-canary",
        "NEWSQA_TIMEOUT": "20",
    }


@pytest.fixture
def ask(news_index, model, tmp_path, monkeypatch, capfd):
    """Run `newsqa ask` in this process, where it was loaded before."""
    monkeypatch.chdir(tmp_path)
    for name, value in variables(model).items():
        monkeypatch.setenv(name, value)

    def run(*more: str, question: str = QUESTION) -> Done:
        monkeypatch.setattr(sys, "argv", ["newsqa", "ask", question, "--index", str(news_index), *more])
        with pytest.raises(SystemExit) as left:
            cli.main()
        out, err = capfd.readouterr()
        code = left.value.code
        return Done(code if isinstance(code, int) else int(code is not None), out, err)

    return run


def test_it_is_so_for_a_process_of_its_own(news_index, model, tmp_path) -> None:
    model.reply = "About 9,400 visitors came to the festival in Ostby [1]. It cost 112 crowns to get in [1]."
    done = subprocess.run(
        [NEWSQA, "ask", QUESTION, "--index", news_index, "--json"],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        env={**os.environ, **variables(model)},
        timeout=120,
        check=True,
    )
    assert json.loads(done.stdout)["text"] == "About 9,400 visitors came to the festival in Ostby. [1]"


def test_what_the_quotes_carry_is_shown_and_the_rest_is_told(ask, model) -> None:
    model.reply = "About 9,400 visitors came to the festival in Ostby [1]. It cost 112 crowns to get in [1]."
    done = ask("--json")
    record = json.loads(done.stdout)
    assert record["text"] == "About 9,400 visitors came to the festival in Ostby. [1]"
    assert [dropped["text"] for dropped in record["dropped"]] == ["It cost 112 crowns to get in."]
    assert record["dropped"][0]["why"]
    assert record["citations"][0]["quote"].startswith("Some 9,400 visitors came")
    assert record["citations"][0]["outlet"] == "Ostby Gazette"
    assert record["model"] == "openai:stand-in"
    assert record["usage"] == {"input_tokens": 642, "output_tokens": 24, "cost": 0.0}  # with the judge, on this machine


def test_where_a_model_only_invents_sentences_of_the_articles_answer(ask, model) -> None:
    model.reply = "It drew 250,000 visitors, said the queen of Norway [9]."
    record = json.loads(ask("--json").stdout)
    assert record["text"].startswith("Some 9,400 visitors came to the cheese festival")
    assert record["model"] == "extractive"
    assert [dropped["text"] for dropped in record["dropped"]] == [model.reply.replace(" [9]", "")]
    assert record["notices"] == [UNSUPPORTED_DRAFT]
    assert record["usage"]["input_tokens"] == 321
    assert {"write", "answer"} < record["timings"].keys()


def test_where_a_model_finds_nothing_sentences_of_the_articles_answer(ask, model) -> None:
    model.reply = "NOT FOUND"
    record = json.loads(ask("--json").stdout)
    assert record["text"].startswith("Some 9,400 visitors came to the cheese festival")
    assert (record["model"], record["dropped"], record["notices"]) == ("extractive", [], [NO_DRAFT])


@pytest.mark.parametrize(
    ("reply", "reason"),
    [("NOT FOUND", "no_evidence"), ("Bram Tiller won the chess match in Varn by 3 to 1 [1].", "not_supported")],
)
def test_what_the_articles_do_not_hold_is_refused(ask, model, reply, reason) -> None:
    model.reply = reply
    record = json.loads(ask("--json", question=ELSEWHERE).stdout)
    assert (record["refused"], record["reason"]) == (True, reason)
    assert len(record["dropped"]) == (reason == "not_supported")
    assert record["model"] == "openai:stand-in"
    assert "Tiller" not in record["text"]
    assert record["citations"] == []


def test_it_sees_the_evidence_and_no_key(ask, model) -> None:
    ask()
    seen = json.dumps(model.requests[0])
    assert "9,400 visitors" in seen
    assert QUESTION in seen
    assert "sk-canary" not in seen


def test_an_answer_that_hit_its_length_is_marked(ask, model) -> None:
    model.reply, model.finish_reason = "Some 9,400 visitors came to Ostby [1].", "length"
    assert json.loads(ask("--json").stdout)["incomplete"]


@pytest.mark.parametrize("status", [401, 500])
def test_a_model_that_fails_is_one_line_and_tells_no_key(ask, model, status) -> None:
    model.status = status
    done = ask()
    assert done.returncode == 1
    assert "openai:stand-in did not answer" in done.stderr
    assert "canary" not in done.stdout + done.stderr
    assert "Traceback" not in done.stderr
