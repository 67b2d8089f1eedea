"""Scores of whole runs: refusals, selective answering, and what must hold of every run."""

from itertools import permutations
from math import isnan

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scored_lines import cited, line

from newsqa.evals import scoring
from newsqa.evals.datasets.items import Rules
from newsqa.evals.metrics.answers import right as scorers_right
from newsqa.evals.metrics.selective import calibration, curve, stated_rows
from newsqa.evals.run_file import Judgement
from newsqa.evals.scoring import BY_NAME, METRICS, score_line

TIME = "The ferry Alkmene left Tolver at 7.25 a.m. on Monday."
RIGHT = {"answers": ["7.25 a.m."], "retrieved": [("ferry", TIME)], **cited(("ferry", TIME))}
WRONG = {**RIGHT, "answers": ["nine"]}


WHOLE = {metric.name for metric in METRICS if metric.over}


def table(lines):
    return stated_rows([score_line(made) for made in lines])


def over(name, lines):
    """The value of a metric over a run: of the whole set, or the mean of its scores."""
    if name in WHOLE:
        value = BY_NAME[name].over(table(lines), np.ones((1, len(lines))))[0]
        return None if isnan(value) else float(value)
    scores = [found[name] for found in map(scoring.score, lines) if name in found]
    return sum(scores) / len(scores) if scores else None


def answers(*pairs):
    """Make a run of answers, each with its confidence and whether it is right."""
    return [line(**(RIGHT if right else WRONG), confidence=confidence) for confidence, right in pairs]


# --- the registry -----------------------------------------------------------------------------------------------


def test_metrics_are_named_as_people_ask_for_them():
    names = " ".join(metric.name for metric in METRICS)
    assert names == (
        "doc_hit@1 doc_hit@5 doc_hit@10 doc_recall@5 doc_recall@10 doc_mrr doc_ndcg@10 "
        "passage_hit@1 passage_hit@5 passage_hit@10 passage_recall@5 passage_recall@10 passage_mrr passage_ndcg@10 "
        "em f1 contains rouge_l right wrong_or_outdated "
        "citation_existence quote_fidelity lexical_support lexical_use "
        "refusal_precision refusal_recall over_refusal aurc coverage@5 ece brier "
        "citation_recall citation_precision judge_correctness"
    )


def test_every_score_has_its_metric_and_rates_are_0_or_1():
    rates = {metric.name: metric.rate for metric in METRICS}
    for made in (line(**RIGHT, gold=[("ferry", TIME)]), line(**WRONG), line(refused=True, answerable=False)):
        for name, value in scoring.score(made).items():
            assert name not in WHOLE
            assert value in {0, 1} or not rates[name]


def test_what_a_judge_said_is_taken_as_it_is():
    scores = scoring.score(line(**RIGHT, judge=Judgement("judge-1", recall=0.75)))
    assert (scores["citation_recall"], "judge_correctness" in scores) == (0.75, False)


# --- right and refused ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("told", "right"),
    [
        ({"answers": ["9"], "text": "At 9."}, True),
        ({"answers": ["9"], "text": "At 10."}, False),
        ({"answers": ["9"], "text": "At 9.", "refused": True}, False),
        ({"answers": ["9"], "text": "At 9.", "error": "lost"}, False),
        ({"answers": ["9"], "text": ""}, False),
        ({"answers": [("9", "fog")], "text": "At 9."}, False),
        ({"answers": [("9", "fog")], "text": "Fog at 9."}, True),
        ({"answerable": False, "text": "At 9."}, False),
        ({"answerable": False, "refused": True}, True),
        ({"answerable": False, "refused": True, "error": "lost"}, False),
        ({"answerable": False, "answers": ["9"], "text": "At 9."}, False),
        ({"gold": [("ferry", None)], **cited(("ferry", TIME))}, True),
        (
            {"gold": [("ferry", None)], "carriers": [["x", "ferry"]], **cited(("tram", "It opened."), ("ferry", TIME))},
            True,
        ),
        ({"gold": [("ferry", None)], **cited(("tram", TIME))}, False),
        ({"gold": [("ferry", None)], "carriers": [[]], **cited(("ferry", TIME))}, False),
        ({"gold": [("ferry", None)], "carriers": [], **cited(("ferry", TIME))}, None),
        ({"gold": [("ferry", None)], "answers": ["9"], **cited(("ferry", TIME))}, False),
        ({"answers": [" ".join(["word"] * 21)], "gold": [("ferry", None)], **cited(("ferry", TIME))}, True),
        ({"text": "At 9."}, None),
        ({"refused": True}, None),
        ({"answerable": True, "text": "At 9."}, None),
        ({"answerable": True, "refused": True}, False),
        ({"answerable": True, "error": "lost"}, False),
    ],
)
def test_right_is_decided_in_one_place(told, right):
    assert scorers_right(line(**told)) is right


