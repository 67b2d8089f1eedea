"""The chance that evidence answers a question: how much the article as a whole is about it, and its names."""

from datetime import date

import pytest

from newsqa import models
from newsqa.answer.extract import ExtractiveAnswerer
from newsqa.answer.relevance import MIN_RELEVANCE, estimate_relevance, relevant_hits, signals_of
from newsqa.models.encoders import NoReranker
from newsqa.search.retrieve import rerank
from newsqa.search.understand import understand
from newsqa.settings import Settings
from newsqa.store.records import Lexicon
from newsqa.types import NO_BOUNDS, Article, Hit, Passage, Query

ASKED = date(2031, 5, 7)
DAM = (
    "Divers found an eleven-metre crack in Ostrel Dam on Monday, the water board said.\n\n"
    "Ilva Tam, who inspects dams, called the repair urgent. The reservoir behind the dam will be emptied by June."
)
MARKET = "The fish market in Wick moves to the old hall on Friday. Traders complain that it is cold and dark."


def hit(text, relevance=None, name="a", published=None, title=None):
    article = Article(name, text, f"{name}.md", title=title, published=published)
    return Hit(Passage(1, name, 0, len(text), text), article, 1.0, relevance=relevance)


def chance(question, *hits, context=""):
    return estimate_relevance(Query(f"{context}{question}", ASKED, context=context), hits)


@pytest.fixture(scope="module")
def reranker():
    return models.create_reranker(Settings())


@pytest.fixture
def ask(reranker):
    """Return the chance that the articles answer a question, as the models of newsqa see it."""

    def asked(question, *texts):
        query = understand(question, ASKED, Lexicon(), NO_BOUNDS)
        found = [hit(text, name=str(number)) for number, text in enumerate(texts or (DAM, MARKET))]
        return estimate_relevance(query, rerank(query, found, reranker))

    return asked


@pytest.mark.parametrize(
    "question",
    [
        "What is wrong with Ostrel Dam?",
        "Who inspects the dams?",
        "When will the reservoir be emptied?",
        "Where does the fish market move?",
        "Why do the traders in Wick complain?",
    ],
)
def test_what_the_articles_are_about_is_answered(ask, question):
    assert ask(question) >= MIN_RELEVANCE


@pytest.mark.parametrize(
    "question",
    [
        "Who won the cup final?",
        "How many soldiers did Halvia lose?",
        "What is the interest rate of the central bank?",
        "What did Orn Bask say about nuclear power?",
        "How long is the crack in Kettle Dam?",
        "Who plays Hamlet at the theatre in Lund?",
    ],
)
def test_what_they_are_not_about_is_refused(ask, question):
    assert ask(question) < MIN_RELEVANCE


def test_no_evidence_answers_nothing():
    assert chance("Who inspects the dam?") == 0.0


def test_a_better_logit_more_words_and_the_names_of_the_question_raise_it():
    question = "Who inspects Ostrel Dam?"
    assert chance(question, hit(DAM, 2.0)) > chance(question, hit(DAM, -6.0))
    assert chance(question, hit(DAM, 0.0)) > chance(question, hit(DAM.replace("inspects", "paints"), 0.0))
    assert chance(question, hit(DAM, 0.0)) > chance(question, hit(DAM.replace("Ostrel", "Kettle"), 0.0))


def test_the_whole_article_counts_and_not_only_its_passage():
    passage = hit(DAM, 0.0)
    part = Hit(Passage(1, "a", 0, 30, DAM[:30]), passage.article, 1.0, relevance=0.0)
    assert chance("Who calls the repair of Ostrel Dam urgent?", part) == chance(
        "Who calls the repair of Ostrel Dam urgent?", passage
    )


def test_a_name_that_the_article_does_not_hold_is_missed_and_a_day_is_no_name():
    signals = signals_of(Query("What did Ilva Bask say?", ASKED), [hit(DAM, 1.0)])
    assert signals.names == 0.0
    signals = signals_of(Query("What did Ilva Tam say in May?", ASKED), [hit(DAM, 1.0)])
    assert signals.names == 1.0


def test_a_follow_up_about_something_else_is_less_likely_answered():
    here = chance(": Who inspects it?", hit(DAM, 0.0), context="Ostrel Dam")
    assert chance(": Who inspects it?", hit(DAM, 0.0), context="Kettle Dam") < here


def test_without_a_reranker_words_and_names_decide():
    query = Query("Who inspects Ostrel Dam?", ASKED)
    other = Query("Who won the cup final in Lund?", ASKED)
    found = [hit(DAM), hit(MARKET, name="b")]
    assert estimate_relevance(query, rerank(query, found, NoReranker())) >= MIN_RELEVANCE
    assert estimate_relevance(other, rerank(other, found, NoReranker())) < MIN_RELEVANCE


def test_a_logit_of_zero_is_that_of_a_passage_that_was_read():
    assert signals_of(Query("Who inspects the dam?", ASKED), [hit(MARKET, -5.0, "b"), hit(DAM, 0.0)]).reranker == 0.0


def test_the_newest_or_the_oldest_of_what_is_about_a_question():
    old = hit(DAM, 2.0, "old", date(2031, 5, 1))
    new = hit(DAM, 1.0, "new", date(2031, 5, 6))
    beside = hit(DAM, 1.5, "beside", date(2031, 5, 5))
    unrelated = hit(MARKET, -8.0, "unrelated", date(2031, 5, 7))
    undated = hit(DAM, 3.0, "undated")
    every = [undated, old, beside, new, unrelated]
    assert [one.article.id for one in relevant_hits(every, newest=True)] == ["beside", "new"]
    assert [one.article.id for one in relevant_hits(every, newest=False)] == ["old"]
    assert relevant_hits([undated], newest=True) == [undated]


def test_a_refusal_costs_no_reading_of_sentences():
    query = Query("Who won the cup final in Lund?", ASKED)
    *sentences, summary = ExtractiveAnswerer(None)(query, [hit(MARKET, -9.0)], 0.0)
    assert sentences == []
    assert summary.confidence < MIN_RELEVANCE
