"""How an answer comes to stand in Slack: in whose place, and what a process that died before has left."""

from __future__ import annotations

import asyncio

import pytest

from newsqa.bot.events import ConversationPlace, Message
from newsqa.frontends.slack import replies
from newsqa.render.posts import WORKING
from newsqa.render.slack import SlackMessage, render_line
from newsqa.types import Sentence

PLACE = ConversationPlace("slack", "T1", "C1", "1.0")
PARTS = tuple(SlackMessage(text, ()) for text in ("one", "two", "three"))


class Sender:
    """What stands in the thread; it breaks after so many posts."""

    def __init__(self, standing=(), breaks_after=99):
        self.standing = dict.fromkeys(standing, "old")
        self.left = breaks_after
        self.whispered = []
        self.asked = {}
        self.searchable = True

    async def post_ephemeral(self, _, __, post):
        self.whispered.append(post.text)

    async def find_posted(self, _, question):
        if not self.searchable:
            raise TimeoutError
        return tuple(name for name, asked in self.asked.items() if asked == question and name in self.standing)

    async def post(self, _, post, question=""):
        if not self.left:
            raise TimeoutError
        self.left -= 1
        name = f"{len(self.standing) + 1}.{self.left}"
        self.standing[name] = post.text
        self.asked[name] = question
        return name

    async def update(self, _, name, post, **__):
        self.standing[name] = post.text

    async def delete(self, _, name):
        del self.standing[name]


def thread_reply(sender):
    return replies.ThreadReply(sender, Message("1.0", PLACE, "U1", "Who?", addressed=True), replies.UpdateBudget())


def noting(names):
    async def noted(told):
        names[:] = told

    return noted


async def test_an_answer_in_parts_that_was_cut_off_is_finished_and_not_said_twice():
    sender, names = Sender(breaks_after=2), []
    first = thread_reply(sender)
    names[:] = await first.start(())
    with pytest.raises(TimeoutError):
        await first.finish(PARTS, noting(names))
    assert list(sender.standing) == names
    assert list(sender.standing.values()) == ["one", "two"]

    sender.left, second = 99, thread_reply(sender)
    assert list(await second.start(names)) == names
    assert list(await second.finish(PARTS, noting(names))) == list(sender.standing)
    assert list(sender.standing.values()) == ["one", "two", "three"]


@pytest.mark.parametrize("kept", [0, 1, 2])
async def test_what_was_posted_and_not_kept_is_found_in_slack(kept):
    sender, names = Sender(breaks_after=2), []
    first = thread_reply(sender)
    names[:] = await first.start(())
    with pytest.raises(TimeoutError):
        await first.finish(PARTS, noting(names))
    sender.left, second = 99, thread_reply(sender)
    await second.start(names[:kept], resumed=True)
    await second.finish(PARTS, noting(names))
    assert list(sender.standing.values()) == ["one", "two", "three"]


async def test_where_slack_cannot_be_searched_what_was_kept_is_used():
    sender = Sender()
    first = await thread_reply(sender).start(())
    sender.searchable = False
    assert await thread_reply(sender).start(first, resumed=True) == first


@pytest.mark.parametrize(("direct", "stands"), [(True, ["one"]), (False, [])])
async def test_what_is_for_the_asker_alone_stands_in_a_direct_message(direct, stands):
    sender = Sender()
    message = Message("1.0", ConversationPlace("slack", "T1", "D1", direct=direct), "U1", "hi", addressed=True)
    await replies.ThreadReply(sender, message, replies.UpdateBudget()).notify_asker(PARTS[0])
    assert list(sender.standing.values()) == stands
    assert sender.whispered == ([] if direct else ["one"])


async def test_nothing_is_shown_of_sentences_that_were_taken_back(monkeypatch):
    monkeypatch.setattr(replies, "UPDATE_INTERVAL", 0.0)
    sender = Sender()
    answer = thread_reply(sender)
    await answer.start(())
    answer.update((Sentence("It reopened.", (1,), 0.9),))
    answer._newest = ()  # as an ending or an edit does, in the moment in which its time has come
    await asyncio.sleep(0.01)
    assert list(sender.standing.values()) == [render_line(WORKING).text]


async def test_what_an_answer_in_fewer_parts_leaves_over_is_taken_away():
    sender = Sender(["8.0", "9.0"])
    second = thread_reply(sender)
    await second.start(["8.0", "9.0"])
    await second.finish(PARTS[:1], noting([]))
    assert sender.standing == {"8.0": "one"}


@pytest.mark.parametrize(("long", "kept"), [(-1.0, False), (60.0, True)])
async def test_after_a_long_wait_the_answer_is_a_new_message_that_slack_tells_of(monkeypatch, long, kept):
    monkeypatch.setattr(replies, "LONG_WAIT", long)
    sender, noted = Sender(), []
    answer = thread_reply(sender)
    (working,) = await answer.start(())
    names = await answer.finish(PARTS[:2], noting(noted))
    assert (working in names) is kept
    assert list(sender.standing.values()) == ["one", "two"]
    assert list(names) == noted == list(sender.standing)
