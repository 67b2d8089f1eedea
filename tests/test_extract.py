"""The parts of the extractive answerer: which sentences may answer, what they need beside them, which are chosen."""

import pytest

from newsqa.extract.candidates import candidates, is_statement
from newsqa.extract.choose import MOST_WORDS, choose
from newsqa.extract.context import leans, with_context
from newsqa.extract.offers import offers
from newsqa.records import Article, Hit, Passage
from newsqa.sentences import sentence_spans


def hit(text: str, name: str = "a", **known) -> Hit:
    article = Article(id=name, text=text, path=f"{name}.md", title="News from Kell", **known)
    return Hit(Passage(1, name, 0, len(text), text), article, 1.0)


@pytest.mark.parametrize(
    "sentence",
    [
        "Ilva Tam opened the bridge on Friday.",
        "“We will not give in,” the mayor of Kell said.",
        "By Friday, 12 ferries had left the port of Orsk.",
        "The council said that:",
    ],
)
def test_statements_may_answer(sentence):
    assert is_statement(sentence)


@pytest.mark.parametrize(
    "sentence",
    [
        "Bridge opens in Kell",
        "By Orn Bask",
        "By Orn Bask, Kell Herald.",
        "Who opened the bridge in Kell?",
        "Read more: the bridges of Kell, old and new.",
        "Sign up for our newsletter to get the news.",
        "Photo: Ilva Tam at the bridge in Kell.",
        "Write to orn@herald.example with your view.",
        "Yes, he did.",
        "THE BRIDGE OF KELL IS OPEN AT LAST.",
        "Follow us for more news from Kell.",
    ],
)
def test_headings_bylines_questions_and_offers_do_not(sentence):
    assert not is_statement(sentence)


@pytest.mark.parametrize(
    ("sentence", "needs"),
    [
        ("He said the bridge would open.", True),
        ("But she did not say when.", True),
        ("“It was the worst night of my life.", True),
        ("This is why the port closed.", True),
        ("“We are ready,” Tam said.", False),
        ("Tam said the bridge would open.", False),
        ("Their mayor, Ilva Tam, said no.", False),
        ("“We are nobody’s servants,” she said.", True),
        ("Speaking in Kell, he put the loss at 5 million crowns.", True),
        ("Tam said that she would resign.", False),
    ],
)
def test_a_sentence_that_leans_on_the_one_before(sentence, needs):
    assert leans(sentence) == needs


def context(text: str, place: int) -> str:
    start, end = with_context(sentence_spans(text), text, place)
    return text[start:end]


def test_who_he_is_comes_along():
    text = "The ferry sank. Orn Bask owns the yard. He said it was old. It rained."
    assert context(text, 2) == "Orn Bask owns the yard. He said it was old."


def test_an_open_quotation_is_closed():
    text = "Tam spoke. “The doors flew off, Venn told us. It was like the end,” she said."
    assert context("Venn said: “The doors flew off. It was like the end,” and left.", 0).endswith("left.")
    assert context(text, 0) == "Tam spoke."


def test_a_heading_names_no_one():
    text = "Orn Bask speaks\nHe said it was old and would be sold."
    assert context(text, 1) == "He said it was old and would be sold."


@pytest.mark.parametrize(
    ("kind", "question", "sentence", "offered"),
    [
        ("person", "Who opened the bridge in Kell?", "Ilva Tam opened it in Kell.", {"ilva", "tam"}),
        ("number", "How many of the 40 ferries sank?", "Of 40 ferries 12 sank.", {"12"}),
        ("money", "How much did it cost?", "The bridge cost $5m and took 3 years.", {"5000000$"}),
        ("money", "How much is the levy?", "A levy of three crowns falls on 40 guests.", {"3crown"}),
        ("duration", "How long did it take?", "The bridge cost $5m and took 3 years.", {"3"}),
        ("date", "When did it open?", "It opened on 3 May, a Friday.", {"3/5", "may", "friday"}),
        ("number", "How many ferries sank?", "No ferry sank.", set()),
        ("person", "Who is Ilva Tam?", "Ilva Tam spoke.", set()),
    ],
)
def test_what_a_sentence_offers(kind, question, sentence, offered):
    assert offers(kind, question, sentence) == offered


def test_the_best_comes_first_and_the_answer_stays_short():
    sentences = [f"Ferry number {n} left the port of {name} at dawn with sacks of grain for {name}." for n, name in
                 enumerate(["Orsk", "Lund", "Kell", "Ostrava", "Norr", "Halv"], 1)]  # fmt: skip
    found = candidates([hit(sentence, name=str(n)) for n, sentence in enumerate(sentences)])
    quotes = choose(found)
    assert quotes[0].text == sentences[0]
    assert len(quotes) <= 3
    assert sum(len(quote.text.split()) for quote in quotes) <= MOST_WORDS


def test_what_two_articles_say_alike_is_said_once():
    one = hit("Halvia launched missiles at the port of Kell overnight.", "one")
    two = hit("Overnight Halvia launched missiles at the port of Kell.", "two")
    assert len(choose(candidates([one, two]))) == 1


def test_outlets_that_disagree_on_a_number_are_both_heard():
    one = hit("Halvia launched 70 missiles at the port of Kell overnight.", "one")
    two = hit("Overnight Halvia launched 90 missiles at the port of Kell.", "two")
    assert [quote.article.id for quote in choose(candidates([one, two]))] == ["one", "two"]


def test_neighbours_become_one_quote():
    text = "Orn Bask owns the yard in Kell. The yard built forty ferries last year."
    found = candidates([hit(text)])
    assert [quote.text for quote in choose(found)] == [text]
