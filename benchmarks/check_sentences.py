"""Measure the check of written sentences on the committed ones: how many true and false ones pass, by kind.

    python benchmarks/check_sentences.py [--judge none|yes] [--wrong]

The sentences are those of tests/data/check: true paraphrases of articles in corpus/, and ones altered in number, name,
date, quotation, speaker, negation, role or unit, each with the sentences of the article that it cites. A further kind,
"joined", is made of the true ones: each goes on with a part of another one about the same article, which its own quotes
do not have. Each is checked as `newsqa eval check` does, which measures any other set, with any judge.

With `--judge yes` only the values decide. `--wrong` prints what was judged wrongly, and why.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from newsqa.evals.checking import Pair, check_pairs, check_report, report_lines
from newsqa.ingest.files import FileFound, RawArticle
from newsqa.ingest.readers.registry import read_file
from newsqa.ingest.scan import scan
from newsqa.types import Article, Usage

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from newsqa.evals.checking import PairResult
    from newsqa.verify.evidence import Fault
    from newsqa.verify.judge import Question

    Row = dict[str, Any]

ROOT = Path(__file__).parents[1]
SENTENCES = ROOT / "tests" / "data" / "check"


def believe(questions: Sequence[Question], _: float) -> tuple[list[Fault | None], Usage]:
    """Say yes to everything, as a judge that reads nothing does."""
    return [None] * len(questions), Usage()


def judge(rows: Sequence[Pair] | None = None, *, values_alone: bool = False) -> list[PairResult]:
    """Check sentences, else every committed one, without a judge or with one that says yes to everything."""
    return check_pairs(committed() if rows is None else rows, believe if values_alone else None)[0]


def committed() -> list[Pair]:
    """Read the committed sentences."""
    articles = {article.path: article for article in corpus()}
    rows = [
        row
        for file in sorted(SENTENCES.glob("*.jsonl"))
        for row in map(json.loads, file.read_text("utf-8").splitlines())
    ]
    return [
        Pair(
            row["id"],
            row["sentence"],
            tuple(row["quotes"]),
            articles[row["path"]],
            row["kind"] == "true",
            row["kind"],
        )
        for row in (*rows, *joined(rows))
    ]


def joined(rows: Sequence[Row]) -> Iterator[Row]:
    """Let each true sentence go on with the last part of the next one of its article that has other quotes."""
    true = [row for row in rows if row["kind"] == "true"]
    for at, row in enumerate(true):
        others = (other for other in (*true[at + 1 :], *true[:at]) if other["path"] == row["path"])
        other = next((one for one in others if not {*one["quotes"]} & {*row["quotes"]}), None)
        if other:
            part = other["sentence"].rstrip(".").rpartition(", ")[2]
            yield {**row, "kind": "joined", "sentence": f"{row['sentence'].rstrip('.')}, and {part}."}


def corpus() -> Iterator[Article]:
    """Read the sample articles."""
    for found in scan(str(ROOT / "corpus")):
        for raw in read_file(found) if isinstance(found, FileFound) else ():
            if isinstance(raw, RawArticle):
                path = f"corpus/{found.path}{raw.place}"
                known = {"title": raw.title, "outlet": raw.outlet, "byline": raw.byline}
                yield Article(path, raw.text, path, published=raw.published, **known)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--judge", default="none", choices=("none", "yes"), help="no judge, or one that says yes")
    parser.add_argument("--wrong", action="store_true", help="print what was judged wrongly")
    asked = parser.parse_args()
    results = judge(values_alone=asked.judge == "yes")
    print(*report_lines(check_report(results, asked.judge, Usage())), sep="\n")
    if asked.wrong:
        wrong = [one for one in results if one.passed != one.pair.supported]
        print(*(f"\n{one.pair.kind}: {one.pair.sentence}\n    {one.reason}" for one in wrong), sep="\n")


if __name__ == "__main__":
    main()
