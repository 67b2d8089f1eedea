"""Runs against a baseline, from their folders alone: what changed, how surely, and whether gates are passed."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict
from typing import TYPE_CHECKING

from newsqa.errors import SourceError, UsageError
from newsqa.evals.comparison import (
    Change,
    ComparedRun,
    Comparison,
    Gate,
    Gated,
    Pair,
    changes,
    comparison_outcome,
    flags,
    flips,
    held,
    lost,
)
from newsqa.evals.run_folder import read_run
from newsqa.evals.summary import latencies, median_words, scored, spent
from newsqa.render.wording import count

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from newsqa.evals.run_lines import RunLine
    from newsqa.types import JsonObject


# Runs as they are read from their folders, and whether they were asked the same questions.

MADE_BY = ("model", "index", "config")
"""What of a record says what made it."""
_ASKED = ("question", "answers", "gold", "answerable", "history", "asked", "as_of", "group")
"""What of a question must be the same in both runs."""
_MOST_NAMED = 3


def read_side(folder: Path) -> ComparedRun:
    """Read a run. Raises UsageError where the folder holds none that can be read."""
    try:
        return side_of(str(folder), read_run(folder))
    except SourceError as error:
        raise UsageError(str(error), hint=error.hint) from error


def side_of(name: str, lines: Sequence[RunLine]) -> ComparedRun:
    """Gather what is known of a run beside its scores; there must be a line."""
    model, index, config = (_usual(lines, field) for field in MADE_BY)
    return ComparedRun(
        name=name,
        lines=tuple(lines),
        total=max(line.place[1] for line in lines),
        model=model,
        index=index,
        config=config,
        latencies=latencies(lines),
        spent=spent(lines),
        median_words=median_words(lines),
    )


def common(baseline: ComparedRun, other: ComparedRun) -> tuple[list[RunLine], list[RunLine]]:
    """Return the lines of the questions that both runs have, in the baseline's order.

    Raises UsageError where the runs are of different questions: a number of them, or one with other words, accepted
    answers, gold, history or days.
    """
    theirs = {line.item.id: line for line in other.lines}
    mine = {line.item.id: line for line in baseline.lines}
    shared = [name for name in mine if name in theirs]
    if not shared or baseline.total != other.total or len(mine.keys() | theirs.keys()) > baseline.total:
        raise UsageError(_of_different_questions(baseline, other, len(shared)), hint="Run the same set for both.")
    if changed := [name for name in shared if _asked(mine[name]) != _asked(theirs[name])]:
        named = ", ".join(f"“{name}”" for name in changed[:_MOST_NAMED]) + (" …" if len(changed) > _MOST_NAMED else "")
        raise UsageError(
            f"{baseline.name} and {other.name} cannot be compared: {count(len(changed), 'question')} changed between "
            f"them, in words, answers, gold, history or days: {named}.",
            hint="Run the set as it is now for both.",
        )
    return [mine[name] for name in shared], [theirs[name] for name in shared]


def parts(before: Sequence[RunLine], after: Sequence[RunLine]) -> tuple[tuple[str, str, str], ...]:
    """Tell in which parts of their configuration two runs differ: (name, before, after)."""
    one, other = ({name: value for line in lines for name, value in line.made_of.items()} for lines in (before, after))
    return tuple((name, one[name], other[name]) for name in one if name in other and one[name] != other[name])


def _of_different_questions(baseline: ComparedRun, other: ComparedRun, shared: int) -> str:
    return (
        f"{baseline.name} and {other.name} cannot be compared: they are runs of different questions "
        f"({baseline.total:,} and {other.total:,}, {shared:,} of them in both)."
    )


def _asked(line: RunLine) -> tuple[object, ...]:
    return tuple(getattr(line.item, field) for field in _ASKED)


def _usual(lines: Sequence[RunLine], field: str) -> str:
    """Return what most records say; one that failed may not know."""
    said = Counter(str(line.record.get(field) or "") for line in lines if not line.failed)
    return said.most_common(1)[0][0] if said else ""


def compare(baseline: Path, others: Sequence[Path], gates: Sequence[Gate] = ()) -> Comparison:
    """Compare runs with the first; scores are made anew from the records.

    What made the runs may differ, the questions may not. A run that is incomplete is compared over the questions that
    it has. Raises UsageError where a folder holds no run, runs are of different questions, or a gate's metric applies
    to no question of a run.
    """
    first = read_side(baseline)
    sides = [read_side(folder) for folder in others]
    return Comparison(first, tuple(_pair(first, side, gates) for side in sides), tuple(gates))


def _pair(baseline: ComparedRun, side: ComparedRun, gates: Sequence[Gate]) -> Pair:
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
        outcome=comparison_outcome(found, flagged),
    )


# A comparison as JSON, for programs: shares 0 to 1, times in seconds, costs in US dollars; unknown is null.


def comparison_record(comparison: Comparison) -> JsonObject:
    """Return everything that was found.

    `verdict` is "pass", "regression" or "incomplete" under gates, else "compared"; that of a run is its outcome.
    """
    return {
        "verdict": _verdict(comparison),
        "exit_code": comparison.exit_code,
        "baseline": _side(comparison.baseline),
        "runs": [_pair_record(pair) for pair in comparison.pairs],
        "incomplete": [side.name for side in comparison.incomplete],
        "regressions": [{"run": pair.side.name, **_gated(gated)} for pair, gated in comparison.regressions],
    }


def _verdict(comparison: Comparison) -> str:
    if not comparison.gates:
        return "compared"
    return {0: "pass", 1: "regression"}.get(comparison.exit_code, "incomplete")


def _side(side: ComparedRun) -> JsonObject:
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


def _pair_record(pair: Pair) -> JsonObject:
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
