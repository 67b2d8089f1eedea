"""What people see of answers in Slack: the real clients against Slack's stand-in, the bot in a process of its own."""

from __future__ import annotations

import json
import re
import threading
from itertools import pairwise

import pytest
from slack_news import CHEESE, KEEPER, LAMP, PING, PRIZE, copied
from slack_talk import KEY, elements, kinds, talking, waiting
from slack_workspace import APP_TOKEN, BOT, BOT_ID, BOT_TOKEN, Fault, buttons
from typer.testing import CliRunner

from newsqa.cli import app

pytestmark = pytest.mark.wire

FESTIVAL = "How many visitors came to the cheese festival in Ostby?"
LIGHTHOUSE = "When was the lighthouse at Cape Ansell switched off?"
SLACK_WAITS = 3.0
"""Seconds until Slack sends an envelope again that was not acknowledged."""

AT_ONCE = 1.0
"""Seconds in which the bot acknowledges, whatever it is at; a busy machine may hold up one of several."""


@pytest.fixture(scope="module")
def talk(slack_index, tmp_path_factory):
    with talking(slack_index, tmp_path_factory.mktemp("bot")) as opened:
        yield opened


@pytest.fixture
def held():
    """What a scripted model waits for; it never waits longer than the test."""
    event = threading.Event()
    yield event
    event.set()


def test_acknowledges_at_once_and_shows_that_it_works_while_an_answer_takes_its_time(talk, held):
    talk.model.reply = waiting(held, copied(CHEESE))
    ts = talk.slack.now()
    message = {"channel": "C1", "user": "U1", "text": f"<@{BOT}> {FESTIVAL}", "ts": ts}
    first = talk.slack.event({"type": "app_mention", **message})
    working = talk.slack.until(lambda: talk.slack.thread("C1", ts))
    again = {"type": "message", "channel_type": "channel", **message}
    useless = {"type": "reaction_added", "user": "U1", "item": {}, "reaction": "eyes"}
    took = [talk.slack.acked(first) - talk.slack.sent[first]]
    for event in (again, useless, useless, useless):  # one after the other: what the bot does of one holds up the next
        sent = talk.slack.event(event)
        took.append(talk.slack.acked(sent) - talk.slack.sent[sent])
    assert sorted(took)[-2] < AT_ONCE
    assert max(took) < SLACK_WAITS
    assert len(working) == 1
    assert not talk.slack.finals("C1", ts)
    held.set()
    final = talk.final(ts)
    assert CHEESE in final.text
    assert final is working[0]
    assert [m.ts for m in talk.slack.thread("C1", ts)] == [final.ts]


def test_answers_what_only_a_repeated_delivery_brings(talk):
    talk.model.reply = copied(CHEESE)
    ts = talk.slack.now()
    message = {"channel": "C1", "user": "U1", "text": f"<@{BOT}> {FESTIVAL}", "ts": ts}
    talk.slack.event({"type": "app_mention", **message}, event_id="EvRepeated", retry=1)
    final = talk.final(ts)
    said, asked = list(final.texts), len(talk.model.requests)
    talk.slack.event({"type": "app_mention", **message}, event_id="EvRepeated", retry=2)
    talk.asked(LIGHTHOUSE, copied(LAMP))  # the answer before is delivered by then
    talk.slack.event({"type": "message", "channel_type": "channel", **message}, event_id="EvOther")
    talk.asked(LIGHTHOUSE, copied(LAMP))
    assert talk.slack.thread("C1", ts) == [final]
    assert final.texts == said
    assert len(talk.model.requests) == asked + 2


def test_leaves_alone_what_is_not_said_to_it(talk):
    before = len(talk.slack.calls)
    text = f"<@{BOT}> {FESTIVAL}"
    ts = talk.slack.now()
    talk.slack.say("own words", person=BOT, bot_id=BOT_ID)
    talk.slack.say(text, person="UOTHERBOT", bot_id="B2")
    talk.slack.say(text, subtype="bot_message", bot_id="B2")
    talk.slack.say("has joined", subtype="channel_join")
    talk.slack.say("People among themselves.")
    talk.slack.say("People in a thread.", thread_ts=talk.slack.now())
    edited = {"channel": "C1", "ts": ts, "edited": {"user": "U1", "ts": ts}, "user": "U1", "text": text}
    talk.slack.event({"type": "app_mention", **edited})
    talk.slack.event({
        "type": "message", "subtype": "message_changed", "channel": "C1", "channel_type": "channel", "ts": ts,
        "message": {**edited, "type": "message"}, "previous_message": {"ts": ts, "user": "U1", "text": "x"},
    })  # fmt: skip
    final = talk.asked(LIGHTHOUSE, copied(LAMP))
    posts = [c for c in talk.slack.calls[before:] if c.method == "chat.postMessage"]
    assert [c.answer["ts"] for c in posts] == [final.ts]


