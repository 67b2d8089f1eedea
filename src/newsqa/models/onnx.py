"""A transformer encoder in ONNX: tokens in, tensors out, in batches of like length."""

from __future__ import annotations

import os
import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from newsqa.errors import ModelError
from newsqa.models.folders import model_file

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    import numpy.typing as npt
    from tokenizers import Encoding, Tokenizer

Floats = np.ndarray[Any, np.dtype[np.float32]]

BATCH = 16
BATCH_TOKENS = 2048
"""Tokens a batch, padding included: more is no faster on a few cores, and memory grows with the longest."""


@dataclass(frozen=True, slots=True)
class Batch:
    """What came out for some of the texts: their places, the first output and the mask of what is no padding."""

    places: tuple[int, ...]
    encodings: tuple[Encoding, ...]
    output: Floats
    mask: npt.NDArray[np.int64]


@dataclass(slots=True)
class OnnxEncoder:
    """A folder with model.onnx and tokenizer.json, loaded at first use; safe to use from several threads.

    Longer inputs are cut at `max_tokens`; of a pair, the longer text is cut.
    """

    folder: Path
    threads: int
    max_tokens: int = 512
    _loaded: tuple[Any, Tokenizer] | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def load(self) -> tuple[Any, Tokenizer]:
        """Return the session and the tokenizer, made once. Raises ModelError where they cannot be."""
        with self._lock:
            if self._loaded is None:
                self._loaded = _session(self.folder, self.threads), _tokenizer(self.folder, self.max_tokens)
            return self._loaded

    def batches(self, inputs: Sequence[str] | Sequence[tuple[str, str]]) -> Iterator[Batch]:
        """Run texts, or pairs of texts, through the model, the short ones first."""
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
        except Exception as error:  # onnxruntime raises its own kinds, made in C++
            raise ModelError(
                f"The model in {self.folder.name} failed ({type(error).__name__}).",
                hint="Is it a text encoder exported to ONNX? Is there memory left?",
            ) from error
        return outputs[0], feed["attention_mask"]


def _groups(lengths: Sequence[int]) -> Iterator[tuple[int, ...]]:
    """Group places by length, short ones first, so that little is padded."""
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


def _session(folder: Path, threads: int) -> Any:  # noqa: ANN401  onnxruntime is untyped
    os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")  # it calls home and keeps an id of the machine otherwise
    import onnxruntime  # noqa: PLC0415  takes 0.2 s

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.enable_mem_pattern = False  # it would keep a plan, with its memory, for every shape of batch
    options.log_severity_level = 3
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")  # waiting threads leave the cores alone
    try:
        return onnxruntime.InferenceSession(str(model_file(folder)), options, providers=["CPUExecutionProvider"])
    except Exception as error:
        raise _unusable(folder, "model.onnx", error) from error


def _tokenizer(folder: Path, max_tokens: int) -> Tokenizer:
    from tokenizers import Tokenizer  # noqa: PLC0415

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
