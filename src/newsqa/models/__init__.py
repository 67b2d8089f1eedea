"""Embedders, rerankers and the token encoder by name, as the settings choose them. Nothing loads before its first use.

    embedder       "bge-small-en-v1.5", "openai:NAME", "ollama:NAME", "onnx:/folder", "hf:owner/name"
    reranker       "ms-marco-MiniLM-L-12-v2", "onnx:/folder", "hf:owner/name", "none"
    token encoder  answerai-colbert-small-v1, always

Each function raises ModelError, whose hint says what to set or install.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from langchain_core.embeddings import Embeddings

    from newsqa.seams import Reranker, TokenEncoder
    from newsqa.settings import Settings


def embedder(settings: Settings) -> Embeddings:
    """Make the embedder that `settings.embedder` names."""
    from newsqa.models.embedders import make_embedder  # noqa: PLC0415  LangChain takes 0.1 s

    return make_embedder(settings)


def fingerprint(embedder: Embeddings) -> str:
    """Identify the embedder: vectors of equal fingerprints may be compared, others never."""
    from newsqa.models.embedders import fingerprint_of  # noqa: PLC0415

    return fingerprint_of(embedder)


def reranker(settings: Settings) -> Reranker:
    """Make the reranker that `settings.reranker` names."""
    from newsqa.models.rerankers import make_reranker  # noqa: PLC0415  onnxruntime and numpy take 0.2 s

    return make_reranker(settings)


def reranker_fingerprint(reranker: Reranker) -> str:
    """Identify the reranker: equal fingerprints score alike."""
    from newsqa.models.rerankers import fingerprint_of  # noqa: PLC0415

    return fingerprint_of(reranker)


def token_encoder(settings: Settings) -> TokenEncoder:
    """Make the token encoder."""
    from newsqa.models.tokens import make_token_encoder  # noqa: PLC0415

    return make_token_encoder(settings)
