"""The commands: each decodes its arguments and hands them on."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from newsqa.settings import Settings

bots_app = typer.Typer(
    help="Look after the bots in Slack and Discord, while they run.", no_args_is_help=True, rich_markup_mode=None
)

Channel = Annotated[str, typer.Argument(metavar="CHANNEL", help="Its id, as Slack or Discord shows it.")]
Json = Annotated[bool, typer.Option("--json", help="Print the result as JSON, and nothing else.")]


@bots_app.command("status")
def bots_status(json: Json = False) -> None:
    """Tell what became of questions, where the bots were asked, and where they are silent."""
    from newsqa.fronts.terminal.bots.showing import show_status  # noqa: PLC0415

    show_status(Settings.load(), as_json=json)


@bots_app.command()
def enable(channel: Channel) -> None:
    """Let the bots answer again in a channel that was disabled."""
    from newsqa.fronts.terminal.bots.changing import enable as let_answer  # noqa: PLC0415

    let_answer(Settings.load(), channel)


@bots_app.command()
def disable(channel: Channel) -> None:
    """Have the bots be silent in a channel."""
    from newsqa.fronts.terminal.bots.changing import disable as silence  # noqa: PLC0415

    silence(Settings.load(), channel)


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
    from newsqa.fronts.terminal.bots.changing import Wanted  # noqa: PLC0415
    from newsqa.fronts.terminal.bots.changing import forget as forget_wanted  # noqa: PLC0415

    forget_wanted(Settings.load(), Wanted(channel, person, everything), asking=not yes)


@bots_app.command()
def feedback(
    out: Annotated[Path | None, typer.Option(metavar="FILE", help="A new file [feedback.jsonl].")] = None,
    json: Json = False,
) -> None:
    """Write the answers that people voted on as a set of questions, for newsqa eval."""
    from newsqa.fronts.terminal.bots.votes import write_feedback  # noqa: PLC0415

    write_feedback(Settings.load(), out, as_json=json)
