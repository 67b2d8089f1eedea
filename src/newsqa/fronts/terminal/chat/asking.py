"""Asks the desk and shows the answer as it comes; Ctrl-C leaves at once, and what had passed the check stays."""

from __future__ import annotations

from threading import Event
from typing import TYPE_CHECKING

from newsqa.fronts.terminal.chat.pulled import Pulled
from newsqa.fronts.terminal.watching import Watched, watch
from newsqa.records import EXTRACTIVE, Answer, Claim, Draft

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from newsqa.desk import Answerer
    from newsqa.fronts.terminal.chat.conversation import Conversation
    from newsqa.records import Hit, Query, Writing

PATIENCE = 3.0
"""Seconds for what passed the check to become an answer with its sources, after Ctrl-C."""

STOPPED = "You stopped the model."


def ask(conversation: Conversation, question: str) -> Answer:
    """Ask within the conversation and show what happens until the answer is there.

    Ctrl-C stops the model; the sentences that had passed are the answer then. Raises NewsqaError where no answer could
    be made, KeyboardInterrupt where it was given up before any sentence passed.
    """
    stopped, left, watched = Event(), Event(), Watched()
    events = Pulled(conversation.stream(question, lambda answerer, model: stoppable(answerer, model, stopped)), left)
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

    def draft(query: Query, hits: Sequence[Hit], deadline: float) -> Iterator[Writing | Claim | Draft]:
        claims: list[Claim] = []
        for event in Pulled(answerer(query, hits, deadline), stopped):
            if isinstance(event, Claim):
                claims.append(event)
            yield event
        if stopped.is_set():
            yield Draft(tuple(claims), 0.0, model, incomplete=True, notices=(STOPPED,))

    return draft
