"""Chat models by name: what is known before they are asked, and what is said where one cannot be had."""

import sys

import pytest
from langchain.chat_models import base

from newsqa.errors import ModelError
from newsqa.models.egress import data_egress
from newsqa.models.providers import PROVIDERS
from newsqa.models.registry import create_chat_model, model_info
from newsqa.settings import Settings

VARIABLES = {variable for provider in PROVIDERS.values() for variable in (provider.key, provider.url) if variable}
KEY = "sk-canary-4711-abcdef"
PASSED_ON = {
    name: found[0].partition(".")[0] for name, found in base._BUILTIN_PROVIDERS.items() if name not in PROVIDERS
}
"""The providers that only LangChain knows, with the module of each."""


@pytest.fixture(autouse=True)
def bare(monkeypatch):
    """No key and no address is set."""
    for variable in VARIABLES:
        monkeypatch.delenv(variable, raising=False)


def refused(name, **settings):
    with pytest.raises(ModelError) as raised:
        create_chat_model(Settings(model=name, **settings))
    return raised.value


@pytest.mark.parametrize(
    ("name", "kind", "small"),
    [
        ("extractive", "extractive", False),
        ("local", "local", True),
        ("ollama:llama3.1:8b", "server", False),
        ("ollama:llama3.2:1b", "server", True),
        ("ollama:qwen2.5:0.5b-instruct", "server", True),
        ("ollama:smollm2:135m", "server", True),
        ("openai:gpt-4o-mini", "hosted", False),
        ("anthropic:claude-sonnet-4-5", "hosted", False),
        ("groq:llama-3.1-8b-instant", "hosted", False),
    ],
)
def test_a_name_tells_where_the_model_runs_and_how_much_it_is_shown(name, kind, small):
    known = model_info(name, Settings())
    assert (known.kind, known.small) == (kind, small)
    assert known.input_tokens + known.output_tokens == known.context_tokens
    assert (known.key is not None) == (kind == "hosted" and not name.startswith("groq"))


@pytest.mark.parametrize(
    ("address", "kind"),
    [
        ("http://127.0.0.1:8080/v1", "server"),
        ("http://localhost:1234/v1", "server"),
        ("http://[::1]:1/v1", "server"),
        ("http://192.168.1.4:8080/v1", "hosted"),
        ("https://models.example/v1", "hosted"),
        ("http://localhost.models.example/v1", "hosted"),
        ("http://127.0.0.1@models.example/v1", "hosted"),
    ],
)
def test_an_address_tells_whether_text_leaves_the_machine(monkeypatch, address, kind):
    monkeypatch.setenv("OPENAI_BASE_URL", address)
    known = model_info("openai:any", Settings())
    assert (known.kind, known.address) == (kind, address)


@pytest.mark.parametrize("host", ["192.0.2.7:11434", "http://192.0.2.7:11434", "gpu.example"])
def test_an_ollama_elsewhere_is_hosted_and_refused_offline(monkeypatch, host):
    monkeypatch.setenv("OLLAMA_HOST", host)
    assert model_info("ollama:llama3", Settings()).kind == "hosted"
    error = refused("ollama:llama3", offline=True)
    assert error.kind == "offline"
    assert "NEWSQA_OFFLINE" in str(error)


@pytest.mark.parametrize("name", ["openai:gpt-4o", "anthropic:claude-sonnet-4-5", "groq:llama3"])
def test_offline_refuses_what_is_hosted(name):
    assert refused(name, offline=True).kind == "offline"


@pytest.mark.parametrize(
    ("name", "variable"), [("openai:any", "OPENAI_BASE_URL"), ("ollama:any", "OLLAMA_HOST"), ("local", None)]
)
def test_offline_lets_this_machine_go_on_without_a_key(monkeypatch, name, variable):
    if variable:
        monkeypatch.setenv(variable, "http://127.0.0.1:9/v1")
    assert create_chat_model(Settings(model=name, offline=True))


