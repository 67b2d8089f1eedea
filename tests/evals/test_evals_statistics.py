"""Intervals, tests and power: figures from the literature and from scipy, and what simulated runs show."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from newsqa.evals import statistics
from newsqa.evals.statistics import (
    contrast,
    difference_test,
    gather,
    holm,
    interval,
    interval_between,
    mcnemar,
    pool,
    smallest_shown,
    wilson,
)
from thoroughness import examples

NEWCOMBE = [  # 1998, Statistics in Medicine 17:857, table I, method 3
    (81, 263, 0.2553, 0.3662),
    (15, 148, 0.0624, 0.1605),
    (0, 20, 0.0000, 0.1611),
    (1, 29, 0.0061, 0.1718),
]
MAIZE = [49, -67, 8, 16, 6, 23, 28, 41, 14, 29, 56, 24, 75, 60, -48]  # Darwin's pairs; Fisher 1935, p = 0.0527
FEW_SWAPS = 1_000  # where many tests are made, and none has to be exact
IN_GROUPS = [("a", 1.0), ("a", 1.0), ("b", 0.0), ("b", 1.0), ("c", 1.0), ("d", 0.0), ("e", 0.0), ("e", 1.0)]


def alone(count):
    """Groups of questions that belong to no other."""
    return [f"q{number:05}" for number in range(count)]


def chance(before, after):
    """The p of a difference, if both runs have a value."""
    tested = difference_test(before, after)
    return tested and tested[1]


def kind_of_test(before, after):
    """The test that was chosen."""
    return difference_test(before, after)[0]


def means(scores, groups):
    (sample,) = gather([scores], groups)
    return sample


def paired_means(before, after, groups):
    return gather([before, after], groups)


def smallest_of(sample):
    return smallest_shown(sample, interval(sample))


def of(scores):
    return means(list(scores), alone(len(scores)))


def pair(before, after):
    return paired_means(list(before), list(after), alone(len(before)))


@pytest.mark.parametrize(("hits", "questions", "low", "high"), NEWCOMBE)
def test_the_interval_of_a_rate_is_wilsons(hits, questions, low, high):
    found = interval(of([1.0] * hits + [0.0] * (questions - hits)))
    assert (found.low, found.high) == pytest.approx((low, high), abs=5e-5)


def test_the_interval_of_a_mean_is_that_of_scipys_bootstrap():
    scores = np.random.default_rng(3).beta(2, 5, size=60)
    theirs = stats.bootstrap(
        (scores,), np.mean, n_resamples=20_000, method="BCa", rng=np.random.default_rng(4)
    ).confidence_interval
    ours = interval(of(scores))
    assert (ours.low, ours.high) == pytest.approx((theirs.low, theirs.high), abs=0.006)


def test_intervals_are_the_same_on_every_run_and_in_any_order_of_questions():
    scores = list(np.random.default_rng(5).random(30))
    first = means(scores, alone(30))
    turned = means(scores[::-1], alone(30)[::-1])
    assert interval(first) == interval(turned) == interval(means(scores, alone(30)))


def test_too_few_questions_have_a_value_but_no_interval():
    assert np.isnan(of([]).value)
    assert interval(of([])) is None
    assert interval(of([None, None])) is None
    assert interval(of([0.5])) is None
    assert interval(of([0.4, 0.6])) is None
    assert interval(of([1.0])) == wilson(1, 1)
    assert smallest_of(of([0.2] * 5)) is None


def test_scores_that_are_all_alike_still_leave_a_doubt():
    assert interval(of([1.0] * 20)) == wilson(20, 20)
    assert interval(of([0.0] * 20)).high == pytest.approx(0.161, abs=1e-3)
    assert interval(of([0.5] * 20)) is None


def test_a_single_group_has_no_interval_of_a_mean():
    assert interval(means([0.1, 0.5, 0.9] * 4, ["one"] * 12)) is None


def test_questions_of_a_group_are_counted_as_one_observation():
    scores = [1.0] * 60
    assert interval(means(scores, [f"g{n // 10}" for n in range(60)])) == wilson(6, 6)


def simulated_groups(generator):
    """Twenty conversations of five questions whose scores go mostly with the conversation; their true mean is 0.5."""
    level = generator.uniform(0.1, 0.9, size=20)
    scores = np.clip(np.repeat(level, 5) + generator.normal(0, 0.05, size=100), 0, 1)
    return scores, [f"g{n:02}" for n in np.repeat(np.arange(20), 5)]


def covers(found, truth):
    return found.low <= truth <= found.high


def test_intervals_hold_the_truth_in_nineteen_of_twenty_runs():
    generator = np.random.default_rng(6)
    held = [covers(interval(of(generator.beta(2, 5, size=60))), 2 / 7) for _ in range(400)]
    assert 0.92 <= np.mean(held) <= 0.98


def test_intervals_over_groups_hold_the_truth_where_those_over_questions_do_not():
    generator = np.random.default_rng(7)
    runs = [simulated_groups(generator) for _ in range(300)]
    by_group = [covers(interval(means(list(scores), groups)), 0.5) for scores, groups in runs]
    by_question = [covers(interval(of(scores)), 0.5) for scores, _ in runs]
    assert np.mean(by_group) >= 0.9
    assert np.mean(by_question) <= 0.75


@pytest.mark.parametrize(("gained", "lost", "p"), [(6, 0, 0.03125), (1, 9, 22 / 1024), (5, 5, 1.0), (0, 0, 1.0)])
def test_mcnemars_test_is_exact(gained, lost, p):
    assert mcnemar(gained, lost) == pytest.approx(p)
    before = [0.0] * gained + [1.0] * lost + [1.0, 0.0] * 10
    after = [1.0] * gained + [0.0] * lost + [1.0, 0.0] * 10
    assert kind_of_test(*pair(before, after)) == "McNemar"
    assert chance(*pair(before, after)) == pytest.approx(p)


def test_the_permutation_test_gives_fishers_figure_for_darwins_maize():
    shifted = [(difference + 100) / 200 for difference in MAIZE]
    assert chance(*pair([0.5] * 15, shifted)) == pytest.approx(1726 / 2**15, abs=0.007)


def test_the_permutation_test_is_exact_where_few_questions_differ():
    before, after = [0.2, 0.4, 0.6, 0.3] + [0.5] * 30, [0.3, 0.6, 0.7, 0.9] + [0.5] * 30
    assert kind_of_test(*pair(before, after)) == "permutation"
    assert chance(*pair(before, after)) == 2 / 2**4


def test_groups_are_swapped_whole():
    before, after = [0.0] * 40, [0.5] * 40
    groups = [f"g{n // 10}" for n in range(40)]
    assert chance(*paired_means(before, after, groups)) == 2 / 2**4
    assert chance(*pair(before, after)) < 0.001


def test_rates_of_questions_in_groups_are_not_taken_for_independent():
    groups, scores = zip(*IN_GROUPS, strict=True)
    assert kind_of_test(*paired_means(scores, scores[::-1], groups)) == "permutation"


def test_runs_that_are_alike_are_told_apart_in_one_of_twenty_trials(monkeypatch):
    monkeypatch.setattr(statistics, "SWAPS", FEW_SWAPS)
    generator = np.random.default_rng(8)
    found = [chance(*pair(generator.random(40), generator.random(40))) for _ in range(200)]
    assert np.mean(np.array(found) < 0.05) <= 0.09
    assert np.median(found) == pytest.approx(0.5, abs=0.1)


def test_runs_may_score_different_questions():
    before, after = pair([0.4, None, 0.9, None, 0.5, 0.1, None], [None, 0.3, 0.8, None, 0.5, 0.2, 0.6])
    assert before.clusters == 6
    assert (before.value, after.value) == pytest.approx((1.9 / 4, 2.4 / 5))
    assert 0 < chance(before, after) <= 1


def test_a_metric_that_one_run_lacks_has_no_p():
    assert chance(*pair([0.5] * 8, [None] * 8)) is None
    assert interval_between(*pair([0.5] * 8, [None] * 8)) is None


def test_the_interval_of_a_difference_draws_both_runs_alike():
    generator = np.random.default_rng(9)
    before = generator.random(50) * 0.8
    together = interval_between(*pair(before, before + 0.1 + generator.normal(0, 0.01, size=50)))
    apart = interval_between(*pair(before, generator.permutation(before) + 0.1))
    assert together.low > 0.09
    assert together.high < 0.11
    assert apart.high - apart.low > 0.1


def test_a_few_questions_that_changed_leave_no_difference_possible():
    before, after = [1.0] * 45, [1.0] * 42 + [0.5] * 3
    assert chance(*pair(before, after)) == 2 / 2**3
    assert interval_between(*pair(before, after)).high == 0
    assert interval_between(*pair(after, before)).low == 0


def test_holm_adjusts_as_r_does():
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert holm([]) == []
    assert holm([0.4, 0.9]) == pytest.approx([0.8, 0.9])


@given(st.lists(st.floats(0, 1), min_size=1, max_size=12))
def test_holm_keeps_the_order_and_never_lowers(chances):
    adjusted = holm(chances)
    assert all(p <= new <= 1 for p, new in zip(chances, adjusted, strict=True))
    order = np.argsort(chances, kind="stable")
    assert list(np.array(adjusted)[order]) == sorted(adjusted)


def ratio_of(rows, weights):
    """A measure over a set that is a mean: the first column by the second."""
    both = weights @ rows
    return np.divide(both[:, 0], both[:, 1], out=np.full(len(both), np.nan), where=both[:, 1] > 0)


def ratios(first, second):
    """The samples of two runs in that measure, over questions of their own."""
    rows = [np.column_stack([scores, np.ones(len(scores))]) for scores in (first, second)]
    return pool(rows, alone(len(first)), ratio_of)


def test_a_measure_over_a_set_that_is_a_mean_has_the_interval_and_p_of_the_mean():
    generator = np.random.default_rng(10)
    scores = generator.random(30), generator.random(30) * 0.8
    pools, singles = ratios(*scores), pair(*scores)
    assert pools[0].value == pytest.approx(singles[0].value)
    found, expected = interval(pools[0]), interval(singles[0])
    assert (found.low, found.high) == pytest.approx((expected.low, expected.high))
    assert chance(*pools) == pytest.approx(chance(*singles), abs=1e-3)
    found, expected = interval_between(*pools), interval_between(*singles)
    assert (found.low, found.high) == pytest.approx((expected.low, expected.high))


def test_a_measure_over_a_set_that_tells_nothing_has_no_interval():
    rows = np.zeros((20, 2))
    (nothing,) = pool([rows], alone(20), ratio_of)
    assert np.isnan(nothing.value)
    assert interval(nothing) is None
    assert chance(nothing, nothing) is None
    assert interval(pool([rows[:0]], [], ratio_of)[0]) is None


def test_an_interval_holds_its_value_though_drawing_pushes_it_aside():
    values = np.random.default_rng(11).random((40, 1))

    def spread(rows, weights):
        mean = weights @ rows[:, 0] / weights.sum(axis=1)
        return -(weights @ rows[:, 0] ** 2 / weights.sum(axis=1) - mean**2)

    (scattered,) = pool([values], alone(40), spread)
    assert covers(interval(scattered), scattered.value)


@settings(deadline=None, max_examples=examples(30))
@given(st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1)), min_size=1, max_size=12), st.integers(1, 4))
def test_an_interval_holds_the_value_and_a_run_does_not_differ_from_itself(scores, size):
    groups = [f"g{n // size}" for n in range(len(scores))]
    before, after = paired_means(*zip(*scores, strict=True), groups)
    for sample in (before, after):
        found = interval(sample)
        assert found is None or found.low - 1e-9 <= sample.value <= found.high + 1e-9
    assert chance(before, before) == 1
    assert 0 < chance(before, after) <= 1
    same = interval_between(before, before)
    assert same is None or (same.low, same.high) == (0, 0)


def shown_of(questions, changed, difference, trials):
    """How often McNemar's test shows a difference of a rate when that share of the questions changes."""
    generator = np.random.default_rng(12)
    turned = generator.random((trials, questions))
    gained = (turned < (changed + difference) / 2).sum(axis=1)
    lost = (turned < changed).sum(axis=1) - gained
    return np.mean([mcnemar(int(g), int(lo)) < 0.05 for g, lo in zip(gained, lost, strict=True)])


