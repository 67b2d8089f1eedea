"""`newsqa chat`: lines in, answers out, until there are no more lines."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from typing import TYPE_CHECKING

from newsqa.answer.history import Sessions
from newsqa.errors import ModelError, NewsqaError
from newsqa.fronts.terminal.chat.asking import ask
from newsqa.fronts.terminal.chat.commands import Leave, run_command, tell_resumed
from newsqa.fronts.terminal.chat.conversation import Conversation
from newsqa.fronts.terminal.chat.ready import ReadyDesk
from newsqa.fronts.terminal.chat.screen import Screen
from newsqa.fronts.terminal.leaving import tell_leaving
from newsqa.models.inventory import describe_model
from newsqa.records import EXTRACTIVE
from newsqa.store.snapshot import open_index

if TYPE_CHECKING:
    from collections.abc import Iterator

    from newsqa.settings import Settings

LONGEST = 1 << 20  # bytes of a line that is read from a pipe


def chat(settings: Settings, *, resume: bool) -> None:
    """Talk at a terminal, or answer each line of standard input. Raises NewsqaError where it cannot begin."""
    _refuse_unusable(settings)
    sessions = Sessions(settings.sessions_folder(), os.fspath(settings.index.resolve()))
    at_terminal = sys.stdin.isatty() and sys.stdout.isatty()
    with open_index(settings) as library, ReadyDesk(settings, warm=at_terminal) as ready, suppress(Leave):
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
    from newsqa.fronts.terminal.chat.prompting import prompted  # noqa: PLC0415  a pipe needs no prompt
    from newsqa.fronts.terminal.chat.welcome import welcome  # noqa: PLC0415

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
