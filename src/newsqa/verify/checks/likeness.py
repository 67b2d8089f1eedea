"""Likeness: whether each clause of a sentence speaks of what its quotes speak of, in whatever words.

Words are compared in their context, by late interaction (ColBERT, arXiv:2004.12832): each telling word of a clause is
as like as the token of the quotes that is most like it. It sees what a clause is about, not whether it is true: it
tells a free paraphrase from something added, and nothing of numbers, names, roles or denials, which have checks of
their own.
"""

from __future__ import annotations

import itertools
import re
from typing import TYPE_CHECKING, Any

import numpy as np

from newsqa.text.sentences import sentence_spans
from newsqa.text.words import words
from newsqa.verify.checks.reading import read

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import numpy.typing as npt

    from newsqa.text.words import Word
    from newsqa.types import TokenEncoder, TokenVectors

    Floats = npt.NDArray[np.floating[Any]]


ALIKE = 0.68
"""The mean cosine of a clause's telling words that is enough. Of true paraphrases 5 in a hundred have a clause below
it; of clauses that tell something else of the same article seven in ten lie below, of made-up ones nine in ten."""

STRANGE = 0.56
"""The mean cosine of the two least like words of a clause that is too little, however like the others are."""

_BREAK = re.compile(
    r"[,;:()—–](?:\s+|$)|\s(?=(?:and|but|or|because|after|before|while|whereas|although|though|who|which|whose|where|when"
    r"|since|despite|amid|following|thanks to|due to|as)\s)",
    re.IGNORECASE,
)


def unlike_clause(sentence: str, quotes: Sequence[str], encoder: TokenEncoder) -> str | None:
    """Return why a clause of a sentence cannot be a paraphrase of any two sentences of its quotes, or None.

    Among many sentences every word finds one that is a little like it. A single word tells nothing, so a clause has at
    least two; what stands past the encoder's 512 tokens is not seen. Each text is encoded by itself: a quantised model
    scales its activations by all that is encoded together, and a verdict must not depend on its neighbours.
    """
    pieces = [quote[start:end] for quote in quotes for start, end in sentence_spans(quote)]
    said, *there = (encoder.texts([text])[0] for text in (sentence, *pieces))
    alike = np.stack([_most_alike(said, *piece) for piece in zip(there, pieces, strict=True)], axis=1)
    for start, end in _clauses(sentence):
        telling = [word for word in read(sentence).telling if start <= word.start < end]
        if len(telling) > 1 and _strange(np.stack([alike[_own(said, [word])].mean(axis=0) for word in telling])):
            return f"“{sentence[start:end].strip(' .')}” is in none of its quotes"
    return None


def _most_alike(said: TokenVectors, tokens: TokenVectors, piece: str) -> Floats:
    """Return how like each token of a sentence is to some telling word of a piece, shape (tokens,).

    Small words are like everything: "sent" is like "after".
    """
    telling = tokens.vectors[_own(tokens, [word for word in words(piece) if word.content])]
    like: Floats = (said.vectors @ telling.T).max(axis=1, initial=0.0)
    return like


def _own(tokens: TokenVectors, found: Sequence[Word]) -> npt.NDArray[np.bool_]:
    """Tell of each token whether it is part of one of these words, shape (tokens,)."""
    starts, ends = tokens.spans[:, :1], tokens.spans[:, 1:]
    within = (starts < [word.end for word in found]) & (ends > [word.start for word in found])
    return np.asarray(within.any(axis=1), dtype=np.bool_)


def _strange(telling: Floats) -> bool:
    """Whether words, shape (words, pieces), are like no two pieces: little on the mean, or two of them hardly."""
    pairs = itertools.combinations_with_replacement(range(telling.shape[1]), 2)
    seen = [np.maximum(telling[:, one], telling[:, other]) for one, other in pairs]
    return all(like.mean() < ALIKE or np.sort(like)[:2].mean() < STRANGE for like in seen)


def _clauses(text: str) -> Iterator[tuple[int, int]]:
    start = 0
    for match in _BREAK.finditer(text):
        yield start, match.start()
        start = match.end()
    yield start, len(text)
