"""What plots show better than tables: risk by coverage, calibration, figures by tag, latency by stage.

A plot is a value; the template `plots.html.j2` draws it as SVG in the colours of the page.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from newsqa.evals.report.formatting import interval_text, seconds_text, value_text
from newsqa.evals.scoring import BY_NAME
from newsqa.render.clean import short_line

if TYPE_CHECKING:
    from collections.abc import Iterator

    from newsqa.evals.summary import Estimate, Summary

MOST_ROWS = 16
LONGEST_LABEL = 22  # characters
BY_TAG = (("contains", "f1", "em"), ("doc_hit@5", "passage_hit@5"))
"""Of each group the first metric that the run has is drawn."""


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a plot: its label, a value with the ends of a range on a scale from 0 to 1, and a text beside it."""

    label: str
    value: float
    low: float
    high: float
    text: str = ""


@dataclass(frozen=True, slots=True)
class Plot:
    """A drawing with its heading, a sentence on how to read it, and what it shows in words for those who don't see it.

    It has either `points`, (across, up, size) from 0 to 1 with the names of both axes, or `rows`, with the value of
    the whole run if there is one. Rows with a text are bars from 0, others dots on their range.
    """

    name: str
    title: str
    note: str
    description: str
    points: tuple[tuple[float, float, float], ...] = ()
    axes: tuple[str, str] = ("", "")
    rows: tuple[Row, ...] = ()
    whole: float | None = None


def plots(summary: Summary) -> list[Plot]:
    """Return the plots that the run has figures for."""
    return [*_risk_coverage(summary), *_calibration(summary), *_by_tag(summary), *_latency(summary)]


def _risk_coverage(summary: Summary) -> Iterator[Plot]:
    if len(summary.curve) < 2:
        return
    quarters = dict.fromkeys(
        min(summary.curve, key=lambda point: abs(point[0] - share)) for share in (0.25, 0.5, 0.75, 1.0)
    )
    description = "; ".join(f"{_percent(r)} wrong of the surest {_percent(c)}" for c, r in quarters)
    note = "How many answers are wrong when only the surest are given. Lower is better."
    points = tuple((coverage, risk, 0.0) for coverage, risk in summary.curve)
    axes = "answered (coverage)", "wrong among them (risk)"
    yield Plot("risk-coverage", "Risk by coverage", note, description, points, axes)


def _calibration(summary: Summary) -> Iterator[Plot]:
    if not summary.calibration:
        return
    most = max(one.n for one in summary.calibration)
    points = tuple((one.confidence, one.accuracy, one.n / most) for one in summary.calibration)
    description = "; ".join(
        f"{_percent(b.accuracy)} right at confidence {_percent(b.confidence)}, {b.n} answers"
        for b in summary.calibration
    )
    note = "How often answers are right, by their confidence; on the dashed line it is true. Larger dots: more answers."
    yield Plot("calibration", "Calibration", note, description, points, ("confidence", "right"))


def _by_tag(summary: Summary) -> Iterator[Plot]:
    whole = {figure.metric: figure.value for figure in summary.figures}
    for group in BY_TAG:
        name = next((name for name in group if name in whole), None)
        if name and (tagged := _tagged(summary, name)):
            ends = [(one.interval.low, one.interval.high) if one.interval else (one.value,) * 2 for _, one in tagged]
            rows = tuple(
                Row(f"{short_line(tag, LONGEST_LABEL)} ({one.n})", one.value, low, high)
                for (tag, one), (low, high) in zip(tagged, ends, strict=True)
            )
            description = "; ".join(
                f"{short_line(tag, LONGEST_LABEL)}: {value_text(name, one.value)}, "
                f"interval {interval_text(name, one.interval)}"
                for tag, one in tagged
            )
            note = "With 95 % intervals and the number of questions; the dashed line is the whole run."
            title = f"{BY_NAME[name].title} by tag"
            key = f"tags-{name.partition('@')[0]}"
            yield Plot(key, title, note, description, rows=rows, whole=whole[name])


def _tagged(summary: Summary, metric: str) -> list[tuple[str, Estimate]]:
    """Return the figure of each tag that has one: the commonest tags, the best of them first."""
    found = [(tag, f) for tag, figures in summary.tags.items() for f in figures if f.metric == metric]
    commonest = sorted(found, key=lambda entry: (-entry[1].n, entry[0]))[:MOST_ROWS]
    return sorted(commonest, key=lambda entry: (-entry[1].value, entry[0]))


def _latency(summary: Summary) -> Iterator[Plot]:
    stages = summary.latencies[:MOST_ROWS]
    if not stages:
        return
    longest = max(stage.p95 for stage in stages) or 1.0
    times = [(short_line(one.stage, LONGEST_LABEL), seconds_text(one.p50), seconds_text(one.p95)) for one in stages]
    rows = tuple(
        Row(label, stage.p50 / longest, 0.0, stage.p95 / longest, f"{p50} · {p95}")
        for stage, (label, p50, p95) in zip(stages, times, strict=True)
    )
    description = "; ".join(f"{label}: {p50}, at p95 {p95}" for label, p50, p95 in times)
    note = "Half of the questions took no longer than the dark bar (p50), 95 of 100 no longer than the light one (p95)."
    yield Plot("latency", "Latency by stage", note, description, rows=rows)


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %"
