"""Runs against a baseline, from their folders alone: what changed, how surely, and whether gates are passed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from newsqa.evals.compare.changes import changes, lost
from newsqa.evals.compare.flags import flags, outcome
from newsqa.evals.compare.flips import flips
from newsqa.evals.compare.gates import held, parse_gate
from newsqa.evals.compare.sides import MADE_BY, common, parts, read_side
from newsqa.evals.compare.values import Change, Comparison, Flag, Flip, Gate, Gated, Pair, Side
from newsqa.evals.sampling import scored

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

__all__ = ["Change", "Comparison", "Flag", "Flip", "Gate", "Gated", "Pair", "Side", "compare", "parse_gate"]


def compare(baseline: Path, others: Sequence[Path], gates: Sequence[Gate] = ()) -> Comparison:
    """Compare runs with the first; scores are made anew from the records.

    What made the runs may differ, the questions may not. A run that is incomplete is compared over the questions that
    it has. Raises UsageError where a folder holds no run, runs are of different questions, or a gate's metric applies
    to no question of a run.
    """
    first = read_side(baseline)
    sides = [read_side(folder) for folder in others]
    return Comparison(first, tuple(_pair(first, side, gates) for side in sides), tuple(gates))


def _pair(baseline: Side, side: Side, gates: Sequence[Gate]) -> Pair:
    before, after = common(baseline, side)
    scored_before, scored_after = scored(before), scored(after)
    found = changes(scored_before, scored_after, frozenset(gate.metric.name for gate in gates))
    gone = lost(scored_before, scored_after)
    flagged = flags(before, after, found, gone)
    return Pair(
        side=side,
        questions=len(before),
        differs=tuple(name for name in MADE_BY if getattr(baseline, name) != getattr(side, name)),
        parts=parts(before, after),
        reworded=sum(one.record["text"] != two.record["text"] for one, two in zip(before, after, strict=True)),
        changes=found,
        lost=gone,
        flips=flips(before, after),
        flags=flagged,
        gates=held(gates, found, (baseline.name, side.name)),
        outcome=outcome(found, flagged),
    )
