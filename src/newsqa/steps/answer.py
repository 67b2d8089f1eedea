"""The extractive answer: sentences of the articles, word for word, or nothing where they do not answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from newsqa.extract.candidates import candidates
from newsqa.extract.choose import choose
from newsqa.extract.confidence import confidence
from newsqa.extract.signals import near_best, read
from newsqa.records import EXTRACTIVE, Claim, Draft

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from newsqa.extract.signals import Signals
    from newsqa.records import Hit, Query
    from newsqa.seams import Reranker, TokenEncoder

PASSAGES = 6
"""Passages that are read sentence by sentence; a sixth finds a quarter of a point more and takes 30 ms."""

LEAST_CONFIDENCE = 0.21
"""Below this chance of being right the answer is a refusal. Nearly two in five quiz questions are refused so, with few
right answers lost; of direct questions few that can be answered (benchmarks/calibrate_refusal.py)."""


def answer(query: Query, evidence: Sequence[Hit], reranker: Reranker, encoder: TokenEncoder) -> Draft:
    """Draft an answer of one to three quotes, at most 90 words, from evidence that is best first.

    No claims is a refusal. `confidence` estimates the chance that the quotes hold the answer. The same question and
    evidence give the same draft. Raises ModelError where a model fails.
    """
    ranked = weigh(query, evidence, reranker, encoder)
    chance = confidence(query, ranked) if ranked else 0.0
    if chance < LEAST_CONFIDENCE:
        return Draft((), chance, EXTRACTIVE)
    quotes = choose([signals.candidate for signals in near_best(ranked)])
    return Draft(tuple(Claim(" ".join(quote.text.split()), (quote,)) for quote in quotes), chance, EXTRACTIVE)


def weigh(query: Query, evidence: Sequence[Hit], reranker: Reranker, encoder: TokenEncoder) -> list[Signals]:
    """Return the sentences of the best passages with what speaks for each, best first."""
    found = candidates(evidence[:PASSAGES])
    return read(query, found, reranker, encoder) if found else []


def claims_and_draft(
    query: Query, evidence: Sequence[Hit], reranker: Reranker, encoder: TokenEncoder
) -> Iterator[Claim | Draft]:
    """Give what `answer` drafts as a stream: its claims, then the whole."""
    draft = answer(query, evidence, reranker, encoder)
    yield from draft.claims
    yield draft
