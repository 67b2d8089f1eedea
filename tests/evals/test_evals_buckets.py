"""Where questions went wrong: a test for each row of the table, and that every miss falls in one bucket."""

from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scored_lines import citation, cited, line

from newsqa.evals import scoring
from newsqa.evals.metrics.answers import Miss
from newsqa.evals.metrics.answers import right as scorers_right
from newsqa.evals.run_file import CitationCheck
from newsqa.evals.scoring import Bucket, bucket_of

TIME = "The ferry Alkmene left Tolver at 7.25 a.m. on Monday."
FOG = "Fog closed the harbour at Wick for two hours."
TRAM = "The tram line to Ostby opens on Friday."

QUOTED = {"answers": ["7.25 a.m."], "gold": [("ferry", TIME)]}
FOUND = {"retrieved": [("tram", TRAM), ("ferry", TIME)]}
NOT_FOUND = {"retrieved": [("tram", TRAM)]}
REFUSED = {"refused": True, "text": "The articles speak of trams."}


def fell(**told):
    made = line(**told)
    return bucket_of(made, scoring.score(made))


ROWS = [
    # evidence not in the index
    ("not in the index", {**QUOTED, "carriers": [[]], **NOT_FOUND, **REFUSED}),
    ("not in the index", {**QUOTED, "carriers": [[]], **NOT_FOUND, **cited(("tram", TRAM))}),
    ("not in the index", {**QUOTED, "carriers": [[]], "in_index": True, **NOT_FOUND, **REFUSED}),
    ("not in the index", {"answers": ["7.25 a.m."], "in_index": False, **NOT_FOUND, **REFUSED}),
    ("not in the index", {"gold": [("ferry", None)], "carriers": [[]], **NOT_FOUND, **cited(("tram", TRAM))}),
    # in the index, or unknown, and not retrieved
    ("not retrieved", {**QUOTED, **NOT_FOUND, **REFUSED}),
    ("not retrieved", {**QUOTED, **NOT_FOUND, **cited(("tram", TRAM))}),
    ("not retrieved", {**QUOTED, "retrieved": [("ferry", FOG)], **cited(("ferry", FOG))}),
    ("not retrieved", {**QUOTED, "carriers": [], **NOT_FOUND, **REFUSED}),
    ("not retrieved", {"answers": ["7.25 a.m."], "in_index": True, **NOT_FOUND, **REFUSED}),
    ("not retrieved", {"answers": ["7.25 a.m."], **NOT_FOUND, **cited(("tram", TRAM))}),
    ("not retrieved", {"gold": [("ferry", None)], **NOT_FOUND, **cited(("tram", TRAM))}),
    ("not retrieved", {**QUOTED, "retrieved": [], **REFUSED}),
    # retrieved, and answered from something else
    ("retrieved but not used", {**QUOTED, **FOUND, **cited(("tram", TRAM))}),
    ("retrieved but not used", {**QUOTED, **FOUND, "text": "", "citations": []}),
    ("retrieved but not used", {**QUOTED, **FOUND, **cited(("ferry", FOG))}),
    ("retrieved but not used", {"answers": ["7.25 a.m."], **FOUND, **cited(("tram", TRAM))}),
    ("retrieved but not used", {"gold": [("ferry", None)], **FOUND, **cited(("tram", TRAM))}),
    ("retrieved but not used", {**QUOTED, "carriers": [[]], **FOUND, **cited(("tram", TRAM))}),
    # retrieved, cited, and still wrong
    ("wrong answer", {**QUOTED, **FOUND, **cited(("ferry", TIME)), "text": "At nine. [1]"}),
    ("wrong answer", {"answers": ["7.25 a.m."], **FOUND, **cited(("x", TIME)), "text": "At nine. [1]"}),
    ("wrong answer", {**QUOTED, "answers": ["nine"], **FOUND, **cited(("ferry", TIME))}),
    # another program, which does not show what it retrieves
    ("not in the index", {**QUOTED, "carriers": [[]], "text": "At nine.", "config": ""}),
    ("wrong answer", {**QUOTED, "text": "At nine.", "config": ""}),
    ("wrong answer", {**QUOTED, "config": "", **cited(("tram", TRAM))}),
    ("wrongly refused", {**QUOTED, "config": "", **REFUSED}),
    ("not retrieved", {**QUOTED, "config": "", **NOT_FOUND, **REFUSED}),
    # a refusal was right
    ("wrong answer", {"answerable": False, **FOUND, **cited(("ferry", TIME))}),
    ("wrong answer", {"answerable": False, "text": ""}),
    # right, and its citations do not carry it
    ("wrong citation", {**QUOTED, **FOUND, **cited(("tram", TRAM)), "text": "At 7.25 a.m. [1]"}),
    ("wrong citation", {**QUOTED, **FOUND, "text": TIME}),
    ("wrong citation", {**QUOTED, **NOT_FOUND, "text": TIME}),
    (
        "wrong citation",
        {**QUOTED, **FOUND, **cited(("ferry", TIME)), "grounds": [CitationCheck(exists=True, faithful=False)]},
    ),
    (
        "wrong citation",
        {**QUOTED, **FOUND, **cited(("ferry", TIME)), "grounds": [CitationCheck(exists=False, faithful=True)]},
    ),
    (
        "wrong citation",
        {
            **QUOTED,
            **FOUND,
            "text": "The ferry Alkmene left Wick at 7.25 a.m. with 312 people. [1]",
            "sentences": [{"text": "The ferry Alkmene left Wick at 7.25 a.m. with 312 people.", "citations": [1]}],
            "citations": [citation(1, TIME)],
        },
    ),
    (
        "wrong citation",
        {
            "gold": [("ferry", None)],
            **FOUND,
            "text": f"{TRAM} [1]",
            "sentences": [{"text": TRAM, "citations": [1]}],
            "citations": [citation(1, TIME)],
        },
    ),
    # refused, though it was there
    ("wrongly refused", {**QUOTED, **FOUND, **REFUSED}),
    ("wrongly refused", {"answers": ["7.25 a.m."], **FOUND, **REFUSED}),
    ("wrongly refused", {"gold": [("ferry", None)], **FOUND, **REFUSED}),
    ("wrongly refused", {**QUOTED, "carriers": [[]], "retrieved": [("other", TIME)], **REFUSED}),
    ("wrongly refused", {"answerable": True, **FOUND, **REFUSED}),
    # no miss
    (None, {**QUOTED, **FOUND, **cited(("ferry", TIME))}),
    (None, {**QUOTED, **NOT_FOUND, **cited(("ferry", TIME))}),
    (None, {**QUOTED, "carriers": [[]], **FOUND, **cited(("other", TIME))}),
    (None, {"answers": ["7.25 a.m."], **FOUND, **cited(("other", TIME), ("tram", TRAM))}),
    (None, {"gold": [("ferry", None)], **FOUND, **cited(("ferry", TIME))}),
    (None, {"answers": ["7.25 a.m."], "text": "At 7.25 a.m.", "config": ""}),  # a program that never cites
    (None, {"answerable": False, **REFUSED}),
    # nobody can tell
    (None, {**FOUND, **cited(("ferry", TIME))}),
    (None, {**FOUND, **REFUSED}),
    (None, {"answerable": True, **FOUND, **cited(("ferry", TIME))}),
    # counted by themselves
    (None, {**QUOTED, "error": "the model did not answer"}),
    (None, {"answerable": False, "error": "the model did not answer"}),
]


