"""What a call to a chat model tells to others: keys to nobody, and text to no tracer."""

import os
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st
from loopback import served
from openai_stand_in import openai_stand_in

from newsqa.models.chat_errors import HIDDEN, MAX_EXCERPT, excerpt, redact

PROXIES = {"HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"}


@pytest.fixture
def model():
    with openai_stand_in() as script:
        script.reply = "All is well."
        yield script


@pytest.fixture
def others():
    """A server that should not be asked, with what it was asked."""
    requests = []

    def answer(exchange):
        requests.append(exchange.request.path)
        exchange.json({})

    with served(answer) as address:
        yield address, requests


def run(code, **variables):
    kept = {name: value for name, value in os.environ.items() if name.upper() not in PROXIES}
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**kept, **variables},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_certificates_of_ones_own_are_read(tmp_path):
    """The file that SSL_CERT_FILE names is what the client's connections are checked with."""
    told = run(
        "import os, ssl; from newsqa.models.registry import create_chat_model; from newsqa import Settings\n"
        "seen = []; load = ssl.SSLContext.load_verify_locations\n"
        "ssl.SSLContext.load_verify_locations = lambda self, *a, **k: seen.append(str(a) + str(k))\n"
        "create_chat_model(Settings(model='openai:x')).root_client; print(any('mine.pem' in one for one in seen))",
        SSL_CERT_FILE=str(tmp_path / "mine.pem"),
        OPENAI_API_KEY="sk-canary",
    )
    assert told == "True\n"


TRACED = """
import os
from langchain_openai import ChatOpenAI
from langsmith.utils import tracing_is_enabled
from newsqa.settings import Settings
from newsqa.models.chat import invoke_model, stream_model
from newsqa.models.registry import create_chat_model
enabled = []
for name in ("_generate", "_stream"):
    def noting(self, *args, inner=getattr(ChatOpenAI, name), **kwargs):
        enabled.append(tracing_is_enabled())
        return inner(self, *args, **kwargs)
    setattr(ChatOpenAI, name, noting)
settings = Settings.load()
model = create_chat_model(settings)
reply = invoke_model(model, settings.model, [("human", "secret article")])
print(enabled[-1], reply.text)
*_, reply = stream_model(model, settings.model, [("human", "secret article")])
print(enabled[-1], reply.text, flush=True)
os._exit(0)  # a tracer may take its time
"""


def traced(url, endpoint, **wished):
    return run(
        TRACED,
        NEWSQA_MODEL="openai:any",
        OPENAI_BASE_URL=url,
        LANGSMITH_TRACING="true",
        LANGCHAIN_TRACING_V2="true",
        LANGSMITH_ENDPOINT=endpoint,
        LANGSMITH_API_KEY="lsv2-canary",
        NO_PROXY="127.0.0.1",
        **wished,
    )


def test_nothing_is_traced_whatever_the_environment_asks_for(model, others):
    address, requests = others
    assert traced(model.url, address) == "False All is well.\nFalse All is well.\n"
    assert requests == []


def test_it_is_traced_where_newsqa_is_told_to(model, others):
    assert traced(model.url, others[0], NEWSQA_TRACING="1") == "True All is well.\nTrue All is well.\n"


@pytest.mark.parametrize(
    "key",
    [
        "sk-proj-Ab3dEf6hIj9kLm2nOp5qRs8t",
        "sk-ant-api03-xYz_12-34",
        "Bearer abc.def-ghi",
        "gsk_abcdefghijkl",
        "AIzaSyA1234567890abcdefg",
        "AKIAIOSFODNN7EXAMPLE",
        "eyJhbGciOiJIUzI1.eyJzdWIiOiIx.SflKxwRJ",
        "hf_abcdefghijklmnop",
        "0123456789abcdef0123456789abcdef",
    ],
)
def test_what_looks_like_a_key_is_hidden(key):
    told = redact(f"The key {key} is not known.")
    assert key not in told
    assert told.startswith("The key ")
    assert HIDDEN in told


def test_a_password_in_an_address_is_hidden():
    assert "hunter2" not in redact("cannot reach https://me:hunter2@models.example/v1")


@pytest.mark.parametrize(
    "text", ["The model gpt-4o-mini-2024-07-18 does not exist", "maximum context length is 128000 tokens", "ask-me"]
)
def test_what_is_no_key_is_left(text):
    assert redact(text) == text


@given(st.text(st.characters(codec="ascii", categories=["L", "N"]), min_size=8, max_size=60), st.text(max_size=80))
def test_a_known_key_is_hidden_wherever_it_stands(key, around):
    assert key not in redact(f"{around}{key}{around}", [key]).replace(HIDDEN, "")


@given(st.text(max_size=2_000))
def test_what_is_shown_is_one_short_line_without_markup(text):
    line = excerpt(text)
    assert len(line) <= MAX_EXCERPT
    assert line.isprintable() or not any(ord(mark) < 32 or 127 <= ord(mark) < 160 for mark in line)
    assert "\n" not in line


def test_keys_in_the_environment_are_hidden_by_the_names_of_their_variables(monkeypatch):
    monkeypatch.setenv("SOME_PROVIDER_API_KEY", "plainwords")
    assert redact("it said plainwords twice: plainwords") == f"it said {HIDDEN} twice: {HIDDEN}"
