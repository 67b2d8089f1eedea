"""Cleaning takes away whole lines that are not the article, and never a word of those that are."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsqa.ingest.clean import clean
from newsqa.ingest.repeated import countable_lines, find_repeated_lines
from places import DATA

LINES = json.loads((DATA / "clutter.json").read_text("utf-8"))
FIRST = "The harbour board of Tellin voted on Tuesday to close the old north quay, where engineers had found cracks."
LAST = "Fishing boats move to the south quay on Monday, where they will share a single crane with the mail boat."
PARTS = st.sampled_from([*LINES["goes"], *LINES["stays"], FIRST, LAST, "", "  ", "- a bullet", "Leave a Reply", "Give"])
LISTS = st.lists(PARTS, max_size=20)
TEXTS = st.text() | LISTS.map("\n".join) | LISTS.map("\r\n\r\n".join)


@pytest.mark.parametrize("line", LINES["goes"])
def test_what_is_not_the_article_goes_wherever_it_stands(line):
    assert clean(f"{FIRST}\n\n{line}\n\n{LAST}\n").split() == f"{FIRST} {LAST}".split()


@pytest.mark.parametrize("line", LINES["stays"])
def test_a_line_of_the_article_stays_though_it_has_such_words(line):
    text = f"{FIRST}\n\n{line}\n\n{LAST}\n"
    assert clean(text) == text


@pytest.mark.parametrize(
    "box",
    [
        "Leave a Reply\n\nYour email address will not be published. Required\n\nName",
        "Give\n\nPlease select your prefered mode of payment.\n\nCode:\nTPOST\n\n(Norland only) giving@tellin.example",
        "Comments",
        "Comments (3)\nGreat news!\nAt last",
        "Also read\n\nA dog wins a prize\n\nRain on Sunday",
        "About the author\nJon Ashby",
        "Share this:\nFacebook\nX",
    ],
)
def test_a_box_after_the_end_goes_with_what_is_in_it(box):
    assert clean(f"{FIRST}\n\n{LAST}\n\n{box}\n") == f"{FIRST}\n\n{LAST}\n"


def test_bullets_below_also_read_go_and_the_heading_after_them_stays():
    text = f"{FIRST}\n\nAlso read\n- A dog wins a prize\n- Rain on Sunday\n\nWhat comes next\n\n{LAST}\n"
    assert clean(text) == f"{FIRST}\n\n\nWhat comes next\n\n{LAST}\n"


def test_nothing_that_reads_like_the_article_goes_with_a_box_in_its_midst():
    text = f"{FIRST}\n\nComments\n\n{LAST}\n"
    assert clean(text) == text


def test_an_article_of_nothing_else_leaves_nothing():
    assert clean("Advertisement\n\nLeave a Reply\n\nName\n") == ""
    assert clean("") == ""


@given(TEXTS, st.frozensets(PARTS))
def test_what_is_left_is_whole_lines_in_order_unchanged(text, repeated):
    rest = iter(text.splitlines(keepends=True))
    cleaned = clean(text, repeated)
    assert all(line in rest for line in cleaned.splitlines(keepends=True))
    assert clean(cleaned, repeated) == cleaned


def counted(texts):
    counts = {}
    for text in texts:
        for line in countable_lines(text):
            counts[line] = counts.get(line, 0) + 1
    return counts


def test_lines_that_an_outlet_repeats_are_known_and_go():
    texts = [f"Story {n}\n{FIRST[:50]} {n}.\nTellin Post, voice of the coast\nQuote of the day" for n in range(4)]
    repeated = find_repeated_lines(counted(texts), len(texts), titles={"Quote of the day"})
    assert repeated == {"Tellin Post, voice of the coast"}
    assert clean(texts[0], repeated) == f"Story 0\n{FIRST[:50]} 0.\nQuote of the day"


def test_a_line_in_a_few_of_many_files_is_no_boilerplate():
    texts = [f"Story {n}\nA line of three" if n < 3 else f"Story {n}" for n in range(11)]
    assert find_repeated_lines(counted(texts), len(texts)) == frozenset()


def test_a_sentence_in_three_versions_of_a_story_is_no_boilerplate():
    texts = [f"Story {n}\nNobody was hurt." for n in range(4)]
    assert find_repeated_lines(counted(texts), len(texts)) == frozenset()


def test_long_lines_are_not_counted():
    assert countable_lines("short line\n" + "a long line " * 30 + "\n\n") == {"short line"}
