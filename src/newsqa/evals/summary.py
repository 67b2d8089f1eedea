"""What a run comes to as a whole: every figure with its certainty, tags, misses, times, tokens, calibration."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING, get_args

import numpy as np

from newsqa.evals.buckets import bucket
from newsqa.evals.judge import judging
from newsqa.evals.metrics import registry
from newsqa.evals.metrics.citations import answer_text
from newsqa.evals.metrics.definitions import METRICS, WHOLE, Bucket, Estimate, Latency, Spent, Summary
from newsqa.evals.metrics.selective import Table, calibration, curve
from newsqa.evals.metrics.selective import table as scorers_table
from newsqa.evals.resampling import interval, means, paired_means, pool
from newsqa.evals.significance import contrast, smallest_of
from newsqa.types import EXTRACTIVE

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy.typing as npt

    from newsqa.evals.resampling import PooledSample, Sample
    from newsqa.evals.run_lines import RunLine
    from newsqa.evals.significance import Contrast
    from newsqa.types import JsonObject

    Numbers = npt.NDArray[np.float64]
    Scores = Mapping[str, float]


# A run with its scores, and what each metric rests on: samples of one run, or of two over the same questions.

RIGHT_REFUSALS = "refusal_precision"
"""A metric of the whole set that is a rate over the answers that are refusals, and is treated as one."""


@dataclass(frozen=True, slots=True)
class ScoredRun:
    """The lines of a run, the scores that each has by itself, and the table for what only the whole has."""

    lines: Sequence[RunLine]
    scores: Sequence[Scores]
    table: Table

    @property
    def groups(self) -> list[str]:
        """The cluster of each line."""
        return [line.item.group for line in self.lines]

    def part(self, places: Sequence[int]) -> ScoredRun:
        """Return the lines at some places, in that order, as a run of their own."""
        lines = [self.lines[place] for place in places]
        return ScoredRun(
            lines, [self.scores[place] for place in places], _rows(self.table, np.array(places, dtype=int))
        )


def scored(lines: Sequence[RunLine]) -> ScoredRun:
    """Score a run."""
    return ScoredRun(lines, [registry.score(line) for line in lines], scorers_table(lines))


def sample(run: ScoredRun, metric: str) -> Sample:
    """Return what a metric of a run rests on: the questions that it applies to."""
    if _of_the_whole(metric):
        return _pool(run, metric)
    return means(_column(run, metric), run.groups)


def contrasted(before: ScoredRun, after: ScoredRun, metric: str) -> Contrast | None:
    """Compare two runs in a metric; their lines must answer the same questions, in the same order.

    None where it applies to no question of one of them.
    """
    if _of_the_whole(metric):
        return contrast(*_pools(before, after, metric))
    return contrast(*paired_means(_column(before, metric), _column(after, metric), before.groups))


def questions(run: ScoredRun, metric: str) -> int:
    """Count the questions of a run that a metric applies to."""
    if _of_the_whole(metric):
        return int(_told(run).sum())
    return sum(score is not None for score in _column(run, metric))


def _of_the_whole(metric: str) -> bool:
    return metric in WHOLE and metric != RIGHT_REFUSALS


def _column(run: ScoredRun, metric: str) -> list[float | None]:
    if metric != RIGHT_REFUSALS:
        return [scores.get(metric) for scores in run.scores]
    counted = (run.table.refused == 1) & ~np.isnan(run.table.refusable)
    return [float(right) if counts else None for right, counts in zip(run.table.refusable, counted, strict=True)]


def _told(run: ScoredRun) -> npt.NDArray[np.bool_]:
    """Tell which lines selective metrics are taken over: answered, known right or wrong, and sure of it in numbers."""
    return ~np.isnan(run.table.right) & ~np.isnan(run.table.confidence)


def _places(run: ScoredRun, told: npt.NDArray[np.bool_]) -> list[int]:
    """Return where those lines stand, by the ids of their questions, so that the order of lines changes no digit."""
    return sorted(np.flatnonzero(told).tolist(), key=lambda place: run.lines[place].item.id)


def _pool(run: ScoredRun, metric: str) -> PooledSample:
    part = run.part(_places(run, _told(run)))
    return pool(_matrix(part.table), part.groups, lambda own, _: registry.resampled(metric, part.table, own))


def _pools(before: ScoredRun, after: ScoredRun, metric: str) -> tuple[PooledSample, PooledSample]:
    """Make one table of both runs, and weigh the lines of one or the other."""
    places = _places(before, _told(before) | _told(after))
    first, second = before.part(places), after.part(places)
    both = _joined(first.table, second.table)

    def measure_first(own: npt.NDArray[np.int64], other: npt.NDArray[np.int64]) -> Numbers:
        return registry.resampled(metric, both, np.hstack([own, other]))

    def measure_second(own: npt.NDArray[np.int64], other: npt.NDArray[np.int64]) -> Numbers:
        return registry.resampled(metric, both, np.hstack([other, own]))

    groups = first.groups
    return pool(_matrix(first.table), groups, measure_first), pool(_matrix(second.table), groups, measure_second)


def _matrix(table: Table) -> Numbers:
    return np.column_stack([table.refused, table.refusable, table.right, table.confidence])


def _rows(table: Table, places: npt.NDArray[np.int64]) -> Table:
    return Table(*_matrix(table)[places].T)


def _joined(first: Table, second: Table) -> Table:
    return Table(*np.vstack([_matrix(first), _matrix(second)]).T)


def summarise(lines: Sequence[RunLine]) -> Summary:
    """Sum up a run. Nothing but times depends on when or where it is done, nor on the order of the lines."""
    run = scored(lines)
    first: JsonObject = lines[0].record if lines else {}
    return Summary(
        questions=max((line.place[1] for line in lines), default=0),
        asked=len(lines),
        failed=sum(line.failed for line in lines),
        refused=sum(line.refused for line in lines),
        model=_model(lines),
        **{name: first.get(name) or "" for name in ("index", "config")},
        median_words=median_words(lines),
        figures=figures(run),
        tags=_tags(run),
        buckets=_buckets(run),
        latencies=latencies(lines),
        spent=spent(lines),
        curve=curve(run.table),
        calibration=calibration(run.table),
        smallest=_smallest(run),
        judging=judging(lines),
    )


def _model(lines: Sequence[RunLine]) -> str:
    """Name the model of a run: one that writes leaves some questions to sentences of the articles."""
    names = sorted({line.record.get("model") or "" for line in lines})
    return next((name for name in names if name not in {"", EXTRACTIVE}), names[-1] if names else "")


def figures(run: ScoredRun) -> tuple[Estimate, ...]:
    """Return the figure of every metric that applies to a question of the run, in the order of METRICS."""
    found = (_figure(run, metric.name) for metric in METRICS)
    return tuple(figure for figure in found if figure)


def _figure(run: ScoredRun, metric: str) -> Estimate | None:
    rests_on = sample(run, metric)
    if not rests_on.clusters or np.isnan(rests_on.value):
        return None
    return Estimate(metric, rests_on.value, questions(run, metric), interval(rests_on))


def _tags(run: ScoredRun) -> dict[str, tuple[Estimate, ...]]:
    places: dict[str, list[int]] = {}
    for place, line in enumerate(run.lines):
        for tag in dict.fromkeys(line.item.tags):
            places.setdefault(tag, []).append(place)
    return {tag: figures(run.part(places[tag])) for tag in sorted(places)}


def _buckets(run: ScoredRun) -> dict[Bucket, tuple[str, ...]]:
    missed: dict[Bucket, list[str]] = {}
    for line, scores in zip(run.lines, run.scores, strict=True):
        if fell := bucket(line, scores):
            missed.setdefault(fell, []).append(line.item.id)
    return {fell: tuple(missed[fell]) for fell in get_args(Bucket) if fell in missed}


def _smallest(run: ScoredRun) -> dict[str, float]:
    found = {metric.name: smallest_of(sample(run, metric.name)) for metric in METRICS}
    return {name: smallest for name, smallest in found.items() if smallest is not None}


def median_words(lines: Sequence[RunLine]) -> float:
    """Return how many words an answer has, its markers aside; refusals and what failed are no answers."""
    lengths = [len(answer_text(line).split()) for line in lines if not line.refused and not line.failed]
    return float(median(lengths)) if lengths else 0.0


def latencies(lines: Sequence[RunLine]) -> tuple[Latency, ...]:
    """Return how long each stage took, in the order in which stages come; questions that failed are left out."""
    seconds: dict[str, list[float]] = {}
    for line in lines:
        for stage, took in ({} if line.failed else line.record.get("timings") or {}).items():
            seconds.setdefault(stage, []).append(took)
    ordered = sorted(seconds, key=lambda stage: stage == "total")
    return tuple(Latency(stage, *_percentiles(seconds[stage]), len(seconds[stage])) for stage in ordered)


def _percentiles(values: list[float]) -> tuple[float, float]:
    middle, slow = np.percentile(values, [50, 95])
    return float(middle), float(slow)


def spent(lines: Sequence[RunLine]) -> Spent:
    """Sum up tokens and their price; where the price of any answer is not known, that of the run is not."""
    usages = [line.record.get("usage") or {} for line in lines]
    costs = [_cost(usage) for usage in usages]
    known = [cost for cost in costs if cost is not None]
    return Spent(
        sum(usage.get("input_tokens", 0) for usage in usages),
        sum(usage.get("output_tokens", 0) for usage in usages),
        sum(known) if len(known) == len(costs) else None,
    )


def _cost(usage: JsonObject) -> float | None:
    """Return the price of an answer; a record from before prices were kept cost nothing if no token was read."""
    cost: float | None = usage.get("cost", None if usage.get("input_tokens") else 0.0)
    return cost
