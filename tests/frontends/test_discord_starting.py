"""What keeps `newsqa discord` from starting, told in a line; proxies, and certificates of one's own."""

import re
import socketserver
import ssl
import subprocess
import threading
import warnings
from contextlib import contextmanager

import programs
import pytest
from discord_process import ended, started
from discord_stand_in import TOKEN, discord_stand_in

from newsqa import extras
from newsqa.errors import SettingsError
from newsqa.frontends.discord import run
from newsqa.frontends.discord.run import check_addresses, proxy_for
from newsqa.settings import Settings
from places import DOCS

with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)  # of audioop, which discord.py imports for voices
    import discord

    from newsqa.frontends.discord.client import install_backoff

LOCAL = {"discord_api_url": "http://127.0.0.1:9/api/v10", "discord_gateway_url": "ws://127.0.0.1:9"}


@pytest.mark.parametrize(
    "settings",
    [
        {"discord_api_url": "https://discord.com.evil.example/api/v10"},
        {"discord_api_url": "https://discord.com@evil.example/api/v10"},
        {"discord_api_url": "http://discord.com/api/v10"},
        {"discord_api_url": "https://discord.com/api/v9"},
        {**LOCAL, "discord_gateway_url": "wss://evil.example"},
        {**LOCAL, "discord_gateway_url": ""},
        {"discord_gateway_url": "ws://127.0.0.1:9"},
        {"discord_gateway_url": "ws://gateway.discord.gg"},
        {"offline": True},
    ],
)
def test_the_token_goes_to_discord_or_this_machine_only(settings):
    with pytest.raises(SettingsError) as caught:
        check_addresses(Settings(**settings))
    assert caught.value.hint


def test_its_own_addresses_and_this_machines_are_taken():
    check_addresses(Settings())
    check_addresses(Settings(discord_gateway_url="wss://gateway.discord.gg"))
    check_addresses(Settings(**LOCAL, offline=True))


def test_the_address_that_adds_the_bot_asks_for_what_the_guide_lists_and_no_more():
    guide = (DOCS / "discord.md").read_text("utf-8")
    asked = discord.Permissions(int(re.search(r"permissions=(\d+)", guide)[1]))
    rows = re.search(r"\| permission \|.*?\n\n", guide, re.DOTALL)[0].splitlines()[2:]
    listed = {name.strip() for row in rows if row for name in row.split("|")[1].split(",")}
    named = {"Read Messages": "View Channels", "Send Messages In Threads": "Send Messages in Threads"}
    assert {named.get(words := name.replace("_", " ").title(), words) for name, on in asked if on} == listed


def test_after_a_long_outage_it_is_back_within_two_minutes():
    install_backoff()
    backoff = discord.client.ExponentialBackoff()
    waits = [backoff.delay() for _ in range(200)]
    assert waits[0] <= 2
    assert 60 < max(waits) <= 120


def test_a_proxy_is_for_discord_not_for_this_machine(monkeypatch):
    for name in ("https_proxy", "ALL_PROXY", "all_proxy", "no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.example:3128")
    assert proxy_for(Settings()) == "http://proxy.example:3128"
    assert proxy_for(Settings(**LOCAL)) is None
    monkeypatch.setenv("NO_PROXY", "discord.com")
    assert proxy_for(Settings()) is None


def test_what_is_not_installed_is_named_with_the_extra(monkeypatch):
    monkeypatch.setattr(extras, "find_spec", lambda name: None if name == "discord" else object())
    with pytest.raises(SettingsError, match=r"discord\.py") as caught:
        run.serve_discord(Settings())
    assert "pip install '.[discord]'" in caught.value.hint


def test_without_a_token_it_says_which_to_set(discord_index, tmp_path):
    process = started(None, discord_index, tmp_path)
    assert ended(process).startswith("newsqa: DISCORD_BOT_TOKEN is not set.")
    assert process.popen.returncode == 1


def test_a_wrong_token_is_told_and_not_shown(discord_index, tmp_path):
    with discord_stand_in() as discord:
        process = started(discord, discord_index, tmp_path, DISCORD_BOT_TOKEN="wrong-token-canary")
        text = ended(process)
    assert process.popen.returncode == 1
    assert "DISCORD_BOT_TOKEN" in text.splitlines()[-1]
    assert "docs/discord.md" in text.splitlines()[-1]
    assert "wrong-token-canary" not in text
    assert "Traceback" not in text


@pytest.mark.wire
def test_a_gateway_that_cannot_be_reached_is_told(discord_index, tmp_path):
    with discord_stand_in() as discord:
        process = started(discord, discord_index, tmp_path, NEWSQA_DISCORD_GATEWAY_URL="ws://127.0.0.1:9/")
        text = ended(process)
    assert process.popen.returncode == 1
    assert "Discord cannot be reached" in text.splitlines()[-1]
    assert TOKEN not in text


@contextmanager
def behind_a_proxy(certificate, key):
    """Serve as a proxy whose every tunnel ends at a Discord of our own, which takes no token; give what it was sent."""
    seen = []
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)

    class Tunnel(socketserver.StreamRequestHandler):
        def handle(self):
            seen.append(self.rfile.readline().decode())
            while self.rfile.readline().strip():
                pass
            self.wfile.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
            with context.wrap_socket(self.connection, server_side=True) as inside:
                seen.append(inside.recv(65536).decode())
                body = b'{"message": "401: Unauthorized", "code": 0}'
                head = f"HTTP/1.1 401 Unauthorized\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n"
                inside.sendall(head.encode() + b"Connection: close\r\n\r\n" + body)

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Tunnel) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}", seen
        finally:
            server.shutdown()
            thread.join()


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """A certificate for Discord's name that nobody but this test trusts, and its key."""
    folder = tmp_path_factory.mktemp("certificate")
    names = ["-subj", "/CN=discord.com", "-addext", "subjectAltName=DNS:discord.com"]
    made = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-keyout", "key.pem", "-out", "cert.pem"]
    command = [programs.openssl(), "req", "-x509", "-nodes", "-days", "2", *made, *names]
    subprocess.run(command, cwd=folder, check=True, capture_output=True)
    return folder / "cert.pem", folder / "key.pem"


@pytest.mark.parametrize("trusted", [True, False])
@pytest.mark.wire
def test_it_goes_through_a_proxy_and_trusts_the_certificates_it_is_given(discord_index, tmp_path, certificate, trusted):
    with behind_a_proxy(*certificate) as (proxy, seen):
        own = {"SSL_CERT_FILE": str(certificate[0])} if trusted else {}
        process = started(
            None, discord_index, tmp_path, DISCORD_BOT_TOKEN=TOKEN, HTTPS_PROXY=proxy, NO_PROXY="", no_proxy="", **own
        )
        text = ended(process)
    assert process.popen.returncode == 1
    assert seen[0].startswith("CONNECT discord.com:443")
    if trusted:
        assert f"Authorization: Bot {TOKEN}" in seen[1]
        assert "does not take the token" in text
    else:
        assert TOKEN not in "".join(seen)
        assert "cannot be reached" in text
        assert "SSL_CERT_FILE" in text
