"""Refusals: whether those made were right, and whether those due were made."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from newsqa.evals.scorers.rightness import answerable
from newsqa.evals.scorers.table import share

if TYPE_CHECKING:
    from newsqa.evals.lines import Line
    from newsqa.evals.scorers.table import Counts, Floats, Table


def refusal_scores(line: Line) -> dict[str, float]:
    """Score whether a question was refused: good where it cannot be answered, over-refusal where it can.

    A failure is no refusal.
    """
    can_be = answerable(line.item)
    if can_be is None:
        return {}
    refused = float(line.refused and not line.failed)
    return {"over_refusal": refused} if can_be else {"refusal_recall": refused}


def refusal_precision(table: Table, weights: Counts) -> Floats:
    """Share of the refusals that were right, where it is known what is right, in each resample."""
    known = np.flatnonzero((table.refused == 1) & ~np.isnan(table.refusable))
    counted = weights[:, known]
    return share(counted @ table.refusable[known], counted.sum(axis=1))
