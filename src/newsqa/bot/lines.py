"""What the bot says besides answers: short, friendly, and nothing of what only its keeper should read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from newsqa.errors import ModelError, NewsqaError

if TYPE_CHECKING:
    from newsqa.bot.limits import Wait

HELP = (
    "Ask me in a sentence about what the articles say: I answer with quotes and their sources, or tell that they do "
    "not hold it. In a thread that I was called into, just write on; /ask is answered to you alone."
)
INTERRUPTED = "I am being stopped before this answer was made. Please ask again in a few minutes."
BUSY = "Too many questions are waiting just now. Please ask again in a minute."
SLOW = "This took longer than it may. Please ask again in a while."
BUSY_MODEL = "The model that writes my answers has no time just now. Please ask again in a while."
FAILED = "I could not answer this."
SLOW_KINDS = frozenset({"timeout"})
BUSY_KINDS = frozenset({"rate", "server", "unreachable"})


def failed(error: BaseException, incident: str) -> str:
    """Say that no answer could be made, and the name under which the log has the reason."""
    return f"{_why(error)} If it goes on, tell whoever runs me this: incident {incident}."


def limited(wait: Wait) -> str:
    """Say that somebody has to wait, and how long."""
    seconds = f"{wait.seconds} second{'' if wait.seconds == 1 else 's'}"
    if wait.own:
        return f"You have asked a lot within a minute. Please ask again in {seconds}."
    return f"I have been asked a lot within a minute. Please ask again in {seconds}."


def _why(error: BaseException) -> str:
    if isinstance(error, TimeoutError) or (isinstance(error, ModelError) and error.kind in SLOW_KINDS):
        return SLOW
    if isinstance(error, ModelError) and error.kind in BUSY_KINDS:
        return BUSY_MODEL
    if isinstance(error, NewsqaError) and error.retryable:
        return f"{FAILED} Please ask again in a minute."
    return FAILED
