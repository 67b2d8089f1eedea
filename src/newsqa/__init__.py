"""newsqa: ask a folder of news articles; every sentence of the answer carries the quote that proves it.

from newsqa.settings import Settings
from newsqa.ingest.indexer import index_source
from newsqa.pipeline import open_pipeline

settings = Settings.load()
index_source(settings, "corpus")
with open_pipeline(settings) as pipeline:
    print(pipeline.ask("When did the harbour reopen?").text)
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from newsqa.api import NewsqaRetriever
    from newsqa.errors import NewsqaError
    from newsqa.ingest.indexer import index_source
    from newsqa.pipeline import Pipeline, open_pipeline
    from newsqa.settings import Settings
    from newsqa.types import Answer, Article, Bounds, Turn

__version__ = "0.1.0"

__all__ = [
    "Answer",
    "Article",
    "Bounds",
    "NewsqaError",
    "NewsqaRetriever",
    "Pipeline",
    "Settings",
    "Turn",
    "index_source",
    "open_pipeline",
]

_HOMES = {
    "Answer": "types",
    "Article": "types",
    "Bounds": "types",
    "Pipeline": "pipeline",
    "NewsqaError": "errors",
    "NewsqaRetriever": "api",
    "Settings": "settings",
    "Turn": "types",
    "index_source": "ingest.indexer",
    "open_pipeline": "pipeline",
}


def __getattr__(name: str) -> object:
    """Import a name of the face when it is first used, so that `import newsqa` stays light."""
    if name not in _HOMES:
        raise AttributeError(f"module 'newsqa' has no attribute {name!r}")
    return getattr(import_module(f"newsqa.{_HOMES[name]}"), name)
