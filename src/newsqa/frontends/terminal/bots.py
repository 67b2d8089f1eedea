"""`newsqa bots`: the status of the Slack and Discord bots, their channels, what they stored, and votes on answers."""

from __future__ import annotations

import json
import sys
from contextlib import closing
from dataclasses import asdict
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING, Annotated

import typer

from newsqa.bot import admin
from newsqa.bot.events import PLATFORM_NAMES, parse_channel
from newsqa.bot.store import Store
from newsqa.errors import HistoryError, NewsqaError, UsageError
from newsqa.frontends.terminal.console import Json, confirm, messages, print_json, print_text, read_settings
from newsqa.private_files import private_folder, write_new
from newsqa.render.clean import safe_line
from newsqa.render.wording import count
from newsqa.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from newsqa.types import JsonObject

bots_app = typer.Typer(
    help="Look after the bots in Slack and Discord, while they run.", no_args_is_help=True, rich_markup_mode=None
)

ChannelArgument = Annotated[str, typer.Argument(metavar="CHANNEL", help="Its id, as Slack or Discord shows it.")]


@bots_app.command()
def status(json: Json = False) -> None:
    """Tell what became of questions, where the bots were asked, and where they are silent."""
    settings = read_settings()
    folder = settings.sessions_folder()
    if not admin.has_store(folder) and not json:
        print_text(f"No bot has kept anything in {safe_line(str(folder))} yet.")
        return
    found = admin.bot_status(settings)
    if json:
        print_json(_status_record(found, folder))
    else:
        print_text("\n".join(_status_lines(found, settings)))


@bots_app.command()
def enable(channel: ChannelArgument) -> None:
    """Let the bots answer again in a channel that was disabled."""
    settings = read_settings()
    platform, name = parse_channel(channel)
    with closing(Store(settings.sessions_folder())) as store:
        changed = store.enable(platform, name)
    there = f"{name} ({PLATFORM_NAMES[platform]})"
    done = f"newsqa answers in {there} again, from the next question on."
    print_text(done if changed else f"{there} was not disabled.")
    if settings.bot_channels and name not in settings.bot_channels:
        messages().print(f"NEWSQA_BOT_CHANNELS names other channels: {name} is not served.", soft_wrap=True)


@bots_app.command()
def disable(channel: ChannelArgument) -> None:
    """Have the bots be silent in a channel."""
    platform, name = parse_channel(channel)
    with closing(Store(read_settings().sessions_folder())) as store:
        store.disable(platform, name)
    print_text(f"newsqa is silent in {name} ({PLATFORM_NAMES[platform]}), from the next question on.")


@bots_app.command()
def forget(
    channel: Annotated[
        str | None, typer.Option("--channel", metavar="ID", help="What was asked and answered in this channel.")
    ] = None,
    person: Annotated[
        str | None, typer.Option("--person", metavar="ID", help="What this person asked, and how they voted.")
    ] = None,
    everything: Annotated[bool, typer.Option("--all", help="Everything.")] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask whether that is meant.")] = False,
) -> None:
    """Forget what the bots have kept."""
    folder = read_settings().sessions_folder()
    if sum((channel is not None, person is not None, everything)) != 1:
        raise UsageError("Name what to forget.", hint="One of --channel ID, --person ID, --all.")
    what = _describe_target(channel, person)
    if not yes and not sys.stdin.isatty():
        raise UsageError("Nobody is there to confirm this.", hint="Say --yes where you mean it.")
    if not yes and not confirm(f"Forget {what}? It cannot be undone. [y/N] "):
        raise NewsqaError("Nothing was forgotten.")
    gone = _forget(folder, channel, person) if admin.has_store(folder) else 0
    print_text(f"Forgotten: {what}, {count(gone, 'question')} in all. What was posted stays where it was posted.")


