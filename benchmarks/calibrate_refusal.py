"""Fit what decides between an answer and a refusal, and which sentence comes first; print the constants.

    python benchmarks/calibrate_refusal.py FOLDER [--direct INDEX QUESTIONS]... [--cache DIR]

FOLDER holds a news quiz (see news_quiz.py): long questions over thousands of articles. Each is asked twice, the second
time with every article left out that holds an accepted answer. INDEX is a folder made by `newsqa index`, QUESTIONS a
set of direct questions over it, some marked `"answerable": false`. One rule is fitted to all of them, each kind of
question counting for about as much as the others, and judged on questions that it was not fitted to (five folds).

Printed: the weights of `Signals` (a softmax over the sentences of each question, by whether they hold
the answer), those of `ConfidenceSignals` (a logistic regression on whether the answer was right), and for
several thresholds how many quiz questions are answered, how many are right, and how many direct ones are refused.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import pickle
import tempfile
from dataclasses import astuple, dataclass, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from memory_index import MemoryIndex
from news_quiz import RememberingReranker, normal, read_articles, read_questions, stages
from newsqa import models
from newsqa.answer.candidates import find_candidates
from newsqa.answer.extract import (
    CROSS_ENCODER_WEIGHT,
    INTERCEPT,
    KIND_WEIGHT,
    LEAD_WEIGHT,
    MIN_CONFIDENCE,
    PASSAGE_WEIGHT,
    PASSAGES,
    RERANKED,
    SIMILARITY_WEIGHT,
    WEIGHTS,
    confidence_signals,
    first_signals,
    keep_near_best,
    select_quotes,
)
from newsqa.building import open_pipeline
from newsqa.search.understand import understand
from newsqa.settings import Settings
from newsqa.types import NO_BOUNDS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from newsqa.answer.extract import Signals
    from newsqa.models.encoders import TokenEncoder
    from newsqa.types import Hit, Query

FOLDS = 5
COUNTS_FOR = {"quiz": 1.0, "robbed quiz": 0.3, "direct": 3.0}
"""How much a question of each set weighs in the fit."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A question with the signals of its sentences, best first, and what the answer came to."""

    kind: str
    query: Query
    accepted: tuple[str, ...]
    answerable: bool
    ranked: list[Signals]
    text: str

    @property
    def right(self) -> bool:
        """Whether an accepted answer stands in the answer; without any, whether the articles answer at all."""
        return self.answerable and (not self.accepted or any(a in normal(self.text) for a in self.accepted))


@dataclass(slots=True)
class Reader:
    """Reads evidence, and remembers what it read."""

    reranker: RememberingReranker
    encoder: TokenEncoder
    file: Path
    known: dict[str, list[Signals]]

    def ask(
        self, kind: str, query: Query, hits: Sequence[Hit], accepted: tuple[str, ...], *, answerable: bool
    ) -> Asked:
        """Answer as the product does, but never refuse."""
        favoured = sorted(self._favours(query, hits[:PASSAGES]), key=lambda s: -s.first_score)[:RERANKED]
        texts = [f"{s.candidate.hit.article.title or ''}\n{s.candidate.text}".lstrip() for s in favoured]
        logits = self.reranker.score(query.text, texts)
        ranked = [replace(s, cross_encoder=logit) for s, logit in zip(favoured, logits, strict=True)]
        ranked.sort(key=lambda s: -s.score)
        quotes = select_quotes([s.candidate for s in keep_near_best(ranked)]) if ranked else []
        return Asked(kind, query, accepted, answerable, ranked, " ".join(quote.text for quote in quotes))

    def _favours(self, query: Query, hits: Sequence[Hit]) -> list[Signals]:
        found = find_candidates(hits)
        seen = "\n".join([query.text, query.kind, *(f"{c.text} {c.hit.score:.4f}" for c in found)])
        key = hashlib.sha256(seen.encode()).hexdigest()
        if key not in self.known:
            self.known[key] = first_signals(query, found, self.encoder) if found else []
        return self.known[key]

    def save(self) -> None:
        """Write down what was read."""
        self.reranker.save()
        self.file.write_bytes(pickle.dumps(self.known))


