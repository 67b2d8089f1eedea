"""The conversation at the prompt: what was asked and answered, the bounds that are set, and where it is stored."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from newsqa.answer.history import Exchange, turns
from newsqa.errors import HistoryError, UsageError
from newsqa.records import NO_BOUNDS
from newsqa.render.record import from_record, to_record

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from newsqa.answer.history import Sessions
    from newsqa.desk import Answerer, Happening
    from newsqa.fronts.terminal.chat.ready import ReadyDesk
    from newsqa.fronts.terminal.chat.screen import Screen
    from newsqa.records import Answer, Bounds, Citation
    from newsqa.store.snapshot import LibraryIndex


@dataclass(slots=True)
class Conversation:
    """One person's conversation with the desk. It is stored from its first answer on."""

    ready: ReadyDesk
    library: LibraryIndex
    sessions: Sessions
    screen: Screen
    bounds: Bounds = NO_BOUNDS
    session: int | None = None
    answers: list[Answer] = field(default_factory=list)
    stored: bool = True

    def stream(self, question: str, adapt: Callable[[Answerer, str], Answerer]) -> Iterator[Happening]:
        """Ask within the conversation and its bounds, and tell what happens, as `Desk.stream` does.

        `adapt` is given the desk's answerer and the name of its model, and returns what shall answer in its place.
        """
        history = turns([Exchange(answer.question, answer.text, {}) for answer in self.answers])
        desk = self.ready.desk()
        desk = replace(desk, answerer=adapt(desk.answerer, desk.model))
        yield from desk.stream(question, history=history, bounds=self.bounds)

    def keep(self, answer: Answer) -> None:
        """Add an answer and store it. Where that fails it is told once, and the conversation goes on unstored."""
        self.answers.append(answer)
        record = {**to_record(answer), "retrieved": []}
        try:
            if self.stored:
                self.session = self.sessions.add(self.session, Exchange(answer.question, answer.text, record))
        except HistoryError as error:
            self.stored = False
            self.screen.error(error)

    def begin(self) -> None:
        """Begin a new conversation; the bounds stay."""
        self.session, self.answers = None, []

    def resume(self, session: int | None = None) -> None:
        """Go on with a stored conversation, the last one unless it is named. Raises HistoryError, UsageError."""
        session = self.sessions.latest() if session is None else session
        exchanges = self.sessions.load(session) if session is not None else []
        if not exchanges:
            raise UsageError("There is no such conversation over this index.", hint="/sessions lists them.")
        try:
            self.answers = [from_record(exchange.record) for exchange in exchanges]
        except (KeyError, TypeError, ValueError) as error:
            raise HistoryError(
                "This conversation was stored by another version of newsqa.", hint="Begin a new one with /new."
            ) from error
        self.session = session

    def citation(self, number: str) -> Citation:
        """Return a source of the last answer by its number; without one, its first. Raises UsageError."""
        cited = self.answers[-1].citations if self.answers else ()
        if not cited:
            raise UsageError("The last answer has no sources.", hint="Ask something first.")
        for citation in cited:
            if str(citation.n) == (number or "1"):
                return citation
        raise UsageError(f"The last answer has no source {number}.", hint=f"It has 1 to {cited[-1].n}.")
