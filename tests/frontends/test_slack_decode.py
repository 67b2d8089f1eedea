"""What the bot takes from Slack's events, and what it does not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsqa.bot.events import ConversationPlace, Message
from newsqa.frontends.slack.messages import MessageDeleted, MessageEdited, decode_command, decode_event

BOT = "UBOT"
SAID = {"type": "message", "channel": "C1", "channel_type": "channel", "user": "U1", "ts": "2.0"}


def body(**event):
    return {"team_id": "T1", "event_id": "Ev1", "event": event}


def test_a_mention_is_a_question_without_the_mention_in_the_thread_of_its_message():
    message = decode_event(body(**SAID, text="<@UBOT> who won, &amp; <https://a.example|where>?"), BOT)
    place = ConversationPlace("slack", "T1", "C1", "2.0")
    assert message == Message("2.0", place, "U1", "who won, & where?", addressed=True, event="Ev1")


def test_both_events_of_one_mention_are_one_message():
    seen = [
        decode_event(body(**{**SAID, "type": kind}, text="<@UBOT> who?"), BOT) for kind in ("message", "app_mention")
    ]
    assert seen[0] == seen[1]


def test_a_direct_message_is_one_conversation_and_each_thread_in_it_another():
    direct = {**SAID, "channel": "D1", "channel_type": "im", "text": "who?"}
    assert decode_event(body(**direct), BOT).place == ConversationPlace("slack", "T1", "D1", direct=True)
    assert decode_event(body(**direct, thread_ts="1.0"), BOT).place == ConversationPlace(
        "slack", "T1", "D1", "1.0", direct=True
    )
    assert decode_event(body(**direct), BOT).addressed


def test_in_a_thread_what_mentions_nobody_may_be_a_follow_up():
    assert not decode_event(body(**SAID, text="and then?", thread_ts="1.0"), BOT).addressed
    assert decode_event(body(**SAID, text="<@UBOT> and then?", thread_ts="1.0"), BOT).addressed


@pytest.mark.parametrize(
    "said",
    [
        {"text": "people among themselves"},
        {"text": "<@U2> shall we?", "thread_ts": "1.0"},
        {"text": "<@UBOT> who?", "bot_id": "B2"},
        {"text": "<@UBOT> who?", "subtype": "bot_message"},
        {"text": "<@UBOT> has joined", "subtype": "channel_join"},
        {"text": "<@UBOT> who?", "user": BOT},
        {"text": "<@UBOT> who?", "user": "USLACKBOT"},
        {"text": "<@UBOT> who?", "user": None},
        {"text": "<@UBOT> who?", "ts": None},
        {"text": "<@UBOT> who?", "type": "reaction_added"},
    ],
)
def test_hears_nothing_in_what_is_not_said_to_it(said):
    assert decode_event(body(**{**SAID, **said}), BOT) is None


def test_an_edit_has_the_new_words_and_the_old_name():
    new = {"user": "U1", "ts": "2.0", "text": "<@UBOT> who won?", "thread_ts": "1.0"}
    old = {**new, "text": "<@UBOT> who?"}
    event = {**SAID, "ts": "3.0", "subtype": "message_changed", "message": new, "previous_message": old}
    edit = decode_event(body(**event), BOT)
    assert isinstance(edit, MessageEdited)
    assert (edit.message.id, edit.message.text, edit.message.place.thread) == ("2.0", "who won?", "1.0")
    assert decode_event(body(**{**event, "previous_message": new}), BOT) is None
    mention = {**SAID, "type": "app_mention", "text": "<@UBOT> who won?", "edited": {"user": "U1", "ts": "3.0"}}
    assert isinstance(decode_event(body(**mention), BOT), MessageEdited)


def test_a_deletion_names_what_is_gone_with_replies_or_without():
    old = {"user": "U1", "ts": "2.0", "text": "<@UBOT> who?"}
    gone = MessageDeleted(ConversationPlace("slack", "T1", "C1", "2.0"), "2.0")
    event = {**SAID, "ts": "3.0", "previous_message": old}
    assert decode_event(body(**event, subtype="message_deleted", deleted_ts="2.0"), BOT) == gone
    tombstone = {"subtype": "tombstone", "ts": "2.0", "user": "USLACKBOT", "text": "This message was deleted."}
    assert decode_event(body(**event, subtype="message_changed", message=tombstone), BOT) == gone


def test_a_command_asks_for_its_asker_alone():
    command = {
        "team_id": "T1",
        "channel_id": "C1",
        "user_id": "U1",
        "trigger_id": "t.1",
        "text": " who &lt; <#C2|news>? ",
    }
    message = decode_command(command)
    assert message == Message(
        "t.1", ConversationPlace("slack", "T1", "C1"), "U1", "who < #news?", addressed=True, private=True
    )
    assert decode_command(command, raw=True).text == "who &lt; <#C2|news>?"


NAMES = ["text", "user", "ts", "thread_ts", "channel", "message", "previous_message", "deleted_ts", "bot_id", "subtype"]
WORDS = st.sampled_from(["message_changed", "message_deleted", "tombstone", "2.0", "<@UBOT> who?", "", "C1", "D1"])
ODD = WORDS | st.none() | st.booleans() | st.integers() | st.lists(WORDS, max_size=2)
OBJECTS = st.dictionaries(st.sampled_from(NAMES), ODD | st.dictionaries(st.sampled_from(NAMES), ODD), max_size=7)
KINDS = st.sampled_from(["", "message_changed", "message_deleted"])


@given(OBJECTS, KINDS, st.sampled_from(["message", "app_mention"]))
def test_no_event_however_odd_breaks_it(event, kind, of):
    decode_event({"event": {"channel": "C1", **event, "type": of, "subtype": kind}}, BOT)
    decode_event({"event": event}, BOT)
