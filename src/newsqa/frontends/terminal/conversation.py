"""The conversation at the prompt: what was asked and answered, the bounds that are set, and where it is stored."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from newsqa.answer.history import recent_turns
from newsqa.errors import HistoryError, UsageError
from newsqa.frontends.terminal.background import stoppable
from newsqa.types import NO_BOUNDS, Turn

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date
    from threading import Event

    from newsqa.answer.history import Sessions
    from newsqa.frontends.terminal.background import BackgroundPipeline
    from newsqa.frontends.terminal.display import Display
    from newsqa.pipeline import AnswerEvent
    from newsqa.store.snapshot import LibraryIndex
    from newsqa.types import Answer, Bounds, Citation


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
        self.answers.append(answer)
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
        self.session, self.answers = session, answers

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
