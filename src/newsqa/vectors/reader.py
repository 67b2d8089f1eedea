"""Finds the nearest passages in the vector store, from any process, as long as the store is whole and new enough."""

from __future__ import annotations

import os
import shutil
import tempfile
import threading
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING
from weakref import finalize

from newsqa.errors import VectorsError
from newsqa.vectors.chroma import open_embedded, open_server
from newsqa.vectors.mark import GRAPH_WRITTEN, STORE, is_intact, read_mark, reading

if TYPE_CHECKING:
    from newsqa.vectors.chroma import Collection, Floats
    from newsqa.vectors.mark import Mark

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
