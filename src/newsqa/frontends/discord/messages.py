"""Rendered messages as discord.py sends them, and clicks on their buttons."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypedDict

import discord

from newsqa.bot.events import VOTES
from newsqa.render.discord import DiscordMessage, render_answer, render_line, render_sources

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from newsqa.bot.core import Bot


class EditFields(TypedDict):
    """What sending and editing have in common."""

    content: str
    embeds: list[discord.Embed]


def edit_fields(message: DiscordMessage) -> EditFields:
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
