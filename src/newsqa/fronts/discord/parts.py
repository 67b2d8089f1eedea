"""A rendered part as discord.py takes it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypedDict

import discord

if TYPE_CHECKING:
    from newsqa.render.discord import Part

_STYLES = {"primary": discord.ButtonStyle.primary, "secondary": discord.ButtonStyle.secondary}


class Outgoing(TypedDict):
    """What sends and edits alike take."""

    content: str
    embeds: list[discord.Embed]


def outgoing(part: Part) -> Outgoing:
    """Return the text and the embeds of a part; the client itself allows no mentions."""
    return {"content": part.content, "embeds": [discord.Embed.from_dict(embed) for embed in part.embeds]}


def sending(part: Part) -> dict[str, Any]:
    """Return what a new message takes: links show no previews, unless the part has embeds, which that would hide."""
    view = view_of(part)
    return {**outgoing(part), "suppress_embeds": not part.embeds, **({"view": view} if view else {})}


def view_of(part: Part) -> discord.ui.View | None:
    """Return the buttons of a part. Clicks are known by custom_id, so discord.py need not remember the view."""
    if not part.buttons:
        return None
    view = discord.ui.View(timeout=None)
    for button in part.buttons:
        item: discord.ui.Button[discord.ui.View] = discord.ui.Button(
            label=button.label, custom_id=button.id, style=_STYLES[button.style]
        )
        view.add_item(item)
    view.stop()
    return view
