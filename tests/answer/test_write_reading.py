"""Drafts as chat models write them, read into claims while they come."""

import re
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from whole_drafts import read_draft

from newsqa.answer.drafts import MAX_REPEATS, MAX_SENTENCES, RESTATES_QUESTION, DraftReader
from newsqa.answer.keyed import keyed_sentences
from newsqa.types import Article, DraftSentence, DraftText, Hit, Passage

TEXTS = [
    "Some 9,400 visitors came to the festival in Ostby.",
    "Envoys met in Lund on 3 May. They talked for two hours.",
    "The lock at Tolver leaks, Nadia Quell said.",
]


def hit(n, text):
    return Hit(Passage(n, f"a{n}", 0, len(text), text), Article(f"a{n}", text, "x.md"), 1.0)


EVIDENCE = [hit(n, text) for n, text in enumerate(TEXTS, 1)]


def read(pieces, cut=False):
    """Return what a reader makes of a draft in pieces: its claims, and the words that were to be watched."""
    reader = DraftReader(EVIDENCE)
    events = [event for piece in pieces for event in reader.feed(piece)]
    events += reader.close(cut=cut)
    claims = [event for event in events if isinstance(event, DraftSentence)]
    assert len(claims) == reader.count
    return claims, "".join(event.text for event in events if isinstance(event, DraftText)), reader


def sources(claim):
    return {quote.article.id for quote in claim.quotes}


@pytest.mark.parametrize(
    ("draft", "keyed"),
    [
        ("Envoys met in Lund. [2] The lock leaks [3].", [("Envoys met in Lund.", (2,)), ("The lock leaks.", (3,))]),
        ("[2] Envoys met. [3] The lock leaks.", [("Envoys met.", (2,)), ("The lock leaks.", (3,))]),
        ("Envoys met.\n[2]\n\nThe lock leaks.\n[3]", [("Envoys met.", (2,)), ("The lock leaks.", (3,))]),
        ("Envoys met.【2†source】", [("Envoys met.", (2,))]),
        ("Envoys met [1-3].", [("Envoys met.", (1, 2, 3))]),
        ("Envoys met [1, 3 and 2].", [("Envoys met.", (1, 3, 2))]),
        ("Envoys met [Evidence 2][^3].", [("Envoys met.", (2, 3))]),
        ("Envoys met [[2]](https://x.example/y).", [("Envoys met.", (2,))]),
        ("“Why?” Maria Stern asked in Lund. [2]", [("“Why?” Maria Stern asked in Lund.", (2,))]),
        ("# The talks\n\n- **Envoys** met in *Lund* [2]\n- The lock leaks [3]\n",
         [("Envoys met in Lund", (2,)), ("The lock leaks", (3,))]),
        ("1. Envoys met [2]\n2. The lock leaks [3]", [("Envoys met", (2,)), ("The lock leaks", (3,))]),
        ("The envoys of Norr had come to talk about the water of the\nold canal and left. [2]",
         [("The envoys of Norr had come to talk about the water of the old canal and left.", (2,))]),
        ("Envoys met in 2031 (for the third time).", [("Envoys met in 2031 (for the third time).", ())]),
        ("Envoys met <b>today</b> [2]<br/>", [("Envoys met today", (2,))]),
        ("", []),
        ("[1][2]", []),
    ],
)  # fmt: skip
def test_sentences_and_keys_are_read_in_whatever_form_they_come(draft, keyed):
    assert [tuple(sentence) for sentence in keyed_sentences(draft)] == keyed


@pytest.mark.parametrize(
    ("draft", "texts"),
    [
        ("<think>Is it [1]? Yes.</think>Envoys met in Lund. [2]", ["Envoys met in Lund."]),
        ("<think>Is it [1]? It goes on", []),
        ("Let me think about Lund</think>\nEnvoys met in Lund. [2]", ["Envoys met in Lund."]),
        ("Based on the provided evidence, envoys met in Lund [2].", ["Envoys met in Lund."]),
        ("According to [2], envoys met in Lund.", ["Envoys met in Lund."]),
        ("Evidence [2] states that envoys met in Lund.", ["Envoys met in Lund."]),
        ("Sure! Here is the answer:\n\n**Answer:** Envoys met in Lund. [2]", ["Envoys met in Lund."]),
        ("Envoys met in Lund. [2]\n\nSources:\n[2] Norr Times, 4 May", ["Envoys met in Lund."]),
        ("NOT FOUND", []),
        ("not found.", []),
        ("NOT FOUND. The evidence speaks of a festival in Ostby. [1]", []),
        ("The evidence does not mention the price.", []),
        ("I'm sorry, but the provided articles do not contain this information.", []),
        ("Envoys met in Lund. [2] NOT FOUND", ["Envoys met in Lund."]),
        ("Envoys met in Lund (2).", ["Envoys met in Lund."]),
        ("Envoys met Ann Tam (42) in Lund (9).", ["Envoys met Ann Tam (42) in Lund (9)."]),
        ("No talks were held in Ostby, the mayor said.", ["No talks were held in Ostby, the mayor said."]),
    ],
)
def test_what_is_said_around_an_answer_is_no_claim(draft, texts):
    assert [claim.text for claim in read_draft(draft, EVIDENCE)] == texts


