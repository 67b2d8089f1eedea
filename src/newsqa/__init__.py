"""newsqa: ask a folder of news articles; every sentence of the answer carries the quote that proves it.

from newsqa.api import NewsQA

with NewsQA.open("library") as news:
    news.index("corpus")
    print(news.ask("When did the harbour reopen?").text)
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from newsqa.api import NewsQA, NewsqaRetriever
    from newsqa.errors import (
        BusyError,
        HistoryError,
        LibraryError,
        ModelError,
        NewsqaError,
        ResourceError,
        SettingsError,
        SourceError,
        UsageError,
        VectorsError,
    )
    from newsqa.settings import Settings
    from newsqa.types import Answer, Article, Bounds, Turn

__version__ = "0.1.0"

__all__ = [
    "Answer",
    "Article",
    "Bounds",
    "BusyError",
    "HistoryError",
    "LibraryError",
    "ModelError",
    "NewsQA",
    "NewsqaError",
    "NewsqaRetriever",
    "ResourceError",
    "Settings",
    "SettingsError",
    "SourceError",
    "Turn",
    "UsageError",
    "VectorsError",
]

_HOMES = {
    **dict.fromkeys(("NewsQA", "NewsqaRetriever"), "api"),
    **dict.fromkeys(("Answer", "Article", "Bounds", "Turn"), "types"),
    "Settings": "settings",
}
"""The module of each public name; all others are errors."""


def __getattr__(name: str) -> object:
    """Import a public name when it is first used, so that `import newsqa` stays light."""
    if name not in __all__:
        raise AttributeError(f"module 'newsqa' has no attribute {name!r}")
    return getattr(import_module(f"newsqa.{_HOMES.get(name, 'errors')}"), name)
