"""Compares runs with a baseline, from their folders alone: what changed, how surely, and which gates are passed."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass, replace
from difflib import get_close_matches
from operator import attrgetter
from typing import TYPE_CHECKING, Literal

from newsqa.errors import SourceError, UsageError
from newsqa.evals.metrics.answers import right
from newsqa.evals.run_file import RunLine, read_run
from newsqa.evals.scoring import BY_NAME, METRICS, ScoredLine, score_line
from newsqa.evals.statistics import ALPHA, Contrast, holm
from newsqa.evals.summary import compare_metric, latencies, median_words, questions, spent
from newsqa.render.wording import count

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from newsqa.evals.metrics.base import Metric
    from newsqa.types import JsonObject

MADE_BY = ("model", "index", "config")  # the fields of a record that say what made it
MAX_NAMED = 3
_asked = attrgetter("question", "answers", "gold", "answerable", "history", "asked", "as_of", "group", "rules")
"""Returns what of a question must be the same in both runs."""

HEADLINES = (
    *("right", "wrong_or_outdated", "contains", "f1", "doc_ndcg@10", "passage_ndcg@10", "lexical_support"),
    *("citation_recall", "citation_precision", "refusal_recall", "over_refusal", "aurc", "judge_correctness"),
)

Verdict = Literal["better", "worse", "within chance", "as before"]
"""What became of a metric. "as before": no question scores otherwise."""

RunOutcome = Literal["better", "worse", "better and worse", "no difference shown", "as before"]
"""What became of a run as a whole."""

_ROUNDING = 1e-9  # of a difference at the bound of a gate


@dataclass(frozen=True, slots=True)
class ComparedRun:
    """A run as it is compared: `name` is its folder as given, `lines` what it holds, `total` what was to be asked.

    `made_by` has the model, the index and the configuration of most of its records.
    """

    name: str
    lines: tuple[RunLine, ...]
    total: int
    made_by: Mapping[str, str]

    @property
    def missing(self) -> int:
        """How many questions have no line."""
        return self.total - len(self.lines)

    @property
    def failed(self) -> int:
        """How many questions ended in an error; they count as answers with nothing in them."""
        return sum(line.failed for line in self.lines)

    @property
    def record(self) -> JsonObject:
        """The run as JSON."""
        return {
            "folder": self.name,
            **self.made_by,
            "questions": self.total,
            "asked": len(self.lines),
            "failed": self.failed,
            "complete": not (self.missing or self.failed),
            "median_words": median_words(self.lines),
            "latencies": [asdict(latency) for latency in latencies(self.lines)],
            "spent": asdict(spent(self.lines)),
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

    kind: Literal["worse", "lost", "empty"]
    metric: str | None
    text: str


@dataclass(frozen=True, slots=True)
class Gate:
    """A bound on the difference of a metric, beyond which it is a regression."""

    metric: Metric
    bound: float

    def allows(self, change: Change) -> bool:
        """Return True if the difference, as it is and whatever its chance, stays within the bound."""
        over = self.bound - change.contrast.difference
        return (-over if self.metric.better == "lower" else over) <= _ROUNDING

    def record(self, change: Change) -> JsonObject:
        """Return what came of it as JSON."""
        contrast, name = change.contrast, self.metric.name
        found = {"difference": contrast.difference, "p": contrast.p, "passed": self.allows(change)}
        return {"metric": name, "bound": self.bound, **found}


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
    gates: tuple[tuple[Gate, Change], ...]
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
            "gates": [gate.record(change) for gate, change in self.gates],
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
        return tuple(run for run in (self.baseline, *(one.run for one in self.runs)) if run.missing or run.failed)

    @property
    def regressions(self) -> list[JsonObject]:
        """The gates that runs did not pass, as JSON."""
        return [
            {"run": one.run.name, **gate.record(change)}
            for one in self.runs
            for gate, change in one.gates
            if not gate.allows(change)
        ]

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
        verdict = {0: "pass", 1: "regression", 3: "incomplete"}[self.exit_code]
        return {
            "verdict": verdict if self.gates else "compared",
            "exit_code": self.exit_code,
            "baseline": self.baseline.record,
            "runs": [one.record for one in self.runs],
            "incomplete": [run.name for run in self.incomplete],
            "regressions": self.regressions,
        }


def compare(baseline: Path, others: Sequence[Path], gates: Sequence[Gate] = ()) -> Comparison:
    """Compare runs with the first; scores are computed from the records.

    A run that is incomplete is compared over the questions that it has. Raises UsageError if a folder holds no run,
    runs are of different questions, or a gate's metric applies to no question of a run.
    """
    first, *runs = (_load(folder) for folder in (baseline, *others))
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
    if not name or not abs(value) <= 1:
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
    made_by = {name: _usual(lines, name) for name in MADE_BY}
    return ComparedRun(str(folder), tuple(lines), max(line.place[1] for line in lines), made_by)


def _usual(lines: Sequence[RunLine], field: str) -> str:
    """Return what most records say; one that failed may not know."""
    values = Counter(str(line.record.get(field) or "") for line in lines if not line.failed)
    return values.most_common(1)[0][0] if values else ""


def _compare_run(baseline: ComparedRun, run: ComparedRun, gates: Sequence[Gate]) -> RunComparison:
    before, after = _common_lines(baseline, run)
    scored = list(map(score_line, before)), list(map(score_line, after))
    changes = _changes(*scored, frozenset(gate.metric.name for gate in gates))
    lost = tuple(m.name for m in METRICS if questions(scored[0], m) and not questions(scored[1], m))
    flags = tuple(_flags(before, after, changes, lost))
    by_name = {change.metric.name: change for change in changes}
    if absent := next((gate.metric for gate in gates if gate.metric.name not in by_name), None):
        raise UsageError(
            f"{baseline.name} and {run.name} cannot be compared in {absent.name}: it applies to no question of one "
            "of them.",
            hint=absent.note,
        )
    return RunComparison(
        run=run,
        questions=len(before),
        differs=tuple(name for name in MADE_BY if baseline.made_by[name] != run.made_by[name]),
        parts=_changed_parts(before, after),
        reworded=sum(one.record["text"] != two.record["text"] for one, two in zip(before, after, strict=True)),
        changes=changes,
        lost=lost,
        flips=_flips(before, after),
        flags=flags,
        gates=tuple((gate, by_name[gate.metric.name]) for gate in gates),
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
    if changed := [name for name in shared if _asked(mine[name].item) != _asked(theirs[name].item)]:
        named = ", ".join(f"“{name}”" for name in changed[:MAX_NAMED]) + (" …" if len(changed) > MAX_NAMED else "")
        raise UsageError(
            f"{baseline.name} and {other.name} cannot be compared: {count(len(changed), 'question')} changed between "
            f"them, in words, answers, gold, history or days: {named}.",
            hint="Run the set as it is now for both.",
        )
    return [mine[name] for name in shared], [theirs[name] for name in shared]


def _changed_parts(before: Sequence[RunLine], after: Sequence[RunLine]) -> tuple[tuple[str, str, str], ...]:
    """Return in which parts of their configuration two runs differ: (name, before, after)."""
    one, other = ({name: value for line in lines for name, value in line.made_of.items()} for lines in (before, after))
    return tuple((name, one[name], other[name]) for name in one if name in other and one[name] != other[name])


# What changed in each metric, and is it more than chance gives.


def _changes(before: Sequence[ScoredLine], after: Sequence[ScoredLine], gated: frozenset[str]) -> tuple[Change, ...]:
    """Compare every metric that both runs have; a metric with a gate counts as a headline.

    Every test that is made is a chance of a false alarm, and metrics of one kind move together, so that adjusting over
    all of them would hide what matters. So Holm is applied twice: over the headlines, one or two of each kind, which
    decide what is said of the run, and over the others, which say where a difference comes from. Metrics in which so
    few questions differ that no p below 5 % can come out are no test (Tarone 1990, Biometrics 46:515).
    """
    changes = []
    for metric in METRICS:
        if contrast := compare_metric(before, after, metric):
            counts = questions(before, metric), questions(after, metric)
            headline = metric.name in gated.union(HEADLINES)
            verdict: Verdict = "as before" if contrast.same else "within chance"
            changes.append(Change(metric, contrast, *counts, contrast.p, headline, verdict))
    for headline in (True, False):
        tests = [n for n, one in enumerate(changes) if one.headline == headline and one.contrast.least_p < ALPHA]
        for n, p in zip(tests, holm([changes[n].contrast.p for n in tests]), strict=True):
            harm = changes[n].harm if p < ALPHA else 0
            verdict = "worse" if harm > 0 else "better" if harm < 0 else changes[n].verdict
            changes[n] = replace(changes[n], adjusted=p, verdict=verdict)
    return tuple(changes)


# What a person must know of a run before it takes the baseline's place, and what became of it as a whole.


def _flags(
    before: Sequence[RunLine], after: Sequence[RunLine], changes: Sequence[Change], lost: Sequence[str]
) -> Iterator[Flag]:
    """Yield answers that became empty, headlines that became worse, and metrics that apply no more."""
    if emptied := sum(_is_empty(now) and not _is_empty(was) for was, now in zip(before, after, strict=True)):
        verb = "is" if emptied == 1 else "are"
        yield Flag("empty", None, f"{count(emptied, 'answer')} {verb} empty that the baseline answered")
    for change in changes:
        if change.headline and change.verdict == "worse":
            contrast = change.contrast
            how = "rose" if contrast.difference > 0 else "fell"
            moved = f"{change.metric.name} {how} from {contrast.before:.3f} to {contrast.after:.3f}"
            yield Flag("worse", change.metric.name, f"{moved}, more than chance gives (p {change.adjusted:.2g})")
    if lost:
        verb = "applies" if len(lost) == 1 else "apply"
        yield Flag("lost", None, f"{', '.join(lost)} {verb} to no question of the run")


def _is_empty(line: RunLine) -> bool:
    """Return True if there is neither an answer nor a refusal, which has words too."""
    return not str(line.record.get("text") or "").strip()


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
