"""Answers for Discord: pure functions from values to messages, each within every limit of Discord's.

`content` holds the answer with its [n], escaped so that every character shows as itself; sources are embeds.
"""

from newsqa.render.discord.parts import Button, Part, answered, line, partial, working
from newsqa.render.discord.sources import sources
from newsqa.render.discord.words import plain, shown

__all__ = ["Button", "Part", "answered", "line", "partial", "plain", "shown", "sources", "working"]
