"""What a chat model is sent: evidence as data, chosen and counted to fit."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsqa.answer.candidates import find_candidates
from newsqa.answer.prompt import (
    SMALL_TOKENS,
    PresentedHit,
    PromptBuilder,
    format_block,
    format_line,
    sanitize,
    select_passages,
    select_sentences,
)
from newsqa.answer.ranking import Signals
from newsqa.answer.write import WrittenAnswerer
from newsqa.errors import ModelError
from newsqa.models.registry import ModelInfo
from newsqa.models.usage import count_tokens
from newsqa.prompts import load_prompts
from newsqa.types import EXTRACTIVE, Article, Hit, Passage, Query

PROMPTS = load_prompts()
QUERY = Query("When did the harbour of Wick open?", date(2025, 5, 12))


def shown(text, title="Paid", outlet="Post"):
    article = Article("a", text, "a.md", title=title, outlet=outlet, published=date(2025, 5, 10))
    return PresentedHit(Hit(Passage(1, "a", 0, len(text), text), article, 1.0), text)


def briefing(context, small=False):
    return PromptBuilder(None, ModelInfo("test", "server", "", context, small=small, output_tokens=100), PROMPTS)


@given(st.lists(st.text(max_size=600), min_size=1, max_size=12), st.integers(900, 4_000), st.booleans())
def test_a_prompt_never_has_more_tokens_than_the_model_reads(texts, context, small):
    made = briefing(context, small)
    try:
        brief = made.build(QUERY, [shown(text) for text in texts])
    except ModelError:
        return  # not even one piece of evidence fits
    assert count_tokens(brief.messages) + 100 <= context
    assert 0 < len(brief.evidence) <= len(texts)


def test_the_best_evidence_stays_where_not_all_fits():
    pieces = [shown(f"Piece {n}. " + "The harbour opened late. " * 10) for n in range(10)]
    brief = briefing(1_500).build(QUERY, pieces)
    assert 0 < len(brief.evidence) < 10
    assert list(brief.evidence) == pieces[: len(brief.evidence)]
    assert "Piece 0." in brief.question
    assert f"Piece {len(brief.evidence)}." not in brief.question


def test_without_room_for_any_evidence_it_says_so():
    with pytest.raises(ModelError, match="too few") as told:
        briefing(600).build(QUERY, [shown("The harbour opened late. " * 30)])
    assert "NEWSQA_CONTEXT" in told.value.hint


def test_the_evidence_is_keyed_and_names_its_source():
    (_, system), (_, asked) = briefing(4_000).build(QUERY, [shown("Wick opened."), shown("Tarn closed.")]).messages
    assert "[1] Post, 10 May 2025, Paid\n<<<\nWick opened.\n>>>\n\n[2] Post" in asked
    assert QUERY.text in asked
    assert "Wick" not in system


def test_a_small_model_gets_the_best_sentences_with_what_they_lean_on_in_few_tokens():
    story = (
        "The mayor, Ilva Tam, opened the harbour. She cut a ribbon on Monday. " + "Gulls cried over the old pier. " * 40
    )
    hit = Hit(Passage(1, "a", 0, len(story), story), Article("a", story, "a.md"), 1.0)
    found = sorted(find_candidates([hit]), key=lambda candidate: "ribbon" not in candidate.text)
    ranked = [Signals(candidate, 0.5, 0.0, fits_kind=0.0, in_lead=1.0, is_new=1.0) for candidate in found]
    (one,) = select_sentences(ranked, count_tokens)
    assert one.text.startswith("The mayor, Ilva Tam, opened the harbour. She cut a ribbon on Monday. Gulls cried")
    assert count_tokens(one.text) <= SMALL_TOKENS + len(one.text.split())
    assert len(one.text) < len(story)


@given(st.text() | st.text("<>|[]【】\n\u202e\U000e0041 sINT/_"))
def test_data_holds_no_key_no_delimiter_and_no_turn_of_another(text):
    data = sanitize(text)
    assert not any(
        mark in data for mark in ("[", "]", "【", "<<", ">>", "<|", "|>", "<s>", "</s>", "\u202e", "\U000e0041")
    )
    piece = shown(text, title=text, outlet=text)
    assert "\n" not in format_line(1, piece)
    head, *body, end = format_block(1, piece).split("\n")
    assert (head[:4], body[0], end) == ("[1] ", "<<<", ">>>")
    assert not any(line in {"<<<", ">>>"} or line.startswith("[") for line in body[1:])


def test_what_readers_see_of_an_article_is_not_what_was_changed_for_the_model():
    piece = shown("“We [sic] paid <|5|> crowns,” he said.")
    assert format_line(2, piece) == "[2] (Post, 10 May 2025) “We (sic) paid ‹|5|› crowns,” he said."
    assert piece.hit.article.text == "“We [sic] paid <|5|> crowns,” he said."


def test_a_small_model_is_not_asked_for_a_story():
    writer = WrittenAnswerer(briefing(4_000, small=True), None)
    story = [replace(shown("The new bridge at Wick opened on Friday.").hit, relevance=3.0)]
    sentence, summary = writer(replace(QUERY, form="overview"), story, 0.0)
    assert sentence.text == "The new bridge at Wick opened on Friday."
    assert summary.model == EXTRACTIVE


def test_an_article_that_is_too_long_is_shown_around_its_best_passage():
    text = " ".join(f"Ship {n} came to the harbour." for n in range(400))
    start = text.index("Ship 200 ")
    end = text.index("Ship 202 ") - 1
    article, other = Article("a", text, "a.md"), Article("b", "Tarn closed.", "b.md")
    best = Hit(Passage(1, "a", start, end, text[start:end]), article, 1.0)
    inside = Hit(Passage(2, "a", end + 1, end + 26, text[end + 1 : end + 26]), article, 0.9)
    outside = Hit(Passage(3, "a", 0, 24, text[:24]), article, 0.8)
    elsewhere = Hit(Passage(4, "b", 0, 12, other.text), other, 0.7)
    first, *others = select_passages([best, inside, outside, elsewhere], 200, count_tokens)
    assert [one.text for one in others] == [text[:24], "Tarn closed."]
    assert first.text == first.hit.passage.text == text[first.hit.passage.start : first.hit.passage.end]
    assert first.text.startswith("Ship 19")
    assert first.text.endswith(" came to the harbour.")
    assert "Ship 200 came to the harbour. Ship 201 came to the harbour. Ship 202" in first.text
    assert count_tokens(first.text) <= 200 + 20


def test_the_best_passage_is_shown_whatever_fits():
    (one,) = select_passages([shown("Wick opened. Tarn closed.").hit], 0, count_tokens)
    assert one.text == "Wick opened. Tarn closed."
    assert select_passages([], 100, count_tokens) == []
