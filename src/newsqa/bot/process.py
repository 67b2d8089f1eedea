"""The bot's process: how it logs, and how it stops in time whatever hangs."""

from __future__ import annotations

import asyncio
import logging
import os
import re
import signal
import sys
import threading
from typing import TYPE_CHECKING, Any, NoReturn

import structlog

from newsqa.models.chat_errors import HIDDEN, redact

if TYPE_CHECKING:
    from collections.abc import MutableMapping

    from structlog.typing import FilteringBoundLogger

    from newsqa.settings import Settings

# The log: a JSON object per line on standard error, with ids and timings, without keys and what was said. All packages
# log in the same way, others than newsqa warnings only.

TEXT_FIELDS = ("question", "answer", "text")  # the fields that hold what people and the bot said

LEAST_REDACTED, REDACTED = 4, "[what was said]"
"""Texts of at least so many characters are replaced in the other fields, too; and the replacement."""

LONGEST_FIELD = 8_000  # characters of one field, a trace included

_TOKENS = re.compile(
    r"""(?x)
    \b(?:xox[a-z]|xapp|xoxe\.xox[a-z])-[\w.-]+                       # Slack
    | \b[\w-]{23,28}\.[\w-]{6,7}\.[\w-]{27,}                         # Discord
    | (?<=/webhooks/)[\w/-]+ | (?<=/interactions/)[\w/-]+            # whoever holds these may answer as the bot
    | (?<=hooks\.slack\.com/)\S+
    | (?<=[?&])(?:ticket|token|sig|key)=[^&\s"']+
    """
)

_HEAD: list[structlog.typing.Processor] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso"),
]


def logger(name: str) -> FilteringBoundLogger:
    """Return a logger whose events are names with fields: `log.info("answered", exchange=…, seconds=…)`."""
    wrapped: FilteringBoundLogger = structlog.wrap_logger(
        logging.getLogger(f"newsqa.{name}"),
        processors=[*_HEAD, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.stdlib.BoundLogger,
    )
    return wrapped


def configure(settings: Settings) -> None:
    """Send the log of the whole process to standard error, with what was said only if the settings ask for it."""
    redact_text: list[structlog.typing.Processor] = [] if settings.bot_log_text else [_redact_text]
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=_HEAD,
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.format_exc_info,
            *redact_text,
            _redact_keys,
            structlog.processors.JSONRenderer(default=str, ensure_ascii=True),
        ],
    )
    handler = logging.StreamHandler()
    handler.setFormatter(formatter)
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    logging.getLogger("newsqa").setLevel(logging.INFO)
    logging.captureWarnings(capture=True)


def _redact_text(_: object, __: str, fields: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Remove what was said, also where an error repeats it."""
    said = [text for name in TEXT_FIELDS if len(text := str(fields.pop(name, ""))) >= LEAST_REDACTED]
    for name in [name for name, value in fields.items() if isinstance(value, str)]:
        for text in said:
            fields[name] = fields[name].replace(text, REDACTED)
    return fields


def _redact_keys(_: object, __: str, fields: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Remove keys and tokens from all fields, and cut long ones."""
    return {name: _clean(value) for name, value in fields.items()}


def _clean(value: object) -> object:
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, list | tuple):
        return [_clean(entry) for entry in value]
    if isinstance(value, dict):
        return {str(name): _clean(entry) for name, entry in value.items()}
    return _TOKENS.sub(HIDDEN, redact(str(value)[:LONGEST_FIELD]))


# The end of the process.

STOP_SECONDS = 9.0  # longest time from the signal to the exit: service managers kill after ten seconds
MODEL_THREADS = frozenset({"answer", "warm"})  # names of the threads that call models and are not waited for


def stop_signal() -> asyncio.Future[int]:
    """Return a future of the signal that stops the bot, SIGTERM or SIGINT; a second signal stops it at once.

    The process exits `STOP_SECONDS` after the first signal, whatever it is doing.
    """
    loop = asyncio.get_running_loop()
    stopped: asyncio.Future[int] = loop.create_future()

    def stop(which: signal.Signals) -> None:
        loop.remove_signal_handler(which)
        if not stopped.done():
            timer = threading.Timer(STOP_SECONDS, _exit_now, (which,))
            timer.daemon = True
            timer.start()
            stopped.set_result(which)

    for which in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(which, stop, which)
    return stopped


def exit_process(by: int) -> NoReturn:
    """Exit after a signal, once all is closed: with code 0, or with 130 after Ctrl-C.

    Python unwinds daemon threads when it exits; the native code of a model takes that for an error and aborts the
    process (SIGABRT), so that a clean stop would look like a crash. While such a thread is running, nothing is unwound.
    """
    if any(thread.name in MODEL_THREADS for thread in threading.enumerate()):
        _exit_now(by)
    sys.exit(_exit_code(by))


def _exit_now(by: int) -> NoReturn:
    logging.shutdown()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(_exit_code(by))


def _exit_code(by: int) -> int:
    return 130 if by == signal.SIGINT else 0
