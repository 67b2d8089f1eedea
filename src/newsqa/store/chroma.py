"""The only importer of chromadb: one collection of vectors by passage id, embedded or on a server."""

from __future__ import annotations

import importlib
import sys
import threading
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from newsqa.errors import SettingsError, VectorsError
from newsqa.trust import refuse_untrusted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    import numpy as np
    import numpy.typing as npt

    Floats = npt.NDArray[np.float32]


CONFIGURATION = {"hnsw": {"space": "cosine", "ef_search": 200}}
IDS_AT_ONCE = 5_000
"""Chroma refuses batches past 5,461 ids, and SQLite statements with too many variables."""

VECTORS_AT_ONCE = 1_000
"""As many as make a request of 8 MB to a server."""


_importing = threading.Lock()


@contextmanager
def translated(where: str) -> Iterator[None]:
    """Turn whatever Chroma raises inside into VectorsError; a panic of its Rust part is no Exception."""
    try:
        yield
    except (VectorsError, KeyboardInterrupt, SystemExit, GeneratorExit):
        raise
    except BaseException as error:
        if not isinstance(error, Exception) and type(error).__name__ != "PanicException":
            raise
        raise VectorsError(
            f"The vector index {where} failed: {_brief(error)}.", hint=_advice(where), retryable=where.startswith("at")
        ) from error


def _brief(error: BaseException) -> str:
    text = " ".join(str(error).split())[:200].rstrip(".")
    return text or type(error).__name__


def _advice(where: str) -> str:
    if where.startswith("at"):
        return "Start the Chroma server, check NEWSQA_CHROMA, or unset it to keep the vectors in the index folder."
    return "Run newsqa index again: it makes the vector index anew from the library."


@dataclass(frozen=True, slots=True)
class Collection:
    """Vectors by passage id. Every method raises VectorsError."""

    client: Any
    collection: Any
    where: str
    sessions: tuple[Any, ...] = ()

    def ids(self) -> set[int]:
        """Return the ids of all passages in it."""
        found: set[int] = set()
        with translated(self.where):
            while batch := self.collection.get(limit=IDS_AT_ONCE, offset=len(found), include=[])["ids"]:
                found.update(map(int, batch))
        return found

    def holds(self, passages: Sequence[int]) -> bool:
        """Whether each of the passages is there, with its vector."""
        with translated(self.where):
            for batch in _batches(passages):
                got = self.collection.get(ids=list(map(str, batch)), include=["embeddings"])
                if len(got["ids"]) != len(batch) or len(got["embeddings"]) != len(batch):
                    return False
        return True

    def upsert(self, passages: Sequence[int], vectors: Floats) -> None:
        """Store vectors, shape (passages, width), at most VECTORS_AT_ONCE of them."""
        with translated(self.where):
            self.collection.upsert(ids=list(map(str, passages)), embeddings=vectors)

    def delete(self, passages: Sequence[int]) -> None:
        """Take passages out."""
        with translated(self.where):
            for batch in _batches(passages):
                self.collection.delete(ids=list(map(str, batch)))

    def nearest(self, vector: Floats, limit: int) -> list[tuple[int, float]]:
        """Return passages by cosine similarity, -1 to 1, the most similar first."""
        with translated(self.where):
            found = self.collection.query(query_embeddings=[vector], n_results=limit, include=["distances"])
        # Chroma's cosine distance is 1 - cosine similarity
        return [(int(i), 1.0 - float(d)) for i, d in zip(found["ids"][0], found["distances"][0], strict=True)]

    def stamp(self) -> str:
        """Return what the last writer stamped on the collection, asked anew."""
        with translated(self.where):
            current = self.client.get_collection(self.collection.name, embedding_function=None)
            return str((current.metadata or {}).get("stamp", ""))

    def set_stamp(self, stamp: str) -> None:
        """Stamp the collection, so that a reader knows whose changes it sees."""
        with translated(self.where):
            self.collection.modify(metadata={"stamp": stamp})

    def close(self) -> None:
        """Let go of its files or its connection."""
        with translated(self.where):
            self.client.close()
            for session in self.sessions:
                session.close()  # the client leaves its connections open


