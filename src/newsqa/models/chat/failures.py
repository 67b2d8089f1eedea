"""Every client's errors become one ModelError here: what happened, in plain words, and what to do about it.

An error is told by the status of its response, by the names of its classes (LangChain's, the clients', httpx's), and by
its words, in this order. Its own words are shown without keys; where a key was refused they are not shown at all.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from newsqa.errors import ModelError, NewsqaError
from newsqa.models.chat.deadlines import LateError
from newsqa.models.chat.faults import FAULTS, STATUS, UNREACHABLE, WORDS
from newsqa.models.chat.providers import PROVIDERS
from newsqa.models.chat.redaction import redacted, shown
from newsqa.models.credentials import key_told

if TYPE_CHECKING:
    from collections.abc import Iterable

    from newsqa.errors import ModelFault

MOST_CAUSES = 8


class ClientError(Exception):
    """What a client raised, as text without keys: it stands in for the client's own error, which may hold one."""


_LIMIT = re.compile(
    r"(?:context (?:length|size|window)(?: is| of)?|n_ctx['\"]?:?|maximum of|max_model_len|>)\D{0,4}(\d[\d,_]{2,})",
    re.IGNORECASE,
)
_PAGE = re.compile(r"<html|<!doctype|<body", re.IGNORECASE)
_PREFIX = re.compile(r"^Error code: \d+(?: - )?")
_CODE = re.compile(r"(?:error code|status(?: code)?)\D{0,3}([45]\d\d)\b", re.IGNORECASE)


def failure(
    error: BaseException,
    name: str,
    *,
    address: str = "",
    seconds: float | None = None,
    keys: Iterable[str] = (),
) -> ModelError:
    """Return the ModelError of what a client raised; its cause is text without keys.

    `address` is where the server is, `seconds` how long was waited, `keys` what must not be shown.
    """
    if isinstance(error, ModelError):
        return error
    chain = _chain(error)
    words = redacted(" | ".join(str(part) for part in chain), keys)
    status = _status(chain) or _told_status(words)
    kind = _kind(chain, status, words)
    made = _made(
        kind,
        name,
        address=address,
        seconds=seconds,
        status=status,
        words=shown(_own_words(chain), keys),
        wait=retry_after(error),
    )
    if kind in {"unreachable", "context"}:
        made = _closer(made, name, words, address)
    made.__cause__ = None if isinstance(error, LateError) else without_keys(error, keys)
    made.__suppress_context__ = True
    return made


def without_keys(error: BaseException, keys: Iterable[str] = ()) -> ClientError:
    """Return what may be told of a client's error, as the cause of ours."""
    words = " | ".join(str(part) for part in _chain(error))
    return ClientError(f"{type(error).__qualname__}: {redacted(words, keys)}")


def fault(kind: ModelFault, name: str, served: tuple[str, ...] = ()) -> ModelError:
    """Return the ModelError of a fault that no client raised, as an answer without words."""
    return _made(kind, name, served=served)


def retry_after(error: BaseException) -> float | None:
    """Return how many seconds a server asks to wait, None where it does not say."""
    for part in _chain(error):
        headers = getattr(getattr(part, "response", None), "headers", None)
        told = headers.get("retry-after") if headers is not None else None
        try:
            if told is not None:
                return max(0.0, float(told))
        except ValueError:
            return None  # a date: too far off to wait for
    return None


def _chain(error: BaseException) -> list[BaseException]:
    chain: list[BaseException] = []
    at: BaseException | None = error
    while at is not None and at not in chain and len(chain) < MOST_CAUSES:
        chain.append(at)
        at = at.__cause__ or at.__context__
    return chain


def _status(chain: list[BaseException]) -> int | None:
    for part in chain:
        for holder in (part, getattr(part, "response", None)):
            for name in ("status_code", "code", "http_status"):
                status = getattr(holder, name, None)
                if isinstance(status, int) and 400 <= status < 600:
                    return status
    return None


def _told_status(words: str) -> int | None:
    told = _CODE.search(words)
    return int(told[1]) if told else None


def _kind(chain: list[BaseException], status: int | None, words: str) -> ModelFault:
    kind = _by_status(status) or _by_class(chain) or "other"
    return next((closer.kind for closer in WORDS if kind in closer.of and closer.pattern.search(words)), kind)


def _by_status(status: int | None) -> ModelFault | None:
    if status is None:
        return None
    return STATUS.get(status, "server" if status >= 500 else "request")


def _by_class(chain: list[BaseException]) -> ModelFault | None:
    """Tell by the most telling class: what lies beneath a client's error says more than the client's own kind."""
    for part in chain:
        if isinstance(part, NewsqaError):
            return "other"
    names = {kind.__name__ for part in chain for kind in type(part).__mro__}
    return next((kind for kind, fault in FAULTS.items() if fault.classes & names), None)


def _own_words(chain: list[BaseException]) -> str:
    """Return what the server said, where the client kept it apart, else what the client says."""
    for part in chain:
        body = getattr(part, "body", None)
        if isinstance(body, dict):
            inner = body.get("error", body)
            message = inner.get("message") if isinstance(inner, dict) else inner
            if isinstance(message, str):
                return message
    return "" if _PAGE.search(str(chain[0])) else _PREFIX.sub("", str(chain[0]))


def _made(  # noqa: PLR0913
    kind: ModelFault,
    name: str,
    *,
    address: str = "",
    seconds: float | None = None,
    status: int | None = None,
    words: str = "",
    served: tuple[str, ...] = (),
    wait: float | None = None,
) -> ModelError:
    fault = FAULTS[kind]
    provider = PROVIDERS.get(name.partition(":")[0])
    said = {
        "at": f" at {address}" if address else "",
        "seconds": f"{round(seconds, 1):g} s" if seconds and seconds > 0 else "it may",
        "key": key_told(provider) if provider else "",
        "served": f"; its server has {', '.join(served)}" if served else "",
        "wait": f" {wait:g} s, as its server asks" if wait else " a while",
    }
    code = f" ({status})" if status else ""
    quoted = f" It says: {words}" if words and kind in {"request", "rate", "quota", "server", "other"} else ""
    return ModelError(
        f"The model {name} did not answer: {fault.why.format(**said)}{code}.{quoted}",
        hint=fault.hint.format(**said),
        retryable=fault.retryable,
        kind=kind,
    )


def _closer(made: ModelError, name: str, words: str, address: str) -> ModelError:
    """Say more closely why there was no connection, or how much the model reads."""
    if made.kind == "context":
        limits = [int(told.replace(",", "").replace("_", "")) for told in _LIMIT.findall(words)]
        made.limit = min(limits, default=None)
        return made
    at = f" ({address})" if address else ""
    for pattern, why, hint in UNREACHABLE:
        if pattern.search(words):
            told = f"The model {name} did not answer: {why.format(at=at)}."
            return ModelError(told, hint=hint, retryable=made.retryable, kind=made.kind)
    return made
