"""The chance that evidence answers a question: how much the article as a whole is about it, and its names."""

from dataclasses import replace
from datetime import date

import pytest

from newsqa import models
from newsqa.answer.extract import ExtractiveAnswerer
from newsqa.answer.relevance import MIN_RELEVANCE, estimate_relevance, relevant_hits, signals_of, with_coverage
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


def query_of(question, context=""):
    return replace(understand(f"{context}{question}", ASKED, Lexicon(), NO_BOUNDS), context=context)


def chance(question, *hits, context=""):
    return estimate_relevance(query_of(question, context), hits)


@pytest.fixture(scope="module")
def reranker():
    return models.create_reranker(Settings())


@pytest.fixture(scope="module")
def encoder():
    return models.create_embedder(Settings())


@pytest.fixture
def ask(reranker, encoder):
    """Return the chance that the articles answer a question, as the models of newsqa see it."""

    def asked(question, *texts):
        query = understand(question, ASKED, Lexicon(), NO_BOUNDS)
        found = [hit(text, name=str(number)) for number, text in enumerate(texts or (DAM, MARKET))]
        return estimate_relevance(query, with_coverage(query, rerank(query, found, reranker), encoder))

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


def test_more_words_and_the_names_of_the_question_raise_it():
    question = "Who inspects Ostrel Dam?"
    assert chance(question, hit(DAM, 0.0)) > chance(question, hit(DAM.replace("inspects", "paints"), 0.0))
    assert chance(question, hit(DAM, 0.0)) > chance(question, hit(DAM.replace("Ostrel", "Kettle"), 0.0))


def test_words_elsewhere_in_the_article_count_too():
    passage = hit(DAM, 0.0)
    part = Hit(Passage(1, "a", 0, 30, DAM[:30]), passage.article, 1.0, relevance=0.0)
    alone = hit(DAM[:30], 0.0)
    question = "Who calls the repair of Ostrel Dam urgent?"
    assert chance(question, passage) > chance(question, part) > chance(question, alone)


@pytest.mark.parametrize(
    ("held", "left_out"),
    [
        ("Who inspects dams?", "Who paints dams?"),
        ("Who called the repair urgent?", "Who paid for the repair?"),
        ("When will the reservoir be emptied?", "When was the reservoir built?"),
        ("What did the divers find?", "How old are the divers?"),
    ],
)
def test_a_detail_that_the_article_leaves_out_is_less_likely_answered(ask, held, left_out):
    assert ask(left_out) < ask(held)


def test_no_words_to_look_for_are_all_covered(encoder):
    (found,) = with_coverage(query_of("Why?"), [hit(DAM, 0.0)], encoder)
    assert found.coverage == 1.0
    assert with_coverage(query_of("Why?"), [], encoder) == []


def test_a_name_that_the_article_does_not_hold_is_missed_and_a_day_is_no_name():
    signals = signals_of(Query("What did Ilva Bask say?", ASKED), [hit(DAM, 1.0)])
    assert signals.names == 0.0
    signals = signals_of(Query("What did Ilva Tam say in May?", ASKED), [hit(DAM, 1.0)])
    assert signals.names == 1.0


def test_a_follow_up_about_something_else_is_less_likely_answered():
    here = chance(": Who inspects it?", hit(DAM, 0.0), context="Ostrel Dam")
    assert chance(": Who inspects it?", hit(DAM, 0.0), context="Kettle Dam") < here


def test_without_a_reranker_words_and_names_decide():
    query = query_of("Who inspects Ostrel Dam?")
    other = query_of("Who won the cup final in Lund?")
    found = [hit(DAM), hit(MARKET, name="b")]
    assert estimate_relevance(query, rerank(query, found, NoReranker())) >= MIN_RELEVANCE
    assert estimate_relevance(other, rerank(other, found, NoReranker())) < MIN_RELEVANCE


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
    query = query_of("Who won the cup final in Lund?")
    *sentences, summary = ExtractiveAnswerer(None)(query, [hit(MARKET, -9.0)], 0.0)
    assert sentences == []
    assert summary.confidence < MIN_RELEVANCE
