"""Every error that newsqa raises on purpose.

    NewsqaError                   something could not be done; `hint` says what to do
    ├── UsageError                the caller asked for something that makes no sense (exit code 2)
    ├── SettingsError             a setting has a value that cannot be used
    │   └── NoHomeError           there is no home folder, so no settings file
    ├── SourceError               a source, a file or one article in it cannot be read
    ├── LibraryError              the index is missing, damaged, or made by another version or model
    │   └── BusyError             another process is indexing into it
    ├── VectorsError              the vector index cannot be reached or written
    ├── ModelError                an embedder, reranker or chat model cannot be loaded or failed
    ├── HistoryError              conversations cannot be kept or read
    └── ResourceError             the machine has no memory, no room or no permission for it

Errors of other packages become one of these where that package is called, never further up; what the system itself
refuses, anywhere, becomes a ResourceError at the top of the program (`newsqa.machine`).
"""

from __future__ import annotations

from typing import Literal

ModelFault = Literal[
    "name",  # there is no model of this name
    "missing",  # a package or a file of weights is not installed
    "offline",  # it would leave this machine, and NEWSQA_OFFLINE forbids that
    "broken",  # a file of the model cannot be used
    "key",  # its key is missing, wrong, or not allowed to
    "unknown",  # the server has no such model
    "quota",  # what was paid for is used up
    "rate",  # asked too often for now
    "server",  # the server failed, or is overloaded
    "unreachable",  # no connection: refused, no such host, TLS, a proxy
    "timeout",  # no answer, or not the whole of it, in time
    "context",  # the prompt is longer than what the model reads
    "request",  # the server does not take the request
    "filtered",  # the provider withheld the answer
    "cut",  # the stream broke off; what had come is no whole answer
    "empty",  # an answer without words
    "malformed",  # an answer that cannot be read
    "other",
]
"""Why a model failed."""


class NewsqaError(Exception):
    """Something could not be done. `str(error)` says what and why, `hint` what a person can do about it.

    `details` are lines to be shown below, where there is more than a line can tell.
    """

    exit_code = 1

    def __init__(self, message: str, *, hint: str = "", retryable: bool = False, details: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.hint = hint
        self.retryable = retryable
        self.details = details


class UsageError(NewsqaError):
    """The caller asked for something that makes no sense."""

    exit_code = 2


class SettingsError(NewsqaError):
    """A setting has a value that cannot be used."""


class NoHomeError(SettingsError):
    """There is no home folder, so no settings file."""


class SettingsWarning(UserWarning):
    """A `.env` or a settings file is ignored, since other people may have written it or since it cannot be read."""


class SourceError(NewsqaError):
    """A source, a file or one article in it cannot be read."""


class LibraryError(NewsqaError):
    """The index is missing, damaged, or made by another version or model."""


class BusyError(LibraryError):
    """Another process is indexing into this index."""


class VectorsError(NewsqaError):
    """The vector index cannot be reached or written."""


class ModelError(NewsqaError):
    """An embedder, a reranker or a chat model cannot be loaded, or failed; `kind` says why.

    `limit` is what the model can read, in tokens, if the server said so in an error of the kind "context".
    """

    def __init__(
        self,
        message: str,
        *,
        hint: str = "",
        retryable: bool = False,
        details: tuple[str, ...] = (),
        kind: ModelFault = "other",
        limit: int | None = None,
    ) -> None:
        super().__init__(message, hint=hint, retryable=retryable, details=details)
        self.kind: ModelFault = kind
        self.limit = limit


class HistoryError(NewsqaError):
    """Conversations cannot be kept or read."""


class ResourceError(NewsqaError):
    """The machine has no memory, no room or no permission for it."""
