"""The vector store made from the library: any process may search it, the indexing process brings it up to date.

Its manifest says whether it is complete and which generation it holds; if in doubt, the library is searched instead.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import tempfile
import threading
from contextlib import ExitStack, closing, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar
from weakref import finalize

from newsqa.errors import VectorsError
from newsqa.private_files import make_private, private_folder
from newsqa.store.chroma import (
    GRAPH_WRITTEN,
    SQLITE,
    STORE,
    VECTORS_AT_ONCE,
    Manifest,
    file_digests,
    is_intact,
    open_embedded,
    open_server,
    read_lock,
    read_manifest,
    write_lock,
    write_manifest,
)
from newsqa.store.database import decoding

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from newsqa.store.chroma import Collection, Floats
    from newsqa.store.records import Ranked

    Vectors = Callable[[Sequence[int]], Iterable[bytes]]
    Progress = Callable[[int, int], None]

T = TypeVar("T")

COPY = "newsqa-vectors-"


@dataclass(slots=True, weakref_slot=True)
class VectorReader:
    """Searches the vector store of an index, in its folder or the collection `name` on a server.

    Safe between threads. The store is opened at the first search, and again whenever its manifest has changed.
    """

    index: Path
    model: str
    server: str
    name: str
    timeout: float
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _stamp: str = ""
    _collection: Collection | None = None
    _resources: ExitStack = field(default_factory=ExitStack)

    def nearest(self, vector: Floats, limit: int, generation: int) -> Ranked | None:
        """Return passages by cosine similarity, the most similar first.

        Return None if the store may not hold the library's `generation`: the library itself is to be searched then.
        Passages that have left the library may be among them. Raises VectorsError if a server cannot be reached.
        """
        return self._ask(generation, lambda collection, manifest: self._query(collection, manifest, vector, limit))

    def holds(self, passages: set[int], generation: int) -> bool:
        """Return True if the store can be searched for the library's `generation`, and holds these passages."""
        return bool(
            self._ask(
                generation,
                lambda collection, _: passages <= collection.ids() and collection.contains(sorted(passages)),
            )
        )

    def _ask(self, generation: int, ask: Callable[[Collection, Manifest], T]) -> T | None:
        """Return what `ask` makes of the opened store; None if it may not hold the library's `generation`."""
        with self._lock, ExitStack() as stack:
            if not self.server and not stack.enter_context(read_lock(self.index)):
                return None
            manifest = read_manifest(self.index)
            if manifest is None or not self._is_usable(manifest, generation):
                return None
            if manifest.stamp != self._stamp:
                self._open(manifest)
            return None if self._collection is None else ask(self._collection, manifest)

    def _is_usable(self, manifest: Manifest, generation: int) -> bool:
        ours = manifest.whole and manifest.model == self.model and manifest.server == self.server
        return ours and manifest.generation >= generation and manifest.ids > 0

    def _query(self, collection: Collection, manifest: Manifest, vector: Floats, limit: int) -> Ranked | None:
        try:
            if self.server and collection.stamp() != manifest.stamp:
                return None
            return collection.nearest(vector, min(limit, manifest.ids))
        except VectorsError:
            self._stamp = ""  # a server may be back for the next question
            if self.server:
                raise
            return None

    def _open(self, manifest: Manifest) -> None:
        self.close()
        if self.server:
            self._collection = open_server(self.server, self.name, self.timeout)
        elif is_intact(self.index, manifest):
            with suppress(VectorsError, OSError):
                self._collection = open_embedded(self._private_copy())
        if self._collection is not None:
            self._resources.callback(self._collection.close)
        self._stamp = manifest.stamp

    def _private_copy(self) -> Path:
        """Return a private folder with a copy of the store's SQLite file and links to its graph.

        Chroma writes into the SQLite file when it is opened, and into the files of a graph that is still empty, its
        vectors being few enough to stay in the SQLite file: such a graph is copied too.
        """
        _remove_old_copies()
        folder = Path(tempfile.mkdtemp(prefix=f"{COPY}{os.getpid()}-"))
        self._resources.callback(finalize(self, shutil.rmtree, folder, ignore_errors=True))
        for path in (self.index / STORE).resolve().iterdir():
            if (path / GRAPH_WRITTEN).exists():
                (folder / path.name).symlink_to(path)
            elif path.is_dir():
                shutil.copytree(path, folder / path.name)
            else:
                shutil.copy(path, folder / path.name)
        return folder

    def close(self) -> None:
        """Close the store; the next search opens it again."""
        self._collection = None
        self._stamp = ""
        with suppress(VectorsError):
            self._resources.close()


def _remove_old_copies() -> None:
    """Remove the copies that killed processes of this user left behind."""
    for folder in Path(tempfile.gettempdir()).glob(f"{COPY}*-*"):
        with suppress(OSError, ValueError):
            process = int(folder.name.removeprefix(COPY).partition("-")[0])
            if folder.stat().st_uid == os.getuid() and not _is_running(process):
                shutil.rmtree(folder, ignore_errors=True)


