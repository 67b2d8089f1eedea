"""`newsqa chat` and `newsqa demo`: lines in, answers out, within one conversation, until there are no more lines."""

from __future__ import annotations

import os
import shutil
import sys
import time
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING

from rich.console import Group
from rich.padding import Padding
from rich.text import Text

from newsqa.answer.history import Sessions, recent_turns
from newsqa.errors import HistoryError, ModelError, NewsqaError, SourceError, UsageError
from newsqa.frontends.terminal.background import BackgroundPipeline, stoppable
from newsqa.frontends.terminal.chat_commands import Quit, run_command, show_resumed
from newsqa.frontends.terminal.console import announce_egress, print_json, time_limit
from newsqa.frontends.terminal.display import Display, LiveAnswer, show_live
from newsqa.frontends.terminal.index import IndexOptions, index_sources
from newsqa.models.chat import BackgroundIterator
from newsqa.models.inventory import describe_model
from newsqa.private_files import make_private, private_folder
from newsqa.render.record import to_record
from newsqa.render.terminal import DIM
from newsqa.render.wording import count, headline, period
from newsqa.settings import cache_folder
from newsqa.store.snapshot import open_index
from newsqa.types import EXTRACTIVE, NO_BOUNDS, Answer, Turn

if TYPE_CHECKING:
    from collections.abc import Iterator

    from newsqa.pipeline import AnswerEvent
    from newsqa.settings import Settings
    from newsqa.store.snapshot import LibraryIndex
    from newsqa.types import Article, Bounds, Citation


@dataclass(slots=True)
class Conversation:
    """One person's questions and answers. They are stored from the first answer on.

    `asked` is the day that is today, if it is another.
    """

    pipeline: BackgroundPipeline
    library: LibraryIndex
    sessions: Sessions
    display: Display
    bounds: Bounds = NO_BOUNDS
    session: int | None = None
    answers: list[Answer] = field(default_factory=list)
    stored: bool = True
    asked: date | None = None

    def stream(self, question: str, stopped: Event) -> Iterator[AnswerEvent]:
        """Answer within the conversation and its bounds, as `Pipeline.stream` does; `stopped` ends a model's draft."""
        history = recent_turns([Turn.from_answer(answer) for answer in self.answers])
        pipeline = self.pipeline.wait()
        pipeline = replace(pipeline, answerer=stoppable(pipeline.answerer, pipeline.model, stopped))
        yield from pipeline.stream(question, history=history, bounds=self.bounds, asked=self.asked)

    def add(self, answer: Answer) -> None:
        """Add an answer and store it. If storing fails, this is reported once, and the rest is not stored."""
        self.answers = [*self.answers, answer][-self.pipeline.settings.max_turns :]
        try:
            if self.stored:
                self.session = self.sessions.add(self.session, answer)
        except HistoryError as error:
            self.stored = False
            self.display.error(error)

    def start_new(self) -> None:
        """Start a new conversation; the bounds stay."""
        self.session, self.answers = None, []

    def resume(self, session: int | None = None) -> None:
        """Go on with a stored conversation, by default the last one. Raises HistoryError, UsageError."""
        session = self.sessions.latest() if session is None else session
        answers = self.sessions.load(session) if session is not None else []
        if not answers:
            raise UsageError("There is no such conversation over this index.", hint="/sessions lists them.")
        self.session, self.answers = session, answers[-self.pipeline.settings.max_turns :]

    def citation(self, number: str) -> Citation:
        """Return a citation of the last answer by its number, by default the first. Raises UsageError."""
        cited = self.answers[-1].citations if self.answers else ()
        if not cited:
            raise UsageError("The last answer has no sources.", hint="Ask something first.")
        for citation in cited:
            if str(citation.n) == (number or "1"):
                return citation
        raise UsageError(f"The last answer has no source {number}.", hint=f"It has 1 to {cited[-1].n}.")

    def outlets(self) -> tuple[str, ...]:
        """Return the outlets of the index, as stored."""
        with self.library.snapshot() as index:
            return index.lexicon.outlets


# `newsqa chat`: lines in, answers out, until there are no more lines.

MAX_LINE = 1 << 20  # bytes of a line that is read from a pipe
HEADLINES = 3  # on the first screen
INTERRUPT_PATIENCE = 3.0  # seconds in which the checked sentences must become an answer with its sources after Ctrl-C


def chat(settings: Settings, *, resume: bool, as_json: bool = False, asked: date | None = None) -> None:
    """Converse at a terminal, or answer each line of standard input. Raises NewsqaError if it cannot begin.

    With `as_json` each question, and nothing else, gets one record on one line of standard output.
    """
    _refuse_unusable_model(settings)
    sessions = Sessions(settings.sessions_folder(), os.fspath(settings.index.resolve()))
    at_terminal = sys.stdin.isatty() and sys.stdout.isatty() and not as_json
    announce_egress(settings)
    with open_index(settings) as library, BackgroundPipeline(settings, warm_up=at_terminal) as pipeline, suppress(Quit):
        conversation = Conversation(pipeline, library, sessions, Display.open(silent=as_json), asked=asked)
        if resume:
            _resume(conversation)
        if at_terminal:
            _chat_at_terminal(conversation)
        else:
            pipeline.wait()
            for line in _piped_lines(conversation):
                _handle_line(conversation, line)


def _refuse_unusable_model(settings: Settings) -> None:
    """Raise ModelError if the model that is set lacks something, before anybody has typed a question for it."""
    if settings.model == EXTRACTIVE:
        return
    model = describe_model(settings.model, settings)
    if not model.usable:
        raise ModelError(f"The model {model.name} cannot be used: {model.missing}", hint=model.mend)


