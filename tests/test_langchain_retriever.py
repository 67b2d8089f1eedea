"""The retriever under LangChain's own standard suite, and what its documents carry."""

from pathlib import Path

import pytest
from langchain_tests.integration_tests import RetrieversIntegrationTests

from newsqa.api import NewsqaRetriever
from newsqa.pipeline import open_pipeline
from newsqa.settings import Settings


@pytest.fixture(scope="module")
def desk(news_index: Path):
    with open_pipeline(Settings(index=news_index)) as desk:
        yield desk


class TestStandardSuite(RetrieversIntegrationTests):
    @pytest.fixture(autouse=True)
    def _open(self, desk) -> None:
        self.desk = desk

    @property
    def retriever_constructor(self) -> type[NewsqaRetriever]:
        return NewsqaRetriever

    @property
    def retriever_constructor_params(self) -> dict:
        return {"searcher": self.desk}

    @property
    def retriever_query_example(self) -> str:
        return "Who won the cheese prize?"


def test_documents_carry_their_source(desk) -> None:
    best = NewsqaRetriever(searcher=desk, k=1).invoke("Who won the first prize for cheese in Ostby?")[0]
    article = desk.article(best.metadata["article_id"])
    assert best.metadata["outlet"] == "Ostby Gazette"
    assert best.metadata["published"] == "2025-05-10"
    assert best.metadata["url"] == "https://ostby-gazette.example/cheese"
    assert article.text[best.metadata["start"] : best.metadata["end"]] == best.page_content


def test_it_goes_into_a_chain(desk) -> None:
    chain = NewsqaRetriever(searcher=desk, k=2) | (lambda documents: [d.metadata["title"] for d in documents])
    assert "Cheese festival in Ostby draws record crowd" in chain.invoke("How many people visited the cheese festival?")
