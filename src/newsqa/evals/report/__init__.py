"""The reports of a run: for programs, for a pull request, for a browser, and for servers that run checks."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from newsqa.evals.figures import Summary
    from newsqa.evals.lines import Line


def write_reports(folder: Path, lines: Sequence[Line], summary: Summary) -> None:
    """Write report.json, report.md, report.html and junit.xml of a run into its folder.

    Scores are counted anew from the lines. A report that was there stays whole until its successor is. Raises
    SourceError where they cannot be written; other files of the folder are not touched.
    """
    from newsqa.evals.report.as_json import json_report  # noqa: PLC0415
    from newsqa.evals.report.as_junit import junit_report  # noqa: PLC0415
    from newsqa.evals.report.as_markdown import markdown_report  # noqa: PLC0415
    from newsqa.evals.report.judged import judged  # noqa: PLC0415
    from newsqa.evals.report.page import page_report  # noqa: PLC0415
    from newsqa.evals.report.saving import save  # noqa: PLC0415

    questions = judged(lines)
    save(
        folder,
        {
            "report.json": json_report(questions, summary),
            "report.md": markdown_report(questions, summary),
            "report.html": page_report(questions, summary),
            "junit.xml": junit_report(questions, summary),
        },
    )
