"""A bot in Slack whose answers hold what a test wants, when it wants it."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass

from openai_stand_in import openai_stand_in
from slack_process import slack_bot, surroundings
from slack_stand_in import slack_stand_in
from slack_workspace import BOT

KEY = "sk-canary-4f11c0ffee"


@dataclass
class Talk:
    """Slack, the model behind the bot, the bot's process and its environment."""

    slack: object
    model: object
    bot: object
    environment: dict
    index: object

    def ask(self, question, reply, **more):
        """Mention the bot; return the ts of the question."""
        self.model.reply = reply
        return self.slack.say(f"<@{BOT}> {question}", **more)

    def final(self, thread, channel="C1", number=1):
        """Wait for the message with buttons that ends an answer."""
        return self.slack.until(lambda: self.slack.finals(channel, thread)[number - 1 :])[-1]

    def asked(self, question, reply, **more):
        """Ask, and wait for the end of the answer."""
        return self.final(self.ask(question, reply, **more))


@contextmanager
def talking(index, folder):
    """Run a bot over an index, with a scripted model, for as long as the context lasts."""
    with slack_stand_in() as slack, openai_stand_in() as model:
        more = {
            "NEWSQA_MODEL": "openai:stand-in", "OPENAI_BASE_URL": model.url, "OPENAI_API_KEY": KEY,
            "NEWSQA_BOT_RATE": "0", "NEWSQA_BOT_ADMINS": "U1",
        }  # fmt: skip
        with slack_bot(slack, index, folder, **more) as bot:
            yield Talk(slack, model, bot, surroundings(slack, folder, **more), index)


def waiting(held, reply):
    """Return a reply that is not given before an event is set."""

    def waits(prompt):
        assert held.wait(30)
        return reply(prompt)

    return waits


def elements(blocks):
    """Return everything in blocks that has a type."""
    if isinstance(blocks, list):
        return [found for block in blocks for found in elements(block)]
    if not isinstance(blocks, dict):
        return []
    own = [blocks] if "type" in blocks else []
    return own + [found for value in blocks.values() for found in elements(value)]


def kinds(blocks):
    return [element["type"] for element in elements(blocks)]