def _resume(conversation: Conversation) -> None:
    """Go on with the last conversation; if that is not possible, show why and start a new one."""
    try:
        conversation.resume()
    except NewsqaError as error:
        conversation.display.error(error)


def _chat_at_terminal(conversation: Conversation) -> None:
    from newsqa.frontends.terminal.line_editor import typed_lines

    _welcome(conversation)
    if conversation.answers:
        show_resumed(conversation)
    for line in typed_lines(conversation):
        try:
            _handle_line(conversation, line)
        except KeyboardInterrupt:
            conversation.display.note("Given up.")


def _welcome(conversation: Conversation) -> None:
    """Show what is indexed, and how to begin."""
    with conversation.library.snapshot() as index:
        held, outlets, newest = index.coverage(NO_BOUNDS), index.lexicon.outlets, index.newest(HEADLINES)
    parts = [count(held.articles, "article"), count(len(outlets), "outlet"), period(held.first, held.last)]
    head = Text("newsqa", style="bold cyan").append("   " + " · ".join(parts), style="default not bold")
    hint = Text("Ask in plain words. /help shows the commands, Ctrl-D leaves.", style=DIM)
    conversation.display.console.print(Padding(Group(head, Text(), *map(_headline, newest), Text(), hint), (1, 2)))


def _headline(article: Article) -> Text:
    when = f"{article.published:%d %b %Y}  " if article.published else ""
    return Text(when, style=DIM, no_wrap=True, overflow="ellipsis").append(headline(article), style="not dim")


def _piped_lines(conversation: Conversation) -> Iterator[str]:
    while line := sys.stdin.buffer.readline(MAX_LINE):
        text = line.decode("utf-8", "replace").strip()
        if text and not text.startswith("/"):
            conversation.display.unwrapped(f"› {text}")
        yield text


def _handle_line(conversation: Conversation, line: str) -> None:
    """Run a command or answer a question; show what was wrong with it."""
    text = " ".join(line.encode("utf-8", "replace").decode().split())
    if not text:
        return
    try:
        question = run_command(conversation, text) if text.startswith("/") else text
        timeout = conversation.pipeline.settings.timeout
        if conversation.display.silent and question == text:
            with time_limit(timeout):
                _print_record(conversation, text)
        elif question and not conversation.display.silent:
            with time_limit(timeout):
                answer = _ask(conversation, question)
            conversation.add(answer)  # before it is shown: what was seen can be resumed
            conversation.display.answer(answer)
    except NewsqaError as error:
        conversation.display.error(error)


def _print_record(conversation: Conversation, question: str) -> None:
    """Answer a question, and print the record of its answer, or of the error that came instead."""
    try:
        *_, answer = conversation.stream(question, Event())
    except NewsqaError as error:
        day = conversation.asked or date.today()
        answer = Answer(question, question, day, "", error=f"{error} {error.hint}".strip())
    assert isinstance(answer, Answer)  # noqa: S101  the last event of a stream
    if answer.error is None:
        conversation.add(answer)
    print_json(to_record(answer))


def _ask(conversation: Conversation, question: str) -> Answer:
    """Return the answer, and show what happens until then.

    Ctrl-C stops the model; the sentences that were checked by then are the answer. Raises NewsqaError if no answer
    could be made, KeyboardInterrupt if it was interrupted before any sentence was checked.
    """
    stopped, live_answer = Event(), LiveAnswer()
    events = BackgroundIterator(lambda: conversation.stream(question, stopped))
    try:
        return show_live(events, conversation.display.console, live_answer)
    except KeyboardInterrupt:
        stopped.set()
        events.deadline = time.monotonic() + INTERRUPT_PATIENCE
        with suppress(Exception):
            for event in events if live_answer.sentences else ():
                if isinstance(event, Answer) and event.sentences:
                    return event
        raise
    finally:
        stopped.set()
        events.close()


# `newsqa demo`: a chat over the sample articles that come with newsqa, which are indexed in the user's cache.

PACKAGE = Path(__file__).parents[2]
SAMPLES = (PACKAGE / "_corpus", PACKAGE.parents[1] / "corpus")
"""The folder of the sample articles in an installed package, and in a checkout."""


def demo(settings: Settings) -> None:
    """Index the sample articles, unless they are indexed already, and open the chat over them.

    The index is in `newsqa/demo` of the user's cache (XDG_CACHE_HOME), whatever index and Chroma server the settings
    name. Raises NewsqaError if the articles are missing or the chat cannot be opened.
    """
    folder = cache_folder() / "demo"
    settings = replace(settings, index=folder / "index", chroma="")
    index_sources(settings, [str(_copy_samples(folder / "samples"))], IndexOptions(), as_json=False)
    chat(settings, resume=False)


def _copy_samples(target: Path) -> Path:
    """Copy the sample articles into a folder, so that the index names one place however newsqa is installed."""
    articles = next((folder for folder in SAMPLES if folder.is_dir()), None)
    if articles is None:
        raise SourceError(
            "The sample articles are missing.", hint="Install newsqa again from its source: pip install ."
        )
    try:
        private_folder(target.parent)
        shutil.rmtree(target, ignore_errors=True)
        shutil.copytree(articles, target)  # with the times of the files: what is unchanged is not read again
        make_private(target)
    except OSError as error:
        raise SourceError(
            f"The sample articles cannot be copied to {target}: {error}", hint="Set XDG_CACHE_HOME to another folder."
        ) from error
    return target
