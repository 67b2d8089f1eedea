"""Settings → Desk: the one place where parts are chosen."""

from __future__ import annotations

import hashlib
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING

from newsqa import __version__, models
from newsqa.desk import Desk
from newsqa.errors import NewsqaError
from newsqa.prompts import load_prompts
from newsqa.records import EXTRACTIVE
from newsqa.store.snapshot import open_index

if TYPE_CHECKING:
    from newsqa.desk import Answerer, Rewriter
    from newsqa.prompts import Prompts
    from newsqa.seams import Reranker, TokenEncoder
    from newsqa.settings import Settings

_PACKAGE = Path(__file__).parent
_CHECKOUT = _PACKAGE.parents[1] / "pyproject.toml"
NOT_ANSWERING = frozenset({
    "cli.py", "fronts", "bot", "evals", "render", "history.py", "langchain.py", "indexing", "reading", "copies.py",
})  # fmt: skip
"""Rooms that decide no answer; what indexing made is in the digest of the index."""


def open_desk(settings: Settings, *, once: bool = False) -> Desk:
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
    return Desk(
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
    from newsqa.answer.extract import claims_and_draft  # noqa: PLC0415

    return lambda query, hits, _: claims_and_draft(query, hits, reranker, encoder)


def _written(settings: Settings, reranker: Reranker, encoder: TokenEncoder, prompts: Prompts) -> _Written:
    from newsqa.answer.conversation import ModelRewriter as ByModel  # noqa: PLC0415
    from newsqa.answer.prompt import PromptBuilder  # noqa: PLC0415
    from newsqa.answer.write import DraftWriter  # noqa: PLC0415
    from newsqa.models.inventory import with_reported_context_window  # noqa: PLC0415
    from newsqa.models.parser import check_parser  # noqa: PLC0415
    from newsqa.models.registry import create_chat_model, model_identity, model_info  # noqa: PLC0415

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
