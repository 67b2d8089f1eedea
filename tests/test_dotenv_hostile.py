"""Two hundred hostile `.env` files: none takes a key or a secret, runs anything, or sends text in silence."""

import os
import random
import subprocess
import sys
import warnings
from dataclasses import replace
from types import SimpleNamespace

import pytest
from command_line import no_program
from loopback import served
from word_embedder import WordEmbedder

from newsqa import environment
from newsqa.environment import NAMES, from_dotenv
from newsqa.errors import NewsqaError, VectorsError
from newsqa.ingest.indexer import index_source
from newsqa.models.egress import data_egress
from newsqa.models.providers import key_for, ollama_options
from newsqa.settings import Settings
from newsqa.store.snapshot import open_index
from newsqa.trust import CREDENTIALS, refuse_untrusted

CANARY, OTHER = "sk-canary-of-the-environment", "another-secret-canary"
KEYS = {"OPENAI_BASE_URL": "OPENAI_API_KEY", "ANTHROPIC_BASE_URL": "ANTHROPIC_API_KEY", "OLLAMA_HOST": "OLLAMA_API_KEY"}
HELD = (*KEYS.values(), "SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "DISCORD_BOT_TOKEN", "CHROMA_CLIENT_AUTH_CREDENTIALS")

FOREIGN = [
    "LD_PRELOAD", "PYTHONPATH", "PYTHONSTARTUP", "PAGER", "LESSOPEN", "EDITOR", "PATH", "HOME", "XDG_DATA_HOME", "IFS",
    "XDG_CONFIG_HOME", "HTTPS_PROXY", "all_proxy", "NO_PROXY", "SSL_CERT_FILE", "OPENAI_CUSTOM_HEADERS", "BASH_ENV",
    "ANTHROPIC_AUTH_TOKEN", "LANGSMITH_ENDPOINT", "LANGSMITH_TRACING", "OPENAI_PROXY", "CHROMA_CLIENT_AUTH_PROVIDER",
    "PYTHON_KEYRING_BACKEND", "openai_base_url", "Newsqa_Model",
]  # fmt: skip
HOSTS = [
    "models.example", "127.0.0.1:9", "localhost:9", "[::1]:9", "me:pw@models.example", "2130706433:9", "0x7f.1:9",
    "127.0.0.1.models.example", "127.0.0.1:9@models.example", "models.example#@127.0.0.1", "xn--lcalhost-fya",
]  # fmt: skip
TAILS = [
    "", "/v1", "/${OTHER_SECRET}", "/$OPENAI_API_KEY", "/$(env)", "/`env`", "/%24%7BOTHER_SECRET%7D", "/{OTHER_SECRET}",
    "?k=${OTHER_SECRET:-x}", "/%(OTHER_SECRET)s", "/../../..", "\\n${OTHER_SECRET}", "/\t", "/\x1b]52;c;eA==\x07", "/ü",
]  # fmt: skip
SCHEMES = ["http://", "https://", "HTTP://", "//", "", "file://", "unix://", "http+unix://", "ftp://", "ws://"]
SETTINGS = {
    "NEWSQA_MODEL": [
        "openai:any",
        "anthropic:any",
        "ollama:any",
        "local",
        "llamacpp:${OTHER_SECRET}.gguf",
        "x:y",
        "$(id)",
    ],
    "NEWSQA_JUDGE": ["openai:any", "ollama:any", "auto", "none"],
    "NEWSQA_EMBEDDER": ["openai:any", "ollama:any", "onnx:${OTHER_SECRET}", "hf:a/b"],
    "NEWSQA_THREADS": ["2", "-1", "1000000000000", "９", "1e3", "0x10", "${OTHER_SECRET}"],
    "NEWSQA_SESSIONS": [".", "/dev/null", "${OTHER_SECRET}", "~root"],
    "NEWSQA_PROMPTS": [".", "/etc"],
    "NEWSQA_TRACING": ["1"],
    "NEWSQA_DEBUG": ["1", "maybe"],
    "NEWSQA_UNKNOWN": ["${OTHER_SECRET}"],
}
FORMS = ["{0}={1}\n", "export {0}={1}\n", "{0} = {1}\n", '{0}="{1}"\n', "{0}='{1}'\n", "{0}={1}\r\n", "\t{0}={1} # x\n",
         '{0}="{1}\n', "{0}: {1}\n", "'{0}'={1}\n", "{0}={1}\r", "{0}\n={1}\n", "#\n{0}={1}\n"]  # fmt: skip
ENDS = ["", "", "", "", "\0", "\ufeff", "x" * 70_000, "=\n=\n", '"""', "OPENAI_API_KEY=${OTHER_SECRET}\n", "\\\n"]


def hostile_file(number):
    """Return a `.env` of up to twelve lines, the same for the same number."""
    draw = random.Random(number)
    lines = []
    for _ in range(draw.randint(1, 12)):
        kind = draw.random()
        if kind < 0.25:
            name, value = draw.choice(FOREIGN), draw.choice(["./evil", "http://models.example", "1", "${OTHER_SECRET}"])
        elif kind < 0.65:
            address = draw.choice(SCHEMES) + draw.choice(HOSTS) + draw.choice(TAILS)
            name, value = draw.choice([*CREDENTIALS, "NEWSQA_CHROMA"]), address
        else:
            name = draw.choice([*SETTINGS])
            value = draw.choice(SETTINGS[name])
        lines.append(draw.choice(FORMS).format(name, value))
    return "".join(lines) + draw.choice(ENDS)


@pytest.fixture
def person(tmp_path, monkeypatch):
    """The empty working folder of a person whose environment holds keys; nothing may be run or asked."""
    for name in [*NAMES, *(one for names in CREDENTIALS.values() for one in names)]:
        monkeypatch.delenv(name, raising=False)
    for name in [name for name in os.environ if name.startswith("NEWSQA_") or name.lower().endswith("_proxy")]:
        monkeypatch.delenv(name)
    for name in HELD:
        monkeypatch.setenv(name, CANARY)
    monkeypatch.setenv("OTHER_SECRET", OTHER)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.chdir(tmp_path)
    with no_program(monkeypatch):
        yield tmp_path
    monkeypatch.chdir("/")
    environment.load()


def sent_to_file_addresses():
    """Return what would be sent to the addresses that the file sets: each key, as its client would get it."""
    for address in filter(from_dotenv, CREDENTIALS):
        try:
            if address in KEYS:
                yield address, key_for(KEYS[address], address)
            else:
                refuse_untrusted(address)
                yield address, CANARY
            if address == "OLLAMA_HOST":
                add = ollama_options().get("auth", lambda request: request)
                headers = {"Authorization": f"Bearer {CANARY}"}  # the client's own default
                yield address, str(add(SimpleNamespace(headers=headers)).headers)
        except NewsqaError as refused:
            yield address, f"{refused} {refused.hint}"


@pytest.mark.parametrize("number", range(200))
def test_a_hostile_file_takes_nothing_and_runs_nothing(person, number):
    (person / ".env").write_bytes(hostile_file(number).encode())
    before = dict(os.environ)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            settings = Settings.load()
            shown = ""
        except NewsqaError as error:
            settings, shown = None, f"{error} {error.hint}"
    assert not {"\n", CANARY, OTHER} & {part for part in ("\n", CANARY, OTHER) if part in shown}
    assert dict(os.environ) == before
    (dotenv, _) = environment.loaded()
    assert all(name in NAMES or name.startswith("NEWSQA_") for name in dotenv.values)
    assert not any(CANARY in value or OTHER in value for value in dotenv.values.values())
    assert [(address, sent) for address, sent in sent_to_file_addresses() if CANARY in sent] == []
    if settings is None:
        return
    said = data_egress(settings)
    for one in said:
        assert OTHER not in str(one)
        assert CANARY not in str(one)
        assert str(person / ".env") in str(one), "a person did not choose this: the notice says who did"


def test_the_generator_reaches_what_it_is_for(person):
    """A good part of the files is read, sets addresses, and is refused a key: else the test above would see nothing."""
    read = addresses = refused = named = 0
    for number in range(200):
        (person / ".env").write_bytes(hostile_file(number).encode())
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                settings = Settings.load()
            except NewsqaError:
                settings = None
        read += bool(environment.loaded()[0].values)
        addresses += any(map(from_dotenv, CREDENTIALS))
        refused += any("--trust-env" in sent for _, sent in sent_to_file_addresses())
        named += bool(settings and data_egress(settings))
    assert (read > 100, addresses > 80, refused > 80, named > 15) == (True,) * 4, (read, addresses, refused, named)


@pytest.mark.parametrize("number", range(6))
def test_a_hostile_file_takes_nothing_from_a_process(tmp_path, news_index, number):
    """The whole program, where whatever leaves for another machine meets a listener."""
    sent = []

    def answer(exchange):
        sent.append(f"{exchange.request.path} {dict(exchange.request.headers)} {exchange.request.body}")
        exchange.json({"error": {"message": "no"}}, status=400)

    model, address = [("openai:any", "OPENAI_BASE_URL"), ("ollama:any", "OLLAMA_HOST")][number % 2]
    tail = ["/${OTHER_SECRET}", "/$(touch ran)", "/`touch ran`"][number // 2]
    with served(answer) as place:
        lines = (
            f"{address}={place}{tail}\nNEWSQA_MODEL={model}\nNEWSQA_SESSIONS=.\nHTTP_PROXY={place}\nPAGER=touch ran\n"
        )
        (tmp_path / ".env").write_text(lines)
        kept = {"PATH": os.environ["PATH"], "HOME": str(tmp_path / "home"), **dict.fromkeys(HELD, CANARY)}
        kept |= {"NEWSQA_RERANKER": "none", "NEWSQA_THREADS": "1"}
        done = subprocess.run(
            [sys.executable, "-m", "newsqa", "ask", "Who won the prize?", "--json", "--index", str(news_index)],
            cwd=tmp_path, env={**kept, "OTHER_SECRET": OTHER}, capture_output=True, text=True, timeout=120, check=False,
        )  # fmt: skip
    assert not (tmp_path / "ran").exists()
    assert not any(CANARY in one or OTHER in one for one in [*sent, done.stdout, done.stderr])
    notice = done.stderr.splitlines()[0]
    assert f"{address} of {tmp_path / '.env'}" in notice
    assert place.removeprefix("http://") in notice
    assert done.stdout.count("\n") == 1


def test_what_a_person_typed_is_named_as_theirs(person, monkeypatch):
    monkeypatch.setenv("OPENAI_BASE_URL", "http://models.example/v1")
    monkeypatch.setenv("https_proxy", "http://me:pw@proxy.example:3128")
    monkeypatch.setenv("HTTP_PROXY", "http://proxy.example:3128/")
    (person / ".env").write_text("NEWSQA_JUDGE=anthropic:any\n")
    settings = replace(Settings.load(), model="openai:any", chroma="http://127.0.0.1:8000")
    writes, judges = data_egress(settings)
    assert writes.place == "openai at models.example through the proxy proxy.example:3128"
    causes = ("your command", "OPENAI_BASE_URL of the environment", "HTTP_PROXY of the environment")
    assert writes.causes == causes
    assert judges.place == "anthropic at its own address through the proxy proxy.example:3128"
    assert judges.causes == (f"NEWSQA_JUDGE of {person / '.env'}", "HTTPS_PROXY of the environment")
    monkeypatch.setenv("NO_PROXY", "models.example")
    assert data_egress(settings)[0].place == "openai at models.example"


def test_a_server_here_is_named_where_a_file_sets_it_and_the_platforms_too(person, monkeypatch):
    (person / ".env").write_text("NEWSQA_CHROMA=http://127.0.0.1:8000\nNEWSQA_SLACK_API_URL=http://127.0.0.1:9/api/\n")
    settings = Settings.load()
    (holds,) = data_egress(settings)
    assert str(holds).startswith("Article text goes to another program on this machine: the server Chroma is sent the ")
    assert holds.causes == (f"NEWSQA_CHROMA of {person / '.env'}",)
    (slack,) = data_egress(settings, {"slack", "discord"})
    assert slack.place == "Slack at http://127.0.0.1:9/api/"
    (person / ".env").unlink()
    monkeypatch.setenv("NEWSQA_CHROMA", "http://127.0.0.1:8000")
    assert data_egress(Settings.load(), {"slack", "discord", "holds"}) == ()


def test_vectors_do_not_leave_offline(tmp_path, news_index):
    """A server of the settings is refused before it is asked, and is not said to be used."""
    settings = Settings(index=news_index, chroma="http://vectors.example:8000", offline=True)
    assert data_egress(settings) == ()
    with pytest.raises(VectorsError, match="NEWSQA_OFFLINE"):
        open_index(settings)
    (tmp_path / "a.txt").write_text("The council met on Monday and spoke of the harbour.")
    with pytest.raises(VectorsError, match="NEWSQA_OFFLINE"):
        index_source(replace(settings, index=tmp_path / "index"), str(tmp_path / "a.txt"), embedder=WordEmbedder())


def test_who_is_asked_for_models_is_named_too(tmp_path):
    with served(lambda exchange: exchange.json({"data": [], "models": []})) as place:
        (tmp_path / ".env").write_text(f"OPENAI_BASE_URL={place}/v1\n")
        said = []
        for more in ({}, {"OPENAI_BASE_URL": "http://models.example"}, {"OPENAI_BASE_URL": f"{place}/v1"}):
            done = subprocess.run(
                [sys.executable, "-m", "newsqa", "models", "--json"], cwd=tmp_path, check=False, text=True, timeout=120,
                env={"PATH": os.environ["PATH"], "HOME": str(tmp_path / "home"), **more}, capture_output=True,
            )  # fmt: skip
            assert done.stdout.count("\n") == 1
            said.append(done.stderr)
    assert said[0].startswith("A request goes to another program on this machine: openai is asked which models it has")
    assert f"(openai at {place}/v1), by OPENAI_BASE_URL of {tmp_path / '.env'}." in said[0]
    assert said[1:] == ["", ""]
