"""The reports of a run: JSON for programs, Markdown for a pull request, JUnit XML for servers that run checks; a page.

In Markdown all that comes from outside is text: no markup, no link, nobody is called by an @ and no thread by a #. Its
lists end where a comment on GitHub (65,536 characters) would no longer hold them.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from dataclasses import asdict
from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from newsqa import __version__
from newsqa.evals.report.formatting import (
    FAMILIES,
    cost_text,
    expected_texts,
    gold_text,
    interval_text,
    judging_text,
    seconds_text,
    share_text,
    value_text,
)
from newsqa.evals.report.page import page_report
from newsqa.evals.scoring import BY_NAME, METRICS
from newsqa.private_files import write_files
from newsqa.render.clean import safe, safe_line
from newsqa.render.plain import escaped
from newsqa.render.record import to_document
from newsqa.render.wording import count

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from newsqa.evals.metrics.base import Metric
    from newsqa.evals.scoring import Outcome, ScoredLine
    from newsqa.evals.summary import Estimate, Summary
    from newsqa.types import JsonObject


def write_reports(folder: Path, summary: Summary) -> None:
    """Write report.json, report.md, report.html and junit.xml of a run into its folder.

    A report that was there stays whole until its successor is. Raises SourceError if they cannot be written; other
    files of the folder are not touched.
    """
    write_files(
        folder,
        {
            "report.json": json_report(summary),
            "report.md": markdown_report(summary),
            "report.html": page_report(summary),
            "junit.xml": junit_report(summary),
        },
    )


# report.json: the summary of a run with what its metrics mean, and each question's scores, for programs.


def json_report(summary: Summary) -> str:
    """Return the report as JSON. Scores are 0 to 1, times seconds, costs US dollars; unknown is null."""
    return to_document(
        {
            "newsqa": __version__,
            **{name: getattr(summary, name) for name in ("model", "index", "config")},
            **{name: getattr(summary, name) for name in ("questions", "asked", "failed", "refused")},
            "median_words": _finite(summary.median_words),
            "metrics": {metric.name: metric.description for metric in METRICS},
            "figures": [_figure(figure) for figure in summary.figures],
            "smallest_difference": {name: _finite(value) for name, value in summary.smallest.items()},
            "tags": {tag: [_figure(figure) for figure in figures] for tag, figures in summary.tags.items()},
            "buckets": {bucket: list(ids) for bucket, ids in summary.buckets.items()},
            "latencies": [asdict(latency) for latency in summary.latencies],
            "spent": asdict(summary.spent),
            "judging": asdict(summary.judging) if summary.judging else None,
            "risk_coverage": [{"coverage": c, "risk": r} for c, r in summary.curve],
            "calibration": [asdict(one) for one in summary.calibration],
            "per_question": [_question(question) for question in summary.lines],
        }
    )


def _figure(figure: Estimate) -> JsonObject:
    interval = figure.interval
    return {
        "metric": figure.metric,
        "value": _finite(figure.value),
        "n": figure.n,
        "interval": [_finite(interval.low), _finite(interval.high)] if interval else None,
    }


def _question(question: ScoredLine) -> JsonObject:
    line = question.line
    return {
        "id": line.item.id,
        "key": line.key,
        "question": line.item.question,
        "tags": list(line.item.tags),
        "outcome": question.outcome,
        "bucket": question.bucket,
        "refused": line.refused,
        "error": line.record.get("error"),
        "scores": {name: _finite(score) for name, score in sorted(question.scores.items())},
    }


def _finite(value: float) -> float | None:
    """Return the value, or None for what JSON has no number for."""
    return value if math.isfinite(value) else None


# junit.xml: a test case a question, so that the servers which run people's checks list and follow them.
#
# The form is the one that Jenkins, GitLab and the reporters of GitHub read: `testsuites/testsuite/testcase` with
# `failure`, `error` or `skipped` in it.

SUITE = "newsqa"
KINDS: dict[Outcome, str] = {"missed": "failure", "failed": "error", "not judged": "skipped"}


def junit_report(summary: Summary) -> str:
    """Return the report as XML: a miss is a failure, a question that no answer could be made for an error."""
    root = Element("testsuites", name=SUITE)
    suite = SubElement(root, "testsuite", name=SUITE)
    for element in (root, suite):
        for name, value in _counts(summary.lines).items():
            element.set(name, value)
    properties = SubElement(suite, "properties")
    for name in ("model", "index", "config"):
        SubElement(properties, "property", name=name, value=safe_line(str(getattr(summary, name))))
    suite.extend(_case(question) for question in summary.lines)
    indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + tostring(root, encoding="unicode") + "\n"


def _counts(questions: Sequence[ScoredLine]) -> dict[str, str]:
    outcomes = Counter(question.outcome for question in questions)
    return {
        "tests": str(len(questions)),
        "failures": str(outcomes["missed"]),
        "errors": str(outcomes["failed"]),
        "skipped": str(outcomes["not judged"]),
        "time": f"{sum(_seconds(question) for question in questions):.3f}",
    }


def _case(question: ScoredLine) -> Element:
    item = question.line.item
    tag = safe_line(item.tags[0]).replace(".", "_") if item.tags else "untagged"
    case = Element("testcase", classname=f"{SUITE}.{tag}", name=safe_line(item.id), time=f"{_seconds(question):.3f}")
    if kind := KINDS.get(question.outcome):
        SubElement(case, kind, message=_message(question), type=question.verdict).text = _details(question)
    SubElement(case, "system-out").text = safe(f"{item.question}\n{_reply(question)}")
    return case


def _message(question: ScoredLine) -> str:
    """Return in a line what went wrong."""
    if question.outcome == "failed":
        return safe_line(f"no answer could be made: {question.line.record.get('error')}")
    if question.outcome == "not judged":
        return "the set does not let tell right from wrong"
    return safe_line(f"{question.verdict}: expected {_expected(question)}; said {_reply(question)}")


def _details(question: ScoredLine) -> str:
    gold = [f"gold: {gold_text(gold)}" for gold in question.line.item.gold]
    lines = [f"question: {question.line.item.question}", f"expected: {_expected(question)}", *gold]
    return safe("\n".join([*lines, f"said: {_reply(question)}"]))


def _expected(question: ScoredLine) -> str:
    item = question.line.item
    if item.refusal_is_right:
        return "a refusal"
    return " or ".join(expected_texts(item)) or "an answer"


def _reply(question: ScoredLine) -> str:
    return str(question.line.record.get("text") or "nothing")


def _seconds(question: ScoredLine) -> float:
    total = (question.line.record.get("timings") or {}).get("total")
    return float(total) if isinstance(total, int | float) else 0.0


# report.md.

MOST_IDS = 100  # of a bucket
MOST_TAGS = 40
LONGEST = 60  # characters of an id, a tag or a name
_CALLS = re.compile(r"(@|\\#|://|(?i:www\.))(?=\w)")
_BY_TAG = ("right", "contains", "f1", "doc_hit@5", "passage_hit@5", "lexical_support")


def markdown_report(summary: Summary) -> str:
    """Return the report as Markdown: figures with intervals, misses by bucket, tags, latency, cost."""
    sections = [
        _opening(summary),
        _figure_table(summary),
        _buckets(summary),
        _failures(summary),
        _tags(summary),
        _latencies(summary),
    ]
    return "\n\n".join(section for section in sections if section) + "\n"


def text(value: str) -> str:
    """Return a text from outside as Markdown that shows it and does nothing else."""
    return _CALLS.sub(r"\1<!-- -->", escaped(_short(value)))


def _opening(summary: Summary) -> str:
    asked = f"{count(summary.asked, 'question')} of {summary.questions:,} asked"
    spent = summary.spent
    tokens = f"{spent.input_tokens:,} tokens read, {spent.output_tokens:,} written; cost: {cost_text(spent)}"
    refused = f"{summary.refused:,} refused ({share_text(summary.refused, summary.asked)})"
    facts = [
        f"{asked}, {refused}, {summary.failed:,} failed",
        f"model {text(summary.model)}, index {text(summary.index)}, configuration {text(summary.config)}",
        f"{summary.median_words:g} words an answer (median)",
        tokens,
        *([judging_text(summary.judging, text)] if summary.judging else []),
    ]
    return "\n".join(["# Evaluation", "", *(f"- {fact}" for fact in facts), "", f"newsqa {__version__}"])


def _figure_table(summary: Summary) -> str:
    """Return the figures, a table for each family of metrics."""
    rows = [_figure_row(figure, BY_NAME[figure.metric], summary) for figure in summary.figures]
    head = ["", "metric", "value", "95 % interval", "questions", "smallest discernible difference"]
    return "## Figures\n\n" + _table(head, rows, right=(2, 3, 4, 5)) if rows else ""


def _figure_row(figure: Estimate, metric: Metric, summary: Summary) -> list[str]:
    smallest = summary.smallest.get(metric.name)
    return [
        FAMILIES[metric.family],
        f"{escaped(metric.title)} (`{metric.name}`)",
        value_text(metric.name, figure.value),
        interval_text(metric.name, figure.interval),
        f"{figure.n:,}",
        value_text(metric.name, smallest) if smallest is not None else "–",
    ]


def _buckets(summary: Summary) -> str:
    """Return where misses went wrong, with the questions of each."""
    if not any(summary.buckets.values()):
        return ""
    rows = [[bucket, f"{len(ids):,}", share_text(len(ids), summary.asked)] for bucket, ids in summary.buckets.items()]
    lists = [f"**{bucket}**: {_listed(ids)}" for bucket, ids in summary.buckets.items() if ids]
    table = _table(["went wrong", "questions", "of those asked"], rows, right=(1, 2))
    return "\n\n".join(["## Where it went wrong", table, *lists])


def _failures(summary: Summary) -> str:
    ids = [question.line.item.id for question in summary.lines if question.outcome == "failed"]
    return f"## Failed\n\nNo answer could be made for {_listed(ids)}." if ids else ""


def _tags(summary: Summary) -> str:
    """Return the main figures of the questions of each tag, the commonest tags first."""
    names = [name for name in _BY_TAG if any(f.metric == name for figures in summary.tags.values() for f in figures)]
    tags = sorted(summary.tags.items(), key=lambda entry: -_most(entry[1]))
    rows = [[text(tag), f"{_most(figures):,}", *_tag_values(figures, names)] for tag, figures in tags[:MOST_TAGS]]
    if not rows:
        return ""
    more = f"\n\n{len(tags) - MOST_TAGS} more tags stand in report.json." if len(tags) > MOST_TAGS else ""
    head = ["tag", "questions", *(f"`{name}`" for name in names)]
    return "## By tag\n\n" + _table(head, rows, right=range(1, len(head))) + more


def _most(figures: Sequence[Estimate]) -> int:
    return max((figure.n for figure in figures), default=0)


def _tag_values(figures: Sequence[Estimate], names: Sequence[str]) -> list[str]:
    by_name = {figure.metric: figure for figure in figures}
    return [_with_interval(by_name[name]) if name in by_name else "–" for name in names]


def _with_interval(figure: Estimate) -> str:
    value = value_text(figure.metric, figure.value)
    return f"{value} ({interval_text(figure.metric, figure.interval)})" if figure.interval else value


def _latencies(summary: Summary) -> str:
    rows = [
        [text(latency.stage), seconds_text(latency.p50), seconds_text(latency.p95), f"{latency.n:,}"]
        for latency in summary.latencies
    ]
    return "## Latency\n\n" + _table(["stage", "p50", "p95", "questions"], rows, right=(1, 2, 3)) if rows else ""


def _listed(ids: Sequence[str]) -> str:
    """Return ids from outside in a line, as many as a person reads."""
    more = f" and {len(ids) - MOST_IDS:,} more" if len(ids) > MOST_IDS else ""
    return ", ".join(text(name) for name in ids[:MOST_IDS]) + more


def _short(value: str) -> str:
    line = safe_line(value)
    return line if len(line) <= LONGEST else line[: LONGEST - 1] + "…"


def _table(head: Sequence[str], rows: Sequence[Sequence[str]], right: Iterable[int]) -> str:
    """Return a table; the columns numbered in `right` hold numbers."""
    numbers = set(right)
    rule = ["---:" if column in numbers else "---" for column in range(len(head))]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in (head, rule, *rows))
