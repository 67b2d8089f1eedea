"""Fit the constants that rank sentences and that decide between an answer and a refusal; print them.

    python benchmarks/calibrate_refusal.py --quiz INDEX QUESTIONS --readers INDEX QUESTIONS LIBRARY ... [--cache DIR]

Each INDEX is a folder made by `newsqa index`. `--quiz` names a set of questions with `answers`, `--readers` one of
readers' questions (newsqa.evals.datasets.items), of which only rows whose `library` is LIBRARY, or that have none, are
asked; it may be given once for each library. All are asked through the pipeline, whose answerer never refuses here:

    quiz            the quiz as it is
    left out        the quiz, with every article left out that holds an accepted answer
    readers         readers' questions over their own library, follow-ups in their conversation
    no answer       readers' questions that must be refused, and first questions over the library of another set

A set weighs as much as any other, however many questions it has. Figures are of five folds: each question is judged by
constants that were fitted without its conversation, or its day of the quiz. Which answers are right depends on how
sentences are ranked: if these constants change, put them into the code and run again, quickly with the same `--cache`.
"""

from __future__ import annotations

import argparse
import hashlib
import sys
import tempfile
from collections import defaultdict
from dataclasses import astuple, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from scipy.optimize import minimize

from newsqa import models
from newsqa.answer.extract import ExtractiveAnswerer
from newsqa.answer.ranking import FIRST_WEIGHTS, WEIGHTS
from newsqa.answer.relevance import MIN_RELEVANCE, RelevanceSignals
from newsqa.building import open_pipeline
from newsqa.evals.datasets import read_set
from newsqa.evals.metrics.selective import ece
from newsqa.settings import Settings
from newsqa.types import EXTRACTIVE
from recorded_signals import FIRST, LATER, Recorder, ask_quiz, ask_readers
from remembering import Cache, RememberingReranker

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from newsqa.evals.datasets.items import Item
    from newsqa.pipeline import Pipeline
    from recorded_signals import Asked, Sentences

    Case = tuple[str, int, Sentences]
    """The set and the fold of a question, and its sentences."""

SETS = ("quiz", "left out", "readers", "no answer")
FOLDS = 5
THRESHOLDS = (0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5)
ORDER_PENALTY, CHANCE_PENALTY = 0.05, 0.01
"""L2 on the weights of standardised signals, beside the mean loss of a question."""


def main() -> None:
    """Ask, fit and print."""
    given = _options()
    asked: list[Asked] = []
    for number, one in enumerate(ask_all(given), 1):
        asked += [one] if one else []
        print(f"\r{number} asked", end="", file=sys.stderr, flush=True)
    folds, weights = folds_of(asked), weights_of([one.set for one in asked])
    print("\n" + "; ".join(f"{name}: {sum(one.set == name for one in asked)} questions" for name in SETS))
    cases = [(one.set, fold, one) for one, fold in zip(asked, folds, strict=True) if one.set in {"quiz", "readers"}]
    print_order("FIRST_WEIGHTS", FIRST, FIRST_WEIGHTS, [(name, fold, one.first) for name, fold, one in cases])
    print_order("WEIGHTS", LATER, WEIGHTS, [(name, fold, one.ranked) for name, fold, one in cases])
    print_chance(asked, weights, folds)


def ask_all(given: argparse.Namespace) -> Iterator[Asked | None]:
    """Ask the questions of all sets."""
    cache = Cache(given.cache)
    if given.quiz:
        index, questions = given.quiz
        with open_recording(Path(index), cache) as pipeline:
            yield from ask_quiz(read_set(Path(questions))[: given.first], pipeline)
    readers: list[tuple[Path, list[Item]]] = []
    for index, questions, library in given.readers:
        items = [item for item in read_set(Path(questions)) if (item.meta or {}).get("library", library) == library]
        readers.append((Path(index), items[: given.first]))
    for index, items in readers:
        others = [item for place, more in readers if place != index for item in more]
        with open_recording(index, cache) as pipeline:
            yield from ask_readers(items, others, pipeline)


def open_recording(index: Path, cache: Cache) -> Pipeline:
    """Open an index with models that remember what they computed, and an answerer that records."""
    settings = replace(Settings.load(), index=index, model=EXTRACTIVE)
    reranker = RememberingReranker(models.create_reranker(settings), cache)
    pipeline = open_pipeline(settings, reranker=reranker)
    return replace(pipeline, answerer=Recorder(ExtractiveAnswerer(reranker)))


def folds_of(asked: Sequence[Asked]) -> np.ndarray:
    """Return the fold of each question; the groups of the quiz, and those of readers, are spread over all folds."""
    groups = {(one.set in SETS[:2], one.group) for one in asked}
    ordered = sorted(groups, key=lambda group: (group[0], hashlib.sha256(group[1].encode()).digest()))
    fold = {group: place % FOLDS for place, (_, group) in enumerate(ordered)}
    return np.array([fold[one.group] for one in asked])


def weights_of(sets: Sequence[str]) -> np.ndarray:
    """Return weights that sum to 1, of which each set has the same share."""
    return np.array([1 / sets.count(name) / len(set(sets)) for name in sets])


# The order of sentences: a conditional logit, which is a softmax over the sentences of each question.


def fit_order(lists: Sequence[Sentences], weights: np.ndarray) -> np.ndarray:
    """Fit a weight for each signal so that sentences that hold an answer come first."""
    spread = np.concatenate([rows for rows, _ in lists]).std(axis=0) + 1e-9

    def loss(slopes: np.ndarray) -> tuple[float, np.ndarray]:
        total, gradient = ORDER_PENALTY * slopes @ slopes / 2, ORDER_PENALTY * slopes
        for (rows, holds), weight in zip(lists, weights / weights.sum(), strict=True):
            logits = rows / spread @ slopes
            chance = np.exp(logits - logits.max())
            chance /= chance.sum()
            total -= weight * np.log(chance[holds].sum())
            gradient -= weight * (np.where(holds, chance, 0) / chance[holds].sum() - chance) @ (rows / spread)
        return float(total), gradient

    return minimize(loss, np.zeros(len(spread)), jac=True, method="L-BFGS-B").x / spread


