"""Messages that are no question about the news, and questions that look like them, with the models of newsqa."""

from datetime import date

import pytest

from newsqa import models
from newsqa.answer.message import MessageExamples, read_message
from newsqa.api import NewsQA
from newsqa.settings import Settings
from newsqa.store.records import Lexicon
from newsqa.types import Bounds, Citation, Turn

ASKED = date(2025, 6, 1)
LEXICON = Lexicon(outlets=("Tarn Herald", "usaherald.com"), bylines=("By Ilse Brandvold",))
CITED = Citation(1, "a1", "Title", "Tarn Herald", None, None, "a.md", "It rained.", 0, 10)
ANSWERED = [Turn("Did it rain?", "It rained. [1]", citations=(CITED,))]


@pytest.fixture(scope="module")
def examples():
    return MessageExamples(models.create_embedder(Settings()))


@pytest.fixture(scope="module")
def read(examples):
    return lambda text, history=(): read_message(text, history, examples, LEXICON, ASKED)


@pytest.mark.parametrize(
    ("text", "kind", "about"),
    [
        ("Hello!", "smalltalk", "greeting"),
        ("thank you so much", "smalltalk", "thanks"),
        ("whats this", "smalltalk", "abilities"),
        ("was kannst du?", "smalltalk", "foreign"),
        ("how many stories are there in your archive?", "about_library", "count"),
        ("Which papers do you have?", "about_library", "outlets"),
        ("how far back do your articles go", "about_library", "period"),
        ("good morning, any news?", "about_library", "newest"),
        ("hi, what's new today?", "about_library", "newest"),
    ],
)
def test_messages_about_newsqa_and_its_library(read, text, kind, about) -> None:
    message = read(text)
    assert (message.kind, message.about) == (kind, about)


@pytest.mark.parametrize(
    ("text", "about", "topic"),
    [
        ("how many articles do you have about the old canal?", "matching", "the old canal"),
        ("how many stories on the canal are in your archive?", "matching", "the canal"),
        ("could you list the headlines about cheese please", "headlines", "cheese"),
        ("articles by Ilse Brandvold", "source", "Ilse Brandvold"),
        ("show me the headlines from USA Herald", "source", "USA Herald"),
        ("do you have articles from April?", "source", "April"),
    ],
)
def test_messages_about_the_library_have_a_topic(read, text, about, topic) -> None:
    message = read(text)
    assert (message.kind, message.about, message.topic) == ("about_library", about, topic)


@pytest.mark.parametrize(
    ("text", "about"),
    [
        ("Source?", "source"),
        ("where did you get that from?", "source"),
        ("says who?", "speaker"),
        ("tell me more please", "more"),
        ("are you really sure?", "sure"),
        ("I dont understand", "meaning"),
        ("when was this article published?", "published"),
    ],
)
def test_messages_about_the_last_answer_need_one(read, text, about) -> None:
    message = read(text, ANSWERED)
    assert (message.kind, message.about) == ("about_answer", about)
    assert read(text).about == "nothing_before"
    assert read(text, [Turn("Did it rain?", "It rained.")]).kind == "question"


@pytest.mark.parametrize(
    "text",
    [
        "How many people were hurt?",
        "Which outlets did the minister own?",
        "What is new in the budget?",
        "Who said the dam is safe?",
        "What did she say?",
        "when did he say that?",
        "who told him that?",
        "why?",
        "what does that mean?",
        "are they sure?",
        "how does it work?",
        "who published the book?",
        "how many articles does the constitution have?",
        "where does the money come from?",
        "what happened yesterday?",
        "no, I meant the other one",
        "what sources did the inquiry use?",
    ],
)
def test_questions_about_the_news_stay_questions(read, text) -> None:
    assert {read(text).kind, read(text, ANSWERED).kind} == {"question"}


