"""Rerankers: a question and a text, read together, to one score (cross-encoders, arXiv:1901.04085)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from newsqa.errors import ModelError
from newsqa.models.bundled import MINILM, bundled_folder, file_digest
from newsqa.models.folders import model_file, model_folder
from newsqa.models.onnx import OnnxEncoder

if TYPE_CHECKING:
    from collections.abc import Sequence

    from newsqa.seams import Reranker
    from newsqa.settings import Settings

MOST_TOKENS = 256
"""Of a question and a text together: the tail of a very long passage costs more time than it tells."""

DEFAULT = "ms-marco-MiniLM-L-12-v2"
NAMES = f"“{DEFAULT}”, “onnx:/folder”, “hf:owner/name” or “none”"


@dataclass(frozen=True, slots=True)
class CrossEncoder:
    """Scores by a model with one output a pair; `score` gives its logits."""

    encoder: OnnxEncoder

    def score(self, question: str, texts: Sequence[str]) -> list[float]:
        """Return one logit a text, in their order. Raises ModelError where the model gives anything else."""
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
    """Holds all texts equal, so that the order of retrieval stays."""

    def score(self, question: str, texts: Sequence[str]) -> list[float]:  # noqa: ARG002
        """Return zeros."""
        return [0.0] * len(texts)


def make_reranker(settings: Settings) -> Reranker:
    """Make the reranker that `settings.reranker` names. Raises ModelError."""
    name = settings.reranker
    if name == "none":
        return NoReranker()
    folder = bundled_folder(MINILM) if name == DEFAULT else model_folder(name, settings)
    if folder is None:
        raise ModelError(f"There is no reranker called “{name}”.", hint=f"Set NEWSQA_RERANKER to {NAMES}.")
    return CrossEncoder(OnnxEncoder(folder, settings.threads, MOST_TOKENS))


def fingerprint_of(reranker: Reranker) -> str:
    """Identify a reranker by the digest of its file, or by its kind where it has none. Raises ModelError."""
    if not isinstance(reranker, CrossEncoder):
        return type(reranker).__name__
    return file_digest(model_file(reranker.encoder.folder))[:16]
