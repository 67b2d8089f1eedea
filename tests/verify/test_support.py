"""What quotes carry and what they don't, as a table of sentences."""

import json
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsqa.verify.faults import Fault, FaultCode
from newsqa.verify.support import MIN_OVERLAP, check_support
from places import DATA

TABLE = json.loads((DATA / "support.json").read_text("utf-8"))


@pytest.mark.parametrize("case", TABLE, ids=lambda case: case["about"])
def test_support(case):
    known = case.get("known", ())
    found = check_support(case["sentence"], case["quotes"], min_overlap=MIN_OVERLAP, known_names=known)
    if case["why"] is None:
        assert found.supported, found.fault
    else:
        assert found.fault
        assert case["why"] in str(found.fault)


@pytest.mark.parametrize("code", get_args(FaultCode))
def test_every_fault_has_words_for_a_person(code):
    assert str(Fault(code, ("{0}", "two", "three")))


@given(st.text(max_size=400), st.lists(st.text(max_size=400), max_size=3))
def test_any_text_is_judged(sentence, quotes):
    assert 0.0 <= check_support(sentence, quotes).overlap <= 1.0


@given(st.text(min_size=1, max_size=400))
def test_a_quote_carries_itself(text):
    assert check_support(text, [text]).supported


WORDS = st.sampled_from(["harbour", "bridge", "mayor", "ferry", "storm", "council", "opened", "closed"])
SENTENCES = st.lists(WORDS, min_size=4, max_size=12).map(lambda found: "the " + " ".join(found))


@given(SENTENCES, st.integers(2, 9_999), st.integers(2, 9_999))
def test_an_altered_number_never_stands(sentence, true, altered):
    found = check_support(f"{sentence} {altered} boats", [f"{sentence} {true} boats"])
    assert found.supported == (true == altered)


@given(SENTENCES)
def test_an_added_denial_never_stands(sentence):
    assert not check_support(f"Tam did not say {sentence}", [f"Tam did say {sentence}"]).supported


@given(SENTENCES)
def test_a_lost_denial_never_stands(sentence):
    assert not check_support(f"Tam will say {sentence}", [f"Tam will not say {sentence}"]).supported


@given(SENTENCES, st.sampled_from(["Bask", "Orsk", "Venn Aro"]))
def test_an_altered_name_never_stands(sentence, name):
    assert not check_support(f"{name} saw {sentence}", [f"Ilva Tam saw {sentence}"]).supported
    assert not check_support(f"{sentence} near {name}", [f"{sentence} near Tam"]).supported
