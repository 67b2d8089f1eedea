"""What numbers, times and days are read from prose, as tables."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsqa.verify.facts.amounts import amounts
from newsqa.verify.facts.moments import clocks, moments
from newsqa.verify.facts.opposites import opposites
from newsqa.verify.facts.synonyms import kin, root


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("a crack eleven metres long", [("11", "metre", "", "")]),
        ("an 11-metre crack", [("11", "metre", "", "")]),
        ("45 crowns a day", [("45", "crown", "day", "")]),
        ("85 cubic metres of water a second", [("85", "cubic metre", "second", "")]),
        ("the 19-year-old striker", [("19", "age", "", "")]),
        ("raised from 4 to 5 per cent", [("4", "%", "", ""), ("5", "%", "", "")]),
        ("up by 5 percentage points", [("5", "% point", "", "")]),
        ("more than 90 were hurt", [("90", "", "", "above")]),
        ("no more than 90 were hurt", [("90", "", "", "below")]),
        ("nine or more were hurt", [("9", "", "", "above")]),
        ("some 1,400 dockers", [("1400", "", "", "about")]),
        ("up to three centimetres wide", [("3", "centimetre", "", "below")]),
        ("half of the reward", [("0.5", "part", "", "")]),
        ("on the tenth day", [("10", "place", "", "")]),
        ("twice a day", [("2", "times", "day", "")]),
        ("a pay rise over two years", [("2", "year", "", "")]),
    ],
)
def test_amounts(text, read):
    assert [(str(a.value.normalize()), a.unit, a.per, a.bound) for a in amounts(text)] == [
        (str(Decimal(value).normalize()), *rest) for value, *rest in read
    ]


@pytest.mark.parametrize(
    ("text", "minutes", "half"),
    [
        ("It left at 6.40 a.m.", 400, "am"),
        ("It left at 17:30.", 330, "pm"),
        ("It left at half past five in the morning.", 330, "am"),
        ("It left at noon.", 0, "pm"),
        ("It left at eleven.", 660, ""),
        ("It left at seven o'clock.", 420, ""),
        ("It left at quarter to three.", 165, ""),
    ],
)
def test_times_of_the_clock(text, minutes, half):
    assert [(clock.minutes, clock.half) for clock in clocks(text)] == [(minutes, half)]


def test_what_only_looks_like_a_time_is_none():
    assert clocks("She put it at 2.1 million, and at 14 he left school.") == []


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("It opened on Friday.", {"2025-03-14"}),
        ("It opened on Monday.", {"2025-03-10"}),
        ("It will open on Monday.", {"2025-03-10", "2025-03-17"}),
        ("It opened yesterday.", {"2025-03-13"}),
        ("It opens next Wednesday.", {"2025-03-19", "2025-03-26"}),
        ("It opened on 3 January.", {"2025-01-03"}),
    ],
)
def test_days_are_seen_from_the_day_of_the_article(text, days):
    assert {str(moment.day) for moment in moments(text, date(2025, 3, 14)) if moment.day} == days


def test_forms_synonyms_and_opposites():
    assert root("rose") == root("risen") == root("rises")
    assert kin("wounded") & kin("injured")
    assert not kin("wounded") & kin("killed")
    assert root("fell") in opposites(root("rose"))
    assert root("rose") in opposites(root("fell"))


@given(st.text(max_size=300))
def test_any_text_is_read(text):
    for found in (amounts(text), clocks(text), moments(text, date(2025, 3, 14))):
        assert all(0 <= one.start < one.end <= len(text) for one in found)
