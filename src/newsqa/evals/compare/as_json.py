"""A comparison as JSON, for programs: shares 0 to 1, times in seconds, costs in US dollars; unknown is null."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from newsqa.evals.compare.values import Change, Comparison, Gated, Pair, Side
    from newsqa.records import JsonObject


def comparison_record(comparison: Comparison) -> JsonObject:
    """Return everything that was found.

    `verdict` is "pass", "regression" or "incomplete" under gates, else "compared"; that of a run is its outcome.
    """
    return {
        "verdict": _verdict(comparison),
        "exit_code": comparison.exit_code,
        "baseline": _side(comparison.baseline),
        "runs": [_pair(pair) for pair in comparison.pairs],
        "incomplete": [side.name for side in comparison.incomplete],
        "regressions": [{"run": pair.side.name, **_gated(gated)} for pair, gated in comparison.regressions],
    }


def _verdict(comparison: Comparison) -> str:
    if not comparison.gates:
        return "compared"
    return {0: "pass", 1: "regression"}.get(comparison.exit_code, "incomplete")


def _side(side: Side) -> JsonObject:
    return {
        "folder": side.name,
        "model": side.model,
        "index": side.index,
        "config": side.config,
        "questions": side.total,
        "asked": len(side.lines),
        "failed": side.failed,
        "complete": side.complete,
        "median_words": side.median_words,
        "latencies": [asdict(latency) for latency in side.latencies],
        "spent": asdict(side.spent),
    }


def _pair(pair: Pair) -> JsonObject:
    return {
        **_side(pair.side),
        "verdict": pair.outcome,
        "compared": pair.questions,
        "differs": list(pair.differs),
        "parts": [{"name": name, "before": before, "after": after} for name, before, after in pair.parts],
        "reworded": pair.reworded,
        "flags": [asdict(flag) for flag in pair.flags],
        "metrics": {change.metric.name: _change(change) for change in pair.changes},
        "lost": list(pair.lost),
        "flips": [asdict(flip) for flip in pair.flips],
        "gates": [_gated(gated) for gated in pair.gates],
    }


def _change(change: Change) -> JsonObject:
    found = change.contrast
    return {
        "before": found.before,
        "after": found.after,
        "difference": found.difference,
        "interval": [found.interval.low, found.interval.high] if found.interval else None,
        "n_before": change.n_before,
        "n_after": change.n_after,
        "better": change.metric.better,
        "test": found.test,
        "p": found.p,
        "p_adjusted": change.adjusted,
        "headline": change.headline,
        "smallest_difference": found.smallest,
        "verdict": change.verdict,
    }


def _gated(gated: Gated) -> JsonObject:
    found = gated.change.contrast
    return {
        "metric": gated.gate.metric.name,
        "bound": gated.gate.bound,
        "difference": found.difference,
        "p": found.p,
        "passed": gated.passed,
    }
