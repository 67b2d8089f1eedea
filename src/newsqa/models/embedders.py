"""Embedders: texts to vectors, as LangChain's `Embeddings`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from langchain_core.embeddings import Embeddings

from newsqa.errors import ModelError
from newsqa.extras import install_hint
from newsqa.models.bundled import BGE, bundled_folder, file_digest
from newsqa.models.chat.facts import server_of
from newsqa.models.chat.failures import without_keys
from newsqa.models.chat.providers import PROVIDERS
from newsqa.models.folders import described, model_file, model_folder, refuse_offline
from newsqa.models.onnx import OnnxEncoder

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from newsqa.models.onnx import Batch, Floats
    from newsqa.settings import Settings

DEFAULT = "bge-small-en-v1.5"
BGE_QUESTION = "Represent this sentence for searching relevant passages: "
NAMES = f"“{DEFAULT}”, “openai:NAME”, “ollama:NAME”, “onnx:/folder” or “hf:owner/name”"


class OnnxEmbeddings(Embeddings):
    """Unit vectors from an encoder on this machine. `prefix` goes before a question, never before a passage."""

    def __init__(self, name: str, encoder: OnnxEncoder, *, prefix: str = "", cls_pooling: bool = True) -> None:
        self.name = name
        self.encoder = encoder
        self.prefix = prefix
        self._pool = _first_token if cls_pooling else _mean

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        """Return one vector a text. Hand over many at once: they are sorted by length into batches."""
        vectors: list[list[float]] = [[] for _ in texts]
        for batch in self.encoder.batches(texts):
            for place, vector in zip(batch.places, _unit(_pooled(batch, self._pool)).tolist(), strict=True):
                vectors[place] = vector
        return vectors

    def embed_query(self, text: str) -> list[float]:
        """Return the vector of a question."""
        return self.embed_documents([self.prefix + text])[0]


class RemoteEmbeddings(Embeddings):
    """Another package's embedder, under its name here; what it raises becomes ModelError."""

    def __init__(self, name: str, inner: Embeddings) -> None:
        self.name = name
        self.inner = inner

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        """Return one vector a text."""
        try:
            return self.inner.embed_documents(texts)
        except Exception as error:
            raise self._failed(error) from without_keys(error)

    def embed_query(self, text: str) -> list[float]:
        """Return the vector of a question."""
        try:
            return self.inner.embed_query(text)
        except Exception as error:
            raise self._failed(error) from without_keys(error)

    def _failed(self, error: Exception) -> ModelError:
        # the error's own text may echo a key, so only its kind is told
        return ModelError(
            f"The embedder {self.name} failed ({type(error).__name__}).",
            hint="Check its name, its key, and that its server can be reached.",
            retryable=True,
        )


def make_embedder(settings: Settings) -> Embeddings:
    """Make the embedder that `settings.embedder` names. Raises ModelError."""
    name = settings.embedder
    if name == DEFAULT:
        return OnnxEmbeddings(name, OnnxEncoder(bundled_folder(BGE), settings.threads), prefix=BGE_QUESTION)
    if folder := model_folder(name, settings):
        return _from_folder(name, folder, settings.threads)
    kind, _, model = name.partition(":")
    makers: dict[str, Callable[[str, Settings], Embeddings]] = {"openai": _openai, "ollama": _ollama}
    if model and kind in makers:
        refuse_offline(name, settings, server_of(PROVIDERS[kind]))
        return RemoteEmbeddings(name, makers[kind](model, settings))
    raise ModelError(f"There is no embedder called “{name}”.", hint=f"Set NEWSQA_EMBEDDER to {NAMES}.")


def fingerprint_of(embedder: Embeddings) -> str:
    """Identify an embedder: its name, and for one on this machine the digest of its file and its question prefix."""
    name = str(getattr(embedder, "name", type(embedder).__name__))
    if not isinstance(embedder, OnnxEmbeddings):
        return name
    return f"{name.partition(':')[0]}:{file_digest(model_file(embedder.encoder.folder))[:16]}"


def _from_folder(name: str, folder: Path, threads: int) -> OnnxEmbeddings:
    """Read pooling, length and prefix where sentence-transformers keeps them; mean pooling where it is silent."""
    pooling = described(folder, "1_Pooling/config.json")
    length = described(folder, "sentence_bert_config.json").get("max_seq_length")
    prompts = described(folder, "config_sentence_transformers.json").get("prompts")
    prefix = prompts.get("query") if isinstance(prompts, dict) else None
    return OnnxEmbeddings(
        name,
        OnnxEncoder(folder, threads, min(length, 512) if isinstance(length, int) and length > 0 else 512),
        prefix=prefix if isinstance(prefix, str) else "",
        cls_pooling=bool(pooling.get("pooling_mode_cls_token")),
    )


def _openai(model: str, settings: Settings) -> Embeddings:
    from langchain_openai import OpenAIEmbeddings  # noqa: PLC0415  takes 1.2 s

    try:  # texts are sent as they are: cutting them here would download a vocabulary
        return OpenAIEmbeddings(
            model=model, timeout=settings.timeout, max_retries=2, check_embedding_ctx_length=False, chunk_size=256
        )
    except Exception as error:  # the client's own kind for a missing key
        raise ModelError(
            f"The embedder openai:{model} could not be set up ({type(error).__name__}).",
            hint="Set its key, OPENAI_API_KEY, in the environment or in .env.",
            kind="key",
        ) from without_keys(error)


def _ollama(model: str, settings: Settings) -> Embeddings:
    try:
        from langchain_ollama import OllamaEmbeddings  # noqa: PLC0415
    except ImportError as error:
        raise ModelError(
            f"The embedder ollama:{model} needs the package langchain-ollama.",
            hint=install_hint(".[ollama]"),
        ) from error
    return OllamaEmbeddings(model=model, client_kwargs={"timeout": settings.timeout})


def _pooled(batch: Batch, pool: Callable[[Batch], Floats]) -> Floats:
    return batch.output if batch.output.ndim == 2 else pool(batch)  # some exports pool by themselves


def _first_token(batch: Batch) -> Floats:
    return batch.output[:, 0]


def _mean(batch: Batch) -> Floats:
    mask = batch.mask[:, :, None].astype(np.float32)
    return np.asarray((batch.output * mask).sum(1) / np.maximum(mask.sum(1), 1), dtype=np.float32)


def _unit(vectors: Floats) -> Floats:
    return np.asarray(vectors / np.maximum(np.linalg.norm(vectors, axis=-1, keepdims=True), 1e-12), dtype=np.float32)
