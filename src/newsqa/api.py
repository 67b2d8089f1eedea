"""newsqa as a library: `NewsQA` indexes and answers, `NewsqaRetriever` is its search for LangChain."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Protocol, Self, TypedDict, runtime_checkable

from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever
from pydantic import ConfigDict

from newsqa import models
from newsqa.building import open_pipeline
from newsqa.errors import ModelError, UsageError
from newsqa.ingest.indexer import index_source
from newsqa.render.record import hit_record
from newsqa.settings import Settings
from newsqa.types import NO_BOUNDS, Answer, Article, Bounds, Hit, TextCheck, Turn

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Iterator, Sequence
    from datetime import date
    from typing import Any, Unpack

    from langchain_core.callbacks import CallbackManagerForRetrieverRun
    from langchain_core.embeddings import Embeddings
    from langchain_core.language_models import BaseChatModel

    from newsqa.ingest.progress import IndexProgress, IndexReport
    from newsqa.models.encoders import Reranker
    from newsqa.pipeline import AnswerEvent, Pipeline
    from newsqa.store.records import Coverage


class OpenOptions(TypedDict, total=False):
    """Settings that `NewsQA.open` takes by name; `Settings` describes them."""

    chroma: str
    prompts: Path | None
    timeout: float
    threads: int
    context: int
    offline: bool
    tracing: bool


class Limits(TypedDict, total=False):
    """The bounds of a question that methods of `NewsQA` take by name, in place of those of `bounds`."""

    outlet: str | None
    since: date | None
    until: date | None
    as_of: date | None


class NewsQA:
    """Answers questions over a library of news articles. It is made by `NewsQA.open`.

    All methods may be called from several threads at once. They raise NewsqaError, whose `hint` says what to do.
    """

    def __init__(
        self, settings: Settings, embedder: Embeddings, reranker: Reranker, chat_model: BaseChatModel | None = None
    ) -> None:
        self.settings = settings
        self._embedder = embedder
        self._reranker = reranker
        self._chat_model = chat_model
        self._pipeline: Pipeline | None = None
        self._closed = False
        self._lock = Lock()

    @classmethod
    def open(
        cls,
        library: str | os.PathLike[str] | Settings,
        *,
        model: str | BaseChatModel | None = None,
        embedder: str | Embeddings | None = None,
        reranker: str | Reranker | None = None,
        **options: Unpack[OpenOptions],
    ) -> Self:
        """Open a library by its folder, which need not exist yet, or by settings.

        The environment counts only if you pass `Settings.load()`. `model`, `embedder` and `reranker` are names that
        `newsqa models` lists, or objects of your own: LangChain's chat models and embeddings, and whatever has the
        method `score` of `newsqa.types.Reranker`. An embedder of your own is recognised by its attribute `name`, else
        by its class and model: a library is searched with the embedder that it was indexed with. `offline` does not
        restrict objects of your own.

        Models are loaded, and the library is read, by the first call that needs them. Raises ModelError if there is no
        embedder or reranker of this name.
        """
        settings = library if isinstance(library, Settings) else Settings(index=Path(library).expanduser())
        settings = replace(
            settings,
            model=model if isinstance(model, str) else settings.model,
            embedder=embedder if isinstance(embedder, str) else settings.embedder,
            reranker=reranker if isinstance(reranker, str) else settings.reranker,
            **options,
        )
        if embedder is None or isinstance(embedder, str):
            embedder = models.create_embedder(settings)
        else:
            embedder = _with_model_errors(embedder)
        if reranker is None or isinstance(reranker, str):
            reranker = models.create_reranker(settings)
        else:
            reranker = _OwnReranker(reranker)
        return cls(settings, embedder, reranker, None if isinstance(model, str) else model)

    def index(
        self,
        source: str | os.PathLike[str],
        *,
        name: str | None = None,
        rebuild: bool = False,
        on_progress: Callable[[IndexProgress], None] | None = None,
    ) -> IndexReport:
        """Read the articles of a folder or a file into the library; later questions see them.

        What is unchanged since the last time costs next to nothing, and what is gone from the source goes from the
        library. `name` names the source in paths. `rebuild` makes all vectors of the library again, as another
        embedder needs. `on_progress` is called again and again while it works.

        Raises SourceError if the source cannot be read at all, BusyError if another process is indexing, LibraryError,
        ModelError and VectorsError. What could not be read of a source is in the `problems` of the report.
        """
        self._refuse_closed()
        report = on_progress or (lambda _: None)
        return index_source(self.settings, str(source), report, name=name, rebuild=rebuild, embedder=self._embedder)

    def ask(
        self,
        question: str,
        *,
        history: Sequence[Turn] = (),
        bounds: Bounds = NO_BOUNDS,
        asked: date | None = None,
        **limits: Unpack[Limits],
    ) -> Answer:
        """Answer a question. If the articles don't answer it, the Answer is `refused` and says what is nearest.

        `history` holds the turns before the question, the oldest first. Articles outside of the bounds are not seen:
        give them as `bounds` or by name. `asked` is the day from which "last week" counts, today unless given.
        """
        return self._open_pipeline().ask(question, history=history, bounds=_bounds(bounds, limits), asked=asked)

    def stream(
        self,
        question: str,
        *,
        history: Sequence[Turn] = (),
        bounds: Bounds = NO_BOUNDS,
        asked: date | None = None,
        **limits: Unpack[Limits],
    ) -> Iterator[AnswerEvent]:
        """Answer as `ask` does, and yield each Stage, DraftText and Sentence on the way; the Answer comes last.

        A Sentence has been checked. A DraftText has not: show it as a draft, or not at all.
        """
        return self._open_pipeline().stream(question, history=history, bounds=_bounds(bounds, limits), asked=asked)

    def search(
        self, query: str, *, bounds: Bounds = NO_BOUNDS, asked: date | None = None, **limits: Unpack[Limits]
    ) -> list[Hit]:
        """Return the passages that may answer, best first, each with its article and score."""
        return self._open_pipeline().search(query, bounds=_bounds(bounds, limits), asked=asked)

    def check(self, text: str, *, bounds: Bounds = NO_BOUNDS, **limits: Unpack[Limits]) -> TextCheck:
        """Check each sentence of a text, such as a draft or a press release, against the articles.

        A Finding says if the articles support it, contradict it, have something like it or nothing, with the quotes.
        Without a judge only what is word for word in an article, or a shortening of it, is supported.
        """
        return self._open_pipeline().check(text, bounds=_bounds(bounds, limits))

    def article(self, article_id: str) -> Article | None:
        """Return the article with this id, None if the library does not hold it."""
        return self._open_pipeline().article(article_id)

    def coverage(self, *, bounds: Bounds = NO_BOUNDS, **limits: Unpack[Limits]) -> Coverage:
        """Return how many articles the library holds within the bounds, and from which days they are."""
        with self._open_pipeline().index.snapshot() as index:
            return index.coverage(_bounds(bounds, limits))

    def as_retriever(self, k: int = 5) -> NewsqaRetriever:
        """Return a LangChain retriever that finds `k` passages a question."""
        return NewsqaRetriever(searcher=self, k=k)

    def close(self) -> None:
        """Close files and connections; closing twice does nothing."""
        with self._lock:
            self._closed = True
            if self._pipeline is not None:
                self._pipeline.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    def _open_pipeline(self) -> Pipeline:
        """Return the pipeline, opened at the first call that succeeds."""
        with self._lock:
            self._refuse_closed()
            if self._pipeline is None:
                settings = self.settings
                if isinstance(self._reranker, _OwnReranker):
                    settings = replace(settings, reranker=self._reranker.name)  # part of the digest in answers
                self._pipeline = open_pipeline(
                    settings, embedder=self._embedder, reranker=self._reranker, chat_model=self._chat_model
                )
            return self._pipeline

    def _refuse_closed(self) -> None:
        if self._closed:
            raise UsageError("This NewsQA has been closed.", hint="Open another one: NewsQA.open(…)")


def _bounds(bounds: Bounds, limits: Limits) -> Bounds:
    """Return the bounds with those that are given one by one in place of their own."""
    given: Limits = {name: value for name, value in limits.items() if value}  # type: ignore[assignment]
    return replace(bounds, **given)


def _with_model_errors(embedder: Embeddings) -> Embeddings:
    """Return an embedder of the caller's under a name that identifies its model; its errors become ModelError."""
    from newsqa.models.encoders import OnnxEmbeddings, RemoteEmbeddings

    if isinstance(embedder, OnnxEmbeddings | RemoteEmbeddings):
        return embedder
    served = getattr(embedder, "model_name", None) or getattr(embedder, "model", None)
    kind = type(embedder).__name__
    name = getattr(embedder, "name", None) or (f"{kind}:{served}" if isinstance(served, str) else kind)
    return RemoteEmbeddings(str(name), embedder)


