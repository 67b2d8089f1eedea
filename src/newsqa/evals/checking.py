"""Scores the check of sentences on labelled pairs: how many true sentences it keeps, and how many false ones pass.

A row is a JSON object: `id`, `sentence`, `quotes`, `supported` and, where known, `kind` and `article` with its `title`,
`text`, `outlet`, `published` and `url`. Without a text the article is its quotes.
"""

from __future__ import annotations

import re
import time
from collections import Counter
from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING, Annotated, Any, NotRequired

from pydantic import BeforeValidator
from typing_extensions import TypedDict  # pydantic reads no other before Python 3.12

from newsqa import __version__
from newsqa.errors import SourceError
from newsqa.evals.datasets.entries import Day, Text, entries, read_object, read_text, set_error
from newsqa.evals.report.formatting import cost_text, share_text
from newsqa.evals.statistics import wilson
from newsqa.private_files import write_files
from newsqa.render.clean import safe_line
from newsqa.render.plain import escaped
from newsqa.render.record import to_document, to_line
from newsqa.types import Article, DraftSentence, Hit, JsonObject, Passage, Quote, Usage
from newsqa.verify.evidence import Fault
from newsqa.verify.judge import Question, ask_in_batches
from newsqa.verify.verifier import Verifier

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from newsqa.verify.judge import AsksJudge


@dataclass(frozen=True, slots=True)
class Pair:
    """A sentence with the quotes that it cites and their article; `kind` names what is true of it or wrong with it."""

    id: str
    sentence: str
    quotes: tuple[str, ...]
    article: Article
    supported: bool
    kind: str = ""


@dataclass(frozen=True, slots=True)
class PairResult:
    """A pair, what its sentence passed by, why it did not pass, and the seconds of processor time code took."""

    pair: Pair
    checked_by: str | None
    reason: str | None
    seconds: float

    @property
    def passed(self) -> bool:
        """True if the sentence may be shown."""
        return self.checked_by is not None


class _Article(TypedDict, total=False):
    title: Text
    text: Text
    outlet: Text
    byline: Text
    published: Annotated[Day, BeforeValidator(lambda day: day[:10] if isinstance(day, str) else day)]
    url: Text


class _Row(TypedDict):
    id: Text
    sentence: Text
    quotes: NotRequired[list[str]]
    supported: bool
    kind: NotRequired[str]
    article: NotRequired[_Article]


def read_pairs(path: Path) -> list[Pair]:
    """Read labelled pairs. Raises SourceError with all that is wrong with the file."""
    pairs, faults = dict[str, Pair](), list[tuple[str, str]]()
    for entry in entries(read_text(path)):
        if entry.fault or not isinstance(entry.value, dict):
            faults.append((entry.place, entry.fault or "this is no object"))
            continue
        row, wrong = read_object(_Row, entry.value)
        faults += [(entry.place, fault) for fault in wrong]
        if row and row["id"] in pairs:
            faults.append((entry.place, f"the id “{row['id']}” was used before"))
        elif row:
            pairs[row["id"]] = _pair(row)
    if faults:
        raise set_error(path, faults)
    if not pairs:
        raise SourceError(f"The set {path} holds no sentence.", hint="It is JSON, one sentence with its quotes a line.")
    return list(pairs.values())


def _pair(row: _Row) -> Pair:
    about: dict[str, Any] = {**row.get("article", {})}
    quotes = row.get("quotes", [])
    text = about.pop("text", "\n".join(quotes))
    place = str(about.get("url") or row["id"])
    article = Article(place, text, place, **about)
    return Pair(row["id"], row["sentence"], tuple(quotes), article, row["supported"], row.get("kind", ""))


def check_pairs(
    pairs: Sequence[Pair], judge: AsksJudge | None = None, seconds: float = 60.0
) -> tuple[list[PairResult], Usage]:
    """Check each sentence against its quotes, with its whole article as evidence; return what the judge took, too.

    Without a judge only what is word for word in its quotes, or a shortening of them, passes. The judge has `seconds`
    for each of its calls.
    """
    checked = []
    for pair in pairs:
        began = time.process_time()
        article = pair.article
        hit = Hit(Passage(1, article.id, 0, len(article.text), article.text), article, 1.0)
        one = Verifier([hit]).check(DraftSentence(pair.sentence, tuple(_quotes(pair))))
        checked.append((one, time.process_time() - began))
    open_ = [one for one, _ in checked if one.undecided]
    usage = Usage()
    if judge:
        faults, usage = ask_in_batches(judge, [Question(one.text, one.quotes) for one in open_], seconds)
        for one, fault in zip(open_, faults, strict=True):
            one.decide(fault)
    results = [
        PairResult(pair, one.checked_by, None if one.checked_by else str(one.fault or Fault("own_words")), took)
        for pair, (one, took) in zip(pairs, checked, strict=True)
    ]
    return results, usage