def _batches(passages: Sequence[int]) -> Iterator[Sequence[int]]:
    for start in range(0, len(passages), IDS_AT_ONCE):
        yield passages[start : start + IDS_AT_ONCE]


def open_embedded(folder: Path, *, create: bool = False) -> Collection:
    """Open the store in a folder. Raises VectorsError.

    Only a store known to be whole may be opened: a damaged one can end the process.
    """
    where = f"in {folder}"
    with translated(where):
        chromadb = _chromadb()
        client = chromadb.PersistentClient(str(folder), settings=_quiet())
    return _collection(client, "passages", where, create=create)


def open_server(address: str, name: str, timeout: float, *, create: bool = False) -> Collection:
    """Open a collection on a Chroma server, in at most `timeout` seconds. Raises VectorsError, SettingsError."""
    refuse_untrusted("NEWSQA_CHROMA")
    url = urlsplit(address)
    if url.scheme not in {"http", "https"} or not url.hostname:
        raise SettingsError(f"NEWSQA_CHROMA is {address!r}.", hint="Write it as http://host:8000.")
    host, port = url.hostname, _port(address)
    where = f"at {url.scheme}://{host}:{port}"

    def connect() -> Collection:
        chromadb = _chromadb()
        client = chromadb.HttpClient(host, port, url.scheme == "https", settings=_quiet())
        sessions = _sessions(client)
        for session in sessions:
            session.timeout = timeout
        return replace(_collection(client, name, where, create=create), sessions=sessions)

    with translated(where):
        return _within(timeout, connect)


def _sessions(client: Any) -> tuple[Any, ...]:
    """Return the httpx clients below a client; there is no other way to their timeout, or to close them."""
    return tuple(part._server._session for part in (client, client._admin_client))  # noqa: SLF001


def _port(address: str) -> int:
    url = urlsplit(address)
    try:
        return url.port or (443 if url.scheme == "https" else 8000)
    except ValueError as error:
        raise SettingsError(f"NEWSQA_CHROMA is {address!r}.", hint="Write it as http://host:8000.") from error


def _within(timeout: float, call: Callable[[], Collection]) -> Collection:
    """Call in a thread of its own: Chroma's client has no timeout while it is being made."""
    results: list[Collection | BaseException] = []

    def run() -> None:
        try:
            results.append(call())
        except BaseException as error:
            results.append(error)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    thread.join(timeout)
    if not results:
        raise TimeoutError(f"no answer in {timeout:g} seconds")
    if isinstance(results[0], BaseException):
        raise results[0]
    return results[0]


def _chromadb() -> Any:
    """Import chromadb, which takes 0.7 s, without what it reads as it is imported: `.env` of the working folder."""
    from pydantic_settings import DotEnvSettingsSource

    with _importing:
        if "chromadb" not in sys.modules:
            reads = DotEnvSettingsSource._read_env_files  # noqa: SLF001
            DotEnvSettingsSource._read_env_files = lambda _: {}  # type: ignore[method-assign, assignment]  # noqa: SLF001
            try:
                return importlib.import_module("chromadb")
            finally:
                DotEnvSettingsSource._read_env_files = reads  # type: ignore[method-assign]  # noqa: SLF001
        return importlib.import_module("chromadb")


def _quiet() -> Any:
    from chromadb.config import Settings

    # the working folder's .env is ours to read, not Chroma's
    return Settings(anonymized_telemetry=False, _env_file=None)  # type: ignore[call-arg]


def _collection(client: Any, name: str, where: str, *, create: bool) -> Collection:
    with translated(where):
        if create:
            _drop_others(client, name)
            made = client.get_or_create_collection(name, embedding_function=None, configuration=CONFIGURATION)
        else:
            made = client.get_collection(name, embedding_function=None)
        return Collection(client, made, where)


def _drop_others(client: Any, name: str) -> None:
    """Drop the collections that this index made with other models: their names differ after the last hyphen."""
    own = name.rpartition("-")[0]
    for other in [c.name for c in client.list_collections()] if own else []:
        if other != name and other.rpartition("-")[0] == own:
            client.delete_collection(other)
