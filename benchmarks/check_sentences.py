"""Measure the check of written sentences: how many false ones pass, and how many true ones are dropped, by kind.

    python benchmarks/check_sentences.py [--judge none|yes|FILE] [--pairs FILE --articles FILE] [--half 0|1] [--wrong]

The sentences are those of tests/data/check: true paraphrases of articles in corpus/, and ones altered in number, name,
date, quotation, speaker, negation, role or unit, each with the sentences of the article that it cites. A further kind,
"joined", is made of the true ones: each goes on with a part of another one about the same article, which its own quotes
do not have. `--pairs` takes other sentences in their place (one JSON object a line: id, url, sentence, quotes,
supported, kind), about the `--articles` of a file of articles; `--half` takes those whose article's address has an even
or odd digest, so that one half can be kept back.

Each goes through `newsqa.verify.verifier.Verifier` as a draft's would, with the whole article as evidence. With
`--judge yes` only the values decide; a FILE has the verdicts of a model, {id: {"verdict": "yes"}}.
`--wrong` prints what was judged wrongly, and why. Shares come with Wilson's interval of 95 %.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import json
import time
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

from newsqa.evals.statistics import wilson
from newsqa.ingest.files import FileFound, RawArticle, scan
from newsqa.ingest.readers.registry import read_file
from newsqa.types import Article, DraftSentence, Hit, Passage, Quote, Usage
from newsqa.verify.faults import Fault
from newsqa.verify.judge import JudgeQueue
from newsqa.verify.verifier import Verifier

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from newsqa.verify.judge import Question

    Row = dict[str, Any]
    Says = Callable[[str], bool]

ROOT = Path(__file__).parents[1]
SENTENCES = ROOT / "tests" / "data" / "check"
VALUES = ("number", "date", "quote", "misquote")
"""The kinds of which next to none may pass without a judge's help."""


@dataclass(frozen=True, slots=True)
class Labelled:
    """A sentence with the quotes that it cites, its article, and its kind: "true", or what is wrong with it."""

    id: str
    kind: str
    split: str
    sentence: str
    quotes: tuple[str, ...]
    article: Article
    supported: bool


@dataclass(frozen=True, slots=True)
class Judged:
    """A sentence, what it passed by, why it was dropped (None where it passed), and the seconds that took."""

    kind: str
    split: str
    text: str
    supported: bool
    checked_by: str
    why: str | None
    seconds: float

    @property
    def wrong(self) -> bool:
        """Whether a true one was dropped or a false one passed."""
        return (self.why is None) != self.supported


def judge(rows: Sequence[Labelled] | None = None, says: Says | None = None) -> list[Judged]:
    """Put sentences, else every committed one, through the check; `says` is the judge, by the id of a sentence."""
    return [_judged(row, says) for row in (committed() if rows is None else rows)]


def _judged(row: Labelled, says: Says | None) -> Judged:
    began = time.process_time()
    starts = [(row.article.text.index(quote), len(quote)) for quote in row.quotes]
    quotes = tuple(Quote(row.article, start, start + length) for start, length in starts)
    hit = Hit(Passage(1, row.article.id, 0, len(row.article.text), row.article.text), row.article, 1.0)

    def ask(questions: Sequence[Question], _: float) -> tuple[list[Fault | None], Usage]:
        verdict = None if says and says(row.id) else Fault("judged_false", ("the judge", "it says no"))
        return [verdict] * len(questions), Usage()

    verifier = Verifier([hit], JudgeQueue(ask, time.monotonic() + 60) if says else None)
    verifier.add(DraftSentence(row.sentence, quotes))
    verifier.finish()
    result = verifier.result()
    checked_by = result.sentences[0].checked_by if result.sentences else ""
    why = result.dropped[0].why if result.dropped else None
    seconds = time.process_time() - began
    return Judged(row.kind, row.split, row.sentence, row.supported, checked_by, why, seconds)


