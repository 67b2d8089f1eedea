"""The commands that Discord lists: /ask for everybody's questions, /newsqa for those who look after the bot."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, TypeVar

import discord
from discord import app_commands

from newsqa.bot.admin import run_admin_command
from newsqa.bot.log import logger
from newsqa.fronts.discord.decode import place_of
from newsqa.render.discord import plain

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from newsqa.settings import Settings

C = TypeVar("C", bound=discord.Client)

LONGEST = 1000
"""Characters that a command takes."""
LONGEST_TOLD = 2000

_log = logger("discord")


def commands(
    client: C, ask: Callable[[discord.Interaction, str], Awaitable[None]], settings: Settings
) -> app_commands.CommandTree[C]:
    """Return the commands of the bot; `ask` answers a question."""
    tree = app_commands.CommandTree(
        client,
        allowed_contexts=app_commands.AppCommandContext(guild=True, dm_channel=True, private_channel=False),
        allowed_installs=app_commands.AppInstallationType(guild=True, user=False),
    )

    @tree.command(name="ask", description="Ask the articles; only you see the answer.")
    @app_commands.describe(question="What do you want to know?")
    async def asked(interaction: discord.Interaction, question: app_commands.Range[str, 1, LONGEST]) -> None:
        await ask(interaction, question)

    @tree.command(name="newsqa", description="Have the bot forget you; for those who look after it, more.")
    @app_commands.describe(command="help tells what there is")
    async def kept(interaction: discord.Interaction, command: app_commands.Range[str, 1, LONGEST] = "help") -> None:
        await _keep(interaction, command, settings)

    @tree.error
    async def failed(interaction: discord.Interaction, error: app_commands.AppCommandError) -> None:
        _log.error("command_failed", why=str(error), interaction=interaction.id)

    return tree


async def _keep(interaction: discord.Interaction, words: str, settings: Settings) -> None:
    """Do what a command to the bot itself says, and tell only who gave it."""
    await interaction.response.defer(ephemeral=True, thinking=True)
    place = place_of(interaction.channel, interaction.guild_id)
    told = await asyncio.to_thread(run_admin_command, words, str(interaction.user.id), place, settings)
    await interaction.edit_original_response(content=plain(told)[:LONGEST_TOLD])
