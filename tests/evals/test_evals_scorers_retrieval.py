"""Scores of retrieval: trec_eval's figures on committed cases, evidence in passages, and what must hold."""

import json

import ir_measures
import pytest
from hypothesis import given
from hypothesis import strategies as st
from ir_measures import RR, R, Success, nDCG
from scored_lines import line

from newsqa.evals import scoring
from places import DATA

CASES = json.loads((DATA / "scored_retrieval.json").read_text("utf-8"))["cases"]
MEASURES = {
    "hit@1": Success @ 1,
    "hit@5": Success @ 5,
    "hit@10": Success @ 10,
    "recall@5": R @ 5,
    "recall@10": R @ 10,
    "mrr": RR,
    "ndcg@10": nDCG @ 10,
}

SAILED = "The ferry Alkmene left Tolver at 7.25 a.m. with 312 people aboard, an hour late because of the fog."
FOG = "Fog closed the harbour at Wick for two hours on Monday morning."
LONG = " ".join(f"word{n}" for n in range(250))


def found(unit, made):
    return {
        name.removeprefix(f"{unit}_"): value
        for name, value in scoring.score(made).items()
        if name.startswith(f"{unit}_")
    }


def documents(golds, retrieved):
    gold = [(f"gold {n}", None) for n in range(len(golds))]
    return found("doc", line(gold=gold, carriers=golds, retrieved=[(article, "…") for article in retrieved]))


def by_trec_eval(qrels, ranking):
    run = {"q": {name: float(-place) for place, name in enumerate(ranking)} or {"nothing": 0.0}}
    values = ir_measures.calc_aggregate(list(MEASURES.values()), {"q": dict.fromkeys(qrels, 1)}, run)
    return {name: values[measure] for name, measure in MEASURES.items()}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["case"])
def test_articles_are_ranked_as_trec_eval_does(case):
    assert documents(case["gold"], case["retrieved"]) == pytest.approx(case["expected"], abs=1e-6)
    assert by_trec_eval(case["qrels"], case["ranking"]) == pytest.approx(case["expected"], abs=1e-6)


@given(st.sets(st.sampled_from("abcdefgh"), min_size=1), st.permutations("abcdefghijklmnop"), st.integers(0, 16))
def test_any_ranking_scores_as_trec_eval_does(gold, ranking, depth):
    expected = by_trec_eval(gold, ranking[:depth])
    assert documents([[name] for name in gold], ranking[:depth]) == pytest.approx(expected)


def test_figures_worked_out_by_hand():
    ours = documents([["g1"], ["g2"]], ["a", "g1", "b", "g2"])
    assert ours["ndcg@10"] == pytest.approx((1 / 1.5849625 + 1 / 2.3219281) / (1 + 1 / 1.5849625))  # log2 of 3 and 5
    assert ours["mrr"] == 0.5


def test_passages_of_equal_score_rank_in_the_order_of_the_record():
    made = line(gold=[("zebra", None)], retrieved=[("zebra", "…"), ("aardvark", "…")])
    for passage in made.record["retrieved"]:
        passage["score"] = 0.5
    assert found("doc", made)["hit@1"] == 1


def test_golds_that_name_one_article_are_one_story():
    made = line(gold=[("ferry", SAILED), ("ferry", FOG)], carriers=[["ferry"], []], retrieved=[("ferry", "…")])
    assert found("doc", made)["recall@5"] == 1


def test_gold_that_nobody_looked_up_is_not_scored():
    assert not found("doc", line(gold=[("ferry", None)], carriers=[]))


def test_articles_of_another_program_rank_by_their_address_or_alone():
    made = line(gold=[("ferry", None)], retrieved=[("", "…"), ("", "…"), ("", "…"), ("ferry", "…")])
    made.record["retrieved"][0]["url"] = made.record["retrieved"][1]["url"] = "https://tarn-herald.example/tram"
    assert found("doc", made)["mrr"] == pytest.approx(1 / 3)


def test_a_question_to_refuse_has_nothing_to_find():
    scores = scoring.score(line(answerable=False, gold=[("ferry", SAILED)], retrieved=[("ferry", SAILED)]))
    assert not [name for name in scores if name.startswith(("doc", "passage"))]


def test_a_refusal_is_scored_by_what_was_retrieved():
    assert found("doc", line(refused=True, gold=[("ferry", None)], retrieved=[("ferry", "…")]))["hit@1"] == 1


def test_another_program_that_shows_nothing_is_not_scored():
    told = {"gold": [("ferry", None)], "answers": ["7.25 a.m."], "text": "7.25 a.m."}
    assert not found("doc", line(**told, config=None)) | found("passage", line(**told, config=None))
    assert found("doc", line(**told))["mrr"] == 0
    assert found("doc", line(**told, config=None, retrieved=[("tram", "…")]))["mrr"] == 0
    assert not found("passage", line(**told, config=None, error="no answer"))
    assert found("passage", line(**told, error="no answer"))["mrr"] == 0


# --- passages ---------------------------------------------------------------------------------------------------


def rank(**told):
    """Return the rank of the first passage that bears the answer."""
    value = found("passage", line(**told))["mrr"]
    return round(1 / value) if value else None


@pytest.mark.parametrize(
    ("text", "bears"),
    [
        (SAILED, True),
        ("It left at 7:25am.", True),
        ("It left at 17.25.", False),
        (f"{LONG} 7.25 a.m.", False),
        (" ".join(LONG.split()[:247]) + " at 7.25 a.m.", True),
    ],
)
def test_a_passage_bears_an_accepted_answer_in_its_first_250_words(text, bears):
    assert (rank(answers=["7.25 a.m."], retrieved=[("tram", "…"), ("ferry", text)]) == 2) == bears


