"""A server on this machine tells how much its model reads; one that lies, or does not answer, does no harm."""

import json
import time

import pytest
from loopback import served
from openai_stand_in import openai_stand_in
from written_desk import KEY, written_desk

from newsqa.models.inventory import MAX_CONTEXT, OLLAMA_CONTEXT, with_reported_context_window
from newsqa.models.registry import model_info
from newsqa.settings import Settings

NAME = "openai:quill"
NESTED = b"[" * 100_000


@pytest.fixture(autouse=True)
def nothing_reported_yet(monkeypatch):
    """A port that a test before had may come again, and what was reported at it is remembered for the process."""
    monkeypatch.setattr("newsqa.models.inventory._reported", {})


def listed(**known):
    return {"/v1/models": {"object": "list", "data": [{"id": "other"}, {"id": "quill", **known}]}}


TELL = {
    "vLLM": (listed(owned_by="vllm", max_model_len=16_384), 16_384),
    "llama.cpp": (listed(owned_by="llamacpp", meta={"n_ctx": 6_144, "n_ctx_train": 131_072}), 6_144),
    "Ollama": (listed(owned_by="library"), OLLAMA_CONTEXT),
    "far more than is needed": (listed(max_model_len=10**30), MAX_CONTEXT),
}
SILENT = {
    "another server": listed(owned_by="somebody"),
    "nothing listed": {"/v1/models": {"data": []}},
    "too little to be so": listed(max_model_len=1),
    "less than nothing": listed(max_model_len=-8_192),
    "words": listed(max_model_len="16384"),
    "yes": listed(max_model_len=True),
    "llama.cpp that does not say": listed(owned_by="llamacpp", meta={"n_ctx_train": 131_072}),
    "facts of another kind": listed(owned_by="llamacpp", meta=["n_ctx"]),
    "lists in place of objects": {"/v1/models": {"data": [["quill"], 7, None]}},
    "a page": {"/v1/models": b"<html>"},
    "nested without end": {"/v1/models": NESTED},
    "more than anybody reads": {"/v1/models": b'{"data": [' + b'"x",' * 600_000 + b"0]}"},
    "nothing": {},
}


def answering(pages, seen):
    def answer(exchange):
        seen.append(exchange.request)
        page = pages.get(exchange.request.path)
        if page is None:
            exchange.json({"error": "not found"}, 404)
        else:
            exchange.whole(page if isinstance(page, bytes) else json.dumps(page).encode())

    return answer


def told_by(pages, monkeypatch, seen):
    with served(answering(pages, seen)) as address:
        monkeypatch.setenv("OPENAI_BASE_URL", f"{address}/v1")
        monkeypatch.setenv("OPENAI_API_KEY", KEY)
        return with_reported_context_window(Settings(model=NAME)), with_reported_context_window(Settings(model=NAME))


@pytest.mark.parametrize(("pages", "context"), TELL.values(), ids=TELL)
def test_it_is_asked_once_and_believed(monkeypatch, pages, context):
    seen = []
    first, again = told_by(pages, monkeypatch, seen)
    assert model_info(NAME, first).context_tokens == context
    assert again == first
    assert len(seen) == len(pages), "it is asked once"
    assert {request.headers["authorization"] for request in seen} == {f"Bearer {KEY}"}


@pytest.mark.parametrize("pages", SILENT.values(), ids=SILENT)
def test_what_cannot_be_believed_changes_nothing(monkeypatch, pages):
    settings, _ = told_by(pages, monkeypatch, [])
    assert settings == Settings(model=NAME)


def hangs(exchange):
    exchange.wait()


def drips(exchange):
    exchange.stream((b" " for _ in range(1_000) if not exchange.wait(0.05)), "application/json")


def dies(exchange):
    exchange.broken(b'{"data": [')


@pytest.mark.parametrize("behaves", [hangs, drips, dies])
def test_a_server_that_does_not_answer_is_left_soon(monkeypatch, behaves):
    with served(behaves) as address:
        monkeypatch.setenv("OPENAI_BASE_URL", f"{address}/v1")
        began = time.monotonic()
        assert with_reported_context_window(Settings(model=NAME)) == Settings(model=NAME)
        assert time.monotonic() - began < 10


@pytest.mark.parametrize(
    "settings",
    [Settings(model=NAME, context=3_000), Settings(), Settings(model="ollama:quill"), Settings(model="local")],
    ids=["set by hand", "no model", "Ollama's own protocol", "in this process"],
)
def test_nobody_is_asked_where_it_is_known(monkeypatch, settings):
    seen = []
    with served(answering(listed(max_model_len=9_000), seen)) as address:
        monkeypatch.setenv("OPENAI_BASE_URL", f"{address}/v1")
        monkeypatch.setenv("OLLAMA_HOST", address)
        assert with_reported_context_window(settings) == settings
    assert seen == []


def test_a_model_elsewhere_is_not_asked(monkeypatch):
    monkeypatch.setenv("OPENAI_BASE_URL", "http://models.invalid/v1")
    assert with_reported_context_window(Settings(model=NAME)) == Settings(model=NAME)


def test_a_model_that_reads_little_is_sent_little(news_index):
    with openai_stand_in() as other:
        other.known = {"max_model_len": 1_024}
        with written_desk(Settings(index=news_index), other) as writer:
            writer.ask("How many people visited the cheese festival in Ostby?", "NOT FOUND")
        (request,) = other.requests
    assert request["max_tokens"] == 256, "a quarter is left for what it writes"
    assert len(json.dumps(request["messages"])) < 3 * (1_024 - 256)
