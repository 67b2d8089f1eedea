"""A LangChain retriever over an index, for chains and agents of one's own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, runtime_checkable

from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever
from pydantic import ConfigDict

if TYPE_CHECKING:
    from typing import Any

    from langchain_core.callbacks import CallbackManagerForRetrieverRun

    from newsqa.types import Hit


@runtime_checkable
class Searcher(Protocol):
    """What finds passages: a Desk."""

    def search(self, question: str) -> list[Hit]:
        """Find the passages that may answer, best first."""


class NewsqaRetriever(BaseRetriever):
    """Finds passages as the Desk does: hybrid search, reranked, copies of one story once.

    Each Document is one passage, best first, at most `k`; its metadata has article_id, title, outlet, published (ISO
    date), url, path, start, end (code points in the stored text) and score.
    """

    desk: Searcher
    k: int = 5

    model_config = ConfigDict(arbitrary_types_allowed=True)

    def _get_relevant_documents(
        self,
        query: str,
        *,
        run_manager: CallbackManagerForRetrieverRun,  # noqa: ARG002
        **kwargs: Any,
    ) -> list[Document]:
        k = int(kwargs.get("k", self.k))
        return [_document(hit) for hit in self.desk.search(query)[:k]]


def _document(hit: Hit) -> Document:
    article, passage = hit.article, hit.passage
    return Document(
        id=str(passage.id),
        page_content=passage.text,
        metadata={
            "article_id": article.id,
            "title": article.title,
            "outlet": article.outlet,
            "published": article.published.isoformat() if article.published else None,
            "url": article.url,
            "path": article.path,
            "start": passage.start,
            "end": passage.end,
            "score": hit.score,
        },
    )
