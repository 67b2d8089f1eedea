"""What a person sees while an answer is made: the step at work, sentences that passed, the draft dimmed."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from rich.live import Live
from rich.padding import Padding
from rich.spinner import Spinner
from rich.text import Text

from newsqa.desk import Stage
from newsqa.fronts.terminal.console import STAGES
from newsqa.records import Answer, Sentence
from newsqa.render.safe import safe_line
from newsqa.render.terminal import ASIDE, sentences_view
from newsqa.sentences import sentence_spans

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rich.console import Console, ConsoleOptions, RenderableType, RenderResult

    from newsqa.desk import Happening

LONGEST = 400
"""Characters shown of a sentence that is being written."""

_KEYS = re.compile(r"\[[\s\d,;^]*(?:\]|$)")


@dataclass(slots=True)
class Watched:
    """What is known of an answer that is being made. `draft` holds the sentence at work only, unchecked."""

    doing: str = "opening"
    sentences: list[Sentence] = field(default_factory=list[Sentence])
    draft: str = ""

    def take(self, event: Happening) -> None:
        """Take up what happened."""
        if isinstance(event, Sentence):
            self.sentences.append(event)
        elif isinstance(event, Stage):
            self.doing, self.draft = STAGES.get(event.name, event.name), ""
        elif not isinstance(event, Answer):
            self.draft += event.text
            spans = sentence_spans(self.draft)
            self.draft = self.draft[spans[-1][0] if spans else 0 :]

    def view(self) -> RenderableType:
        """Show it, with what comes last in sight where it is higher than the screen."""
        shown = sentences_view(self.sentences)
        if writing := safe_line(_KEYS.sub("", self.draft))[-LONGEST:]:
            return _Tail(shown.append(" " if self.sentences else "").append(writing, style=ASIDE))
        waiting = Spinner("dots", Text(self.doing, style=ASIDE), style=ASIDE)
        return _Tail(shown, waiting) if self.sentences else Padding(waiting, (0, 2))


class _Tail:
    """Renderables below each other, cut at the top where they are higher than the screen."""

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


def watch(events: Iterable[Happening], console: Console, watched: Watched) -> Answer:
    """Show what happens until the answer is there, and take it off the screen again. Raises what the desk raises."""
    with Live(watched.view(), console=console, transient=True, refresh_per_second=12) as live:
        for event in events:
            if isinstance(event, Answer):
                return event
            watched.take(event)
            live.update(watched.view())
    raise AssertionError("a stream ends with its answer")
