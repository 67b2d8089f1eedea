"""A run as the metrics of whole sets see it: four numbers a line, made once, resampled thousands of times."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from newsqa.evals.scorers.rightness import answerable, right
from newsqa.evals.scorers.said import answered

if TYPE_CHECKING:
    from collections.abc import Sequence

    from newsqa.evals.lines import Line

Floats = npt.NDArray[np.float64]
Counts = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """Columns, an entry a line, in the order of the lines; all float64 of shape (lines,).

    `refused` is 1 where the answer is a refusal, else 0. `refusable` is 1 where a refusal is right, 0 where an answer
    is, nan where nobody knows. `right` is 1 or 0 for answered questions, nan for others and where it cannot be told.
    `confidence` lies in 0..1, nan where the answer states none.
    """

    refused: Floats
    refusable: Floats
    right: Floats
    confidence: Floats

    def __len__(self) -> int:
        return len(self.refused)


def table(lines: Sequence[Line]) -> Table:
    """Make the table of a run."""
    rows = np.array([_row(line) for line in lines], dtype=np.float64).reshape(-1, 4)
    return Table(*rows.T)


def share(part: Floats, total: Counts) -> Floats:
    """Divide, giving nan where there is nothing to divide by."""
    shares: Floats = np.divide(part, total, out=np.full(len(total), np.nan), where=total > 0)
    return shares


def _row(line: Line) -> tuple[float, float, float, float]:
    can_be = answerable(line.item)
    told = right(line) if answered(line) else None
    return (
        float(line.refused and not line.failed),
        float("nan") if can_be is None else float(not can_be),
        float("nan") if told is None else float(told),
        _confidence(line.record.get("confidence")),
    )


def _confidence(stated: object) -> float:
    """Read a confidence; what is no number, or lies outside 0..1, states none."""
    known = isinstance(stated, int | float) and not isinstance(stated, bool) and 0 <= stated <= 1
    return float(stated) if known else float("nan")  # type: ignore[arg-type]
