"""What goes into the bot and what comes out: messages and events that know no platform."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, get_args

from newsqa.errors import UsageError

if TYPE_CHECKING:
    from newsqa.types import Answer, Sentence

Platform = Literal["slack", "discord"]
Vote = Literal["good", "bad"]
Outcome = Literal["answered", "refused", "failed", "limited", "interrupted", "left"]
"""How a question ends; "left" is one that its asker deleted."""

VOTES: tuple[Vote, ...] = get_args(Vote)
OUTCOMES: tuple[Outcome, ...] = get_args(Outcome)


@dataclass(frozen=True, slots=True)
class ConversationPlace:
    """Where a conversation is held: one place, one conversation.

    `team` is the workspace or server, "" in a direct message of Discord. `thread` is the id of the thread, "" if the
    whole channel is one conversation, as in a direct message without threads.
    """

    platform: Platform
    team: str
    channel: str
    thread: str = ""
    direct: bool = False

    @property
    def key(self) -> str:
        """A text that identifies the conversation."""
        return "/".join((self.platform, self.team, self.channel, self.thread))


@dataclass(frozen=True, slots=True)
class Message:
    """What a person wrote, decoded: no mark-up, no mention of the bot itself, names in place of ids.

    `id` is the platform's id of the message, unique in its channel; deliveries with the same id are one message.
    `event` is the id of the delivery, "" if the platform gives none. `addressed` is true if the bot was mentioned,
    written to directly or asked by command; other messages are answered only in a thread where the bot takes part.
    `private` asks for an answer that only this person sees.
    """

    id: str
    place: ConversationPlace
    person: str
    text: str
    addressed: bool
    event: str = ""
    private: bool = False


@dataclass(frozen=True, slots=True)
class Started:
    """The question was accepted: show within a second that it is being answered. Repeated when it was edited.

    `resumed` is true after another process died: `posted` are the ids of the messages it posted for it, as far as they
    were stored (`Bot.record_posted`); reuse them, and look for more.
    """

    request_id: str
    posted: tuple[str, ...] = ()
    resumed: bool = False


@dataclass(frozen=True, slots=True)
class Partial:
    """The sentences verified so far; more may follow, none are taken back."""

    request_id: str
    sentences: tuple[Sentence, ...]


@dataclass(frozen=True, slots=True)
class Answered:
    """The whole answer, or the refusal (`answer.refused`)."""

    request_id: str
    answer: Answer


@dataclass(frozen=True, slots=True)
class Failed:
    """There is no answer: a friendly `reply` that names `incident`, under which the log has the error."""

    request_id: str
    reply: str
    incident: str


@dataclass(frozen=True, slots=True)
class Interrupted:
    """The bot stops before the answer is complete: a `reply` that asks to try again."""

    request_id: str
    reply: str


@dataclass(frozen=True, slots=True)
class Declined:
    """The question is not answered, for a reason that only its asker should read: a limit, or it is only a greeting.

    An asker who meets a limit is notified once in each window of time.
    """

    reply: str


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """The question was deleted: delete what was posted of its answer."""

    request_id: str


Event = Started | Partial | Answered | Failed | Interrupted | Declined | Withdrawn
"""An item of the stream of one message. The stream is empty, or ends with one of the last five."""

# Channels as people write them: each platform has ids of its own form.

PLATFORM_NAMES: dict[Platform, str] = {"slack": "Slack", "discord": "Discord"}
_CHANNEL_IDS: dict[Platform, re.Pattern[str]] = {
    "slack": re.compile(r"[CGD][A-Z0-9]+", re.ASCII),
    "discord": re.compile(r"[0-9]+", re.ASCII),
}
_CHANNEL_LINK = re.compile(r"<#(\w+)(?:\|[^>]*)?>", re.ASCII)


def parse_channel(text: str) -> tuple[Platform, str]:
    """Return platform and id of a channel, written as its id or as the platform's own link to it (<#C024BE91L|news>).

    Raises UsageError if it is neither.
    """
    link = _CHANNEL_LINK.fullmatch(text.strip())
    name = link[1] if link else text.strip()
    for platform, form in _CHANNEL_IDS.items():
        if form.fullmatch(name):
            return platform, name
    raise UsageError(
        f"“{name}” is no id of a channel.",
        hint="Slack shows it at the end of a channel's details (C024BE91L); Discord, in developer mode, under "
        "“Copy Channel ID” (381870553235193857).",
    )
