"""Questions in another form, spelling or number of words than the articles are answered from them."""

import json
from datetime import date

import pytest

from newsqa import NewsQA
from newsqa.ingest.indexer import index_source
from newsqa.search.read import holds
from newsqa.settings import Settings
from newsqa.text.words import stem_set

ARTICLES = {
    "Strike at the quarry of Orsk": (
        "The quarry workers of Orsk began their strike on 4 May 2031, after talks about night shifts broke down. "
        "The labor court recognized their union in June. Their leader, Ilva Tam, thanked the town."
    ),
    "Water for Kell": (
        "Kell will have new water pipes by autumn, the mayor said. Digging in Mill Street starts on Monday. The mayor "
        "also said that a minerals agreement with the quarry of Orsk, which had been delayed, is to be signed soon."
    ),
    "A quiet fair": "The spring fair of Lund drew 900 people. Rain fell all day, and the brass band went home early.",
}


@pytest.fixture(scope="module")
def news(tmp_path_factory):
    folder = tmp_path_factory.mktemp("forms")
    rows = [{"title": title, "text": text, "published": "2031-07-01"} for title, text in ARTICLES.items()]
    (folder / "news.jsonl").write_text("\n".join(map(json.dumps, rows)), "utf-8")
    settings = Settings(index=folder / "index")
    index_source(settings, str(folder / "news.jsonl"))
    with NewsQA.open(settings) as opened:
        yield opened


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("When did the quarry strike begin?", "4 May 2031"),
        ("Who recognised the union of the quarry workers?", "labor court"),
        ("What has happened with the minerals deal?", "to be signed soon"),
        ("How many people went to the spring fair of Lund?", "900"),
    ],
)
def test_the_article_that_says_it_in_other_forms_answers(news, question, said):
    answer = news.ask(question, asked=date(2031, 7, 2))
    assert said in answer.text
    assert not answer.refused


def test_a_story_that_no_article_is_about_is_refused(news):
    assert news.ask("What has happened with the airport tunnel?", asked=date(2031, 7, 2)).refused


@pytest.mark.parametrize(
    ("one", "other"),
    [("begin", "began"), ("stolen", "steal"), ("recognise", "recognized"), ("labour", "labor"), ("defence", "defense")],
)
def test_forms_and_spellings_of_a_word_are_one(one, other):
    assert stem_set(one) == stem_set(other)
    assert stem_set("began") != stem_set("beginner")


def test_a_text_holds_a_verb_in_any_of_its_forms():
    assert holds("The workers struck on Monday.", "strike")
    assert holds("The strike is over.", "struck")
    assert not holds("The strip is closed.", "strike")
