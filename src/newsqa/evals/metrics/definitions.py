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
class Estimate:
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
    figures: tuple[Estimate, ...]
    tags: Mapping[str, tuple[Estimate, ...]]
    buckets: Mapping[Bucket, tuple[str, ...]]
    latencies: tuple[Latency, ...]
    spent: Spent
    curve: tuple[tuple[float, float], ...]
    calibration: tuple[Bin, ...]
    smallest: Mapping[str, float]
    judging: Judging | None = None


# The metrics that there are, as people name them, and over which questions each is taken.

DEPTHS = (1, 5, 10)
"""How many of the first found count for hit@k."""

_DOCUMENT = "Over questions with gold; articles in the order of their first passage, copies of a gold article as one."
_PASSAGE = (
    "Over questions with short answers or gold quotes; a passage counts that holds an accepted answer or half of a "
    "gold quote."
)
_ANSWER = "Over questions with accepted answers; a refusal or failure scores 0."
_CITED = "Over answers that cite, where the index was at hand."
_LEXICAL = "by lexical support, which reads words and not meaning; over answers, refusals aside."
_SELECTIVE = "Over answered questions that can be told right from wrong, by the confidence of their answers."


def _found(unit: str, title: str, note: str) -> tuple[Metric, ...]:
    def metric(name: str, what: str, *, rate: bool = False) -> Metric:
        return Metric(f"{unit}_{name}", "retrieval", f"{title}: {what}", note, rate=rate)

    return (
        *(metric(f"hit@{k}", f"one in the first {k}" if k > 1 else "the first one", rate=True) for k in DEPTHS),
        *(metric(f"recall@{k}", f"share in the first {k}") for k in DEPTHS[1:]),
        metric("mrr", "reciprocal rank of the first"),
        metric("ndcg@10", "nDCG in the first 10"),
    )


def _of(family: Family, name: str, title: str, note: str) -> Metric:
    return Metric(name, family, title, note)


METRICS: tuple[Metric, ...] = (
    *_found("doc", "Gold article", _DOCUMENT),
    *_found("passage", "Evidence", _PASSAGE),
    Metric("em", "answer", "Exact match", f"The answer is an accepted one, and nothing else. {_ANSWER}", rate=True),
    _of("answer", "f1", "F1 of words", f"Words shared with the nearest accepted answer. {_ANSWER}"),
    Metric(
        "contains",
        "answer",
        "Contains an accepted answer",
        f"An accepted answer stands in the answer, as whole words; reference texts are not looked for. {_ANSWER}",
        rate=True,
    ),
    _of("answer", "rouge_l", "ROUGE-L", f"Longest common run of words, gaps allowed, as F. {_ANSWER}"),
    _of("citations", "citation_existence", "Citations that exist", f"Article and its particulars are there. {_CITED}"),
    _of("citations", "quote_fidelity", "Quotes that stand so", f"Quotes are the article's, to the letter. {_CITED}"),
    _of("citations", "citation_recall", "Sentences supported", f"Share of factual sentences supported, {_LEXICAL}"),
    _of("citations", "citation_precision", "Citations of use", f"Share of citations that help support, {_LEXICAL}"),
    _of(
        "refusal",
        "refusal_precision",
        "Refusals that were right",
        "Over refusals of questions known to be answerable or not.",
    ),
    Metric("refusal_recall", "refusal", "Unanswerable refused", "Over questions marked as unanswerable.", rate=True),
    Metric(
        "over_refusal",
        "refusal",
        "Answerable refused",
        "Over questions with answers or gold, unless marked as unanswerable, and those marked as answerable.",
        "lower",
        rate=True,
    ),
    Metric("aurc", "selective", "Area under risk-coverage", _SELECTIVE, "lower"),
    _of("selective", "coverage@5", "Coverage at 5 % risk", _SELECTIVE),
    Metric("ece", "selective", "Calibration error", f"In ten bins. {_SELECTIVE}", "lower"),
    Metric("brier", "selective", "Brier score", _SELECTIVE, "lower"),
    _of("judge", "judge_faithfulness", "Faithful, says a judge model", "Over answers that a judge was asked about."),
    _of("judge", "judge_correctness", "Correct, says a judge model", "Over answers that a judge was asked about."),
)

WHOLE = frozenset({"refusal_precision", "aurc", "coverage@5", "ece", "brier"})
"""Metrics that a set of answers has and a single one has not; the others are means over questions."""