@pytest.mark.parametrize(("expected", "told"), ROWS, ids=[f"{n} {name}" for n, (name, _) in enumerate(ROWS)])
def test_every_row_of_the_table(expected, told):
    assert fell(**told) == expected


def test_every_bucket_has_its_rows():
    of_rules = {*get_args(Miss)} - {"wrongly refused"}  # these have a test of their own
    assert {name for name, _ in ROWS} == {*get_args(Bucket), None} - of_rules


def any_of(**choices):
    return st.fixed_dictionaries({name: st.sampled_from(values) for name, values in choices.items()})


LINES = st.builds(
    lambda question, state, answer: line(**question, **state, **answer),
    st.sampled_from([QUOTED, {"answers": ["7.25 a.m."]}, {"gold": [("ferry", None)]}, {"answerable": False}, {}]),
    any_of(
        retrieved=[FOUND["retrieved"], NOT_FOUND["retrieved"], []],
        in_index=[True, False, None],
        config=["c0ffee", ""],
    ),
    st.sampled_from([REFUSED, cited(("ferry", TIME)), cited(("tram", TRAM)), {"text": TIME}, {"text": ""}]),
)


@given(LINES)
def test_what_was_not_treated_rightly_falls_in_a_bucket_and_nothing_else_but_a_wrong_citation(made):
    fallen, right = bucket_of(made, scoring.score(made)), scorers_right(made)
    assert fallen in {*get_args(Bucket), None}
    if right is False:
        assert fallen not in {None, "wrong citation"}
    else:
        assert fallen in {None, "wrong citation"}


@given(LINES)
def test_a_refusal_falls_in_the_bucket_of_a_refusal(made):
    if made.refused:
        assert bucket_of(made, scoring.score(made)) not in {"retrieved but not used", "wrong answer", "wrong citation"}
    else:
        assert bucket_of(made, scoring.score(made)) != "wrongly refused"
