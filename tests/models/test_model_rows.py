"""Every kind of model that can be named answers one question, over the real wire or with the real weights."""

import json
import socket
import threading
from contextlib import contextmanager
from dataclasses import replace

import pytest
import pytest_socket
from anthropic_stand_in import anthropic_stand_in
from ollama_stand_in import ollama_stand_in
from openai_stand_in import openai_stand_in
from written_desk import KEY

from newsqa.building import open_pipeline
from newsqa.errors import ModelError
from newsqa.models.files import bundled_weights
from newsqa.render.plain import error_line
from newsqa.settings import Settings

QUESTION = "How many people visited the cheese festival in Ostby?"
TRUE, INVENTED = "Some 9,400 visitors came to the cheese festival in Ostby on Saturday", "It cost 112 crowns to get in"
SERVED = (
    (openai_stand_in, "OPENAI_BASE_URL", "openai:stand-in"),
    (ollama_stand_in, "OLLAMA_HOST", "ollama:tiny"),
    (anthropic_stand_in, "ANTHROPIC_BASE_URL", "anthropic:stand-in"),
)
PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY")


@pytest.fixture(autouse=True)
def clean(monkeypatch):
    """Nothing of the machine's own settings."""
    for name in (*PROXIES, *map(str.lower, PROXIES), "OPENAI_BASE_URL", "OPENAI_API_KEY", "OLLAMA_HOST"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("NO_PROXY", "nowhere.example")  # restored afterwards, whatever is added to it


@pytest.fixture
def settings(news_index):
    return Settings(index=news_index, timeout=150)


def mixed(prompt):
    key = prompt.key("9,400 visitors")
    return f"{TRUE} [{key}]. {INVENTED} [{key}]."


def ask(settings):
    with open_pipeline(settings) as desk:
        return desk.ask(QUESTION)


def is_checked(answer):
    assert [sentence.text for sentence in answer.sentences] == [f"{TRUE}."]
    assert [dropped.text for dropped in answer.dropped] == [f"{INVENTED}."]
    assert answer.citations[0].quote.startswith("Some 9,400 visitors came")
    assert (answer.usage.input_tokens, answer.usage.output_tokens) == (642, 24)  # with the judge's


def stands_on_its_quotes(answer, index):
    """What a real model says is its own affair; what is shown of it must be a refusal or be cited."""
    assert answer.text
    assert answer.refused or all(sentence.citations for sentence in answer.sentences)
    with open_pipeline(Settings(index=index)) as desk:
        for citation in answer.citations:
            assert desk.article(citation.article_id).text[citation.start : citation.end] == citation.quote


@contextmanager
def only_loopback():
    """Let Python connect to nothing but this machine."""
    pytest_socket.socket_allow_hosts(["127.0.0.1", "::1", "localhost"], allow_unix_socket=True)
    try:
        yield
    finally:
        pytest_socket._remove_restrictions()


def test_extractive(settings):
    with only_loopback():
        assert "9,400 visitors" in ask(settings).text


@pytest.mark.parametrize("name", ["local", "llamacpp:{weights}"])
def test_weights_in_this_process(settings, news_index, name):
    named = name.format(weights=bundled_weights())
    with only_loopback():
        answer = ask(replace(settings, model=named, offline=True))
    stands_on_its_quotes(answer, news_index)
    assert answer.model in {named, "extractive"}, "sentences of the articles may have taken its place"
    assert 100 < answer.usage.input_tokens < 1_000, "a small model reads chosen sentences"
    assert answer.usage.output_tokens > 0
    assert answer.usage.cost == 0.0


@pytest.mark.wire
def test_a_llamacpp_server_through_the_openai_client(settings, news_index, monkeypatch):
    from xllamacpp import CommonParams, Server

    params = CommonParams()
    params.model.path = str(bundled_weights())
    params.n_ctx, params.n_parallel, params.warmup, params.use_jinja = 1_536, 1, False, True
    params.cpuparams.n_threads = params.cpuparams_batch.n_threads = settings.threads
    params.hostnames, params.port, params.verbosity = ["127.0.0.1"], 0, -1
    params.api_keys = [KEY]
    server = Server(params)
    monkeypatch.setenv("OPENAI_BASE_URL", f"{server.listening_address}/v1")
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    with only_loopback():
        answer = ask(replace(settings, model="openai:smollm2-135m", offline=True))
    stands_on_its_quotes(answer, news_index)
    assert answer.usage.input_tokens > 100
    assert answer.usage.cost == 0.0
    monkeypatch.setenv("OPENAI_API_KEY", "sk-of-someone-else")
    with pytest.raises(ModelError) as raised:
        ask(replace(settings, model="openai:smollm2-135m"))
    assert "sk-of-someone-else" not in error_line(raised.value)


def test_ollama(settings, monkeypatch):
    with ollama_stand_in() as server:
        server.reply = mixed
        monkeypatch.setenv("OLLAMA_HOST", server.url)
        is_checked(ask(replace(settings, model="ollama:tiny", offline=True)))
        assert server.seen[-1].path == "/api/chat"


def test_ollama_without_the_model(settings, monkeypatch):
    with ollama_stand_in() as server:
        monkeypatch.setenv("OLLAMA_HOST", server.url)
        with pytest.raises(ModelError) as raised:
            ask(replace(settings, model="ollama:giant"))
    line = error_line(raised.value)
    assert "giant" in line
    assert "ollama pull giant" in line or "tiny" in line


def test_openai(settings, monkeypatch):
    with openai_stand_in() as server:
        server.reply = mixed
        monkeypatch.setenv("OPENAI_BASE_URL", server.url)
        monkeypatch.setenv("OPENAI_API_KEY", KEY)
        is_checked(ask(replace(settings, model="openai:stand-in", offline=True)))
        assert server.seen[-1].path == "/v1/chat/completions"


def test_openai_without_a_key_on_this_machine(settings, monkeypatch):
    with openai_stand_in() as server:
        server.reply = mixed
        monkeypatch.setenv("OPENAI_BASE_URL", server.url)
        is_checked(ask(replace(settings, model="openai:stand-in")))


def test_anthropic(settings, monkeypatch):
    with anthropic_stand_in() as server:
        server.reply = mixed
        monkeypatch.setenv("ANTHROPIC_BASE_URL", server.url)
        monkeypatch.setenv("ANTHROPIC_API_KEY", KEY)
        is_checked(ask(replace(settings, model="anthropic:stand-in", offline=True)))
        assert KEY in {server.seen[-1].headers.get("x-api-key"), server.seen[-1].headers["authorization"][7:]}
        assert KEY not in json.dumps(server.seen[-1].body)


@pytest.mark.parametrize("ending", [{"pieces": 16}, {"finish_reason": "length"}], ids=["cut", "at its length"])
@pytest.mark.parametrize("named", SERVED[1:], ids=["ollama", "anthropic"])
def test_what_breaks_off_is_marked_by_every_protocol(settings, monkeypatch, named, ending):
    stand_in, variable, model = named
    with stand_in() as server:
        vars(server).update(ending, reply=mixed)
        monkeypatch.setenv(variable, server.url)
        answer = ask(replace(settings, model=model, judge="none"))  # a judge's reply would break off too
    assert answer.incomplete
    (sentence,) = answer.sentences
    assert sentence.text.startswith(TRUE)


@pytest.mark.parametrize("model", ["openai:gpt-4o-mini", "anthropic:claude-next", "ollama:tiny"])
def test_offline_refuses_what_is_hosted(settings, monkeypatch, model):
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    monkeypatch.setenv("ANTHROPIC_API_KEY", KEY)
    monkeypatch.setenv("OLLAMA_HOST", "http://models.example:11434")
    with pytest.raises(ModelError, match="NEWSQA_OFFLINE") as raised:
        ask(replace(settings, model=model, offline=True))
    assert KEY not in error_line(raised.value)


@contextmanager
def proxy():
    """A proxy that notes what it was asked for and lets nothing through."""
    asked = []
    closing = threading.Event()

    def serve():
        while not closing.is_set():
            try:
                line, _ = listening.accept()
            except OSError:
                return
            with line:
                asked.append(line.recv(4096).split(b"\r\n")[0].decode())
                line.sendall(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")

    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}", asked
        closing.set()
        listening.shutdown(socket.SHUT_RDWR)
        thread.join()


@pytest.mark.parametrize(
    ("model", "host"),
    [("openai:gpt-4o-mini", "api.openai.com:443"), ("anthropic:claude-next", "api.anthropic.com:443")],
)
def test_a_hosted_model_is_asked_through_the_proxy(settings, monkeypatch, model, host):
    with proxy() as (address, asked):
        monkeypatch.setenv("HTTPS_PROXY", address)
        monkeypatch.setenv("OPENAI_API_KEY", KEY)
        monkeypatch.setenv("ANTHROPIC_API_KEY", KEY)
        with only_loopback(), pytest.raises(ModelError) as raised:
            ask(replace(settings, model=model, timeout=20))
    assert asked, error_line(raised.value)
    assert asked[0].startswith(f"CONNECT {host} ")
    assert KEY not in error_line(raised.value) + "".join(asked)


@pytest.mark.parametrize("named", SERVED, ids=["openai", "ollama", "anthropic"])
def test_a_server_on_this_machine_is_asked_past_the_proxy(settings, monkeypatch, named):
    stand_in, variable, model = named
    with proxy() as (address, asked), stand_in() as server:
        server.reply = mixed
        for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
            monkeypatch.setenv(name, address)
        monkeypatch.setenv(variable, server.url)
        is_checked(ask(replace(settings, model=model, timeout=20)))
    assert asked == []