def test_keys_that_name_nothing_prove_nothing():
    (claim,) = read_draft("Envoys met in Lund [4][0][999].", EVIDENCE)
    assert (claim.text, claim.quotes) == ("Envoys met in Lund.", ())


def test_a_claim_comes_as_soon_as_what_follows_shows_that_it_is_whole():
    reader = DraftReader(EVIDENCE)
    words = re.findall(r"\S+ ?", "Envoys met in Lund. [2] The lock at Tolver leaks, Nadia Quell said today.")
    came = [(word, event) for word in words for event in reader.feed(word) if isinstance(event, DraftSentence)]
    ((word, claim),) = came
    assert (word, claim.text, sources(claim)) == ("Nadia ", "Envoys met in Lund.", {"a2"})


def test_a_draft_that_turns_in_circles_is_left():
    claims, _, reader = read(["The lock leaks [3]. "] * 50)
    assert len(claims) == 1 + MAX_REPEATS
    assert reader.done
    assert not reader.cut


def test_a_draft_without_end_is_cut():
    claims, _, reader = read([f"Boat number {n} left Lund [2]. " for n in range(500)])
    assert len(claims) == MAX_SENTENCES
    assert reader.done
    assert reader.cut


def test_a_sentence_that_turns_in_circles_is_left_and_those_before_it_stay():
    claims, _, reader = read(["The lock leaks [3]. Envoys met on Monday", ", and agreed on Thursday" * 40])
    assert [claim.text for claim in claims] == ["The lock leaks."]
    assert reader.done
    assert reader.cut


@pytest.mark.parametrize(
    ("question", "said", "fault"),
    [
        ("Where did the envoys meet?", "The envoys meet [2].", RESTATES_QUESTION),
        ("Where did the envoys meet?", "The envoys meet in Lund [2].", None),
        ("Did the envoys meet?", "The envoys meet [2].", None),
        ("How many envoys meet?", "Two envoys meet [2].", None),
    ],
)
def test_what_only_says_the_question_again_has_a_fault(question, said, fault):
    reader = DraftReader(EVIDENCE, question)
    (claim,) = [event for event in (*reader.feed(said), *reader.close()) if isinstance(event, DraftSentence)]
    assert claim.fault == fault


def test_the_items_of_a_list_say_what_the_words_before_it_begin():
    reader = DraftReader(EVIDENCE, "Who met in Lund?")
    draft = "Sure:\n\nThose who met in Lund:\n- Envoys of Norr [2]\n- Nadia Quell [3]\n\nThey talked for two hours. [2]"
    texts = [event.text for event in (*reader.feed(draft), *reader.close()) if isinstance(event, DraftSentence)]
    lead = "Those who met in Lund:"
    assert texts == [f"{lead} Envoys of Norr", f"{lead} Nadia Quell", "They talked for two hours."]


def test_of_a_draft_that_was_cut_off_the_sentence_without_an_end_goes():
    pieces = ["Envoys met in Lund. [2] The lock at Tol"]
    assert [claim.text for claim in read(pieces, cut=True)[0]] == ["Envoys met in Lund."]
    assert len(read(pieces)[0]) == 2


def test_thoughts_are_not_watched():
    claims, seen, _ = read(["<thi", "nk>secretly [1]. ", "</th", "ink>Envoys", " met. [2]"])
    assert seen == "Envoys met. [2]"
    assert [claim.text for claim in claims] == ["Envoys met."]


BITS = [
    "Envoys met in Lund", ". ", " [2]", "[1", ", 3]", "\n", "\n\n", "- ", "1. ", "**", "The lock leaks", "(2)", "? ",
    "“No,”", " she said", "<think>", "</think>", "</", "NOT FOUND", "Sources:", "Based on [1], ", "【3", "†x】", "#",
    " ", "e.g. ", "3.5", "and then it was said that nothing more would come of it", "Answer: ",
    " on and on and on" * 5,
]  # fmt: skip
DRAFTS = st.lists(st.one_of(st.sampled_from(BITS), st.text(max_size=8)), max_size=30).map("".join)


@given(DRAFTS, st.lists(st.integers(0, 400), max_size=20))
def test_how_a_draft_is_cut_into_pieces_changes_nothing(draft, places):
    cuts = [0, *sorted(places), len(draft)]
    pieces = [draft[start:end] for start, end in pairwise(cuts)]
    claims, seen, reader = read(pieces)
    whole, seen_whole, at_once = read([draft])
    assert claims == whole == list(read_draft(draft, EVIDENCE))
    assert (reader.done, reader.cut) == (at_once.done, at_once.cut)
    assert reader.done or seen == seen_whole


@given(DRAFTS)
def test_any_draft_is_read_and_cites_spans_of_the_evidence(draft):
    for claim in read_draft(draft, EVIDENCE):
        assert claim.text
        for quote in claim.quotes:
            assert quote.text == quote.article.text[quote.start : quote.end] != ""
