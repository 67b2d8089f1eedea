"""Scores of citations: cases worked out by hand, with the reasoning beside them, and what must hold."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scored_lines import citation, cited, line

from newsqa.evals import scoring
from newsqa.evals.run_file import CitationCheck
from places import DATA

CASES = json.loads((DATA / "scored_citations.json").read_text("utf-8"))["cases"]

OPENS = "The tram line to Ostby opens on Friday."
COST = "It cost 41 million crowns."
FOG = "Fog closed the harbour at Wick for two hours."
BOTH = "The tram line to Ostby opens on Friday and cost 41 million crowns."


def answer(quotes, sentences, **told):
    return line(
        text=" ".join(text for text, _ in sentences),
        sentences=[{"text": text, "citations": list(numbers), "support": 0.0} for text, numbers in sentences],
        citations=[citation(n, quote) for n, quote in enumerate(quotes, 1)],
        **told,
    )


def recall_and_precision(made):
    scores = scoring.score(made)
    return scores.get("lexical_support"), scores.get("lexical_use")


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["why"])
def test_cases_worked_out_by_hand(case):
    unfaithful = case.get("unfaithful", ())
    grounds = [CitationCheck(exists=True, faithful=n not in unfaithful) for n in range(1, len(case["quotes"]) + 1)]
    made = answer(case["quotes"], case["sentences"], grounds=grounds)
    assert recall_and_precision(made) == pytest.approx((case["recall"], case["precision"]), abs=1e-6)


def test_existence_and_fidelity_are_what_the_index_said():
    grounds = [
        CitationCheck(exists=True, faithful=False),
        CitationCheck(exists=True, faithful=True),
        CitationCheck(exists=False, faithful=False),
    ]
    scores = scoring.score(answer([OPENS, COST, FOG], [(OPENS, [1, 2, 3])], grounds=grounds))
    assert scores["citation_existence"] == pytest.approx(2 / 3)
    assert scores["quote_fidelity"] == pytest.approx(1 / 3)


def test_without_an_index_at_hand_quotes_are_taken_at_their_word():
    made = answer([OPENS], [(OPENS, [1])])
    made = type(made)(made.record, made.key, made.place, made.item, type(made.known)())
    scores = scoring.score(made)
    assert "quote_fidelity" not in scores
    assert scores["lexical_use"] == 1


def test_an_answer_emptied_scores_0():
    made = answer([OPENS], [(OPENS, [1])])
    made.record.update(text="", citations=[])
    assert recall_and_precision(made) == (0, 0)
    assert "quote_fidelity" not in scoring.score(made)


def test_an_answer_whose_citations_are_taken_away_scores_0():
    made = answer([OPENS], [(OPENS, [1])])
    made.record.update(citations=[])
    assert recall_and_precision(made) == (0, 0)


def test_a_refusal_has_no_citations_to_score_and_a_failure_has_none_of_use():
    assert recall_and_precision(answer([], [("The articles hold other things.", [])], refused=True)) == (None, None)
    assert recall_and_precision(answer([], [], error="no model")) == (0, 0)


def test_an_answer_that_states_nothing_to_check_is_not_scored():
    assert recall_and_precision(answer([OPENS], [("Yes.", [1])])) == (None, None)


@pytest.mark.parametrize(
    "text",
    [
        f"{OPENS} [1] {COST} [2]",
        f"{OPENS} [1]\n\n{COST}[2]",
        f"{OPENS[:-1]} [1]. {COST[:-1]} [2].",
        f"The tram line [1] to Ostby opens on Friday. {COST} [2]",
        f"{OPENS} [1][1] {COST} [2]",
    ],
)
def test_markers_of_another_program_belong_to_the_sentence_before_them_or_around(text):
    citations = [citation(1, OPENS), citation(2, COST)]
    assert recall_and_precision(line(text=text, citations=citations, config=None)) == (1, 1)
    swapped = [citation(2, OPENS), citation(1, COST)]
    assert recall_and_precision(line(text=text, citations=swapped, config=None)) == (0, 0)


def test_a_program_that_never_cites_is_not_scored_but_one_that_cites_nothing_there_is():
    said = [{"text": OPENS, "citations": [], "support": None}]
    assert recall_and_precision(line(text=OPENS, config=None)) == (None, None)
    assert recall_and_precision(line(text=OPENS, sentences=said, config="")) == (None, None)
    assert recall_and_precision(line(text=OPENS, config="", error="no prediction")) == (None, None)
    assert recall_and_precision(line(text=f"{OPENS} [1]", config=None)) == (0, 0)
    assert recall_and_precision(line(text=OPENS)) == (0, 0)


# --- what must hold ---------------------------------------------------------------------------------------------

SENTENCES = st.lists(
    st.tuples(st.sampled_from([OPENS, COST, FOG, BOTH, "Yes."]), st.lists(st.integers(1, 4), max_size=4)),
    min_size=1,
    max_size=4,
)
QUOTES = st.lists(st.sampled_from([OPENS, COST, FOG]), max_size=4)


@given(QUOTES, SENTENCES)
def test_scores_lie_between_nothing_and_all(quotes, sentences):
    assert all(0 <= value <= 1 for value in scoring.score(answer(quotes, sentences)).values())


@given(QUOTES, SENTENCES, st.data())
def test_a_wrong_citation_never_raises_precision(quotes, sentences, data):
    at = data.draw(st.integers(0, len(sentences) - 1))
    before = recall_and_precision(answer(quotes, sentences))
    wrong = [*quotes, "A baker from Hollin bought nine hens."]
    text, numbers = sentences[at]
    more = [*sentences[:at], (text, [*numbers, len(wrong)]), *sentences[at + 1 :]]
    after = recall_and_precision(answer(wrong, more))
    if None not in before:
        assert after[0] == before[0]
        assert after[1] <= before[1] + 1e-9


@given(st.permutations([1, 2, 3]))
def test_the_order_of_citations_is_no_matter(numbers):
    assert recall_and_precision(answer([OPENS, COST, FOG], [(BOTH, numbers)])) == pytest.approx((1, 2 / 3))


def test_sentences_that_are_their_quotes_score_1_in_everything():
    scores = scoring.score(line(**cited(("tram", OPENS), ("tram", COST), ("wick", FOG))))
    names = ("citation_existence", "quote_fidelity", "lexical_support", "lexical_use")
    assert [scores[name] for name in names] == [1, 1, 1, 1]