@pytest.mark.parametrize(
    ("text", "form", "asked", "topic"),
    [
        ("thanks. who won the election?", "direct", "who won the election?", ""),
        ("please explain why the unions are angry", "direct", "why the unions are angry", "why the unions are angry"),
        ("Can you tell me who won?", "direct", "who won?", "who won"),
        ("find articles about the Adams trial", "find", None, "the Adams trial"),
        ("catch me up on the ferry strike", "overview", None, "the ferry strike"),
        ("Summarise the ferry story.", "overview", None, "the ferry story"),
        ("bird flu?", "overview", None, "bird flu"),
        ("give me a timeline of the museum theft", "timeline", None, "the museum theft"),
        ("what's the latest on the budget", "latest", None, "the budget"),
        ("compare the two offers", "comparison", None, "the two offers"),
        ("list the winners", "list", None, "the winners"),
        ("Who opened the pier?", "direct", "Who opened the pier?", ""),
    ],
)
def test_orders_and_forms_of_questions(read, text, form, asked, topic) -> None:
    message = read(text)
    assert (message.kind, message.form, message.topic) == ("question", form, topic)
    assert asked is None or message.text == asked


def test_quoted_words_and_long_messages_are_left_as_they_are(read) -> None:
    for text in ("Who said “tell me more about the dam”?", "Which article is “Yes” from?", "hello " * 100, "!?"):
        message = read(text)
        assert (message.kind, message.text) == ("question", text)


# The record of an answer


@pytest.fixture(scope="module")
def news(news_index):
    with NewsQA.open(news_index) as news:
        yield news


def talk(news, *texts, bounds=None):
    """Return the answers of a conversation."""
    history, answers = [], []
    for text in texts:
        answers.append(news.ask(text, history=history, asked=ASKED, **({"bounds": bounds} if bounds else {})))
        history.append(Turn.from_answer(answers[-1]))
    return answers


def test_small_talk_says_what_the_library_covers(news) -> None:
    (answer,) = talk(news, "what can you do?")
    assert (answer.kind, answer.refused, answer.citations) == ("smalltalk", False, ())
    assert "4 articles of 2 May 2025 to 12 May 2025" in answer.text


def test_the_newest_headlines_come_first_and_hostile_ones_are_only_text(news, hostile) -> None:
    (answer,) = talk(news, "what's new?")
    lines = answer.text.splitlines()
    assert answer.kind == "about_library"
    assert [line.count("2025") for line in lines] == [0, 1, 1, 1]
    assert "Canal" in lines[1]
    assert "Cheese festival in Ostby draws record crowd” (Ostby Gazette, 10 May 2025)" in lines[2]
    assert not {letter for letter in hostile if not letter.isprintable()} & set(answer.text)


def test_articles_are_counted_by_words_outlet_author_and_time(news) -> None:
    cheese, herald, author, april, nothing = talk(
        news,
        "how many articles about cheese",
        "articles from the Herald",
        "articles by Ilse Brandvold",
        "headlines from 10 May",
        "do you have anything about penguins?",
    )
    assert "Of 4 articles, 1 has “cheese”" in cheese.text
    assert "2 articles of 2 May 2025 from 1 outlet: Tarn Herald (2)" in herald.text
    assert "Lighthouse at Cape Ansell" in author.text
    assert "1 article of 10 May 2025" in april.text
    assert "No article has “penguins”" in nothing.text


def test_bounds_hold_for_the_catalogue(news) -> None:
    (answer,) = talk(news, "what's new?", bounds=Bounds(until=date(2025, 5, 2)))
    assert "The newest of 1 article:" in answer.text
    assert "Cheese" not in answer.text


def test_the_last_answer_is_explained_with_exact_quotes(news) -> None:
    first, source, speaker, more, thanks, again = talk(
        news,
        "How many ships steered by the lighthouse at Cape Ansell?",
        "source?",
        "who said that?",
        "tell me more",
        "thanks",
        "are you sure?",
    )
    assert "212 ships" in first.text
    for answer in (source, speaker, more, again):
        assert answer.kind == "about_answer"
        for citation in answer.citations:
            article = news.article(citation.article_id)
            assert article.text[citation.start : citation.end] == citation.quote
    assert "“Lighthouse at Cape Ansell goes dark after 140 years”, Tarn Herald, 2 May 2025, https://" in source.text
    assert "The coast guard said that 212 ships" in speaker.text
    assert "“I shall miss the fog,” he said." in more.text
    assert more.citations[0].quote not in first.text
    assert thanks.text.startswith("You're welcome")
    assert "word for word" in again.text


def test_more_ends_where_the_article_ends(news) -> None:
    *_, last = talk(news, "Who won the first prize for cheese in Ostby?", *["tell me more"] * 3)
    assert (last.kind, last.citations) == ("about_answer", ())
    assert "nothing more" in last.text
