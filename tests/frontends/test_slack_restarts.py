"""A bot in Slack that is bounded, cut off, stopped, killed and started again over one folder."""

from __future__ import annotations

import threading
from dataclasses import dataclass

import pytest
from health_reader import free_port, health, metrics
from openai_stand_in import openai_stand_in
from slack_news import CHEESE, LAMP, copied
from slack_process import slack_bot
from slack_stand_in import slack_stand_in
from slack_workspace import APP_TOKEN, BOT, BOT_TOKEN

pytestmark = pytest.mark.wire

FESTIVAL = f"<@{BOT}> How many visitors came to the cheese festival in Ostby?"
LIGHTHOUSE = f"<@{BOT}> When was the lighthouse at Cape Ansell switched off?"
MENTION = {"type": "app_mention", "channel": "C2", "user": "U9", "text": FESTIVAL}
NEXT_ANSWER = 15.0
"""Seconds after a broken connection in which the next question is answered."""

LEAVING = 10.0
"""Seconds that a bot has to end after SIGTERM."""


@dataclass
class Town:
    """Slack, the model, and one bot after the other over one folder: two channels, three questions a minute."""

    slack: object
    model: object
    index: object
    folder: object
    port: int

    def bot(self):
        return slack_bot(
            self.slack, self.index, self.folder,
            NEWSQA_MODEL="openai:stand-in", OPENAI_BASE_URL=self.model.url, OPENAI_API_KEY="sk-canary-11c0ffee",
            NEWSQA_BOT_CHANNELS="C1,C2", NEWSQA_BOT_RATE="3", NEWSQA_BOT_PORT=str(self.port),
        )  # fmt: skip

    def final(self, thread, seconds=15.0, channel="C1"):
        return self.slack.until(lambda: self.slack.finals(channel, thread), seconds)[0]


@pytest.fixture
def town(slack_index, tmp_path):
    with slack_stand_in() as slack, openai_stand_in() as model:
        model.reply = copied(CHEESE)
        yield Town(slack, model, slack_index, tmp_path, free_port())


def test_two_lives_of_a_bot_over_one_folder(town):
    with town.bot() as bot:
        acknowledges_what_it_has_no_use_for(town)
        serves_only_its_channels(town)
        tells_once_that_it_is_asked_too_often(town)
        answers_after_the_connection_was_renewed_or_broke(town)
        tells_how_it_does(town)
        seen = town.slack.now()
        town.slack.event({**MENTION, "ts": seen}, event_id="EvSeen")
        final = town.final(seen, channel="C2")
        left_open = is_killed_while_it_answers(town, bot)
        says_nothing_secret(bot)
    with town.bot() as bot:
        assert CHEESE in town.final(left_open).text
        answers_nothing_twice(town, seen, final)
        takes_clicks_on_answers_of_a_former_life(town, final)
        lets_an_answer_end_or_says_that_it_was_interrupted(town, bot)
        assert len(town.slack.thread("C1", left_open)) == 1
        says_nothing_secret(bot)


def acknowledges_what_it_has_no_use_for(town):
    kinds = ("member_joined_channel", "app_home_opened", "assistant_thread_started", "never_heard_of")
    clicks = [
        {"type": "shortcut", "callback_id": "x"},
        {"type": "message_action", "callback_id": "x"},
        {"type": "view_submission", "view": {"callback_id": "x", "type": "modal"}},
        {"type": "block_actions", "actions": [{"type": "button", "action_id": "somebody_elses", "block_id": "b"}]},
    ]
    sent = [town.slack.event({"type": kind, "user": "U1", "channel": "C1"}) for kind in kinds]
    assert all(town.slack.acked(envelope) for envelope in [*sent, *map(town.slack.interaction, clicks)])


def serves_only_its_channels(town):
    elsewhere = town.slack.say(FESTIVAL, channel="C3", person="U3")
    ts = town.slack.say(FESTIVAL, person="U3")
    town.final(ts)
    assert not town.slack.thread("C3", elsewhere)
    assert not [c for c in town.slack.calls if c.args.get("channel") == "C3"]
    assert len(town.model.requests) == 1


