"""What quantities, times and days are read from prose, and which follow from which, as tables."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsqa.text.calendar import clocks, moments
from newsqa.verify.quantities import follows, implied_quantities, quantities, states


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("a crack eleven metres long", [("11", "metre", "", "")]),
        ("an 11-metre crack", [("11", "metre", "", "")]),
        ("45 crowns a day", [("45", "crown", "day", "")]),
        ("85 cubic metres of water a second", [("85", "cubic metre", "second", "")]),
        ("the 19-year-old striker", [("19", "age", "", "")]),
        ("raised from 4 to 5 per cent", [("4", "", "", ""), ("5", "%", "", "")]),
        ("up by 5 percentage points", [("5", "% point", "", "")]),
        ("more than 90 were hurt", [("90", "", "", "above")]),
        ("no more than 90 were hurt", [("90", "", "", "below")]),
        ("at least nine were hurt", [("9", "", "", "above")]),
        ("some 1,400 dockers", [("1400", "", "", "about")]),
        ("up to three centimetres wide", [("3", "centimetre", "", "below")]),
        ("half of the reward", [("0.5", "part", "", "")]),
        ("one docker in fifty", [("0.02", "part", "", "")]),
        ("half a million crowns", [("500000", "crown", "", "")]),
        ("a half-million crowns", [("500000", "crown", "", "")]),
        ("on the tenth day", [("10", "place", "", "")]),
        ("twice a day", [("2", "times", "day", "")]),
        ("a pay rise that took two years", [("2", "year", "", "")]),
        ("for four quarters in a row", [("4", "", "", "")]),
        ("an hour and a half", [("1.5", "hour", "", "")]),
        ("2½ hours", [("2.5", "hour", "", "")]),
        ("2 1/2 hours", [("2.5", "hour", "", "")]),
        ("half a percentage point", [("0.5", "% point", "", "")]),
        ("a quarter of a century", [("0.25", "century", "", "")]),
        ("half an hour", [("0.5", "hour", "", "")]),
        ("the half-century", [("0.5", "century", "", "")]),
        ("he died at 83.", [("83", "age", "", "")]),
    ],
)
def test_quantities(text, read):
    assert [(str(one.value.normalize()), one.unit, one.per, one.bound) for one in quantities(text)] == [
        (str(Decimal(value).normalize()), *rest) for value, *rest in read
    ]


@pytest.mark.parametrize(
    ("stated", "known", "stands"),
    [
        ("12 people", "twelve people", True),
        ("13 people", "twelve people", False),
        ("nearly 58,000 votes", "57,360 votes", True),
        ("more than 57,000 votes", "57,360 votes", True),
        ("more than 58,000 votes", "57,360 votes", False),
        ("fewer than 57,000 votes", "57,360 votes", False),
        ("a third of the crew", "34 per cent of the crew", True),
        ("a quarter of the crew", "34 per cent of the crew", False),
        ("about 180 miles", "290 kilometres", True),
        ("about 250 miles", "290 kilometres", False),
        ("two weeks", "14 days", True),
        ("three weeks", "14 days", False),
        ("5 per cent", "5 metres", False),
        ("20 centimetres a week", "20 centimetres a day", False),
        ("no more than 12 people", "at least 12 people", False),
        ("1.7 million crowns", "1.73 million crowns", True),
        ("1.8 million crowns", "1.73 million crowns", False),
        ("$1.2 million", "€1.2 million", False),
        ("in his 50s", "Orn Bask, 52, opened it", True),
        ("in his 40s", "Orn Bask, 52, opened it", False),
        ("in the 1990s", "in 1994", True),
        ("in the 1980s", "in 1994", False),
        ("an hour and a half", "90 minutes", True),
        ("an hour and a half", "80 minutes", False),
        ("a decade and a half", "16 years", True),
        ("a decade and a half", "18 years", False),
        ("a quarter of a century", "25 years", True),
        ("half a century", "25 years", False),
        ("more than two dozen boats", "26 boats", True),
        ("more than two dozen boats", "36 boats", False),
        ("not yet forty boats", "39 boats", True),
        ("not yet forty boats", "41 boats", False),
    ],
)
def test_a_quantity_may_be_told_converted_or_rounded(stated, known, stands):
    (one,), (other,) = quantities(stated), quantities(known)
    assert states(one, other) == stands


@pytest.mark.parametrize(
    ("sentence", "quote", "stands"),
    [
        ("Together they scored 60 points.", "Tam scored 31 points and Aro scored 29 points.", True),
        ("Together they scored 61 points.", "Tam scored 31 points and Aro scored 29 points.", False),
        ("He trains 70 guards.", "He trains 60 dockers and 10 divers.", False),  # no word says that it is a sum
        ("The talks took 19 hours after all.", "It took 31 days. The pay rose from 50 to 85 crowns.", False),
        ("Kell gets 38 crowns more than Lund.", "Kell gets 344 crowns and Lund 306 crowns.", True),
        ("Kell gets 48 crowns more than Lund.", "Kell gets 344 crowns and Lund 306 crowns.", False),
        ("Half of the four were from Kell.", "Two were from Kell and two from Lund.", True),
        ("Both died.", "Tam and Aro died.", True),
        ("Three towns were cut off.", "The flood cut off Kell, Lund and Varn.", True),
        ("Five towns were cut off.", "The flood cut off Kell, Lund and Varn.", False),
        ("Two towns were cut off.", "The flood cut off Kell and Lund.", True),
        ("Kell is ahead by 12 percentage points.", "Kell has 54% and Lund has 42%.", True),
        ("Kell is ahead by 14 percentage points.", "Kell has 54% and Lund has 42%.", False),
        ("Half of the sum is for Lund.", "Of 60 crowns Lund gets 40 crowns.", False),
        ("Two thirds of the sum is for Lund.", "Of 60 crowns Lund gets 40 crowns.", True),
        ("The sum grew by half.", "It was 40 crowns and is 60 crowns.", True),
    ],
)
def test_a_quantity_may_follow_from_others(sentence, quote, stands):
    known = [*quantities(quote), *implied_quantities(quote)]
    told = [one for one in quantities(sentence) if one.value != 4]
    assert all(follows(one, sentence, [quote], known) for one in told) == stands


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


def test_both_ends_of_a_span_are_times():
    for text in ("from 2 to 9 p.m.", "2-9pm", "between 2 and 9 in the evening"):
        assert [(clock.minutes, clock.half) for clock in clocks(text)] == [(120, ""), (540, "pm")]
    assert clocks("4 to 6 people waited") == []


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


@given(st.text(max_size=300))
def test_any_text_is_read(text):
    for found in (quantities(text), implied_quantities(text), clocks(text), moments(text, date(2025, 3, 14))):
        assert all(0 <= one.start < one.end <= len(text) for one in found)