def _quotes(pair: Pair) -> Iterator[Quote]:
    """Yield the quotes as spans of the article; what is not in it is no quote. White space may differ."""
    for quote in pair.quotes:
        pattern = r"\s+".join(map(re.escape, quote.split()))
        if pattern and (found := re.search(pattern, pair.article.text)):
            yield Quote(pair.article, *found.span())


# What it came to: shares by kind with Wilson's intervals of 95 %.


def check_report(results: Sequence[PairResult], judge: str, usage: Usage) -> JsonObject:
    """Return the figures as JSON values; shares are 0 to 1."""
    true, false = ([one for one in results if one.pair.supported is kind] for kind in (True, False))
    groups = {"all true": true, "all false": false}
    for one in sorted(results, key=lambda one: (not one.pair.supported, one.pair.kind)):
        groups.setdefault(f"{'true' if one.pair.supported else 'false'}: {one.pair.kind}", []).append(one)
    kept, passed = (sum(one.passed for one in group) / len(group) if group else None for group in (true, false))
    return {
        "newsqa": __version__,
        "judge": judge,
        "sentences": len(results),
        "figures": [_figure(name, group) for name, group in groups.items() if group],
        "balanced_accuracy": (kept + 1 - passed) / 2 if kept is not None and passed is not None else None,
        "checked_by": dict(sorted(Counter(one.checked_by for one in results if one.checked_by).items())),
        "without_verdict": sum(bool(one.reason and one.reason.endswith("gave no verdict on it")) for one in results),
        "median_ms": round(1000 * median(one.seconds for one in results), 1),
        "usage": {"input_tokens": usage.input_tokens, "output_tokens": usage.output_tokens, "cost": usage.cost},
    }


def _figure(name: str, group: Sequence[PairResult]) -> JsonObject:
    passed = sum(one.passed for one in group)
    ends = wilson(passed, len(group))
    share = passed / len(group)
    return {"kind": name, "n": len(group), "passed": passed, "share": share, "interval": [ends.low, ends.high]}


def report_lines(report: JsonObject) -> Iterator[str]:
    """Yield the report as Markdown."""
    yield f"# Check of {report['sentences']:,} sentences, judge: {escaped(safe_line(report['judge']))}\n"
    yield "| kind | sentences | passed | share | 95 % |"
    yield "|---|---:|---:|---:|---:|"
    for figure in report["figures"]:
        low, high = figure["interval"]
        share = share_text(figure["passed"], figure["n"])
        kind = escaped(safe_line(figure["kind"]))
        yield f"| {kind} | {figure['n']} | {figure['passed']} | {share} | {100 * low:.1f} – {100 * high:.1f} |"
    by = ", ".join(f"{kind} {n}" for kind, n in report["checked_by"].items()) or "nothing"
    yield f"\nPassed by: {by}. Median {report['median_ms']} ms of processor time a sentence, without the judge."
    if report["balanced_accuracy"] is not None:
        yield f"Balanced accuracy {100 * report['balanced_accuracy']:.1f} %."
    if report["without_verdict"]:
        yield f"The judge gave no verdict on {report['without_verdict']} of them, which counts as no."
    yield f"The judge's cost: {cost_text(Usage(**report['usage']))}."


def write_check(folder: Path, results: Sequence[PairResult], report: JsonObject) -> None:
    """Write checked.jsonl, report.json and report.md into a folder. Raises SourceError."""
    rows = (
        {"id": one.pair.id, "passed": one.passed, "checked_by": one.checked_by, "reason": one.reason} for one in results
    )
    texts = {
        "checked.jsonl": "".join(f"{to_line(row)}\n" for row in rows),
        "report.json": to_document(report),
        "report.md": "\n".join([*report_lines(report), ""]),
    }
    write_files(folder, texts, hint="Make room or name another folder, and run the same command again.")
