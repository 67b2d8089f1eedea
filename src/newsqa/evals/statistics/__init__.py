"""How sure a figure is, and how sure a difference between two runs."""

from newsqa.evals.statistics.chance import Test, chance, holm, kind_of_test
from newsqa.evals.statistics.contrast import Contrast, contrast
from newsqa.evals.statistics.intervals import interval, interval_between
from newsqa.evals.statistics.power import smallest_between, smallest_of
from newsqa.evals.statistics.samples import Means, Pool, Sample, means, paired_means, pool

__all__ = [
    "Contrast",
    "Means",
    "Pool",
    "Sample",
    "Test",
    "chance",
    "contrast",
    "holm",
    "interval",
    "interval_between",
    "kind_of_test",
    "means",
    "paired_means",
    "pool",
    "smallest_between",
    "smallest_of",
]