def print_order(name: str, signals: Sequence[str], now: Mapping[str, float], cases: Sequence[Case]) -> None:
    """Print fitted weights, and how often the first sentences hold an answer if any does."""
    cases = [case for case in cases if 0 < case[2][1].sum() < len(case[2][1])]
    sets, folds, lists = [case[0] for case in cases], np.array([case[1] for case in cases]), [case[2] for case in cases]
    weights = weights_of(sets)
    fitted = zip(signals, fit_order(lists, weights), strict=True)
    pairs = ", ".join(f'"{signal}": {weight:.2f}' for signal, weight in fitted)
    print(f"\n{name} = {{{pairs}}}")
    known = np.array([now.get(signal, 0.0) for signal in signals])
    apart = [fit_order([lists[n] for n in np.flatnonzero(folds != f)], weights[folds != f]) for f in range(FOLDS)]
    for label, slopes in (("in the code", [known] * FOLDS), ("fitted, on folds", apart)):
        held: defaultdict[str, list[tuple[bool, bool]]] = defaultdict(list)
        for set_name, fold, (rows, holds) in cases:
            best = holds[np.argsort(-(rows @ slopes[fold]), kind="stable")]
            held[set_name].append((best[0], best[:3].any()))
        for set_name, found in held.items():
            one, three = 100 * np.mean(found, axis=0)
            print(f"  {label:17} {set_name:8} first {one:5.1f} %, first three {three:5.1f} % of {len(found)}")


# The chance of a right answer: a logistic regression.


def fit_chance(rows: np.ndarray, right: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Fit a logistic regression; the intercept comes last."""
    mean = np.average(rows, axis=0, weights=weights)
    spread = np.sqrt(np.average((rows - mean) ** 2, axis=0, weights=weights)) + 1e-9
    design, share = np.column_stack([(rows - mean) / spread, np.ones(len(rows))]), weights / weights.sum()
    penalty = np.append(np.full(rows.shape[1], CHANCE_PENALTY), 0.0)

    def loss(slopes: np.ndarray) -> tuple[float, np.ndarray]:
        logits = design @ slopes
        total = share @ (np.logaddexp(0, logits) - right * logits) + penalty @ slopes**2 / 2
        return float(total), design.T @ (share * (_chance(logits) - right)) + penalty * slopes

    slopes = minimize(loss, np.zeros(design.shape[1]), jac=True, method="L-BFGS-B").x
    return np.append(slopes[:-1] / spread, slopes[-1] - slopes[:-1] @ (mean / spread))


def _chance(logits: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-logits))


def print_chance(asked: Sequence[Asked], weights: np.ndarray, folds: np.ndarray) -> None:
    """Print the fitted constants, and what several thresholds do, as fitted and in the code."""
    rows = np.array([astuple(one.signals) for one in asked], dtype=float)
    right = np.array([one.right for one in asked], dtype=float)
    *slopes, intercept = fit_chance(rows, right, weights)
    print(f"\nINTERCEPT, WEIGHTS = {intercept:.2f}, ({', '.join(f'{slope:.2f}' for slope in slopes)})")
    print(f"  of {', '.join(field.name for field in fields(RelevanceSignals))}")
    chances = np.zeros(len(asked))
    for fold in range(FOLDS):
        here = folds == fold
        *slopes, intercept = fit_chance(rows[~here], right[~here], weights[~here])
        chances[here] = _chance(rows[here] @ np.array(slopes) + intercept)
    sets = np.array([one.set for one in asked])
    print_thresholds("fitted, on folds", sets, right, chances)
    now = np.array([one.relevance for one in asked])
    print_thresholds(f"in the code, where MIN_RELEVANCE is {MIN_RELEVANCE}", sets, right, now)


def print_thresholds(label: str, sets: np.ndarray, right: np.ndarray, chances: np.ndarray) -> None:
    """Print shares in percent: refused, right of all, right of those answered; and the calibration error of those."""
    print(f"  {label}: refused / right / right of answered (calibration error)")
    names = [name for name in SETS if name in sets]
    print("   from", *(f"{name:>27}" for name in names))
    for threshold in THRESHOLDS:
        answered, cells = chances >= threshold, []
        for name in names:
            here = sets == name
            good = np.where(answered, right, np.nan)[here]
            error = ece(np.column_stack([chances[here], good]), np.ones((1, here.sum())))[0]
            of_answered = np.nanmean(good) if answered[here].any() else np.nan
            shares = (1 - answered[here].mean(), np.nansum(good) / len(good), of_answered, error)
            cells.append("{:5.1f} /{:5.1f} /{:5.1f} ({:5.1f})".format(*(100 * share for share in shares)))
        print(f"   {threshold:.2f}", *(f"{cell:>27}" for cell in cells))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quiz", nargs=2, metavar=("INDEX", "QUESTIONS"))
    parser.add_argument("--readers", nargs=3, action="append", default=[], metavar=("INDEX", "QUESTIONS", "LIBRARY"))
    parser.add_argument("--cache", type=Path, default=Path(tempfile.gettempdir()) / "newsqa-benchmarks")
    parser.add_argument("--first", type=int, metavar="N", help="only the first N questions of each set")
    return parser.parse_args()


if __name__ == "__main__":
    main()
