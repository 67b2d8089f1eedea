"""The reports of a run: JSON for programs, JUnit XML for servers that run checks; pages for people (`page.py`)."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict
from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from newsqa import __version__
from newsqa.evals.report.formatting import expected_texts
from newsqa.evals.report.page import markdown_report, page_report
from newsqa.evals.scoring import METRICS, Outcome, ScoredLine
from newsqa.private_files import write_files
from newsqa.render.clean import safe, safe_line
from newsqa.render.record import to_document

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

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


DESCRIBED = ("name", "family", "title", "note", "better", "rate")  # of a metric


def json_report(summary: Summary) -> str:
    """Return the report as JSON. Scores are 0 to 1, times seconds, costs US dollars; unknown is null."""
    return to_document(
        {
            "newsqa": __version__,
            **{name: getattr(summary, name) for name in ("model", "index", "config")},
            **{name: getattr(summary, name) for name in ("questions", "asked", "failed", "refused")},
            "median_words": summary.median_words,
            "metrics": {metric.name: {name: getattr(metric, name) for name in DESCRIBED} for metric in METRICS},
            "figures": [_figure(figure) for figure in summary.figures],
            "smallest_difference": {one.metric: one.smallest for one in summary.figures if one.smallest is not None},
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
    ends = [figure.interval.low, figure.interval.high] if figure.interval else None
    return {"metric": figure.metric, "value": figure.value, "n": figure.n, "interval": ends}


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
        "scores": dict(sorted(question.scores.items())),
    }


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
        details = f"question: {item.question}\nexpected: {_expected(question)}\nsaid: {_reply(question)}"
        SubElement(case, kind, message=_message(question), type=question.verdict).text = safe(details)
    SubElement(case, "system-out").text = safe(f"{item.question}\n{_reply(question)}")
    return case


def _message(question: ScoredLine) -> str:
    """Return in a line what went wrong."""
    if question.outcome == "failed":
        return safe_line(f"no answer could be made: {question.line.record.get('error')}")
    if question.outcome == "not judged":
        return "the set does not let tell right from wrong"
    return safe_line(f"{question.verdict}: expected {_expected(question)}; said {_reply(question)}")


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
