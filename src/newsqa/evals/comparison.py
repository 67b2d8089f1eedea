"""What comparing runs with a baseline comes to, as values and as JSON."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from newsqa.evals.metrics.base import Metric
    from newsqa.evals.run_file import RunLine
    from newsqa.evals.statistics import Contrast
    from newsqa.evals.summary import Latency
    from newsqa.types import JsonObject, Usage


Verdict = Literal["better", "worse", "within chance", "as before"]
"""What became of a metric. "as before": no question scores otherwise."""

RunOutcome = Literal["better", "worse", "better and worse", "no difference shown", "as before"]
"""What became of a run as a whole."""

FlagKind = Literal["worse", "lost", "empty"]

_ROUNDING = 1e-9


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
    spent: Usage
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
        """True if every question was asked and none ended in an error."""
        return bool(self.lines) and not self.missing and not self.failed

    @property
    def record(self) -> JsonObject:
        """The run as JSON."""
        return {
            "folder": self.name,
            "model": self.model,
            "index": self.index,
            "config": self.config,
            "questions": self.total,
            "asked": len(self.lines),
            "failed": self.failed,
            "complete": self.complete,
            "median_words": self.median_words,
            "latencies": [asdict(latency) for latency in self.latencies],
            "spent": asdict(self.spent),
        }


@dataclass(frozen=True, slots=True)
class Change:
    """A metric of two runs over the same questions.

    `n_before` and `n_after` count the questions that it applies to. `adjusted` is the p of the contrast after Holm
    within its family; `headline` says which of the two families that is.
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
        """How much worse it is: what it fell by, or rose by if lower is better; negative if it is better."""
        return self.contrast.difference if self.metric.better == "lower" else -self.contrast.difference

    @property
    def record(self) -> JsonObject:
        """The change as JSON."""
        contrast = self.contrast
        return {
            "before": contrast.before,
            "after": contrast.after,
            "difference": contrast.difference,
            "interval": [contrast.interval.low, contrast.interval.high] if contrast.interval else None,
            "n_before": self.n_before,
            "n_after": self.n_after,
            "better": self.metric.better,
            "test": contrast.test,
            "p": contrast.p,
            "p_adjusted": self.adjusted,
            "headline": self.headline,
            "smallest_difference": contrast.smallest,
            "verdict": self.verdict,
        }


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
class GateResult:
    """A gate with the change that it was applied to."""

    gate: Gate
    change: Change

    @property
    def passed(self) -> bool:
        """True if the difference, as it is and whatever its chance, stays within the bound."""
        over = self.gate.bound - self.change.contrast.difference
        return (-over if self.gate.metric.better == "lower" else over) <= _ROUNDING

    @property
    def record(self) -> JsonObject:
        """The result as JSON."""
        contrast = self.change.contrast
        return {
            "metric": self.gate.metric.name,
            "bound": self.gate.bound,
            "difference": contrast.difference,
            "p": contrast.p,
            "passed": self.passed,
        }


@dataclass(frozen=True, slots=True)
class RunComparison:
    """A run against the baseline, over the questions that both were asked.

    `differs` names what made them that is not the same: "model", "index", "config"; `parts` says what of the
    configuration, as (name, before, after), if the runs say it. `reworded` counts the answers of other words. `lost`
    are the metrics that the baseline has and the run has not.
    """

    run: ComparedRun
    questions: int
    differs: tuple[str, ...]
    parts: tuple[tuple[str, str, str], ...]
    reworded: int
    changes: tuple[Change, ...]
    lost: tuple[str, ...]
    flips: tuple[Flip, ...]
    flags: tuple[Flag, ...]
    gates: tuple[GateResult, ...]
    outcome: RunOutcome

    @property
    def record(self) -> JsonObject:
        """The comparison as JSON."""
        return {
            **self.run.record,
            "verdict": self.outcome,
            "compared": self.questions,
            "differs": list(self.differs),
            "parts": [{"name": name, "before": before, "after": after} for name, before, after in self.parts],
            "reworded": self.reworded,
            "flags": [asdict(flag) for flag in self.flags],
            "metrics": {change.metric.name: change.record for change in self.changes},
            "lost": list(self.lost),
            "flips": [asdict(flip) for flip in self.flips],
            "gates": [result.record for result in self.gates],
        }


@dataclass(frozen=True, slots=True)
class Comparison:
    """Runs against the first of them."""

    baseline: ComparedRun
    runs: tuple[RunComparison, ...]
    gates: tuple[Gate, ...]

    @property
    def incomplete(self) -> tuple[ComparedRun, ...]:
        """The runs that lack questions, or have some that ended in an error."""
        return tuple(run for run in (self.baseline, *(one.run for one in self.runs)) if not run.complete)

    @property
    def regressions(self) -> tuple[tuple[RunComparison, GateResult], ...]:
        """The gates that runs did not pass."""
        return tuple((one, result) for one in self.runs for result in one.gates if not result.passed)

    @property
    def exit_code(self) -> int:
        """0 if there are no gates or all are passed, 1 on a regression, 3 if a run under gates is incomplete."""
        if not self.gates:
            return 0
        return 3 if self.incomplete else int(bool(self.regressions))

    @property
    def record(self) -> JsonObject:
        """The comparison as JSON: shares 0 to 1, times in seconds, costs in US dollars; unknown is null.

        `verdict` is "pass", "regression" or "incomplete" under gates, else "compared"; that of a run is its outcome.
        """
        verdicts = {0: "pass", 1: "regression", 3: "incomplete"}
        return {
            "verdict": verdicts[self.exit_code] if self.gates else "compared",
            "exit_code": self.exit_code,
            "baseline": self.baseline.record,
            "runs": [one.record for one in self.runs],
            "incomplete": [run.name for run in self.incomplete],
            "regressions": [{"run": one.run.name, **result.record} for one, result in self.regressions],
        }
