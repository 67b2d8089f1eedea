"""A llama.cpp server on loopback with the real weights, through the real client of OpenAI's protocol."""

import secrets

import pytest
import xllamacpp

from newsqa.errors import ModelError
from newsqa.models.chat import invoke_model, stream_model
from newsqa.models.files import bundled_weights
from newsqa.models.inventory import with_reported_context_window
from newsqa.models.registry import create_chat_model, model_info
from newsqa.settings import Settings

NAME = "openai:smollm2-135m"
SAY = [("system", "You answer in one short sentence."), ("human", "What do people do at a lighthouse?")]


@pytest.fixture(scope="module")
def server():
    params, key = xllamacpp.CommonParams(), secrets.token_urlsafe(24)
    params.model.path = str(bundled_weights())
    params.n_ctx, params.n_parallel, params.warmup, params.use_jinja = 1_024, 1, False, True
    params.cpuparams.n_threads = params.cpuparams_batch.n_threads = 1
    params.api_keys, params.verbosity = [key], -1
    return xllamacpp.Server(params), key


@pytest.fixture
def model(server, monkeypatch):
    running, key = server
    monkeypatch.setenv("OPENAI_BASE_URL", f"{running.listening_address}/v1")
    monkeypatch.setenv("OPENAI_API_KEY", key)
    return create_chat_model(Settings(model=NAME, timeout=120, context=1_024), temperature=0.0)


def test_it_is_known_for_a_small_server_on_this_machine(model):
    known = model_info(NAME, Settings())
    assert (known.kind, known.small, known.key) == ("server", True, None)


def test_it_tells_how_much_it_reads(model):
    assert with_reported_context_window(Settings(model=NAME)).context == 1_024


def test_it_streams_and_counts(model):
    *words, reply = stream_model(model, NAME, SAY)
    assert len(words) > 3
    assert "".join(words).strip() == reply.text
    assert reply.usage.input_tokens > 20
    assert reply.usage.output_tokens >= len(words)
    assert reply.usage.cost == 0.0


def test_it_heeds_the_limit_of_its_length(server, model):
    short = create_chat_model(Settings(model=NAME, timeout=120, context=32))  # a quarter of which it may write
    reply = invoke_model(short, NAME, [("human", "Tell a long story.")])
    assert reply.cut_short
    assert reply.usage.output_tokens == model_info(NAME, Settings(context=32)).output_tokens == 8


def test_a_prompt_that_is_too_long_tells_the_limit(model):
    with pytest.raises(ModelError) as raised:
        invoke_model(model, NAME, [("human", "whale " * 3_000)])
    assert (raised.value.kind, raised.value.limit) == ("context", 1_024)


def test_a_wrong_key_is_told_and_not_shown(model, monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", "sk-canary-4711")
    with pytest.raises(ModelError) as raised:
        invoke_model(create_chat_model(Settings(model=NAME)), NAME, SAY)
    assert raised.value.kind == "key"
    assert "OPENAI_API_KEY" in raised.value.hint
    assert "canary" not in str(raised.value) + str(raised.value.__cause__)
