"""Decode messages and commands of discord.py into the bot's messages."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import discord

from newsqa.bot.events import ConversationPlace, Message
from newsqa.render.discord import strip_markup

if TYPE_CHECKING:
    from collections.abc import Callable


_WRITTEN = frozenset({discord.MessageType.default, discord.MessageType.reply})
_MENTION = re.compile(r"<(@!?|@&|#)(\d+)>")


def decode_message(message: discord.Message, me: discord.ClientUser, root: Callable[[int], int]) -> Message | None:
    """Decode a message that a person wrote; None for messages of bots and between people.

    Addressed to the bot are direct messages, mentions of it or of the role that Discord made for it, and replies to its
    messages. A message that mentions or answers somebody else is for them, also in the bot's threads. `root` returns
    the first question of the conversation of a question, where there are no threads.
    """
    if message.author.bot or message.webhook_id or message.type not in _WRITTEN:
        return None
    replied_to = _replied_to(message)
    addressed = _is_mentioned(message, me) or (replied_to is not None and replied_to.author.id == me.id)
    if message.guild and not addressed and (message.mentions or message.reference or not message.content.strip()):
        return None
    first = root(replied_to.reference.message_id or 0) if addressed and replied_to and replied_to.reference else 0
    return Message(
        id=str(message.id),
        place=conversation_place(message.channel, message.guild.id if message.guild else None, first or message.id),
        person=str(message.author.id),
        text=_plain_text(message, me),
        addressed=addressed or message.guild is None,
    )


def decode_question(interaction: discord.Interaction, question: str) -> Message:
    """Decode a question asked by /ask: private in a server, so that each person has a conversation of their own."""
    if interaction.channel is None:  # never true for commands
        raise ValueError("an interaction without a channel")
    person, guild = str(interaction.user.id), interaction.guild_id
    place = conversation_place(interaction.channel, guild)
    return Message(
        id=str(interaction.id),
        place=place if guild is None else ConversationPlace("discord", place.team, place.channel),
        person=person,
        text=strip_markup(question).strip(),
        addressed=True,
        event=str(interaction.id),
        private=guild is not None,
    )


def conversation_place(channel: object, guild: int | None, root: int = 0) -> ConversationPlace:
    """Return the place of a message in this channel; `root` is the first message of its conversation, 0 for none.

    A thread that Discord makes from a message has the id of that message. So a question in a channel and what follows
    in its thread have the same place, even before the thread exists.
    """
    id_ = getattr(channel, "id", 0)
    if guild is None:
        return ConversationPlace("discord", "", str(id_), direct=True)
    if isinstance(channel, discord.Thread):
        return ConversationPlace("discord", str(guild), str(channel.parent_id), str(id_))
    return ConversationPlace("discord", str(guild), str(id_), str(root) if root else "")


def _replied_to(message: discord.Message) -> discord.Message | None:
    """Return the message that this one replies to, if Discord sent it along."""
    resolved = message.reference.resolved if message.reference else None
    return resolved if isinstance(resolved, discord.Message) else None


def _is_mentioned(message: discord.Message, me: discord.ClientUser) -> bool:
    mentioned = any(user.id == me.id for user in message.mentions)
    return mentioned or any(_is_role_of(role, me) for role in message.role_mentions)


def _is_role_of(role: discord.Role, me: discord.ClientUser) -> bool:
    """Return True for the role that Discord made for the bot: people may pick it in place of the bot."""
    return role.tags is not None and role.tags.bot_id == me.id


def _plain_text(message: discord.Message, me: discord.ClientUser) -> str:
    """Return the text with names in place of ids, without the mention of the bot."""
    names = {f"@{user.id}": f"@{user.display_name}" for user in message.mentions if user.id != me.id}
    names |= {f"@&{role.id}": f"@{role.name}" for role in message.role_mentions if not _is_role_of(role, me)}
    names |= {f"#{channel.id}": f"#{channel.name}" for channel in message.channel_mentions}

    def name_of(match: re.Match[str]) -> str:
        return names.get(match[1].rstrip("!") + match[2], "")

    return " ".join(strip_markup(_MENTION.sub(name_of, message.content)).split())
