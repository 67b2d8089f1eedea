"""What a run comes to as a whole: every figure with its certainty, tags, misses, times, tokens, calibration."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING, get_args

import numpy as np

from newsqa.evals.judge import Judging, judging_of
from newsqa.evals.metrics.base import Metric, answer_text, answered
from newsqa.evals.metrics.selective import Bin, calibration, curve, stated_rows
from newsqa.evals.scoring import METRICS, Bucket, ScoredLine, score_line
from newsqa.evals.statistics import Contrast, Interval, Sample, contrast, gather, interval, pool, smallest_shown
from newsqa.types import EXTRACTIVE, JsonObject, Usage

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from newsqa.evals.run_file import RunLine


@dataclass(frozen=True, slots=True)
class Estimate:
    """The value of a metric over `n` questions, with its interval; None if there are too few to tell.

    `smallest` is the smallest difference between two runs that a set of this size and spread would show.
    """

    metric: str
    value: float
    n: int
    interval: Interval | None = None
    smallest: float | None = None


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
    questions; `buckets` the ids of the questions missed. `judging` is None if no judge model was asked. `lines` are
    those of the run with their scores.
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
    judging: Judging | None
    lines: tuple[ScoredLine, ...]


def summarise(lines: Sequence[RunLine]) -> Summary:
    """Sum up a run. Nothing but times depends on when or where it is done, nor on the order of the lines."""
    run = list(map(score_line, lines))
    first: JsonObject = lines[0].record if lines else {}
    tags = sorted({tag for line in lines for tag in line.item.tags})
    rows = stated_rows(run)
    missed = {name: tuple(one.line.item.id for one in run if one.bucket == name) for name in get_args(Bucket)}
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
        tags={tag: figures([one for one in run if tag in one.line.item.tags]) for tag in tags},
        buckets={name: ids for name, ids in missed.items() if ids},
        latencies=latencies(lines),
        spent=spent(lines),
        curve=curve(rows),
        calibration=calibration(rows),
        judging=judging_of(lines),
        lines=tuple(run),
    )


def figures(run: Sequence[ScoredLine]) -> tuple[Estimate, ...]:
    """Return the figure of every metric that applies to a question of the run, in the order of METRICS."""
    return tuple(figure for metric in METRICS if (figure := _figure(run, metric)))


def _figure(run: Sequence[ScoredLine], metric: Metric) -> Estimate | None:
    (found,) = _samples([run], metric)
    if np.isnan(found.value):
        return None
    ends = interval(found)
    return Estimate(metric.name, found.value, questions(run, metric), ends, smallest_shown(found, ends))


def _model(lines: Sequence[RunLine]) -> str:
    """Name the model of a run: one that writes leaves some questions to sentences of the articles."""
    names = sorted({line.record.get("model") or "" for line in lines})
    return next((name for name in names if name not in {"", EXTRACTIVE}), names[-1] if names else "")


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


# What each metric rests on: the questions of one run that it applies to, or those of two over the same questions.


def compare_metric(before: Sequence[ScoredLine], after: Sequence[ScoredLine], metric: Metric) -> Contrast | None:
    """Compare two runs in a metric; their lines must answer the same questions, in the same order.

    None if it applies to no question of one of them.
    """
    return contrast(*_samples([before, after], metric))


def questions(run: Sequence[ScoredLine], metric: Metric) -> int:
    """Count the questions of a run that a metric applies to."""
    if metric.over:
        return int(np.sum(~np.isnan(stated_rows(run)).any(axis=1)))
    return sum(metric.name in one.scores for one in run)


def _samples(runs: Sequence[Sequence[ScoredLine]], metric: Metric) -> list[Sample]:
    """Return a sample a run. Lines are sorted by the ids of their questions, so that their order changes no digit."""
    ordered = [sorted(run, key=lambda one: one.line.item.id) for run in runs]
    groups = [one.line.item.group for one in ordered[0]]
    if metric.over is None:
        return gather([[one.scores.get(metric.name) for one in run] for run in ordered], groups)
    return pool([stated_rows(run) for run in ordered], groups, metric.over)
