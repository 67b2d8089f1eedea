"""What a run comes to as a whole: every figure with its certainty, tags, misses, times, tokens, calibration."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING, get_args

import numpy as np

from newsqa.evals import scoring
from newsqa.evals.judge import Judging, judging_of
from newsqa.evals.metrics.base import answer_text, answered
from newsqa.evals.metrics.selective import Bin, Table, calibration, curve, table
from newsqa.evals.scoring import METRICS, WHOLE, Bucket, score_line
from newsqa.evals.statistics import Interval, contrast, interval, means, paired_means, pool, smallest_of
from newsqa.types import EXTRACTIVE, Usage

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy.typing as npt

    from newsqa.evals.run_file import RunLine
    from newsqa.evals.scoring import ScoredLine
    from newsqa.evals.statistics import Contrast, PooledSample, Sample
    from newsqa.types import JsonObject

    Numbers = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Estimate:
    """The value of a metric over `n` questions, with its interval; None if there are too few to tell."""

    metric: str
    value: float
    n: int
    interval: Interval | None = None


@dataclass(frozen=True, slots=True)
class Latency:
    """Seconds that a stage took over `n` questions."""

    stage: str
    p50: float
    p95: float
    n: int


@dataclass(frozen=True, slots=True)
class Summary:
    """A run as a whole.

    `curve` is risk-coverage: (coverage, risk) from the most confident answer on. `tags` has the figures of each tag's
    questions; `buckets` the ids of the questions missed. `smallest` is, for a metric, the smallest difference between
    two runs that a set of this size and spread would show in four of five trials. `judging` is None if no judge model
    was asked. `lines` are those of the run with their scores.
    """

    questions: int
    asked: int
    failed: int
    refused: int
    model: str
    index: str
    config: str
    median_words: float
    figures: tuple[Estimate, ...]
    tags: Mapping[str, tuple[Estimate, ...]]
    buckets: Mapping[Bucket, tuple[str, ...]]
    latencies: tuple[Latency, ...]
    spent: Usage
    curve: tuple[tuple[float, float], ...]
    calibration: tuple[Bin, ...]
    smallest: Mapping[str, float]
    judging: Judging | None
    lines: tuple[ScoredLine, ...]


@dataclass(frozen=True, slots=True)
class ScoredRun:
    """The lines of a run with the scores that each has by itself, and the table for what only the whole has."""

    lines: Sequence[ScoredLine]
    table: Table

    @property
    def groups(self) -> list[str]:
        """The cluster of each line."""
        return [one.line.item.group for one in self.lines]

    def part(self, places: Sequence[int]) -> ScoredRun:
        """Return the lines at some places, in that order, as a run of their own."""
        rows = _matrix(self.table)[np.array(places, dtype=int)]
        return ScoredRun([self.lines[place] for place in places], Table(*rows.T))


def score_run(lines: Sequence[RunLine]) -> ScoredRun:
    """Score a run."""
    return ScoredRun([score_line(line) for line in lines], table(lines))


def summarise(lines: Sequence[RunLine]) -> Summary:
    """Sum up a run. Nothing but times depends on when or where it is done, nor on the order of the lines."""
    run = score_run(lines)
    first: JsonObject = lines[0].record if lines else {}
    tags = sorted({tag for line in lines for tag in line.item.tags})
    smallest = {metric.name: smallest_of(sample(run, metric.name)) for metric in METRICS}
    return Summary(
        questions=max((line.place[1] for line in lines), default=0),
        asked=len(lines),
        failed=sum(line.failed for line in lines),
        refused=sum(line.refused for line in lines),
        model=_model(lines),
        index=first.get("index") or "",
        config=first.get("config") or "",
        median_words=median_words(lines),
        figures=figures(run),
        tags={tag: figures(run.part([n for n, line in enumerate(lines) if tag in line.item.tags])) for tag in tags},
        buckets=_buckets(run),
        latencies=latencies(lines),
        spent=spent(lines),
        curve=curve(run.table),
        calibration=calibration(run.table),
        smallest={name: value for name, value in smallest.items() if value is not None},
        judging=judging_of(lines),
        lines=tuple(run.lines),
    )


def figures(run: ScoredRun) -> tuple[Estimate, ...]:
    """Return the figure of every metric that applies to a question of the run, in the order of METRICS."""
    samples = {metric.name: sample(run, metric.name) for metric in METRICS}
    return tuple(
        Estimate(name, found.value, questions(run, name), interval(found))
        for name, found in samples.items()
        if found.clusters and not np.isnan(found.value)
    )


def _model(lines: Sequence[RunLine]) -> str:
    """Name the model of a run: one that writes leaves some questions to sentences of the articles."""
    names = sorted({line.record.get("model") or "" for line in lines})
    return next((name for name in names if name not in {"", EXTRACTIVE}), names[-1] if names else "")


def _buckets(run: ScoredRun) -> dict[Bucket, tuple[str, ...]]:
    missed = {name: tuple(one.line.item.id for one in run.lines if one.bucket == name) for name in get_args(Bucket)}
    return {name: ids for name, ids in missed.items() if ids}


def median_words(lines: Sequence[RunLine]) -> float:
    """Return how many words an answer has without its markers; refusals and what failed are no answers."""
    lengths = [len(answer_text(line).split()) for line in lines if answered(line)]
    return float(median(lengths)) if lengths else 0.0


def latencies(lines: Sequence[RunLine]) -> tuple[Latency, ...]:
    """Return how long each stage took, in the order in which stages come; questions that failed are left out."""
    seconds: dict[str, list[float]] = {}
    for line in lines:
        for stage, took in ({} if line.failed else line.record.get("timings") or {}).items():
            seconds.setdefault(stage, []).append(took)
    ordered = sorted(seconds.items(), key=lambda entry: entry[0] == "total")
    percentiles = {stage: np.percentile(values, [50, 95]) for stage, values in ordered}
    return tuple(
        Latency(stage, float(p50), float(p95), len(seconds[stage])) for stage, (p50, p95) in percentiles.items()
    )


def spent(lines: Sequence[RunLine]) -> Usage:
    """Sum up tokens and their price; if the price of any answer is not known, that of the run is not.

    A record from before prices were kept cost nothing if no token was read.
    """
    total = Usage()
    for line in lines:
        usage = line.record.get("usage") or {}
        tokens_read = usage.get("input_tokens", 0)
        cost = usage.get("cost", None if tokens_read else 0.0)
        total += Usage(tokens_read, usage.get("output_tokens", 0), cost)
    return total


# What each metric rests on: samples of one run, or of two over the same questions.

RIGHT_REFUSALS = "refusal_precision"
"""A metric of the whole set that is a rate over the answers that are refusals, and is treated as one."""


def sample(run: ScoredRun, metric: str) -> Sample:
    """Return what a metric of a run rests on: the questions that it applies to."""
    if _is_of_whole(metric):
        return _pool(run, metric)
    return means(_column(run, metric), run.groups)


def compare_metric(before: ScoredRun, after: ScoredRun, metric: str) -> Contrast | None:
    """Compare two runs in a metric; their lines must answer the same questions, in the same order.

    None if it applies to no question of one of them.
    """
    if _is_of_whole(metric):
        return contrast(*_pools(before, after, metric))
    return contrast(*paired_means(_column(before, metric), _column(after, metric), before.groups))


def questions(run: ScoredRun, metric: str) -> int:
    """Count the questions of a run that a metric applies to."""
    if _is_of_whole(metric):
        return int(_has_confidence(run).sum())
    return sum(score is not None for score in _column(run, metric))


def _is_of_whole(metric: str) -> bool:
    return metric in WHOLE and metric != RIGHT_REFUSALS


def _column(run: ScoredRun, metric: str) -> list[float | None]:
    if metric != RIGHT_REFUSALS:
        return [one.scores.get(metric) for one in run.lines]
    counted = (run.table.refused == 1) & ~np.isnan(run.table.refusable)
    return [float(right) if counts else None for right, counts in zip(run.table.refusable, counted, strict=True)]


def _has_confidence(run: ScoredRun) -> npt.NDArray[np.bool_]:
    """Return which lines selective metrics are taken over: answered, known right or wrong, with a confidence."""
    return ~np.isnan(run.table.right) & ~np.isnan(run.table.confidence)


def _places(run: ScoredRun, chosen: npt.NDArray[np.bool_]) -> list[int]:
    """Return the places of chosen lines by the ids of their questions, so that the order of lines changes no digit."""
    return sorted(np.flatnonzero(chosen).tolist(), key=lambda place: run.lines[place].line.item.id)


def _pool(run: ScoredRun, metric: str) -> PooledSample:
    part = run.part(_places(run, _has_confidence(run)))
    return pool(_matrix(part.table), part.groups, lambda own, _: scoring.resampled(metric, part.table, own))


def _pools(before: ScoredRun, after: ScoredRun, metric: str) -> tuple[PooledSample, PooledSample]:
    """Make one table of both runs, and weigh the lines of one or the other."""
    places = _places(before, _has_confidence(before) | _has_confidence(after))
    first, second = before.part(places), after.part(places)
    rows = _matrix(first.table), _matrix(second.table)
    both = Table(*np.vstack(rows).T)

    def measure_first(own: npt.NDArray[np.int64], other: npt.NDArray[np.int64]) -> Numbers:
        return scoring.resampled(metric, both, np.hstack([own, other]))

    def measure_second(own: npt.NDArray[np.int64], other: npt.NDArray[np.int64]) -> Numbers:
        return scoring.resampled(metric, both, np.hstack([other, own]))

    return pool(rows[0], first.groups, measure_first), pool(rows[1], first.groups, measure_second)


def _matrix(table: Table) -> Numbers:
    return np.column_stack([table.refused, table.refusable, table.right, table.confidence])