def test_answers_in_the_thread_of_the_question_and_nowhere_else(talk):
    before = len(talk.slack.calls)
    thread = talk.slack.say("What about the north?")
    ts = talk.ask(LIGHTHOUSE, copied(LAMP), thread_ts=thread)
    final = talk.final(thread)
    assert LAMP in final.text
    assert not talk.slack.thread("C1", ts)
    posts = [c for c in talk.slack.calls[before:] if c.method == "chat.postMessage"]
    assert [(c.args["channel"], c.args["thread_ts"]) for c in posts] == [("C1", thread)]
    assert all(c.args["unfurl_links"] is False and c.args["unfurl_media"] is False for c in posts)


def test_takes_a_follow_up_in_a_thread_that_it_was_called_into_with_what_was_said_before(talk):
    thread = talk.ask(LIGHTHOUSE, copied(LAMP))
    talk.final(thread)
    seen = len(talk.model.requests)
    talk.model.reply = copied(KEEPER)
    talk.slack.say("<@U2> shall we go there?", thread_ts=thread)
    talk.slack.say("And who climbed it for the last time?", thread_ts=talk.slack.now())
    talk.slack.say("And who climbed it for the last time?", thread_ts=thread)
    final = talk.final(thread, number=2)
    assert KEEPER in final.text
    told = json.dumps(talk.model.requests[seen:])
    assert LIGHTHOUSE in told  # which no article has
    assert "shall we go" not in told
    assert len(talk.slack.thread("C1", thread)) == 2


def test_keeps_two_threads_apart_that_ask_at_once(talk, held):
    def reply(prompt):
        assert held.wait(30)
        asked_of_cheese = FESTIVAL in prompt.messages[-1][1]
        return copied(CHEESE if asked_of_cheese else LAMP)(prompt)

    asked = len(talk.model.requests)
    first = talk.ask(FESTIVAL, reply, person="U1")
    second = talk.ask(LIGHTHOUSE, reply, person="U2")
    talk.slack.until(lambda: talk.slack.thread("C1", first) and talk.slack.thread("C1", second))
    talk.slack.until(lambda: len(talk.model.requests) == asked + 2)  # neither waits for the other
    held.set()
    for thread, own, others in ((first, CHEESE, LAMP), (second, LAMP, CHEESE)):
        assert own in talk.final(thread).text
        assert not any(others in text for m in talk.slack.thread("C1", thread) for text in m.texts)


def test_a_direct_message_needs_no_mention_and_goes_on(talk):
    talk.model.reply = copied(CHEESE)
    talk.slack.say(FESTIVAL, channel="D1")
    assert CHEESE in talk.final("", "D1").text
    talk.model.reply = copied(PRIZE)
    talk.slack.say("And who won the first prize?", channel="D1")
    assert PRIZE in talk.final("", "D1", number=2).text


def test_says_what_the_terminal_says_with_the_same_sources(talk, monkeypatch):
    final = talk.asked(FESTIVAL, copied(CHEESE, PRIZE))
    for name in ("NEWSQA_MODEL", "OPENAI_BASE_URL", "OPENAI_API_KEY"):
        monkeypatch.setenv(name, talk.environment[name])
    told = CliRunner().invoke(app, ["ask", FESTIVAL, "--json", "--index", str(talk.index)])
    answer = json.loads(told.stdout)
    assert final.text.startswith(answer["text"])
    assert set(re.findall(r"\[(\d+)\]", answer["text"])) == {str(c["n"]) for c in answer["citations"]}
    for citation in answer["citations"]:
        listed = final.text.split(f"\n[{citation['n']}] ")[1]
        assert listed.startswith(f"{citation['title']} · {citation['outlet']}")
        assert citation["url"] in listed
        assert citation["quote"] in listed
    shown = [e["elements"][0] for e in elements(final.blocks) if e["type"] == "rich_text_quote"]
    assert [quote["text"] for quote in shown] == [citation["quote"] for citation in answer["citations"]]


