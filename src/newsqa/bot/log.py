"""The bot's log: one JSON object a line on standard error, with ids and timings, no keys, nothing that was said.

`configure` takes the loggers of all packages the same way: those of others tell warnings only.
"""

from __future__ import annotations

import logging
import re
from typing import TYPE_CHECKING, Any

import structlog

from newsqa.models.chat_errors import HIDDEN, redact

if TYPE_CHECKING:
    from collections.abc import MutableMapping

    from structlog.typing import FilteringBoundLogger

    from newsqa.settings import Settings


SAID = ("question", "answer", "text")
"""The fields that hold what people and the bot said."""

LEAST_SAID, UNSAID = 4, "[what was said]"
"""Characters of what is taken out of other fields, too; and what then stands there."""

LONGEST = 8_000
"""Characters of one field, a trace included."""

_TOKENS = re.compile(
    r"""(?x)
    \b(?:xox[a-z]|xapp|xoxe\.xox[a-z])-[\w.-]+                       # Slack
    | \b[\w-]{23,28}\.[\w-]{6,7}\.[\w-]{27,}                         # Discord
    | (?<=/webhooks/)[\w/-]+ | (?<=/interactions/)[\w/-]+            # who holds these may answer as the bot
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
    made: FilteringBoundLogger = structlog.wrap_logger(
        logging.getLogger(f"newsqa.{name}"),
        processors=[*_HEAD, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.stdlib.BoundLogger,
    )
    return made


def configure(settings: Settings) -> None:
    """Send the log of the whole process to standard error. It holds what was said only where they ask for it."""
    steps: list[structlog.typing.Processor] = [
        structlog.processors.format_exc_info,
        _whole if settings.bot_log_text else _without_words,
        _without_keys,
    ]
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=_HEAD,
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            *steps,
            structlog.processors.JSONRenderer(default=str, ensure_ascii=True),
        ],
    )
    handler = logging.StreamHandler()
    handler.setFormatter(formatter)
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    logging.getLogger("newsqa").setLevel(logging.INFO)
    logging.captureWarnings(capture=True)


def without_keys(text: str) -> str:
    """Return a text without keys and tokens, cut where it is endless."""
    return _TOKENS.sub(HIDDEN, redact(text[:LONGEST]))


def _whole(_: object, __: str, fields: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    return fields


def _without_words(_: object, __: str, fields: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Take out what was said, also where an error repeats it."""
    said = [words for name in SAID if len(words := str(fields.pop(name, ""))) >= LEAST_SAID]
    return {name: _without(value, said) for name, value in fields.items()}


def _without(value: object, said: list[str]) -> object:
    if isinstance(value, str):
        for words in said:
            value = value.replace(words, UNSAID)
    return value


def _without_keys(_: object, __: str, fields: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    return {name: _clean(value) for name, value in fields.items()}


def _clean(value: object) -> object:
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, list | tuple):
        return [_clean(entry) for entry in value]
    if isinstance(value, dict):
        return {str(name): _clean(entry) for name, entry in value.items()}
    return without_keys(str(value))
