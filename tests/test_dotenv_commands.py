"""What a person who runs newsqa in somebody else's folder loses to its `.env`: nothing. Each command is a process."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import replace

import pexpect
import pytest
from anthropic_stand_in import anthropic_stand_in
from loopback import served
from ollama_stand_in import ollama_stand_in
from openai_stand_in import openai_stand_in

from newsqa import environment
from newsqa.models.chat import invoke_model
from newsqa.models.registry import create_chat_model
from newsqa.settings import Settings

NEWSQA = [sys.executable, "-c", "from newsqa.cli import main; main()"]
CANARY, OTHER, OWN = "sk-canary-of-the-environment", "another-secret-canary", "sk-of-the-file"
QUESTION = "Who won the first prize for cheese?"
ELSEWHERE = "http://models.example/v1"


@contextmanager
def recorder():
    """Serve on loopback; give the address and all that is sent to it, headers and body in one text a request."""
    sent: list[str] = []

    def answer(exchange):
        request = exchange.request
        sent.append(f"{request.path} {dict(request.headers)} {request.body}")
        exchange.json({"error": {"message": "no"}}, status=400)

    with served(answer) as address:
        yield address, sent


def surroundings(folder, **more):
    """Return the environment of a person with keys; what goes to other machines goes to a proxy, if one is named."""
    kept = {"PATH": os.environ["PATH"], "HOME": str(folder / "home"), "XDG_DATA_HOME": str(folder / "data")}
    quicker = {"NEWSQA_RERANKER": "none", "NEWSQA_THREADS": "1"}
    return {**kept, **quicker, "OPENAI_API_KEY": CANARY, "OTHER_SECRET": OTHER, **more}


def newsqa(*words, folder, dotenv, **more):
    work = folder / "work"
    work.mkdir(exist_ok=True)
    (work / ".env").write_text(dotenv)
    return subprocess.run(
        [*NEWSQA, *map(str, words)],
        cwd=work, env=surroundings(folder, **more), capture_output=True, text=True, timeout=120, check=False,
        stdin=subprocess.DEVNULL,
    )  # fmt: skip


def test_no_key_and_no_secret_reach_an_address_of_the_file(tmp_path, news_index):
    hostile = f"NEWSQA_MODEL=openai:any\nOPENAI_BASE_URL={ELSEWHERE}/${{OTHER_SECRET}}\n"
    with recorder() as (proxy, sent):
        done = newsqa("ask", QUESTION, "--index", news_index, folder=tmp_path, dotenv=hostile, HTTP_PROXY=proxy)
        assert done.returncode == 1
        assert "OPENAI_API_KEY of the environment would go to http://models.example" in done.stderr
        assert "--trust-env" in done.stderr
        assert sent == []
        assert CANARY not in done.stderr
        trusting = ("--trust-env", "ask", QUESTION, "--index", news_index)
        newsqa(*trusting, folder=tmp_path, dotenv=hostile, HTTP_PROXY=proxy)
    assert any(f"Bearer {CANARY}" in one for one in sent)
    assert not any(OTHER in one for one in sent)


def test_a_key_and_an_address_of_the_file_belong_together(tmp_path, news_index):
    lines = f"NEWSQA_MODEL=openai:any\nOPENAI_BASE_URL={ELSEWHERE}\nOPENAI_API_KEY={OWN}\n"
    with recorder() as (proxy, sent):
        words = ("ask", QUESTION, "--index", news_index)
        without = dict.fromkeys(["OPENAI_API_KEY", "OTHER_SECRET"], "")
        environ = {name: value for name, value in surroundings(tmp_path).items() if name not in without}
        work = tmp_path / "work"
        work.mkdir()
        (work / ".env").write_text(lines)
        done = subprocess.run(
            [*NEWSQA, *map(str, words)],
            cwd=work, env={**environ, "HTTP_PROXY": proxy}, capture_output=True, text=True, timeout=120, check=False,
        )  # fmt: skip
    assert any(f"Bearer {OWN}" in one for one in sent)
    assert "Article text leaves this machine" in done.stderr  # as it is said of every model elsewhere


def test_a_yes_at_a_terminal_is_asked_for_once_and_kept(tmp_path, news_index):
    work = tmp_path / "work"
    work.mkdir()
    (work / ".env").write_text(f"NEWSQA_MODEL=openai:any\nOPENAI_BASE_URL={ELSEWHERE}\n")
    words = ["ask", QUESTION, "--index", str(news_index)]
    with recorder() as (proxy, sent):
        for answer in "ny":
            child = pexpect.spawn(
                NEWSQA[0], [*NEWSQA[1:], *words], cwd=str(work), env=surroundings(tmp_path, HTTP_PROXY=proxy),
                encoding="utf-8", timeout=60,
            )  # fmt: skip
            child.expect(r"\[y/N\]")
            child.sendline(answer)
            child.expect(pexpect.EOF)
            child.close()
            assert bool(sent) is (answer == "y")
        assert (tmp_path / "data" / "newsqa" / "trusted.json").stat().st_mode & 0o777 == 0o600
        sent.clear()
        newsqa(*words, folder=tmp_path, dotenv=(work / ".env").read_text(), HTTP_PROXY=proxy)
    assert any(CANARY in one for one in sent)


def test_the_address_of_a_judge_alone_is_asked_about_too(tmp_path, news_index):
    work = tmp_path / "work"
    work.mkdir()
    (work / ".env").write_text(f"NEWSQA_JUDGE=openai:any\nOPENAI_BASE_URL={ELSEWHERE}\n")
    (work / "draft.txt").write_text("For a blue cheese kept in a mine for two years, Runa Selbach got the first prize.")
    words = ["check", "draft.txt", "--index", str(news_index)]
    with recorder() as (proxy, sent):
        for answer in "ny":
            child = pexpect.spawn(
                NEWSQA[0], [*NEWSQA[1:], *words], cwd=str(work), env=surroundings(tmp_path, HTTP_PROXY=proxy),
                encoding="utf-8", timeout=60,
            )  # fmt: skip
            child.expect(r"\[y/N\]")
            child.sendline(answer)
            child.expect(pexpect.EOF)
            child.close()
            assert bool(sent) is (answer == "y")
    assert any(f"Bearer {CANARY}" in one for one in sent)


@pytest.mark.parametrize(
    "provider",
    [
        ("openai", "OPENAI_BASE_URL", "OPENAI_API_KEY", openai_stand_in),
        ("anthropic", "ANTHROPIC_BASE_URL", "ANTHROPIC_API_KEY", anthropic_stand_in),
        ("ollama", "OLLAMA_HOST", "OLLAMA_API_KEY", ollama_stand_in),
    ],
    ids=lambda provider: provider[0],
)
@pytest.mark.parametrize("whose", ["environment", "file"])
def test_a_server_on_this_machine_gets_the_key_of_the_file_alone(tmp_path, monkeypatch, provider, whose):
    name, address, key, stand_in = provider
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv(address, raising=False)
    monkeypatch.delenv(key, raising=False)
    if whose == "environment":
        monkeypatch.setenv(key, CANARY)
    heard = []
    with stand_in() as script:
        script.reply = "All is well."
        refuses = type(script).refuses
        monkeypatch.setattr(
            type(script), "refuses", lambda self, exchange: heard.append(exchange.request) or refuses(self, exchange)
        )
        (tmp_path / ".env").write_text(f"{address}={script.url}\n" + (f"{key}={OWN}\n" if whose == "file" else ""))
        settings = replace(Settings.load(), model=f"{name}:{'tiny' if name == 'ollama' else 'any'}")
        model = create_chat_model(settings)
        assert invoke_model(model, settings.model, [("human", "well?")]).text == "All is well."
        assert OWN not in repr(model)  # which a tracer may be shown
    monkeypatch.chdir("/")
    environment.load()
    headers = " ".join(str(dict(request.headers)) for request in heard)
    assert heard
    assert CANARY not in headers
    assert (OWN in headers) is (whose == "file")


@pytest.mark.parametrize(
    ("command", "lines"),
    [
        ("slack", "NEWSQA_SLACK_API_URL={0}/api/\n"),
        ("discord", "NEWSQA_DISCORD_API_URL={0}/api/v10\nNEWSQA_DISCORD_GATEWAY_URL=ws://127.0.0.1:9\n"),
    ],
)
def test_tokens_of_bots_stay_here(tmp_path, news_index, command, lines):
    tokens = {"SLACK_BOT_TOKEN": f"xoxb-{CANARY}", "SLACK_APP_TOKEN": f"xapp-{CANARY}", "DISCORD_BOT_TOKEN": CANARY}
    with recorder() as (address, sent):
        dotenv = lines.format(address)
        done = newsqa(command, "--index", news_index, folder=tmp_path, dotenv=dotenv, **tokens)
    assert done.returncode == 1
    assert "--trust-env" in done.stderr
    assert (sent, CANARY in done.stderr) == ([], False)


def test_credentials_for_chroma_stay_here(tmp_path, news_folder):
    auth = {
        "CHROMA_CLIENT_AUTH_PROVIDER": "chromadb.auth.token_authn.TokenAuthClientProvider",
        "CHROMA_CLIENT_AUTH_CREDENTIALS": CANARY,
    }
    with recorder() as (address, sent):
        dotenv = f"NEWSQA_CHROMA={address}\n"
        words = ("index", news_folder, "--index", tmp_path / "new")
        done = newsqa(*words, folder=tmp_path, dotenv=dotenv, **auth)
        assert "CHROMA_CLIENT_AUTH_CREDENTIALS of the environment would go to" in done.stderr
        assert "--trust-env" in done.stderr
        assert sent == []
        newsqa("--trust-env", *words, folder=tmp_path, dotenv=dotenv, **auth)
    assert any(CANARY in one for one in sent)


def test_a_file_that_is_ignored_is_told_of_in_a_line_and_blocks_nothing(tmp_path, news_index):
    os.mkfifo(tmp_path / ".env")
    done = subprocess.run(
        [*NEWSQA, "doctor", "--index", news_index], cwd=tmp_path, env=surroundings(tmp_path), text=True,
        capture_output=True, timeout=120, check=False,
    )  # fmt: skip
    (told,) = done.stderr.splitlines()
    assert told.startswith(f"newsqa: {tmp_path / '.env'} is ignored: it is not a regular file.")
    assert "chmod go-w" in told
    assert "vectors" in done.stdout  # Chroma, too, would read the file, and wait for ever


def test_no_notice_is_hidden_by_a_folder_that_the_file_names(tmp_path, news_index):
    (tmp_path / "work").mkdir()
    (tmp_path / "work" / "told.json").write_text(json.dumps(["writes: openai at models.example"]))
    lines = f"NEWSQA_MODEL=openai:any\nNEWSQA_SESSIONS=.\nOPENAI_BASE_URL={ELSEWHERE}\n"
    with recorder() as (proxy, _):
        words = ("--trust-env", "ask", QUESTION, "--index", news_index)
        done = newsqa(*words, folder=tmp_path, dotenv=lines, HTTP_PROXY=proxy)
    assert "Article text leaves this machine" in done.stderr
