"""`newsqa bots`: what the bots in Slack and Discord did, and what they may do, while they run."""

from __future__ import annotations

import sys
from contextlib import closing
from dataclasses import asdict, dataclass
from json import loads
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING, Annotated

import typer

from newsqa.bot.admin import GOOD, asked, bot_status, export_feedback, has_store, teams_of
from newsqa.bot.events import NAMES, ConversationPlace, channel_named
from newsqa.bot.store import Store
from newsqa.errors import HistoryError, NewsqaError, UsageError
from newsqa.frontends.terminal.console import confirm, messages, print_json, print_text
from newsqa.frontends.terminal.options import Json, read_settings
from newsqa.private_files import FILE, private_folder
from newsqa.render.clean import safe_line
from newsqa.render.wording import count

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from newsqa.bot.admin import Channel, Status
    from newsqa.bot.events import Outcome, Platform
    from newsqa.settings import Settings
    from newsqa.types import JsonObject


bots_app = typer.Typer(
    help="Look after the bots in Slack and Discord, while they run.", no_args_is_help=True, rich_markup_mode=None
)

ChannelArgument = Annotated[str, typer.Argument(metavar="CHANNEL", help="Its id, as Slack or Discord shows it.")]


FEEDBACK_FILE = Path("feedback.jsonl")

COLUMNS: dict[str, Outcome] = {
    "answers": "answered",
    "refusals": "refused",
    "failures": "failed",
    "interrupted": "interrupted",
    "taken back": "left",
    "over limit": "limited",
}


@bots_app.command("status")
def bots_status(json: Json = False) -> None:
    """Tell what became of questions, where the bots were asked, and where they are silent."""
    settings = read_settings()
    folder = settings.sessions_folder()
    if not has_store(folder) and not json:
        print_text(f"No bot has kept anything in {safe_line(str(folder))} yet.")
        return
    found = bot_status(settings)
    if json:
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


@bots_app.command()
def enable(channel: ChannelArgument) -> None:
    """Let the bots answer again in a channel that was disabled."""
    settings = read_settings()
    platform, name = channel_named(channel)
    with closing(Store(settings.sessions_folder())) as store:
        changed = store.enable(platform, name)
    done = f"newsqa answers in {name} ({NAMES[platform]}) again, from the next question on."
    print_text(done if changed else f"{name} ({NAMES[platform]}) was not disabled.")
    if settings.bot_channels and name not in settings.bot_channels:
        messages().print(f"NEWSQA_BOT_CHANNELS names other channels: {name} is not served.", soft_wrap=True)


@bots_app.command()
def disable(channel: ChannelArgument) -> None:
    """Have the bots be silent in a channel."""
    platform, name = channel_named(channel)
    with closing(Store(read_settings().sessions_folder())) as store:
        store.disable(platform, name)
    print_text(f"newsqa is silent in {name} ({NAMES[platform]}), from the next question on.")


@dataclass(frozen=True, slots=True)
class Scope:
    """What to forget: one of the three."""

    channel: str | None
    person: str | None
    everything: bool


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
    scope = Scope(channel, person, everything)
    folder = read_settings().sessions_folder()
    if sum([channel is not None, person is not None, everything]) != 1:
        raise UsageError("Name what to forget.", hint="One of --channel ID, --person ID, --all.")
    what, platform, name = _describe(scope)
    if not yes and not _is_confirmed(f"Forget {what}? It cannot be undone."):
        raise NewsqaError("Nothing was forgotten.")
    forgotten = _forget(folder, platform, name, scope) if has_store(folder) else 0
    print_text(f"Forgotten: {what}, {count(forgotten, 'question')} in all. What was posted stays where it was posted.")


def _describe(scope: Scope) -> tuple[str, Platform | None, str]:
    if scope.channel is not None:
        platform, name = channel_named(scope.channel)
        return f"what was said in {name} ({NAMES[platform]})", platform, name
    if scope.person is not None:
        name = safe_line(scope.person)
        return f"what {name} asked, and how they voted", None, scope.person
    return "everything that people said, and all counts", None, ""


def _forget(folder: Path, platform: Platform | None, name: str, scope: Scope) -> int:
    with closing(Store(folder)) as store:
        if scope.everything:
            return store.forget_everything()
        if platform is None:
            return sum(store.forget_person(each, name) for each in NAMES)
        return sum(
            store.forget_place(ConversationPlace(platform, team, name)) for team in teams_of(folder, platform, name)
        )


def _is_confirmed(question: str) -> bool:
    """Ask on the terminal. Raises UsageError if there is none: a script uses --yes."""
    if not sys.stdin.isatty():
        raise UsageError("Nobody is there to confirm this.", hint="Say --yes where you mean it.")
    return confirm(f"{question} [y/N] ")


@bots_app.command()
def feedback(
    out: Annotated[Path | None, typer.Option(metavar="FILE", help="A new file [feedback.jsonl].")] = None,
    json: Json = False,
) -> None:
    """Write the answers that people voted on as a set of questions, for newsqa eval."""
    settings = read_settings()
    folder = settings.sessions_folder()
    lines = _feedback(folder) if has_store(folder) else []
    if not lines:
        raise HistoryError(
            f"Nobody has voted on an answer that is kept in {folder}.",
            hint=f"Answers are kept for {count(settings.bot_retention, 'day')} (NEWSQA_BOT_RETENTION).",
        )
    file = out or FEEDBACK_FILE
    _write_new(file, lines)
    good = sum(GOOD in loads(line)["tags"] for line in lines)
    if json:
        print_json({"file": str(file), "questions": len(lines), "found_good": good})
        return
    name = safe_line(str(file))
    print_text(
        f"{count(len(lines), 'question')} in {name}: {good} with answers that were found good, {len(lines) - good} to "
        f"be looked at.\nRead them before you measure with them; then: newsqa eval run {quote(name)}"
    )


def _feedback(folder: Path) -> list[str]:
    with closing(Store(folder)) as store:
        return list(export_feedback(store))


def _write_new(file: Path, lines: Sequence[str]) -> None:
    """Write lines into a new file that only its owner reads: it holds what people asked."""
    try:
        private_folder(file.parent)
        file.touch(mode=FILE, exist_ok=False)
        file.write_text("".join(f"{line}\n" for line in lines), "utf-8")
    except FileExistsError:
        raise HistoryError(
            f"{file} is there already.", hint="Name another file with --out, or move this one away."
        ) from None
    except OSError as error:
        raise HistoryError(
            f"{file} cannot be written: {error.strerror}.", hint="Name another file with --out."
        ) from error
