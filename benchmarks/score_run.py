"""Score the records of `newsqa eval run` against their set of questions.

    newsqa eval run SET --index DIR --out OUT
    python benchmarks/score_run.py SET OUT

An answer is right where an accepted answer stands in its text as whole words in order (case, punctuation and markup
removed); hit@k counts questions with an accepted answer in one of the first k passages. A refusal is never right for
a question that has an answer, and always for one that has none.
"""

from __future__ import annotations

import argparse
import json
import re
import statistics
from pathlib import Path
from typing import Any

from news_quiz import normal

Row = dict[str, Any]

_MARKERS = re.compile(r"\[\d+\]")


def main() -> None:
    """Print what a run came to."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("set", type=Path)
    parser.add_argument("run", type=Path)
    given = parser.parse_args()
    records = {record["id"]: record for record in _rows(given.run / "run.jsonl")}
    pairs = [(question, records[question["id"]]) for question in _rows(given.set)]
    answerable = [pair for pair in pairs if pair[0].get("answerable", True)]
    print_answerable(answerable)
    if unanswerable := [record for question, record in pairs if not question.get("answerable", True)]:
        refused = sum(record["refused"] for record in unanswerable)
        print(f"without an answer: {len(unanswerable)} questions, {refused / len(unanswerable):.1%} refused")
    seconds = statistics.quantiles((record["timings"]["total"] for record in records.values()), n=20)
    print(f"seconds a question: p50 {seconds[9]:.2f}, p95 {seconds[18]:.2f}")


def print_answerable(pairs: list[tuple[Row, Row]]) -> None:
    """Print how questions that have an answer fared."""
    answered = [(question, record) for question, record in pairs if not record["refused"]]
    right = sum(holds(record["text"], question) for question, record in answered)
    words = statistics.median([len(record["text"].split()) for _, record in answered] or [0])
    print(
        f"with an answer: {len(pairs)} questions, {len(answered) / len(pairs):.1%} answered, {right / len(pairs):.1%} "
        f"right, {right / max(1, len(answered)):.1%} of those answered; median of {words:.0f} words"
    )
    for k in (1, 5, 10):
        hits = sum(any(holds(p["text"], question) for p in record["retrieved"][:k]) for question, record in pairs)
        print(f"hit@{k}: {hits / len(pairs):.1%}")


def holds(text: str, question: Row) -> bool:
    """Tell whether an accepted answer of a question stands in a text."""
    plain = normal(_MARKERS.sub(" ", text))
    return any(normal(accepted) in plain for accepted in question.get("answers", ()))


def _rows(path: Path) -> list[Row]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines() if line.strip()]


if __name__ == "__main__":
    main()
