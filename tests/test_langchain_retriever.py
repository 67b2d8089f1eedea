"""The retriever under LangChain's own standard suite, and what its documents carry."""

from pathlib import Path

import pytest
from langchain_tests.integration_tests import RetrieversIntegrationTests

from newsqa.api import NewsQA, NewsqaRetriever


@pytest.fixture(scope="module")
def news(news_index: Path):
    with NewsQA.open(news_index) as news:
        yield news


class TestStandardSuite(RetrieversIntegrationTests):
    @pytest.fixture(autouse=True)
    def _open(self, news) -> None:
        self.news = news

    @property
    def retriever_constructor(self) -> type[NewsqaRetriever]:
        return NewsqaRetriever

    @property
    def retriever_constructor_params(self) -> dict:
        return {"searcher": self.news}

    @property
    def retriever_query_example(self) -> str:
        return "Who won the cheese prize?"


def test_documents_carry_their_source(news) -> None:
    best = NewsqaRetriever(searcher=news, k=1).invoke("Who won the first prize for cheese in Ostby?")[0]
    article = news.article(best.metadata["article_id"])
    assert best.metadata["outlet"] == "Ostby Gazette"
    assert best.metadata["published"] == "2025-05-10"
    assert best.metadata["url"] == "https://ostby-gazette.example/cheese"
    assert article.text[best.metadata["start"] : best.metadata["end"]] == best.page_content


def test_it_goes_into_a_chain(news) -> None:
    chain = NewsqaRetriever(searcher=news, k=2) | (lambda documents: [d.metadata["title"] for d in documents])
    assert "Cheese festival in Ostby draws record crowd" in chain.invoke("How many people visited the cheese festival?")
