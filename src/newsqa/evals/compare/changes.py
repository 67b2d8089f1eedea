"""What changed in each metric, and whether more than chance gives."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from newsqa.evals.compare.values import Change
from newsqa.evals.sampling import contrasted, questions
from newsqa.evals.scorers.metrics import METRICS
from newsqa.evals.statistics.chance import holm

if TYPE_CHECKING:
    from newsqa.evals.compare.values import Verdict
    from newsqa.evals.figures import Metric
    from newsqa.evals.sampling import Scored

HEADLINES = (
    "contains",
    "f1",
    "doc_ndcg@10",
    "passage_ndcg@10",
    "citation_recall",
    "citation_precision",
    "refusal_recall",
    "over_refusal",
    "aurc",
    "judge_correctness",
    "judge_faithfulness",
)
SURE = 0.05
"""The adjusted p below which a difference is taken for more than chance."""


def changes(before: Scored, after: Scored, gated: frozenset[str]) -> tuple[Change, ...]:
    """Compare every metric that both runs have; a metric with a gate counts as a headline.

    Every test that is made is a chance of a false alarm, and metrics of one kind move together, so that adjusting over
    all of them would hide what matters. So Holm is applied twice: over the headlines, one or two of each kind, which
    decide what is said of the run, and over the others, which tell where a difference comes from. Metrics in which so
    few questions differ that no p below 5 % can come out are no test (Tarone 1990, Biometrics 46:515).
    """
    found = [_change(before, after, metric, headline=_leads(metric, gated)) for metric in METRICS]
    return _adjusted(_adjusted([change for change in found if change], headline=True), headline=False)


def lost(before: Scored, after: Scored) -> tuple[str, ...]:
    """Name the metrics that apply to questions of the first run and to none of the second."""
    names = [metric.name for metric in METRICS]
    return tuple(name for name in names if questions(before, name) and not questions(after, name))


def _leads(metric: Metric, gated: frozenset[str]) -> bool:
    return metric.name in HEADLINES or metric.name in gated


def _change(before: Scored, after: Scored, metric: Metric, *, headline: bool) -> Change | None:
    found = contrasted(before, after, metric.name)
    if found is None:
        return None
    return Change(
        metric=metric,
        contrast=found,
        n_before=questions(before, metric.name),
        n_after=questions(after, metric.name),
        adjusted=found.p,
        headline=headline,
        verdict="as before" if found.same else "within chance",
    )


def _adjusted(found: tuple[Change, ...] | list[Change], *, headline: bool) -> tuple[Change, ...]:
    """Adjust the p of one family for how many tests it has."""
    family = [change for change in found if change.headline == headline and change.contrast.least_p < SURE]
    adjusted = dict(zip((c.metric.name for c in family), holm([c.contrast.p for c in family]), strict=True))
    return tuple(
        replace(change, adjusted=p, verdict=_verdict(change, p))
        if (p := adjusted.get(change.metric.name)) is not None
        else change
        for change in found
    )


def _verdict(change: Change, adjusted: float) -> Verdict:
    if adjusted >= SURE or not change.harm:
        return change.verdict
    return "worse" if change.harm > 0 else "better"
