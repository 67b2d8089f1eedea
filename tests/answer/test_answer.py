"""The extractive answer over invented articles, with the bundled models."""

from datetime import date
from math import inf
from typing import NamedTuple

import pytest

from newsqa import models
from newsqa.answer.extract import ExtractiveAnswerer
from newsqa.answer.relevance import with_coverage
from newsqa.search.retrieve import rerank
from newsqa.search.understand import understand
from newsqa.settings import Settings
from newsqa.store.records import Lexicon
from newsqa.text.sentences import passage_spans, sentence_spans
from newsqa.types import NO_BOUNDS, Article, DraftSentence, Hit, Passage
from newsqa.verify.verifier import verify

STRIKE = """Dockers of Orrin end their strike

The dock workers of Orrin went back to work on Tuesday after eleven days, the port said.
Mara Venn, who leads the dock workers' union, called the deal a good one. "We have won a rise of 6 percent," she said.
The strike cost the port 2.4 million crowns a day, according to its director, Tobin Halse.
He said that 31 ships had been kept waiting in the sound.

By Ilse Corran
Sign up for our newsletter
What comes next?
"""
BRIDGE = """New bridge over the Teld opens

King Aldon opened the bridge over the river Teld on Friday, four years after work began.
It is 740 metres long and carries a railway. The bridge cost 310 million crowns, twice what was planned.
Some residents of Lowmarsh complained of the noise. "We sleep badly," said Petra Dunn, a baker.
"""


class Drafted(NamedTuple):
    claims: tuple[DraftSentence, ...]
    confidence: float


def drafted(query, evidence, reranker) -> Drafted:
    *sentences, summary = ExtractiveAnswerer(reranker)(query, evidence, inf)
    return Drafted(tuple(sentences), summary.confidence)


def hits(*texts: str) -> list[Hit]:
    found = []
    for number, text in enumerate(texts):
        article = Article(str(number), text, f"{number}.md", title=text.splitlines()[0], published=date(2031, 5, 6))
        found += [
            Hit(Passage(len(found), article.id, start, end, text[start:end]), article, 1.0 - number)
            for start, end in passage_spans(text)
        ]
    return found


@pytest.fixture(scope="module")
def ask():
    reranker, encoder = models.create_reranker(Settings()), models.create_embedder(Settings())

    def asked(question: str, *texts: str):
        query = understand(question, date(2031, 5, 7), Lexicon(), NO_BOUNDS)
        evidence = rerank(query, hits(*(texts or (STRIKE, BRIDGE))), reranker)
        evidence = with_coverage(query, evidence, encoder)
        return drafted(query, evidence, reranker), evidence

    return asked


def said(draft) -> str:
    return " ".join(claim.text for claim in draft.claims)


@pytest.mark.parametrize(
    ("question", "holds"),
    [
        ("How long was the dock workers' strike in Orrin?", "eleven days"),
        ("Who leads the dock workers' union?", "Mara Venn"),
        ("How much did the strike cost the port a day?", "2.4 million crowns"),
        ("Who opened the bridge over the Teld?", "King Aldon"),
        ("How long is the bridge over the Teld?", "740 metres"),
        ("What did Petra Dunn say?", "We sleep badly"),
        ("Did the dockers of Orrin end their strike?", "went back to work"),
    ],
)
def test_the_answer_holds_what_was_asked(ask, question, holds):
    draft, _ = ask(question)
    assert holds in said(draft)
    assert 0 < draft.confidence <= 1


@pytest.mark.parametrize(
    "question",
    [
        "Who won the football cup in Lowmarsh?",
        "What did Mara Venn say about nuclear power?",
        "How many soldiers did Halvia lose?",
        "When was Tobin Halse born?",
        "What did King Aldon say about taxes?",
        "Where did the parliament of Norrland meet?",
    ],
)
def test_what_the_articles_do_not_hold_is_refused(ask, question):
    draft, _ = ask(question)
    assert draft.claims == ()
    assert draft.confidence < 0.5


@pytest.mark.parametrize("question", ["strike", "?!", "Wer leitet die Gewerkschaft?", "and " * 300, "ships\x00\x1b[2J"])
def test_any_question_is_taken(ask, question):
    draft, evidence = ask(question)
    assert not verify(draft.claims, evidence).dropped


def test_claims_are_whole_sentences_word_for_word(ask):
    draft, evidence = ask("How many ships had been kept waiting?")
    checked = verify(draft.claims, evidence)
    assert checked.sentences
    assert not checked.dropped
    for claim in draft.claims:
        (quote,) = claim.quotes
        spans = sentence_spans(quote.article.text)
        assert quote.start in {start for start, _ in spans}
        assert quote.end in {end for _, end in spans}
        assert claim.text == " ".join(quote.text.split())


def test_who_he_is_is_told_with_what_he_said(ask):
    draft, _ = ask("How many ships had been kept waiting in the sound?")
    assert "31 ships" in said(draft)
    assert "Tobin Halse" in said(draft)


def test_an_answer_is_short_and_keeps_clear_of_what_is_no_news(ask):
    draft, _ = ask("What happened in Orrin?")
    text = said(draft)
    assert len(text.split()) <= 75
    assert len(draft.claims) <= 3
    assert "newsletter" not in text
    assert "Ilse Corran" not in text
    assert "?" not in text


def test_outlets_that_disagree_are_both_quoted(ask):
    one = "A march\n\nPolice said that 2,500 people marched through Orrin on Tuesday to cheer the dockers.\n"
    two = "Cheers\n\nThe union said that 6,000 people marched through Orrin on Tuesday to cheer the dockers.\n"
    text = said(ask("How many people marched through Orrin?", one, two)[0])
    assert "2,500" in text
    assert "6,000" in text


def test_the_same_question_gives_the_same_answer(ask):
    assert ask("Who leads the dock workers' union?")[0] == ask("Who leads the dock workers' union?")[0]


def test_no_evidence_is_a_refusal():
    draft = drafted(understand("Who?", date(2031, 5, 7), Lexicon(), NO_BOUNDS), [], None)
    assert draft.claims == ()
    assert draft.confidence == 0.0


def test_evidence_without_a_statement_is_a_refusal():
    evidence = hits("By Ilse Corran\n\nSubscribe to our newsletter.\n")
    draft = drafted(understand("Who is Ilse Corran?", date(2031, 5, 7), Lexicon(), NO_BOUNDS), evidence, None)
    assert draft.claims == ()
