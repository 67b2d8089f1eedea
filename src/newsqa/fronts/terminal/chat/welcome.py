"""The first screen: what is indexed, and how to begin."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.console import Group
from rich.padding import Padding
from rich.text import Text

from newsqa.records import NO_BOUNDS
from newsqa.render.marks import count, period
from newsqa.render.terminal import ASIDE

if TYPE_CHECKING:
    from newsqa.fronts.terminal.chat.conversation import Conversation


def welcome(conversation: Conversation) -> None:
    """Show what can be asked about."""
    with conversation.library.snapshot() as index:
        held, outlets = index.coverage(NO_BOUNDS), index.lexicon.outlets
    parts = [count(held.articles, "article"), count(len(outlets), "outlet"), period(held.first, held.last)]
    head = Text("newsqa", style="bold cyan").append("   " + " · ".join(parts), style="default not bold")
    hint = Text("Ask in plain words.  /help shows the commands, Ctrl-D leaves.", style=ASIDE)
    conversation.screen.console.print(Padding(Group(head, hint), (1, 2)))
