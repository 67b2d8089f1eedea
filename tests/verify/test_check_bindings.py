"""Numbers, times and names that are true in themselves but belong to something else, and true ones told otherwise."""

from datetime import date

import pytest

from newsqa.verify.facts.amounts import amounts, implied, tells
from newsqa.verify.support import check_support

PUBLISHED = date(2031, 5, 2)  # a Friday


def stands(sentence, *quotes):
    return check_support(sentence, quotes, published=[PUBLISHED] * len(quotes)).supported


@pytest.mark.parametrize(
    ("sentence", "quotes"),
    [
        ("A crossing costs two crowns and a bicycle nine.", ["A crossing costs nine crowns.", "A bicycle pays two."]),
        (
            "The old record had stood since 1921.",
            ["Records began there in 1921.", "The old record had stood since 1949."],
        ),
        ("Ilva Tam was born in Kell.", ["Ilva Tam, who was born in Lund, had been working in Kell."]),
        (
            "The firms agreed on a merger in March 2031.",
            ["The firms agreed in April on a merger; talks began in March."],
        ),
        ("The mill closed in November 2011.", ["The mill, which opened in 2011, closed in November 2030."]),
        (
            "38 people were hurt when the tram hit the gate.",
            ["When the tram hit the gate, 27 people were hurt, not 38."],
        ),
        ("The fee goes up by 85 crowns.", ["The fee rises to 85 crowns."]),
        ("The levy raises 14 million crowns monthly.", ["The levy raises 14 million crowns every year."]),
        ("Three farms serve a single dairy.", ["A single farm serves three dairies."]),
        ("The cable weighs 5 milligrams.", ["The cable weighs 5 micrograms."]),
        ("In Kell it reached 24.3 degrees and in Lund 19.8.", ["Lund reached 24.3 degrees and Kell 19.8."]),
    ],
)
def test_what_belongs_to_something_else_is_dropped(sentence, quotes):
    assert not stands(sentence, *quotes)


@pytest.mark.parametrize(
    ("sentence", "quotes"),
    [
        ("More than 57,000 people fled Kell.", ["In all, 57,360 people fled Kell."]),
        ("The recall of cars in Norr covers about 1.73 million.", ["The recall covers 1,730,192 cars in Norr."]),
        ("Nine in ten homes in Kell were destroyed.", ["About 90% of the homes in Kell were destroyed."]),
        ("The crossing to Lund takes ninety minutes.", ["The crossing to Lund takes an hour and a half."]),
        ("The stay in Norr lasts half a year.", ["The stay in Norr lasts six months."]),
        ("The plan for the port runs ten years.", ["The plan for the port runs a decade."]),
        ("The reef lies 290 kilometres from Kell.", ["The reef lies 180 miles from Kell."]),
        ("The port of Kell lost 200 jobs, four times Lund's loss.", ["The port of Kell lost 200 jobs, Lund 50."]),
        ("The team from Kell won by eight points.", ["The team from Kell won 89-81."]),
        (
            "The ferry hit the rock 45 minutes after it left Kell.",
            ["The ferry left Kell at 6.40 a.m.", "It hit the rock at 7.25 a.m."],
        ),
        (
            "The strike began on 30 April 2031 and ended two days later.",
            ["The strike began on Wednesday and ended on Friday."],
        ),
        ("The market on 3 and 4 May is free.", ["The market on May 3 and 4 is free."]),
        ("Children aged five to fourteen were ill.", ["Children between five and fourteen years old were ill."]),
        ("The fair in Kell opened on New Year's Day 2031.", ["The fair in Kell opened on 1 January."]),
        ("Closing the mill in Kell took a year.", ["The closure of the mill in Kell took twelve months."]),
    ],
)
def test_what_a_reader_takes_for_the_same_stands(sentence, quotes):
    assert stands(sentence, *quotes)


@pytest.mark.parametrize(
    ("told", "known"),
    [
        ("more than 58,000 people", "57,360 people"),
        ("57,000 people", "59,400 people"),
        ("in 1990", "in 1994"),
        ("the 10th time", "the 12th time"),
        ("nearly 57,000 people", "57,360 people"),
        ("two hours", "a day"),
    ],
)
def test_no_number_is_rounded_to_another(told, known):
    every = [*amounts(known), *implied(known, amounts(known))]
    assert not any(tells(amounts(told)[0], other) for other in every)


def test_a_name_of_the_article_does_not_replace_the_one_that_the_quotes_have():
    text = "The mill in Kell is old. The mayor, Ilva Tam, opened the bridge over the Orn in Lund."
    found = check_support("Ilva Tam opened the bridge in Kell.", [text.split(". ")[1]], context=["The bridge", text])
    assert found.fault
    assert "Kell" in str(found.fault)
    assert found.fault.code != "name_missing"
