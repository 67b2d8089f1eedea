"""junit.xml: a test case a question, so that the servers which run people's checks list and follow them.

The form is the one that Jenkins, GitLab and the reporters of GitHub read: `testsuites/testsuite/testcase` with
`failure`, `error` or `skipped` in it.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from newsqa.evals.report.expected import accepted_text, gold_text
from newsqa.render.clean import safe, safe_line

if TYPE_CHECKING:
    from collections.abc import Sequence

    from newsqa.evals.figures import Summary
    from newsqa.evals.report.judged import Judged, Outcome

SUITE = "newsqa"
KINDS: dict[Outcome, str] = {"missed": "failure", "failed": "error", "not judged": "skipped"}


def junit_report(questions: Sequence[Judged], summary: Summary) -> str:
    """Return the report as XML: a miss is a failure, a question that no answer could be made for an error."""
    root = Element("testsuites", name=SUITE)
    suite = SubElement(root, "testsuite", name=SUITE)
    for element in (root, suite):
        for name, value in _counts(questions).items():
            element.set(name, value)
    properties = SubElement(suite, "properties")
    for name in ("model", "index", "config"):
        SubElement(properties, "property", name=name, value=safe_line(str(getattr(summary, name))))
    suite.extend(_case(question) for question in questions)
    indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + tostring(root, encoding="unicode") + "\n"


def _counts(questions: Sequence[Judged]) -> dict[str, str]:
    outcomes = Counter(question.outcome for question in questions)
    return {
        "tests": str(len(questions)),
        "failures": str(outcomes["missed"]),
        "errors": str(outcomes["failed"]),
        "skipped": str(outcomes["not judged"]),
        "time": f"{sum(_seconds(question) for question in questions):.3f}",
    }


def _case(question: Judged) -> Element:
    item = question.line.item
    tag = safe_line(item.tags[0]).replace(".", "_") if item.tags else "untagged"
    case = Element("testcase", classname=f"{SUITE}.{tag}", name=safe_line(item.id), time=f"{_seconds(question):.3f}")
    if kind := KINDS.get(question.outcome):
        SubElement(case, kind, message=_message(question), type=question.verdict).text = _details(question)
    SubElement(case, "system-out").text = safe(f"{item.question}\n{_said(question)}")
    return case


def _message(question: Judged) -> str:
    """Return in a line what went wrong."""
    if question.outcome == "failed":
        return safe_line(f"no answer could be made: {question.line.record.get('error')}")
    if question.outcome == "not judged":
        return "the set does not let tell right from wrong"
    return safe_line(f"{question.verdict}: expected {_expected(question)}; said {_said(question)}")


def _details(question: Judged) -> str:
    gold = [f"gold: {gold_text(gold)}" for gold in question.line.item.gold]
    lines = [f"question: {question.line.item.question}", f"expected: {_expected(question)}", *gold]
    return safe("\n".join([*lines, f"said: {_said(question)}"]))


def _expected(question: Judged) -> str:
    item = question.line.item
    if item.refusal_is_right:
        return "a refusal"
    return " or ".join(accepted_text(answer) for answer in item.answers) or "an answer"


def _said(question: Judged) -> str:
    return str(question.line.record.get("text") or "nothing")


def _seconds(question: Judged) -> float:
    total = (question.line.record.get("timings") or {}).get("total")
    return float(total) if isinstance(total, int | float) else 0.0
