"""What the terminal shows: answers when they are done and while they are made, views, notes and errors.

A terminal gets colour and wrapped lines, a pipe plain text. Everything shown may come from outside and is made safe.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from rich.live import Live
from rich.padding import Padding
from rich.spinner import Spinner
from rich.text import Text

from newsqa.frontends.terminal.console import messages, output, print_text
from newsqa.pipeline import Stage
from newsqa.render.clean import safe, safe_line
from newsqa.render.plain import answer_text, error_line
from newsqa.render.terminal import DIM, answer_view, sentences_view
from newsqa.text.sentences import sentence_spans
from newsqa.types import Answer, Sentence

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rich.console import Console, ConsoleOptions, RenderableType, RenderResult

    from newsqa.errors import NewsqaError
    from newsqa.pipeline import AnswerEvent

STAGES = {"search": "searching", "rerank": "reading", "answer": "answering", "write": "writing"}

MAX_DRAFT = 600
"""Characters shown of what is being written."""

_KEYS = re.compile(r"\s*\[[\s\d,;^]*(?:\]|$)")


def show_answer(answer: Answer) -> None:
    """Print an answer with its sources, as standard output can show it."""
    console = output()
    if console.is_terminal:
        console.print(answer_view(answer))
    else:
        print_text(answer_text(answer))


@dataclass(frozen=True, slots=True)
class Display:
    """The output of the chat: each thing that is shown is followed by an empty line.

    If it is `silent`, only errors are shown: standard output belongs to records then.
    """

    plain: bool
    silent: bool = False

    @classmethod
    def open(cls, *, silent: bool = False) -> Display:
        """Return the display that suits standard output."""
        return cls(plain=silent or not output().is_terminal, silent=silent)

    @property
    def console(self) -> Console:
        """The console at its present width: a window may be resized."""
        return output()

    def answer(self, answer: Answer) -> None:
        """Show an answer with its sources."""
        self.view(answer_view(answer), answer_text(answer))

    def view(self, view: RenderableType, plain: str, *, wrap: bool = True) -> None:
        """Show a view, or its plain counterpart."""
        if self.silent:
            return
        if self.plain:
            print_text(plain + "\n")
            return
        console = self.console
        console.print(view, soft_wrap=not wrap)
        console.print()

    def note(self, text: str) -> None:
        """Show a few lines of newsqa's own, which may name things from outside."""
        self.view(Padding(Text(safe(text), style=DIM), (0, 2)), safe(text))

    def unwrapped(self, text: str) -> None:
        """Show text without wrapping or margin, so that it can be copied."""
        self.view(Text(safe(text)), safe(text), wrap=False)

    def error(self, error: NewsqaError) -> None:
        """Show on standard error what could not be done and what to do."""
        messages().print(Text(error_line(error), style="red"), soft_wrap=self.plain)


@dataclass(slots=True)
class LiveAnswer:
    """What is known of an answer that is being made. `draft` is the unchecked end of it, two sentences at most."""

    stage: str = "opening"
    sentences: list[Sentence] = field(default_factory=list[Sentence])
    draft: str = ""

    def add(self, event: AnswerEvent) -> None:
        """Add what an event brings."""
        if isinstance(event, Sentence):
            self.sentences.append(event)
            self._remove_from_draft(event.text)
        elif isinstance(event, Stage):
            self.stage, self.draft = STAGES.get(event.name, event.name), ""
        elif not isinstance(event, Answer):
            self.draft += event.text
            starts = [start for start, _ in sentence_spans(self.draft)]
            self.draft = self.draft[starts[-2] if len(starts) > 1 else 0 :]

    def _remove_from_draft(self, checked: str) -> None:
        """Cut a sentence that is shown as checked now, and what was before it, from the draft."""
        spans = sentence_spans(self.draft)
        ends = [end for start, end in spans if _without_keys(self.draft[start:end]) == _without_keys(checked)]
        cut = ends[-1] if ends else spans[-1][0] if spans else 0
        self.draft = self.draft[cut:]

    def view(self) -> RenderableType:
        """Return what to show: the checked sentences, the draft dimmed, and the stage."""
        checked = sentences_view(self.sentences)
        writing = _without_keys(self.draft)[-MAX_DRAFT:]
        if writing:
            checked.append(" " if self.sentences else "").append(writing, style=DIM)
        stage = f"{self.stage}; what is dim is not checked yet" if writing else self.stage
        waiting = Spinner("dots", Text(stage, style=DIM), style=DIM)
        return _Tail(checked, waiting) if checked else _Tail(waiting)


def _without_keys(text: str) -> str:
    """Return words of a draft in a line, safe to show, without the keys of its evidence."""
    return safe_line(_KEYS.sub("", text))


class _Tail:
    """Renderables below each other, cut at the top if they are higher than the screen."""

    def __init__(self, *parts: RenderableType) -> None:
        self.parts = parts

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        lines = [
            line
            for part in self.parts
            for line in console.render_lines(Padding(part, (0, 2)), options, pad=False, new_lines=True)
        ]
        for line in lines[-max(console.height - 1, 1) :]:
            yield from line


def show_live(events: Iterable[AnswerEvent], console: Console, live_answer: LiveAnswer) -> Answer:
    """Show an answer while it is made, clear that from the screen and return it. Raises what making it raises."""
    with Live(live_answer.view(), console=console, transient=True, refresh_per_second=12) as live:
        for event in events:
            if isinstance(event, Answer):
                return event
            live_answer.add(event)
            live.update(live_answer.view())
    raise AssertionError("a stream ends with its answer")
