"""The desk where questions are asked: the steps in their order, and nothing else."""

from __future__ import annotations

import hashlib
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING, Self

from newsqa import __version__, models
from newsqa.answer.conversation import leaves_open, rephrase
from newsqa.answer.refuse import refuse, undated_notice
from newsqa.errors import NewsqaError
from newsqa.prompts import load_prompts
from newsqa.search.attribution import attribute_quotation
from newsqa.search.rerank import expand_context, rerank
from newsqa.search.retrieve import retrieve
from newsqa.search.understand import understand, usable
from newsqa.store.snapshot import open_index
from newsqa.types import EXTRACTIVE, NO_BOUNDS, Answer, Draft, DraftSentence, DraftText, Sentence, Usage, VerifiedDraft
from newsqa.verify.verifier import Verifier, verify

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator, Mapping, Sequence

    from langchain_core.embeddings import Embeddings

    from newsqa.models.encoders import Reranker, TokenEncoder
    from newsqa.prompts import Prompts
    from newsqa.settings import Settings
    from newsqa.store.snapshot import LibraryIndex, Snapshot
    from newsqa.types import Article, Bounds, Hit, Query, Turn

    Answerer = Callable[[Query, Sequence[Hit], float], Iterator[DraftText | DraftSentence | Draft]]
    """Proposes an answer from evidence that is best first, before a moment of `time.monotonic`: words as they are
    written, each claim when it is whole, at last the draft that holds them all."""

    Rewriter = Callable[[str, str, Sequence[Turn], float], tuple[str, Usage]]
    """Makes a question whole by the turns before it, given what rules made of it; tells what that took."""


NOTHING = VerifiedDraft((), (), ())
STOOD_IN = "What the model wrote did not stand: these are sentences of the articles."
FOUND_NOTHING = "The model found no answer: these are sentences of the articles."


@dataclass(frozen=True, slots=True)
class Stage:
    """A step that begins: "search", "rerank", "answer" or, where a model does that, "write"."""

    name: str


AnswerEvent = Stage | DraftText | Sentence | Answer
"""What a stream tells; words of a draft (Writing) are unchecked, and the Answer is the last."""


@dataclass(frozen=True, slots=True)
class _Clock:
    """Seconds that each stage took."""

    began: float = field(default_factory=time.perf_counter)
    timings: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        start = time.perf_counter()
        yield
        self.timings[name] = round(time.perf_counter() - start, 4)

    def stop(self) -> dict[str, float]:
        return {**self.timings, "total": round(time.perf_counter() - self.began, 4)}


