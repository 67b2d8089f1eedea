"""`newsqa chat`: lines in, answers out, until there are no more lines."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from datetime import date
from threading import Event
from typing import TYPE_CHECKING

from rich.console import Group
from rich.padding import Padding
from rich.text import Text

from newsqa.answer.history import Sessions
from newsqa.errors import ModelError, NewsqaError
from newsqa.frontends.terminal.background import BackgroundIterator, BackgroundPipeline
from newsqa.frontends.terminal.chat_commands import Quit, run_command, show_resumed
from newsqa.frontends.terminal.console import print_json
from newsqa.frontends.terminal.conversation import Conversation
from newsqa.frontends.terminal.display import Display, LiveAnswer, show_live
from newsqa.frontends.terminal.egress import announce_egress
from newsqa.models.inventory import describe_model
from newsqa.render.record import to_record
from newsqa.render.terminal import DIM
from newsqa.render.wording import count, headline, period
from newsqa.store.snapshot import open_index
from newsqa.types import EXTRACTIVE, NO_BOUNDS, Answer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from newsqa.settings import Settings
    from newsqa.types import Article

MAX_LINE = 1 << 20  # bytes of a line that is read from a pipe
HEADLINES = 3  # on the first screen

INTERRUPT_PATIENCE = 3.0
"""Seconds in which the checked sentences must become an answer with its sources after Ctrl-C."""


def chat(settings: Settings, *, resume: bool, as_json: bool = False, asked: date | None = None) -> None:
    """Converse at a terminal, or answer each line of standard input. Raises NewsqaError if it cannot begin.

    With `as_json` each question, and nothing else, gets one record on one line of standard output.
    """
    _refuse_unusable_model(settings)
    sessions = Sessions(settings.sessions_folder(), os.fspath(settings.index.resolve()))
    at_terminal = sys.stdin.isatty() and sys.stdout.isatty() and not as_json
    with open_index(settings) as library, BackgroundPipeline(settings, warm_up=at_terminal) as pipeline, suppress(Quit):
        conversation = Conversation(pipeline, library, sessions, Display.open(silent=as_json), asked=asked)
        announce_egress(settings)
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
        if conversation.display.silent and question == text:
            _print_record(conversation, text)
        elif question and not conversation.display.silent:
            answer = _ask(conversation, question)
            conversation.display.answer(answer)
            conversation.add(answer)
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
    print_json(to_record(answer))
    if answer.error is None:
        conversation.add(answer)


def _ask(conversation: Conversation, question: str) -> Answer:
    """Return the answer, and show what happens until then.

    Ctrl-C stops the model; the sentences that were checked by then are the answer. Raises NewsqaError if no answer
    could be made, KeyboardInterrupt if it was interrupted before any sentence was checked.
    """
    stopped, abandoned, live_answer = Event(), Event(), LiveAnswer()
    events = BackgroundIterator(conversation.stream(question, stopped), abandoned)
    try:
        return show_live(events, conversation.display.console, live_answer)
    except KeyboardInterrupt:
        stopped.set()
        answer = events.last(INTERRUPT_PATIENCE) if live_answer.sentences else None
        if isinstance(answer, Answer) and answer.sentences:
            return answer
        raise
    finally:
        stopped.set()
        abandoned.set()
