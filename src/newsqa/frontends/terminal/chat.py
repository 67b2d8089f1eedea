"""`newsqa chat`: lines in, answers out, until there are no more lines."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from threading import Event
from typing import TYPE_CHECKING

from rich.console import Group
from rich.padding import Padding
from rich.text import Text

from newsqa.answer.history import Sessions
from newsqa.errors import ModelError, NewsqaError
from newsqa.frontends.terminal.ask import LiveAnswer, watch
from newsqa.frontends.terminal.chat_commands import Leave, run_command, tell_resumed
from newsqa.frontends.terminal.chat_state import BackgroundPipeline, Conversation, Screen, ThreadedEvents
from newsqa.frontends.terminal.egress import tell_leaving
from newsqa.models.inventory import describe_model
from newsqa.render.terminal import ASIDE
from newsqa.render.wording import count, headline, period
from newsqa.store.snapshot import open_index
from newsqa.types import EXTRACTIVE, NO_BOUNDS, Answer, DraftSummary

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from newsqa.pipeline import Answerer
    from newsqa.settings import Settings
    from newsqa.types import Article, DraftEvent, Hit, Query


# The first screen: what is indexed, and how to begin.

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


# Asks the desk and shows the answer as it comes; Ctrl-C leaves at once, and what had passed the check stays.

PATIENCE = 3.0
"""Seconds for what passed the check to become an answer with its sources, after Ctrl-C."""

STOPPED = "You stopped the model."


def ask(conversation: Conversation, question: str) -> Answer:
    """Ask within the conversation and show what happens until the answer is there.

    Ctrl-C stops the model; the sentences that had passed are the answer then. Raises NewsqaError where no answer could
    be made, KeyboardInterrupt where it was given up before any sentence passed.
    """
    stopped, left, watched = Event(), Event(), LiveAnswer()
    events = ThreadedEvents(
        conversation.stream(question, lambda answerer, model: stoppable(answerer, model, stopped)), left
    )
    try:
        return watch(events, conversation.screen.console, watched)
    except KeyboardInterrupt:
        stopped.set()
        answer = events.last(PATIENCE) if watched.sentences else None
        if isinstance(answer, Answer) and answer.sentences:
            return answer
        raise
    finally:
        stopped.set()
        left.set()


def stoppable(answerer: Answerer, model: str, stopped: Event) -> Answerer:
    """Return an answerer whose draft ends as it stands when `stopped` is set; the extractive one is quick enough."""
    if model == EXTRACTIVE:
        return answerer

    def draft(query: Query, hits: Sequence[Hit], deadline: float) -> Iterator[DraftEvent]:
        yield from ThreadedEvents(answerer(query, hits, deadline), stopped)
        if stopped.is_set():
            yield DraftSummary(0.0, model, incomplete=True, notices=(STOPPED,))

    return draft


LONGEST = 1 << 20  # bytes of a line that is read from a pipe


def chat(settings: Settings, *, resume: bool) -> None:
    """Talk at a terminal, or answer each line of standard input. Raises NewsqaError where it cannot begin."""
    _refuse_unusable(settings)
    sessions = Sessions(settings.sessions_folder(), os.fspath(settings.index.resolve()))
    at_terminal = sys.stdin.isatty() and sys.stdout.isatty()
    with open_index(settings) as library, BackgroundPipeline(settings, warm=at_terminal) as ready, suppress(Leave):
        conversation = Conversation(ready, library, sessions, Screen.open())
        tell_leaving(settings)
        if resume:
            _resume(conversation)
        if at_terminal:
            _at_terminal(conversation)
        else:
            ready.desk()
            for line in _piped(conversation):
                _turn(conversation, line)


def _refuse_unusable(settings: Settings) -> None:
    """Raise ModelError where the model that is set lacks something, before anybody has typed a question for it."""
    if settings.model == EXTRACTIVE:
        return
    model = describe_model(settings.model, settings)
    if not model.usable:
        raise ModelError(f"The model {model.name} cannot be used: {model.missing}", hint=model.mend)


def _resume(conversation: Conversation) -> None:
    """Go on with the last conversation; where that cannot be, tell why and begin a new one."""
    try:
        conversation.resume()
    except NewsqaError as error:
        conversation.screen.error(error)


def _at_terminal(conversation: Conversation) -> None:
    from newsqa.frontends.terminal.prompt import prompted

    welcome(conversation)
    if conversation.answers:
        tell_resumed(conversation)
    for line in prompted(conversation):
        try:
            _turn(conversation, line)
        except KeyboardInterrupt:
            conversation.screen.say("Given up.")


def _piped(conversation: Conversation) -> Iterator[str]:
    while line := sys.stdin.buffer.readline(LONGEST):
        text = line.decode("utf-8", "replace").strip()
        if text and not text.startswith("/"):
            conversation.screen.raw(f"› {text}")
        yield text


def _turn(conversation: Conversation, line: str) -> None:
    text = " ".join(line.encode("utf-8", "replace").decode().split())
    if not text:
        return
    try:
        if text.startswith("/"):
            run_command(conversation, text)
        else:
            answer = ask(conversation, text)
            conversation.screen.answer(answer)
            conversation.keep(answer)
    except NewsqaError as error:
        conversation.screen.error(error)
