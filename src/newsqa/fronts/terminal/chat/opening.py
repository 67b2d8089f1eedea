"""`/open`: a cited article at the place of its quote, or the whole of it in a pager."""

from __future__ import annotations

import shutil
import signal
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from newsqa.environment import for_programs
from newsqa.render.plain import article_text
from newsqa.render.terminal import article_view, excerpt_view

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

    from newsqa.fronts.terminal.chat.screen import Screen
    from newsqa.records import Article, Citation


ABOVE = 10  # lines shown before a quote in the pager


def open_source(screen: Screen, article: Article, citation: Citation, question: str, *, whole: bool) -> None:
    """Show where a citation stands. An article that has changed since is shown as it is now, and that is told."""
    span = _place(article, citation)
    if span is None:
        screen.say("This article has changed since; the quote is no longer in it.")
        screen.view(article_view(article), article_text(article))
    elif not whole or screen.plain:
        screen.view(excerpt_view(article, span, question), article_text(article))
    else:
        before = replace(article, text=article.text[: span[0]])
        _page(screen.console, article_view(article, question, span), len(_lines(screen.console, article_view(before))))


def _place(article: Article, citation: Citation) -> tuple[int, int] | None:
    if article.text[citation.start : citation.end] == citation.quote:
        return citation.start, citation.end
    start = article.text.find(citation.quote)
    return (start, start + len(citation.quote)) if start >= 0 else None


def _lines(console: Console, view: RenderableType) -> list[str]:
    with console.capture() as captured:
        console.print(view)
    return captured.get().splitlines()


def _page(console: Console, view: RenderableType, line: int) -> None:
    """Show a view in `less`, from a few lines above `line` on; where there is no `less`, print it."""
    less = shutil.which("less")
    if less is None or not Path(less).is_absolute() or console.is_dumb_terminal:
        console.print(view)
        return
    text = "\n".join(_lines(console, view))
    environ = {**for_programs(), "LESSSECURE": "1", "LESSCHARSET": "utf-8"}
    ours = signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C belongs to the pager now
    try:
        subprocess.run([less, "-R", f"+{max(line - ABOVE, 1)}"], input=text.encode(), env=environ, check=False)  # noqa: S603
    finally:
        signal.signal(signal.SIGINT, ours)
