"""The bot's log: a JSON object per line on standard error, with ids and timings, without keys and what was said.

`configure` handles the loggers of all packages in the same way; other packages log warnings only.
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


TEXT_FIELDS = ("question", "answer", "text")
"""The fields that hold what people and the bot said."""

LEAST_REDACTED, REDACTED = 4, "[what was said]"
"""Texts of at least so many characters are replaced in the other fields, too; and the replacement."""

LONGEST_FIELD = 8_000
"""Characters of one field, a trace included."""

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
    return {name: _replace_all(value, said) for name, value in fields.items()}


def _replace_all(value: object, said: list[str]) -> object:
    if isinstance(value, str):
        for text in said:
            value = value.replace(text, REDACTED)
    return value


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
