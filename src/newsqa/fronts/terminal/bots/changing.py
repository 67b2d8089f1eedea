"""`newsqa bots enable`, `disable` and `forget`: the bots see the change at their next question."""

from __future__ import annotations

import sys
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING

from newsqa.bot.admin import has_store, teams_of
from newsqa.bot.events import NAMES, ConversationPlace, channel_named
from newsqa.bot.store import Store
from newsqa.errors import NewsqaError, UsageError
from newsqa.fronts.terminal.console import messages, print_text
from newsqa.render.clean import safe_line
from newsqa.render.wording import count

if TYPE_CHECKING:
    from pathlib import Path

    from newsqa.bot.events import Platform
    from newsqa.settings import Settings


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be forgotten: one of the three."""

    channel: str | None = None
    person: str | None = None
    everything: bool = False


def enable(settings: Settings, channel: str) -> None:
    """Let the bots answer in a channel that was disabled. Raises UsageError where that is no id of a channel."""
    platform, name = channel_named(channel)
    with closing(Store(settings.sessions_folder())) as store:
        changed = store.enable(platform, name)
    done = f"newsqa answers in {name} ({NAMES[platform]}) again, from the next question on."
    print_text(done if changed else f"{name} ({NAMES[platform]}) was not disabled.")
    if settings.bot_channels and name not in settings.bot_channels:
        messages().print(f"NEWSQA_BOT_CHANNELS names other channels: {name} is not served.", soft_wrap=True)


def disable(settings: Settings, channel: str) -> None:
    """Have the bots be silent in a channel. Raises UsageError where that is no id of a channel."""
    platform, name = channel_named(channel)
    with closing(Store(settings.sessions_folder())) as store:
        store.disable(platform, name)
    print_text(f"newsqa is silent in {name} ({NAMES[platform]}), from the next question on.")


def forget(settings: Settings, wanted: Wanted, *, asking: bool) -> None:
    """Forget what was asked and answered, once that is confirmed where `asking`, and say how much it was.

    Raises UsageError where nothing or too much is named, or nobody is there to confirm.
    """
    named = [wanted.channel is not None, wanted.person is not None, wanted.everything]
    if sum(named) != 1:
        raise UsageError("Name what to forget.", hint="One of --channel ID, --person ID, --all.")
    what, platform, name = _what(wanted)
    if asking and not _confirmed(f"Forget {what}? It cannot be undone."):
        raise NewsqaError("Nothing was forgotten.")
    folder = settings.sessions_folder()
    gone = _forget(folder, platform, name, wanted) if has_store(folder) else 0
    print_text(f"Forgotten: {what}, {count(gone, 'question')} in all. What was posted stays where it was posted.")


def _what(wanted: Wanted) -> tuple[str, Platform | None, str]:
    if wanted.channel is not None:
        platform, name = channel_named(wanted.channel)
        return f"what was said in {name} ({NAMES[platform]})", platform, name
    if wanted.person is not None:
        name = safe_line(wanted.person)
        return f"what {name} asked, and how they voted", None, wanted.person
    return "everything that people said, and all counts", None, ""


def _forget(folder: Path, platform: Platform | None, name: str, wanted: Wanted) -> int:
    with closing(Store(folder)) as store:
        if wanted.everything:
            return store.forget_everything()
        if platform is None:
            return sum(store.forget_person(each, name) for each in NAMES)
        return sum(
            store.forget_place(ConversationPlace(platform, team, name)) for team in teams_of(folder, platform, name)
        )


def _confirmed(question: str) -> bool:
    """Ask on the terminal. Raises UsageError where there is none: a script says --yes."""
    if not sys.stdin.isatty():
        raise UsageError("Nobody is there to confirm this.", hint="Say --yes where you mean it.")
    messages().print(f"{question} [y/N] ", end="")
    return sys.stdin.readline().strip().lower() in {"y", "yes"}
