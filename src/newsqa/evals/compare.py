"""Compares runs with a baseline, from their folders alone: what changed, how surely, and which gates are passed."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from difflib import get_close_matches
from math import isfinite
from typing import TYPE_CHECKING

import numpy as np

from newsqa.errors import SourceError, UsageError
from newsqa.evals.comparison import Change, ComparedRun, Comparison, Flag, Flip, Gate, GateResult, RunComparison
from newsqa.evals.metrics.answers import right
from newsqa.evals.run_file import read_run
from newsqa.evals.scoring import BY_NAME, METRICS
from newsqa.evals.summary import compare_metric, latencies, median_words, questions, score_run, spent
from newsqa.render.wording import count

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from newsqa.evals.comparison import RunOutcome
    from newsqa.evals.metrics.base import Metric
    from newsqa.evals.run_file import RunLine
    from newsqa.evals.summary import ScoredRun


MADE_BY = ("model", "index", "config")  # what of a record says what made it

MAX_NAMED = 3
_ASKED = ("question", "answers", "gold", "answerable", "history", "asked", "as_of", "group", "rules")
"""What of a question must be the same in both runs."""

HEADLINES = (
    "right",
    "wrong_or_outdated",
    "contains",
    "f1",
    "doc_ndcg@10",
    "passage_ndcg@10",
    "citation_recall",
    "citation_precision",
    "refusal_recall",
    "over_refusal",
    "aurc",
    "judge_correctness",
    "judge_faithfulness",
)
ALPHA = 0.05  # the adjusted p below which a difference is taken for more than chance


def compare(baseline: Path, others: Sequence[Path], gates: Sequence[Gate] = ()) -> Comparison:
    """Compare runs with the first; scores are made anew from the records.

    What made the runs may differ, the questions may not. A run that is incomplete is compared over the questions that
    it has. Raises UsageError if a folder holds no run, runs are of different questions, or a gate's metric applies to
    no question of a run.
    """
    first = _load(baseline)
    runs = [_load(folder) for folder in others]
    return Comparison(first, tuple(_compare_run(first, run, gates) for run in runs), tuple(gates))


def parse_gate(text: str) -> Gate:
    """Read `METRIC:BOUND`: by how much a metric may differ from the baseline before a run is a regression.

    BOUND is the difference (run less baseline) that is just allowed. Of what is better high a run must not lie below it
    (`f1:-0.02`), of what is better low not above (`over_refusal:0.02`). The difference as it is decides, not its
    chance: a small set shows few differences with certainty, and a gate that waited for it would let real ones through.

    Raises UsageError if there is no such metric, or the bound is no number from -1 to 1.
    """
    name, _, bound = text.rpartition(":")
    if name and name not in BY_NAME:
        near = get_close_matches(name, BY_NAME, n=3, cutoff=0.4) or list(BY_NAME)
        raise UsageError(f"There is no metric “{name}”.", hint=f"Did you mean {' or '.join(near)}?")
    try:
        value = float(bound)
    except ValueError:
        value = float("nan")
    if not name or not isfinite(value) or abs(value) > 1:
        raise UsageError(
            f"“{text}” is no gate.", hint="Write METRIC:BOUND, as f1:-0.02: f1 may fall by two points of a hundred."
        )
    return Gate(BY_NAME[name], value)


def _load(folder: Path) -> ComparedRun:
    """Read a run. Raises UsageError if the folder holds none that can be read."""
    try:
        lines = read_run(folder)
    except SourceError as error:
        raise UsageError(str(error), hint=error.hint) from error
    model, index, config = (_usual(lines, name) for name in MADE_BY)
    return ComparedRun(
        name=str(folder),
        lines=tuple(lines),
        total=max(line.place[1] for line in lines),
        model=model,
        index=index,
        config=config,
        latencies=latencies(lines),
        spent=spent(lines),
        median_words=median_words(lines),
    )


def _usual(lines: Sequence[RunLine], field: str) -> str:
    """Return what most records say; one that failed may not know."""
    values = Counter(str(line.record.get(field) or "") for line in lines if not line.failed)
    return values.most_common(1)[0][0] if values else ""


def _compare_run(baseline: ComparedRun, run: ComparedRun, gates: Sequence[Gate]) -> RunComparison:
    before, after = _common_lines(baseline, run)
    scored_before, scored_after = score_run(before), score_run(after)
    changes = _changes(scored_before, scored_after, frozenset(gate.metric.name for gate in gates))
    names = [metric.name for metric in METRICS]
    lost = tuple(name for name in names if questions(scored_before, name) and not questions(scored_after, name))
    flags = (*_empty_flags(before, after), *_worse_flags(changes), *_lost_flags(lost))
    return RunComparison(
        run=run,
        questions=len(before),
        differs=tuple(name for name in MADE_BY if getattr(baseline, name) != getattr(run, name)),
        parts=_changed_parts(before, after),
        reworded=sum(one.record["text"] != two.record["text"] for one, two in zip(before, after, strict=True)),
        changes=changes,
        lost=lost,
        flips=_flips(before, after),
        flags=flags,
        gates=_apply_gates(gates, changes, (baseline.name, run.name)),
        outcome=_outcome(changes, flags),
    )


# Were the runs asked the same questions, and what made them.


def _common_lines(baseline: ComparedRun, other: ComparedRun) -> tuple[list[RunLine], list[RunLine]]:
    """Return the lines of the questions that both runs have, in the baseline's order.

    Raises UsageError if the runs are of different questions: a number of them, or one with other words, accepted
    answers, gold, history or days.
    """
    mine = {line.item.id: line for line in baseline.lines}
    theirs = {line.item.id: line for line in other.lines}
    shared = [name for name in mine if name in theirs]
    if not shared or baseline.total != other.total or len(mine.keys() | theirs.keys()) > baseline.total:
        raise UsageError(
            f"{baseline.name} and {other.name} cannot be compared: they are runs of different questions "
            f"({baseline.total:,} and {other.total:,}, {len(shared):,} of them in both).",
            hint="Run the same set for both.",
        )
    if changed := [name for name in shared if _asked(mine[name]) != _asked(theirs[name])]:
        named = ", ".join(f"“{name}”" for name in changed[:MAX_NAMED]) + (" …" if len(changed) > MAX_NAMED else "")
        raise UsageError(
            f"{baseline.name} and {other.name} cannot be compared: {count(len(changed), 'question')} changed between "
            f"them, in words, answers, gold, history or days: {named}.",
            hint="Run the set as it is now for both.",
        )
    return [mine[name] for name in shared], [theirs[name] for name in shared]


def _asked(line: RunLine) -> tuple[object, ...]:
    return tuple(getattr(line.item, name) for name in _ASKED)


def _changed_parts(before: Sequence[RunLine], after: Sequence[RunLine]) -> tuple[tuple[str, str, str], ...]:
    """Return in which parts of their configuration two runs differ: (name, before, after)."""
    one, other = ({name: value for line in lines for name, value in line.made_of.items()} for lines in (before, after))
    return tuple((name, one[name], other[name]) for name in one if name in other and one[name] != other[name])


# What changed in each metric, and is it more than chance gives.


def _changes(before: ScoredRun, after: ScoredRun, gated: frozenset[str]) -> tuple[Change, ...]:
    """Compare every metric that both runs have; a metric with a gate counts as a headline.

    Every test that is made is a chance of a false alarm, and metrics of one kind move together, so that adjusting over
    all of them would hide what matters. So Holm is applied twice: over the headlines, one or two of each kind, which
    decide what is said of the run, and over the others, which say where a difference comes from. Metrics in which so
    few questions differ that no p below 5 % can come out are no test (Tarone 1990, Biometrics 46:515).
    """
    found = [_change(before, after, metric, headline=metric.name in gated.union(HEADLINES)) for metric in METRICS]
    changes = [change for change in found if change]
    for headline in (True, False):
        family = [n for n, change in enumerate(changes) if change.headline == headline and _is_test(change)]
        adjusted = holm([changes[n].contrast.p for n in family])
        for n, p in zip(family, adjusted, strict=True):
            changes[n] = _adjusted(changes[n], p)
    return tuple(changes)


def holm(chances: Sequence[float]) -> list[float]:
    """Adjust the p of several tests so that 5 % is the chance of any false alarm among them (Holm 1979, SJS 6:65).

    In the order given. The smallest is multiplied by how many there are, the next by one fewer, and none falls below
    the one before it.
    """
    order = np.argsort(chances, kind="stable")
    scaled = np.array(chances)[order] * np.arange(len(chances), 0, -1)
    adjusted = np.empty(len(chances))
    adjusted[order] = np.minimum(1, np.maximum.accumulate(scaled))
    return adjusted.tolist()


def _change(before: ScoredRun, after: ScoredRun, metric: Metric, *, headline: bool) -> Change | None:
    contrast = compare_metric(before, after, metric.name)
    if contrast is None:
        return None
    return Change(
        metric=metric,
        contrast=contrast,
        n_before=questions(before, metric.name),
        n_after=questions(after, metric.name),
        adjusted=contrast.p,
        headline=headline,
        verdict="as before" if contrast.same else "within chance",
    )


def _is_test(change: Change) -> bool:
    return change.contrast.least_p < ALPHA


def _adjusted(change: Change, p: float) -> Change:
    if p < ALPHA and change.harm:
        return replace(change, adjusted=p, verdict="worse" if change.harm > 0 else "better")
    return replace(change, adjusted=p)


def _apply_gates(gates: Sequence[Gate], changes: Sequence[Change], names: tuple[str, str]) -> tuple[GateResult, ...]:
    """Apply the gates to the changes. Raises UsageError if a run has not the metric of a gate."""
    by_name = {change.metric.name: change for change in changes}
    for gate in gates:
        if gate.metric.name not in by_name:
            raise UsageError(
                f"{names[0]} and {names[1]} cannot be compared in {gate.metric.name}: it applies to no question of one "
                "of them.",
                hint=gate.metric.note,
            )
    return tuple(GateResult(gate, by_name[gate.metric.name]) for gate in gates)


# What a person must know of a run before it takes the baseline's place, and what became of it as a whole.


def _empty_flags(before: Sequence[RunLine], after: Sequence[RunLine]) -> Iterator[Flag]:
    emptied = sum(_is_empty(now) and not _is_empty(was) for was, now in zip(before, after, strict=True))
    if emptied:
        verb = "is" if emptied == 1 else "are"
        yield Flag("empty", None, f"{count(emptied, 'answer')} {verb} empty that the baseline answered")


def _is_empty(line: RunLine) -> bool:
    """Return True if there is neither an answer nor a refusal, which has words too."""
    return not str(line.record.get("text") or "").strip()


def _worse_flags(changes: Sequence[Change]) -> Iterator[Flag]:
    for change in changes:
        if change.headline and change.verdict == "worse":
            contrast = change.contrast
            how = "rose" if contrast.difference > 0 else "fell"
            moved = f"{change.metric.name} {how} from {contrast.before:.3f} to {contrast.after:.3f}"
            yield Flag("worse", change.metric.name, f"{moved}, more than chance gives (p {change.adjusted:.2g})")


def _lost_flags(lost: Sequence[str]) -> Iterator[Flag]:
    if lost:
        verb = "applies" if len(lost) == 1 else "apply"
        yield Flag("lost", None, f"{', '.join(lost)} {verb} to no question of the run")


def _outcome(changes: Sequence[Change], flags: Sequence[Flag]) -> RunOutcome:
    """Say in a word what became of a run: headlines count, and answers that are empty.

    A metric that is gone does not: that nothing was refused any more, say, is neither good nor bad.
    """
    worse = any(flag.kind != "lost" for flag in flags)
    better = any(change.headline and change.verdict == "better" for change in changes)
    if worse or better:
        return "better and worse" if worse and better else "worse" if worse else "better"
    return "as before" if all(change.verdict == "as before" for change in changes) else "no difference shown"


def _flips(before: Sequence[RunLine], after: Sequence[RunLine]) -> tuple[Flip, ...]:
    """Return the questions that one run treats rightly and the other does not, those that went wrong first.

    Questions that cannot be judged never flip.
    """
    pairs = [(was, now, right(was), right(now)) for was, now in zip(before, after, strict=True)]
    flips = [
        Flip(was.item.id, was.item.question, _reply(was), _reply(now), gained=is_right)
        for was, now, was_right, is_right in pairs
        if was_right is not None and is_right is not None and was_right != is_right
    ]
    return tuple(sorted(flips, key=lambda flip: flip.gained))


def _reply(line: RunLine) -> str:
    """Return what a run answered, or in brackets why it did not."""
    if line.failed:
        return f"(failed: {line.record['error']})"
    text = " ".join(str(line.record.get("text") or "").split())
    return "(refused)" if line.refused else text or "(nothing)"
