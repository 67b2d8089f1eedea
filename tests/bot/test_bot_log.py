"""The bot's log: ids and timings, nothing that was said, no key."""

import json
import logging

import pytest
import structlog
from scripted_desk import Listener, answered, message, scripted_bot

from newsqa.bot.process import configure, logger
from newsqa.errors import ModelError
from newsqa.settings import Settings

SLACK = "-".join(("xoxb", "123456789012", "abcdefABCDEF"))
DISCORD = ".".join(("MTA" + "a" * 21, "Gabc12", "x" * 30))


@pytest.fixture
def lines(capsys):
    """What the log told so far, each line as the object that it is; all logging is put back afterwards."""
    root, ours = logging.getLogger(), logging.getLogger("newsqa")
    handlers, level, own_level = root.handlers[:], root.level, ours.level

    def read():
        return [json.loads(line) for line in capsys.readouterr().err.splitlines()]

    yield read
    logging.captureWarnings(capture=False)
    root.handlers[:] = handlers
    root.setLevel(level)
    ours.setLevel(own_level)
    structlog.contextvars.clear_contextvars()


async def test_an_answer_leaves_ids_and_timings_and_not_what_was_said(tmp_path, lines):
    configure(Settings())
    async with scripted_bot(tmp_path) as (bot, desk):
        last = await answered(bot, desk, message())
    told = lines()
    assert [line["event"] for line in told][:2] == ["taken", "answered"]
    assert {line["exchange"] for line in told} == {last.request_id}
    assert told[1]["seconds"] >= 0
    assert (told[1]["channel"], told[1]["person"], told[1]["level"]) == ("C1", "U1", "info")
    assert "harbour" not in json.dumps(told)
    assert "May" not in json.dumps(told)


async def test_what_was_said_is_told_where_the_settings_ask_for_it(tmp_path, lines):
    configure(Settings(bot_log_text=True))
    async with scripted_bot(tmp_path) as (bot, desk):
        await answered(bot, desk, message())
    taken, made, *_ = lines()
    assert taken["question"] == "When did the harbour reopen?"
    assert made["text"] == "It reopened in May. [1]"


async def test_a_failure_is_told_under_its_incident_without_keys(tmp_path, lines, monkeypatch):
    monkeypatch.setenv("SLACK_BOT_TOKEN", "canary-of-no-known-form")
    configure(Settings())
    async with scripted_bot(tmp_path) as (bot, desk):
        heard = Listener(bot, message())
        error = ModelError(f"{SLACK} {DISCORD} canary-of-no-known-form refused", kind="key", hint="Set the key.")
        (await desk.asked()).fails(error)
        failed = (await heard.rest())[-1]
    (line,) = [line for line in lines() if line["event"] == "failed"]
    assert line["incident"] == failed.incident
    assert (line["error"], line["hint"], line["level"]) == ("ModelError", "Set the key.", "error")
    assert "Traceback" in line["exception"]
    assert not any(secret in json.dumps(line) for secret in (SLACK, DISCORD, "canary"))


def test_other_packages_tell_warnings_in_the_same_form(lines):
    configure(Settings())
    logging.getLogger("slack_bolt.App").info("a payload with words")
    logging.getLogger("slack_bolt.App").warning("lost %s", f"wss://x.example/?ticket=abcdef&a={SLACK}")
    logger("slack").info("connected", address=["wss://y.example/?ticket=abcdef"], seconds=1.5)
    theirs, ours = lines()
    assert theirs["event"] == "lost wss://x.example/?[hidden]&a=[hidden]"
    assert (theirs["logger"], theirs["level"]) == ("slack_bolt.App", "warning")
    assert (ours["event"], ours["seconds"], ours["logger"]) == ("connected", 1.5, "newsqa.slack")
    assert ours["address"] == ["wss://y.example/?[hidden]"]
