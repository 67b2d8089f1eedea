"""What a run comes to, as values: figures with their certainty, misses in their buckets, curves. No file, no screen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

Family = Literal["retrieval", "answer", "citations", "refusal", "selective", "judge"]
Better = Literal["higher", "lower", "neither"]
Bucket = Literal[
    "not in the index", "not retrieved", "retrieved but not used", "wrong answer", "wrong citation", "wrongly refused"
]
"""Where a miss went wrong, in the order of the way of a question; a miss falls in the first that fits."""


@dataclass(frozen=True, slots=True)
class Metric:
    """A metric as people name it on the command line ("f1", "doc_hit@5").

    `rate` tells that each question scores 0 or 1. `note` says in a sentence what it measures, over which questions.
    """

    name: str
    family: Family
    title: str
    note: str
    better: Better = "higher"
    rate: bool = False


@dataclass(frozen=True, slots=True)
class Interval:
    """A 95 % confidence interval."""

    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Figure:
    """The value of a metric over `n` questions, with its interval; None where there are too few to tell."""

    metric: str
    value: float
    n: int
    interval: Interval | None = None


@dataclass(frozen=True, slots=True)
class Latency:
    """Seconds that a stage took over `n` questions."""

    stage: str
    p50: float
    p95: float
    n: int


@dataclass(frozen=True, slots=True)
class Spent:
    """Tokens read and written, and US dollars; None where the price of the model is not known."""

    input_tokens: int
    output_tokens: int
    cost: float | None


@dataclass(frozen=True, slots=True)
class Judging:
    """Who judged a run: the names of the judge models, over `n` answers, `faults` of them without a score they owe."""

    models: tuple[str, ...]
    n: int
    faults: int
    spent: Spent


@dataclass(frozen=True, slots=True)
class Bin:
    """Answers whose confidence lies in one tenth: their mean confidence and the share that is right."""

    confidence: float
    accuracy: float
    n: int


@dataclass(frozen=True, slots=True)
class Summary:
    """A run as a whole.

    `curve` is risk-coverage: (coverage, risk) from the most confident answer on. `tags` has the figures of each tag's
    questions; `buckets` the ids of the questions missed. `smallest` is, for a metric, the smallest difference between
    two runs that a set of this size and spread would show in four of five trials. `judging` is None where no judge
    model was asked.
    """

    questions: int
    asked: int
    failed: int
    refused: int
    model: str
    index: str
    config: str
    median_words: float
    figures: tuple[Figure, ...]
    tags: Mapping[str, tuple[Figure, ...]]
    buckets: Mapping[Bucket, tuple[str, ...]]
    latencies: tuple[Latency, ...]
    spent: Spent
    curve: tuple[tuple[float, float], ...]
    calibration: tuple[Bin, ...]
    smallest: Mapping[str, float]
    judging: Judging | None = None
