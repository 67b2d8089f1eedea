"""What a follow-up may mean: its readings in a conversation, and that a question that stands alone is left alone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsqa.answer.conversation import MAX_CHARACTERS, RECENT_TURNS, read_in_context
from newsqa.answer.history import turns_from_messages
from newsqa.types import Article, Citation, Turn

DAM = Article(
    "dam",
    "Divers found a crack in Ostrel Dam on Monday. The crack is eleven metres long.\n\n"
    "Ilva Tam, the engineer of the valley, said that she had warned of it for years. "
    "Orn Bask, who owns the dam, said that he would close it until May. The valley below has 4,000 people.",
    "dam.md",
    title="Divers find a crack in Ostrel Dam",
)
BUDGET = Article(
    "budget",
    "The council of Kell will spend 40 million crowns in 2024, the mayor said. In 2023 it spent 31 million crowns.",
    "budget.md",
    title="Kell plans its spending",
)
ARTICLES = {article.id: article for article in (DAM, BUDGET)}


def turn(question, answer="", *, cites=DAM, standalone="", **fields):
    """Return a turn whose answer is a sentence of an article, or of none."""
    citations = ()
    if cites:
        known = (cites.title, cites.outlet, cites.published, cites.url, cites.path)
        start = max(cites.text.find(answer), 0)
        citations = (Citation(1, cites.id, *known, answer, start, start + len(answer)),)
    return Turn(question, f"{answer} [1]" if answer else "", standalone or question, citations=citations, **fields)


def read(message, *turns):
    """Return the texts of the readings of a message."""
    return [reading.text for reading in read_in_context(message, turns, ARTICLES.get)]


def said(*contents):
    """Return turns of which only the texts are known, as evaluation sets give them."""
    return turns_from_messages(("assistant" if n % 2 else "user", content) for n, content in enumerate(contents))


CRACK = turn("How long is the crack in Ostrel Dam?", "The crack is eleven metres long.")
WARNED = turn("Who warned of the crack in Ostrel Dam?", "Ilva Tam, the engineer of the valley, said that she")
OWNER = turn("Who owns Ostrel Dam?", "Orn Bask, who owns the dam, said that he would close it until May.")
SPENT = turn(
    "How much will the council of Kell spend in 2024?",
    "The council of Kell will spend 40 million crowns in 2024, the mayor said.",
    cites=BUDGET,
)


@pytest.mark.parametrize(
    ("message", "likeliest"),
    [
        ("How deep is it?", "Ostrel Dam: How deep is it?"),
        ("And how deep?", "Ostrel Dam: how deep?"),
        ("Why?", "Ostrel Dam: Why?"),
        ("When was that?", "Ostrel Dam: When was that?"),
        ("Ok, and the divers?", "Ostrel Dam: the divers?"),
        ("how many people live there?", "Ostrel Dam: how many people live there?"),
        ("What did they find?", "Ostrel Dam: What did they find?"),
        ("Who found the crack?", "Ostrel Dam: Who found the crack?"),
    ],
)
def test_a_follow_up_is_read_with_what_the_conversation_is_about(message, likeliest):
    readings = read(message, CRACK)
    assert readings[0] == likeliest
    assert len(readings) <= 3


@pytest.mark.parametrize(
    "message", ["Why?", "And when was that?", "Since when?", "How?", "Who helped?", "And the week before?"]
)
def test_a_message_without_enough_words_of_its_own_is_not_searched_alone(message):
    assert all(reading.startswith("Ostrel Dam: ") for reading in read(message, CRACK))


@pytest.mark.parametrize(
    "message",
    [
        "Who won the election in Norrland?",
        "How much does a ferry from Orsk to Lund cost?",
        "Is it true that rain stopped the cup final in Lund?",
        "Are there any flights from Orsk?",
        "What did the court say about tuna fishing quotas for small boats?",
        "What did Tam say?",
    ],
)
def test_a_question_that_stands_alone_is_not_dragged_along(message):
    assert read(message, CRACK) == [message]


def test_a_question_that_may_stand_alone_is_first_read_so():
    alone, dragged = read("What is bird flu?", CRACK)
    assert alone == "What is bird flu?"
    assert dragged == "Ostrel Dam: What is bird flu?"


@pytest.mark.parametrize("message", ["How long is it?", "Why?", "and then?", "Who won the cup in Lund?", "Tell her"])
def test_a_first_message_is_left_as_it_is(message):
    assert read(message) == [message]


def test_readings_never_nest():
    history = [CRACK]
    for message in ("How deep is it?", "And how wide?", "Why?", "Since when?", "Who found it?", "And the valley?"):
        (reading, *_) = read(message, *history)
        assert reading.count(":") == 1
        assert reading.startswith("Ostrel Dam")
        assert reading.endswith(message.removeprefix("And "))
        history.append(turn(message, "The crack is eleven metres long.", standalone=reading))


@pytest.mark.parametrize(
    ("message", "likeliest"),
    [
        ("When did she warn of it?", "Ilva Tam: When did she warn of it?"),
        ("What does she do?", "Ilva Tam: What does she do?"),
        ("What is her job?", "Ilva Tam: What is her job?"),
        ("And why did he close it?", "Orn Bask: why did he close it?"),
    ],
)
def test_he_and_she_are_those_of_whom_the_articles_say_so(message, likeliest):
    assert read(message, WARNED, OWNER)[0] == likeliest


def test_a_pronoun_is_read_with_its_person_and_with_the_topic():
    assert read("When did she warn of it?", WARNED) == [
        "Ilva Tam: When did she warn of it?",
        "Ostrel Dam: When did she warn of it?",
    ]


def test_a_pronoun_of_someone_in_the_message_itself_is_not_replaced():
    question = "What did Orn Bask say about his plans?"
    assert all(reading.endswith(question) for reading in read(question, WARNED))


def test_no_place_and_nobody_of_the_other_sex_is_named_for_a_pronoun():
    assert all(reading.endswith("What did she say?") for reading in read("What did she say?", OWNER))
    assert all(reading.endswith("Was he hurt?") for reading in read("Was he hurt?", WARNED))
    assert all(reading.endswith("Was she hurt?") for reading in read("Was she hurt?", SPENT))


@pytest.mark.parametrize(
    ("message", "likeliest"),
    [
        ("And 2023?", "How much will the council of Kell spend in 2023?"),
        ("And in 2023?", "How much will the council of Kell spend in 2023?"),
        ("What about Lund?", "How much will the council of Lund spend in 2024?"),
        ("How about for Orsk?", "How much will the council of Orsk spend in 2024?"),
    ],
)
def test_a_year_or_a_name_takes_the_place_of_the_one_that_was_asked_for(message, likeliest):
    assert read(message, SPENT)[0] == likeliest


@pytest.mark.parametrize(
    ("message", "likeliest"),
    [
        ("And in May?", "How many ships left Orsk in May?"),
        ("May?", "How many ships left Orsk in May?"),
        ("And from Lund?", "How many ships left Lund in April?"),
    ],
)
def test_a_month_takes_the_place_of_a_month_and_a_place_that_of_a_place(message, likeliest):
    history = said("How many ships left Orsk in April?", "In April 214 ships left Orsk. [1]")
    assert read(message, *history)[0] == likeliest


def test_a_refused_question_does_not_spoil_what_follows():
    refused = turn("Who sank the tanker?", "The articles do not answer this. Nearest: “Tuna quotas”", cites=None)
    refused = Turn(refused.question, refused.answer, "Ostrel Dam: Who sank the tanker?", refused=True, kind="refusal")
    for reading in read("How deep is it?", CRACK, refused):
        assert "tanker" not in reading
        assert "Tuna" not in reading
    assert read("How deep is it?", CRACK, refused)[0] == "Ostrel Dam: How deep is it?"


def test_a_refused_question_of_few_words_leaves_the_topic_as_it_was():
    refused = Turn("Was the captain drunk?", "The articles do not answer this.", "Was the captain drunk?", refused=True)
    assert read("How deep is it?", CRACK, refused)[0] == "Ostrel Dam: How deep is it?"


def test_small_talk_and_the_library_change_no_topic():
    thanks = Turn("thanks!", "You're welcome. Ask more whenever you like.", "thanks!", kind="smalltalk")
    count = Turn("how many articles do you have?", "The library has 2 articles.", kind="about_library")
    assert read("How deep is it?", CRACK, thanks, count)[0] == "Ostrel Dam: How deep is it?"


def test_a_question_about_something_else_opens_a_new_topic():
    assert read("Why?", CRACK, SPENT)[0] == "Kell: Why?"
    assert read("And 2023?", CRACK, SPENT)[0] == "How much will the council of Kell spend in 2023?"


def test_articles_cited_on_the_topic_come_with_its_readings_and_not_with_a_question_that_stands_alone():
    (topical,) = read_in_context("How deep is it?", [SPENT, CRACK], ARTICLES.get)
    (alone,) = read_in_context("How much will the council of Lund spend?", [SPENT, CRACK], ARTICLES.get)
    assert topical.cited == ("dam",)
    assert alone.cited == ()


def test_turns_that_are_only_text_are_read_by_it():
    history = said("How long is the crack in Ostrel Dam?", "Eleven metres [1][2], say divers.", "How deep?", "4.")
    assert read("Who found it?", *history)[0] == "Ostrel Dam: Who found it?"
    assert not any("[" in reading for reading in read("Did divers say so?", *history))


def test_old_turns_fade():
    filler = [turn(f"Who won race {n} in Lund?", "Nobody did.", cites=BUDGET) for n in range(RECENT_TURNS)]
    assert not any("Ostrel" in reading for reading in read("Why?", CRACK, *filler))


def test_quoted_words_whose_origin_is_asked_for_take_nothing_from_the_conversation():
    question = "Which article does this quote come from: “He said that it would not hold”?"
    assert read(question, CRACK) == [question]


def test_endless_messages_are_cut_and_an_endless_question_is_left_alone():
    history = said("How long is the crack in Ostrel Dam? " + "x " * 500_000, "y" * 1_000_000)
    assert all(len(reading) < 2 * MAX_CHARACTERS for reading in read("When did she say it?", *history))
    endless = "and he " * 150_000
    assert read(endless, *history) == [endless]


@given(st.text(max_size=300), st.lists(st.text(max_size=200), max_size=6))
def test_any_text_is_read(message, contents):
    readings = read_in_context(message, said(*contents), lambda _: DAM)
    assert 1 <= len(readings) <= 3
    assert all(len(reading.text) < 20 * (len(message) + sum(map(len, contents)) + 50) for reading in readings)