@pytest.mark.parametrize(
    ("article", "text", "bears"),
    [
        ("ferry", f"At first. {SAILED} Then more.", True),
        ("copy", SAILED.upper(), True),
        ("tram", SAILED, False),
        ("ferry", "Before it. The ferry Alkmene left Tolver at 7.25 a.m. with 312 people aboard,", True),
        ("ferry", "with 312 people aboard, an hour late because of the fog. After it.", True),
        ("ferry", "Before it. The ferry Alkmene left Tolver at", False),
        ("ferry", "because of the fog. After it.", False),
        ("ferry", "nothing of it", False),
    ],
)
def test_a_passage_bears_a_gold_quote_of_which_it_holds_half(article, text, bears):
    told = {"gold": [("ferry", SAILED)], "carriers": [["ferry", "copy"]], "retrieved": [("x", "…"), (article, text)]}
    assert (rank(**told) == 2) == bears


def test_a_passage_inside_a_long_gold_quote_bears_it():
    quote = f"{LONG} {SAILED} {LONG}"
    assert rank(gold=[("ferry", quote)], retrieved=[("ferry", SAILED)]) == 1
    assert rank(gold=[("ferry", quote)], retrieved=[("ferry", FOG)]) is None


def test_of_a_short_quote_all_must_stand_in_the_passage():
    assert rank(gold=[("ferry", "38 days")], retrieved=[("ferry", "It took 38 hours")]) is None
    assert rank(gold=[("ferry", "38 days")], retrieved=[("ferry", "It took 38 days")]) == 1


def test_all_quotes_are_needed_for_full_recall():
    told = {"gold": [("ferry", SAILED), ("wick", FOG)], "answers": ["7.25 a.m."]}
    one = found("passage", line(**told, retrieved=[("ferry", SAILED), ("copycat", SAILED)]))
    assert (one["hit@1"], one["recall@5"], one["mrr"]) == (1, 0.5, 1)
    both = found("passage", line(**told, retrieved=[("ferry", SAILED), ("wick", FOG)]))
    assert set(both.values()) == {1}


def test_an_accepted_answer_stands_for_one_quote_and_never_for_more():
    told = {"gold": [("ferry", SAILED), ("wick", FOG)], "answers": ["7.25 a.m."]}
    elsewhere = ("other", "It left at 7.25 a.m.")
    ours = found("passage", line(**told, retrieved=[elsewhere, elsewhere]))
    assert (ours["hit@1"], ours["recall@5"]) == (1, 0.5)
    ours = found("passage", line(**told, retrieved=[elsewhere, ("wick", FOG)]))
    assert (ours["mrr"], ours["recall@5"]) == (1, 0.5)


def test_one_passage_may_bear_all_the_evidence():
    ours = found("passage", line(gold=[("a", SAILED), ("a", FOG)], retrieved=[("a", f"{SAILED} {FOG}"), ("b", "…")]))
    assert set(ours.values()) == {1}


def test_the_parts_of_an_answer_may_stand_in_several_passages():
    told = {"answers": [("7.25 a.m.", "two hours")]}
    ours = found("passage", line(**told, retrieved=[("ferry", SAILED), ("tram", "…"), ("wick", FOG)]))
    assert (ours["hit@1"], ours["recall@5"], ours["mrr"]) == (1, 1, 1)
    assert found("passage", line(**told, retrieved=[("ferry", SAILED)]))["recall@5"] == 0.5


def test_the_accepted_answer_that_suits_best_is_taken():
    told = {"answers": ["nowhere", ("7.25 a.m.", "two hours"), "Fog"]}
    assert set(found("passage", line(**told, retrieved=[("wick", FOG)])).values()) == {1}


def test_reference_texts_are_not_looked_for_in_passages():
    assert not found("passage", line(answers=[LONG], retrieved=[("ferry", LONG)]))


def test_reciprocal_rank_looks_deeper_than_ten():
    told = {"answers": ["7.25 a.m."], "retrieved": [("tram", "…")] * 12 + [("ferry", SAILED)]}
    ours = found("passage", line(**told))
    assert (ours["mrr"], ours["hit@10"], ours["ndcg@10"]) == (pytest.approx(1 / 13), 0, 0)


PASSAGES = st.lists(st.sampled_from([("ferry", SAILED), ("wick", FOG), ("tram", "It opens on Friday.")]), max_size=14)


@given(PASSAGES)
def test_scores_lie_between_nothing_and_all_and_grow_with_depth(retrieved):
    told = {"gold": [("ferry", SAILED), ("wick", FOG)], "answers": ["7.25 a.m."]}
    for unit in ("doc", "passage"):
        ours = found(unit, line(**told, retrieved=retrieved))
        assert all(0 <= value <= 1 for value in ours.values())
        assert ours["hit@1"] <= ours["hit@5"] <= ours["hit@10"]
        assert ours["recall@5"] <= ours["recall@10"] <= ours["hit@10"]
        assert ours["hit@1"] <= ours["mrr"]


@given(PASSAGES)
def test_a_passage_that_is_beside_the_point_never_helps(retrieved):
    told = {"gold": [("ferry", SAILED), ("wick", FOG)], "answers": ["7.25 a.m."]}
    before = scoring.score(line(**told, retrieved=retrieved))
    after = scoring.score(line(**told, retrieved=[("mill", "It was sold to a baker."), *retrieved]))
    assert all(after[name] <= value for name, value in before.items())
