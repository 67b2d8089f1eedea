"""Errors of chat model clients as ModelError: what happened, in plain words, what to do about it, and no key.

An error is classified by the status of its response, by the names of its classes (LangChain's, the clients', httpx's)
and by its message, in this order. The message is shown without keys; where a key was refused it is not shown at all.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote

from newsqa.errors import ModelError, ModelFault, NewsqaError
from newsqa.models.providers import PROVIDERS, describe_key
from newsqa.settings import secret_values

if TYPE_CHECKING:
    from collections.abc import Iterable

    from langchain_core.language_models import BaseChatModel

MAX_CAUSES = 8


class DeadlineError(Exception):
    """The deadline of a stream has passed."""


class ClientError(Exception):
    """The text of a client's error without keys. It replaces that error as a cause, since that may hold a key."""


@dataclass(frozen=True, slots=True)
class ErrorTemplate:
    """What is said of one kind of error: what happened, what to do, and if asking again may help.

    `classes` are the names of exception classes that are of this kind.
    """

    why: str
    hint: str
    classes: tuple[str, ...] = ()
    retryable: bool = False


TEMPLATES: dict[ModelFault, ErrorTemplate] = {
    "timeout": ErrorTemplate(
        "it took longer than {seconds}", "Give it more time (NEWSQA_TIMEOUT), or choose a faster model.",
        ("DeadlineError", "TimeoutException", "TimeoutError", "APITimeoutError", "ModelTimeoutError")),
    "key": ErrorTemplate(
        "its server refuses the key", "Check the key{key}, and that it may use this model.",
        ("AuthenticationError", "PermissionDeniedError", "ModelAuthenticationError", "ModelPermissionDeniedError")),
    "unknown": ErrorTemplate(
        "its server knows no model of this name", "Check its name (NEWSQA_MODEL){served}.",
        ("NotFoundError", "ModelNotFoundError")),
    "context": ErrorTemplate(
        "the prompt is longer than what it can read", "Set NEWSQA_CONTEXT to what it reads, in tokens.",
        ("ContextOverflowError",)),
    "quota": ErrorTemplate(
        "what was paid for is used up", "Look at the plan and the bill of your account there.",
        ("PaymentRequiredError",)),
    "rate": ErrorTemplate(
        "its server was asked too often", "Wait{wait}, then ask again.",
        ("RateLimitError", "ModelRateLimitError"), retryable=True),
    "server": ErrorTemplate(
        "its server failed", "Ask again in a while, or look at the server's log.",
        ("InternalServerError", "OverloadedError", "ModelAPIError"), retryable=True),
    "request": ErrorTemplate(
        "its server does not take the request", "Check its name, and that it is a chat model."),
    "filtered": ErrorTemplate(
        "its provider withheld the answer", "Ask in other words, or another model.",
        ("ContentFilterFinishReasonError",)),
    "cut": ErrorTemplate(
        "its answer broke off", "Ask again; if it goes on, look at the server's log.",
        ("RemoteProtocolError", "ReadError", "IncompleteRead", "ChunkedEncodingError",
         "OversizedReplyError"), retryable=True),
    "unreachable": ErrorTemplate(
        "its server{at} cannot be reached", "Check its address, and that it runs.",
        ("APIConnectionError", "ModelConnectionError", "ConnectError", "ConnectionError", "NetworkError", "ProxyError",
         "UnsupportedProtocol", "InvalidURL", "LocalProtocolError"), retryable=True),
    "malformed": ErrorTemplate(
        "its server answered with something that is no answer",
        "Check its address: it must be that of an API, as http://127.0.0.1:8080/v1.",
        ("JSONDecodeError", "APIResponseValidationError", "ValidationError", "KeyError", "TypeError", "AttributeError",
         "IndexError", "ValueError")),
    "empty": ErrorTemplate("it wrote nothing", "Ask again, or ask another model."),
    "other": ErrorTemplate("its client failed", "Check its address, its key and its name."),
}  # fmt: skip

KIND_OF_STATUS: dict[int, ModelFault] = {
    400: "request", 401: "key", 402: "quota", 403: "key", 404: "unknown", 405: "malformed", 407: "unreachable",
    408: "timeout", 413: "context", 422: "request", 429: "rate", 504: "server", 529: "server",
}  # fmt: skip

