"""`METRIC:BOUND`: by how much a metric may differ from the baseline before a run is a regression.

BOUND is the difference (run less baseline) that is just allowed. Of what is better high a run must not lie below it
(`f1:-0.02`), of what is better low not above (`over_refusal:0.02`). The difference as it is decides, not its chance:
a small set shows few differences with certainty, and a gate that waited for certainty would let real ones through.
"""

from __future__ import annotations

from difflib import get_close_matches
from math import isfinite
from typing import TYPE_CHECKING

from newsqa.errors import UsageError
from newsqa.evals.compare.values import Gate, Gated
from newsqa.evals.scorers.metrics import METRICS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from newsqa.evals.compare.values import Change


def parse_gate(text: str) -> Gate:
    """Read a gate. Raises UsageError where there is no such metric, or the bound is no number from -1 to 1."""
    name, _, bound = text.rpartition(":")
    metrics = {metric.name: metric for metric in METRICS}
    if name and name not in metrics:
        near = get_close_matches(name, metrics, n=3, cutoff=0.4) or list(metrics)
        raise UsageError(f"There is no metric “{name}”.", hint=f"Did you mean {' or '.join(near)}?")
    try:
        value = float(bound)
    except ValueError:
        value = float("nan")
    if not name or not isfinite(value) or abs(value) > 1:
        raise UsageError(
            f"“{text}” is no gate.", hint="Write METRIC:BOUND, as f1:-0.02: f1 may fall by two points of a hundred."
        )
    return Gate(metrics[name], value)


def held(gates: Sequence[Gate], changes: Sequence[Change], names: tuple[str, str]) -> tuple[Gated, ...]:
    """Hold the changes against the gates. Raises UsageError where a run has not the metric of a gate."""
    found = {change.metric.name: change for change in changes}
    for gate in gates:
        if gate.metric.name not in found:
            raise UsageError(
                f"{names[0]} and {names[1]} cannot be compared in {gate.metric.name}: it applies to no question of one "
                "of them.",
                hint=gate.metric.note,
            )
    return tuple(Gated(gate, found[gate.metric.name]) for gate in gates)
