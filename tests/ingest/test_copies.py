"""Near-copies: signatures that estimate how much two texts share, and stay the same for libraries that are kept."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsqa.ingest.duplicates import BANDS, are_copies, bands, numbers_differ, shingles

STORY = " ".join(f"The {n} boats of pier {n % 7} left the harbour before dawn on day {n}." for n in range(60))


def shared_bands(one, two):
    return len(set(bands(shingles(one))) & set(bands(shingles(two))))


def test_bands_are_the_same_in_every_version():
    """A library keeps them: other numbers would hide the copies of its articles from later runs."""
    assert bands(frozenset(range(0, 400_000, 1_000)))[:3] == [
        -2_382_431_668_604_196_940,
        -4_756_933_349_367_815_796,
        -3_128_759_813_881_839_399,
    ]


def test_a_text_of_a_few_words_has_no_bands():
    assert bands(shingles("Too short to be a copy of anything.")) == []


def test_a_story_with_another_first_sentence_is_a_candidate_and_a_copy():
    other = "From our correspondent in Orrinport. " + STORY
    assert shared_bands(STORY, other) > BANDS // 2
    assert are_copies(shingles(STORY), shingles(other))


FERRY = "The ferry company of Wick said on Monday that its new ship will carry 900 passengers from May. "


@pytest.mark.parametrize(
    ("number", "differs"),
    [("450", True), ("1,900", True), ("nine hundred", False), ("900", False)],
)
def test_texts_that_give_another_number_between_the_same_words_differ(number, differs):
    other = FERRY.replace("900", number) + STORY
    assert numbers_differ(FERRY + STORY, other) == differs


def test_a_number_that_only_one_of_two_texts_has_is_no_difference():
    assert not numbers_differ(STORY, STORY + " Call 555 1234 to reach the harbour office.")
    assert not numbers_differ(FERRY + STORY, "Reported at 10.30. " + STORY + " It has 450 seats, of which 12 are free.")


def test_half_of_the_shingles_in_common_make_a_candidate_in_most_cases():
    """87 of 100 by the theory of banding; the permutations are fixed, so the number found is always the same."""
    found = 0
    for n in range(200):
        start = n * 10_000_019
        one = frozenset(start + 7 * k for k in range(300))
        two = frozenset(start + 7 * k for k in range(100, 400))
        found += bool(set(bands(one)) & set(bands(two)))
    assert 0.8 <= found / 200 <= 0.94


def test_a_tenth_of_the_shingles_in_common_hardly_ever_makes_one():
    found = 0
    for n in range(200):
        start = n * 10_000_019
        one = frozenset(start + 7 * k for k in range(300))
        two = frozenset(start + 7 * k for k in range(245, 545))
        found += bool(set(bands(one)) & set(bands(two)))
    assert found <= 4


@given(st.frozensets(st.integers(0, 2**32 - 1), min_size=40, max_size=200))
def test_bands_do_not_depend_on_the_order_of_shingles(runs):
    assert bands(frozenset(sorted(runs, reverse=True))) == bands(runs)
    assert len(bands(runs)) == BANDS
    assert all(-(2**63) <= band < 2**63 for band in bands(runs))
