"""Embedders and rerankers by name, as in the settings. Nothing is loaded before its first use.

    embedder   "bge-small-en-v1.5", "openai:NAME", "ollama:NAME", "onnx:/folder", "hf:owner/name"
    reranker   "ms-marco-MiniLM-L-12-v2", "onnx:/folder", "hf:owner/name", "none"

Each function raises ModelError, whose hint says what to set or install. Chat models are created in `registry`.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from newsqa.models.encoders import (
        create_embedder,
        create_reranker,
        create_token_encoder,
        embedder_fingerprint,
        reranker_fingerprint,
    )

__all__ = ["create_embedder", "create_reranker", "create_token_encoder", "embedder_fingerprint", "reranker_fingerprint"]


def __getattr__(name: str) -> object:
    """Import a function when it is first used: encoders need packages that take a while to load."""
    if name not in __all__:
        raise AttributeError(f"module 'newsqa.models' has no attribute {name!r}")
    return getattr(import_module("newsqa.models.encoders"), name)