class _OwnReranker:
    """A reranker of the caller's; its errors become ModelError."""

    def __init__(self, inner: Reranker) -> None:
        self.inner = inner
        self.name = type(inner).__name__

    def score(self, question: str, texts: Sequence[str]) -> list[float]:
        """Return one score a text."""
        try:
            scores = list(self.inner.score(question, texts))
        except Exception as error:
            raise ModelError(
                f"The reranker {self.name} failed ({type(error).__name__}).", hint="See the error that caused this one."
            ) from error
        if len(scores) != len(texts):
            raise ModelError(
                f"The reranker {self.name} returned {len(scores)} scores for {len(texts)} texts.",
                hint="It must return one score for each text, in their order.",
            )
        return scores


@runtime_checkable
class Searcher(Protocol):
    """What finds passages: a NewsQA or a Pipeline."""

    def search(self, query: str, /) -> list[Hit]:
        """Return the passages that may answer, best first."""


class NewsqaRetriever(BaseRetriever):
    """A LangChain retriever over the search of newsqa: hybrid, reranked, copies of one story once.

    Each Document is one passage, best first, at most `k`; its metadata has article_id, title, outlet, published (ISO
    date), url, path, start, end (code points in the stored text) and score.
    """

    searcher: Searcher
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
        return [_document(hit) for hit in self.searcher.search(query)[:k]]


def _document(hit: Hit) -> Document:
    metadata = hit_record(hit) | {"score": hit.score}
    return Document(id=str(hit.passage.id), page_content=metadata.pop("text"), metadata=metadata)
