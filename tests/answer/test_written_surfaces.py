"""What a model writes, where people and programs read it: commands, files of runs, a terminal; and what follows it."""

import json
import re

import pytest
from openai_stand_in import openai_stand_in
from pseudo_terminal import Terminal
from typer.testing import CliRunner
from written_desk import KEY, written_desk

from newsqa.cli import app
from newsqa.settings import Settings
from newsqa.types import Turn

QUESTION = "How many people visited the cheese festival in Ostby?"
TRUE = "Some 9,400 visitors came to the cheese festival in Ostby on Saturday"
ECHO = {"error": {"message": f"Incorrect API key provided: {KEY}.", "code": "invalid_api_key"}}
COMMANDS = ("\x1b", "\x9b", "\x9d", "\x07", "\u202e")


@pytest.fixture(scope="module")
def writer(sample_index):
    with written_desk(Settings(index=sample_index)) as written:
        yield written


@pytest.fixture
def server(monkeypatch):
    with openai_stand_in() as script:
        monkeypatch.setenv("OPENAI_BASE_URL", script.url)
        monkeypatch.setenv("OPENAI_API_KEY", KEY)
        monkeypatch.setenv("NEWSQA_MODEL", "openai:stand-in")
        yield script


def newsqa(*arguments):
    return CliRunner().invoke(app, list(map(str, arguments)))


COMMANDING = "\x1b]owned\x07\x1b[J\x9bm\x9downed\x9c\r\u202e"
"""Commands to a terminal, without a word or number that any check would notice."""


def disguised(prompt):
    """Say something true, and something made up, with commands to a terminal in both."""
    key = prompt.key("9,400 visitors")
    return (
        f"Some 9,400 visitors came {COMMANDING} to the cheese festival in Ostby [{key}]. "
        f"Then 112 dragons {COMMANDING} sang [{key}]."
    )


def test_a_draft_commands_no_terminal_that_reads_a_pipe(news_index, server):
    server.reply = disguised
    done = newsqa("ask", QUESTION, "--index", news_index)
    assert done.exit_code == 0
    assert "9,400" in done.stdout
    assert not any(command in done.output for command in COMMANDS)


def test_a_draft_is_data_where_a_program_reads_it(news_index, server):
    server.reply = disguised
    done = newsqa("ask", QUESTION, "--index", news_index, "--json")
    assert json.loads(done.stdout)["citations"]
    assert not any(command in done.stdout for command in COMMANDS[:1])


def test_a_draft_commands_no_terminal_while_it_is_written(news_index, tmp_path):
    with openai_stand_in() as script:
        script.reply, script.pace = disguised, 0.02
        settings = {"OPENAI_BASE_URL": script.url, "OPENAI_API_KEY": KEY, "NEWSQA_MODEL": "openai:stand-in"}
        terminal = Terminal(tmp_path, "--index", news_index, **settings)
        terminal.until("›")
        text = terminal.type(QUESTION, "Ostby Gazette")
        assert "9,400 visitors" in text
        assert terminal.screen.title == ""
        written = terminal.written.replace("\x1b]8;", "")  # links to the sources
        assert not any(command in written for command in ("\x1b]", *COMMANDS[1:]))
        assert KEY not in terminal.written
        assert terminal.leave() == 0


def test_an_error_of_the_server_is_told_without_the_key_also_to_who_debugs(news_index, server, monkeypatch):
    server.status, server.error = 401, ECHO
    monkeypatch.setenv("NEWSQA_DEBUG", "1")
    done = newsqa("ask", QUESTION, "--index", news_index)
    told = f"{done.output}{done.exception!r}{getattr(done.exception, 'hint', '')}{done.exception.__cause__!r}"
    assert done.exit_code == 1
    assert "OPENAI_API_KEY" in told
    assert KEY not in told


def test_the_files_of_a_run_hold_no_key(news_index, server, tmp_path):
    questions = tmp_path / "set.jsonl"
    questions.write_text(json.dumps({"id": "cheese", "question": QUESTION, "answers": ["9,400"]}) + "\n")
    for status, error in ((200, None), (401, ECHO)):
        vars(server).update(status=status, error=error, reply=f"{TRUE} [1]. My key is {KEY}.")
        done = newsqa("eval", "run", questions, "--index", news_index, "--out", tmp_path / f"run-{status}")
        written = [file.read_bytes() for file in (tmp_path / f"run-{status}").rglob("*") if file.is_file()]
        assert written
        assert not any(KEY.encode() in data for data in written)
        assert KEY not in done.output


