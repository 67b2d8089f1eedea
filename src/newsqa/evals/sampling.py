"""A run with its scores, and what each metric rests on: samples of one run, or of two over the same questions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from newsqa.evals import scorers
from newsqa.evals.scorers.metrics import WHOLE
from newsqa.evals.scorers.table import Table
from newsqa.evals.scorers.table import table as scorers_table
from newsqa.evals.statistics.contrast import contrast
from newsqa.evals.statistics.samples import means, paired_means, pool

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy.typing as npt

    from newsqa.evals.lines import Line
    from newsqa.evals.statistics.contrast import Contrast
    from newsqa.evals.statistics.samples import Pool, Sample

    Numbers = npt.NDArray[np.float64]
    Scores = Mapping[str, float]

RIGHT_REFUSALS = "refusal_precision"
"""A metric of the whole set that is a rate over the answers that are refusals, and is treated as one."""


@dataclass(frozen=True, slots=True)
class Scored:
    """The lines of a run, the scores that each has by itself, and the table for what only the whole has."""

    lines: Sequence[Line]
    scores: Sequence[Scores]
    table: Table

    @property
    def groups(self) -> list[str]:
        """The cluster of each line."""
        return [line.item.group for line in self.lines]

    def part(self, places: Sequence[int]) -> Scored:
        """Return the lines at some places, in that order, as a run of their own."""
        lines = [self.lines[place] for place in places]
        return Scored(lines, [self.scores[place] for place in places], _rows(self.table, np.array(places, dtype=int)))


def scored(lines: Sequence[Line]) -> Scored:
    """Score a run."""
    return Scored(lines, [scorers.score(line) for line in lines], scorers_table(lines))


def sample(run: Scored, metric: str) -> Sample:
    """Return what a metric of a run rests on: the questions that it applies to."""
    if _of_the_whole(metric):
        return _pool(run, metric)
    return means(_column(run, metric), run.groups)


def contrasted(before: Scored, after: Scored, metric: str) -> Contrast | None:
    """Compare two runs in a metric; their lines must answer the same questions, in the same order.

    None where it applies to no question of one of them.
    """
    if _of_the_whole(metric):
        return contrast(*_pools(before, after, metric))
    return contrast(*paired_means(_column(before, metric), _column(after, metric), before.groups))


def questions(run: Scored, metric: str) -> int:
    """Count the questions of a run that a metric applies to."""
    if _of_the_whole(metric):
        return int(_told(run).sum())
    return sum(score is not None for score in _column(run, metric))


def _of_the_whole(metric: str) -> bool:
    return metric in WHOLE and metric != RIGHT_REFUSALS


def _column(run: Scored, metric: str) -> list[float | None]:
    if metric != RIGHT_REFUSALS:
        return [scores.get(metric) for scores in run.scores]
    counted = (run.table.refused == 1) & ~np.isnan(run.table.refusable)
    return [float(right) if counts else None for right, counts in zip(run.table.refusable, counted, strict=True)]


def _told(run: Scored) -> npt.NDArray[np.bool_]:
    """Tell which lines selective metrics are taken over: answered, known right or wrong, and sure of it in numbers."""
    return ~np.isnan(run.table.right) & ~np.isnan(run.table.confidence)


def _places(run: Scored, told: npt.NDArray[np.bool_]) -> list[int]:
    """Return where those lines stand, by the ids of their questions, so that the order of lines changes no digit."""
    return sorted(np.flatnonzero(told).tolist(), key=lambda place: run.lines[place].item.id)


def _pool(run: Scored, metric: str) -> Pool:
    part = run.part(_places(run, _told(run)))
    return pool(_matrix(part.table), part.groups, lambda own, _: scorers.resampled(metric, part.table, own))


def _pools(before: Scored, after: Scored, metric: str) -> tuple[Pool, Pool]:
    """Make one table of both runs, and weigh the lines of one or the other."""
    places = _places(before, _told(before) | _told(after))
    first, second = before.part(places), after.part(places)
    both = _joined(first.table, second.table)

    def measure_first(own: npt.NDArray[np.int64], other: npt.NDArray[np.int64]) -> Numbers:
        return scorers.resampled(metric, both, np.hstack([own, other]))

    def measure_second(own: npt.NDArray[np.int64], other: npt.NDArray[np.int64]) -> Numbers:
        return scorers.resampled(metric, both, np.hstack([other, own]))

    groups = first.groups
    return pool(_matrix(first.table), groups, measure_first), pool(_matrix(second.table), groups, measure_second)


def _matrix(table: Table) -> Numbers:
    return np.column_stack([table.refused, table.refusable, table.right, table.confidence])


def _rows(table: Table, places: npt.NDArray[np.int64]) -> Table:
    return Table(*_matrix(table)[places].T)


def _joined(first: Table, second: Table) -> Table:
    return Table(*np.vstack([_matrix(first), _matrix(second)]).T)
