"""Faults of servers, over each protocol and through the real clients: a ModelError that names its kind, and no key."""

import socket
import time

import pytest
from anthropic_stand_in import anthropic_stand_in
from ollama_stand_in import ollama_stand_in
from openai_stand_in import openai_stand_in

from newsqa.errors import ModelError
from newsqa.models.chat import Reply, invoke_model, stream_model
from newsqa.models.registry import create_chat_model
from newsqa.settings import Settings

KEY = "sk-canary-4711-abcdef"
HI = [("system", "Be brief."), ("human", "Is all well?")]
SERVERS = {
    "openai": (openai_stand_in, "OPENAI_BASE_URL"),
    "anthropic": (anthropic_stand_in, "ANTHROPIC_BASE_URL"),
    "ollama": (ollama_stand_in, "OLLAMA_HOST"),
}
PAGE = b"<!doctype html><html><body>" + b"<p>Bad Gateway</p>" * 900 + b"</body></html>"


def error(message, **more):
    return {"error": {"message": message, **more}}


@pytest.fixture(autouse=True)
def hasty(monkeypatch):
    """Ask again at once where the server does not say when."""
    monkeypatch.setattr("newsqa.models.chat.WAITS", (0.0, 0.0))


@pytest.fixture(params=SERVERS)
def server(request, monkeypatch):
    """A stand-in for a server of each protocol, with the name of its model."""
    serve, variable = SERVERS[request.param]
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    monkeypatch.setenv("ANTHROPIC_API_KEY", KEY)
    with serve() as script:
        monkeypatch.setenv(variable, script.url)
        script.reply = "All is well."
        yield f"{request.param}:tiny", script


def asked(name, timeout=20.0, deadline=None):
    """Return the words that came, and the reply or what went wrong."""
    model = create_chat_model(Settings(model=name, timeout=timeout))
    words = []
    try:
        for piece in stream_model(model, name, HI, deadline):
            if isinstance(piece, Reply):
                return words, piece
            words.append(piece)
    except ModelError as failed:
        told = "".join([str(failed), failed.hint, repr(failed), str(failed.__cause__), repr(failed.__context__)])
        assert "canary" not in told
        return words, failed
    raise AssertionError("a stream ends with its reply")


def test_words_come_as_they_are_written_and_the_tokens_are_counted(server):
    name, _ = server
    words, reply = asked(name)
    assert len(words) == 3
    assert "".join(words) == reply.text == "All is well."
    assert (reply.usage.input_tokens, reply.usage.output_tokens, reply.usage.cost) == (321, 12, 0.0)


KINDS = {
    "401": ({"status": 401, "error": error(f"bad key {KEY} in Bearer {KEY}")}, "key"),
    "403": ({"status": 403, "error": error(f"not for {KEY}")}, "key"),
    "404": ({"status": 404, "error": error("no such model")}, "unknown"),
    "400": ({"status": 400, "error": error("temperature must be 1")}, "request"),
    "402": ({"status": 402, "error": error("pay first")}, "quota"),
    "413": ({"status": 413, "error": error("too large")}, "context"),
    "429, later": ({"status": 429, "error": error("slow down"), "headers": {"Retry-After": "900"}}, "rate"),
    "429, no quota": ({"status": 429, "error": error("You exceeded your current quota")}, "quota"),
    "400, no credit": ({"status": 400, "error": error("Your credit balance is too low")}, "quota"),
    "a page": ({"error": PAGE}, "malformed"),
    "half a reply": ({"error": b'{"id": "c', "headers": {"Content-Type": "application/json"}}, "malformed"),
    "null": ({"error": b"null", "headers": {"Content-Type": "application/json"}}, "malformed"),
    "nothing": ({"reply": ""}, "empty"),
    "blanks": ({"reply": " \n "}, "empty"),
    "cut at once": ({"reply": "One two", "pieces": 0}, "cut"),
}


@pytest.mark.parametrize(("scripted", "kind"), KINDS.values(), ids=KINDS)
def test_each_fault_has_its_kind(server, scripted, kind):
    name, script = server
    vars(script).update(scripted)
    words, failed = asked(name)
    assert (words, failed.kind) == ([], kind)
    assert failed.hint
    assert name in str(failed)
    assert len(str(failed)) < 300
    assert "<" not in str(failed)


def test_a_key_that_is_refused_names_its_variable(server):
    name, script = server
    script.status = 401
    _, failed = asked(name)
    assert {"openai": "OPENAI_API_KEY", "anthropic": "ANTHROPIC_API_KEY"}.get(name.partition(":")[0], "") in failed.hint


