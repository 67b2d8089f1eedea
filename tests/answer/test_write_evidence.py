"""What a chat model is sent: evidence as data, chosen and counted to fit."""

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
    select_sentences,
)
from newsqa.answer.ranking import Signals
from newsqa.errors import ModelError
from newsqa.models.registry import ModelInfo
from newsqa.models.usage import count_tokens
from newsqa.prompts import load_prompts
from newsqa.types import Article, Hit, Passage, Query

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
    ranked = [Signals(candidate, 0.5, 0.0, fits_kind=0.0, in_lead=1.0, novelty=1.0) for candidate in found]
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
