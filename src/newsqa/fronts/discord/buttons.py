"""Clicks on the buttons below answers. They carry all they mean in their custom_id, so they work after a restart."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import discord

from newsqa.fronts.discord.parts import sending
from newsqa.render.discord import Part, answered, line, sources

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from newsqa.bot.core import Bot
    from newsqa.bot.events import Verdict

_VERDICTS: dict[str, Verdict] = {"good": "good", "bad": "bad"}

THANKS = "Thank you. It counts once a person; you can change your mind."
SHARED = "It is shared already."
ALREADY = "You have said so already."
NO_LONGER = "This answer is no longer kept."
NO_SOURCES = "This answer has no sources."


@dataclass(frozen=True, slots=True)
class Buttons:
    """What clicks do. `_shared` are answers shared since the start, so that a double click shares once."""

    bot: Bot
    _shared: set[str] = field(default_factory=set[str])

    async def pressed(self, interaction: discord.Interaction) -> None:
        """Do what a button says; one of somebody else's, or of no known kind, is left alone."""
        data: Mapping[str, Any] = interaction.data or {}
        owner, does, exchange = (*str(data.get("custom_id", "")).split(":", 2), "", "")[:3]
        if owner != "newsqa" or not exchange:
            return
        if does in _VERDICTS:
            counted = await self.bot.feedback(exchange, str(interaction.user.id), _VERDICTS[does])
            await _tell(interaction, (line(THANKS if counted else ALREADY),))
        elif does == "sources":
            answer = await self.bot.stored(exchange)
            await _tell(interaction, (sources(answer) or (line(NO_SOURCES),)) if answer else (line(NO_LONGER),))
        elif does == "share" and exchange in self._shared:
            await _tell(interaction, (line(SHARED),))
        elif does == "share":
            self._shared.add(exchange)
            await self._share(interaction, exchange)

    async def _share(self, interaction: discord.Interaction, exchange: str) -> None:
        """Post a private answer for all, with who shared it and what was asked; its button goes: once is enough."""
        answer = await self.bot.stored(exchange)
        if answer is None:
            await _tell(interaction, (line(NO_LONGER),))
            return
        await interaction.response.edit_message(view=_without(interaction.message, exchange))
        told = line(f"{interaction.user.display_name} asked, and shares the answer: {answer.question}")
        await _follow(interaction, (told, *answered(answer, exchange)), ephemeral=False)


async def _tell(interaction: discord.Interaction, parts: Sequence[Part]) -> None:
    """Answer the one who clicked, and nobody else."""
    await interaction.response.send_message(**sending(parts[0]), ephemeral=True)
    await _follow(interaction, parts[1:], ephemeral=True)


async def _follow(interaction: discord.Interaction, parts: Sequence[Part], *, ephemeral: bool) -> None:
    for part in parts:
        await interaction.followup.send(**sending(part), ephemeral=ephemeral)


def _without(message: discord.Message | None, exchange: str) -> discord.ui.View | None:
    """Return the buttons of a message but for the one that shares."""
    if message is None:
        return None
    view = discord.ui.View.from_message(message, timeout=None)
    for item in view.children:
        if isinstance(item, discord.ui.Button) and item.custom_id == f"newsqa:share:{exchange}":
            view.remove_item(item)
    view.stop()
    return view