@pytest.mark.parametrize(
    ("message", "limit"),
    [
        ("This model's maximum context length is 4096 tokens. However, you requested 5120 tokens", 4096),
        ("prompt is too long: 210000 tokens > 200000 maximum", 200_000),
        ("request (12032 tokens) exceeds the available context size (8192 tokens), try increasing it", 8192),
        ("the context length was exceeded", None),
    ],
)
def test_a_prompt_that_is_too_long_tells_the_limit_where_the_server_does(server, message, limit):
    name, script = server
    vars(script).update(status=400, error=error(message))
    _, failed = asked(name)
    assert (failed.kind, failed.limit) == ("context", limit)


@pytest.mark.parametrize("status", [429, 500, 502, 503, 529])
def test_what_may_pass_is_asked_again_and_that_is_told(server, status):
    name, script = server
    vars(script).update(status=status, before=1, headers={"Retry-After": "0"})
    _, reply = asked(name)
    assert reply.text == "All is well."
    assert [f"({status})" in notice for notice in reply.notices] == [True]
    assert len(script.requests) == 2


def test_it_is_asked_three_times_at_most_and_that_is_told(server):
    name, script = server
    vars(script).update(status=503, headers={"Retry-After": "0"})
    _, failed = asked(name)
    assert failed.kind == "server"
    assert "3 times" in failed.hint
    assert len(script.requests) == 3


@pytest.mark.parametrize("quiet", [False, True])
def test_a_stream_that_breaks_off_gives_its_words_and_says_so(server, quiet):
    name, script = server
    vars(script).update(reply="One two three four five", pieces=2, quiet=quiet)
    words, failed = asked(name)
    assert "".join(words) == "One two"
    assert failed.kind == "cut"
    assert len(script.requests) == 1


def test_a_reply_that_hit_its_length_is_cut_short(server):
    name, script = server
    script.finish_reason = "length"
    assert asked(name)[1].cut_short


def test_a_server_that_hangs_is_left_at_the_deadline(server):
    name, script = server
    script.hangs = True
    words, failed = asked(name, deadline=time.monotonic() + 0.5)
    assert (words, failed.kind) == ([], "timeout")
    assert "NEWSQA_TIMEOUT" in failed.hint


def test_a_server_that_drips_is_left_at_the_deadline_with_its_words(server):
    name, script = server
    vars(script).update(reply="x " * 10_000, pace=0.02)
    words, failed = asked(name, deadline=time.monotonic() + 3)
    assert words
    assert failed.kind == "timeout"


def test_the_time_limit_of_the_settings_holds_without_a_deadline(server):
    name, script = server
    script.hangs = True
    assert asked(name, timeout=0.5)[1].kind == "timeout"


def test_a_flood_is_stopped_as_at_a_limit_of_its_length(server):
    name, script = server
    script.reply = "flood" * 25_000
    _, reply = asked(name)
    assert reply.cut_short


def test_thoughts_are_not_part_of_the_answer(server):
    name, script = server
    script.reply = "<think>\nIs it? I wonder.\n</think>\n\nAll is well."
    words, reply = asked(name)
    assert "".join(words) == reply.text == "All is well."


def test_nobody_listens(server, monkeypatch):
    name, _ = server
    with socket.create_server(("127.0.0.1", 0)) as closed:
        address = f"http://127.0.0.1:{closed.getsockname()[1]}"
    monkeypatch.setenv(SERVERS[name.partition(":")[0]][1], address)
    _, failed = asked(name)
    assert failed.kind == "unreachable"
    assert address in str(failed)


def test_a_server_without_tls_and_a_host_that_is_none_cannot_be_reached(server, monkeypatch):
    name, script = server
    variable = SERVERS[name.partition(":")[0]][1]
    for address in (script.url.replace("http:", "https:"), "http://no-such-host.invalid"):
        monkeypatch.setenv(variable, address)
        assert asked(name)[1].kind == "unreachable"


def test_a_model_that_the_server_has_not_got_is_told_what_it_has(monkeypatch):
    with ollama_stand_in() as script:
        monkeypatch.setenv("OLLAMA_HOST", script.url)
        _, failed = asked("ollama:huge")
    assert failed.kind == "unknown"
    assert "tiny:latest" in failed.hint


def test_a_whole_reply_is_asked_for_in_one_piece(server):
    name, script = server
    reply = invoke_model(create_chat_model(Settings(model=name)), name, HI)
    assert reply.text == "All is well."
    assert (reply.usage.input_tokens, reply.usage.output_tokens) == (321, 12)
    assert not script.requests[0].get("stream") or name.startswith("ollama")
