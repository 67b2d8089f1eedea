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
from newsqa.render.clean import safe_line
from newsqa.render.terminal import ASIDE, sentences_view
from newsqa.text.sentences import sentence_spans

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rich.console import Console, ConsoleOptions, RenderableType, RenderResult

    from newsqa.desk import Happening

LONGEST = 600
"""Characters shown of what is being written."""

_KEYS = re.compile(r"\s*\[[\s\d,;^]*(?:\]|$)")


@dataclass(slots=True)
class Watched:
    """What is known of an answer that is being made. `draft` is the unchecked end of it, two sentences at most."""

    doing: str = "opening"
    sentences: list[Sentence] = field(default_factory=list[Sentence])
    draft: str = ""

    def take(self, event: Happening) -> None:
        """Take up what happened."""
        if isinstance(event, Sentence):
            self.sentences.append(event)
            self._passed(event.text)
        elif isinstance(event, Stage):
            self.doing, self.draft = STAGES.get(event.name, event.name), ""
        elif not isinstance(event, Answer):
            self.draft += event.text
            starts = [start for start, _ in sentence_spans(self.draft)]
            self.draft = self.draft[starts[-2] if len(starts) > 1 else 0 :]

    def _passed(self, text: str) -> None:
        """Take a sentence that passed out of the draft: it stands above now."""
        spans = sentence_spans(self.draft)
        ends = [end for start, end in spans if _plain(self.draft[start:end]) == _plain(text)]
        cut = ends[-1] if ends else spans[-1][0] if spans else 0
        self.draft = self.draft[cut:]

    def view(self) -> RenderableType:
        """Show it, with what comes last in sight where it is higher than the screen."""
        shown = sentences_view(self.sentences)
        writing = _plain(self.draft)[-LONGEST:]
        if writing:
            shown.append(" " if self.sentences else "").append(writing, style=ASIDE)
        doing = f"{self.doing}; what is dim is not checked yet" if writing else self.doing
        waiting = Spinner("dots", Text(doing, style=ASIDE), style=ASIDE)
        return _Tail(shown, waiting) if shown else _Tail(waiting)


def _plain(text: str) -> str:
    """Return words of a draft in a line, safe to show, without the keys of its evidence."""
    return safe_line(_KEYS.sub("", text))


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
