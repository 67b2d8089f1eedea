"""Drafts that mix true sentences in other words with the same ones altered in a value, through the whole pipeline.

Each true sentence of tests/data/mixed_drafts.json answers its question, and has the key of the evidence that holds its
fact. Without a judge the fact is in the text in the article's words; with a judge that says yes to everything the
sentence itself is. Of the altered ones neither the sentence nor its value is there, with either.
"""

import json
import re
from functools import cache

import pytest
from written_desk import written_desk

from newsqa.settings import Settings
from places import DATA

DRAFTS = json.loads((DATA / "mixed_drafts.json").read_text("utf-8"))
MARK = re.compile(r"\s*\[\d+\]")


def bare(text):
    words = re.findall(r"\w+", MARK.sub("", text).casefold())
    return f" {' '.join(words)} "


def plain(text):
    return " ".join(MARK.sub("", text).split())


def draft(case, *, misplaced=False):
    """Write the sentences of a case, each with the key of the evidence that holds its fact, or of what follows it."""

    def write(prompt):
        if not prompt.evidence:
            return ""  # nothing is written again
        right = [prompt.key(one["holds"]) for one in case["sentences"]]
        keys = [key % len(prompt.evidence) + 1 if misplaced else key for key in right]
        return " ".join(f"{one['say'][:-1]} [{key}]." for one, key in zip(case["sentences"], keys, strict=True))

    return write


@pytest.fixture(scope="module", params=["none", "auto"], ids=["no judge", "a judge that says yes"])
def answered(request, sample_index):
    """Answer a question once; the judge of "auto" is the scripted model, which says yes to everything."""
    with written_desk(Settings(index=sample_index, judge=request.param)) as written:
        yield request.param, cache(lambda n: written.ask(DRAFTS[n]["question"], draft(DRAFTS[n])))


def sentences(*, altered):
    return [
        pytest.param(n, one, id=one["say"][:60])
        for n, case in enumerate(DRAFTS)
        for one in case["sentences"]
        if ("altered" in one) == altered
    ]


@pytest.mark.parametrize(("n", "one"), sentences(altered=False))
def test_every_fact_that_answers_is_in_the_text(answered, n, one):
    judge, answer = answered[0], answered[1](n)
    if judge == "none":
        assert one["holds"] in plain(answer.text)
    else:
        assert one["holds"] in plain(answer.text) or bare(one["say"]) in bare(answer.text)


@pytest.mark.parametrize(("n", "one"), sentences(altered=True))
def test_nothing_altered_is_in_the_text(answered, n, one):
    answer = answered[1](n)
    assert bare(one["say"]) not in bare(answer.text)
    assert bare(one["altered"]) not in bare(answer.text)
    assert [dropped.why for dropped in answer.dropped if bare(dropped.text) == bare(one["say"])]


@pytest.fixture(scope="module")
def misplaced(sample_index):
    """Answer a question whose sentences each have the key of other evidence, with a judge that says yes."""
    with written_desk(Settings(index=sample_index)) as written:
        yield cache(lambda n: written.ask(DRAFTS[n]["question"], draft(DRAFTS[n], misplaced=True)))


@pytest.mark.parametrize(("n", "one"), sentences(altered=True))
def test_nothing_altered_is_shown_under_another_key(misplaced, n, one):
    answer = misplaced(n)
    assert bare(one["say"]) not in bare(answer.text)
    written = " ".join(kept.text for kept in answer.sentences if kept.checked_by == "judge")
    assert bare(one["altered"]) not in bare(written)


def test_without_a_judge_every_sentence_is_the_articles(answered):
    judge, ask = answered
    shown = [kept for n in range(len(DRAFTS)) for kept in ask(n).sentences]
    allowed = {"verbatim", "shortened", "quoted"} | ({"judge"} if judge == "auto" else set())
    assert {kept.checked_by for kept in shown} <= allowed
    assert all(kept.citations for kept in shown)


def test_the_set_is_as_large_as_it_says():
    said = [one for case in DRAFTS for one in case["sentences"]]
    assert len(DRAFTS) == 30
    assert len(sentences(altered=False)) >= 45
    assert len(sentences(altered=True)) >= 50
    assert len({one["say"] for one in said}) == len(said)
