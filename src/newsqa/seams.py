"""What the steps need of the outside world, as protocols; embedders are LangChain's `Embeddings`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from newsqa.records import NO_BOUNDS

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    import numpy as np
    import numpy.typing as npt

    from newsqa.records import Article, Bounds, Carrier, Hit, Quote


@dataclass(frozen=True, slots=True)
class Lexicon:
    """The names that a library knows: its outlets and bylines, as stored."""

    outlets: tuple[str, ...] = ()
    bylines: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Coverage:
    """What the articles within some bounds span.

    `undated` counts the articles of no known date: they are left out where the bounds are dated.
    """

    articles: int = 0
    undated: int = 0
    first: date | None = None
    last: date | None = None


Ranked = list[tuple[int, float]]
"""Passage ids with their scores, best first; a higher score is better."""


class Index(Protocol):
    """One published generation of the library, words and vectors; every call on it sees the same articles."""

    @property
    def digest(self) -> str:
        """Identifies what is searched: the same articles, passages and models give the same digest."""

    @property
    def lexicon(self) -> Lexicon:
        """The outlets and bylines it knows."""

    def coverage(self, bounds: Bounds) -> Coverage:
        """Return what the articles within the bounds span."""

    def by_words(self, terms: Sequence[str], bounds: Bounds, limit: int) -> Ranked:
        """Rank passages by BM25 over title and text; any of the terms may match. Terms are data, never syntax."""

    def by_vector(self, vector: Sequence[float], bounds: Bounds, limit: int) -> Ranked:
        """Rank passages by cosine similarity; passages that have no vector yet are not found."""

    def hits(self, ranked: Ranked) -> list[Hit]:
        """Load passages with their whole articles and copies, in the order given."""

    def holding(self, phrase: str, bounds: Bounds = NO_BOUNDS, limit: int = 20) -> list[Quote]:
        """Find where the words of a phrase stand in their order, one place an article, first published first.

        Case, accents, punctuation and white space do not count; the words may run on over paragraphs. The phrase is
        data, never syntax; one without words stands nowhere.
        """

    def article(self, article_id: str) -> Article | None:
        """Return one article, or None."""

    def carriers(self, article_id: str) -> tuple[Carrier, ...]:
        """Return the other articles that carry the same story, nearly word for word."""

    def at_url(self, url: str) -> list[str]:
        """Return the ids of the articles at an address; scheme, "www.", fragment and trackers do not count."""

    def at_path(self, path: str) -> list[str]:
        """Return the ids of the articles at a path: as stored, else as much of its end as agrees the furthest."""


class Reranker(Protocol):
    """Scores texts against a question, each pair read together."""

    def score(self, question: str, texts: Sequence[str]) -> list[float]:
        """Return one score a text, in their order; higher is better; unbounded logits."""


@dataclass(frozen=True, slots=True)
class TokenVectors:
    """Unit vectors of a text's tokens, shape (tokens, width), with the span of each token in the text, (tokens, 2)."""

    vectors: npt.NDArray[np.float32]
    spans: npt.NDArray[np.int64]


class TokenEncoder(Protocol):
    """Gives every token of a text a vector in its context, for late interaction (ColBERT, arXiv:2004.12832)."""

    def question(self, text: str) -> TokenVectors:
        """Encode a question."""

    def texts(self, texts: Sequence[str]) -> list[TokenVectors]:
        """Encode texts, in their order."""
