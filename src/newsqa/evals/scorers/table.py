"""A run as the metrics of whole sets see it: four numbers a line, made once, resampled thousands of times."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from newsqa.evals.lines import Line

    Floats = npt.NDArray[np.float64]


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
    raise NotImplementedError
