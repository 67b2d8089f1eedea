"""What the chat shows: for a terminal with colour and wrapped lines, for a pipe as plain text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from rich.padding import Padding
from rich.text import Text

from newsqa.fronts.terminal.console import messages, output, print_text
from newsqa.render.clean import safe
from newsqa.render.plain import answer_text, error_line
from newsqa.render.terminal import ASIDE, answer_view

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

    from newsqa.errors import NewsqaError
    from newsqa.records import Answer


@dataclass(frozen=True, slots=True)
class Screen:
    """Shows answers, views, asides and errors; everything that it is given may come from outside."""

    plain: bool

    @classmethod
    def open(cls) -> Screen:
        """Look at what standard output is."""
        return cls(plain=not output().is_terminal)

    @property
    def console(self) -> Console:
        """The console at its present width: a window may be resized."""
        return output()

    def answer(self, answer: Answer) -> None:
        """Show an answer with its sources."""
        if self.plain:
            print_text(answer_text(answer) + "\n")
        else:
            self._print(answer_view(answer))

    def view(self, view: RenderableType, plain: str) -> None:
        """Show a view, or its plain counterpart."""
        if self.plain:
            print_text(plain + "\n")
        else:
            self._print(view)

    def say(self, text: str) -> None:
        """Show a few lines of newsqa's own, which may name things from outside."""
        self.view(Padding(Text(safe(text), style=ASIDE), (0, 2)), safe(text))

    def raw(self, text: str) -> None:
        """Show text without wrapping or margin, so that it can be copied."""
        if self.plain:
            print_text(safe(text) + "\n")
        else:
            self._print(Text(safe(text)), soft_wrap=True)

    def _print(self, view: RenderableType, *, soft_wrap: bool = False) -> None:
        console = self.console
        console.print(view, soft_wrap=soft_wrap)
        console.print()

    def error(self, error: NewsqaError) -> None:
        """Tell what could not be done and what to do."""
        messages().print(Text(error_line(error), style="red"), soft_wrap=self.plain)
