"""newsqa: ask a folder of news articles; every sentence of the answer carries the quote that proves it.

from newsqa.settings import Settings
from newsqa.ingest.indexer import index_source
from newsqa.wiring import open_desk

settings = Settings.load()
index_source(settings, "corpus")
with open_desk(settings) as desk:
    print(desk.ask("When did the harbour reopen?").text)
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from newsqa.desk import Desk
    from newsqa.errors import NewsqaError
    from newsqa.ingest.indexer import index_source
    from newsqa.langchain import NewsqaRetriever
    from newsqa.records import Answer, Article, Bounds, Turn
    from newsqa.settings import Settings
    from newsqa.wiring import open_desk

__version__ = "0.1.0"

__all__ = [
    "Answer",
    "Article",
    "Bounds",
    "Desk",
    "NewsqaError",
    "NewsqaRetriever",
    "Settings",
    "Turn",
    "index_source",
    "open_desk",
]

_HOMES = {
    "Answer": "records",
    "Article": "records",
    "Bounds": "records",
    "Desk": "desk",
    "NewsqaError": "errors",
    "NewsqaRetriever": "langchain",
    "Settings": "settings",
    "Turn": "records",
    "index_source": "indexing",
    "open_desk": "wiring",
}


def __getattr__(name: str) -> object:
    """Import a name of the face when it is first used, so that `import newsqa` stays light."""
    if name not in _HOMES:
        raise AttributeError(f"module 'newsqa' has no attribute {name!r}")
    return getattr(import_module(f"newsqa.{_HOMES[name]}"), name)
