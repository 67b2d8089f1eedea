"""Scores of answers: the definitions of RealTime QA and rouge-score on committed cases, and what must hold."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scored_lines import line

from newsqa.evals import scoring
from places import DATA

CASES = json.loads((DATA / "scored_answers.json").read_text("utf-8"))["cases"]
WORDS = st.lists(st.sampled_from(["ferry", "tram", "mill", "fog", "41", "the", "a"]), min_size=1, max_size=6)
TEXTS = WORDS.map(" ".join)


def accepted(case):
    return [tuple(answer) if isinstance(answer, list) else answer for answer in case["accepted"]]


def scored(text, answers, **told):
    return scoring.score(line(text=text, answers=answers, **told))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["why"])
def test_scores_are_those_of_the_reference(case):
    ours = scored(case["text"], accepted(case))
    assert {name: ours[name] for name in ("em", "f1")} == pytest.approx(case["realtimeqa"], abs=1e-6)
    assert ours["rouge_l"] == pytest.approx(case["rouge_l"], abs=1e-6)
    assert ours["contains"] == case["contains"]


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("Pilot’s Lantern", "Pilot's Lantern"),
        ("2020–21", "2020-21"),
        ("“fine‑tuned”", '"fine-tuned"'),
        ("ＦＥＲＲＹ １２", "ferry 12"),
        ("co\u00adoper\u200bate", "cooperate"),
        ("1\u00a0260 metres…", "1 260 metres..."),
        ("€500", "500"),
        ("¿Qué?", "qué"),
    ],
)
def test_typography_is_no_difference(text, answer):
    ours = scored(text, [answer])
    assert (ours["em"], ours["f1"], ours["contains"], ours["rouge_l"]) == (1, 1, 1, 1)


@pytest.mark.parametrize(
    ("text", "answer", "stands"),
    [
        ("at 7:25pm on Friday", "7.25 p.m.", True),
        ("at 9pm on Friday", "9 p.m.", True),
        ("in Washington, D.C., on Friday", "Washington, DC", True),
        ("the Netflix’s-led deal", "Netflix", True),
        ("O’Brien said", "O'Brien", True),
        ("between 1,260 and 2,000", "1260", True),
        ("$2.26", "26", False),
        ("26.2 per cent", "26", False),
        ("2.5m crowns", "2.5", True),
        ("1,260,000 crowns", "1,260", False),
        ("Covid-19", "Covid 19", True),
        ("ferryman", "ferry", False),
        ("the ferry. Tram lines", "ferry tram", True),
        ("9/11", "9/11", True),
    ],
)
def test_an_accepted_answer_stands_in_a_text_as_whole_tokens(text, answer, stands):
    assert scored(text, [answer])["contains"] == stands


def test_markers_are_no_part_of_an_answer():
    assert scored("38 [1] [2]", ["38"])["em"] == 1
    assert scored("38 days [12].", ["12"])["contains"] == 0


@pytest.mark.parametrize("told", [{"refused": True}, {"error": "the model did not answer"}])
def test_a_refusal_or_a_failure_says_nothing(told):
    ours = scored("38 days", ["38 days"], **told)
    assert [ours[name] for name in ("em", "f1", "contains", "rouge_l")] == [0, 0, 0, 0]


def test_only_questions_with_answers_are_scored():
    assert "em" not in scoring.score(line(text="38 days", gold=[("ferry", None)]))
    assert "em" not in scored("38 days", ["38 days"], answerable=False)


def test_a_reference_text_is_compared_but_not_looked_for():
    reference = " ".join(f"word{n}" for n in range(21))
    ours = scored(reference, [reference])
    assert (ours["em"], ours["f1"], ours["rouge_l"]) == (1, 1, 1)
    assert "contains" not in ours
    assert "contains" in scored(reference, [reference, "word1"])


def test_many_parts_are_found_in_any_order():
    parts = tuple(f"part {n}" for n in range(9))
    ours = scored(", ".join(reversed(parts)), [parts])
    assert (ours["em"], ours["f1"], ours["contains"], ours["rouge_l"]) == (1, 1, 1, 1)


@given(TEXTS, st.lists(TEXTS, min_size=1, max_size=3))
def test_scores_lie_between_nothing_and_all(text, answers):
    ours = scored(text, answers)
    assert all(0 <= value <= 1 for value in ours.values())
    assert ours["em"] <= ours["f1"]
    assert ours["em"] <= ours["contains"]
    assert ours["rouge_l"] <= ours["f1"] + 1e-9  # words in order are words


@given(TEXTS, st.lists(TEXTS, min_size=1, max_size=3), TEXTS)
def test_another_accepted_answer_never_lowers_a_score(text, answers, another):
    before, after = scored(text, answers), scored(text, [*answers, another])
    assert all(after[name] >= before[name] for name in ("em", "f1", "contains", "rouge_l"))


@given(TEXTS, st.permutations(["ferry", "tram line", "mill", "fog"]))
def test_the_order_of_parts_and_of_answers_is_no_matter(text, parts):
    orders = [tuple(parts), ("ferry", "tram line", "mill", "fog")]
    assert scored(text, orders[:1]) == scored(text, orders[1:])
    assert scored(text, list(parts)) == scored(text, list(orders[1]))


@given(st.text(max_size=40), st.text(min_size=1, max_size=40))
def test_any_text_can_be_scored(text, answer):
    assert all(0 <= value <= 1 for value in scored(text, [answer, (answer, text)]).values())


@given(TEXTS)
def test_an_accepted_answer_scores_1_in_everything(text):
    ours = scored(text, [text])
    assert (ours["em"], ours["f1"], ours["contains"], ours["rouge_l"]) == (1, 1, 1, 1)