def test_refusals_are_scored_where_it_is_known_what_is_right():
    lines = [
        line(answerable=False, refused=True),
        line(answerable=False, text="At 9."),
        line(answers=["9"], refused=True),
        line(answers=["9"], text="At 9."),
        line(gold=[("ferry", None)], refused=True),
        line(refused=True),
        line(answerable=False, error="lost"),
    ]
    scores = [scoring.score(made) for made in lines]
    assert [score.get("refusal_recall") for score in scores] == [1, 0, None, None, None, None, 0]
    assert [score.get("over_refusal") for score in scores] == [None, None, 1, 0, 1, None, None]
    assert over("refusal_precision", lines) == pytest.approx(1 / 3)
    assert over("refusal_precision", lines[3:4]) is None


# --- selective answering ----------------------------------------------------------------------------------------


def mean_of_risks(order):
    """AURC as its definition says: the mean of the share of wrong answers among the first 1, 2, … n."""
    wrong = [not right for _, right in order]
    return sum(sum(wrong[:n]) / n for n in range(1, len(wrong) + 1)) / len(wrong)


def test_the_area_under_risk_coverage_is_the_mean_of_the_risks():
    run = answers((0.9, True), (0.8, False), (0.7, True), (0.6, False))
    assert over("aurc", run) == pytest.approx((0 + 1 / 2 + 1 / 3 + 2 / 4) / 4)
    assert curve(table(run)) == ((0.25, 0), (0.5, 1 / 2), (0.75, 1 / 3), (1, 1 / 2))


PAIRS = st.lists(st.tuples(st.sampled_from([0.0, 0.1, 0.3, 0.7, 1.0]), st.booleans()), min_size=1, max_size=5)


@given(PAIRS)
def test_answers_of_one_confidence_count_as_the_mean_of_their_orders(pairs):
    orders = [order for order in permutations(pairs) if list(order) == sorted(order, key=lambda pair: -pair[0])]
    expected = sum(map(mean_of_risks, orders)) / len(orders)
    assert over("aurc", answers(*pairs)) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("pairs", "coverage"),
    [
        ([(0.9, True), (0.8, True), (0.7, False), (0.6, True)], 0.5),
        ([(0.9, False), (0.8, True)], 0),
        ([(0.9, True), (0.9, False)], 0),
        ([(0.9 - n / 100, n != 19) for n in range(20)], 1),  # 1 of 20 is 5 %
        ([(0.9 - n / 100, n != 18) for n in range(20)], 1),  # 1 of 19 is more, 1 of 20 is not
        ([(0.9 - n / 100, n not in {17, 18}) for n in range(20)], 0.85),
    ],
)
def test_coverage_is_the_largest_share_with_few_enough_wrong(pairs, coverage):
    assert over("coverage@5", answers(*pairs)) == pytest.approx(coverage)


def test_calibration_error_and_brier_score_worked_out_by_hand():
    run = answers((0.95, True), (0.95, False), (0.35, False), (0.31, True), (0.3, True))
    # bins: (0.9, 1.0] two answers, 0.5 right; (0.3, 0.4] two, 0.5 right, mean 0.33; (0.2, 0.3] one, right
    assert over("ece", run) == pytest.approx((2 * (0.95 - 0.5) + 2 * (0.5 - 0.33) + 1 * (1 - 0.3)) / 5)
    assert over("brier", run) == pytest.approx((0.05**2 + 0.95**2 + 0.35**2 + 0.69**2 + 0.7**2) / 5)
    bins = calibration(table(run))
    assert [(round(one.confidence, 3), one.accuracy, one.n) for one in bins] == [
        (0.3, 1, 1),
        (0.33, 0.5, 2),
        (0.95, 0.5, 2),
    ]


@pytest.mark.parametrize("confidence", [n / 10 for n in range(11)])
def test_a_bound_belongs_to_the_bin_below_it(confidence):
    run = answers((confidence, True), (max(confidence - 0.01, 0), True))
    assert len(calibration(table(run))) == 1


