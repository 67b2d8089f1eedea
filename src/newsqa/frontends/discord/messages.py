"""Messages between discord.py and the bot: decodes what people wrote and clicked, and sends what was rendered."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import discord

from newsqa.bot.events import VOTES, ConversationPlace, Message
from newsqa.render.discord import DiscordMessage, render_answer, render_line, render_sources, strip_markup

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from newsqa.bot.core import Bot

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
    resolved = message.reference.resolved if message.reference else None
    replied_to = resolved if isinstance(resolved, discord.Message) else None  # if Discord sent it along
    addressed = (
        any(user.id == me.id for user in message.mentions)
        or any(_is_role_of(role, me) for role in message.role_mentions)
        or (replied_to is not None and replied_to.author.id == me.id)
    )
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


# Rendered messages as discord.py sends them, and clicks on their buttons.


def edit_fields(message: DiscordMessage) -> dict[str, Any]:
    """Return the arguments for editing a message; the client itself allows no mentions."""
    return {"content": message.content, "embeds": [discord.Embed.from_dict(embed) for embed in message.embeds]}


def send_fields(message: DiscordMessage) -> dict[str, Any]:
    """Return the arguments for sending a message: without link previews, except with embeds, which that would hide."""
    view = view_of(message)
    return {**edit_fields(message), "suppress_embeds": not message.embeds, **({"view": view} if view else {})}


def view_of(message: DiscordMessage) -> discord.ui.View | None:
    """Return the buttons of a message. Clicks are identified by custom_id, so discord.py need not keep the view."""
    if not message.buttons:
        return None
    view = discord.ui.View(timeout=None)
    for button in message.buttons:
        item: discord.ui.Button[discord.ui.View] = discord.ui.Button(
            label=button.label, custom_id=button.id, style=discord.ButtonStyle[button.style]
        )
        view.add_item(item)
    view.stop()
    return view


THANKS = "Thank you. It counts once a person; you can change your mind."
SHARED = "It is shared already."
ALREADY = "You have said so already."
NO_LONGER = "This answer is no longer kept."


@dataclass(frozen=True, slots=True)
class ClickHandler:
    """Handles clicks. The custom_id of a button holds everything needed, so old buttons work after a restart.

    `_shared` are the answers shared since the start, so that a double click shares once.
    """

    bot: Bot
    _shared: set[str] = field(default_factory=set[str])

    async def handle(self, interaction: discord.Interaction) -> None:
        """Handle a click; buttons of others and unknown ones are ignored."""
        data: Mapping[str, Any] = interaction.data or {}
        owner, action, request_id = (*str(data.get("custom_id", "")).split(":", 2), "", "")[:3]
        if owner != "newsqa" or not request_id:
            return
        if action in VOTES:
            counted = await self.bot.record_vote(request_id, str(interaction.user.id), action)
            await _respond(interaction, (render_line(THANKS if counted else ALREADY),))
        elif action == "sources":
            answer = await self.bot.load_answer(request_id)
            await _respond(interaction, render_sources(answer) if answer else (render_line(NO_LONGER),))
        elif action == "share" and request_id in self._shared:
            await _respond(interaction, (render_line(SHARED),))
        elif action == "share":
            self._shared.add(request_id)
            await self._share(interaction, request_id)

    async def _share(self, interaction: discord.Interaction, request_id: str) -> None:
        """Post a private answer for everyone, with who shared it and the question, and remove the button."""
        answer = await self.bot.load_answer(request_id)
        if answer is None:
            await _respond(interaction, (render_line(NO_LONGER),))
            return
        await interaction.response.edit_message(view=_view_without_share(interaction.message, request_id))
        head = render_line(f"{interaction.user.display_name} asked, and shares the answer: {answer.question}")
        await _follow_up(interaction, (head, *render_answer(answer, request_id)), ephemeral=False)


async def _respond(interaction: discord.Interaction, messages: Sequence[DiscordMessage]) -> None:
    """Respond to the person who clicked, and to nobody else."""
    await interaction.response.send_message(**send_fields(messages[0]), ephemeral=True)
    await _follow_up(interaction, messages[1:], ephemeral=True)


async def _follow_up(interaction: discord.Interaction, messages: Sequence[DiscordMessage], *, ephemeral: bool) -> None:
    for message in messages:
        await interaction.followup.send(**send_fields(message), ephemeral=ephemeral)


def _view_without_share(message: discord.Message | None, request_id: str) -> discord.ui.View | None:
    """Return the buttons of a message except the one that shares."""
    if message is None:
        return None
    view = discord.ui.View.from_message(message, timeout=None)
    for item in view.children:
        if isinstance(item, discord.ui.Button) and item.custom_id == f"newsqa:share:{request_id}":
            view.remove_item(item)
    view.stop()
    return view
