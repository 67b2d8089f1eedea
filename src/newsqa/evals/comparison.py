"""What comparing two runs comes to, as values."""

from __future__ import annotations

from dataclasses import dataclass, replace
from difflib import get_close_matches
from math import isfinite
from typing import TYPE_CHECKING, Literal

from newsqa.errors import UsageError
from newsqa.evals.metrics.answers import right
from newsqa.evals.metrics.definitions import METRICS
from newsqa.evals.significance import holm
from newsqa.evals.summary import contrasted, questions
from newsqa.render.wording import count

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from newsqa.evals.metrics.definitions import Latency, Metric, Spent
    from newsqa.evals.run_lines import RunLine
    from newsqa.evals.significance import Contrast
    from newsqa.evals.summary import ScoredRun


Verdict = Literal["better", "worse", "within chance", "as before"]
"""What became of a metric. "as before": no question scores otherwise."""

Outcome = Literal["better", "worse", "better and worse", "no difference shown", "as before"]
"""What became of a run as a whole."""

FlagKind = Literal["worse", "lost", "empty"]


@dataclass(frozen=True, slots=True)
class ComparedRun:
    """A run as it is compared: `name` is its folder as given, `lines` what it holds, `total` what was to be asked."""

    name: str
    lines: tuple[RunLine, ...]
    total: int
    model: str
    index: str
    config: str
    latencies: tuple[Latency, ...]
    spent: Spent
    median_words: float

    @property
    def missing(self) -> int:
        """How many questions have no line."""
        return self.total - len(self.lines)

    @property
    def failed(self) -> int:
        """How many questions ended in an error; they count as answers with nothing in them."""
        return sum(line.failed for line in self.lines)

    @property
    def complete(self) -> bool:
        """Whether every question was asked and none ended in an error."""
        return bool(self.lines) and not self.missing and not self.failed


@dataclass(frozen=True, slots=True)
class Change:
    """A metric of two runs over the same questions.

    `n_before` and `n_after` count the questions that it applies to. `adjusted` is the p of the contrast after Holm
    within its family; `headline` tells which of the two families that is.
    """

    metric: Metric
    contrast: Contrast
    n_before: int
    n_after: int
    adjusted: float
    headline: bool
    verdict: Verdict

    @property
    def harm(self) -> float:
        """How much worse it is: what it fell by, or rose by where lower is better; negative where it is better."""
        return self.contrast.difference if self.metric.better == "lower" else -self.contrast.difference


@dataclass(frozen=True, slots=True)
class Flip:
    """A question that is right in one of two runs only, with both answers."""

    id: str
    question: str
    before: str
    after: str
    gained: bool


@dataclass(frozen=True, slots=True)
class Flag:
    """Something about a run that a person must know before trusting it in the baseline's place."""

    kind: FlagKind
    metric: str | None
    text: str


@dataclass(frozen=True, slots=True)
class Gate:
    """A bound on the difference of a metric, beyond which it is a regression."""

    metric: Metric
    bound: float


@dataclass(frozen=True, slots=True)
class Gated:
    """A gate with the change that it was held against."""

    gate: Gate
    change: Change

    @property
    def passed(self) -> bool:
        """Whether the difference, as it is and whatever its chance, stays within the bound."""
        over = self.gate.bound - self.change.contrast.difference
        return (-over if self.gate.metric.better == "lower" else over) <= 1e-9


@dataclass(frozen=True, slots=True)
class Pair:
    """A run against the baseline, over the questions that both were asked.

    `differs` names what made them that is not the same: "model", "index", "config"; `parts` tells what of the
    configuration, as (name, before, after), where the runs say it. `reworded` counts the answers of other words.
    `lost` are the metrics that the baseline has and the run has not.
    """

    side: ComparedRun
    questions: int
    differs: tuple[str, ...]
    parts: tuple[tuple[str, str, str], ...]
    reworded: int
    changes: tuple[Change, ...]
    lost: tuple[str, ...]
    flips: tuple[Flip, ...]
    flags: tuple[Flag, ...]
    gates: tuple[Gated, ...]
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class Comparison:
    """Runs against the first of them."""

    baseline: ComparedRun
    pairs: tuple[Pair, ...]
    gates: tuple[Gate, ...]

    @property
    def incomplete(self) -> tuple[ComparedRun, ...]:
        """The runs that lack questions, or have some that ended in an error."""
        return tuple(side for side in (self.baseline, *(pair.side for pair in self.pairs)) if not side.complete)

    @property
    def regressions(self) -> tuple[tuple[Pair, Gated], ...]:
        """The gates that runs did not pass."""
        return tuple((pair, gated) for pair in self.pairs for gated in pair.gates if not gated.passed)

    @property
    def exit_code(self) -> int:
        """0 where there are no gates or all are passed, 1 on a regression, 3 where a run under gates is incomplete."""
        if not self.gates:
            return 0
        return 3 if self.incomplete else int(bool(self.regressions))


# What changed in each metric, and whether more than chance gives.

