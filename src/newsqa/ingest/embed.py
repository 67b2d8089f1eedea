"""From texts to passages, from passages to vectors in the library, and from there into Chroma."""

from __future__ import annotations

import time
from contextlib import closing
from typing import TYPE_CHECKING

from newsqa.errors import LibraryError, ModelError
from newsqa.ingest.progress import IndexProgress, Report
from newsqa.store.chroma import collection_name, server_of
from newsqa.store.records import NewPassage
from newsqa.store.snapshot import REBUILD, check_embedder
from newsqa.store.vectors import VectorReader, VectorWriter
from newsqa.text.sentences import embedding_text, passage_spans

if TYPE_CHECKING:
    from collections.abc import Sequence

    from langchain_core.embeddings import Embeddings

    from newsqa.settings import Settings
    from newsqa.store.writer import LibraryWriter

TEXTS_AT_ONCE = 64
STORE_SECONDS = 3.0


def cut_passages(title: str | None, text: str) -> list[NewPassage]:
    """Cut the text of an article into passages to store."""
    return [NewPassage(start, end, embedding_text(title, text[start:end])) for start, end in passage_spans(text)]


def use_model(writer: LibraryWriter, model: str) -> None:
    """Store which embedder makes the vectors of the index. Raises LibraryError if another one made those it has."""
    check_embedder(writer.meta("model"), model, writer.folder)
    if writer.meta("model") is None:
        with writer.publication():
            writer.set_meta("model", model)


def replace_model(writer: LibraryWriter, embedder: Embeddings, model: str) -> None:
    """Delete all vectors, for another embedder to make them; passages get new ids, so that no stale vector is theirs.

    Raises ModelError, with nothing deleted, if the embedder does not work.
    """
    embedder.embed_query("Does it work?")
    with writer.publication():
        writer.vectors.clear()
        writer.articles.replace_passages(cut_passages)
        writer.set_meta("model", model)
        writer.set_meta("width", "")


def embed_passages(writer: LibraryWriter, embedder: Embeddings, report: Report) -> int:
    """Make the vectors that are missing, the short texts first, and store them every few seconds; return how many.

    Raises ModelError, LibraryError; what was made until then is stored.
    """
    missing = writer.vectors.missing()
    ready: list[tuple[bytes, bytes]] = []
    stored = time.monotonic()
    try:
        for start in range(0, len(missing), TEXTS_AT_ONCE):
            report(IndexProgress("embed", start, len(missing)))
            batch = missing[start : start + TEXTS_AT_ONCE]
            texts = writer.vectors.passage_texts(passage for passage, _ in batch)
            vectors = embedder.embed_documents([embedding_text(title, text) for title, text in texts])
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
            writer.vectors.add(ready)
        ready.clear()


def _bytes(writer: LibraryWriter, vectors: Sequence[Sequence[float]], expected: int) -> list[bytes]:
    """Return vectors as they are stored. Raises ModelError, LibraryError if they cannot be compared with the others."""
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


def is_store_complete(writer: LibraryWriter, settings: Settings, model: str) -> bool:
    """Return True if Chroma holds each passage of the library that has a vector. Raises VectorsError."""
    passages = writer.vectors.passage_ids()
    name = collection_name(writer.meta("id") or "", model)
    with closing(VectorReader(settings.index, model, settings.chroma, name, settings.timeout)) as store:
        return not passages or store.holds(passages, int(writer.meta("vectored") or 0))


def sync_vectors(writer: LibraryWriter, settings: Settings, model: str, report: Report) -> None:
    """Bring Chroma up to the library. Raises VectorsError; until it is done, the library's own vectors are searched."""
    name = collection_name(writer.meta("id") or "", model)
    store = VectorWriter(settings.index, model, server_of(settings), name, settings.timeout)
    if store.is_current(int(writer.meta("vectored") or 0)):
        return
    store.sync(
        writer.generation,
        writer.vectors.passage_ids(),
        writer.vectors.load,
        lambda done, total: report(IndexProgress("vectors", done, total)),
    )
