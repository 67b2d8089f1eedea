"""Sentences and passages: a table of cases that are easy to get wrong, and what must hold of any text at all."""

from __future__ import annotations

import json
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsqa.text.sentences import embedding_text, passage_spans, sentence_spans
from places import DATA

CASES = json.loads((DATA / "sentences.json").read_text("utf-8"))
WORDS = ["The", "U.S.", "Dr.", "no", "3.5", "said", "J.", "Jan.", "p.m.", "a", "x" * 50, "word " * 130, "\U0001f600"]
MARKS = [
    ".",
    "!",
    "?",
    "…",
    "。",
    "”",
    "“",
    '"',
    "'",
    "(",
    ")",
    "- ",
    "1.",
    " ",
    "\n",
    "\n\n",
    "\r\n",
    "\u2028",
    "\u00a0",
]
PIECES = st.sampled_from([*WORDS, *MARKS])
TEXTS = st.text() | st.lists(PIECES, max_size=60).map("".join)
NONSENSE = ["." * 100_000, '."A' * 33_000, "A. " * 33_000, "?” A. B. " * 11_000, "x\n" * 50_000, "a" * 100_000]
NONSENSE += ["said.“The " * 10_000, "(" * 100_000, ". " + "(" * 100_000, " " * 100_000 + ".", "word " * 20_000]


@pytest.mark.parametrize("case", CASES, ids=[f"{n}-{case['about']}" for n, case in enumerate(CASES)])
def test_sentences_break_where_a_reader_would_break_them(case):
    text = case["separator"].join(case["sentences"])
    assert [text[start:end] for start, end in sentence_spans(text)] == case["sentences"]


@given(TEXTS)
def test_sentences_are_in_order_apart_stripped_and_hold_every_character(text):
    spans = sentence_spans(text)
    assert all(start < end and text[start:end].strip() == text[start:end] for start, end in spans)
    assert all(before[1] <= after[0] for before, after in pairwise(spans))
    outside = "".join(text[a:b] for a, b in pairwise([0, *(edge for span in spans for edge in span), len(text)]))
    assert "".join("".join(text[start:end] for start, end in spans).split()) == "".join(text.split())
    assert len(outside) == len(text)


@given(TEXTS)
def test_no_sentence_is_longer_than_120_words(text):
    assert all(len(text[start:end].split()) <= 120 for start, end in sentence_spans(text))


@given(TEXTS)
def test_passages_are_whole_sentences_that_leave_nothing_out(text):
    sentences = sentence_spans(text)
    passages = passage_spans(text)
    starts, ends = {start for start, _ in sentences}, {end for _, end in sentences}
    assert all(start in starts and end in ends for start, end in passages)
    held = [span for start, end in passages for span in sentences if start <= span[0] and span[1] <= end]
    assert tuple(held) == sentences
    assert all(len(text[start:end].split()) <= 250 for start, end in passages)


@pytest.mark.parametrize("text", NONSENSE, ids=[repr(text[:10]) for text in NONSENSE])
def test_a_lot_of_nonsense_is_split_without_being_held_up(text):
    assert "".join("".join(text[a:b] for a, b in sentence_spans(text)).split()) == "".join(text.split())
    assert passage_spans(text) or not text.strip()


def test_an_endless_run_is_cut_at_a_clause_where_there_is_one():
    text = "the tide rose " * 30 + "and fell; " + "the wind blew " * 30
    first, *_ = [text[start:end] for start, end in sentence_spans(text)]
    assert first.endswith("and fell;")


def article(paragraphs, sentences=4):
    return "\n\n".join(
        " ".join(f"Sentence {s} of paragraph {p} says what happened at the harbour." for s in range(sentences))
        for p in range(paragraphs)
    )


def test_passages_are_of_about_160_words_and_end_with_paragraphs():
    text = article(20)
    passages = [text[start:end] for start, end in passage_spans(text)]
    assert all(80 <= len(passage.split()) <= 200 for passage in passages)
    assert all(passage.split("\n\n")[-1].startswith("Sentence 0") for passage in passages)


def test_a_heading_goes_with_what_it_heads():
    text = article(4) + "\n\nThe price of rope\n\n" + article(4)
    passages = [text[start:end] for start, end in passage_spans(text)]
    assert not any(passage.endswith("The price of rope") for passage in passages)


def test_a_short_tail_is_not_a_passage_of_its_own():
    text = article(4) + "\n\nThe harbour opens on Monday."
    assert all(len(text[start:end].split()) > 40 for start, end in passage_spans(text))


def test_an_article_of_one_line_is_one_passage():
    assert passage_spans("  The quay is shut.\n") == [(2, 19)]
    assert passage_spans(" \n ") == []


def test_the_title_is_read_once_before_the_passage():
    assert embedding_text("Quay shut", "It was.") == "Quay shut\nIt was."
    assert embedding_text("Quay shut", "Quay shut\nIt was.") == "Quay shut\nIt was."
    assert embedding_text(None, "It was.") == "It was."
