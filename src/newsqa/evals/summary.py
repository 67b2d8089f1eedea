"""What a run comes to as a whole: every figure with its certainty, tags, misses, times, tokens, calibration."""

from __future__ import annotations

from statistics import median
from typing import TYPE_CHECKING, get_args

import numpy as np

from newsqa.evals.buckets import bucket
from newsqa.evals.figures import Bucket, Figure, Latency, Spent, Summary
from newsqa.evals.judging import judging
from newsqa.evals.sampling import questions, sample, scored
from newsqa.evals.scorers.metrics import METRICS
from newsqa.evals.scorers.said import answer_text
from newsqa.evals.scorers.selective import calibration, curve
from newsqa.evals.statistics.intervals import interval
from newsqa.evals.statistics.power import smallest_of
from newsqa.records import EXTRACTIVE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from newsqa.evals.lines import Line
    from newsqa.evals.sampling import Scored
    from newsqa.records import JsonObject


def summarise(lines: Sequence[Line]) -> Summary:
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


def _model(lines: Sequence[Line]) -> str:
    """Name the model of a run: one that writes leaves some questions to sentences of the articles."""
    names = sorted({line.record.get("model") or "" for line in lines})
    return next((name for name in names if name not in {"", EXTRACTIVE}), names[-1] if names else "")


def figures(run: Scored) -> tuple[Figure, ...]:
    """Return the figure of every metric that applies to a question of the run, in the order of METRICS."""
    found = (_figure(run, metric.name) for metric in METRICS)
    return tuple(figure for figure in found if figure)


def _figure(run: Scored, metric: str) -> Figure | None:
    rests_on = sample(run, metric)
    if not rests_on.clusters or np.isnan(rests_on.value):
        return None
    return Figure(metric, rests_on.value, questions(run, metric), interval(rests_on))


def _tags(run: Scored) -> dict[str, tuple[Figure, ...]]:
    places: dict[str, list[int]] = {}
    for place, line in enumerate(run.lines):
        for tag in dict.fromkeys(line.item.tags):
            places.setdefault(tag, []).append(place)
    return {tag: figures(run.part(places[tag])) for tag in sorted(places)}


def _buckets(run: Scored) -> dict[Bucket, tuple[str, ...]]:
    missed: dict[Bucket, list[str]] = {}
    for line, scores in zip(run.lines, run.scores, strict=True):
        if fell := bucket(line, scores):
            missed.setdefault(fell, []).append(line.item.id)
    return {fell: tuple(missed[fell]) for fell in get_args(Bucket) if fell in missed}


def _smallest(run: Scored) -> dict[str, float]:
    found = {metric.name: smallest_of(sample(run, metric.name)) for metric in METRICS}
    return {name: smallest for name, smallest in found.items() if smallest is not None}


def median_words(lines: Sequence[Line]) -> float:
    """Return how many words an answer has, its markers aside; refusals and what failed are no answers."""
    lengths = [len(answer_text(line).split()) for line in lines if not line.refused and not line.failed]
    return float(median(lengths)) if lengths else 0.0


def latencies(lines: Sequence[Line]) -> tuple[Latency, ...]:
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


def spent(lines: Sequence[Line]) -> Spent:
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