def committed() -> list[Labelled]:
    """Read the committed sentences."""
    articles = {article.path: article for article in corpus()}
    rows = [
        row
        for file in sorted(SENTENCES.glob("*.jsonl"))
        for row in map(json.loads, file.read_text("utf-8").splitlines())
    ]
    return [
        Labelled(
            row["id"],
            row["kind"],
            row["split"],
            row["sentence"],
            tuple(row["quotes"]),
            articles[row["path"]],
            row["kind"] == "true",
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


def read_pairs(pairs: Path, articles: Path, half: int | None = None) -> list[Labelled]:
    """Read labelled sentences about the articles of a file."""
    rows = [json.loads(line) for line in pairs.read_text("utf-8").splitlines()]
    wanted = {row["url"] for row in rows}
    data = articles.read_bytes()
    lines = (gzip.decompress(data) if articles.suffix == ".gz" else data).decode("utf-8").splitlines()
    found = {one["url"]: one for one in map(json.loads, lines) if one["url"] in wanted}
    return [
        Labelled(
            row["id"],
            f"true {row['kind']}" if row["supported"] else row["kind"],
            str(_half(row["url"])),
            row["sentence"],
            tuple(row["quotes"]),
            _article(found[row["url"]]),
            row["supported"],
        )
        for row in rows
        if half is None or _half(row["url"]) == half
    ]


def _half(url: str) -> int:
    return hashlib.sha256(url.encode()).digest()[-1] % 2


def _article(row: Row) -> Article:
    published = date.fromisoformat(row["published"][:10]) if row.get("published") else None
    byline = ", ".join(row.get("authors") or ()) or None
    return Article(row["url"], row["text"], row["url"], row["title"], row["outlet"], byline, published, row["url"])


def table(judged: Sequence[Judged]) -> Iterator[str]:
    """Write the shares as a table in Markdown."""
    yield "| kind | sentences | wrongly judged | share | 95 % |"
    yield "|---|---|---|---|---|"
    groups = {one.kind: {one.kind} for one in sorted(judged, key=lambda one: (not one.supported, one.kind))}
    true = {one.kind for one in judged if one.supported}
    groups |= {"all true": true, "all false": {*groups} - true, ", ".join(VALUES): {*VALUES}}
    for name, kinds in groups.items():
        if asked := [one for one in judged if one.kind in kinds]:
            wrong = sum(one.wrong for one in asked)
            ends = wilson(wrong, len(asked))
            said = f"{name} ({'dropped' if asked[0].supported else 'passed'})"
            share, low, high = (f"{100 * value:.1f} %" for value in (wrong / len(asked), ends.low, ends.high))
            yield f"| {said} | {len(asked)} | {wrong} | {share} | {low} to {high} |"
    passed = [one.checked_by for one in judged if one.checked_by]
    yield f"\nPassed by: {', '.join(f'{kind} {passed.count(kind)}' for kind in sorted(set(passed))) or 'none'}."
    yield f"Median {1000 * median(one.seconds for one in judged):.1f} ms of processor time a sentence."


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--judge", default="none", help="none, yes, or a file of verdicts [none]")
    parser.add_argument("--pairs", type=Path, help="labelled sentences in place of the committed ones")
    parser.add_argument("--articles", type=Path, help="the articles that they are about")
    parser.add_argument("--half", type=int, choices=(0, 1), help="only this half of --pairs")
    parser.add_argument("--wrong", action="store_true", help="print what was judged wrongly")
    asked = parser.parse_args()
    says: Says | None = None if asked.judge == "none" else lambda _: True
    if asked.judge not in {"none", "yes"}:
        verdicts = json.loads(Path(asked.judge).read_text("utf-8"))
        says = lambda id_: verdicts.get(id_, {}).get("verdict") == "yes"  # noqa: E731
    judged = judge(read_pairs(asked.pairs, asked.articles, asked.half) if asked.pairs else None, says)
    print(*table(judged), sep="\n")
    if asked.wrong:
        print(*(f"\n{one.kind}: {one.text}\n    {one.why}" for one in judged if one.wrong), sep="\n")


if __name__ == "__main__":
    main()
