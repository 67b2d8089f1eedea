"""The library as a program uses it: `NewsQA`, with models of newsqa and of the program's own."""

import json
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest
from langchain_core.language_models import FakeListChatModel
from langchain_openai import ChatOpenAI
from openai_stand_in import openai_stand_in
from word_embedder import WordEmbedder

import newsqa
from newsqa.api import NewsQA
from newsqa.errors import LibraryError, ModelError, NewsqaError, SourceError, UsageError
from newsqa.settings import Settings
from newsqa.types import Answer, Bounds, Sentence, Turn

CHEESE = "Who won the first prize for cheese in Ostby?"
ASKED = date(2025, 6, 1)


class BrokenEmbedder(WordEmbedder):
    """Fails at the first passage."""

    def embed_documents(self, texts):
        raise RuntimeError(f"out of memory after {texts[0]}")


class WordReranker:
    """Scores a text by the words that it shares with the question; keeps what it was asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def score(self, question, texts):
        self.asked.append(question)
        words = set(re.findall(r"\w+", question.lower()))
        return [float(len(words & set(re.findall(r"\w+", text.lower())))) for text in texts]


def open_small(folder, **options):
    """Open a library whose search needs no model."""
    return NewsQA.open(folder, embedder=WordEmbedder(), reranker=WordReranker(), **options)


class ShortReranker(WordReranker):
    """Loses a score."""

    def score(self, question, texts):
        return super().score(question, texts)[1:]


@pytest.fixture(scope="module")
def news(tmp_path_factory, news_folder):
    with open_small(tmp_path_factory.mktemp("api") / "library") as news:
        news.index(news_folder, name="news")
        yield news


def test_a_new_library_is_made_by_indexing(tmp_path, news_folder):
    with open_small(tmp_path / "library") as news:
        with pytest.raises(LibraryError) as raised:
            news.ask(CHEESE)
        assert raised.value.hint
        assert not (tmp_path / "library").exists()
        report = news.index(str(news_folder))
        assert (report.added, report.problems) == (4, ())
        answer = news.ask(CHEESE, asked=ASKED)
        assert "Runa Selbach" in answer.text
        for citation in answer.citations:
            assert news.article(citation.article_id).text[citation.start : citation.end] == citation.quote


def test_later_questions_see_what_was_indexed_later(tmp_path, news_folder):
    source = tmp_path / "more"
    source.mkdir()
    article = {"title": "Bell found", "outlet": "Tarn Herald", "published": "2025-05-20"}
    with open_small(tmp_path / "library") as news:
        news.index(news_folder)
        assert news.ask("Who found the bell of Marrow chapel?", asked=ASKED).refused
        text = "The bell of Marrow chapel was found by Odile Farran in a barn near Wick on Tuesday."
        (source / "bell.json").write_text(json.dumps({**article, "text": text}))
        progress = []
        news.index(source, on_progress=progress.append)
        assert progress
        assert "Odile Farran" in news.ask("Who found the bell of Marrow chapel?", asked=ASKED).text
        assert news.coverage().articles == 5
        (source / "bell.json").unlink()
        (source / "other.json").write_text(json.dumps({**article, "text": "The chapel at Marrow has a new roof."}))
        assert news.index(source).removed == 1
        assert "Odile Farran" not in news.ask("Who found the bell of Marrow chapel?", asked=ASKED).text


def test_bounds_are_given_together_or_one_by_one(news):
    assert news.coverage() == news.coverage(bounds=Bounds())
    assert news.coverage().articles == 4
    assert news.coverage(outlet="Tarn Herald").articles == 2
    assert news.coverage(bounds=Bounds(outlet="Tarn Herald"), since=date(2025, 1, 1)).articles == 1
    assert news.coverage(since=date(2025, 5, 11), bounds=Bounds(since=date(2025, 1, 1))).articles == 1
    assert news.ask(CHEESE, until=date(2025, 5, 9), asked=ASKED).refused
    assert news.ask(CHEESE, as_of=date(2025, 5, 9)).as_of == date(2025, 5, 9)
    outlets = {hit.article.outlet for hit in news.search("What happened?", outlet="Ostby Gazette")}
    assert outlets == {"Ostby Gazette"}


def test_a_stream_ends_with_the_answer_and_a_conversation_goes_on(news):
    *events, answer = news.stream(CHEESE, asked=ASKED)
    assert isinstance(answer, Answer)
    assert [event for event in events if isinstance(event, Sentence)] == list(answer.sentences)
    history = [Turn.from_answer(answer)]
    assert news.ask("And when was that?", history=history, asked=ASKED).standalone == "Ostby: when was that?"


def test_search_finds_passages_best_first_and_goes_into_langchain(news):
    hits = news.search(CHEESE)
    assert hits[0].article.outlet == "Ostby Gazette"
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
    assert news.article(hits[0].article.id) == hits[0].article
    assert news.article("no such id") is None
    (document,) = news.as_retriever(k=1).invoke(CHEESE)
    assert document.page_content == hits[0].passage.text


def test_objects_of_ones_own_are_used_and_identify_the_library(tmp_path, news_folder):
    embedder, reranker = WordEmbedder(), WordReranker()
    with NewsQA.open(tmp_path, embedder=embedder, reranker=reranker) as news:
        news.index(news_folder)
        news.ask(CHEESE)
    assert embedder.embedded
    assert CHEESE in reranker.asked
    with (
        NewsQA.open(tmp_path, embedder=WordEmbedder("others")) as news,
        pytest.raises(LibraryError, match="made by words; the settings name others"),
    ):
        news.search(CHEESE)


def test_a_chat_model_of_ones_own_writes_and_is_checked_like_any_other(news):
    said = ["Runa Selbach won the first prize for a blue cheese. [1]", "Nothing here fits. [7]"]
    model = FakeListChatModel(responses=said)
    with NewsQA.open(
        news.settings, embedder=WordEmbedder(), reranker=WordReranker(), model=model, context=8_000
    ) as written:
        answer = written.ask(CHEESE, asked=ASKED)
        assert answer.model == "fakelistchatmodel"
        assert "Runa Selbach" in answer.text
        assert all(sentence.citations for sentence in answer.sentences)
        assert "Nothing here fits" not in written.ask(CHEESE, asked=ASKED).text


def test_a_client_of_langchain_goes_by_the_name_that_newsqa_has_for_its_model(news):
    with openai_stand_in() as script:
        script.reply = lambda prompt: f"The cheese was kept in a mine for two years. [{prompt.key('Runa')}]"
        model = ChatOpenAI(model="stand-in", base_url=script.url, api_key="none", max_retries=0)
        with NewsQA.open(news.settings, embedder=WordEmbedder(), model=model) as written:
            answer = written.ask("How long was the winning cheese kept in a mine?", asked=ASKED)
    assert (answer.model, answer.usage.cost) == ("openai:stand-in", 0.0)
    assert "two years" in answer.text


def test_several_threads_may_ask_at_once(tmp_path, news_folder):
    with open_small(tmp_path / "library") as news, ThreadPoolExecutor(4) as pool:
        news.index(news_folder)
        answers = list(pool.map(lambda _: news.ask(CHEESE, asked=ASKED), range(8)))
    assert {answer.text for answer in answers} == {answers[0].text}
    assert "Runa Selbach" in answers[0].text


def test_it_may_be_closed_twice_and_then_says_that_it_is_closed(tmp_path, news_folder):
    news = open_small(tmp_path / "library")
    news.index(news_folder)
    news.search(CHEESE)
    news.close()
    news.close()
    for call in (lambda: news.ask(CHEESE), lambda: news.index(news_folder), lambda: news.stream(CHEESE), news.coverage):
        with pytest.raises(UsageError, match="has been closed") as raised:
            call()
        assert "NewsQA.open" in raised.value.hint


def test_errors_are_of_newsqa_and_say_what_to_do(tmp_path, news_folder):
    with pytest.raises(ModelError, match="There is no embedder called “wrods”"):
        NewsQA.open(tmp_path, embedder="wrods")
    with pytest.raises(ModelError, match="no reranker"):
        NewsQA.open(tmp_path, reranker="wrods")
    with pytest.raises(TypeError, match="modle"):
        NewsQA.open(tmp_path, modle="local")
    with open_small(tmp_path / "a") as news, pytest.raises(SourceError):
        news.index(tmp_path / "missing")
    with (
        NewsQA.open(tmp_path / "b", embedder=BrokenEmbedder()) as news,
        pytest.raises(ModelError, match="embedder words failed"),
    ):
        news.index(news_folder)
    with NewsQA.open(tmp_path / "c", embedder=WordEmbedder(), reranker=ShortReranker()) as news:
        news.index(news_folder)
        with pytest.raises(ModelError, match="ShortReranker returned 3 scores for 4 texts"):
            news.ask(CHEESE)
    with open_small(news.settings, model="no such model") as news, pytest.raises(NewsqaError, match="no such model"):
        news.ask(CHEESE)


def test_settings_may_be_given_whole_and_options_replace_theirs(tmp_path):
    settings = Settings(index=tmp_path, timeout=5, offline=True)
    with NewsQA.open(settings, timeout=7, model="local", reranker="none") as news:
        assert news.settings.index == tmp_path
        assert (news.settings.timeout, news.settings.offline, news.settings.model) == (7, True, "local")
        assert news.settings.reranker == "none"


def test_the_environment_changes_nothing_unless_it_is_loaded(tmp_path, monkeypatch):
    monkeypatch.setenv("NEWSQA_MODEL", "local")
    with NewsQA.open(tmp_path) as news:
        assert news.settings.model == "extractive"
    with NewsQA.open(Settings.load({"NEWSQA_MODEL": "local"})) as news:
        assert news.settings.model == "local"


def test_every_public_name_is_there_and_importing_newsqa_loads_nothing_heavy():
    assert all(getattr(newsqa, name) for name in newsqa.__all__)
    with pytest.raises(AttributeError):
        _ = newsqa.Desk
    code = "import sys, newsqa; newsqa.NewsqaError; print([m for m in ('numpy', 'langchain_core') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
