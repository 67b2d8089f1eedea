"""What a run came to, for a terminal: its figures with their intervals, its misses, and where the reports are."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from newsqa.evals.report import write_reports
from newsqa.evals.report.as_json import json_report
from newsqa.evals.report.judged import judged
from newsqa.evals.report.wording import FAMILIES, cost_text, interval_text, judging_text, seconds_text, value_text
from newsqa.evals.scorers.metrics import METRICS
from newsqa.evals.summary import summarise
from newsqa.fronts.terminal.console import print_json, print_text
from newsqa.render.clean import safe_line
from newsqa.render.wording import count

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from newsqa.evals.figures import Summary
    from newsqa.evals.lines import Line


def show(folder: Path | None, lines: Sequence[Line], *, as_json: bool) -> None:
    """Print what the lines come to, and write the reports into the folder where there is one. Raises SourceError."""
    summary = summarise(lines)
    if folder:
        write_reports(folder, lines, summary)
    if as_json:
        print_json(json.loads(json_report(judged(lines), summary)))
    else:
        where = [f"The report is {safe_line(str(folder / 'report.html'))}"] if folder else []
        print_text("\n".join([*summary_lines(summary), *where]))


def summary_lines(summary: Summary) -> list[str]:
    """Return a summary as the lines that a person reads."""
    parts = [
        f"{count(summary.asked, 'question')}",
        f"{summary.refused:,} refused",
        *([f"{summary.failed:,} failed"] if summary.failed else []),
        f"median of {summary.median_words:.0f} words",
        safe_line(summary.model),
        cost_text(summary.spent),
    ]
    judges = [judging_text(summary.judging, safe_line)] if summary.judging else []
    return [" · ".join(parts), *judges, *_figures(summary), "", *_misses(summary), *_seconds(summary)]


def _figures(summary: Summary) -> Iterator[str]:
    figures = {figure.metric: figure for figure in summary.figures}
    if not figures:
        yield "Nothing could be measured: the set has neither answers nor gold, nor says what can be answered."
        return
    yield f"\n{'':<21}{'value':>8}   {'95 % interval':<13} {'of':>6}"
    for family, title in FAMILIES.items():
        of_family = [metric for metric in METRICS if metric.family == family and metric.name in figures]
        if of_family:
            yield title
        for metric in of_family:
            figure = figures[metric.name]
            value, interval = value_text(metric.name, figure.value), interval_text(metric.name, figure.interval)
            yield f"  {metric.name:<19}{value:>8}   {interval:<13} {figure.n:>6,}   {metric.title}"


def _misses(summary: Summary) -> list[str]:
    told = ", ".join(f"{len(ids):,} {bucket}" for bucket, ids in summary.buckets.items())
    return [f"Missed: {told}"] if told else []


def _seconds(summary: Summary) -> list[str]:
    return [
        f"An answer took {seconds_text(latency.p50)} in the median, {seconds_text(latency.p95)} at the 95th percentile"
        for latency in summary.latencies
        if latency.stage == "total"
    ]
