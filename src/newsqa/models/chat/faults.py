"""The kinds of fault that a chat model may show, as data: what tells each, what is said of it, what to do about it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from newsqa.errors import ModelFault


@dataclass(frozen=True, slots=True)
class Fault:
    """A kind of fault: the classes that tell it, what happened, what to do, and whether asking again may help."""

    kind: ModelFault
    why: str
    hint: str
    retryable: bool = False
    classes: frozenset[str] = frozenset()


def _fault(kind: ModelFault, why: str, hint: str, *classes: str, retryable: bool = False) -> Fault:
    return Fault(kind, why, hint, retryable, frozenset(classes))


FAULTS: dict[ModelFault, Fault] = {
    fault.kind: fault
    for fault in (
        _fault(
            "timeout", "it took longer than {seconds}", "Give it more time (NEWSQA_TIMEOUT), or choose a faster model.",
            "LateError", "TimeoutException", "TimeoutError", "APITimeoutError", "ModelTimeoutError",
        ),
        _fault(
            "key", "its server refuses the key", "Check the key{key}, and that it may use this model.",
            "AuthenticationError", "PermissionDeniedError", "ModelAuthenticationError", "ModelPermissionDeniedError",
        ),
        _fault(
            "unknown", "its server knows no model of this name", "Check its name (NEWSQA_MODEL){served}.",
            "NotFoundError", "ModelNotFoundError",
        ),
        _fault(
            "context", "the prompt is longer than what it can read", "Set NEWSQA_CONTEXT to what it reads, in tokens.",
            "ContextOverflowError",
        ),
        _fault("quota", "what was paid for is used up", "Look at the plan and the bill of your account there.",
               "PaymentRequiredError"),
        _fault("rate", "its server was asked too often", "Wait{wait}, then ask again.",
               "RateLimitError", "ModelRateLimitError", retryable=True),
        _fault("server", "its server failed", "Ask again in a while, or look at the server's log.",
               "InternalServerError", "OverloadedError", "ModelAPIError", retryable=True),
        _fault("request", "its server does not take the request", "Check its name, and that it is a chat model."),
        _fault("filtered", "its provider withheld the answer", "Ask in other words, or another model.",
               "ContentFilterFinishReasonError"),
        _fault("cut", "its answer broke off", "Ask again; if it goes on, look at the server's log.",
               "RemoteProtocolError", "ReadError", "IncompleteRead", "ChunkedEncodingError", retryable=True),
        _fault("unreachable", "its server{at} cannot be reached", "Check its address, and that it runs.",
               "APIConnectionError", "ModelConnectionError", "ConnectError", "ConnectionError", "NetworkError",
               "ProxyError", "UnsupportedProtocol", "InvalidURL", "LocalProtocolError", retryable=True),
        _fault("malformed", "its server answered with something that is no answer",
               "Check its address: it must be that of an API, as http://127.0.0.1:8080/v1.",
               "JSONDecodeError", "APIResponseValidationError", "ValidationError", "KeyError", "TypeError",
               "AttributeError", "IndexError", "ValueError"),
        _fault("empty", "it wrote nothing", "Ask again, or ask another model."),
        _fault("other", "its client failed", "Check its address, its key and its name."),
    )
}  # fmt: skip

STATUS: dict[int, ModelFault] = {
    400: "request", 401: "key", 402: "quota", 403: "key", 404: "unknown", 405: "malformed", 407: "unreachable",
    408: "timeout", 413: "context", 422: "request", 429: "rate", 504: "server", 529: "server",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Words:
    """Words that tell a fault more closely than the status or the class did, which said one of `of`."""

    kind: ModelFault
    of: tuple[ModelFault, ...]
    pattern: re.Pattern[str]


WORDS = (
    Words("context", ("request", "other", "server", "malformed"), re.compile(
        r"context (?:length|window|size)|exceed_context|prompt is too long|too many (?:input )?tokens", re.IGNORECASE)),
    Words("quota", ("rate", "request", "key", "other", "server"), re.compile(
        r"insufficient_quota|quota|billing|credit balance|payment", re.IGNORECASE)),
    Words("rate", ("other", "request", "server"), re.compile(r"rate.?limit|too many requests", re.IGNORECASE)),
    Words("key", ("request", "other"), re.compile(
        r"(?:invalid|incorrect|missing|no) (?:x-)?api.?key|unauthori[sz]ed|authentication_error", re.IGNORECASE)),
    Words("server", ("other",), re.compile(
        r"overloaded|server.?error|internal error|unavailable|try again", re.IGNORECASE)),
    Words("unknown", ("request", "other", "server"), re.compile(
        r"model .{0,80}(?:not found|does not exist)|no such model|model_not_found", re.IGNORECASE)),
    Words("filtered", ("request",), re.compile(
        r"content.?(?:filter|policy|management)|safety system", re.IGNORECASE)),
)  # fmt: skip

UNREACHABLE = (
    (re.compile(r"certificate|\bssl\b|\btls\b", re.IGNORECASE),
     "its certificate{at} is not trusted", "Name your own certificates in SSL_CERT_FILE."),
    (re.compile(r"name or service|getaddrinfo|name resolution|nodename|no address", re.IGNORECASE),
     "there is no host of this name{at}", "Check the address, and the network."),
    (re.compile(r"proxy|\b407\b", re.IGNORECASE),
     "the proxy does not let it through{at}", "Check HTTPS_PROXY and NO_PROXY."),
    (re.compile(r"refused|reset by peer", re.IGNORECASE),
     "nothing answers{at}", "Start the server, or check its address."),
)  # fmt: skip
