"""Follow-ups are made whole, and whole questions are left alone."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsqa.answer.conversation import make_standalone
from newsqa.answer.history import turns_from_messages
from newsqa.types import Turn
from places import DATA

TABLE = json.loads((DATA / "follow_ups.json").read_text("utf-8"))
CASES = [
    pytest.param(talk["history"], question, whole, id=f"{talk['about']}: {question}")
    for talk in TABLE
    for question, whole in talk["cases"]
]


def turns(*contents: str) -> list[Turn]:
    return turns_from_messages(("assistant" if n % 2 else "user", content) for n, content in enumerate(contents))


@pytest.mark.parametrize(("history", "question", "whole"), CASES)
def test_follow_up(history, question, whole):
    assert make_standalone(question, turns(*history)) == whole


@pytest.mark.parametrize("question", sorted({question for talk in TABLE for question, _ in talk["cases"]}))
def test_a_first_question_is_left_as_it_is(question):
    assert make_standalone(question, []) == question


def test_markers_in_an_earlier_answer_are_ignored():
    history = turns("Who leads the union?", "Mara Venn [1][2], who was elected [3].")
    assert make_standalone("How old is she?", history) == "How old is Mara Venn?"


def test_a_long_conversation_is_read_from_its_end():
    history = turns(
        *["Who is Orn Bask?", "Orn Bask is a baker. [1]"] * 500, "Who is Ilva Tam?", "Ilva Tam is a pilot. [1]"
    )
    assert make_standalone("How old is she?", history) == "How old is Ilva Tam?"


def test_endless_messages_are_cut_and_an_endless_question_is_left_alone():
    history = turns("What did Ilva Tam say? " + "x " * 500_000, "y" * 1_000_000)
    assert make_standalone("When did she say it?", history).startswith("When did Ilva Tam say it?")
    endless = "and he " * 150_000
    assert make_standalone(endless, history) == endless


@given(st.text(max_size=300), st.lists(st.text(max_size=200), max_size=6))
def test_any_text_is_taken(question, contents):
    whole = make_standalone(question, turns(*contents))
    assert len(whole) < 20 * (len(question) + sum(map(len, contents)) + 50)
