"""Embedders and rerankers by name, as in the settings. Nothing is loaded before its first use.

    embedder   "bge-small-en-v1.5", "openai:NAME", "ollama:NAME", "onnx:/folder", "hf:owner/name"
    reranker   "ms-marco-MiniLM-L-12-v2", "onnx:/folder", "hf:owner/name", "none"

Each function raises ModelError, whose hint says what to set or install. Chat models are created in `registry`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from langchain_core.embeddings import Embeddings

    from newsqa.models.encoders import OnnxEmbeddings, Reranker
    from newsqa.settings import Settings


def create_embedder(settings: Settings) -> Embeddings:
    """Create the embedder that `settings.embedder` names."""
    from newsqa.models import encoders

    return encoders.create_embedder(settings)


def embedder_fingerprint(embedder: Embeddings) -> str:
    """Identify the embedder: only vectors of equal fingerprints may be compared."""
    from newsqa.models import encoders

    return encoders.embedder_fingerprint(embedder)


def create_token_encoder(settings: Settings, embedder: Embeddings) -> OnnxEmbeddings:
    """Create the encoder of the words of questions and passages: the embedder itself if it is the default one."""
    from newsqa.models import encoders

    return encoders.create_token_encoder(settings, embedder)


def create_reranker(settings: Settings) -> Reranker:
    """Create the reranker that `settings.reranker` names."""
    from newsqa.models import encoders

    return encoders.create_reranker(settings)


def reranker_fingerprint(reranker: Reranker) -> str:
    """Identify the reranker: rerankers of equal fingerprints return the same scores."""
    from newsqa.models import encoders

    return encoders.reranker_fingerprint(reranker)