def test_nothing_in_questions_articles_or_titles_pings_anyone_and_titles_still_link(talk):
    question = "What did the harbour notice at Wick read? &lt;!channel&gt; @everyone <!here> <@U77>"
    final = talk.asked(question, copied(PING))
    sent = json.dumps([final.texts, final.blocks])
    assert not re.search(r"<[!@#]", sent)
    assert not re.search(r"@(everyone|channel|here)\b", sent)
    assert not {"user", "usergroup", "broadcast", "channel"} & set(kinds(final.blocks))
    links = [e for e in elements(final.blocks) if e["type"] == "link"]
    (address,) = [e["url"] for e in links]
    assert re.fullmatch(r"https://tarn-herald\.example/wick\?a=1&b=2#:~:text=[\w.,%]+", address)
    assert links[0]["text"].startswith("Wick | notice > calls )")
    assert "\n" not in links[0]["text"]


def test_waits_as_long_as_slack_asks_and_then_says_all_of_it(talk):
    def is_final(args):
        return bool(buttons(args["blocks"]))

    talk.slack.fail("chat.update", Fault(status=429, headers={"Retry-After": "2"}), where=is_final)
    final = talk.asked(FESTIVAL, copied(CHEESE, PRIZE))
    refused, taken = [c for c in talk.slack.called("chat.update", ts=final.ts) if is_final(c.args)]
    assert refused.status == 429
    assert taken.at - refused.at >= 2
    assert CHEESE in final.text
    assert PRIZE in final.text


@pytest.mark.parametrize("fault", ["message_not_found", "cant_update_message"])
def test_a_message_that_cannot_be_updated_any_more_gives_way_to_a_whole_one(talk, fault):
    talk.slack.fail("chat.update", Fault(fault), where=lambda args: bool(buttons(args["blocks"])))
    thread = talk.ask(FESTIVAL, copied(CHEESE, PRIZE))
    final = talk.final(thread)
    assert CHEESE in final.text
    assert talk.slack.thread("C1", thread) == [final]


def test_blocks_that_slack_no_longer_takes_give_way_to_text(talk):
    talk.slack.fail("chat.update", Fault("invalid_blocks"), where=lambda args: bool(buttons(args["blocks"])))
    thread = talk.ask(FESTIVAL, copied(CHEESE))
    message = talk.slack.until(lambda: [m for m in talk.slack.thread("C1", thread) if not m.blocks])[0]
    assert CHEESE in message.text


def test_partial_answers_grow_and_none_follows_the_answer(talk):
    talk.model.pace = 0.07
    try:
        final = talk.asked(FESTIVAL, copied(CHEESE, PRIZE))
    finally:
        talk.model.pace = 0.0
    talk.asked(LIGHTHOUSE, copied(LAMP))
    *earlier, last = final.texts
    assert any(CHEESE in text and PRIZE not in text for text in earlier)
    assert PRIZE in last
    assert buttons(final.blocks)
    updates = talk.slack.called("chat.update", ts=final.ts)
    assert all(later.at - sooner.at > 1 for sooner, later in pairwise(updates[:-1]))


def test_says_plainly_what_the_articles_do_not_hold(talk):
    final = talk.asked("Who won the chess title in Quillon harbour?", "NOT FOUND")
    assert "do not answer" in final.text
    assert "Lighthouse at Cape Ansell goes dark" in final.text or "Cheese festival" in final.text
    assert "2 May 2025" in final.text


def test_a_failing_model_becomes_a_friendly_line_with_an_id_that_the_log_has(talk):
    talk.model.status, talk.model.error = 401, {"error": {"message": f"bad key {KEY}"}}
    try:
        thread = talk.slack.say(f"<@{BOT}> {FESTIVAL}")
        message = talk.slack.until(lambda: [m for m in talk.slack.thread("C1", thread) if "incident" in m.text])[0]
    finally:
        talk.model.status, talk.model.error = 200, None
    incident = re.search(r"incident (\w+)", message.text)[1]
    assert "Traceback" not in message.text
    assert KEY not in message.text
    assert len(talk.slack.thread("C1", thread)) == 1
    assert any(incident in json.dumps(line) for line in talk.bot.lines())


def test_a_question_that_is_edited_before_its_answer_is_answered_as_edited(talk, held):
    asked = len(talk.model.requests)
    ts = talk.ask(FESTIVAL, waiting(held, copied(CHEESE)))
    talk.slack.until(lambda: talk.slack.thread("C1", ts) and len(talk.model.requests) > asked)
    talk.model.reply = copied(LAMP)
    before = {"user": "U1", "ts": ts, "text": f"<@{BOT}> {FESTIVAL}"}
    talk.slack.event({
        "type": "message", "subtype": "message_changed", "channel": "C1", "channel_type": "channel",
        "ts": talk.slack.now(), "message": {**before, "text": f"<@{BOT}> {LIGHTHOUSE}"}, "previous_message": before,
    })  # fmt: skip
    final = talk.final(ts)
    held.set()
    assert LAMP in final.text
    assert len(talk.slack.thread("C1", ts)) == 1