@dataclass(frozen=True, slots=True)
class Pipeline:
    """Answers questions over one index. It keeps no conversation: pass the turns so far as `history`.

    Safe to use from several threads. `config` identifies the settings, prompts and models behind its answers,
    `made_of` tells each of them, and `model` names the one that answers. A chat model must be done `timeout` seconds
    after the question came; where nothing that it wrote stands, `fallback` answers. `rewriter` makes a follow-up whole
    where rules cannot; `encoder` lets the check compare what written sentences speak of with their quotes.
    """

    index: LibraryIndex
    embedder: Embeddings
    reranker: Reranker
    answerer: Answerer
    config: str
    model: str = EXTRACTIVE
    made_of: Mapping[str, str] = field(default_factory=dict[str, str])
    timeout: float = 60.0
    fallback: Answerer | None = None
    rewriter: Rewriter | None = None
    encoder: TokenEncoder | None = None

    def ask(
        self,
        question: str,
        *,
        history: Sequence[Turn] = (),
        bounds: Bounds = NO_BOUNDS,
        asked: date | None = None,
        id: str | None = None,  # noqa: A002  the record calls it so
    ) -> Answer:
        """Answer a question; a refusal is an Answer too.

        `asked` is the day from which "last week" is seen, today unless given. Raises NewsqaError where no answer
        could be made at all.
        """
        *_, answer = self.stream(question, history=history, bounds=bounds, asked=asked, id=id)
        assert isinstance(answer, Answer)  # noqa: S101  the last event of a stream
        return answer

    def stream(
        self,
        question: str,
        *,
        history: Sequence[Turn] = (),
        bounds: Bounds = NO_BOUNDS,
        asked: date | None = None,
        id: str | None = None,  # noqa: A002
    ) -> Iterator[AnswerEvent]:
        """Answer as `ask` does, and tell what happens: stages, words of a draft, sentences as they pass the check.

        The Answer comes last. Words of a draft are unchecked: they may be shown as such, and never instead of it.
        """
        asked = asked or bounds.as_of or date.today()
        clock = _Clock()
        deadline = time.monotonic() + self.timeout
        standalone, used = self._standalone(question, history, clock, deadline)
        with self.index.snapshot() as index:
            query = understand(standalone, asked, index.lexicon, bounds)
            hits, draft, checked = yield from self._answered(query, index, clock, deadline)
            within = index.coverage(bounds)
            refusal = None if checked.sentences else refuse(query, hits, draft, within, index.coverage(NO_BOUNDS))
            yield Answer(
                id=id,
                question=question,
                standalone=standalone,
                asked=asked,
                as_of=bounds.as_of,
                text=refusal.text if refusal else checked.text,
                refused=refusal is not None,
                reason=refusal.reason if refusal else None,
                incomplete=draft.incomplete,
                sentences=checked.sentences,
                citations=checked.citations,
                retrieved=tuple(expand_context(hits)),
                dropped=checked.dropped,
                confidence=draft.confidence,
                model=draft.model,
                index=index.digest,
                config=self.config,
                timings=clock.stop(),
                usage=used + draft.usage,
                notices=(*draft.notices, *undated_notice(bounds, within)),
            )

    def _standalone(self, question: str, history: Sequence[Turn], clock: _Clock, deadline: float) -> tuple[str, Usage]:
        standalone = rephrase(question, history) if usable(question) else question
        if not self.rewriter or not history or not leaves_open(question, standalone):
            return standalone, Usage()
        with clock.stage("rephrase"):
            return self.rewriter(question, standalone, history, deadline)

    def _answered(
        self, query: Query, index: Snapshot, clock: _Clock, deadline: float
    ) -> Generator[AnswerEvent, None, tuple[list[Hit], Draft, VerifiedDraft]]:
        if not usable(query.text):
            return [], Draft((), 0.0, self.model), NOTHING
        yield Stage("search")
        with clock.stage("retrieve"):
            candidates = retrieve(query, index, self.embedder)
        if query.quotation:
            with clock.stage("trace"):
                hits, draft = attribute_quotation(query, candidates, index)
                checked = verify(draft, hits)
            yield from checked.sentences
            return hits, draft, checked
        yield Stage("rerank")
        with clock.stage("rerank"):
            hits = rerank(query, candidates, self.reranker)
        draft, checked = yield from self._drafted(self.answerer, self._stage, query, hits, clock, deadline)
        if self.fallback is None:
            return hits, draft, checked
        if checked.sentences:
            return hits, _weighed(draft, checked), checked
        second, shown = yield from self._drafted(self.fallback, "answer", query, hits, clock, deadline)
        if not shown.sentences:
            return hits, draft, checked
        told = (*draft.notices, STOOD_IN if draft.claims else FOUND_NOTHING)
        return hits, replace(second, usage=draft.usage, notices=told), replace(shown, dropped=checked.dropped)

    def _drafted(
        self, answerer: Answerer, stage: str, query: Query, hits: Sequence[Hit], clock: _Clock, deadline: float
    ) -> Generator[AnswerEvent, None, tuple[Draft, VerifiedDraft]]:
        """Have an answer drafted, and check each claim as it comes."""
        yield Stage(stage)
        check = Verifier(hits, self.encoder)
        draft: Draft | None = None
        with clock.stage(stage):
            for event in answerer(query, hits, deadline):
                if isinstance(event, Draft):
                    draft = event
                elif isinstance(event, DraftText):
                    yield event
                elif isinstance(sentence := check.take(event), Sentence):
                    yield sentence
        assert draft is not None  # noqa: S101  the last event of an answerer
        return draft, check.checked()

    @property
    def _stage(self) -> str:
        return "answer" if self.fallback is None else "write"

    def search(self, question: str, *, bounds: Bounds = NO_BOUNDS, asked: date | None = None) -> list[Hit]:
        """Find the passages that may answer, best first, without answering."""
        with self.index.snapshot() as index:
            query = understand(question, asked or date.today(), index.lexicon, bounds)
            candidates = retrieve(query, index, self.embedder)
            if query.quotation:
                return attribute_quotation(query, candidates, index)[0]
            return rerank(query, candidates, self.reranker)

    def article(self, article_id: str) -> Article | None:
        """Return one stored article, or None."""
        with self.index.snapshot() as index:
            return index.article(article_id)

    def close(self) -> None:
        """Let go of files and connections."""
        self.index.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()


