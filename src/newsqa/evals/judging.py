"""Who judged the answers of a run, and what that took: told wherever a judge's figures are shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from newsqa.evals.figures import Judging, Spent

if TYPE_CHECKING:
    from collections.abc import Sequence

    from newsqa.evals.lines import Line


def judging(lines: Sequence[Line]) -> Judging | None:
    """Sum up what judge models were asked; None where none was."""
    given = [line.judge for line in lines if line.judge]
    if not given:
        return None
    costs = [judge.usage.cost for judge in given]
    spent = Spent(
        sum(judge.usage.input_tokens for judge in given),
        sum(judge.usage.output_tokens for judge in given),
        None if None in costs else sum(cost for cost in costs if cost),
    )
    names = tuple(sorted({judge.model for judge in given}))
    return Judging(names, len(given), sum(judge.fault is not None for judge in given), spent)
