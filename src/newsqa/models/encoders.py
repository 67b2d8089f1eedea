"""Encoders: texts to vectors as LangChain's `Embeddings`, and cross-encoders that rerank; ONNX or remote."""

from __future__ import annotations

import os
import sys
import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, TypeVar

import numpy as np
from langchain_core.embeddings import Embeddings

from newsqa.errors import ModelError
from newsqa.extras import install_hint
from newsqa.machine import MODELS, MODELS_THREAD, require_memory
from newsqa.models.chat_errors import redacted_error
from newsqa.models.files import (
    BGE,
    MINILM,
    bundled_folder,
    file_digest,
    model_folder,
    onnx_file,
    read_config,
    refuse_offline,
)
from newsqa.models.providers import PROVIDERS, bypass_proxies, client_options, ollama_options, server_address

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    import numpy.typing as npt
    from tokenizers import Encoding, Tokenizer

    from newsqa.settings import Settings

    Floats = npt.NDArray[np.float32]


BATCH = 16
BATCH_TOKENS = 2048
"""Tokens per batch, padding included: more is no faster on a few cores, and memory grows with the longest text."""

RERANKER_TOKENS = 256
"""Tokens of a question and a text together: the end of a very long passage costs more time than it is worth."""

DEFAULT_RERANKER = "ms-marco-MiniLM-L-12-v2"
RERANKER_NAMES = f"“{DEFAULT_RERANKER}”, “onnx:/folder”, “hf:owner/name” or “none”"


@dataclass(frozen=True, slots=True)
class Batch:
    """The result of one batch: the places of its texts in the input, the first output, and the mask of real tokens."""

    places: tuple[int, ...]
    encodings: tuple[Encoding, ...]
    output: Floats
    mask: npt.NDArray[np.int64]


@dataclass(slots=True)
class OnnxEncoder:
    """A folder with model.onnx and tokenizer.json, loaded at first use. Safe to use from several threads.

    Inputs are truncated at `max_tokens`; of a pair, the longer text is truncated.
    """

    folder: Path
    threads: int
    max_tokens: int = 512
    _loaded: tuple[Any, Tokenizer] | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def load(self) -> tuple[Any, Tokenizer]:
        """Return the session and the tokenizer, made once. Raises ModelError if they cannot be loaded."""
        with self._lock:
            if self._loaded is None:
                self._loaded = _session(self.folder, self.threads), _tokenizer(self.folder, self.max_tokens)
            return self._loaded

    def batches(self, inputs: Sequence[str] | Sequence[tuple[str, str]]) -> Iterator[Batch]:
        """Run texts, or pairs of texts, through the model in batches, the short ones first."""
        _, tokenizer = self.load()
        encodings = tokenizer.encode_batch(list(inputs))
        for places in _groups([len(encoding.ids) for encoding in encodings]):
            chosen = tuple(encodings[place] for place in places)
            yield Batch(places, chosen, *self._run(chosen))

    def _run(self, encodings: Sequence[Encoding]) -> tuple[Floats, npt.NDArray[np.int64]]:
        session, tokenizer = self.load()
        padding = tokenizer.token_to_id("[PAD]") or tokenizer.token_to_id("<pad>") or 0
        feed = {
            "input_ids": _matrix([e.ids for e in encodings], padding),
            "attention_mask": _matrix([e.attention_mask for e in encodings], 0),
            "token_type_ids": _matrix([e.type_ids for e in encodings], 0),
        }
        wanted = {node.name for node in session.get_inputs()}
        try:
            outputs = session.run(None, {name: rows for name, rows in feed.items() if name in wanted})
        except Exception as error:  # onnxruntime raises its own types, made in C++
            raise ModelError(
                f"The model in {self.folder.name} failed ({type(error).__name__}).",
                hint="Is it a text encoder exported to ONNX? Is there memory left?",
            ) from error
        return outputs[0], feed["attention_mask"]


def _groups(lengths: Sequence[int]) -> Iterator[tuple[int, ...]]:
    """Group the places of texts by length, so that there is little padding."""
    group: list[int] = []
    for place in sorted(range(len(lengths)), key=lengths.__getitem__):
        if group and (len(group) == BATCH or (len(group) + 1) * lengths[place] > BATCH_TOKENS):
            yield tuple(group)
            group = []
        group.append(place)
    if group:
        yield tuple(group)


def _matrix(rows: Sequence[Sequence[int]], padding: int) -> npt.NDArray[np.int64]:
    matrix = np.full((len(rows), max(map(len, rows))), padding, dtype=np.int64)
    for target, row in zip(matrix, rows, strict=True):
        target[: len(row)] = row
    return matrix


def _session(folder: Path, threads: int) -> Any:
    if "onnxruntime" not in sys.modules:
        require_memory(MODELS + threads * MODELS_THREAD, "its models")
    os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")  # it would send usage data and an id of the machine
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.enable_mem_pattern = False  # it would keep memory for every shape of batch
    options.log_severity_level = 3
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")  # waiting threads must not use the cores
    try:
        return onnxruntime.InferenceSession(str(onnx_file(folder)), options, providers=["CPUExecutionProvider"])
    except Exception as error:
        raise _unusable(folder, "model.onnx", error) from error