def _weighed(draft: Draft, checked: VerifiedDraft) -> Draft:
    """Lower the confidence of a draft by the share of its sentences that did not stand."""
    stood = len(checked.sentences)
    return replace(draft, confidence=draft.confidence * stood / (stood + len(checked.dropped)))


# Settings → Desk: the one place where parts are chosen.

_PACKAGE = Path(__file__).parent
_CHECKOUT = _PACKAGE.parents[1] / "pyproject.toml"
NOT_ANSWERING = frozenset({"__main__.py", "api.py", "bot", "cli.py", "evals", "frontends", "ingest", "render"})
"""Rooms that decide no answer; what indexing made is in the digest of the index."""


def open_pipeline(settings: Settings, *, once: bool = False) -> Pipeline:
    """Open the index that the settings name and the models that read it.

    `once` tells that one question is asked and no more: what pays off only over several is then not opened, and models
    are loaded side by side.

    Raises LibraryError where there is no index or it cannot be used, ModelError and SettingsError where a model or a
    prompt cannot be loaded.
    """
    prompts = load_prompts(settings.prompts)
    embedder = models.create_embedder(settings)
    reranker = models.create_reranker(settings)
    encoder = models.create_token_encoder(settings)
    extractive = _extractive(reranker, encoder)
    written = _written(settings, reranker, encoder, prompts) if settings.model != EXTRACTIVE else None
    if once:
        _load_ahead(reranker, encoder)
    made_of = {
        "newsqa": f"{__version__} {_changes()}".strip(),
        "embedder": models.embedder_fingerprint(embedder),
        "reranker": f"{settings.reranker}:{models.reranker_fingerprint(reranker)}",
        "model": written.identity if written else EXTRACTIVE,
        "prompts": prompts.digest,
        "vectors": "server" if settings.chroma else "embedded",
    }
    return Pipeline(
        index=open_index(settings, made_of["embedder"], once=once),
        embedder=embedder,
        reranker=reranker,
        answerer=written.writer if written else extractive,
        fallback=extractive if written else None,
        rewriter=written.rewriter if written else None,
        encoder=encoder,
        config=hashlib.sha256("\0".join(made_of.values()).encode()).hexdigest()[:16],
        model=settings.model,
        made_of=made_of,
        timeout=settings.timeout,
    )


def _load_ahead(*parts: object) -> None:
    """Load models on a thread of their own while the embedder and the index are at work."""

    def load() -> None:
        for part in parts:
            with suppress(NewsqaError):  # told when the part is used
                if encoder := getattr(part, "encoder", None):
                    encoder.load()

    Thread(target=load, name="load-ahead").start()


@dataclass(frozen=True, slots=True)
class _Written:
    """What a chat model does, and what identifies it: its name, and the address of its server or its file.

    A small model rewrites no question: what it makes of one is worse than what the rules leave.
    """

    writer: Answerer
    rewriter: Rewriter | None
    identity: str


def _extractive(reranker: Reranker, encoder: TokenEncoder) -> Answerer:
    from newsqa.answer.extract import claims_and_draft

    return lambda query, hits, _: claims_and_draft(query, hits, reranker, encoder)


def _written(settings: Settings, reranker: Reranker, encoder: TokenEncoder, prompts: Prompts) -> _Written:
    from newsqa.answer.conversation import ModelRewriter as ByModel
    from newsqa.answer.prompt import PromptBuilder
    from newsqa.answer.write import DraftWriter
    from newsqa.models.inventory import with_reported_context_window
    from newsqa.models.parser import check_parser
    from newsqa.models.registry import create_chat_model, model_identity, model_info

    check_parser()
    settings = with_reported_context_window(settings)
    model, known = create_chat_model(settings), model_info(settings.model, settings)
    return _Written(
        DraftWriter(PromptBuilder(model, known, prompts), reranker, encoder),
        None if known.small else ByModel(model, known.name, prompts),
        model_identity(settings.model, model),
    )


def _changes() -> str:
    """Identify the code where people change it, in a checkout; a released version says it all."""
    if not _CHECKOUT.is_file():
        return ""
    digest = hashlib.sha256()
    for file in sorted(path for kind in ("*.py", "*.txt") for path in _PACKAGE.rglob(kind)):
        if file.relative_to(_PACKAGE).parts[0] not in NOT_ANSWERING:
            digest.update(file.name.encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()[:16]
