"""The conversation at the prompt: what was asked and answered, the bounds that are set, and where it is stored."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field, replace
from queue import Empty, SimpleQueue
from threading import Event, Thread
from typing import TYPE_CHECKING, Generic, Self, TypeVar

from rich.padding import Padding
from rich.text import Text

from newsqa.answer.history import recent_turns
from newsqa.errors import HistoryError, NewsqaError, UsageError
from newsqa.frontends.terminal.console import messages, output, print_text
from newsqa.models.benchmark import try_model
from newsqa.pipeline import open_pipeline
from newsqa.render.clean import safe
from newsqa.render.plain import answer_text, error_line
from newsqa.render.terminal import ASIDE, answer_view
from newsqa.types import EXTRACTIVE, NO_BOUNDS, Turn

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import TracebackType

    from rich.console import Console, RenderableType

    from newsqa.answer.history import Sessions
    from newsqa.pipeline import Answerer, AnswerEvent, Pipeline
    from newsqa.settings import Settings
    from newsqa.store.snapshot import LibraryIndex
    from newsqa.types import Answer, Bounds, Citation


@dataclass(slots=True)
class Conversation:
    """One person's conversation with the desk. It is stored from its first answer on."""

    ready: BackgroundPipeline
    library: LibraryIndex
    sessions: Sessions
    screen: Screen
    bounds: Bounds = NO_BOUNDS
    session: int | None = None
    answers: list[Answer] = field(default_factory=list)
    stored: bool = True

    def stream(self, question: str, adapt: Callable[[Answerer, str], Answerer]) -> Iterator[AnswerEvent]:
        """Ask within the conversation and its bounds, and tell what happens, as `Desk.stream` does.

        `adapt` is given the desk's answerer and the name of its model, and returns what shall answer in its place.
        """
        history = recent_turns([Turn.from_answer(answer) for answer in self.answers])
        desk = self.ready.desk()
        desk = replace(desk, answerer=adapt(desk.answerer, desk.model))
        yield from desk.stream(question, history=history, bounds=self.bounds)

    def keep(self, answer: Answer) -> None:
        """Add an answer and store it. Where that fails it is told once, and the conversation goes on unstored."""
        self.answers.append(answer)
        try:
            if self.stored:
                self.session = self.sessions.add(self.session, answer)
        except HistoryError as error:
            self.stored = False
            self.screen.error(error)

    def begin(self) -> None:
        """Begin a new conversation; the bounds stay."""
        self.session, self.answers = None, []

    def resume(self, session: int | None = None) -> None:
        """Go on with a stored conversation, the last one unless it is named. Raises HistoryError, UsageError."""
        session = self.sessions.latest() if session is None else session
        answers = self.sessions.load(session) if session is not None else []
        if not answers:
            raise UsageError("There is no such conversation over this index.", hint="/sessions lists them.")
        self.session, self.answers = session, answers

    def citation(self, number: str) -> Citation:
        """Return a source of the last answer by its number; without one, its first. Raises UsageError."""
        cited = self.answers[-1].citations if self.answers else ()
        if not cited:
            raise UsageError("The last answer has no sources.", hint="Ask something first.")
        for citation in cited:
            if str(citation.n) == (number or "1"):
                return citation
        raise UsageError(f"The last answer has no source {number}.", hint=f"It has 1 to {cited[-1].n}.")


# What the chat shows: for a terminal with colour and wrapped lines, for a pipe as plain text.


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


# Opens the desk while a person still reads the first screen, so that the first answer comes as fast as the others.


class BackgroundPipeline:
    """A desk that is being opened on a thread. Use it as a context; leaving closes the desk.

    `warm` also loads the models that search; one that writes is not asked, since that may cost.
    """

    def __init__(self, settings: Settings, *, warm: bool) -> None:
        self.settings = settings
        self._leaving = Event()
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="desk")
        self._opened = self._pool.submit(open_pipeline, settings)
        if warm:
            self._pool.submit(self._warm_up)

    def desk(self) -> Pipeline:
        """Wait until the desk is open. Raises what `open_desk` raised; the next call tries again."""
        if self._opened.done() and self._opened.exception() is not None:
            self._opened = self._pool.submit(open_pipeline, self.settings)
        return self._opened.result()

    def switch(self, model: str) -> None:
        """Let another model answer from now on, once it has answered a short call.

        Raises ModelError where it cannot be used; the one of before stays then.
        """
        settings = replace(self.settings, model=model)
        desk = open_pipeline(settings)
        try:
            if model != EXTRACTIVE:
                try_model(settings)
        except BaseException:
            desk.close()
            raise
        old, self._opened = self._opened, self._pool.submit(lambda: desk)
        self.settings = settings
        with suppress(NewsqaError):
            old.result().close()

    def _warm_up(self) -> None:
        """Load the models by using them once."""
        with suppress(NewsqaError):
            desk = self._opened.result()
            if self._leaving.is_set():
                return
            if desk.model == EXTRACTIVE:
                desk.ask("What is new?")
            else:
                desk.search("What is new?")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._leaving.set()
        self._pool.shutdown()
        with suppress(NewsqaError):
            self._opened.result().close()


# Events made on a thread of their own, so that whoever waits for them can leave at any moment.

Made = TypeVar("Made")
GLANCE = 0.05  # seconds between two looks at whether it was stopped


class ThreadedEvents(Generic[Made]):
    """The events of an iterator, which is run on a thread. It ends early once `stopped` is set.

    The event at work then is let finish, unseen, and the iterator is closed.
    """

    def __init__(self, events: Iterator[Made], stopped: Event) -> None:
        self._events = events
        self._stopped = stopped
        self._queue: SimpleQueue[tuple[Made] | BaseException] = SimpleQueue()
        Thread(target=self._work, name="answer", daemon=True).start()

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> Made:
        """Give the next event. Raises what making it raised."""
        while not self._stopped.is_set():
            try:
                event = self._queue.get(timeout=GLANCE)
            except Empty:
                continue
            if isinstance(event, BaseException):
                raise event
            return event[0]
        raise StopIteration

    def last(self, seconds: float) -> Made | None:
        """Return the last event if it comes so soon, else None."""
        end, last = time.monotonic() + seconds, None
        while (left := end - time.monotonic()) > 0:
            try:
                event = self._queue.get(timeout=left)
            except Empty:
                return None
            if isinstance(event, BaseException):
                return last
            last = event[0]
        return None

    def _work(self) -> None:
        try:
            for event in self._events:
                self._queue.put((event,))
                if self._stopped.is_set():
                    break
            if close := getattr(self._events, "close", None):
                close()
            self._queue.put(StopIteration())
        except BaseException as error:  # raised again where the events are read
            self._queue.put(error)