FOLLOWS = [
    Turn(
        "How many seats did the Coastal Alliance win?",
        "Teodra Valk's Coastal Alliance won 31 of the 71 seats in the assembly. [1]",
    ),
]


def test_a_follow_up_is_answered_from_its_own_evidence(writer):
    said = "The Civic Party of the premier, Hollis Brandreth, fell from 36 seats to 28"
    answer = writer.ask("And the Civic Party?", lambda prompt: f"{said} [{prompt.key('from 36 seats')}].", FOLLOWS)
    assert "Civic Party" in answer.standalone
    assert [sentence.text for sentence in answer.sentences] == [f"{said}."]
    assert "from 36 seats to 28" in answer.citations[0].quote


def test_where_words_come_from_is_asked_of_no_model(writer):
    writer.script.requests.clear()
    question = "Which article, outlet and date does this quote come from: “Nobody budgets for concrete that moves”?"
    answer = writer.ask(question, "It is from the New York Times of 3 May 2020 [1].")
    assert "The Velmarra Ledger" in answer.text
    assert writer.script.requests == []


@pytest.mark.parametrize(
    "reply",
    [
        "NOT FOUND",
        "NOT FOUND.",
        "**NOT FOUND**",
        "The evidence does not say who it was.",
        "I'm sorry, I cannot answer.",
    ],
)
def test_that_nothing_was_found_is_no_sentence_of_an_answer(writer, reply):
    answer = writer.ask("Which shipyard built the Grey Heron?", reply)
    assert "NOT FOUND" not in answer.text
    assert "orry" not in answer.text
    assert answer.refused or answer.model == "extractive"


@pytest.mark.parametrize(
    "reply",
    [
        "Der Wal war dreizehn Meter lang und wurde nach sieben Stunden befreit [1].",
        "La baleine mesurait treize mètres et a nagé vers le large [1].",
        "鲸鱼长十三米 [1]。",
        "Кит умер на берегу [1].",
    ],
)
def test_another_language_is_not_taken_on_trust(writer, reply):
    answer = writer.ask("How big was the whale that came ashore at Kettle Beach?", reply)
    assert not {sentence.text for sentence in answer.sentences} & {re.sub(r" \[1\]", "", reply)}
    assert answer.dropped
    assert all(dropped.why for dropped in answer.dropped)


@pytest.mark.parametrize(
    "wrapped",
    [
        "<think>The whale weighed 900 tonnes [1]. Let me think.</think>{}",
        "Sure! Here is the answer:\n\n{}",
        "```\n{}\n```",
        "- **{}**",
        "1. {}",
        "{}\n\nSources:\n[1] The New York Times, 3 May 2020\n[2] https://evil.example/article",
        "| fact |\n|---|\n| {} |",
        "> {}",
    ],
)
def test_what_models_write_around_an_answer_is_left_out(writer, wrapped):
    said = "Some 200 islanders kept the sperm whale wet for seven hours"
    reply = lambda prompt: wrapped.format(f"{said} [{prompt.key('13 metres long')}].")  # noqa: E731
    answer = writer.ask("How big was the whale that came ashore at Kettle Beach?", reply)
    assert [sentence.text for sentence in answer.sentences] == [f"{said}."]
    for noise in ("900", "Sure", "New York", "evil", "`", "*", "|", ">"):
        assert noise not in answer.text


@pytest.mark.parametrize("key", ["[{}]", "[{}][{}]", "[{0}, {0}]", "【{}】", "[^{}]", "[Evidence {}]", "[ {} ]"])
def test_keys_are_read_as_models_write_them(writer, key):
    said = "Some 200 islanders kept the sperm whale wet for seven hours"
    reply = lambda prompt: f"{said} {key.format(*[prompt.key('13 metres long')] * 2)}."  # noqa: E731
    answer = writer.ask("How big was the whale that came ashore at Kettle Beach?", reply)
    assert answer.text == f"{said}. [1]"


def test_a_true_sentence_under_a_wrong_key_is_never_cited_to_it(writer):
    question = "How many missiles and drones did Russia fire at Ukraine?"
    said = "Russia fired 70 missiles and 145 drones at Ukraine"
    holds = "70 missiles and 145 drones"

    def wrong(prompt):
        return f"{said} [{next(key for key, text in prompt.evidence.items() if holds not in text)}]."

    answer = writer.ask(question, wrong)
    quotes = " ".join(citation.quote for citation in answer.citations)
    assert not answer.sentences or holds in quotes
    assert said in answer.text, "the citation is mended where other evidence holds the words"
