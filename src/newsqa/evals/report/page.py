"""report.html: one file that loads nothing, to look at a run question by question.

Everything in it is escaped by the templates; whatever could hide words or turn them around is made visible or taken out
by `render.safe`, for each value that is written. The page may run its one script and style, known by their hashes, and
nothing else: a policy in its head forbids the browser all loading, whatever an article says. It reads well without its
script, too, since some servers allow none: then every question can be opened, and nothing can be sought.
"""

from __future__ import annotations

import base64
import hashlib
from collections import Counter
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar, get_args

from newsqa import __version__
from newsqa.evals.metrics.definitions import METRICS, Bucket
from newsqa.evals.report import shared
from newsqa.evals.report.page_views import depth, question_view, titles
from newsqa.evals.report.plots import plots
from newsqa.evals.report.shared import OUTCOMES, REPLIES
from newsqa.render.clean import safe
from newsqa.render.wording import count

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from jinja2 import Environment

    from newsqa.evals.metrics.definitions import Estimate, Family, Metric, Summary
    from newsqa.evals.report.shared import ReportLine
    from newsqa.types import JsonObject


TEMPLATES = Path(__file__).parent / "templates"

T = TypeVar("T")


def page_report(questions: Sequence[ReportLine], summary: Summary) -> str:
    """Return the report as HTML. The same questions and summary give the same bytes."""
    from markupsafe import Markup

    style, script = (TEMPLATES.joinpath(name).read_text("utf-8") for name in ("page.css", "page.js"))
    lines = [question.line for question in questions]
    known, shown = titles(lines), depth(lines)
    return (
        _templates()
        .get_template("page.html.j2")
        .render(
            version=__version__,
            style=Markup(style),  # noqa: S704  a file of this package
            script=Markup(script),  # noqa: S704  a file of this package
            hashes={"style": _hash(style), "script": _hash(script)},
            summary=summary,
            headlines=_headlines(summary),
            families=_families(summary),
            plots=plots(summary, METRICS),
            metrics={metric.name: metric for metric in METRICS},
            questions=(question_view(question, known, shown) for question in questions),
            choices=(choices := _choices(questions)),
            numbers={tag: number for number, (tag, _) in enumerate(choices["tags"])},
        )
    )


def _templates() -> Environment:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    templates = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_shown,
    )
    templates.filters["seconds"] = shared.seconds_text
    templates.globals.update(
        count=count,
        share=shared.share_text,
        value=shared.value_text,
        interval=shared.interval_text,
        cost=shared.cost_text,
        judging=lambda judging: shared.judging_text(judging, str),
    )
    return templates


def _shown(value: object) -> object:
    """Make any text safe to show that a template writes; what is markup is ours."""
    return safe(value) if type(value) is str else value


def _hash(text: str) -> str:
    """Return a text as a Content-Security-Policy names it."""
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _known(summary: Summary) -> list[tuple[Metric, Estimate]]:
    """Return each figure with its metric, in the order of the metrics."""
    figures = {figure.metric: figure for figure in summary.figures}
    return [(metric, figures[metric.name]) for metric in METRICS if metric.name in figures]


def _headlines(summary: Summary) -> list[tuple[Metric, Estimate]]:
    known = {metric.name: (metric, figure) for metric, figure in _known(summary)}
    return [known[name] for name in shared.HEADLINES if name in known]


def _families(summary: Summary) -> list[tuple[str, list[tuple[Metric, Estimate]]]]:
    """Return the figures of each family of metrics, under what its table is headed with."""

    def family(entry: tuple[Metric, Estimate]) -> Family:
        return entry[0].family

    return [(shared.FAMILIES[name], list(group)) for name, group in groupby(_known(summary), family)]


def _choices(questions: Sequence[ReportLine]) -> JsonObject:
    """Return what questions can be filtered by, with how many there are of each."""
    buckets = Counter(question.bucket for question in questions if question.bucket)
    tags = Counter(tag for question in questions for tag in dict.fromkeys(question.line.item.tags))
    return {
        "outcomes": _present(Counter(question.outcome for question in questions), OUTCOMES),
        "buckets": _present(buckets, get_args(Bucket)),
        "tags": sorted(tags.items(), key=lambda entry: (-entry[1], entry[0])),
        "replies": _present(Counter(question.reply for question in questions), REPLIES),
    }


def _present(counts: Mapping[T, int], order: Sequence[T]) -> list[tuple[T, int]]:
    return [(name, counts[name]) for name in order if counts[name]]