def test_a_question_that_is_deleted_before_its_answer_is_left(talk, held):
    ts = talk.ask(FESTIVAL, waiting(held, copied(CHEESE)))
    talk.slack.until(lambda: talk.slack.thread("C1", ts))
    talk.slack.event({
        "type": "message", "subtype": "message_deleted", "channel": "C1", "channel_type": "channel", "deleted_ts": ts,
        "previous_message": {"user": "U1", "ts": ts, "text": "gone"}, "ts": talk.slack.now(),
    })  # fmt: skip
    talk.slack.until(lambda: not talk.slack.thread("C1", ts))
    held.set()
    talk.asked(LIGHTHOUSE, copied(LAMP))
    assert not talk.slack.thread("C1", ts)


def test_a_command_is_answered_to_its_asker_alone_who_may_share_it_once(talk):
    posted = len(talk.slack.messages)
    talk.model.reply = copied(CHEESE)
    url = talk.slack.command(FESTIVAL)
    private = talk.slack.until(
        lambda: [c for c in talk.slack.called("response", url=url) if buttons(c.args.get("blocks", []))]
    )[0]
    assert [c.args["response_type"] for c in talk.slack.called("response", url=url)] == ["ephemeral", "ephemeral"]
    assert CHEESE in private.args["text"]
    assert len(talk.slack.messages) == posted

    talk.slack.click(private, "newsqa_share", person="U1")
    again = talk.slack.click(private, "newsqa_share", person="U1")
    shared = talk.slack.until(lambda: talk.slack.called("response", response_type="in_channel"))[0]
    talk.slack.acked(again)
    talk.slack.until(lambda: talk.slack.called("response", delete_original=True))
    assert CHEESE in shared.args["text"]
    assert FESTIVAL in json.dumps(private.args["blocks"])
    assert [part["text"] for part in shared.args["blocks"][0]["elements"]] == ["<@U1> asked:", FESTIVAL]
    assert "newsqa_share" not in json.dumps(shared.args["blocks"])
    assert len(talk.slack.called("response", response_type="in_channel")) == 1


def test_commands_to_the_bot_itself_are_for_its_admins_and_answered_to_them_alone(talk):
    asked = len(talk.model.requests)
    told = {}
    for person in ("U1", "U2"):
        url = talk.slack.command("status", name="/newsqa", person=person)
        told[person] = talk.slack.until(lambda url=url: talk.slack.called("response", url=url))[0].args
    assert "Today:" in told["U1"]["text"]
    assert "Only those who look after me" in told["U2"]["text"]
    assert {args["response_type"] for args in told.values()} == {"ephemeral"}
    assert len(talk.model.requests) == asked


def test_feedback_counts_once_and_a_changed_mind_counts(talk):
    final = talk.asked(FESTIVAL, copied(CHEESE))
    before = len(talk.slack.called("response", response_type="ephemeral"))

    def thanked(number):
        def told():
            calls = talk.slack.called("response", response_type="ephemeral")[before:]
            return [call.args["text"] for call in calls] if len(calls) >= number else None

        return talk.slack.until(told)

    talk.slack.click(final, "newsqa_good")
    thanked(1)
    talk.slack.acked(talk.slack.click(final, "newsqa_good"))
    talk.slack.click(final, "newsqa_bad")
    assert "bad" in thanked(2)[1]  # not once more for the same
    talk.slack.click(final, "newsqa_good", person="U2")
    assert [re.search("good|bad", text)[0] for text in thanked(3)] == ["good", "bad", "good"]


def test_nothing_followed_any_answer_in_its_place(talk):
    """Look at the updates of all tests so far."""
    final = set()
    for call in talk.slack.called("chat.update"):
        done = bool(buttons(call.args["blocks"]))
        assert done or call.args["ts"] not in final
        final |= {call.args["ts"]} if done and call.ok else set()
    assert final


def test_no_call_was_refused_for_its_form_and_no_token_is_in_the_log(talk):
    errors = {c.answer.get("error") for c in talk.slack.calls if not c.ok}
    assert errors <= {None, "ratelimited", "message_not_found", "cant_update_message", "invalid_blocks"}
    log = talk.bot.log.read_text("utf-8")
    assert not any(secret in log for secret in (BOT_TOKEN, APP_TOKEN, KEY))
    assert "festival" not in log
    assert all(line.startswith("{") for line in log.splitlines())
