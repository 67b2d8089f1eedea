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
from newsqa.evals.metrics.registry import BY_NAME
from newsqa.evals.outcomes import OUTCOMES, REPLIES, Bucket
from newsqa.evals.report import shared
from newsqa.evals.report.page_views import question_views
from newsqa.evals.report.plots import plots
from newsqa.render.clean import safe
from newsqa.render.wording import count

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from jinja2 import Environment

    from newsqa.evals.metrics.base import Family, Metric
    from newsqa.evals.outcomes import ScoredLine
    from newsqa.evals.summary import Estimate, Summary
    from newsqa.types import JsonObject


TEMPLATES = Path(__file__).parent / "templates"

T = TypeVar("T")


def page_report(summary: Summary) -> str:
    """Return the report as HTML. The same summary gives the same bytes."""
    from markupsafe import Markup

    style, script = (TEMPLATES.joinpath(name).read_text("utf-8") for name in ("page.css", "page.js"))
    figures = [(BY_NAME[figure.metric], figure) for figure in summary.figures]
    by_name = {metric.name: (metric, figure) for metric, figure in figures}
    choices = _choices(summary.lines)
    return (
        _templates()
        .get_template("page.html.j2")
        .render(
            version=__version__,
            style=Markup(style),  # noqa: S704  a file of this package
            script=Markup(script),  # noqa: S704  a file of this package
            hashes={"style": _hash(style), "script": _hash(script)},
            summary=summary,
            headlines=[by_name[name] for name in shared.HEADLINES if name in by_name],
            families=_families(figures),
            plots=plots(summary),
            metrics=BY_NAME,
            questions=question_views(summary.lines),
            choices=choices,
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
        finalize=lambda value: safe(value) if type(value) is str else value,  # what is markup is ours
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


def _hash(text: str) -> str:
    """Return a text as a Content-Security-Policy names it."""
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _families(figures: Sequence[tuple[Metric, Estimate]]) -> list[tuple[str, list[tuple[Metric, Estimate]]]]:
    """Return the figures of each family of metrics, under what its table is headed with."""

    def family(entry: tuple[Metric, Estimate]) -> Family:
        return entry[0].family

    return [(shared.FAMILIES[name], list(group)) for name, group in groupby(figures, family)]


def _choices(questions: Sequence[ScoredLine]) -> JsonObject:
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