@bots_app.command()
def feedback(
    out: Annotated[Path | None, typer.Option(metavar="FILE", help="A new file [feedback.jsonl].")] = None,
    json: Json = False,
) -> None:
    """Write the answers that people voted on as a set of questions, for newsqa eval."""
    write_feedback(read_settings(), out or Path("feedback.jsonl"), as_json=json)


def _status_record(found: admin.BotStatus, folder: Path) -> JsonObject:
    channels = [{**asdict(channel), "last": channel.last and channel.last.isoformat()} for channel in found.channels]
    return {
        "folder": str(folder),
        "running": found.running,
        "today": {"questions": admin.count_questions(found.today), **found.today},
        "kept": {"questions": admin.count_questions(found.in_all), **found.in_all},
        "votes": dict(found.votes),
        "answers_held": found.held,
        "open": found.open,
        "channels": channels,
    }


def _status_lines(found: admin.BotStatus, settings: Settings) -> list[str]:
    lines = admin.describe_status(found, settings)
    lines.append(f"{count(found.running, 'bot')} running here." if found.running else "No bot is running here.")
    if found.open:
        lines.append(f"Being answered, or left by a bot that died: {found.open:,}.")
    return [*lines, *map(_channel_line, found.channels)]


def _channel_line(channel: admin.ChannelStatus) -> str:
    last = f" · last asked {channel.last:%Y-%m-%d %H:%M}" if channel.last else ""
    return f"{PLATFORM_NAMES[channel.platform]:<7}  {safe_line(admin.describe_channel(channel))}{last}"


# What to forget: a channel, else a person, else everything.


def _describe_target(channel: str | None, person: str | None) -> str:
    """Say in words what is forgotten. Raises UsageError if the channel is not an id."""
    if channel is not None:
        platform, name = parse_channel(channel)
        return f"what was said in {name} ({PLATFORM_NAMES[platform]})"
    if person is not None:
        return f"what {safe_line(person)} asked, and how they voted"
    return "everything that people said, and all counts"


def _forget(folder: Path, channel: str | None, person: str | None) -> int:
    with closing(Store(folder)) as store:
        if channel is not None:
            return store.forget_channel(*parse_channel(channel))
        if person is not None:
            return sum(store.forget_person(platform, person) for platform in PLATFORM_NAMES)
        return store.forget_everything()


# Votes as a set of questions in a file.


def write_feedback(settings: Settings, out: Path, *, as_json: bool) -> None:
    """Write every answer with votes as a question of a set that `newsqa eval run` reads, into a new file.

    Raises HistoryError if there are no votes, or the file exists.
    """
    folder = settings.sessions_folder()
    lines: list[str] = []
    if admin.has_store(folder):
        with closing(Store(folder)) as store:
            lines = list(admin.export_feedback(store))
    if not lines:
        raise HistoryError(
            f"Nobody has voted on an answer that is kept in {folder}.",
            hint=f"Answers are kept for {count(settings.bot_retention, 'day')} (NEWSQA_BOT_RETENTION).",
        )
    _write_new(out, lines)
    good = sum(admin.GOOD in json.loads(line)["tags"] for line in lines)
    if as_json:
        print_json({"file": str(out), "questions": len(lines), "found_good": good})
        return
    name = safe_line(str(out))
    print_text(
        f"{count(len(lines), 'question')} in {name}: {good} with answers that were found good, {len(lines) - good} to "
        f"be looked at.\nRead them before you measure with them; then: newsqa eval run {quote(name)}"
    )


def _write_new(file: Path, lines: Sequence[str]) -> None:
    """Write lines into a new file that only its owner can read: it holds what people asked."""
    try:
        private_folder(file.parent)
        write_new(file, "".join(f"{line}\n" for line in lines))
    except FileExistsError:
        raise HistoryError(
            f"{file} is there already.", hint="Name another file with --out, or move this one away."
        ) from None
    except OSError as error:
        raise HistoryError(
            f"{file} cannot be written: {error.strerror}.", hint="Name another file with --out."
        ) from error
