"""`newsqa ask` and `newsqa show`: one question or one article, then done."""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from rich.live import Live
from rich.padding import Padding
from rich.spinner import Spinner
from rich.text import Text

from newsqa.errors import LibraryError, UsageError
from newsqa.frontends.terminal.console import STAGES, messages, output, print_json, print_text
from newsqa.frontends.terminal.egress import tell_leaving
from newsqa.pipeline import Stage
from newsqa.render.clean import safe_line
from newsqa.render.terminal import ASIDE, sentences_view
from newsqa.text.sentences import sentence_spans
from newsqa.types import Answer, Sentence

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from rich.console import Console, ConsoleOptions, RenderableType, RenderResult

    from newsqa.pipeline import AnswerEvent, Pipeline
    from newsqa.settings import Settings
    from newsqa.types import Bounds


MOST_BYTES = 1 << 20  # of a question on standard input; the desk says what it can use


def ask(settings: Settings, words: Sequence[str], bounds: Bounds, asked: date | None, *, as_json: bool) -> None:
    """Answer one question: as JSON, for a terminal, or as plain text where the output is piped."""
    from newsqa.pipeline import open_pipeline

    question = _question(words)
    with open_pipeline(settings, once=True) as desk:
        tell_leaving(settings)
        answer = _answered(desk, question, bounds, asked)
    if as_json:
        from newsqa.render.record import to_record

        print_json(to_record(answer))
    else:
        show_answer(answer)


def show_answer(answer: Answer) -> None:
    """Print an answer as the output can show it."""
    console = output()
    if console.is_terminal:
        from newsqa.render.terminal import answer_view

        console.print(answer_view(answer))
    else:
        from newsqa.render.plain import answer_text

        print_text(answer_text(answer))


def show(settings: Settings, article_id: str, *, as_json: bool) -> None:
    """Print one stored article. Raises LibraryError where the index does not hold it."""
    from newsqa.store.snapshot import open_index

    with open_index(settings) as opened, opened.snapshot() as index:
        article = index.article(article_id)
    if article is None:
        raise LibraryError(
            f"The index {settings.index} holds no article “{article_id}”.",
            hint="The ids stand in the citations of `newsqa ask --json`.",
        )
    console = output()
    if as_json:
        from newsqa.render.record import article_record

        print_json(article_record(article))
    elif console.is_terminal:
        from newsqa.render.terminal import article_view

        console.print(article_view(article))
    else:
        from newsqa.render.plain import article_text

        print_text(article_text(article))


def _question(words: Sequence[str]) -> str:
    """Return the question of the command line, or all of standard input. Raises UsageError where there is none."""
    if words and list(words) != ["-"]:
        text = " ".join(words).encode("utf-8", "replace").decode()  # an argument may hold bytes that are no text
    elif not words and sys.stdin.isatty():
        raise UsageError("There is no question.", hint='Write: newsqa ask "When did the harbour reopen?"')
    else:
        text = sys.stdin.buffer.read(MOST_BYTES).decode("utf-8", "replace")
    if not text.strip():
        raise UsageError("The question is empty.", hint='Write: newsqa ask "When did the harbour reopen?"')
    return " ".join(text.split())


def _answered(desk: Pipeline, question: str, bounds: Bounds, asked: date | None) -> Answer:

    return watch(desk.stream(question, bounds=bounds, asked=asked), messages(), LiveAnswer())


# What a person sees while an answer is made: the step at work, sentences that passed, the draft dimmed.

LONGEST = 600
"""Characters shown of what is being written."""

_KEYS = re.compile(r"\s*\[[\s\d,;^]*(?:\]|$)")


@dataclass(slots=True)
class LiveAnswer:
    """What is known of an answer that is being made. `draft` is the unchecked end of it, two sentences at most."""

    doing: str = "opening"
    sentences: list[Sentence] = field(default_factory=list[Sentence])
    draft: str = ""

    def take(self, event: AnswerEvent) -> None:
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


def watch(events: Iterable[AnswerEvent], console: Console, watched: LiveAnswer) -> Answer:
    """Show what happens until the answer is there, and take it off the screen again. Raises what the desk raises."""
    with Live(watched.view(), console=console, transient=True, refresh_per_second=12) as live:
        for event in events:
            if isinstance(event, Answer):
                return event
            watched.take(event)
            live.update(watched.view())
    raise AssertionError("a stream ends with its answer")
