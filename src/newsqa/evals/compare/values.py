"""What comparing two runs comes to, as values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from newsqa.evals.figures import Latency, Metric, Spent
    from newsqa.evals.lines import Line
    from newsqa.evals.statistics.contrast import Contrast

Verdict = Literal["better", "worse", "within chance", "as before"]
"""What became of a metric. "as before": no question scores otherwise."""

Outcome = Literal["better", "worse", "better and worse", "no difference shown", "as before"]
"""What became of a run as a whole."""

FlagKind = Literal["worse", "lost", "empty"]


@dataclass(frozen=True, slots=True)
class Side:
    """A run as it is compared: `name` is its folder as given, `lines` what it holds, `total` what was to be asked."""

    name: str
    lines: tuple[Line, ...]
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

    side: Side
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

    baseline: Side
    pairs: tuple[Pair, ...]
    gates: tuple[Gate, ...]

    @property
    def incomplete(self) -> tuple[Side, ...]:
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
