"""What goes in and out of the bot: values that know no platform."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, get_args

from newsqa.errors import UsageError

if TYPE_CHECKING:
    from newsqa.types import Answer, Sentence


Platform = Literal["slack", "discord"]
Verdict = Literal["good", "bad"]
Outcome = Literal["answered", "refused", "failed", "limited", "interrupted", "left"]
"""What becomes of a question: how its stream ends."""

VERDICTS: tuple[Verdict, ...] = get_args(Verdict)
OUTCOMES: tuple[Outcome, ...] = get_args(Outcome)


@dataclass(frozen=True, slots=True)
class ConversationPlace:
    """Where a conversation is held; one place, one conversation.

    `team` is the workspace or server, "" in a direct message of Discord. `thread` is the id of the thread, "" where the
    whole channel is one conversation, as in a direct message without threads.
    """

    platform: Platform
    team: str
    channel: str
    thread: str = ""
    direct: bool = False

    @property
    def key(self) -> str:
        """What tells this conversation from all others."""
        return "/".join((self.platform, self.team, self.channel, self.thread))


@dataclass(frozen=True, slots=True)
class Message:
    """What a person wrote, decoded: no mark-up, no mention of the bot itself, names in place of ids.

    `id` is the platform's name of the message, unique in its channel: what arrives twice under it is one message.
    `event` names the delivery, "" where the platform does not. `addressed` tells that the bot was mentioned, written to
    directly or asked by command; what is not addressed is answered only in a thread where the bot takes part.
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
class Working:
    """The question was taken: show within a second that it is worked on. Comes again when a question was edited.

    `before` names the messages that a process which died had shown it by (`Bot.shown`): go on in them.
    """

    exchange: str
    before: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Partial:
    """The sentences that have passed the check so far; more may follow, none will be taken back."""

    exchange: str
    sentences: tuple[Sentence, ...]


@dataclass(frozen=True, slots=True)
class Answered:
    """The whole answer, or the refusal: `answer.refused` tells."""

    exchange: str
    answer: Answer


@dataclass(frozen=True, slots=True)
class Failed:
    """No answer could be made: a friendly line that names `incident`, under which the log has the rest."""

    exchange: str
    line: str
    incident: str


@dataclass(frozen=True, slots=True)
class Interrupted:
    """The bot is stopping before the answer was made: a line that says so and asks to try again."""

    exchange: str
    line: str


@dataclass(frozen=True, slots=True)
class Limited:
    """The question is not taken, for a reason that only its asker should read.

    That they have to wait is told once for each time of waiting; what the bot is for, to who says no more than hello.
    """

    line: str


@dataclass(frozen=True, slots=True)
class Left:
    """The question was deleted: take away what was shown of its answer."""

    exchange: str


Event = Working | Partial | Answered | Failed | Interrupted | Limited | Left
"""What a stream tells. It ends with one of the last five, or tells nothing at all where the bot has nothing to say."""


# Channels as people name them: by an id of their platform, which tells the platform, too.

NAMES: dict[Platform, str] = {"slack": "Slack", "discord": "Discord"}
FORMS: dict[Platform, re.Pattern[str]] = {
    "slack": re.compile(r"[CGD][A-Z0-9]+", re.ASCII),
    "discord": re.compile(r"[0-9]+", re.ASCII),
}
_LINK = re.compile(r"<#(\w+)(?:\|[^>]*)?>", re.ASCII)


def channel_named(text: str) -> tuple[Platform, str]:
    """Return platform and id of a channel, written as its id or as the platform's own link to it (<#C024BE91L|news>).

    Raises UsageError where it is neither.
    """
    link = _LINK.fullmatch(text.strip())
    name = link[1] if link else text.strip()
    for platform, form in FORMS.items():
        if form.fullmatch(name):
            return platform, name
    raise UsageError(
        f"“{name}” is no id of a channel.",
        hint="Slack shows it at the end of a channel's details (C024BE91L); Discord, in developer mode, under "
        "“Copy Channel ID” (381870553235193857).",
    )