def test_the_smallest_difference_of_a_rate_is_shown_in_about_four_of_five_trials():
    before, after = [0.0] * 20 + [1.0] * 180, [1.0] * 20 + [0.0] * 20 + [1.0] * 160
    smallest = contrast(*pair(before, after)).smallest
    assert shown_of(200, 0.2, smallest, 600) == pytest.approx(0.8, abs=0.07)
    assert shown_of(200, 0.2, smallest / 2, 600) < 0.5


def test_the_smallest_difference_of_a_mean_is_shown_in_four_of_five_trials(monkeypatch):
    monkeypatch.setattr(statistics, "SWAPS", FEW_SWAPS)
    generator = np.random.default_rng(13)
    before = generator.random(80)
    smallest = contrast(*pair(before, before + generator.normal(0, 0.2, size=80))).smallest
    shown = [chance(*pair(before, before + generator.normal(smallest, 0.2, size=80))) < 0.05 for _ in range(100)]
    assert np.mean(shown) == pytest.approx(0.8, abs=0.12)


def test_no_set_of_five_questions_shows_anything():
    assert smallest_of(of([1.0, 0.0, 1.0, 0.0, 1.0])) is None
    assert contrast(*pair([1.0] * 5, [0.0] * 5)).smallest is None
    assert contrast(*pair([1.0] * 10, [1.0] * 9 + [0.0])).smallest >= 0.6, "six questions of ten have to change"


def test_one_run_tells_what_a_set_could_show():
    generator = np.random.default_rng(14)
    small, large = ((generator.random(size) < 0.6).astype(float) for size in (60, 600))
    assert smallest_of(of(small)) > 2 * smallest_of(of(large))
    assert smallest_of(of([1.0, 0.0] * 50)) == pytest.approx(2.8 * 0.5 / 10, rel=0.03)
    spread = smallest_of(of(generator.random(100)))
    assert spread == pytest.approx(2.8 * np.sqrt(1 / 12) / 10, rel=0.15)
    assert smallest_of(of([0.5] * 50)) is None
