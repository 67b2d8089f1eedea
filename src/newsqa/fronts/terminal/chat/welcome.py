"""The first screen: what is indexed, and how to begin."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.console import Group
from rich.padding import Padding
from rich.text import Text

from newsqa.records import NO_BOUNDS
from newsqa.render.terminal import ASIDE
from newsqa.render.wording import count, headline, period

if TYPE_CHECKING:
    from newsqa.fronts.terminal.chat.conversation import Conversation
    from newsqa.records import Article

HEADLINES = 3


def welcome(conversation: Conversation) -> None:
    """Show what can be asked about."""
    with conversation.library.snapshot() as index:
        held, outlets, newest = index.coverage(NO_BOUNDS), index.lexicon.outlets, index.newest(HEADLINES)
    parts = [count(held.articles, "article"), count(len(outlets), "outlet"), period(held.first, held.last)]
    head = Text("newsqa", style="bold cyan").append("   " + " · ".join(parts), style="default not bold")
    hint = Text("Ask in plain words. /help shows the commands, Ctrl-D leaves.", style=ASIDE)
    conversation.screen.console.print(Padding(Group(head, Text(), *map(_headline, newest), Text(), hint), (1, 2)))


def _headline(article: Article) -> Text:
    when = f"{article.published:%d %b %Y}  " if article.published else ""
    return Text(when, style=ASIDE, no_wrap=True, overflow="ellipsis").append(headline(article), style="not dim")