def _is_running(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


STALE_SHARE = 0.3
"""Passages that left the library stay in an embedded store, unseen, until they are this share; then it is rebuilt."""


@dataclass(frozen=True, slots=True)
class VectorWriter:
    """Brings the vector store of an index up to date: in its folder, or the collection `name` on a server.

    Only the process that holds the index's lock may use it. `model` is the fingerprint of the embedder, `timeout` in
    seconds bounds each call to a server.
    """

    index: Path
    model: str
    server: str
    name: str
    timeout: float

    def is_current(self, generation: int) -> bool:
        """Return True if the store is known to hold that generation."""
        manifest = read_manifest(self.index)
        if manifest is None or not self._is_ours(manifest) or manifest.generation < generation:
            return False
        return bool(self.server) or is_intact(self.index, manifest)

    def sync(self, generation: int, wanted: set[int], vectors: Vectors, progress: Progress) -> None:
        """Store the vectors of the wanted passages, and mark the store as complete once every id has been checked.

        `vectors` gives the vectors of passages, as float32, from the library. Raises VectorsError.
        """
        try:
            if self.server:
                self._sync_server(generation, wanted, vectors, progress)
            else:
                self._sync_embedded(generation, wanted, vectors, progress)
        except OSError as error:
            raise VectorsError(
                f"The vector index in {self.index} cannot be written: {error.strerror}.",
                hint="Check free space and permissions, then run newsqa index again.",
            ) from error

    def _is_ours(self, manifest: Manifest) -> bool:
        return manifest.whole and manifest.model == self.model and manifest.server == self.server

    # In the folder of the index

    def _sync_embedded(self, generation: int, wanted: set[int], vectors: Vectors, progress: Progress) -> None:
        manifest = read_manifest(self.index)
        if (
            manifest
            and self._is_ours(manifest)
            and is_intact(self.index, manifest)
            and self._extend(manifest, generation, wanted, vectors, progress)
        ):
            return
        self._rebuild(generation, wanted, vectors, progress)

    def _extend(
        self, manifest: Manifest, generation: int, wanted: set[int], vectors: Vectors, progress: Progress
    ) -> bool:
        """Add what is missing, in place, with the manifest marked as incomplete; False if a rebuild is better."""
        store = self.index / STORE
        with write_lock(self.index):
            write_manifest(self.index, replace(manifest, whole=False))
            try:
                with closing(open_embedded(store)) as collection:
                    held = collection.ids()
                    missing, stale = sorted(wanted - held), len(held - wanted)
                    if stale > STALE_SHARE * len(wanted):
                        return False
                    _upsert(collection, missing, vectors, progress)
                _check(store, missing, len(held | wanted))
            except VectorsError:  # the store is damaged, and the library has all vectors
                return False
            self._mark_complete(store, generation, len(held | wanted), stale)
        return True

    def _rebuild(self, generation: int, wanted: set[int], vectors: Vectors, progress: Progress) -> None:
        """Build a store beside the old one, check it, and swap it in by rename."""
        new, old, store = (self.index / name for name in (f"{STORE}.new", f"{STORE}.old", STORE))
        _remove(new, old)
        if not (manifest := read_manifest(self.index)) or not manifest.whole:
            with write_lock(self.index):
                _remove(store)  # nobody can use it, and the new one needs the space
        private_folder(new)
        with closing(open_embedded(new, create=True)) as collection:
            _upsert(collection, sorted(wanted), vectors, progress)
        _check(new, sorted(wanted), len(wanted))
        with write_lock(self.index):
            write_manifest(self.index, Manifest(whole=False, model=self.model))
            if store.exists():
                store.rename(old)
            new.rename(store)
            self._mark_complete(store, generation, len(wanted), 0)
        _remove(old)

    def _mark_complete(self, store: Path, generation: int, ids: int, stale: int) -> None:
        _compact(store)
        files = file_digests(store)
        manifest = Manifest(whole=True, model=self.model, generation=generation, ids=ids, stale=stale, files=files)
        write_manifest(self.index, manifest)

    # On a server

    def _sync_server(self, generation: int, wanted: set[int], vectors: Vectors, progress: Progress) -> None:
        manifest = Manifest(whole=False, model=self.model, server=self.server)
        write_manifest(self.index, manifest)
        with closing(open_server(self.server, self.name, self.timeout, create=True)) as collection:
            held = collection.ids()
            missing = sorted(wanted - held)
            _upsert(collection, missing, vectors, progress)
            collection.delete(sorted(held - wanted))
            if collection.ids() != wanted or not collection.contains(missing):
                raise VectorsError(
                    f"The Chroma server at {self.server} does not hold what was sent to it.",
                    hint="Run newsqa index again.",
                    retryable=True,
                )
            collection.set_stamp(manifest.stamp)
        write_manifest(self.index, replace(manifest, whole=True, generation=generation, ids=len(wanted)))


def _upsert(collection: Collection, passages: Sequence[int], vectors: Vectors, progress: Progress) -> None:
    import numpy as np

    for start in range(0, len(passages), VECTORS_AT_ONCE):
        batch = passages[start : start + VECTORS_AT_ONCE]
        with decoding():
            rows = [np.frombuffer(vector, dtype="<f4") for vector in vectors(batch)]
        collection.upsert(batch, np.stack(rows))
        progress(start + len(batch), len(passages))


def _check(store: Path, passages: Sequence[int], ids: int) -> None:
    """Open the store as it is on disk, and look up every id and vector. Raises VectorsError."""
    with closing(open_embedded(store)) as collection:
        if len(collection.ids()) != ids or not collection.contains(passages):
            raise VectorsError(
                f"The vector index in {store} does not hold what was written to it.",
                hint="Check free space, then run newsqa index again.",
            )


def _compact(store: Path) -> None:
    """Free the space of vectors that moved from the store's SQLite file into its graph; make its files private."""
    try:
        with closing(sqlite3.connect(store / SQLITE)) as database:
            database.execute("VACUUM")
    except sqlite3.Error as error:
        raise VectorsError(
            f"The vector index in {store} cannot be written: {error}.", hint="Check free space."
        ) from error
    make_private(store)


def _remove(*folders: Path) -> None:
    for folder in folders:
        if folder.exists():
            shutil.rmtree(folder)
