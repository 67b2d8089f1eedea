"""What the bot says besides answers: short, friendly, and without what only its operator should read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from newsqa.errors import ModelError, NewsqaError

if TYPE_CHECKING:
    from newsqa.bot.limits import RateLimited


HELP = (
    "Ask me in a sentence about what the articles say: I answer with quotes and their sources, or tell that they do "
    "not hold it. In a thread that I was called into, just write on; /ask is answered to you alone."
)
INTERRUPTED = "I am being stopped before this answer was made. Please ask again in a few minutes."
BUSY = "Too many questions are waiting just now. Please ask again in a minute."
SLOW = "This took longer than it may. Please ask again in a while."
BUSY_MODEL = "The model that writes my answers has no time just now. Please ask again in a while."
FAILED = "I could not answer this."


def failure_reply(error: BaseException, incident: str) -> str:
    """Say that there is no answer, and under which id the log has the reason."""
    return f"{_reason(error)} If it goes on, tell whoever runs me this: incident {incident}."


def limit_reply(limited: RateLimited) -> str:
    """Say that somebody has to wait, and how long."""
    seconds = f"{limited.seconds} second{'' if limited.seconds == 1 else 's'}"
    asked = "You have asked" if limited.own else "I have been asked"
    return f"{asked} a lot within a minute. Please ask again in {seconds}."


def _reason(error: BaseException) -> str:
    kind = error.kind if isinstance(error, ModelError) else ""
    if isinstance(error, TimeoutError) or kind == "timeout":
        return SLOW
    if kind in {"rate", "server", "unreachable"}:
        return BUSY_MODEL
    if isinstance(error, NewsqaError) and error.retryable:
        return f"{FAILED} Please ask again in a minute."
    return FAILED
