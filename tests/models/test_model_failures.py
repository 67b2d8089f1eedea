"""Servers that fail in every way: one line that tells what to do, or a marked answer, within the deadline."""

import json
import socket
import time
from dataclasses import replace

import pytest
from openai_stand_in import openai_stand_in
from scripted_model import Script
from written_desk import ASKED, KEY, written_desk

from newsqa.building import open_pipeline
from newsqa.errors import ModelError
from newsqa.models import chat
from newsqa.render.plain import error_line
from newsqa.render.record import to_record
from newsqa.settings import Settings

QUESTION = "How big was the whale that came ashore at Kettle Beach?"
FIRST, SECOND = "Some 200 islanders kept the sperm whale wet for seven hours", "It weighed 900 tonnes"
PAGE = b"<html><head><title>502 Bad Gateway</title></head><body><h1>Bad Gateway</h1>" + b"<p>x</p>" * 500 + b"</body>"
HOLDS = "13 metres long"


def error(message, **more):
    return {"error": {"message": message, "param": None, **more}}


FAILURES = {
    "401, which echoes the key": (
        {"status": 401, "error": error(f"Incorrect API key provided: {KEY}.", code="invalid_api_key")},
        "OPENAI_API_KEY",
    ),
    "403": ({"status": 403, "error": error("Country not supported", code="unsupported_country")}, "key"),
    "404": (
        {"status": 404, "error": error("The model `stand-in` does not exist", code="model_not_found")},
        "name",
    ),
    "429, for an hour": (
        {"status": 429, "error": error("Rate limit reached", code="rate_limit"), "headers": {"Retry-After": "3600"}},
        "again",
    ),
    "429, no quota": (
        {"status": 429, "error": error("You exceeded your current quota", code="insufficient_quota")},
        "quota",
    ),
    "500, as a page": ({"status": 500, "error": PAGE}, "again"),
    "502, as a page": ({"status": 502, "error": PAGE}, "again"),
    "400, the context is too long": (
        {"status": 400, "error": error("maximum context length is 128 tokens", code="context_length_exceeded")},
        "NEWSQA_CONTEXT",
    ),
    "200, a page": ({"error": PAGE}, ""),
    "200, JSON cut short": ({"error": b'{"id": "chatcmpl', "headers": {"Content-Type": "application/json"}}, ""),
    "200, no choices": ({"error": {"id": "1", "object": "chat.completion", "choices": []}}, ""),
    "200, null": ({"error": b"null", "headers": {"Content-Type": "application/json"}}, ""),
    "200, an empty reply": ({"reply": ""}, ""),
    "200, nothing but spaces": ({"reply": " \n\n  "}, ""),
    "200, a stream cut at its beginning": ({"reply": "One two", "pieces": 0}, ""),
    "200, an error in the stream": (
        {"error": b'data: {"error": {"message": "overloaded"}}\n\n', "headers": {"Content-Type": "text/event-stream"}},
        "",
    ),
    "200, events that are no JSON": (
        {"error": b"data: {nonsense\n\n", "headers": {"Content-Type": "text/event-stream"}},
        "",
    ),
}


@pytest.fixture(scope="module")
def writer(sample_index):
    with written_desk(Settings(index=sample_index, timeout=20)) as written:
        yield written


@pytest.fixture(scope="module")
def hurried(sample_index):
    """A desk that gives an answer two seconds, and has answered before, when it had more time."""
    with written_desk(Settings(index=sample_index)) as written:
        written.ask(QUESTION, "NOT FOUND")
        yield replace(written, desk=replace(written.desk, timeout=2))


@pytest.fixture(autouse=True)
def fresh(request, monkeypatch):
    """Let each test script the server anew, and not wait long before it is asked again."""
    monkeypatch.setattr(chat, "WAITS", (0.01, 0.02))
    yield
    for name in {"writer", "hurried"} & set(request.fixturenames):
        script, url = request.getfixturevalue(name).script, request.getfixturevalue(name).script.url
        vars(script).update(vars(Script(url=url)))


def failed(desk):
    with pytest.raises(ModelError) as raised:
        desk.ask(QUESTION, asked=ASKED)
    return raised.value


def is_one_line_of_advice(failure):
    line = error_line(failure)
    assert "\n" not in line
    assert failure.hint
    assert len(line) < 400
    assert KEY not in line
    assert "<" not in line
    return line


@pytest.mark.parametrize(("scripted", "advice"), FAILURES.values(), ids=FAILURES)
def test_a_failure_is_one_line_of_advice(writer, scripted, advice):
    vars(writer.script).update(scripted)
    line = is_one_line_of_advice(failed(writer.desk))
    assert "openai:stand-in" in line
    assert advice in line
    assert len(writer.script.requests) <= 3, "retries are few"


@pytest.mark.parametrize("status", [429, 500, 503])
def test_what_passes_is_tried_again(writer, status):
    vars(writer.script).update(status=status, before=1, headers={"Retry-After": "0"})
    answer = writer.ask(QUESTION, lambda prompt: f"{FIRST} [{prompt.key(HOLDS)}].")
    assert FIRST in answer.text
    assert len(writer.script.requests) == 2


