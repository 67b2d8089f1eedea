"""The most alike part of a text: rapidfuzz finds the same likeness."""

import random
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz import fuzz

from newsqa.search.attribution import align

LETTERS = st.text("abc ", max_size=40)


def likeness(sought, text):
    return fuzz.ratio(sought, text) / 100


@given(LETTERS, LETTERS, st.sampled_from([0.3, 0.5, 0.8]))
def test_no_part_is_more_alike_than_the_one_found(sought, text, least):
    best = fuzz.partial_ratio(sought, text) / 100 if sought and text else 0.0
    found = align(sought, text, least)
    if best < least:
        assert found is None
        return
    assert found.score == pytest.approx(best)
    whole = (found.start, found.end) == (0, len(text))
    if len(sought) < len(text) or not whole:
        assert likeness(sought, text[found.start : found.end]) >= best - 1e-9
    else:
        assert whole


def test_a_changed_quotation_is_found_where_it_stands():
    text = "the harbour was shut on friday. we are nobody's spare wheel, said the mayor of orrinport. it rained."
    found = align("we are not anybody's spare wheel said the mayor", text, 0.8)
    assert text[found.start : found.end].endswith("we are nobody's spare wheel, said the mayor")
    assert found.start > 27
    assert 0.85 < found.score < 1


def test_what_has_nothing_in_common_is_left_out_at_both_ends():
    found = align("12345 67890", "aaaa 12345 6789 bbbb", 0.8)
    assert "aaaa 12345 6789 bbbb"[found.start : found.end] in {"12345 6789", " 12345 6789", "12345 6789 "}


def test_the_first_of_equals_is_told():
    assert align("abc", "abc abc", 0.8).start == 0
    assert align("abc", "xyz", 0.8) is None
    assert align("", "xyz", 0.8) is None


def test_what_is_nowhere_is_told_soon():
    words = random.Random(1).choices([f"{a}{b}{c}" for a in "bdfgk" for b in "aeiou" for c in "lmnrst"], k=2_000)
    text, sought = " ".join(words[:1_900]), " ".join(words[1_900:1_960])
    began = time.perf_counter()
    assert align(sought, text, 0.8) is None
    assert time.perf_counter() - began < 2
