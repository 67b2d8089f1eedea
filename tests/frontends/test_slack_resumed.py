"""A bot in Slack that is killed between posting a message and storing its id: the next one finds the message."""

import logging

import aiohttp
import pytest
from slack_stand_in import slack_stand_in
from slack_workspace import BOT_TOKEN

from newsqa.bot.events import ConversationPlace, Message
from newsqa.frontends.slack.messages import SlackSender
from newsqa.frontends.slack.replies import ThreadReply, UpdateBudget
from newsqa.render.slack import SlackMessage

PARTS = (SlackMessage("one", ()), SlackMessage("two", ()))


@pytest.mark.parametrize("thread", ["1.000100", ""], ids=["thread", "direct message"])
async def test_a_message_whose_id_was_not_stored_is_used_again(thread):
    place = ConversationPlace("slack", "T1", "C1", thread, direct=not thread)
    asked, other = (Message(name, place, "U1", "Who?", addressed=True) for name in ("1.000100", "1.000200"))

    async def ignore(_):
        pass

    with slack_stand_in() as slack:
        async with aiohttp.ClientSession() as session:
            sender = SlackSender(slack.url, BOT_TOKEN, session, logging.getLogger("slack"))
            await ThreadReply(sender, other, UpdateBudget()).start(())
            (first,) = await ThreadReply(sender, asked, UpdateBudget()).start(())
            resumed = ThreadReply(sender, asked, UpdateBudget())
            assert await resumed.start((), resumed=True) == (first,)
            ids = await resumed.finish(PARTS, ignore)
        assert [slack.messages[one].text for one in ids] == ["one", "two"]
        assert len(slack.messages) == 3