@pytest.mark.parametrize(
    "name",
    ["", "gpt-4", "openai:", ":x", "nobody:x", "llamacpp:", "openai: ", "\x1b[31mopenai:x", "Local", "Groq:x", "a b:x"],
)
def test_an_unknown_name_is_told_what_there_is(name):
    error = refused(name)
    assert error.kind == "name"
    for known in ("extractive", "local", "llamacpp:", "ollama:", "openai:", "anthropic:", "PROVIDER:NAME", "LangChain"):
        assert known in error.hint


def test_extractive_is_no_chat_model():
    assert refused("extractive").kind == "name"


@pytest.mark.parametrize(("name", "key"), [("openai:x", "OPENAI_API_KEY"), ("anthropic:x", "ANTHROPIC_API_KEY")])
def test_a_missing_key_names_its_variable_and_where_it_is_read(name, key):
    error = refused(name)
    assert error.kind == "key"
    assert key in str(error)
    assert ".env" in error.hint


@pytest.mark.parametrize("provider", [p for p in PROVIDERS.values() if p.name != "llamacpp"], ids=lambda p: p.name)
def test_a_missing_package_says_what_to_install(monkeypatch, provider):
    monkeypatch.setitem(sys.modules, provider.module, None)
    error = refused(f"{provider.name}:x")
    assert error.kind == "missing"
    assert f"pip install {provider.install}" in error.hint.replace("'", "")


@pytest.mark.parametrize("provider", PASSED_ON)
def test_what_langchain_knows_is_passed_on_and_a_missing_package_says_what_to_install(monkeypatch, provider):
    module = PASSED_ON[provider]
    for loaded in [name for name in sys.modules if name.partition(".")[0] == module]:
        monkeypatch.setitem(sys.modules, loaded, None)
    monkeypatch.setitem(sys.modules, module, None)
    base._get_chat_model_creator.cache_clear()
    known = model_info(f"{provider}:x", Settings())
    assert (known.kind, known.small, known.key) == ("hosted", False, None)
    error = refused(f"{provider}:x")
    assert error.kind == "missing"
    assert error.hint == f"Install it: pip install {module.replace('_', '-')}"


def test_a_provider_that_is_passed_on_answers_under_its_name(monkeypatch):
    for name, value in {"API_KEY": KEY, "ENDPOINT": "https://models.example"}.items():
        monkeypatch.setenv(f"AZURE_OPENAI_{name}", value)
    monkeypatch.setenv("OPENAI_API_VERSION", "2024-06-01")
    settings = Settings(model="azure_openai:quill", timeout=7)
    made = create_chat_model(settings)
    assert (type(made).__name__, made.request_timeout) == ("AzureChatOpenAI", 7)
    assert [one.place for one in data_egress(settings)] == ["azure_openai at its own address"]
    assert refused("azure_openai:quill", offline=True).kind == "offline"


def test_a_provider_that_is_passed_on_says_itself_what_it_lacks(monkeypatch):
    monkeypatch.setenv("AZURE_OPENAI_API_KEY", KEY)
    monkeypatch.setenv("OPENAI_API_VERSION", "2024-06-01")
    error = refused("azure_openai:quill")
    assert "azure_endpoint" in str(error)
    assert ".env" in error.hint
    assert KEY not in "".join([str(error), error.hint, repr(error.__cause__), repr(error.__context__)])


def test_the_context_may_be_set(monkeypatch):
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:9/v1")
    known = model_info("openai:any", Settings(context=2_000))
    assert (known.context_tokens, known.small) == (2_000, True)
    assert model_info("local", Settings(context=1_000)).context_tokens == 1_000
    assert model_info("local", Settings(context=100_000)).context_tokens == 8_192  # it was trained on no more


@pytest.mark.parametrize("name", ["openai:any", "ollama:any", "anthropic:any"])
def test_a_limit_on_what_it_writes_is_always_set(monkeypatch, name):
    provider = PROVIDERS[name.partition(":")[0]]
    monkeypatch.setenv(provider.url, "http://127.0.0.1:9")
    made, known = create_chat_model(Settings(model=name)), model_info(name, Settings())
    limits = {getattr(made, field, None) for field in ("max_tokens", "num_predict")}
    assert known.output_tokens in limits
