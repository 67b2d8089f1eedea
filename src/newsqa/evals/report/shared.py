"""A line of a run with what scoring makes of it: its scores, its bucket and, in one word, how it came out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, get_args

from newsqa.evals.buckets import bucket
from newsqa.evals.metrics import registry
from newsqa.evals.metrics.answers import right
from newsqa.render.wording import count

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from newsqa.evals.datasets.items import Accepted, Gold
    from newsqa.evals.metrics.definitions import Bucket, Family, Interval, Judging, Spent
    from newsqa.evals.run_lines import RunLine


Outcome = Literal["right", "missed", "failed", "not judged"]
OUTCOMES: tuple[Outcome, ...] = get_args(Outcome)

Reply = Literal["answered", "refused", "none"]
REPLIES: tuple[Reply, ...] = get_args(Reply)


@dataclass(frozen=True, slots=True)
class ReportLine:
    """A line with its scores (0 to 1, those that apply to it) and the bucket that it falls in, None where in none."""

    line: RunLine
    scores: Mapping[str, float]
    bucket: Bucket | None

    @property
    def outcome(self) -> Outcome:
        """How the question came out; one that the set does not let tell right from wrong is not judged."""
        if self.line.failed:
            return "failed"
        if self.bucket:
            return "missed"
        return "not judged" if right(self.line) is None else "right"

    @property
    def reply(self) -> Reply:
        """What came back."""
        return "none" if self.line.failed else "refused" if self.line.refused else "answered"

    @property
    def verdict(self) -> str:
        """The outcome for a person: the bucket of a miss, and whether a refusal was right."""
        if self.outcome == "missed":
            return str(self.bucket)
        return "rightly refused" if self.outcome == "right" and self.line.refused else self.outcome


def report_lines(lines: Sequence[RunLine]) -> list[ReportLine]:
    """Score each line, in the order given."""
    return [_judged(line) for line in lines]


def _judged(line: RunLine) -> ReportLine:
    scores = registry.score(line)
    return ReportLine(line, scores, bucket(line, scores))


# Figures as people read them: shares in percent, the same in every report.

FAMILIES: dict[Family, str] = {
    "retrieval": "Finding",
    "answer": "Answers",
    "citations": "Citations",
    "refusal": "Refusals",
    "selective": "Confidence",
    "judge": "Judge model",
}
"""What the tables of metrics are headed with, in their order."""

HEADLINES = ("contains", "f1", "doc_hit@5", "citation_recall", "quote_fidelity", "over_refusal")
"""The metrics that a report opens with, where the run has them."""

NO_SHARES = frozenset({"aurc", "ece", "brier"})


def value_text(metric: str, value: float) -> str:
    """Write the value of a metric: "43.2 %", or "0.124" for an area or a squared error."""
    return f"{value:.3f}" if metric in NO_SHARES else f"{100 * value:.1f} %"


def interval_text(metric: str, interval: Interval | None) -> str:
    """Write an interval: "38.1 – 48.3", or "–" where there is none."""
    if interval is None:
        return "–"
    ends = (interval.low, interval.high)
    return " – ".join(value_text(metric, end).removesuffix(" %") for end in ends)


def seconds_text(seconds: float) -> str:
    """Write a time: "0.041 s", "2.31 s", "48 s"."""
    return f"{seconds:.3f} s" if seconds < 0.1 else f"{seconds:.2f} s" if seconds < 10 else f"{seconds:.0f} s"


def cost_text(spent: Spent) -> str:
    """Write what a run cost: "$1.24", or why that cannot be told."""
    if spent.cost is None:
        return "price not known"
    return f"${spent.cost:,.4f}" if 0 < spent.cost < 1 else f"${spent.cost:,.2f}"


def judging_text(judging: Judging, name: Callable[[str], str]) -> str:
    """Say who judged: "judged by openai:x: 58 answers, 2 of them without a score; …"; `name` writes a name."""
    owed = f", {judging.faults:,} of them without a score" if judging.faults else ""
    spent = judging.spent
    tokens = f"{spent.input_tokens + spent.output_tokens:,} tokens; {cost_text(spent)}"
    return f"judged by {' and '.join(map(name, judging.models))}: {count(judging.n, 'answer')}{owed}; {tokens}"


def share_text(part: int, whole: int) -> str:
    """Write a part of a whole: "12.4 %", or "–" of nothing."""
    return f"{100 * part / whole:.1f} %" if whole else "–"


# What a question of a set expects, in words: accepted answers, and where the answer stands.


def parts(answer: Accepted) -> tuple[str, ...]:
    """Return the parts of an accepted answer, all of which are required; most have one."""
    return (answer,) if isinstance(answer, str) else answer


def accepted_text(answer: Accepted) -> str:
    """Write an accepted answer: “Ostby” and “Tarn” where both are required."""
    return " and ".join(f"“{part}”" for part in parts(answer))


def gold_text(gold: Gold) -> str:
    """Write where an answer stands: the address, file or article, and the words there."""
    where = gold.url or gold.path or gold.article_id or ""
    quote = f"“{gold.quote}”" if gold.quote else ""
    return ": ".join(part for part in (where, quote) if part)
