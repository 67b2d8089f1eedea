"""Passages into vectors, kept in the library, and from there into Chroma."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from newsqa.errors import LibraryError, ModelError
from newsqa.ingest.sync import IndexProgress
from newsqa.store.snapshot import REBUILD, refuse_other_model
from newsqa.store.vector_mark import collection_name
from newsqa.store.vectors import VectorWriter

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from langchain_core.embeddings import Embeddings

    from newsqa.settings import Settings
    from newsqa.store.writer import LibraryWriter


TEXTS_AT_ONCE = 64
STORE_SECONDS = 3.0


def use_model(writer: LibraryWriter, model: str) -> None:
    """Make sure that the vectors of the index are this embedder's. Raises LibraryError where they are another's."""
    refuse_other_model(writer.meta("model"), model, writer.folder)
    if writer.meta("model") is None:
        with writer.publication():
            writer.set_meta("model", model)


def forget_vectors(writer: LibraryWriter, embedder: Embeddings, model: str) -> None:
    """Let another embedder make the vectors; passages get new ids, so that none is taken for its old self.

    Raises ModelError, with nothing forgotten, where the embedder does not work.
    """
    embedder.embed_query("Does it work?")
    with writer.publication():
        writer.embeddings.forget()
        writer.articles.remake_passages()
        writer.set_meta("model", model)
        writer.set_meta("width", "")


def embed(writer: LibraryWriter, embedder: Embeddings, report: Callable[[IndexProgress], None]) -> int:
    """Make the vectors that are missing, the short texts first, and store them every few seconds; return how many.

    Raises ModelError, LibraryError; what was made until then is stored.
    """
    missing = writer.embeddings.missing()
    ready: list[tuple[bytes, bytes]] = []
    stored = time.monotonic()
    try:
        for start in range(0, len(missing), TEXTS_AT_ONCE):
            report(IndexProgress("embed", start, len(missing)))
            batch = missing[start : start + TEXTS_AT_ONCE]
            vectors = embedder.embed_documents(writer.embeddings.texts(passage for passage, _ in batch))
            ready += zip((digest for _, digest in batch), _bytes(writer, vectors, len(batch)), strict=True)
            if time.monotonic() - stored > STORE_SECONDS:
                _store(writer, ready)
                stored = time.monotonic()
    finally:
        _store(writer, ready)
    report(IndexProgress("embed", len(missing), len(missing)))
    return len(missing)


def _store(writer: LibraryWriter, ready: list[tuple[bytes, bytes]]) -> None:
    if ready:
        with writer.publication():
            writer.embeddings.put(ready)
        ready.clear()


def _bytes(writer: LibraryWriter, vectors: Sequence[Sequence[float]], expected: int) -> list[bytes]:
    """Return vectors as they are stored; refuse what cannot be compared with those that are there."""
    import numpy as np

    rows = np.asarray(vectors, dtype="<f4")
    if rows.ndim != 2 or len(rows) != expected or not np.isfinite(rows).all():
        raise ModelError("The embedder gave something else than one vector a text.", hint="Choose another embedder.")
    width = writer.meta("width")
    if not width:
        with writer.publication():
            writer.set_meta("width", str(rows.shape[1]))
    elif int(width) != rows.shape[1]:
        raise LibraryError(
            f"The embedder gives vectors of width {rows.shape[1]}, and those of the index have {width}.",
            hint=f"Make them again with “{REBUILD}”.",
        )
    return [row.tobytes() for row in rows]


def sync_vectors(
    writer: LibraryWriter, settings: Settings, model: str, report: Callable[[IndexProgress], None]
) -> None:
    """Bring Chroma up to the library. Raises VectorsError: until it is done, the library's own vectors are searched."""
    name = collection_name(writer.meta("id") or "", model)
    store = VectorWriter(settings.index, model, settings.chroma, name, settings.timeout)
    if store.is_current(int(writer.meta("vectored") or 0)):
        return
    store.sync(
        writer.generation,
        writer.embeddings.passage_ids(),
        writer.embeddings.vectors,
        lambda done, total: report(IndexProgress("vectors", done, total)),
    )
