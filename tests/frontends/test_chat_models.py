"""The chat with a model that writes, served on loopback, in a real pseudo-terminal."""

import io
import os
import socket
import sys

import pytest
from openai_stand_in import openai_stand_in
from pseudo_terminal import Terminal

from newsqa import cli

KEY = "sk-canary-5a1c0ffee"
QUESTION = "Who won the first prize for cheese?"


def runa(prompt):
    """Say something true, something made up, and something that commands a terminal."""
    key = prompt.key("Runa")
    return (
        f"The first prize went to Runa Selbach [{key}]. Then 112 dragons sang \x1b]0;owned\x07\x1b[2J\x9b31m [{key}]. "
        f"The mayor promised a second hall for next year [{key}]. It is said that nobody came [99]."
    )


@pytest.fixture(scope="module")
def served():
    with openai_stand_in() as script:
        yield script


@pytest.fixture
def model(served):
    """The script of the model, which says what `runa` does unless a test wants something else."""
    served.reply, served.status, served.pace, served.hangs = runa, 200, 0.0, False
    return served


def started(folder, index, address, *arguments, **dimensions):
    ollama = f"http://127.0.0.1:{closed_port()}"
    known = {"OPENAI_BASE_URL": address, "OPENAI_API_KEY": KEY, "OLLAMA_HOST": ollama}
    terminal = Terminal(folder, "--index", index, "--model", "openai:stand-in", *arguments, **dimensions, **known)
    terminal.until("›")
    return terminal


@pytest.fixture(scope="module")
def shared_chat(tmp_path_factory, news_index, served):
    terminal = started(tmp_path_factory.mktemp("shared"), news_index, served.url)
    yield terminal
    assert KEY not in terminal.written
    assert terminal.leave() == 0


@pytest.fixture
def terminal(shared_chat, model):
    """A chat with the model, at its prompt."""
    shared_chat.screen.reset()
    return shared_chat


def closed_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def test_what_passed_is_shown_and_why_the_rest_is_not(terminal):
    assert terminal.type("/help", "/model").splitlines()[-1].endswith("openai:stand-in")
    text = terminal.type(QUESTION, "Written by openai:stand-in")
    assert "The first prize went to Runa Selbach. [1]" in text
    assert "second hall" in text
    assert "1 sentence of the draft was left out" in text  # the judge agrees to the others
    assert "dragons" not in text
    assert "dragons" in terminal.type("/why", "left it out")
    assert terminal.screen.title == ""
    for command in ("\x1b]", "\x9b", "\x07"):
        assert command not in terminal.commands()


def test_a_draft_is_shown_dim_while_it_is_written_also_where_there_is_little_room(tmp_path, news_index, model):
    terminal = started(tmp_path, news_index, model.url, rows=9, columns=34)
    model.pace = 0.1
    terminal.child.send(f"{QUESTION}\r")
    terminal.until("dragons", prompted=False)
    assert "\x1b[2mThe first prize" in terminal.written
    assert all(len(line) <= 34 for line in terminal.text().splitlines())
    model.pace = 0.0
    assert "dragons" not in terminal.until("›")
    assert terminal.leave() == 0


def test_ctrl_c_keeps_what_had_passed_and_the_chat_goes_on(terminal, model):
    model.pace = 0.25
    terminal.screen.reset()
    terminal.child.send(f"{QUESTION}\r")
    terminal.until("Runa Selbach. [1]", prompted=False)
    terminal.child.send("\x03")
    text = terminal.until("You stopped the model.")
    assert "The answer is incomplete" in text
    assert "[1] Cheese festival in Ostby draws record crowd" in text
    assert "second hall for next year" not in text.partition("[1] Cheese")[0]
    terminal.type("/copy 1", "ostby-gazette.example/cheese")


def test_ctrl_c_before_anything_passed_gives_up(terminal, model):
    terminal.type("/new", "A new conversation")  # in another one the model would first rewrite the question
    model.hangs = True
    terminal.screen.reset()
    terminal.child.send(f"{QUESTION}\r")
    terminal.until("writing", prompted=False)
    terminal.child.send("\x03")
    terminal.until("Given up.")
    model.hangs = False
    terminal.type(QUESTION, "Written by openai:stand-in")


def test_a_model_that_fails_is_reported_with_advice_and_the_chat_goes_on(terminal, model):
    model.status = 401
    terminal.type(QUESTION, "OPENAI_API_KEY")
    model.status = 200
    terminal.type(QUESTION, "Written by openai:stand-in")


def test_another_model_answers_and_one_that_fails_leaves_the_old(terminal, model):
    terminal.type("/model extractive", "extractive answers from now on.")
    assert "Written by" not in terminal.type(QUESTION, "10 May 2025")
    text = terminal.type("/model", "openai:stand-in")
    assert "✓ extractive" in text
    assert "chosen · this machine" in text
    terminal.type("/model parrot", "There is no model called “parrot”")
    terminal.type("/model ollama:nobody", "nothing answers")
    model.status = 401
    terminal.type("/model openai:stand-in", "OPENAI_API_KEY")
    assert not terminal.text().splitlines()[-1].endswith("stand-in")
    model.status = 200
    terminal.type("/model openai:stand-in", "openai:stand-in answers from now on.")
    terminal.type(QUESTION, "Written by openai:stand-in")


def test_names_of_models_are_completed(terminal):
    terminal.child.send("/model op")
    terminal.until("openai:stand-in", prompted=False)
    terminal.child.send("\x03")
    terminal.until("›")


@pytest.fixture
def keyless(monkeypatch, tmp_path):
    """Keep the machine's settings and keys away from what runs in this process."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in [name for name in os.environ if name.startswith(("NEWSQA_", "OPENAI_"))]:
        monkeypatch.delenv(name)
    return monkeypatch


def test_that_text_leaves_is_said_before_the_first_question(news_index, keyless, capfd):
    keyless.setenv("NEWSQA_TIMEOUT", "0.5")
    keyless.setenv("OPENAI_API_KEY", KEY)
    keyless.setenv("OPENAI_BASE_URL", "http://models.invalid/v1")
    keyless.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(f"{QUESTION}\n".encode())))
    keyless.setattr(sys, "argv", ["newsqa", "chat", "--model", "openai:quill", "--index", str(news_index)])
    with pytest.raises(SystemExit) as left:
        cli.main()
    out, err = capfd.readouterr()
    first, *rest = err.splitlines()
    assert not left.value.code
    assert "Article text leaves this machine" in first
    assert "models.invalid" in first
    assert rest
    assert KEY not in out + err


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("parrot", "There is no model called “parrot”"),
        ("openai:quill", "OPENAI_API_KEY"),
        ("llamacpp:/none.gguf", "none"),
    ],
)
def test_a_chat_does_not_begin_with_a_model_that_lacks_something(news_index, keyless, capfd, name, said):
    keyless.setattr(sys, "argv", ["newsqa", "chat", "--model", name, "--index", str(news_index)])
    with pytest.raises(SystemExit) as left:
        cli.main()
    out, err = capfd.readouterr()
    assert (left.value.code, out) == (1, "")
    assert said in err
    assert err.count("\n") == 1
