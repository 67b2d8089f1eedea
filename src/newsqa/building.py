"""Builds a pipeline from settings: opens its index, and creates the models that read it and answer."""

from __future__ import annotations

import hashlib
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING

from newsqa import __version__, models
from newsqa.answer.message import MessageExamples
from newsqa.errors import NewsqaError
from newsqa.pipeline import Pipeline
from newsqa.prompts import load_prompts
from newsqa.store.snapshot import open_index
from newsqa.types import EXTRACTIVE

if TYPE_CHECKING:
    from langchain_core.embeddings import Embeddings
    from langchain_core.language_models import BaseChatModel

    from newsqa.answer.extract import ExtractiveAnswerer
    from newsqa.answer.second_chance import ModelSecondChance
    from newsqa.models.encoders import Reranker
    from newsqa.pipeline import Answerer, Rewriter
    from newsqa.prompts import Prompts
    from newsqa.settings import Settings
    from newsqa.verify.judge import SentenceJudge

_PACKAGE = Path(__file__).parent
_CHECKOUT = _PACKAGE.parents[1] / "pyproject.toml"
NOT_ANSWERING = frozenset({"__main__.py", "api.py", "bot", "cli.py", "evals", "frontends", "ingest", "render"})
"""What decides no answer; what indexing made is in the digest of the index."""


def open_pipeline(
    settings: Settings,
    *,
    once: bool = False,
    embedder: Embeddings | None = None,
    reranker: Reranker | None = None,
    chat_model: BaseChatModel | None = None,
) -> Pipeline:
    """Open the index that the settings name, and the models that read it.

    With `once`, for a single question, nothing is opened that pays off over several questions only, and models are
    loaded side by side. `embedder`, `reranker` and `chat_model` are the ones that the settings name, unless given.

    Raises LibraryError if there is no index or it cannot be used, ModelError and SettingsError if a model or a prompt
    cannot be loaded.
    """
    from newsqa.answer.extract import ExtractiveAnswerer

    prompts = load_prompts(settings.prompts)
    embedder = embedder or models.create_embedder(settings)
    reranker = reranker or models.create_reranker(settings)
    extractive = ExtractiveAnswerer(reranker)
    writer = rewriter = judge = again = None
    name = identity = EXTRACTIVE
    if chat_model is not None or settings.model != EXTRACTIVE:
        writer, rewriter, judge, again, name, identity = _create_writer(settings, extractive, prompts, chat_model)
    elif settings.judge != "auto":
        judge = create_judge(settings, prompts)  # of texts that are checked
    if once:
        _load_in_background(reranker)
    made_of = {
        "newsqa": f"{__version__} {_code_digest()}".strip(),
        "embedder": models.embedder_fingerprint(embedder),
        "reranker": f"{settings.reranker}:{models.reranker_fingerprint(reranker)}",
        "model": identity,
        "judge": f"{judge.name}{' with a second chance' if again else ''}" if judge else "none",
        "prompts": prompts.digest,
        "vectors": "server" if settings.chroma else "embedded",
    }
    return Pipeline(
        index=open_index(settings, made_of["embedder"], once=once),
        embedder=embedder,
        reranker=reranker,
        tokens=models.create_token_encoder(settings, embedder),
        answerer=writer or extractive,
        fallback=extractive if writer else None,
        rewriter=rewriter,
        examples=MessageExamples(embedder),
        judge=judge,
        second_chance=again,
        config=hashlib.sha256("\0".join(made_of.values()).encode()).hexdigest()[:16],
        model=name,
        made_of=made_of,
        timeout=settings.timeout,
    )


def _create_writer(
    settings: Settings, extractive: ExtractiveAnswerer, prompts: Prompts, model: BaseChatModel | None
) -> tuple[Answerer, Rewriter | None, SentenceJudge | None, ModelSecondChance | None, str, str]:
    """Return what chat models do, the name of the one that writes, and its identity.

    The identity is the name with its address or the digest of its file.
    """
    from newsqa.answer.prompt import PromptBuilder
    from newsqa.answer.rewrite import ModelRewriter
    from newsqa.answer.second_chance import ModelSecondChance
    from newsqa.answer.write import WrittenAnswerer
    from newsqa.models.inventory import with_reported_context_window
    from newsqa.models.registry import create_chat_model, describe_chat_model, model_identity, model_info
    from newsqa.verify.judge import SentenceJudge

    if model is None:
        settings = with_reported_context_window(settings)
        model, info = create_chat_model(settings), model_info(settings.model, settings)
    else:
        info = describe_chat_model(model, settings)
    writer = WrittenAnswerer(PromptBuilder(model, info, prompts), extractive)
    rewriter = None if info.small else ModelRewriter(model, info.name, prompts)  # rules rewrite better than a small one
    judge = None if info.small else SentenceJudge(model, info.name, prompts)
    if settings.judge != "auto":
        judge = create_judge(settings, prompts)
    again = ModelSecondChance(model, info.name, prompts) if judge and settings.second_chance else None
    return writer, rewriter, judge, again, info.name, model_identity(info.name, model)


def create_judge(settings: Settings, prompts: Prompts) -> SentenceJudge | None:
    """Return the judge that the settings name, None if they name none."""
    from newsqa.models.registry import create_chat_model
    from newsqa.verify.judge import SentenceJudge

    if settings.judge in {"none", EXTRACTIVE}:
        return None
    return SentenceJudge(create_chat_model(replace(settings, model=settings.judge)), settings.judge, prompts)


def _load_in_background(reranker: Reranker) -> None:
    """Load the reranker on a thread while the embedder and the index are at work."""

    def load() -> None:
        encoder = getattr(reranker, "encoder", None)
        with suppress(NewsqaError):  # raised again when it is used
            if encoder is not None:
                encoder.load()

    Thread(target=load, name="load-ahead").start()


def _code_digest() -> str:
    """Identify the code in a checkout, where people change it; the version identifies that of a release."""
    if not _CHECKOUT.is_file():
        return ""
    digest = hashlib.sha256()
    for file in sorted(path for kind in ("*.py", "*.txt", "*.toml") for path in _PACKAGE.rglob(kind)):
        if file.relative_to(_PACKAGE).parts[0] not in NOT_ANSWERING:
            digest.update(file.name.encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()[:16]
