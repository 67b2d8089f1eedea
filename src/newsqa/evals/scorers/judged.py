"""What a judge model said, where one was asked: its scores are taken as they are."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from newsqa.evals.lines import Line


def judge_scores(line: Line) -> dict[str, float]:
    """Return the scores that the judge gave; none where it was not asked, or gave none."""
    if line.judge is None:
        return {}
    said = {"judge_faithfulness": line.judge.faithfulness, "judge_correctness": line.judge.correctness}
    return {name: score for name, score in said.items() if score is not None}
