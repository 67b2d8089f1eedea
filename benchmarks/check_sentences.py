"""Measure the check of written sentences: how many false ones pass, and how many true ones are dropped, by kind.

    python benchmarks/check_sentences.py [--split dev|held] [--alone] [--wrong]

The sentences stand in tests/data/check: true paraphrases of articles in corpus/, and ones altered in number, name,
date, quotation, speaker, negation, role or unit, each with the sentences of the article that it cites. Each goes
through `newsqa.verify.verifier.Verifier` as a draft's would, with the whole article as evidence, so that other
citations are found if its own do not support it; `--alone` checks it against the cited sentences only. A further kind,
"joined", is made of the true ones: each goes on with a part of another one about the same article, which its own quotes
do not have. `--wrong` prints what was judged wrongly, and why.
Shares come with Wilson's interval of 95 %.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from newsqa.evals.statistics import wilson
from newsqa.ingest.files import FileFound, RawArticle, scan
from newsqa.ingest.readers.registry import read_file
from newsqa.models import create_token_encoder
from newsqa.settings import Settings
from newsqa.types import Article, DraftSentence, Dropped, Hit, Passage, Quote
from newsqa.verify.support import check_quotes
from newsqa.verify.verifier import Verifier

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    Row = dict[str, Any]

ROOT = Path(__file__).parents[1]
SENTENCES = ROOT / "tests" / "data" / "check"
_ENCODER = create_token_encoder(Settings())
STRICT = ("number", "name", "date", "quote", "negation")
"""The kinds of which next to none may pass."""

LOOSE = ("role", "speaker")
KINDS = ("true", *STRICT, *LOOSE, "unit", "joined")


@dataclass(frozen=True, slots=True)
class Judged:
    """A sentence, whether it is true, and why it was dropped; None where it passed."""

    kind: str
    split: str
    text: str
    why: str | None

    @property
    def wrong(self) -> bool:
        """Whether a true one was dropped or a false one passed."""
        return (self.why is not None) == (self.kind == "true")


def judge(*, alone: bool = False) -> list[Judged]:
    """Put every committed sentence through the check."""
    articles = {article.path: article for article in corpus()}
    rows = [
        row
        for file in sorted(SENTENCES.glob("*.jsonl"))
        for row in map(json.loads, file.read_text("utf-8").splitlines())
    ]
    return [
        Judged(row["kind"], row["split"], row["sentence"], _why(row, articles[row["path"]], alone=alone))
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


def _why(row: Row, article: Article, *, alone: bool) -> str | None:
    starts = [(article.text.index(quote), len(quote)) for quote in row["quotes"]]
    quotes = tuple(Quote(article, start, start + length) for start, length in starts)
    if alone:
        fault = check_quotes(row["sentence"], quotes, _ENCODER).fault
        return str(fault) if fault else None
    passage = Passage(1, article.id, 0, len(article.text), article.text)
    taken = Verifier([Hit(passage, article, 1.0)], _ENCODER).verify_sentence(DraftSentence(row["sentence"], quotes))
    return taken.why if isinstance(taken, Dropped) else None


def table(judged: list[Judged]) -> Iterator[str]:
    """Write the shares as a table in Markdown."""
    yield "| kind | sentences | wrongly judged | share | 95 % |"
    yield "|---|---|---|---|---|"
    groups = {kind: (kind,) for kind in KINDS} | {", ".join(STRICT): STRICT, ", ".join(LOOSE): LOOSE}
    for name, kinds in groups.items():
        if asked := [one for one in judged if one.kind in kinds]:
            wrong = sum(one.wrong for one in asked)
            ends = wilson(wrong, len(asked))
            said = f"{name} (dropped)" if name == "true" else f"{name} (passed)"
            share, low, high = (f"{100 * value:.1f} %" for value in (wrong / len(asked), ends.low, ends.high))
            yield f"| {said} | {len(asked)} | {wrong} | {share} | {low} to {high} |"


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--split", choices=("dev", "held"), help="only this part")
    parser.add_argument("--alone", action="store_true", help="do not mend citations")
    parser.add_argument("--wrong", action="store_true", help="print what was judged wrongly")
    asked = parser.parse_args()
    judged = judge(alone=asked.alone)
    for split in [asked.split] if asked.split else ["dev", "held", None]:
        some = [one for one in judged if split in {one.split, None}]
        print(f"\n{split or 'both'}\n", *table(some), sep="\n")
        if asked.wrong and split:
            counts = Counter(one.kind for one in some if one.wrong)
            print(
                f"\n{dict(counts)}", *(f"{one.kind}: {one.text}\n    {one.why}" for one in some if one.wrong), sep="\n"
            )


if __name__ == "__main__":
    main()
