"""What is read from a question, by golden tables kept as data."""

import json
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsqa.search.understand import MAX_CHARACTERS, answer_kind, is_usable, understand
from newsqa.store.records import Lexicon
from newsqa.types import NO_BOUNDS
from places import DATA

GOLDEN = json.loads((DATA / "understand.json").read_text("utf-8"))
ASKED = date.fromisoformat(GOLDEN["asked"])
LEXICON = Lexicon(tuple(GOLDEN["outlets"]), tuple(GOLDEN["bylines"]))


def _read(question, asked=ASKED):
    return understand(question, asked, LEXICON, NO_BOUNDS)


@pytest.mark.parametrize(("question", "first", "last"), GOLDEN["times"])
def test_times(question, first, last):
    query = _read(question)
    assert [day and day.isoformat() for day in (query.since, query.until)] == [first, last]


@pytest.mark.parametrize(("question", "kind"), GOLDEN["kinds"])
def test_kinds_of_answers(question, kind):
    assert answer_kind(question) == kind


@pytest.mark.parametrize(("question", "names"), GOLDEN["names"])
def test_names(question, names):
    assert list(_read(question).names) == names


@pytest.mark.parametrize(("question", "terms"), GOLDEN["terms"])
def test_terms(question, terms):
    assert list(_read(question).terms) == terms


@pytest.mark.parametrize(("question", "outlets", "bylines"), GOLDEN["sources"])
def test_outlets_and_bylines(question, outlets, bylines):
    query = _read(question)
    assert (list(query.outlets), list(query.bylines)) == (outlets, bylines)


@pytest.mark.parametrize(("question", "order"), GOLDEN["orders"])
def test_orders(question, order):
    assert _read(question).order == order


@pytest.mark.parametrize("question", ["", " \n", "?!", "…", "🛳", "a" * (MAX_CHARACTERS + 1), "_"])
def test_what_cannot_be_read_as_a_question(question):
    assert not is_usable(question)


@pytest.mark.parametrize("question", ["Kyiv?", "42", "為什麼？", "who"])
def test_what_can_be_read_as_a_question(question):
    assert is_usable(question)


@given(st.text(max_size=300), st.dates())
def test_any_text_is_read_without_fault(question, asked):
    query = _read(question, asked)
    assert query.text == question
    assert not (query.since and query.until) or query.since <= query.until
    assert all(term.strip() for term in query.terms)
    assert len(query.terms) == len({term.casefold() for term in query.terms})


PARTS = [
    "in",
    "since",
    "between",
    "and",
    "from",
    "to",
    "May",
    "march",
    "3",
    "9th",
    "2024",
    "last",
    "week",
    "ago",
    "two",
]


@given(
    st.lists(st.sampled_from([*PARTS, "Tuesday", "years", "999", "the", "past", "31", "Feb", "on", ","]), max_size=12)
)
def test_any_words_of_time_are_read_without_fault(words):
    query = _read(" ".join(words))
    assert not (query.since and query.until) or query.since <= query.until


def test_a_term_is_looked_for_once_and_telling_ones_first():
    terms = _read("Did the Ellery ferry, the ferry of Port Ellery, carry 120 people?").terms
    assert terms[:3] == ("Ellery", "Port", "120")
    assert [term.casefold() for term in terms].count("ferry") == 1
