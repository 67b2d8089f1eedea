"""`newsqa models`, `newsqa doctor` and `--model`, against servers on loopback."""

import json
import os
import socket
import stat

import pytest
from command_line import in_process
from loopback import served
from ollama_stand_in import ollama_stand_in
from openai_stand_in import openai_stand_in

KEY = "sk-canary-5a1c0ffee"
PROVIDERS = ("OPENAI_", "ANTHROPIC_", "OLLAMA_")


@pytest.fixture(autouse=True)
def _own_settings(monkeypatch, tmp_path):
    for name in list(os.environ):
        if name.startswith(("NEWSQA_", *PROVIDERS)) or name in {"NO_COLOR", "FORCE_COLOR"}:
            monkeypatch.delenv(name)
    monkeypatch.setenv("NEWSQA_SESSIONS", str(tmp_path / "sessions"))
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("OLLAMA_HOST", f"http://127.0.0.1:{free_port()}")
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def newsqa(monkeypatch, capfd):
    """Run a command in this process; return its exit code, standard output and standard error."""

    def run(*arguments):
        code, out, err = in_process(monkeypatch, capfd)(*arguments)
        assert KEY not in out + err
        return code, out, err

    return run


@pytest.fixture
def model(monkeypatch):
    """A model on loopback that says what a test scripts, under the name openai:stand-in."""
    with openai_stand_in() as script:
        monkeypatch.setenv("OPENAI_BASE_URL", script.url)
        monkeypatch.setenv("OPENAI_API_KEY", KEY)
        yield script


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def models(newsqa, *arguments):
    code, out, _ = newsqa("models", "--json", *arguments)
    assert code == 0
    return {model["name"]: model for model in json.loads(out)["models"]}


def test_without_any_setting_the_extractive_one_is_chosen_and_keys_are_asked_for(newsqa):
    listed = models(newsqa)
    assert [name for name, model in listed.items() if model["chosen"] and model["does"] == "answers"] == ["extractive"]
    assert listed["extractive"]["runs"] == "here"
    assert listed["openai:NAME"]["missing"] == "OPENAI_API_KEY is not set."
    assert listed["openai:NAME"]["runs"] == "hosted"
    assert not listed["openai:NAME"]["usable"]
    assert listed["bge-small-en-v1.5"]["size"] > 30_000_000
    assert listed["ms-marco-MiniLM-L-12-v2"]["does"] == "ranks"


def test_local_weights_are_listed_with_their_size_and_context(newsqa):
    local = models(newsqa, "local")["local"]
    assert local["runs"] == "here"
    assert local["usable"]
    assert local["size"] == 98_362_432
    assert local["context"] == 8192


def test_what_servers_on_this_machine_have_is_listed(newsqa, monkeypatch, model):
    with ollama_stand_in() as ollama:
        monkeypatch.setenv("OLLAMA_HOST", ollama.url)
        listed = models(newsqa)
    assert listed["ollama:tiny:latest"]["runs"] == "server"
    assert listed["ollama:tiny:latest"]["size"] == 98_000_000
    assert listed["openai:stand-in"]["runs"] == "server"
    assert listed["openai:stand-in"]["address"] == model.url
    assert "openai:NAME" not in listed
    assert model.requests == []


def test_a_chosen_model_that_its_server_lacks_is_reported(newsqa, monkeypatch):
    monkeypatch.setenv("NEWSQA_MODEL", "ollama:huge")
    with ollama_stand_in() as ollama:
        monkeypatch.setenv("OLLAMA_HOST", ollama.url)
        chosen = models(newsqa)["ollama:huge"]
        assert models(newsqa, "ollama:tiny")["ollama:tiny:latest"]["usable"]
    assert chosen["chosen"]
    assert not chosen["usable"]
    assert chosen["mend"] == "ollama pull huge"


def test_a_server_that_is_named_and_silent_is_reported(newsqa, monkeypatch):
    monkeypatch.setenv("OPENAI_BASE_URL", f"http://127.0.0.1:{free_port()}/v1")
    code, out, _ = newsqa("models")
    assert code == 0
    assert "does not answer" in out


@pytest.mark.parametrize(
    "answer",
    [
        {"data": [{"id": "\x1b]0;owned\x07\u202e[/b]", "meta": {"size": -1}}, {"id": 7}, 5]},
        {"data": "no list"},
        [],
        None,
    ],
)
def test_what_a_server_says_is_shown_safely_whatever_it_is(newsqa, monkeypatch, answer):
    with served(lambda exchange: exchange.json(answer)) as address:
        monkeypatch.setenv("OPENAI_BASE_URL", address)
        code, out, _ = newsqa("models")
    assert code == 0
    assert "\x1b" not in out
    assert "\u202e" not in out


