"""Embedders: texts to vectors, as LangChain's `Embeddings`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
from langchain_core.embeddings import Embeddings

from newsqa.errors import ModelError
from newsqa.extras import install_hint
from newsqa.models.chat_errors import redacted_error
from newsqa.models.credentials import NO_KEY, key_for, ollama_options
from newsqa.models.encoders import OnnxEncoder
from newsqa.models.files import BGE, bundled_folder, file_digest, model_folder, onnx_file, read_config, refuse_offline
from newsqa.models.providers import PROVIDERS, on_loopback, server_address

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from newsqa.models.encoders import Batch, Floats
    from newsqa.settings import Settings

DEFAULT_EMBEDDER = "bge-small-en-v1.5"
BGE_QUERY_PREFIX = "Represent this sentence for searching relevant passages: "
EMBEDDER_NAMES = f"“{DEFAULT_EMBEDDER}”, “openai:NAME”, “ollama:NAME”, “onnx:/folder” or “hf:owner/name”"

Text = TypeVar("Text")
Vectors = TypeVar("Vectors")


class OnnxEmbeddings(Embeddings):
    """Unit vectors from an encoder on this machine. `prefix` is put before a question, never before a passage."""

    def __init__(self, name: str, encoder: OnnxEncoder, *, prefix: str = "", cls_pooling: bool = True) -> None:
        self.name = name
        self.encoder = encoder
        self.prefix = prefix
        self.cls_pooling = cls_pooling

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        """Return one vector per text. Give many at once: they are sorted by length into batches."""
        vectors: list[list[float]] = [[] for _ in texts]
        for batch in self.encoder.batches(texts):
            for place, vector in zip(
                batch.places, _unit(_pooled(batch, cls_pooling=self.cls_pooling)).tolist(), strict=True
            ):
                vectors[place] = vector
        return vectors

    def embed_query(self, text: str) -> list[float]:
        """Return the vector of a question."""
        return self.embed_documents([self.prefix + text])[0]


class RemoteEmbeddings(Embeddings):
    """An embedder of another package under its name in newsqa; its errors become ModelError."""

    def __init__(self, name: str, inner: Embeddings) -> None:
        self.name = name
        self.inner = inner

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        """Return one vector per text."""
        return self._call(self.inner.embed_documents, texts)

    def embed_query(self, text: str) -> list[float]:
        """Return the vector of a question."""
        return self._call(self.inner.embed_query, text)

    def _call(self, embed: Callable[[Text], Vectors], text: Text) -> Vectors:
        try:
            return embed(text)
        except Exception as error:  # its own text may hold a key, so only its type is shown
            raise ModelError(
                f"The embedder {self.name} failed ({type(error).__name__}).",
                hint="Check its name, its key, and that its server can be reached.",
                retryable=True,
            ) from redacted_error(error)


def create_embedder(settings: Settings) -> Embeddings:
    """Create the embedder that `settings.embedder` names. Raises ModelError."""
    name = settings.embedder
    if name == DEFAULT_EMBEDDER:
        return OnnxEmbeddings(name, OnnxEncoder(bundled_folder(BGE), settings.threads), prefix=BGE_QUERY_PREFIX)
    if folder := model_folder(name, settings):
        return _from_folder(name, folder, settings.threads)
    kind, _, model = name.partition(":")
    makers: dict[str, Callable[[str, Settings], Embeddings]] = {"openai": _openai, "ollama": _ollama}
    if model and kind in makers:
        refuse_offline(name, settings, server_address(PROVIDERS[kind]))
        return RemoteEmbeddings(name, makers[kind](model, settings))
    raise ModelError(f"There is no embedder called “{name}”.", hint=f"Set NEWSQA_EMBEDDER to {EMBEDDER_NAMES}.")


def embedder_fingerprint(embedder: Embeddings) -> str:
    """Return the name of an embedder, and for one on this machine its kind and the digest of its file."""
    name = str(getattr(embedder, "name", type(embedder).__name__))
    if not isinstance(embedder, OnnxEmbeddings):
        return name
    return f"{name.partition(':')[0]}:{file_digest(onnx_file(embedder.encoder.folder))[:16]}"


def _from_folder(name: str, folder: Path, threads: int) -> OnnxEmbeddings:
    """Create an embedder with the pooling, length and prefix of a sentence-transformers folder, by default the mean."""
    pooling = read_config(folder, "1_Pooling/config.json")
    length = read_config(folder, "sentence_bert_config.json").get("max_seq_length")
    prompts = read_config(folder, "config_sentence_transformers.json").get("prompts")
    prefix = prompts.get("query") if isinstance(prompts, dict) else None
    return OnnxEmbeddings(
        name,
        OnnxEncoder(folder, threads, min(length, 512) if isinstance(length, int) and length > 0 else 512),
        prefix=prefix if isinstance(prefix, str) else "",
        cls_pooling=bool(pooling.get("pooling_mode_cls_token")),
    )


def _openai(model: str, settings: Settings) -> Embeddings:
    from langchain_openai import OpenAIEmbeddings

    address = server_address(PROVIDERS["openai"])
    key = key_for("OPENAI_API_KEY", "OPENAI_BASE_URL") or (NO_KEY if on_loopback(address) else "")
    explicit: dict[str, Any] = {**({"base_url": address} if address else {}), **({"api_key": key} if key else {})}
    try:  # texts are sent as they are: cutting them here would download a vocabulary
        return OpenAIEmbeddings(
            model=model,
            timeout=settings.timeout,
            max_retries=2,
            check_embedding_ctx_length=False,
            chunk_size=256,
            **explicit,
        )
    except Exception as error:  # the client's own type for a missing key
        raise ModelError(
            f"The embedder openai:{model} could not be set up ({type(error).__name__}).",
            hint="Set its key, OPENAI_API_KEY, in the environment or in .env.",
            kind="key",
        ) from redacted_error(error)


def _ollama(model: str, settings: Settings) -> Embeddings:
    try:
        from langchain_ollama import OllamaEmbeddings
    except ImportError as error:
        raise ModelError(
            f"The embedder ollama:{model} needs the package langchain-ollama.",
            hint=install_hint(".[ollama]"),
        ) from error
    return OllamaEmbeddings(
        model=model,
        base_url=server_address(PROVIDERS["ollama"]),
        client_kwargs={"timeout": settings.timeout, **ollama_options()},
    )


def _pooled(batch: Batch, *, cls_pooling: bool) -> Floats:
    if batch.output.ndim == 2:  # some exports pool by themselves
        return batch.output
    if cls_pooling:
        return batch.output[:, 0]
    mask = batch.mask[:, :, None].astype(np.float32)
    return np.asarray((batch.output * mask).sum(1) / np.maximum(mask.sum(1), 1), dtype=np.float32)


def _unit(vectors: Floats) -> Floats:
    return np.asarray(vectors / np.maximum(np.linalg.norm(vectors, axis=-1, keepdims=True), 1e-12), dtype=np.float32)
