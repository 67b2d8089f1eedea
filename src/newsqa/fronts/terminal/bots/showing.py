"""`newsqa bots status`: what became of questions, where the bots were asked, and where they are silent."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from newsqa.bot.admin import asked, bot_status, has_store
from newsqa.bot.events import NAMES
from newsqa.fronts.terminal.console import print_json, print_text
from newsqa.render.clean import safe_line
from newsqa.render.wording import count

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from newsqa.bot.admin import Channel, Status
    from newsqa.bot.events import Outcome
    from newsqa.records import JsonObject
    from newsqa.settings import Settings

COLUMNS: dict[str, Outcome] = {
    "answers": "answered",
    "refusals": "refused",
    "failures": "failed",
    "interrupted": "interrupted",
    "taken back": "left",
    "over limit": "limited",
}


def show_status(settings: Settings, *, as_json: bool) -> None:
    """Print what the store knows: counts of today and of all the time kept, votes, channels."""
    folder = settings.sessions_folder()
    if not has_store(folder) and not as_json:
        print_text(f"No bot has kept anything in {safe_line(str(folder))} yet.")
        return
    found = bot_status(settings)
    if as_json:
        print_json(_record(found, folder))
    else:
        print_text("\n".join(_status_lines(found, settings)))


def _record(found: Status, folder: Path) -> JsonObject:
    channels = [{**asdict(channel), "last": channel.last and channel.last.isoformat()} for channel in found.channels]
    return {
        "folder": str(folder),
        "running": found.running,
        "today": {"questions": asked(found.today), **found.today},
        "kept": {"questions": asked(found.in_all), **found.in_all},
        "votes": dict(found.votes),
        "answers_held": found.held,
        "open": found.open,
        "channels": channels,
    }


def _status_lines(found: Status, settings: Settings) -> list[str]:
    days = count(settings.bot_retention, "day")
    wide = max(len("today"), len(days))
    heads = ["questions", *COLUMNS]
    lines = [
        "  ".join((" " * wide, *heads)),
        _row("today", wide, heads, found.today),
        _row(days, wide, heads, found.in_all),
        "",
        f"{count(found.running, 'bot')} running here." if found.running else "No bot is running here.",
        f"Votes: {found.votes['good']:,} good, {found.votes['bad']:,} bad. Answers kept: {found.held:,}.",
    ]
    if found.open:
        lines.append(f"Being answered, or left by a bot that died: {found.open:,}.")
    return [*lines, *_channel_lines(found.channels)]


def _row(name: str, wide: int, heads: list[str], counts: Mapping[Outcome, int]) -> str:
    numbers = [asked(counts), *(counts[outcome] for outcome in COLUMNS.values())]
    cells = [f"{number:>{len(head)},}" for head, number in zip(heads, numbers, strict=True)]
    return "  ".join((f"{name:<{wide}}", *cells))


def _channel_lines(channels: Sequence[Channel]) -> list[str]:
    if not channels:
        return []
    wide = max(len(_name(channel)) for channel in channels)
    return ["", *(_channel_line(channel, wide) for channel in channels)]


def _channel_line(channel: Channel, wide: int) -> str:
    state = "on" if channel.enabled else "silent (disabled)"
    state = state if channel.listed else f"{state}, not served: NEWSQA_BOT_CHANNELS names others"
    last = f"  last {channel.last:%Y-%m-%d %H:%M}" if channel.last else ""
    return f"{_name(channel):<{wide}}  {count(asked(channel.counts), 'question'):>13}  {state}{last}"


def _name(channel: Channel) -> str:
    return f"{NAMES[channel.platform]:<7}  {safe_line(channel.id) or 'direct messages'}"
