"""Finds the nearest passages in the vector store, from any process, as long as the store is whole and new enough."""

from __future__ import annotations

import os
import shutil
import sqlite3
import tempfile
import threading
from contextlib import ExitStack, closing, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING
from weakref import finalize

from newsqa.errors import VectorsError
from newsqa.private_files import FILE, FOLDER, private_folder
from newsqa.store.chroma import VECTORS_AT_ONCE, open_embedded, open_server
from newsqa.store.vector_mark import (
    GRAPH_WRITTEN,
    SQLITE,
    STORE,
    Mark,
    changing,
    files_of,
    is_intact,
    read_mark,
    reading,
    write_mark,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from newsqa.store.chroma import Collection, Floats

    Vectors = Callable[[Sequence[int]], Iterable[bytes]]
    Progress = Callable[[int, int], None]


Nearest = list[tuple[int, float]]
COPY = "newsqa-vectors-"


@dataclass(slots=True, weakref_slot=True)
class VectorReader:
    """Reads the vector store of an index, in its folder or the collection `name` on a server; safe between threads.

    It opens the store when it is first asked, and again whenever its mark has changed.
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

    def nearest(self, vector: Floats, limit: int, generation: int) -> Nearest | None:
        """Return passages by cosine similarity, the most similar first.

        None where the store cannot be trusted to hold the library's `generation`: ask the library itself. Passages
        that have left the library may be among them. Raises VectorsError where a server cannot be reached.
        """
        with self._lock, ExitStack() as held:
            if not self.server and not held.enter_context(reading(self.index)):
                return None
            mark = read_mark(self.index)
            if mark is None or not self._serves(mark, generation):
                return None
            if mark.stamp != self._stamp:
                self._open(mark)
            if self._collection is None:
                return None
            return self._ask(self._collection, mark, vector, limit)

    def _serves(self, mark: Mark, generation: int) -> bool:
        ours = mark.whole and mark.model == self.model and mark.server == self.server
        return ours and mark.generation >= generation and mark.ids > 0

    def _ask(self, collection: Collection, mark: Mark, vector: Floats, limit: int) -> Nearest | None:
        try:
            if self.server and collection.stamp() != mark.stamp:
                return None
            return collection.nearest(vector, min(limit, mark.ids))
        except VectorsError:
            self._stamp = ""  # a server may be back for the next question
            if self.server:
                raise
            return None

    def _open(self, mark: Mark) -> None:
        self.close()
        if self.server:
            self._collection = open_server(self.server, self.name, self.timeout)
        elif is_intact(self.index, mark):
            with suppress(VectorsError, OSError):
                self._collection = open_embedded(self._copy())
        if self._collection is not None:
            self._resources.callback(self._collection.close)
        self._stamp = mark.stamp

    def _copy(self) -> Path:
        """Return a private folder with a copy of the store's SQLite file and links to its graph.

        Chroma writes into the SQLite file when it is opened, and into the files of a graph that is still empty, its
        vectors being few enough to stay in the SQLite file: such a graph is copied too.
        """
        _sweep()
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
        """Let go of the store; the next question opens it again."""
        self._collection = None
        self._stamp = ""
        with suppress(VectorsError):
            self._resources.close()


def _sweep() -> None:
    """Remove the copies that killed processes of this user left behind."""
    for folder in Path(tempfile.gettempdir()).glob(f"{COPY}*-*"):
        with suppress(OSError, ValueError):
            process = int(folder.name.removeprefix(COPY).partition("-")[0])
            if folder.stat().st_uid == os.getuid() and not _runs(process):
                shutil.rmtree(folder, ignore_errors=True)


def _runs(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


# Brings the vector store up to the library. Only the process that holds the index's lock calls it.

STALE_SHARE = 0.3
"""Passages that left the library stay in an embedded store, unseen, until they are so many; then it is made anew."""


@dataclass(frozen=True, slots=True)
class VectorWriter:
    """Writes the vector store of an index: in its folder, or the collection `name` on a server.

    `model` is the fingerprint of the embedder, `timeout` in seconds bounds each call to a server.
    """

    index: Path
    model: str
    server: str
    name: str
    timeout: float

    def is_current(self, generation: int) -> bool:
        """Whether the store is known to hold that generation."""
        mark = read_mark(self.index)
        if mark is None or not self._is_ours(mark) or mark.generation < generation:
            return False
        return bool(self.server) or is_intact(self.index, mark)

    def sync(self, generation: int, wanted: set[int], vectors: Vectors, progress: Progress) -> None:
        """Let the store hold the vectors of these passages, and mark it whole once every id has been checked.

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

    def _is_ours(self, mark: Mark) -> bool:
        return mark.whole and mark.model == self.model and mark.server == self.server

    # in the folder of the index

    def _sync_embedded(self, generation: int, wanted: set[int], vectors: Vectors, progress: Progress) -> None:
        mark = read_mark(self.index)
        if (
            mark
            and self._is_ours(mark)
            and is_intact(self.index, mark)
            and self._extend(mark, generation, wanted, vectors, progress)
        ):
            return
        self._rebuild(generation, wanted, vectors, progress)

    def _extend(self, mark: Mark, generation: int, wanted: set[int], vectors: Vectors, progress: Progress) -> bool:
        """Add what is missing, in place under a dirty mark; False where the store is better made anew."""
        store = self.index / STORE
        with changing(self.index):
            write_mark(self.index, replace(mark, whole=False))
            try:
                with closing(open_embedded(store)) as collection:
                    held = collection.ids()
                    missing, stale = sorted(wanted - held), len(held - wanted)
                    if stale > STALE_SHARE * len(wanted):
                        return False
                    _add(collection, missing, vectors, progress)
                _check(store, missing, len(held | wanted))
            except VectorsError:  # what is there cannot be trusted, and the library has it all
                return False
            self._mark_whole(store, generation, len(held | wanted), stale)
        return True

    def _rebuild(self, generation: int, wanted: set[int], vectors: Vectors, progress: Progress) -> None:
        """Make a store beside the old one, check it, and swap it in by rename."""
        new, old, store = (self.index / name for name in (f"{STORE}.new", f"{STORE}.old", STORE))
        _remove(new, old)
        if not (mark := read_mark(self.index)) or not mark.whole:
            with changing(self.index):
                _remove(store)  # nobody can use it, and it takes the room of the new one
        private_folder(new)
        with closing(open_embedded(new, create=True)) as collection:
            _add(collection, sorted(wanted), vectors, progress)
        _check(new, sorted(wanted), len(wanted))
        with changing(self.index):
            write_mark(self.index, Mark(whole=False, model=self.model))
            if store.exists():
                store.rename(old)
            new.rename(store)
            self._mark_whole(store, generation, len(wanted), 0)
        _remove(old)

    def _mark_whole(self, store: Path, generation: int, ids: int, stale: int) -> None:
        _compact(store)
        files = files_of(store)
        mark = Mark(whole=True, model=self.model, generation=generation, ids=ids, stale=stale, files=files)
        write_mark(self.index, mark)

    # on a server

    def _sync_server(self, generation: int, wanted: set[int], vectors: Vectors, progress: Progress) -> None:
        mark = Mark(whole=False, model=self.model, server=self.server)
        write_mark(self.index, mark)
        with closing(open_server(self.server, self.name, self.timeout, create=True)) as collection:
            held = collection.ids()
            missing = sorted(wanted - held)
            _add(collection, missing, vectors, progress)
            collection.delete(sorted(held - wanted))
            if collection.ids() != wanted or not collection.holds(missing):
                raise VectorsError(
                    f"The Chroma server at {self.server} does not hold what was sent to it.",
                    hint="Run newsqa index again.",
                    retryable=True,
                )
            collection.set_stamp(mark.stamp)
        write_mark(self.index, replace(mark, whole=True, generation=generation, ids=len(wanted)))


def _add(collection: Collection, passages: Sequence[int], vectors: Vectors, progress: Progress) -> None:
    import numpy as np

    for start in range(0, len(passages), VECTORS_AT_ONCE):
        batch = passages[start : start + VECTORS_AT_ONCE]
        rows = [np.frombuffer(vector, dtype="<f4") for vector in vectors(batch)]
        collection.upsert(batch, np.stack(rows))
        progress(start + len(batch), len(passages))


def _check(store: Path, passages: Sequence[int], ids: int) -> None:
    """Open the store as it now stands on disk, and look for every id and vector. Raises VectorsError."""
    with closing(open_embedded(store)) as collection:
        if len(collection.ids()) != ids or not collection.holds(passages):
            raise VectorsError(
                f"The vector index in {store} does not hold what was written to it.",
                hint="Check free space, then run newsqa index again.",
            )


def _compact(store: Path) -> None:
    """Give back the space of vectors that have moved from the store's SQLite file into its graph; hide its files."""
    try:
        with closing(sqlite3.connect(store / SQLITE)) as database:
            database.execute("VACUUM")
    except sqlite3.Error as error:
        raise VectorsError(
            f"The vector index in {store} cannot be written: {error}.", hint="Check free space."
        ) from error
    for path in store.rglob("*"):
        path.chmod(FOLDER if path.is_dir() else FILE)


def _remove(*folders: Path) -> None:
    for folder in folders:
        if folder.exists():
            shutil.rmtree(folder)