def tells_once_that_it_is_asked_too_often(town):
    asked = len(town.model.requests)
    for _ in range(3):
        town.final(town.slack.say(FESTIVAL, person="U4"))
    refused = [town.slack.say(FESTIVAL, person="U4") for _ in range(3)]
    notice = town.slack.until(lambda: town.slack.called("chat.postEphemeral"))[0]
    town.final(town.slack.say(FESTIVAL, person="U5"))
    assert (notice.args["user"], notice.args["channel"]) == ("U4", "C1")
    assert "thread_ts" not in notice.args  # Slack shows none in a thread that has not begun
    assert len(town.slack.called("chat.postEphemeral")) == 1
    assert not [m for ts in refused for m in town.slack.thread("C1", ts)]
    assert len(town.model.requests) == asked + 4


def answers_after_the_connection_was_renewed_or_broke(town):
    for breaks, person in ((town.slack.refresh, "U6"), (town.slack.drop, "U7")):
        before = town.slack.connections
        breaks()
        ts = town.slack.say(FESTIVAL, person=person)
        assert CHEESE in town.final(ts, NEXT_ANSWER).text
        town.slack.until(lambda before=before: town.slack.connections > before)


def tells_how_it_does(town):
    status, told = health(town.port)
    figures = metrics(town.port)
    assert (status, told["connected"], told["platform"]) == (200, True, "slack")
    assert figures["newsqa_reconnects_total",] >= 2
    assert figures["newsqa_questions_total", "answered"] >= 6
    assert figures["newsqa_questions_total", "limited"] == 3


def is_killed_while_it_answers(town, bot):
    """Kill the bot in mid-answer; return the question that it left."""
    held, asked = threading.Event(), len(town.model.requests)
    town.model.reply = waiting(held, copied(CHEESE))
    ts = town.slack.say(FESTIVAL, person="U10")
    town.slack.until(lambda: len(town.model.requests) > asked and town.slack.thread("C1", ts))
    bot.popen.kill()
    bot.popen.wait()
    held.set()
    town.model.reply = copied(CHEESE)
    return ts


def answers_nothing_twice(town, seen, final):
    posts, asked, said = len(town.slack.called("chat.postMessage")), len(town.model.requests), list(final.texts)
    town.slack.acked(town.slack.event({**MENTION, "ts": seen}, event_id="EvSeen", retry=1))
    town.slack.acked(town.slack.event({**MENTION, "type": "message", "channel_type": "channel", "ts": seen}))
    town.final(town.slack.say(FESTIVAL, person="U8"))
    assert len(town.slack.called("chat.postMessage")) == posts + 1
    assert len(town.model.requests) == asked + 1
    assert final.texts == said  # nothing new was put in its place, either


def takes_clicks_on_answers_of_a_former_life(town, final):
    thanks = len(town.slack.called("response"))
    for person in ("U1", "U1", "U2"):
        town.slack.acked(town.slack.click(final, "newsqa_good", person=person))
    town.slack.until(lambda: len(town.slack.called("response")) == thanks + 2)


def says_nothing_secret(bot):
    assert {"taken", "answered"} <= {line["event"] for line in bot.lines()}
    log = bot.log.read_text("utf-8")
    assert not any(secret in log for secret in (BOT_TOKEN, APP_TOKEN, "canary"))
    assert "festival" not in log


def lets_an_answer_end_or_says_that_it_was_interrupted(town, bot):
    ends, never, asked = threading.Event(), threading.Event(), len(town.model.requests)

    def reply(prompt):
        ending = "cheese" in prompt.messages[-1][1].split("Question")[-1]
        return waiting(ends if ending else never, copied(CHEESE if ending else LAMP))(prompt)

    town.model.reply = reply
    first, second = town.slack.say(FESTIVAL, person="U11"), town.slack.say(LIGHTHOUSE, person="U12")
    town.slack.until(lambda: len(town.model.requests) == asked + 2)
    threading.Timer(0.5, ends.set).start()
    assert bot.stop() < LEAVING
    assert bot.popen.returncode == 0
    never.set()
    assert CHEESE in town.final(first).text
    (interrupted,) = town.slack.thread("C1", second)
    assert "ask again" in interrupted.text
    assert LAMP not in "".join(interrupted.texts)


def waiting(held, reply):
    def waits(prompt):
        held.wait(20)
        return reply(prompt)

    return waits