def quiz(folder: Path, reader: Reader, cache: Path) -> list[Asked]:
    """Ask the quiz, whole and robbed of the articles that hold an accepted answer."""
    embedder = models.create_embedder(Settings.load())
    index = MemoryIndex(read_articles(folder), embedder, cache)
    asked: list[Asked] = []
    for item in read_questions(folder):
        hits, _ = stages(item, index, embedder, reader.reranker)["rerank"]
        query = understand(item.question, item.asked, index.lexicon, NO_BOUNDS)
        robbed = [hit for hit in hits if not any(a in normal(hit.article.text) for a in item.answers)]
        asked.append(reader.ask("quiz", query, hits, item.answers, answerable=True))
        asked.append(reader.ask("robbed quiz", query, robbed, item.answers, answerable=False))
    return asked


def direct(index: Path, questions: Path, reader: Reader) -> list[Asked]:
    """Ask direct questions over an index."""
    asked: list[Asked] = []
    with open_pipeline(replace(Settings.load(), index=index)) as desk:
        for row in map(json.loads, questions.read_text("utf-8").splitlines()):
            if row.get("history"):
                continue  # follow-ups are another matter
            day = date.fromisoformat(row["asked"]) if row.get("asked") else None
            hits = desk.search(row["question"], asked=day)
            with desk.index.snapshot() as snapshot:
                query = understand(row["question"], day or date(2000, 1, 1), snapshot.lexicon, NO_BOUNDS)
            accepted = tuple(map(normal, row.get("answers", ())))
            asked.append(reader.ask("direct", query, hits, accepted, answerable=row.get("answerable", True)))
    return asked


def fit_order(asked: Sequence[Asked]) -> np.ndarray:
    """Fit weights of the signals so that sentences that hold the answer come first: the softmax of each question."""
    lists = []
    for one in asked:
        holds = np.array([any(a in normal(s.candidate.text) for a in one.accepted) for s in one.ranked])
        if one.kind == "quiz" and 0 < holds.sum() < len(holds):
            rows = [(s.similarity, s.passage, s.fits_kind, s.in_lead, s.cross_encoder) for s in one.ranked]
            lists.append((np.array(rows, dtype=float), holds))
    spread = np.concatenate([rows for rows, _ in lists]).std(axis=0)
    weights = np.zeros(len(spread))
    for _ in range(500):
        slope = -weights / len(lists)
        for rows, holds in lists:
            logits = rows / spread @ weights
            chance = np.exp(logits - logits.max())
            chance /= chance.sum()
            wanted = np.where(holds, chance, 0) / chance[holds].sum()
            slope += (rows / spread).T @ (wanted - chance) / len(lists)
        weights += 0.3 * slope
    return weights / spread


def fit_chance(rows: np.ndarray, right: np.ndarray, counts: np.ndarray) -> np.ndarray:
    """Fit a logistic regression with a light ridge; the intercept comes last."""
    mean, spread = np.average(rows, axis=0, weights=counts), rows.std(axis=0) + 1e-9
    design = np.column_stack([(rows - mean) / spread, np.ones(len(rows))])
    ridge = np.append(np.full(rows.shape[1], 0.02), 0.0)
    weights = np.zeros(design.shape[1])
    for _ in range(4000):
        chance = 1 / (1 + np.exp(-design @ weights))
        weights -= 0.5 * (design.T @ (counts * (chance - right)) / counts.sum() + ridge * weights)
    slopes = weights[:-1] / spread
    return np.append(slopes, weights[-1] - slopes @ mean)


