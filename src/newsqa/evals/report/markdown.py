"""report.md: what a run came to, for a pull request or a wiki.

All that comes from outside is text there: no markup, no link, nobody is called by an @ and no thread by a #. Lists end
where a comment on GitHub (65,536 characters) would no longer hold them.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from newsqa import __version__
from newsqa.evals.metrics.registry import BY_NAME
from newsqa.evals.report.shared import (
    FAMILIES,
    cost_text,
    interval_text,
    judging_text,
    seconds_text,
    share_text,
    value_text,
)
from newsqa.render.clean import safe_line
from newsqa.render.plain import escaped
from newsqa.render.wording import count

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from newsqa.evals.metrics.base import Metric
    from newsqa.evals.summary import Estimate, Summary


MOST_IDS = 100  # of a bucket
MOST_TAGS = 40
LONGEST = 60  # characters of an id, a tag or a name
_CALLS = re.compile(r"(@|\\#|://|(?i:www\.))(?=\w)")
_BY_TAG = ("contains", "f1", "doc_hit@5", "passage_hit@5", "citation_recall")


def markdown_report(summary: Summary) -> str:
    """Return the report as Markdown: figures with intervals, misses by bucket, tags, latency, cost."""
    sections = [
        _opening(summary),
        _figures(summary),
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


def _figures(summary: Summary) -> str:
    """Return the figures, a table for each family of metrics."""
    rows = [_figure(figure, BY_NAME[figure.metric], summary) for figure in summary.figures]
    head = ["", "metric", "value", "95 % interval", "questions", "smallest discernible difference"]
    return "## Figures\n\n" + _table(head, rows, right=(2, 3, 4, 5)) if rows else ""


def _figure(figure: Estimate, metric: Metric, summary: Summary) -> list[str]:
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
