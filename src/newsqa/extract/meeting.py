"""Late interaction: how well each word of a question is met inside a sentence that was read in its passage.

The sum of best matches is ColBERT's (Khattab and Zaharia, arXiv:2004.12832); here the best match of a question token
is sought inside one sentence, and the vectors come from the whole passage, so that a "he" carries the name before it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from newsqa.text.words import words

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from newsqa.seams import TokenVectors

    Floats = npt.NDArray[np.float32]

GRAMMAR_WEIGHT = 0.2
"""What a word of grammar counts for, beside 1 for a word that says something."""

UNREAD = 0.0
"""The match inside a sentence of which the encoder read no token, since its passage was cut."""


def token_weights(question: str, spans: npt.NDArray[np.int64]) -> Floats:
    """Weigh the tokens of a question by the words that they belong to; the weights sum to 1. Shape (tokens,)."""
    weights = np.zeros(len(spans), dtype=np.float32)
    for word in words(question):
        inside = (spans[:, 0] < word.end) & (spans[:, 1] > word.start)
        weights[inside] = 1.0 if word.content or word.folded[0].isdigit() else GRAMMAR_WEIGHT
    return weights / max(float(weights.sum()), 1e-9)


def meetings(question: TokenVectors, passage: TokenVectors, spans: Sequence[tuple[int, int]]) -> Floats:
    """Return the best cosine of each question token inside each span of a passage, shape (spans, question tokens)."""
    cosines = question.vectors @ passage.vectors.T
    met = np.full((len(spans), len(question.vectors)), UNREAD, dtype=np.float32)
    for row, (start, end) in zip(met, spans, strict=True):
        inside = (passage.spans[:, 0] < end) & (passage.spans[:, 1] > start)
        if inside.any():
            row[:] = cosines[:, inside].max(axis=1)
    return met