@pytest.mark.parametrize("status", [401, 403, 404])
def test_what_does_not_pass_is_not_tried_again(writer, status):
    writer.script.status = status
    assert not failed(writer.desk).retryable
    assert len(writer.script.requests) == 1


def written(answer):
    """Return the sentences of the model; those that could not be verified gave way to quotes, to the letter."""
    quotes = [" ".join(citation.quote.split()) for citation in answer.citations]
    assert all(sentence.text in quotes for sentence in answer.sentences if sentence.checked_by == "quoted")
    return [sentence.text for sentence in answer.sentences if sentence.checked_by != "quoted"]


@pytest.mark.parametrize(
    ("ending", "kept"),
    [
        ({"pieces": 14}, [f"{FIRST}."]),
        ({"pieces": 14, "quiet": True}, [f"{FIRST}."]),
        ({"finish_reason": "length"}, [f"{FIRST}."]),
        ({"finish_reason": "content_filter"}, []),  # what the judge says is withheld, too
    ],
    ids=["cut", "without an end", "at its length", "withheld"],
)
def test_what_breaks_off_is_marked_and_holds_checked_sentences_only(writer, ending, kept):
    vars(writer.script).update(ending)
    answer = writer.ask(QUESTION, lambda prompt: f"{FIRST} [{prompt.key(HOLDS)}]. {SECOND} [{prompt.key(HOLDS)}].")
    assert answer.incomplete
    assert answer.sentences
    assert written(answer) == kept
    assert SECOND not in answer.text


@pytest.mark.parametrize("pieces", [None, 14, 7])
def test_a_sentence_that_broke_off_is_not_taken_for_a_whole_one(writer, pieces):
    """The first 7 words, and the first 14, could be sentences of their own, which a judge believes."""
    said = "The sperm whale weighed 25 tonnes in all by the estimate of Vargoy, who came by lifeboat"
    writer.script.pieces = pieces
    answer = writer.ask(QUESTION, lambda prompt: f"{said} [{prompt.key('lifeboat')}].")
    shown = [sentence.text for sentence in answer.sentences if sentence.text.startswith("The sperm whale weighed")]
    if pieces is None:
        assert shown == [f"{said}."]
        return
    assert any("broke off" in notice for notice in answer.notices)
    assert shown == []
    assert answer.model == "extractive"
    assert {sentence.checked_by for sentence in answer.sentences} == {"verbatim"}
    assert "The sperm whale weighed" not in answer.text


def test_a_server_that_never_answers_is_given_up(hurried):
    hurried.script.hangs = True
    began = time.monotonic()
    line = is_one_line_of_advice(failed(hurried.desk))
    assert time.monotonic() - began < 15
    assert "NEWSQA_TIMEOUT" in line


def test_a_server_that_drips_is_cut_off_and_what_it_said_is_kept(hurried):
    hurried.script.pace = 0.05
    more = " ".join(f"It weighed {n} tonnes [1]." for n in range(900, 1_100))
    began = time.monotonic()
    answer = replace(hurried, desk=replace(hurried.desk, timeout=4)).ask(
        QUESTION, lambda prompt: f"{FIRST} [{prompt.key(HOLDS)}]. {more}"
    )
    assert time.monotonic() - began < 15
    assert answer.incomplete
    assert any("took longer" in notice for notice in answer.notices)
    assert written(answer) == [f"{FIRST}."]
    assert not any(f"{n} tonnes" in answer.text for n in range(900, 1_100))


def test_a_server_that_fails_and_fails_is_given_up_in_time(hurried):
    vars(hurried.script).update(status=503, headers={"Retry-After": "30"})
    began = time.monotonic()
    is_one_line_of_advice(failed(hurried.desk))
    assert time.monotonic() - began < 15


@pytest.fixture
def elsewhere(sample_index, monkeypatch):
    """A desk whose model is at another address."""
    opened = []

    def open_at(address):
        monkeypatch.setenv("OPENAI_BASE_URL", address)
        monkeypatch.setenv("OPENAI_API_KEY", KEY)
        opened.append(open_pipeline(Settings(index=sample_index, model="openai:stand-in", timeout=10)))
        return opened[-1]

    yield open_at
    for desk in opened:
        desk.close()


def test_nobody_listens(elsewhere):
    with socket.create_server(("127.0.0.1", 0)) as closed:
        address = f"http://127.0.0.1:{closed.getsockname()[1]}/v1"
    line = is_one_line_of_advice(failed(elsewhere(address)))
    assert address in line


def test_a_server_that_does_not_speak_tls(elsewhere):
    with openai_stand_in() as server:
        is_one_line_of_advice(failed(elsewhere(server.url.replace("http:", "https:"))))


def test_an_address_that_is_none(elsewhere):
    is_one_line_of_advice(failed(elsewhere("http://no-such-host.invalid/v1")))


def test_a_huge_draft_is_read_in_its_beginning(writer):
    sentence = "The whale sang 4,711 songs about the old moon over Kettle Beach"
    answer = writer.ask(QUESTION, lambda prompt: f"{FIRST} [{prompt.key(HOLDS)}]. " + f"{sentence} [1]. " * 3_000)
    assert answer.sentences[0].text == f"{FIRST}."
    assert "4,711" not in answer.text
    assert len(json.dumps(to_record(answer))) < 300_000