def _tokenizer(folder: Path, max_tokens: int) -> Tokenizer:
    from tokenizers import Tokenizer

    try:
        tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    except Exception as error:  # tokenizers raises bare Exception
        raise _unusable(folder, "tokenizer.json", error) from error
    tokenizer.no_padding()
    tokenizer.enable_truncation(max_tokens)
    return tokenizer


def _unusable(folder: Path, name: str, error: Exception) -> ModelError:
    return ModelError(
        f"The model file {folder.name}/{name} cannot be loaded ({type(error).__name__}).",
        hint="The folder of a model holds model.onnx (a text encoder) and tokenizer.json.",
    )


class Reranker(Protocol):
    """Scores texts against a question, each pair read together."""

    def score(self, question: str, texts: Sequence[str]) -> list[float]:
        """Return one score per text, in their order; higher is better; unbounded logits."""


@dataclass(frozen=True, slots=True)
class CrossEncoder:
    """Reads a question and a text together and scores the text (cross-encoders, arXiv:1901.04085)."""

    encoder: OnnxEncoder

    def score(self, question: str, texts: Sequence[str]) -> list[float]:
        """Return one logit per text, in their order. Raises ModelError if the model returns anything else."""
        scores = [0.0] * len(texts)
        for batch in self.encoder.batches([(question, text) for text in texts]):
            if batch.output.ndim != 2 or batch.output.shape[1] != 1:
                raise ModelError(
                    f"The reranker in {self.encoder.folder.name} gives {batch.output.shape[1:]} numbers a pair, not 1.",
                    hint="Name a cross-encoder that was trained to rank (one label).",
                )
            for place, logit in zip(batch.places, batch.output[:, 0].tolist(), strict=True):
                scores[place] = logit
        return scores


@dataclass(frozen=True, slots=True)
class NoReranker:
    """Scores all texts alike, so that the order of retrieval stays."""

    def score(self, question: str, texts: Sequence[str]) -> list[float]:  # noqa: ARG002
        """Return zeros."""
        return [0.0] * len(texts)


def create_reranker(settings: Settings) -> Reranker:
    """Create the reranker that `settings.reranker` names. Raises ModelError."""
    name = settings.reranker
    if name == "none":
        return NoReranker()
    folder = bundled_folder(MINILM) if name == DEFAULT_RERANKER else model_folder(name, settings)
    if folder is None:
        raise ModelError(f"There is no reranker called “{name}”.", hint=f"Set NEWSQA_RERANKER to {RERANKER_NAMES}.")
    return CrossEncoder(OnnxEncoder(folder, settings.threads, RERANKER_TOKENS))


def reranker_fingerprint(reranker: Reranker) -> str:
    """Return the digest of a reranker's file, or its class name if it has none. Raises ModelError."""
    if not isinstance(reranker, CrossEncoder):
        return type(reranker).__name__
    return file_digest(onnx_file(reranker.encoder.folder))[:16]


# Embedders: texts to vectors, as LangChain's `Embeddings`.

DEFAULT_EMBEDDER = "bge-small-en-v1.5"
BGE_QUERY_PREFIX = "Represent this sentence for searching relevant passages: "
EMBEDDER_NAMES = f"“{DEFAULT_EMBEDDER}”, “openai:NAME”, “ollama:NAME”, “onnx:/folder” or “hf:owner/name”"

Text = TypeVar("Text")
Vectors = TypeVar("Vectors")


class TokenVectors(NamedTuple):
    """The tokens of a text: their spans in it, and their unit vectors, shape (tokens, width). Markers have no width."""

    spans: list[tuple[int, int]]
    vectors: Floats


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

    def embed_tokens(self, texts: Sequence[str]) -> list[TokenVectors]:
        """Return the vectors of the tokens of each text, before they are pooled."""
        found: dict[int, TokenVectors] = {}
        for batch in self.encoder.batches(texts):
            for row, (place, encoding) in enumerate(zip(batch.places, batch.encodings, strict=True)):
                found[place] = TokenVectors(encoding.offsets, _unit(batch.output[row, : len(encoding.ids)]))
        return [found[place] for place in range(len(texts))]


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
        address = server_address(PROVIDERS[kind])
        refuse_offline(name, settings, address)
        bypass_proxies(address)
        return RemoteEmbeddings(name, makers[kind](model, settings))
    raise ModelError(f"There is no embedder called “{name}”.", hint=f"Set NEWSQA_EMBEDDER to {EMBEDDER_NAMES}.")


def create_token_encoder(settings: Settings, embedder: Embeddings) -> OnnxEmbeddings:
    """Return what encodes tokens: the embedder if it is the default one, else that one. Raises ModelError."""
    if isinstance(embedder, OnnxEmbeddings) and embedder.name == DEFAULT_EMBEDDER:
        return embedder
    return OnnxEmbeddings(DEFAULT_EMBEDDER, OnnxEncoder(bundled_folder(BGE), settings.threads))


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

    explicit = client_options(server_address(PROVIDERS["openai"]), "OPENAI_API_KEY", "OPENAI_BASE_URL")
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
