"""Settings → Desk: the one place where parts are chosen."""

from __future__ import annotations

import hashlib
from contextlib import suppress
from threading import Thread
from typing import TYPE_CHECKING

from newsqa import __version__, models
from newsqa.desk import Desk
from newsqa.errors import NewsqaError
from newsqa.index import open_index
from newsqa.prompts import load_prompts

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from newsqa.prompts import Prompts
    from newsqa.records import Draft, Hit, Query
    from newsqa.seams import Reranker
    from newsqa.settings import Settings

    Answerer = Callable[[Query, Sequence[Hit]], Draft]

EXTRACTIVE = "extractive"


def open_desk(settings: Settings, *, once: bool = False) -> Desk:
    """Open the index that the settings name and the models that read it.

    `once` tells that one question is asked and no more: what pays off only over several is then not opened, and models
    are loaded side by side.

    Raises LibraryError where there is no index or it cannot be used, ModelError and SettingsError where a model or a
    prompt cannot be loaded.
    """
    prompts = load_prompts(settings.prompts)
    embedder = models.embedder(settings)
    reranker = models.reranker(settings)
    return Desk(
        index=open_index(settings, models.fingerprint(embedder), once=once),
        embedder=embedder,
        reranker=reranker,
        answerer=_answerer(settings, reranker, prompts, once=once),
        config=_digest(settings, prompts),
    )


def _load_ahead(*parts: object) -> None:
    """Load models on a thread of their own while the embedder and the index are at work."""

    def load() -> None:
        for part in parts:
            with suppress(NewsqaError):  # told when the part is used
                if encoder := getattr(part, "encoder", None):
                    encoder.load()

    Thread(target=load, name="load-ahead").start()


def _answerer(settings: Settings, reranker: Reranker, prompts: Prompts, *, once: bool) -> Answerer:
    if settings.model == EXTRACTIVE:
        from newsqa.steps.answer import answer  # noqa: PLC0415

        encoder = models.token_encoder(settings)
        if once:
            _load_ahead(reranker, encoder)
        return lambda query, hits: answer(query, hits, reranker, encoder)

    from newsqa.models.chat import chat_model  # noqa: PLC0415
    from newsqa.steps.write import write  # noqa: PLC0415

    model = chat_model(settings)
    return lambda query, hits: write(query, hits, model, prompts, settings.model)


def _digest(settings: Settings, prompts: Prompts) -> str:
    """Identify what besides the index decides an answer."""
    parts = (__version__, settings.embedder, settings.reranker, settings.model, prompts.digest)
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:16]
