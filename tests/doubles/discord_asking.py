"""Somebody who asks a bot in Discord: the stand-ins of Discord and of a model, and the process between them."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from discord_news import CHEESE, LAMP, copied
from discord_process import Process, discord_bot
from discord_stand_in import DiscordStandIn, discord_stand_in
from discord_world import ASKER, BOT, CHANNEL
from openai_stand_in import openai_stand_in

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from discord_rest import Posted
    from scripted_model import Prompt, Script

KEY = "sk-canary-d15c0rd0ffee"
CHEESE_QUESTION = "How many visitors came to the cheese festival in Ostby?"
LAMP_QUESTION = "When was the lighthouse at Cape Ansell switched off?"


def either(prompt: Prompt) -> Any:
    """Let a scripted model answer whichever of the two questions it is asked."""
    return copied(LAMP if LAMP_QUESTION in prompt.messages[-1][1] else CHEESE)(prompt)


@dataclass
class Asking:
    """A bot with a scripted model, and who asks it."""

    discord: DiscordStandIn
    script: Script
    process: Process

    def mention(self, question: str, channel: str = CHANNEL, author: str = ASKER) -> str:
        """Ask by mentioning the bot; return the id of the question, which its thread will have, too."""
        return self.discord.say(f"<@{BOT}> {question}", channel, author)

    def ended(self, place: str, number: int = 1) -> Posted:
        """Wait until so many answers stand in a place, and return the last message of the last."""

        def buttoned() -> list[Posted]:
            return [post for post in self.discord.shown(place) if any("good" in button for button in post.buttons)]

        return self.discord.until(lambda: buttoned()[number - 1 :])[0]

    def answered(self, question: str, reply: str | Callable[[Prompt], str]) -> tuple[str, Posted]:
        """Ask in the channel, and return the answer's place and last message."""
        self.scripted(reply)
        place = self.mention(question)
        return place, self.ended(place)

    def scripted(self, reply: str | Callable[[Prompt], str], pace: float = 0.0) -> None:
        """Have the model reply so, with so many seconds between its words."""
        self.script.reply, self.script.pace = reply, pace

    def well_behaved(self) -> None:
        """See that nothing that was posted pings, unfurls or breaks a limit, and that the log holds no token."""
        sent = self.discord
        assert (sent.pinged, sent.unfurled, sent.hidden, sent.refused) == ([], [], [], [])
        secrets = [self.discord.token, KEY, "interaction-token-"]
        assert [secret for secret in secrets if secret in self.process.text] == []


@contextmanager
def asking(index: Path, folder: Path, *, content: bool = True, **more: str) -> Iterator[Asking]:
    """Run a bot for as long as the context lasts; `content` tells whether it may read all messages."""
    with discord_stand_in() as discord, openai_stand_in() as script:
        discord.content_granted = content
        with discord_bot(discord, index, folder, **modelled(script, **more)) as process:
            yield Asking(discord, script, process)


def modelled(script: Script, **more: str) -> dict[str, str]:
    """Return what has a bot ask a scripted model, with no other models than retrieval needs, and without bounds."""
    model = {"NEWSQA_MODEL": "openai:stand-in", "OPENAI_BASE_URL": script.url, "OPENAI_API_KEY": KEY}
    return {**model, "NEWSQA_RERANKER": "none", "NEWSQA_BOT_RATE": "0", **more}