def test_no_server_elsewhere_is_asked_and_offline_forbids_what_leaves(newsqa, monkeypatch):
    looked_up = []
    monkeypatch.setattr(socket, "getaddrinfo", lambda host, *_, **__: looked_up.append(host) or [])
    monkeypatch.setenv("OPENAI_BASE_URL", "https://models.example/v1")
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    assert models(newsqa, "openai:quill")["openai:quill"]["usable"]
    monkeypatch.setenv("NEWSQA_OFFLINE", "1")
    offline = models(newsqa, "openai:quill", "--remote")["openai:quill"]
    assert "NEWSQA_OFFLINE" in offline["missing"]
    assert offline["address"] == "https://models.example/v1"
    assert "models.example" not in looked_up


def test_prices_are_reported_where_they_are_known(newsqa, monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    listed = models(newsqa, "openai:gpt-4o-mini", "openai:nobody-knows-me")
    assert listed["openai:gpt-4o-mini"]["price"]["written"] > listed["openai:gpt-4o-mini"]["price"]["read"] > 0
    assert listed["openai:nobody-knows-me"]["price"] is None


def test_an_unknown_name_lists_what_there_is(newsqa):
    said = models(newsqa, "parrot")["parrot"]
    assert not said["usable"]
    assert "llamacpp:/path/model.gguf" in said["mend"]


def test_doctor_tries_the_model_that_writes(newsqa, monkeypatch, model, news_index):
    model.reply = "I read \x1b]0;owned\x07 news."
    code, out, _ = newsqa("doctor", "--model", "openai:stand-in", "--json", "--index", news_index)
    checks = {check["name"]: check for check in json.loads(out)["checks"]}
    assert code == 0
    assert "openai:stand-in said “I read" in checks["answers"]["says"]
    assert "leave this machine" not in checks["answers"]["says"]
    assert len(model.requests) == 1
    assert "lighthouse" not in json.dumps(model.requests)


def test_doctor_says_how_to_mend_a_model_that_fails(newsqa, model, news_index):
    model.status = 401
    code, out, err = newsqa("doctor", "--model", "openai:stand-in", "--index", news_index)
    assert code == 1
    assert "✗ answers" in out
    assert "OPENAI_API_KEY" in out
    assert model.url.split("/")[2] in out, "where it was tried"
    assert "canary" not in out + err


def test_doctor_names_the_host_of_a_model_that_fails_elsewhere(newsqa, monkeypatch, news_index):
    monkeypatch.setenv("NEWSQA_TIMEOUT", "0.01")
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    monkeypatch.setenv("NEWSQA_EMBEDDER", "openai:embedding")
    code, out, _ = newsqa("doctor", "--model", "openai:quill", "--json", "--index", news_index)
    checks = {check["name"]: check for check in json.loads(out)["checks"]}
    assert code == 1
    assert "api.openai.com" in checks["answers"]["says"], "whether it was given up or has no such host"
    assert "articles and questions leave this machine" in checks["embedder"]["says"]
    monkeypatch.setenv("OPENAI_BASE_URL", f"http://me:{KEY}@models.invalid:8080/v1?key={KEY}")
    _, out, _ = newsqa("doctor", "--model", "openai:quill", "--index", news_index)
    assert "models.invalid:8080" in out


def test_ask_with_a_model_names_it_and_shows_what_passed(newsqa, model, news_index):
    model.reply = lambda prompt: (
        f"The first prize went to Runa Selbach [{prompt.key('Runa')}]. She won 112 cows [{prompt.key('Runa')}]."
    )
    code, out, err = newsqa(
        "ask", "Who won the first prize for cheese?", "--model", "openai:stand-in", "--index", news_index
    )
    assert (code, err) == (0, "")
    assert "Runa Selbach" in out
    assert "Written by openai:stand-in" in out
    assert "1 sentence of the draft was left out" in out
    assert "cows" not in out


def test_a_failing_model_is_one_line_of_why_and_advice(newsqa, model, news_index):
    model.status = 401
    code, out, err = newsqa("ask", "Who won?", "--model", "openai:stand-in", "--index", news_index)
    assert (code, out) == (1, "")
    assert err.count("\n") == 1
    assert "canary" not in err


def test_a_trace_shows_no_key(newsqa, monkeypatch, model, news_index):
    monkeypatch.setenv("NEWSQA_DEBUG", "1")
    model.status, model.error = 401, {"error": {"message": f"the key {KEY} is not known"}}
    code, _, err = newsqa("ask", "Who won?", "--model", "openai:stand-in", "--index", news_index)
    assert code == 1

    def broken(*_):
        raise RuntimeError(f"sent {KEY} \x1b]0;owned\x07")

    monkeypatch.setattr("newsqa.frontends.terminal.index.open_index", broken)
    code, _, err = newsqa("sources")
    assert code == 1
    assert "RuntimeError: sent [hidden]" in err
    assert "terminal/index.py" in err
    assert "\x1b" not in err


def test_that_text_leaves_is_said_once_for_each_address(newsqa, monkeypatch, news_index, tmp_path):
    """The address is of no machine, and the model fails: it is said before."""
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    monkeypatch.setenv("NEWSQA_TIMEOUT", "0.5")
    monkeypatch.setenv("OPENAI_BASE_URL", "http://models.invalid/v1")
    arguments = ("ask", "Who won the first prize for cheese?", "--model", "openai:quill", "--index", news_index)
    code, out, err = newsqa(*arguments)
    assert (code, out) == (1, "")
    assert "leaves this machine" in err
    assert "models.invalid" in err.splitlines()[0]
    assert "leaves this machine" not in newsqa(*arguments)[2]
    assert stat.S_IMODE(os.stat("sessions/told.json").st_mode) == 0o600  # noqa: PTH116
    monkeypatch.setenv("OPENAI_BASE_URL", "http://elsewhere.invalid/v1")
    (tmp_path / "set.jsonl").write_text('{"id": "1", "question": "Who won the first prize for cheese?"}\n')
    _, _, err = newsqa("eval", "run", "set.jsonl", "--model", "openai:quill", "--index", news_index)
    assert "elsewhere.invalid" in err.splitlines()[0]


@pytest.mark.parametrize("named", ["openai:embedding at OPENAI_BASE_URL", "ollama:embedding at OLLAMA_HOST"])
def test_that_articles_leave_for_an_embedder_is_said_once(newsqa, monkeypatch, news_folder, tmp_path, named):
    embedder, variable = named.split(" at ")
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    monkeypatch.setenv("NEWSQA_TIMEOUT", "0.5")
    monkeypatch.setenv("NEWSQA_EMBEDDER", embedder)
    monkeypatch.setenv(variable, "http://vectors.invalid/v1")
    arguments = ("index", news_folder, "--index", tmp_path / "index")
    code, _, err = newsqa(*arguments)
    assert code == 1
    assert err.startswith(f"Article text leaves this machine: the embedder {embedder} is sent the text of all articles")
    assert "vectors.invalid" in err.splitlines()[0]
    assert "leaves this machine" not in newsqa(*arguments)[2]


def test_that_questions_leave_for_an_embedder_is_said_where_they_are_asked(newsqa, monkeypatch, tmp_path, news_folder):
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    monkeypatch.setenv("NEWSQA_TIMEOUT", "0.5")
    monkeypatch.setenv("NEWSQA_EMBEDDER", "openai:embedding")
    index = tmp_path / "index"
    monkeypatch.setenv("NEWSQA_OFFLINE", "1")
    assert "leaves this machine" not in newsqa("index", news_folder, "--index", index)[2]
    monkeypatch.delenv("NEWSQA_OFFLINE")
    monkeypatch.setenv("OPENAI_BASE_URL", "http://vectors.invalid/v1")
    newsqa("index", news_folder, "--index", index)
    (tmp_path / "sessions" / "told.json").unlink()
    _, _, err = newsqa("ask", "Who won the first prize for cheese?", "--index", index)
    assert "every question (openai at vectors.invalid)" in err.splitlines()[0]
    assert "leaves this machine" not in newsqa("ask", "Who won the first prize for cheese?", "--index", index)[2]


def test_models_that_search_are_listed_as_they_are_set(newsqa, monkeypatch):
    monkeypatch.setenv("NEWSQA_EMBEDDER", "hf:owner/name")
    monkeypatch.setenv("NEWSQA_RERANKER", "onnx:/no/such/folder")
    monkeypatch.setenv("NEWSQA_OFFLINE", "1")
    listed = models(newsqa)
    assert "NEWSQA_OFFLINE" in listed["hf:owner/name"]["missing"]
    assert "no model.onnx" in listed["onnx:/no/such/folder"]["missing"]
    monkeypatch.setenv("NEWSQA_EMBEDDER", "openai:embedding")
    monkeypatch.setenv("NEWSQA_RERANKER", "none")
    listed = models(newsqa)
    assert (listed["openai:embedding"]["does"], listed["openai:embedding"]["runs"]) == ("embeds", "hosted")
    assert listed["none"]["usable"]