def across_folds(rows: np.ndarray, right: np.ndarray, counts: np.ndarray, fold: np.ndarray) -> np.ndarray:
    """Return each question's chance by weights fitted without its fold."""
    chances = np.zeros(len(rows))
    for n in range(FOLDS):
        weights = fit_chance(rows[fold != n], right[fold != n], counts[fold != n])
        chances[fold == n] = 1 / (1 + np.exp(-(rows[fold == n] @ weights[:-1] + weights[-1])))
    return chances


def report(asked: Sequence[Asked], chances: np.ndarray, thresholds: Sequence[float]) -> None:
    """Print what each threshold does."""
    right = np.array([one.right for one in asked])
    in_quiz = np.array([one.kind == "quiz" for one in asked])
    answerable = np.array([one.kind == "direct" and one.answerable for one in asked])
    not_answerable = np.array([one.kind == "direct" and not one.answerable for one in asked])
    for threshold in thresholds:
        said = chances >= threshold
        print(
            f"  from {threshold:.2f}: quiz answered {100 * said[in_quiz].mean():.1f} %, right of all "
            f"{100 * (said & right)[in_quiz].mean():.1f}, right of answered {100 * right[in_quiz & said].mean():.1f}; "
            f"direct right {100 * (said & right)[answerable].mean():.1f}, "
            f"unanswerable refused {100 * (~said)[not_answerable].mean():.1f}"
        )


def main() -> None:
    """Fit and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--direct", nargs=2, type=Path, action="append", default=[], metavar=("INDEX", "QUESTIONS"))
    parser.add_argument("--cache", type=Path, default=Path(tempfile.gettempdir()) / "newsqa-news-quiz")
    given = parser.parse_args()
    given.cache.mkdir(parents=True, exist_ok=True)
    settings, signals = Settings.load(), given.cache / "signals.pickle"
    known = pickle.loads(signals.read_bytes()) if signals.exists() else {}
    reranker = RememberingReranker(models.create_reranker(settings), given.cache / "scores.pickle")
    reader = Reader(reranker, models.create_token_encoder(settings), signals, known)
    asked = quiz(given.folder, reader, given.cache)
    for index, questions in given.direct:
        asked += direct(index, questions, reader)
    reader.save()
    asked = [one for one in asked if one.ranked]
    rows = np.array([astuple(confidence_signals(one.query, one.ranked)) for one in asked])
    right = np.array([one.right for one in asked], dtype=float)
    counts = np.array([COUNTS_FOR[one.kind] for one in asked])
    fold = np.array([int(hashlib.sha256(one.query.text.encode()).hexdigest(), 16) % FOLDS for one in asked])
    print(
        "order: similarity, passage, kind, lead, cross-encoder =",
        fit_order(asked).round(3),
        "now",
        SIMILARITY_WEIGHT,
        PASSAGE_WEIGHT,
        KIND_WEIGHT,
        LEAD_WEIGHT,
        CROSS_ENCODER_WEIGHT,
    )
    *weights, intercept = fit_chance(rows, right, counts).round(3)
    print(f"chance: INTERCEPT {intercept}, WEIGHTS {[float(w) for w in weights]}, now {INTERCEPT}, {WEIGHTS}")
    print("fitted anew, on questions it was not fitted to:")
    report(asked, across_folds(rows, right, counts, fold), (0.12, 0.15, 0.18, 0.21, 0.24, 0.27))
    print(f"the constants in the code (threshold {MIN_CONFIDENCE}):")
    report(asked, 1 / (1 + np.exp(-(rows @ np.array(WEIGHTS) + INTERCEPT))), (0.12, 0.15, 0.18, 0.21, 0.24, 0.27))
    words = [len(one.text.split()) for one in asked if one.kind == "quiz"]
    print(f"median words of a quiz answer {np.median(words):.0f}, of a direct one", end=" ")
    print(f"{np.median([len(one.text.split()) for one in asked if one.kind == 'direct'] or [0]):.0f}")


if __name__ == "__main__":
    main()