HEADLINES = (
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
SURE = 0.05
"""The adjusted p below which a difference is taken for more than chance."""


def changes(before: ScoredRun, after: ScoredRun, gated: frozenset[str]) -> tuple[Change, ...]:
    """Compare every metric that both runs have; a metric with a gate counts as a headline.

    Every test that is made is a chance of a false alarm, and metrics of one kind move together, so that adjusting over
    all of them would hide what matters. So Holm is applied twice: over the headlines, one or two of each kind, which
    decide what is said of the run, and over the others, which tell where a difference comes from. Metrics in which so
    few questions differ that no p below 5 % can come out are no test (Tarone 1990, Biometrics 46:515).
    """
    found = [_change(before, after, metric, headline=_leads(metric, gated)) for metric in METRICS]
    return _adjusted(_adjusted([change for change in found if change], headline=True), headline=False)


def lost(before: ScoredRun, after: ScoredRun) -> tuple[str, ...]:
    """Name the metrics that apply to questions of the first run and to none of the second."""
    names = [metric.name for metric in METRICS]
    return tuple(name for name in names if questions(before, name) and not questions(after, name))


def _leads(metric: Metric, gated: frozenset[str]) -> bool:
    return metric.name in HEADLINES or metric.name in gated


def _change(before: ScoredRun, after: ScoredRun, metric: Metric, *, headline: bool) -> Change | None:
    found = contrasted(before, after, metric.name)
    if found is None:
        return None
    return Change(
        metric=metric,
        contrast=found,
        n_before=questions(before, metric.name),
        n_after=questions(after, metric.name),
        adjusted=found.p,
        headline=headline,
        verdict="as before" if found.same else "within chance",
    )


def _adjusted(found: tuple[Change, ...] | list[Change], *, headline: bool) -> tuple[Change, ...]:
    """Adjust the p of one family for how many tests it has."""
    family = [change for change in found if change.headline == headline and change.contrast.least_p < SURE]
    adjusted = dict(zip((c.metric.name for c in family), holm([c.contrast.p for c in family]), strict=True))
    return tuple(
        replace(change, adjusted=p, verdict=_verdict(change, p))
        if (p := adjusted.get(change.metric.name)) is not None
        else change
        for change in found
    )


def _verdict(change: Change, adjusted: float) -> Verdict:
    if adjusted >= SURE or not change.harm:
        return change.verdict
    return "worse" if change.harm > 0 else "better"


# What a person must know of a run before it takes the baseline's place, and what became of it as a whole.


def flags(
    before: Sequence[RunLine], after: Sequence[RunLine], changes: Sequence[Change], lost: Sequence[str]
) -> tuple[Flag, ...]:
    """Return what speaks against a run: headlines that fell, answers that are empty, metrics that are gone."""
    return (*_empty(before, after), *_worse(changes), *_lost(lost))


def comparison_outcome(changes: Sequence[Change], flagged: Sequence[Flag]) -> Outcome:
    """Say in a word what became of a run: headlines count, and answers that are empty.

    A metric that is gone does not: that nothing was refused any more, say, tells neither good nor bad.
    """
    worse = any(flag.kind != "lost" for flag in flagged)
    better = any(change.headline and change.verdict == "better" for change in changes)
    if worse or better:
        return "better and worse" if worse and better else "worse" if worse else "better"
    return "as before" if all(change.verdict == "as before" for change in changes) else "no difference shown"


def _worse(changes: Sequence[Change]) -> Iterator[Flag]:
    for change in changes:
        if change.headline and change.verdict == "worse":
            found = change.contrast
            how = "rose" if found.difference > 0 else "fell"
            text = f"{change.metric.name} {how} from {found.before:.3f} to {found.after:.3f}, more than chance gives"
            yield Flag("worse", change.metric.name, f"{text} (p {change.adjusted:.2g})")


def _empty(before: Sequence[RunLine], after: Sequence[RunLine]) -> Iterator[Flag]:
    emptied = sum(_is_empty(now) and not _is_empty(was) for was, now in zip(before, after, strict=True))
    if emptied:
        verb = "is" if emptied == 1 else "are"
        yield Flag("empty", None, f"{count(emptied, 'answer')} {verb} empty that the baseline answered")


def _lost(lost: Sequence[str]) -> Iterator[Flag]:
    if lost:
        verb = "applies" if len(lost) == 1 else "apply"
        yield Flag("lost", None, f"{', '.join(lost)} {verb} to no question of the run")


def _is_empty(line: RunLine) -> bool:
    """Whether there is neither an answer nor a refusal, which has words too."""
    return not str(line.record.get("text") or "").strip()


# The questions that one of two runs treats rightly and the other does not.


def flips(before: Sequence[RunLine], after: Sequence[RunLine]) -> tuple[Flip, ...]:
    """Return the questions that flipped, those that went wrong first; questions that cannot be judged never flip."""
    found = [flip for pair in zip(before, after, strict=True) if (flip := _flip(*pair))]
    return tuple(sorted(found, key=lambda flip: flip.gained))


def _flip(before: RunLine, after: RunLine) -> Flip | None:
    was, is_now = right(before), right(after)
    if was is None or is_now is None or was == is_now:
        return None
    return Flip(before.item.id, before.item.question, said(before), said(after), gained=is_now)


def said(line: RunLine) -> str:
    """Return what a run answered, or in brackets why it did not."""
    if line.failed:
        return f"(failed: {line.record['error']})"
    text = " ".join(str(line.record.get("text") or "").split())
    if line.refused:
        return "(refused)"
    return text or "(nothing)"


# `METRIC:BOUND`: by how much a metric may differ from the baseline before a run is a regression.
#
# BOUND is the difference (run less baseline) that is just allowed. Of what is better high a run must not lie below it
# (`f1:-0.02`), of what is better low not above (`over_refusal:0.02`). The difference as it is decides, not its chance:
# a small set shows few differences with certainty, and a gate that waited for certainty would let real ones through.


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