@pytest.mark.parametrize("confidence", [None, 1.5, -0.1, True, "0.9", float("nan")])
def test_what_states_no_confidence_is_left_out(confidence):
    run = [*answers((0.9, True)), line(**WRONG, confidence=confidence)]
    assert over("aurc", run) == 0
    assert over("brier", run[1:]) is None


def test_refusals_and_failures_are_no_answers():
    others = [line(**{**WRONG, "refused": True}), line(**{**WRONG, "error": "lost"}), line(text="no gold")]
    assert over("aurc", [*answers((0.9, True)), *others]) == 0
    assert [over(name, others) for name in ("aurc", "coverage@5", "ece", "brier")] == [None] * 4


def test_an_unanswerable_question_answered_is_a_wrong_answer():
    assert over("aurc", [line(answerable=False, text="At 9.")]) == 1


# --- resamples --------------------------------------------------------------------------------------------------

KINDS = {
    "right": RIGHT,
    "wrong": WRONG,
    "sure and wrong": {**WRONG, "confidence": 0.9},
    "sure and right": {**RIGHT, "confidence": 0.9},
    "refused": {"answers": ["9"], "refused": True},
    "rightly refused": {"answerable": False, "refused": True},
    "failed": {"answers": ["9"], "error": "lost"},
    "unknown": {"text": "At 9."},
}
RUNS = st.lists(st.sampled_from(sorted(KINDS)), max_size=8).map(lambda kinds: [line(**KINDS[kind]) for kind in kinds])


@given(RUNS, st.data())
def test_a_resample_is_the_run_with_its_lines_repeated(lines, data):
    weights = data.draw(st.lists(st.integers(0, 3), min_size=len(lines), max_size=len(lines)))
    repeated = [made for made, times in zip(lines, weights, strict=True) for _ in range(times)]
    many = np.array([weights, [1] * len(lines)], dtype=float).reshape(2, -1)
    for name in WHOLE:
        values = BY_NAME[name].over(table(lines), many)
        for value, expected in zip(values, (over(name, repeated), over(name, lines)), strict=True):
            assert isnan(value) if expected is None else value == pytest.approx(expected)


@given(RUNS, st.randoms(use_true_random=False))
def test_the_order_of_lines_is_no_matter(lines, random):
    shuffled = random.sample(lines, len(lines))
    for name in WHOLE:
        assert over(name, shuffled) == over(name, lines)
    assert curve(table(shuffled)) == curve(table(lines))
    assert calibration(table(shuffled)) == calibration(table(lines))


@given(RUNS)
def test_metrics_of_a_run_lie_between_nothing_and_all(lines):
    values = [over(name, lines) for name in WHOLE]
    assert all(value is None or 0 <= value <= 1 for value in values)


# --- the best and the emptiest of runs --------------------------------------------------------------------------


def means(lines):
    scores = [scoring.score(made) for made in lines]
    return {name: over(name, lines) for name in WHOLE.union(*scores)}


def test_a_perfect_run_scores_1_in_everything():
    perfect = {
        "answers": [TIME.removesuffix(".")],
        "gold": [("ferry", TIME)],
        "retrieved": [("ferry", TIME)],
        "confidence": 1.0,
        "judge": Judgement("judge-1", 1.0, 1.0, 1.0),
        "rules": Rules(any_of=(TIME,)),
        **cited(("ferry", TIME)),
    }
    run = [line(**perfect), line(answerable=False, refused=True)]
    figures = means(run)
    assert set(figures) == {metric.name for metric in METRICS}
    for metric in METRICS:
        assert figures[metric.name] == (1 if metric.better == "higher" else 0), metric.name


def test_an_empty_run_scores_0():
    empty = {"text": "", "confidence": 1.0}
    run = [line(**empty, answers=["9"], gold=[("ferry", TIME)]), line(**empty, answerable=False)]
    figures = means(run)
    assert "refusal_precision" not in figures, "nothing was refused"
    assert {name: figures.pop(name) for name in ("aurc", "ece", "brier")} == {"aurc": 1, "ece": 1, "brier": 1}
    assert set(figures.values()) == {0}
    assert {"passage_mrr", "doc_mrr", "em", "lexical_support", "lexical_use"} <= set(figures)


def test_a_run_of_nothing_has_no_figures():
    assert [over(name, []) for name in sorted(WHOLE)] == [None] * len(WHOLE)
    assert curve(table([])) == ()
    assert calibration(table([])) == ()
