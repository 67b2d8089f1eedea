"""A bot that Slack calls over HTTP: what it lets in, and an answer longer than a message."""

from __future__ import annotations

import hashlib
import hmac
import json
import re
import signal
import socket
import time
from dataclasses import dataclass
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import ProxyHandler, Request, build_opener

import pytest
from openai_stand_in import openai_stand_in
from slack_news import STOPS, TRAMWAY, make_index
from slack_process import SECRET, slack_bot
from slack_stand_in import slack_stand_in
from slack_workspace import BOT, BOT_TOKEN, TEAM, buttons

pytestmark = pytest.mark.wire

MENTION = {"type": "app_mention", "channel": "C1", "user": "U1", "ts": "1760000000.000001"}
OPENER = build_opener(ProxyHandler({}))  # not by a proxy of this machine
STOPS_ASKED = "Which places do the tramway stops of the Grand Trunk serve?"


@dataclass
class Door:
    """The bot's port, and Slack behind it."""

    slack: object
    model: object
    bot: object
    port: int

    def click(self, message, action):
        """Click a button, which Slack sends as a form."""
        (button,) = [b for b in buttons(message.blocks) if b["action_id"] == action]
        payload = {
            "type": "block_actions", "team": {"id": TEAM}, "user": {"id": "U1"}, "trigger_id": "trigger-1",
            "channel": {"id": message.channel}, "response_url": self.slack.response_url(), "api_app_id": "A1",
            "actions": [{"type": "button", "action_id": action, "block_id": "b", "value": button["value"]}],
        }  # fmt: skip
        return self.call(urlencode({"payload": json.dumps(payload)}).encode(), form="application/x-www-form-urlencoded")

    def call(self, body, *, stamp=None, secret=SECRET, signature=None, form="application/json"):
        """Send a request as Slack signs it; return its status and text."""
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        stamp = str(int(time.time())) if stamp is None else stamp
        digest = hmac.new(secret.encode(), f"v0:{stamp}:".encode() + data, hashlib.sha256).hexdigest()
        headers = {
            "Content-Type": form, "X-Slack-Request-Timestamp": stamp,
            "X-Slack-Signature": f"v0={digest}" if signature is None else signature,
        }  # fmt: skip
        request = Request(f"http://127.0.0.1:{self.port}/slack/events", data, headers)
        try:
            with OPENER.open(request, timeout=10) as reply:
                return reply.status, reply.read().decode()
        except HTTPError as error:
            with error:
                return error.code, error.read().decode()


def event(text, **more):
    return {
        "type": "event_callback", "team_id": TEAM, "api_app_id": "A1", "event_id": "Ev1",
        "event": {**MENTION, "text": f"<@{BOT}> {text}", **more},
    }  # fmt: skip


@pytest.fixture(scope="module")
def door(tmp_path_factory):
    index = make_index(tmp_path_factory.mktemp("tramway"), TRAMWAY)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with slack_stand_in() as slack, openai_stand_in() as model:
        more = {"NEWSQA_MODEL": "openai:stand-in", "OPENAI_BASE_URL": model.url, "OPENAI_API_KEY": "sk-canary"}
        folder = tmp_path_factory.mktemp("door")
        with slack_bot(
            slack, index, folder, "--http", "--port", str(port), NEWSQA_CONTEXT="100000", SLACK_APP_TOKEN="", **more
        ) as bot:
            yield Door(slack, model, bot, port)


@pytest.mark.parametrize(
    "wrong",
    [
        {"secret": "another"},
        {"signature": ""},
        {"signature": "v0=é"},
        {"signature": "v1=" + "0" * 64},
        {"stamp": "1"},
        {"stamp": str(int(time.time()) + 3_600)},
        {"stamp": "yesterday"},
        {"stamp": ""},
        {"stamp": "9" * 400},
        {"stamp": "١٧٦٠٠٠٠٠٠٠".encode().decode("latin-1")},
    ],
)
def test_lets_nothing_in_that_slack_did_not_sign_just_now(door, wrong):
    assert door.call(event("How?"), **wrong)[0] == 401


def test_lets_nothing_in_that_is_changed_too_large_or_elsewhere(door):
    assert door.call(b"x" * 2_000_000)[0] == 413
    with pytest.raises(HTTPError, match="405") as error:
        OPENER.open(f"http://127.0.0.1:{door.port}/slack/events", timeout=10)
    error.value.close()
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.2", door.port), timeout=5)


def test_proves_its_address_to_slack(door):
    status, text = door.call({"type": "url_verification", "challenge": "ch4llenge", "token": "gone"})
    assert status == 200
    assert "ch4llenge" in text


NONSENSE = [b"null", b"[]", b"7", b"{", b'{"type": "event_callback"}', b'{"type": "event_callback", "event": 7}']


def test_signed_nonsense_does_no_harm(door):
    assert {door.call(body)[0] for body in NONSENSE} <= {200, 400, 404}
    for form in (b"payload=7", b'payload={"type":"block_actions"}', b"\x00"):
        assert door.call(form, form="application/x-www-form-urlencoded")[0] in {200, 400, 404}
    assert door.call(b"\xff\xfe")[0] == 401
    assert door.call(b"\xff\xfe", secret="another")[0] == 401
    assert door.call({"type": "url_verification", "challenge": "still", "token": "gone"})[0] == 200


def test_a_command_is_acknowledged_without_a_word_and_answered_at_its_address(door):
    url = door.slack.response_url()
    form = {
        "command": "/ask",
        "text": "help",
        "team_id": TEAM,
        "channel_id": "C1",
        "user_id": "U1",
        "trigger_id": "t.1",
    }
    sent = urlencode({**form, "response_url": url, "api_app_id": "A1"}).encode()
    assert door.call(sent, form="application/x-www-form-urlencoded") == (200, "")
    told = door.slack.until(lambda: door.slack.called("response"))[0]
    assert told.args["response_type"] == "ephemeral"
    assert "Ask me" in told.args["text"]


def test_an_answer_as_long_as_they_get_loses_no_word(door):
    def reply(prompt):
        return " ".join(f"{stop} [{prompt.key(stop)}]" for stop in STOPS if prompt.key(stop) != 99)

    door.model.reply = reply
    assert door.call(event(STOPS_ASKED))[0] == 200
    door.slack.until(lambda: door.slack.finals("C1", MENTION["ts"]), 40)
    said = " ".join(m.text for m in door.slack.thread("C1", MENTION["ts"]))
    stood = [stop for stop in STOPS if stop in said]
    assert sum(map(len, stood)) > 19_000  # a model's answer is cut at 20,000
    cited = {n for stop in stood for n in re.match(r"(?: \[\d+\])+", said.split(stop)[1])[0].strip(" []").split("] [")}
    assert all(f"[{n}] Stops of the Grand Trunk tramway, part" in said for n in cited)
    assert all(call.ok for call in door.slack.calls)

    assert door.click(door.slack.finals("C1", MENTION["ts"])[0], "newsqa_sources")[0] == 200
    opened = door.slack.until(lambda: door.slack.called("views.open"))[0]
    assert opened.ok
    assert opened.args["trigger_id"] == "trigger-1"
    assert all(stop in json.dumps(opened.args["view"]) for stop in stood)


def test_ctrl_c_stops_it_and_its_log_has_no_secret(door):
    assert door.bot.stop(signal.SIGINT) < 10
    assert door.bot.popen.returncode == 130
    log = door.bot.log.read_text("utf-8")
    assert not any(secret in log for secret in (BOT_TOKEN, SECRET, "canary"))
    assert "tramway" not in log.lower()