KIND_OF_MESSAGE: tuple[tuple[ModelFault, frozenset[ModelFault], re.Pattern[str]], ...] = (
    ("context", frozenset({"request", "other", "server", "malformed"}), re.compile(
        r"context (?:length|window|size)|exceed_context|prompt is too long|too many (?:input )?tokens", re.IGNORECASE)),
    ("quota", frozenset({"rate", "request", "key", "other", "server"}), re.compile(
        r"insufficient_quota|quota|billing|credit balance|payment", re.IGNORECASE)),
    ("rate", frozenset({"other", "request", "server"}), re.compile(r"rate.?limit|too many requests", re.IGNORECASE)),
    ("key", frozenset({"request", "other"}), re.compile(
        r"(?:invalid|incorrect|missing|no) (?:x-)?api.?key|unauthori[sz]ed|authentication_error", re.IGNORECASE)),
    ("server", frozenset({"other"}), re.compile(
        r"overloaded|server.?error|internal error|unavailable|try again", re.IGNORECASE)),
    ("unknown", frozenset({"request", "other", "server"}), re.compile(
        r"model .{0,80}(?:not found|does not exist)|no such model|model_not_found", re.IGNORECASE)),
    ("filtered", frozenset({"request"}), re.compile(
        r"content.?(?:filter|policy|management)|safety system", re.IGNORECASE)),
)  # fmt: skip
"""Messages that are more exact than the status or the class: the kind, and the kinds that it replaces."""

CONNECTION_PROBLEMS = (
    (re.compile(r"certificate|\bssl\b|\btls\b", re.IGNORECASE),
     "its certificate{at} is not trusted", "Name your own certificates in SSL_CERT_FILE."),
    (re.compile(r"name or service|getaddrinfo|name resolution|nodename|no address", re.IGNORECASE),
     "there is no host of this name{at}", "Check the address, and the network."),
    (re.compile(r"proxy|\b407\b", re.IGNORECASE),
     "the proxy does not let it through{at}", "Check HTTPS_PROXY and NO_PROXY."),
    (re.compile(r"refused|reset by peer", re.IGNORECASE),
     "nothing answers{at}", "Start the server, or check its address."),
)  # fmt: skip

_LIMIT = re.compile(
    r"(?:context (?:length|size|window)(?: is| of)?|n_ctx['\"]?:?|maximum of|max_model_len|>)\D{0,4}(\d[\d,_]{2,})",
    re.IGNORECASE,
)
_PAGE = re.compile(r"<html|<!doctype|<body", re.IGNORECASE)
_PREFIX = re.compile(r"^Error code: \d+(?: - )?")
_CODE = re.compile(r"(?:error code|status(?: code)?)\D{0,3}([45]\d\d)\b", re.IGNORECASE)


def translate_error(
    error: BaseException, name: str, *, address: str = "", seconds: float | None = None, keys: Iterable[str] = ()
) -> ModelError:
    """Return the ModelError for what the client of the model `name` raised; its cause is text without keys.

    `address` is that of the server, `seconds` how long was waited, `keys` what must not be shown.
    """
    if isinstance(error, ModelError):
        return error
    chain = _chain(error)
    text = redact(" | ".join(str(part) for part in chain), keys)
    status = _status(chain, text)
    kind = _kind(chain, status, text)
    said = {
        "at": f" at {address}" if address else "",
        "seconds": f"{round(seconds, 1):g} s" if seconds and seconds > 0 else "it may",
    }
    if wait := retry_after(error):
        said["wait"] = f" {wait:g} s, as its server asks"
    message = excerpt(_server_message(chain), keys)
    quoted = message if kind in {"request", "rate", "quota", "server", "other"} else ""
    translated = model_error(
        kind, name, f" ({status})" if status else "", f" It says: {quoted}" if quoted else "", said
    )
    if kind == "context":
        limits = [int(found.replace(",", "").replace("_", "")) for found in _LIMIT.findall(text)]
        translated.limit = min(limits, default=None)
    if kind == "unreachable":
        translated = _connection_error(translated, name, text, address)
    translated.__cause__ = None if isinstance(error, DeadlineError) else redacted_error(error, keys)
    translated.__suppress_context__ = True
    return translated


def model_error(
    kind: ModelFault, name: str, code: str = "", quoted: str = "", said: dict[str, str] | None = None
) -> ModelError:
    """Return a ModelError of one kind; `said` fills the places of its template, as "served" or "wait"."""
    template = TEMPLATES[kind]
    provider = PROVIDERS.get(name.partition(":")[0])
    key = describe_key(provider) if provider else ""
    values = {"at": "", "seconds": "it may", "key": key, "served": "", "wait": " a while", **(said or {})}
    return ModelError(
        f"The model {name} did not answer: {template.why.format(**values)}{code}.{quoted}",
        hint=template.hint.format(**values),
        retryable=template.retryable,
        kind=kind,
    )


def retry_after(error: BaseException) -> float | None:
    """Return how many seconds a server asks to wait, None if it does not say."""
    for part in _chain(error):
        headers = getattr(getattr(part, "response", None), "headers", None)
        value = headers.get("retry-after") if headers is not None else None
        try:
            if value is not None:
                return max(0.0, float(value))
        except ValueError:
            return None  # a date: too far off to wait for
    return None


