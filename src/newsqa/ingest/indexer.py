"""Indexing: from a source into the library, and from there into the vector index.

    index_source(settings, "corpus", print)        read, store words, embed, bring Chroma up to date
    rebuild_index(settings, print)                 `newsqa index --rebuild`: the same articles, another embedder
    mend_index(settings)                           `newsqa doctor --deep`: checks all that is stored
    rename_source(settings, "corpus", "samples")
    remove_source(settings, "samples")

Words are published every two seconds, so that they are found while vectors are still being made. Whatever is published
stays: after an interruption, the next run continues where it stopped.
"""

from __future__ import annotations

import json
import os
import socket
import time
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING

from newsqa import models
from newsqa.errors import BusyError, LibraryError
from newsqa.ingest.addresses import AddressOptions, Seen, fetched
from newsqa.ingest.duplicates import compare_articles
from newsqa.ingest.embed import (
    cut_passages,
    embed_passages,
    is_store_complete,
    replace_model,
    sync_vectors,
    use_model,
)
from newsqa.ingest.fetch import is_address
from newsqa.ingest.sync import find_files, get_or_add_source, read_source
from newsqa.machine import ADVICE
from newsqa.private_files import FILE, private_file, private_folder
from newsqa.store.chroma import MANIFEST
from newsqa.store.database import map_sqlite_errors, unusable
from newsqa.store.inspection import StoredFault, find_faults
from newsqa.store.snapshot import check_embedder
from newsqa.store.writer import LibraryWriter

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from langchain_core.embeddings import Embeddings

    from newsqa.ingest.progress import Changes, IndexProgress, IndexReport, Report
    from newsqa.settings import Settings
    from newsqa.store.records import Source

LOCK = "index.lock"
HOLDER = "index.holder"


@contextmanager
def indexing_alone(folder: Path) -> Iterator[None]:
    """Lock the index for writing; the lock of a killed process ends with it. Raises BusyError, LibraryError."""
    from filelock import FileLock, Timeout

    try:
        private_folder(folder)
        lock = FileLock(folder / LOCK, timeout=0, mode=FILE, fallback_to_soft=False)
        lock.acquire()
    except Timeout as error:
        raise BusyError(
            f"Another newsqa is indexing into {folder}{_holder(folder)}.",
            hint="Wait until it is done, or index into another folder with --index.",
            retryable=True,
        ) from error
    except OSError as error:
        raise unusable(folder, error) from error
    try:
        _write_holder(folder)
        yield
    finally:
        lock.release()


def _write_holder(folder: Path) -> None:
    now = datetime.now().astimezone().isoformat(timespec="seconds")
    try:
        private_file(folder / HOLDER)
        (folder / HOLDER).write_text(json.dumps({"pid": os.getpid(), "host": socket.gethostname(), "since": now}))
    except OSError as error:
        raise LibraryError(
            f"The index in {folder} cannot be written: {error.strerror}.",
            hint=ADVICE.get(error.errno or 0, "Check free space and permissions."),
        ) from error


def _holder(folder: Path) -> str:
    try:
        holder = json.loads((folder / HOLDER).read_text())
        return f" (process {holder['pid']} on {holder['host']}, since {holder['since']})"
    except (OSError, ValueError, KeyError, TypeError):
        return ""


def _silent(_: IndexProgress) -> None:
    """Ignore progress."""


def index_source(
    settings: Settings,
    location: str,
    report: Report = _silent,
    *,
    name: str | None = None,
    rebuild: bool = False,
    check: bool = False,
    addresses: AddressOptions | None = None,
    embedder: Embeddings | None = None,
) -> IndexReport:
    """Index a folder, a file, "-" (standard input) or an address; what is unchanged costs next to nothing.

    Articles that are gone from the source are removed from the index; other sources are left alone. `name` names the
    source in the paths that a reader sees; by default it is the name of the folder or file. `rebuild` makes all vectors
    of the index anew, which a change of the embedder needs. `check` reads every file again, also one whose size and
    time are those of the last run. `addresses` says how a page, a feed or a sitemap is got from the web. `embedder` is
    by default the one that the settings name.

    Raises SourceError if the source cannot be used at all, BusyError if another process is indexing, LibraryError if
    the index cannot be written or was made with another embedder, ModelError and VectorsError.
    """
    began = time.monotonic()
    found = [] if is_address(location) else find_files(location, settings)
    embedder = embedder or models.create_embedder(settings)
    with _writing(settings) as writer:
        if rebuild:
            replace_model(writer, embedder, models.embedder_fingerprint(embedder))
        use_model(writer, models.embedder_fingerprint(embedder))
        if is_address(location):
            source, changes = _read_address(writer, settings, location, name, addresses or AddressOptions(), report)
        else:
            with writer.publication():
                source = get_or_add_source(writer, location, name)
            changes = read_source(writer, source, location, found, report, check=check, longest=settings.max_article)
        compare_articles(writer, report)
        embedded = _make_vectors(writer, settings, embedder, report)
        _, articles = writer.sources.count(source)
    return changes.report(source.name, articles, embedded, time.monotonic() - began)


