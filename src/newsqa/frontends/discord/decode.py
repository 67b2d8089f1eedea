"""What discord.py hands over → a Message of the bot's, or nothing where nobody asked it anything."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import discord

from newsqa.bot.events import ConversationPlace, Message
from newsqa.render.discord import shown

if TYPE_CHECKING:
    from collections.abc import Callable


_WRITTEN = frozenset({discord.MessageType.default, discord.MessageType.reply})
_MENTION = re.compile(r"<(@!?|@&|#)(\d+)>")


def message_of(message: discord.Message, me: discord.ClientUser, root: Callable[[int], int]) -> Message | None:
    """Decode a message that a person wrote; None for the bot's own, for other bots', and for talk between people.

    Addressed are direct messages, mentions of the bot or of the role that Discord made for it, and replies to what it
    wrote. A message in a thread that mentions or answers somebody else is theirs, however engaged the bot is there.
    `root` tells with which question the conversation of a question began, where there are no threads.
    """
    if message.author.bot or message.webhook_id or message.type not in _WRITTEN:
        return None
    answered = _answered(message)
    called = _called(message, me) or (answered is not None and answered.author.id == me.id)
    if message.guild and not called and (message.mentions or message.reference or not message.content.strip()):
        return None
    began = root(answered.reference.message_id or 0) if called and answered and answered.reference else 0
    return Message(
        id=str(message.id),
        place=place_of(message.channel, message.guild.id if message.guild else None, began or message.id),
        person=str(message.author.id),
        text=_words(message, me),
        addressed=called or message.guild is None,
    )


def question_of(interaction: discord.Interaction, question: str) -> Message:
    """Decode what somebody asked by /ask: a conversation between the bot and this person, in a server private."""
    if interaction.channel is None:  # never so for commands
        raise ValueError("an interaction without a channel")
    person, guild = str(interaction.user.id), interaction.guild_id
    place = place_of(interaction.channel, guild)
    return Message(
        id=str(interaction.id),
        place=place if guild is None else ConversationPlace("discord", place.team, place.channel),
        person=person,
        text=shown(question).strip(),
        addressed=True,
        event=str(interaction.id),
        private=guild is not None,
    )


def place_of(channel: object, guild: int | None, root: int = 0) -> ConversationPlace:
    """Return the conversation that a message of this channel belongs to.

    A thread that Discord makes from a message has the id of that message, so that a question in a channel and what
    follows in its thread are one place before there is a thread: `root` is that message, 0 for the channel as a whole.
    """
    id_ = getattr(channel, "id", 0)
    if guild is None:
        return ConversationPlace("discord", "", str(id_), direct=True)
    if isinstance(channel, discord.Thread):
        return ConversationPlace("discord", str(guild), str(channel.parent_id), str(id_))
    return ConversationPlace("discord", str(guild), str(id_), str(root) if root else "")


def _answered(message: discord.Message) -> discord.Message | None:
    """Return the message that this one replies to, where Discord sent it along."""
    resolved = message.reference.resolved if message.reference else None
    return resolved if isinstance(resolved, discord.Message) else None


def _called(message: discord.Message, me: discord.ClientUser) -> bool:
    by_name = any(user.id == me.id for user in message.mentions)
    return by_name or any(_is_bots(role, me) for role in message.role_mentions)


def _is_bots(role: discord.Role, me: discord.ClientUser) -> bool:
    """Whether a role is the one that Discord made for the bot: people pick it from the list as they do the bot."""
    return role.tags is not None and role.tags.bot_id == me.id


def _words(message: discord.Message, me: discord.ClientUser) -> str:
    """Return what was written in plain words: names in place of ids, without the mention of the bot."""
    names = {f"@{user.id}": f"@{user.display_name}" for user in message.mentions if user.id != me.id}
    names |= {f"@&{role.id}": f"@{role.name}" for role in message.role_mentions if not _is_bots(role, me)}
    names |= {f"#{channel.id}": f"#{channel.name}" for channel in message.channel_mentions}

    def named(match: re.Match[str]) -> str:
        return names.get(match[1].rstrip("!") + match[2], "")

    return " ".join(shown(_MENTION.sub(named, message.content)).split())