def _chain(error: BaseException) -> list[BaseException]:
    chain: list[BaseException] = []
    at: BaseException | None = error
    while at is not None and at not in chain and len(chain) < MAX_CAUSES:
        chain.append(at)
        at = at.__cause__ or at.__context__
    return chain


def _status(chain: list[BaseException], text: str) -> int | None:
    for part in chain:
        for holder in (part, getattr(part, "response", None)):
            for name in ("status_code", "code", "http_status"):
                status = getattr(holder, name, None)
                if isinstance(status, int) and 400 <= status < 600:
                    return status
    in_text = _CODE.search(text)
    return int(in_text[1]) if in_text else None


def _kind(chain: list[BaseException], status: int | None, text: str) -> ModelFault:
    if status is None:
        kind = _kind_of_classes(chain) or "other"
    else:
        kind = KIND_OF_STATUS.get(status, "server" if status >= 500 else "request")
    return next((better for better, kinds, pattern in KIND_OF_MESSAGE if kind in kinds and pattern.search(text)), kind)


def _kind_of_classes(chain: list[BaseException]) -> ModelFault | None:
    """Return the first kind with a class in the chain: the causes of a client's error say more than its own class."""
    if any(isinstance(part, NewsqaError) for part in chain):
        return "other"
    names = {kind.__name__ for part in chain for kind in type(part).__mro__}
    return next((kind for kind, template in TEMPLATES.items() if not names.isdisjoint(template.classes)), None)


def _server_message(chain: list[BaseException]) -> str:
    """Return the message of the server if the client kept it apart, else that of the client."""
    for part in chain:
        body = getattr(part, "body", None)
        if isinstance(body, dict):
            inner = body.get("error", body)
            message = inner.get("message") if isinstance(inner, dict) else inner
            if isinstance(message, str):
                return message
    return "" if _PAGE.search(str(chain[0])) else _PREFIX.sub("", str(chain[0]))


def _connection_error(translated: ModelError, name: str, text: str, address: str) -> ModelError:
    """Say more exactly why there was no connection, if the client's message does."""
    at = f" ({address})" if address else ""
    for pattern, why, hint in CONNECTION_PROBLEMS:
        if pattern.search(text):
            message = f"The model {name} did not answer: {why.format(at=at)}."
            return ModelError(message, hint=hint, retryable=translated.retryable, kind=translated.kind)
    return translated


HIDDEN = "[hidden]"
MAX_EXCERPT = 160  # characters of a server's message; an error page is longer, and says no more

_KEY_LIKE = re.compile(
    r"""(?ix)
    \b(?:bearer|basic)\s+[\w.~+/=-]{6,}                  # an authorization header
    | \b(?:sk|pk|rk|gsk|xai|pplx|hf|fw|nvapi|tgp|r8|ghp|gho|github_pat|lsv2|key)[-_][\w*.-]{3,}   # by its beginning
    | \bAIza[\w-]{10,} | \bAKIA[A-Z0-9]{8,} | \beyJ[\w-]{8,}\.[\w.-]+                             # Google, AWS, JWT
    | (?<=://)[^\s/@]+:[^\s/@]+(?=@)                     # user and password in an address
    | (?<![\w/.-])(?=[\w-]*\d)(?=[\w-]*[a-z])[\w-]{32,}(?![\w/.-])                                # long and random
    """
)
_TAG = re.compile(r"<[^<>]{0,200}>?")
_SPACES = re.compile(r"[\s\x00-\x1f\x7f-\x9f]+")


def redact(text: str, known: Iterable[str] = ()) -> str:
    """Return a text without the `known` keys, the keys in the environment, and whatever looks like a key."""
    for secret in sorted({*known, *secret_values()}, key=len, reverse=True):
        for form in (secret, quote(secret, safe=""), repr(secret)[1:-1]):
            text = text.replace(form, HIDDEN)
    return _KEY_LIKE.sub(HIDDEN, text)


def excerpt(text: str, known: Iterable[str] = ()) -> str:
    """Return the beginning of a server's message as one short line without markup and keys."""
    line = _SPACES.sub(" ", _TAG.sub(" ", redact(text, known))).strip()
    return line if len(line) <= MAX_EXCERPT else line[: MAX_EXCERPT - 1].rstrip() + "…"


def redacted_error(error: BaseException, keys: Iterable[str] = ()) -> ClientError:
    """Return an error that may replace a client's error as the cause of ours."""
    text = " | ".join(str(part) for part in _chain(error))
    return ClientError(f"{type(error).__qualname__}: {redact(text, keys)}")


def api_keys(model: BaseChatModel) -> tuple[str, ...]:
    """Return the keys that a chat model holds."""
    from pydantic import SecretStr

    held = [value.get_secret_value() for _, value in model if isinstance(value, SecretStr)]
    return tuple(key for key in held if len(key) > 5)
