"""report.json: the summary of a run with what its metrics mean, and each question's scores, for programs."""

from __future__ import annotations

import math
from dataclasses import asdict
from typing import TYPE_CHECKING

from newsqa import __version__
from newsqa.evals.scorers.metrics import METRICS
from newsqa.render.record import to_document

if TYPE_CHECKING:
    from collections.abc import Sequence

    from newsqa.evals.figures import Figure, Summary
    from newsqa.evals.report.judged import Judged
    from newsqa.records import JsonObject


def json_report(questions: Sequence[Judged], summary: Summary) -> str:
    """Return the report as JSON. Scores are 0 to 1, times seconds, costs US dollars; unknown is null."""
    return to_document(
        {
            "newsqa": __version__,
            **{name: getattr(summary, name) for name in ("model", "index", "config")},
            **{name: getattr(summary, name) for name in ("questions", "asked", "failed", "refused")},
            "median_words": _finite(summary.median_words),
            "metrics": {metric.name: asdict(metric) for metric in METRICS},
            "figures": [_figure(figure) for figure in summary.figures],
            "smallest_difference": {name: _finite(value) for name, value in summary.smallest.items()},
            "tags": {tag: [_figure(figure) for figure in figures] for tag, figures in summary.tags.items()},
            "buckets": {bucket: list(ids) for bucket, ids in summary.buckets.items()},
            "latencies": [asdict(latency) for latency in summary.latencies],
            "spent": asdict(summary.spent),
            "judging": asdict(summary.judging) if summary.judging else None,
            "risk_coverage": [{"coverage": c, "risk": r} for c, r in summary.curve],
            "calibration": [asdict(one) for one in summary.calibration],
            "per_question": [_question(question) for question in questions],
        }
    )


def _figure(figure: Figure) -> JsonObject:
    interval = figure.interval
    return {
        "metric": figure.metric,
        "value": _finite(figure.value),
        "n": figure.n,
        "interval": [_finite(interval.low), _finite(interval.high)] if interval else None,
    }


def _question(question: Judged) -> JsonObject:
    line = question.line
    return {
        "id": line.item.id,
        "key": line.key,
        "question": line.item.question,
        "tags": list(line.item.tags),
        "outcome": question.outcome,
        "bucket": question.bucket,
        "refused": line.refused,
        "error": line.record.get("error"),
        "scores": {name: _finite(score) for name, score in sorted(question.scores.items())},
    }


def _finite(value: float) -> float | None:
    """Return the value, or None for what JSON has no number for."""
    return value if math.isfinite(value) else None