def _read_address(
    writer: LibraryWriter, settings: Settings, url: str, name: str | None, options: AddressOptions, report: Report
) -> tuple[Source, Changes]:
    """Get what an address leads to, and bring the library up to it; what was got is known by the next run."""
    with fetched(url, options, lambda one: Seen.load(writer.meta(f"got:{one}"))) as got:
        with writer.publication():
            source = get_or_add_source(writer, url, name)
        changes = read_source(writer, source, url, got.found, report, longest=settings.max_article)
        with writer.publication():
            for address, seen in got.seen.items():
                writer.set_meta(f"got:{address}", seen.dump())
    return source, changes


def rebuild_index(settings: Settings, report: Report = _silent, *, embedder: Embeddings | None = None) -> int:
    """Make all vectors anew from the articles in the library, with the embedder that is set now; return how many.

    No source is read. Raises what `index_source` does.
    """
    embedder = embedder or models.create_embedder(settings)
    with _writing(settings) as writer:
        replace_model(writer, embedder, models.embedder_fingerprint(embedder))
        compare_articles(writer, report)
        return _make_vectors(writer, settings, embedder, report)


def mend_index(settings: Settings, *, embedder: Embeddings | None = None) -> list[StoredFault]:
    """Check everything that is stored, and mend what can be made again from the articles; return what was wrong.

    Raises BusyError, LibraryError if the library cannot be read or was made with another embedder, ModelError and
    VectorsError.
    """
    embedder = embedder or models.create_embedder(settings)
    model = models.embedder_fingerprint(embedder)
    with _writing(settings) as writer:
        check_embedder(writer.meta("model"), model, writer.folder)
        with map_sqlite_errors(writer.folder):
            faults = list(find_faults(writer.database, int(writer.meta("width") or 0)))
        if any(fault.part == "file" for fault in faults):
            return faults
        if not is_store_complete(writer, settings, model):
            faults.append(StoredFault("store", "the vector index does not hold what the library does"))
        if parts := {fault.part for fault in faults} - {"articles"}:
            with writer.publication():
                writer.articles.delete_orphans(everywhere=True)
                writer.vectors.delete([row for fault in faults if fault.part == "vectors" for row in fault.ids])
                if "passages" in parts:
                    writer.articles.replace_passages(cut_passages)
            compare_articles(writer, _silent)
            (settings.index / MANIFEST).unlink(missing_ok=True)  # the store is made anew
            _make_vectors(writer, settings, embedder, _silent)
    return faults


def rename_source(settings: Settings, name: str, new: str) -> None:
    """Give a source another name, in the paths that a reader sees. Raises UsageError, BusyError, LibraryError."""
    with _writing(settings) as writer, writer.publication():
        writer.sources.rename(writer.sources.get(name), new)


def remove_source(settings: Settings, name: str) -> int:
    """Remove a source with the articles that no other source holds; return how many articles were deleted.

    Raises UsageError if there is none of that name, BusyError, LibraryError.
    """
    with _writing(settings) as writer:
        with writer.publication():
            removed = writer.remove_source(writer.sources.get(name))
        compare_articles(writer, _silent)
        writer.compact()
    return removed


@contextmanager
def _writing(settings: Settings) -> Iterator[LibraryWriter]:
    with (
        indexing_alone(settings.index),
        map_sqlite_errors(settings.index),
        LibraryWriter.open(settings.index) as writer,
    ):
        yield writer


def _make_vectors(writer: LibraryWriter, settings: Settings, embedder: Embeddings, report: Report) -> int:
    embedded = embed_passages(writer, embedder, report)
    writer.compact()
    sync_vectors(writer, settings, models.embedder_fingerprint(embedder), report)
    return embedded
