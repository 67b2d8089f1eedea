"""Asks the desk on a thread of its own, so that Ctrl-C leaves an answer at once, and shows it as it comes."""

from __future__ import annotations

from queue import SimpleQueue
from threading import Event, Thread
from typing import TYPE_CHECKING

from rich.console import Group
from rich.live import Live
from rich.padding import Padding
from rich.spinner import Spinner
from rich.text import Text

from newsqa.fronts.terminal.console import STAGES
from newsqa.records import Answer, Sentence, Writing
from newsqa.render.terminal import ASIDE, sentences_view

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.console import Console, RenderableType

    from newsqa.desk import Happening
    from newsqa.fronts.terminal.chat.conversation import Conversation


class Asking:
    """The events of an answer, made on a thread. `stop` makes that thread leave before its next event."""

    def __init__(self, events: Iterator[Happening]) -> None:
        self._events = events
        self._queue: SimpleQueue[Happening | BaseException] = SimpleQueue()
        self._stopped = Event()
        self._thread = Thread(target=self._work, name="answer", daemon=True)
        self._thread.start()

    def __iter__(self) -> Iterator[Happening]:
        """Give the events as they come; the Answer is the last. Raises what the desk raised."""
        while True:
            event = self._queue.get()
            if isinstance(event, BaseException):
                raise event
            yield event
            if isinstance(event, Answer):
                return

    def stop(self) -> None:
        """Give up the answer. The step at work is let finish, unseen."""
        self._stopped.set()

    def _work(self) -> None:
        try:
            for event in self._events:
                self._queue.put(event)
                if self._stopped.is_set():
                    return
        except BaseException as error:  # raised again where the events are read
            self._queue.put(error)


def ask(conversation: Conversation, question: str) -> Answer:
    """Ask within the conversation and show what happens until the answer is there.

    Raises NewsqaError where no answer could be made, KeyboardInterrupt where it was given up.
    """
    asking = Asking(conversation.stream(question))
    try:
        return _watched(asking, conversation.screen.console)
    finally:
        asking.stop()


def _watched(asking: Asking, console: Console) -> Answer:
    sentences: list[Sentence] = []
    doing = "opening"
    with Live(_progress(sentences, doing), console=console, transient=True, refresh_per_second=12) as live:
        for event in asking:
            if isinstance(event, Answer):
                return event
            if isinstance(event, Sentence):
                sentences.append(event)
            elif not isinstance(event, Writing):
                doing = STAGES.get(event.name, event.name)
            live.update(_progress(sentences, doing))
    raise AssertionError("a stream ends with its answer")


def _progress(sentences: list[Sentence], doing: str) -> RenderableType:
    waiting = Spinner("dots", Text(doing, style=ASIDE), style=ASIDE)
    return Padding(Group(sentences_view(sentences), waiting) if sentences else waiting, (0, 2))
