"""The metrics that there are, as people name them, and over which questions each is taken."""

from __future__ import annotations

from newsqa.evals.figures import Family, Metric

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
