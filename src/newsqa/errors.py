"""Every error that newsqa raises on purpose.

    NewsqaError                   something could not be done; `hint` says what to do
    ├── UsageError                the caller asked for something that makes no sense (exit code 2)
    ├── SettingsError             a setting has a value that cannot be used
    ├── SourceError               a source, a file or one article in it cannot be read
    ├── LibraryError              the index is missing, damaged, or made by another version or model
    │   └── BusyError             another process is indexing into it
    ├── VectorsError              the vector index cannot be reached or written
    ├── ModelError                an embedder, reranker or chat model cannot be loaded or failed
    └── HistoryError              conversations cannot be kept or read

Errors of other packages become one of these where that package is called, never further up.
"""

from __future__ import annotations


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


class SourceError(NewsqaError):
    """A source, a file or one article in it cannot be read."""


class LibraryError(NewsqaError):
    """The index is missing, damaged, or made by another version or model."""


class BusyError(LibraryError):
    """Another process is indexing into this index."""


class VectorsError(NewsqaError):
    """The vector index cannot be reached or written."""


class ModelError(NewsqaError):
    """An embedder, a reranker or a chat model cannot be loaded, or failed."""


class HistoryError(NewsqaError):
    """Conversations cannot be kept or read."""
