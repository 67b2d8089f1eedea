"""The summary of a run: what its figures are taken over, and what does not change them."""

import random
from dataclasses import replace

import pytest
from compared_runs import item, run

from newsqa.evals.scoring import METRICS
from newsqa.evals.statistics import wilson
from newsqa.evals.summary import summarise

KINDS = ("rrwr-" * 8)[:40]  # of five questions one is right to be refused


def figures(summary):
    return {figure.metric: figure for figure in summary.figures}


def smallest(summary):
    return {figure.metric: figure.smallest for figure in summary.figures if figure.smallest}


def test_a_run_is_counted():
    summary = summarise(run("rrw--" + "rf--w", total=12))
    assert (summary.questions, summary.asked, summary.failed, summary.refused) == (12, 10, 1, 4)
    assert (summary.model, summary.index, summary.config) == ("extractive", "f00d", "cafe")
    assert summary.median_words == 8, "a marker is no word"


def test_a_rate_has_its_share_its_questions_and_wilsons_interval():
    found = figures(summarise(run(KINDS)))
    assert found["contains"].value == 0.75
    assert found["contains"].n == 32
    assert found["contains"].interval == wilson(24, 32)
    assert found["refusal_recall"].interval == wilson(8, 8)
    assert found["refusal_precision"].n == 8
    assert found["refusal_precision"].interval == wilson(8, 8)
    assert found["over_refusal"].value == 0


def test_every_figure_lies_within_its_interval_and_only_what_applies_has_one():
    found = summarise(run(KINDS)).figures
    assert [figure.metric for figure in found] == [
        metric.name for metric in METRICS if metric.name in {figure.metric for figure in found}
    ]
    assert not any(figure.metric.startswith("judge") for figure in found)
    for figure in found:
        assert figure.n > 0
        if figure.interval:
            assert figure.interval.low - 1e-9 <= figure.value <= figure.interval.high + 1e-9


def test_questions_of_a_group_widen_the_intervals():
    kinds = "".join("r" * 10 if block % 2 else "w" * 10 for block in range(6))
    alone = [item(n, answers=(str(n + 100),), answerable=True) for n in range(60)]
    together = [replace(one, meta={"group": f"g{n // 10}"}) for n, one in enumerate(alone)]
    narrow, wide = (figures(summarise(run(kinds, items=items)))["contains"] for items in (alone, together))
    assert narrow.value == wide.value == 0.5
    assert wide.interval.high - wide.interval.low > 1.5 * (narrow.interval.high - narrow.interval.low)


def test_each_tag_has_the_figures_of_its_questions():
    summary = summarise(run(KINDS))
    assert list(summary.tags) == ["even", "odd"]
    shares = {tag: next(f for f in found if f.metric == "contains") for tag, found in summary.tags.items()}
    assert shares["even"].n + shares["odd"].n == 32
    assert shares["even"].value * shares["even"].n + shares["odd"].value * shares["odd"].n == pytest.approx(24)


def test_misses_are_listed_by_bucket_in_the_order_of_the_way():
    summary = summarise(run("rw-rw", rank=1))
    assert {bucket: ids for bucket, ids in summary.buckets.items() if ids} == {
        "retrieved but not used": ("quay-001",),
        "wrong answer": ("quay-004",),
        "wrongly refused": ("quay-002",),
    }
    assert list(summary.buckets) == ["retrieved but not used", "wrong answer", "wrongly refused"]


def test_times_are_those_of_questions_that_were_answered():
    summary = summarise(run("rrrrrrrrrf", timings={"retrieve": 0.5, "total": 2.0}))
    retrieve, total = summary.latencies
    assert (retrieve.stage, retrieve.p50, retrieve.n) == ("retrieve", 0.5, 9)
    assert (total.stage, total.p50, total.p95) == ("total", 2.0, 2.0)


@pytest.mark.parametrize(
    ("usage", "cost"),
    [
        ({"input_tokens": 10, "output_tokens": 2, "cost": 0.01}, 0.1),
        ({"input_tokens": 10, "output_tokens": 2, "cost": None}, None),
        ({"input_tokens": 10, "output_tokens": 2}, None),
        ({"input_tokens": 0, "output_tokens": 0}, 0),
    ],
)
def test_a_cost_that_is_not_known_is_not_taken_for_none(usage, cost):
    spent = summarise(run("r" * 10, usage=usage)).spent
    assert spent.cost == (None if cost is None else pytest.approx(cost))
    assert spent.input_tokens == 10 * usage["input_tokens"]


def test_confidence_is_drawn_as_a_curve_and_as_bins():
    summary = summarise(run("rrrwrrrw" * 3))
    coverages, risks = zip(*summary.curve, strict=True)
    assert coverages[-1] == 1
    assert list(coverages) == sorted(coverages)
    assert risks[0] < risks[-1]
    assert sum(one.n for one in summary.calibration) == figures(summary)["aurc"].n


def test_a_larger_set_can_show_a_smaller_difference():
    small, large = (smallest(summarise(run(KINDS * times))) for times in (1, 8))
    assert 0 < large["contains"] < small["contains"] / 2
    assert set(small) <= {metric.name for metric in METRICS}


def test_the_order_of_lines_changes_nothing():
    lines = run(KINDS)
    turned = random.Random(1).sample(lines, len(lines))
    one, other = summarise(lines), summarise(turned)
    assert one.figures == other.figures
    assert one.tags == other.tags
    assert one.curve == other.curve


@pytest.mark.parametrize("kinds", ["", "r", "f", "-", "ww", "ffff"])
def test_runs_of_next_to_nothing_are_summed_up_too(kinds):
    summary = summarise(run(kinds))
    assert summary.asked == len(kinds)
    assert smallest(summary) == {}


def test_a_perfect_run_scores_one_and_an_empty_one_nothing():
    perfect, empty = figures(summarise(run("rrrr-" * 4))), figures(summarise(run("eeeee" * 4)))
    for name in ("contains", "lexical_support", "lexical_use", "refusal_recall", "quote_fidelity", "doc_mrr"):
        assert perfect[name].value == 1
    for name in ("contains", "f1", "em", "refusal_recall"):
        assert empty[name].value == 0
    assert perfect["aurc"].value == 0
