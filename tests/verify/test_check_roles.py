"""Who is who in a sentence: names, offices, and who does it to whom, told from the quotes and the article."""

import pytest

from newsqa.verify.support import check_support


@pytest.mark.parametrize("name", ["Al", "Al Al", "Mayor Al"])
def test_a_name_of_words_that_link_others_is_a_name(name):
    assert check_support(f"{name} met the crew.", ["Al met the crew, as Al Al and Mayor Al did."]).supported
    assert not check_support(f"{name} met the crew.", ["Tam met the crew."]).supported


def stands(sentence, *quotes, context=()):
    return check_support(sentence, quotes, context=context).supported


NORR = "A goal by Ilva Tam won the cup for Norr Rovers on Saturday.", "They beat Kell City 2-1."
NAMED = "Mayor Orn Bask on Monday named Ilva Tam the first woman to run the port."
ORDER = "The list had grown under President Tam, but President Bask issued an order freezing all rules."
BLAMED = "A court found Bask responsible for ordering the theft of a boat from Tam."


@pytest.mark.parametrize(
    ("sentence", "quotes"),
    [
        ("Norr Rovers won the cup with a 2-1 victory over Kell City.", NORR),
        (
            "The baker Ilva Tam asked why the bridge was shut.",
            ("Why, asked the baker Ilva Tam, had the bridge been shut for a year?",),
        ),
        ("The port board offered 4 per cent.", ("The port board offered 4 per cent.", "The union wants 9 per cent.")),
        ("The island is occupied by Kell.", ("Norr wants the island that Kell occupies.",)),
        ("Mayor Orn Bask named Ilva Tam the first woman to run the port.", (NAMED,)),
        ("Bask froze the rule.", (ORDER,)),
        ("Bask was found responsible for ordering the theft.", (BLAMED,)),
        ("Tam recently criticized Mayor Orn Bask.", ("Tam recently criticized Mayor Orn Bask over the ferry.",)),
    ],
)
def test_who_does_it_to_whom_stands(sentence, quotes):
    assert stands(sentence, *quotes)


@pytest.mark.parametrize(
    ("sentence", "quotes"),
    [
        ("Kell City won the cup with a 2-1 victory over Norr Rovers.", NORR),
        (
            "The baker Ilva Tam was asked why the bridge was shut.",
            ("Why, asked the baker Ilva Tam, had the bridge been shut for a year?",),
        ),
        ("The union offered 4 per cent.", ("The port board offered 4 per cent.", "The union wants 9 per cent.")),
        ("The island is occupied by Norr.", ("Norr wants the island that Kell occupies.",)),
        ("Ilva Tam named Mayor Orn Bask head of the port.", (NAMED,)),
        ("President Tam froze the rule.", (ORDER,)),
        ("Tam was found responsible for ordering the theft.", (BLAMED,)),
        ("Mayor Orn Bask recently criticized Tam.", ("Tam recently criticized Mayor Orn Bask over the ferry.",)),
    ],
)
def test_who_does_it_to_whom_falls(sentence, quotes):
    assert not stands(sentence, *quotes)


MEDIATOR = (
    "Its chief executive, Orn Bask, said that the port was losing money.",
    "He named a mediator: the judge Ilva Tam.",
)
PUMP = "The Anti-Flood System (AFS) module may leak oil and set the boat alight."


@pytest.mark.parametrize(
    ("sentence", "quotes"),
    [
        ("Orn Bask named Ilva Tam as mediator.", MEDIATOR),
        ("The anti-flood module may leak oil.", (PUMP,)),
    ],
)
def test_who_and_what_is_called_so_stands(sentence, quotes):
    assert stands(sentence, *quotes)


@pytest.mark.parametrize(
    ("sentence", "quotes"),
    [
        ("Ilva Tam named Orn Bask as mediator.", MEDIATOR),
        ("The radio module may leak oil.", (PUMP,)),
    ],
)
def test_who_and_what_is_called_otherwise_falls(sentence, quotes):
    assert not stands(sentence, *quotes)


def test_who_wrote_it_does_not_stand_for_another():
    quotes, byline = ["Orn Bask, the ferry spokesman, said the boat was late."], ["Ilva Tam"]
    assert not check_support(
        "Ilva Tam, the ferry spokesman, said the boat was late.", quotes, known_names=byline
    ).supported
    assert check_support("Orn Bask said the boat was late, Ilva Tam reports.", quotes, known_names=byline).supported


def test_of_two_names_that_a_hyphen_joins_neither_is_the_other():
    quotes = ["A merged company could also include Kell Motors, of which Norr owns a quarter."]
    article = ("Norr and Tarn talk", " ".join([*quotes, "The Tarn-Norr talks go on."]))
    assert not check_support(
        "Kell Motors, of which Tarn owns a quarter, could join.", quotes, context=article
    ).supported
    assert check_support("Kell Motors, of which Norr owns a quarter, could join.", quotes, context=article).supported
