"""The options that several commands take, and the settings that they come to."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from newsqa.frontends.terminal.console import first_day, last_day
from newsqa.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Sequence

Index = Annotated[Path | None, typer.Option("--index", metavar="DIR", help="The folder of the index [.newsqa].")]
Json = Annotated[bool, typer.Option("--json", help="Print the result as JSON, and nothing else.")]
Model = Annotated[
    str | None, typer.Option(metavar="NAME", help="Who answers, as `newsqa models` lists them [NEWSQA_MODEL].")
]
Outlet = Annotated[str | None, typer.Option(metavar="NAME", help="See only articles of this outlet.")]
Since = Annotated[date | None, typer.Option(parser=first_day, metavar="DATE", help="See nothing from before this day.")]
Until = Annotated[date | None, typer.Option(parser=last_day, metavar="DATE", help="See nothing from after this day.")]
AsOf = Annotated[date | None, typer.Option(parser=last_day, metavar="DATE", help="Answer as on this day.")]
Asked = Annotated[date | None, typer.Option(parser=first_day, metavar="DATE", help="The day that is today [today].")]


def read_settings(
    index: Path | None = None,
    model: str | None = None,
    *,
    connects: bool = False,
    judge: str | None = None,
    addresses: Sequence[str] = (),
) -> Settings:
    """Return the settings of the environment and `.env`, with what the options of a command replace.

    A command that `connects` to servers first has a person confirm addresses that only `.env` gives: those of the
    settings' models, of the model `judge`, and of the variables in `addresses`. Raises SettingsError.
    """
    settings = Settings.load()
    settings = replace(settings, index=index.expanduser() if index else settings.index, model=model or settings.model)
    if connects:
        from newsqa.frontends.terminal.egress import confirm_addresses

        confirm_addresses(settings, judge, addresses)
    return settings
