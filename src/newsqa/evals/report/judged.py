"""A line of a run with what scoring makes of it: its scores, its bucket and, in one word, how it came out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, get_args

from newsqa.evals import scorers
from newsqa.evals.buckets import bucket
from newsqa.evals.scorers.rightness import right

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from newsqa.evals.figures import Bucket
    from newsqa.evals.lines import Line

Outcome = Literal["right", "missed", "failed", "not judged"]
OUTCOMES: tuple[Outcome, ...] = get_args(Outcome)

Reply = Literal["answered", "refused", "none"]
REPLIES: tuple[Reply, ...] = get_args(Reply)


@dataclass(frozen=True, slots=True)
class Judged:
    """A line with its scores (0 to 1, those that apply to it) and the bucket that it falls in, None where in none."""

    line: Line
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


def judged(lines: Sequence[Line]) -> list[Judged]:
    """Score each line, in the order given."""
    return [_judged(line) for line in lines]


def _judged(line: Line) -> Judged:
    scores = scorers.score(line)
    return Judged(line, scores, bucket(line, scores))
