"""The only importer of chromadb: one collection of vectors, and the manifest beside it that says if it is complete."""

from __future__ import annotations

import hashlib
import importlib
import json
import os
import secrets
import sys
import threading
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from newsqa.errors import ResourceError, SettingsError, VectorsError
from newsqa.machine import VECTORS, require_memory
from newsqa.models.providers import bypass_proxies, on_loopback
from newsqa.private_files import private_file
from newsqa.trust import refuse_untrusted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    import numpy as np
    import numpy.typing as npt

    from newsqa.settings import Settings

    Floats = npt.NDArray[np.float32]

CONFIGURATION = {"hnsw": {"space": "cosine", "ef_search": 200}}
IDS_AT_ONCE = 5_000  # Chroma refuses batches past 5,461 ids, and SQLite statements with too many variables
VECTORS_AT_ONCE = 1_000  # vectors per request, which make a request to a server of about 8 MB

_importing = threading.Lock()


@contextmanager
def map_chroma_errors(where: str) -> Iterator[None]:
    """Turn whatever Chroma raises inside into VectorsError; a panic of its Rust part is not an Exception."""
    try:
        yield
    except (VectorsError, ResourceError, KeyboardInterrupt, SystemExit, GeneratorExit):
        raise
    except BaseException as error:
        if not isinstance(error, Exception) and type(error).__name__ != "PanicException":
            raise
        raise VectorsError(
            f"The vector index {where} failed: {_message(error)}.", hint=_hint(where), retryable=where.startswith("at")
        ) from error


def _message(error: BaseException) -> str:
    text = " ".join(str(error).split())[:200].rstrip(".")
    return text or type(error).__name__


def _hint(where: str) -> str:
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
        with map_chroma_errors(self.where):
            while batch := self.collection.get(limit=IDS_AT_ONCE, offset=len(found), include=[])["ids"]:
                found.update(map(int, batch))
        return found

    def contains(self, passages: Sequence[int]) -> bool:
        """Return True if it holds each of the passages, with a vector."""
        with map_chroma_errors(self.where):
            for batch in _batches(passages):
                got = self.collection.get(ids=list(map(str, batch)), include=["embeddings"])
                if len(got["ids"]) != len(batch) or len(got["embeddings"]) != len(batch):
                    return False
        return True

    def upsert(self, passages: Sequence[int], vectors: Floats) -> None:
        """Store vectors, shape (passages, width), at most VECTORS_AT_ONCE of them."""
        with map_chroma_errors(self.where):
            self.collection.upsert(ids=list(map(str, passages)), embeddings=vectors)

    def delete(self, passages: Sequence[int]) -> None:
        """Delete passages."""
        with map_chroma_errors(self.where):
            for batch in _batches(passages):
                self.collection.delete(ids=list(map(str, batch)))

    def nearest(self, vector: Floats, limit: int) -> list[tuple[int, float]]:
        """Return passages by cosine similarity, -1 to 1, the most similar first."""
        with map_chroma_errors(self.where):
            found = self.collection.query(query_embeddings=[vector], n_results=limit, include=["distances"])
        # Chroma's cosine distance is 1 - cosine similarity
        return [(int(i), 1.0 - float(d)) for i, d in zip(found["ids"][0], found["distances"][0], strict=True)]

    def stamp(self) -> str:
        """Read the stamp that the last writer set from the server."""
        with map_chroma_errors(self.where):
            current = self.client.get_collection(self.collection.name, embedding_function=None)
            return str((current.metadata or {}).get("stamp", ""))

    def set_stamp(self, stamp: str) -> None:
        """Set the stamp of the collection, so that a reader knows which writer's vectors it holds."""
        with map_chroma_errors(self.where):
            self.collection.modify(metadata={"stamp": stamp})

    def close(self) -> None:
        """Close its files or its connection."""
        with map_chroma_errors(self.where):
            self.client.close()
            for session in self.sessions:
                session.close()  # the client leaves its connections open


def _batches(passages: Sequence[int]) -> Iterator[Sequence[int]]:
    for start in range(0, len(passages), IDS_AT_ONCE):
        yield passages[start : start + IDS_AT_ONCE]


def open_embedded(folder: Path, *, create: bool = False) -> Collection:
    """Open the store in a folder. Raises VectorsError.

    Only a store known to be intact may be opened: a damaged one can crash the process.
    """
    where = f"in {folder}"
    with map_chroma_errors(where):
        chromadb = _chromadb()
        client = chromadb.PersistentClient(str(folder), settings=_client_settings())
    return _open_collection(client, "passages", where, create=create)


def server_of(settings: Settings) -> str:
    """Return the address of the Chroma server in the settings, "" for none. Raises VectorsError if they forbid it."""
    if settings.chroma and settings.offline and not on_loopback(settings.chroma):
        raise VectorsError(
            "NEWSQA_CHROMA is on another machine, and NEWSQA_OFFLINE forbids what leaves this one.",
            hint="Unset one of them.",
        )
    return settings.chroma


def open_server(address: str, name: str, timeout: float, *, create: bool = False) -> Collection:
    """Open a collection on a Chroma server, in at most `timeout` seconds. Raises VectorsError, SettingsError."""
    refuse_untrusted("NEWSQA_CHROMA")
    url = urlsplit(address)
    if url.scheme not in {"http", "https"} or not url.hostname:
        raise SettingsError(f"NEWSQA_CHROMA is {address!r}.", hint="Write it as http://host:8000.")
    host, port = url.hostname, _port(address)
    where = f"at {url.scheme}://{host}:{port}"
    bypass_proxies(address)

    def connect() -> Collection:
        chromadb = _chromadb()
        client = chromadb.HttpClient(host, port, url.scheme == "https", settings=_client_settings())
        sessions = _sessions(client)
        for session in sessions:
            session.timeout = timeout
        return replace(_open_collection(client, name, where, create=create), sessions=sessions)

    with map_chroma_errors(where):
        return _call_within(timeout, connect)


def _sessions(client: Any) -> tuple[Any, ...]:
    """Return the httpx clients below a client; there is no other way to their timeout, or to close them."""
    return tuple(part._server._session for part in (client, client._admin_client))  # noqa: SLF001


def _port(address: str) -> int:
    url = urlsplit(address)
    try:
        return url.port or (443 if url.scheme == "https" else 8000)
    except ValueError as error:
        raise SettingsError(f"NEWSQA_CHROMA is {address!r}.", hint="Write it as http://host:8000.") from error


def _call_within(timeout: float, call: Callable[[], Collection]) -> Collection:
    """Call in a thread of its own: Chroma's client has no timeout while it is being created."""
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
            require_memory(VECTORS, "its vector index")
            reads = DotEnvSettingsSource._read_env_files  # noqa: SLF001
            DotEnvSettingsSource._read_env_files = lambda _: {}  # type: ignore[method-assign, assignment]  # noqa: SLF001
            try:
                return importlib.import_module("chromadb")
            finally:
                DotEnvSettingsSource._read_env_files = reads  # type: ignore[method-assign]  # noqa: SLF001
        return importlib.import_module("chromadb")


def _client_settings() -> Any:
    from chromadb.config import Settings

    # Chroma must not read the working folder's .env
    return Settings(anonymized_telemetry=False, _env_file=None)  # type: ignore[call-arg]


def _open_collection(client: Any, name: str, where: str, *, create: bool) -> Collection:
    with map_chroma_errors(where):
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


# The manifest beside a vector store: what the store holds, if it is complete, and the digests of its files.

STORE = "vectors"
SQLITE = "chroma.sqlite3"
GRAPH_WRITTEN = "index_metadata.pickle"
MANIFEST = "vectors.json"
LOCK = "vectors.lock"


def collection_name(index_id: str, model: str) -> str:
    """Return the name of an index's collection on a server that several indexes and models may share."""
    return f"newsqa-{index_id}-{hashlib.blake2b(model.encode(), digest_size=4).hexdigest()}"


@dataclass(frozen=True, slots=True)
class Manifest:
    """What is known of a vector store without opening it.

    `whole` is True if every id was checked and nothing was written since. `model` is the fingerprint of the embedder,
    `server` the address of a Chroma server or "" for the embedded one. The store holds the vectors of the library's
    `generation`: `ids` passages, of which `stale` have left the library since. `files` maps paths to SHA-256 digests.
    """

    whole: bool
    model: str
    server: str = ""
    generation: int = 0
    ids: int = 0
    stale: int = 0
    files: dict[str, str] = field(default_factory=dict)
    stamp: str = field(default_factory=lambda: secrets.token_hex(8))


def read_manifest(index: Path) -> Manifest | None:
    """Return the manifest of an index, or None if there is none or it cannot be read."""
    try:
        return Manifest(**json.loads((index / MANIFEST).read_bytes()))
    except (OSError, ValueError, TypeError):
        return None


def write_manifest(index: Path, manifest: Manifest) -> None:
    """Replace the manifest, so that a reader sees the old or the new one, never half of it. Raises OSError."""
    new = index / f"{MANIFEST}.new"
    private_file(new)
    with new.open("w", encoding="utf-8") as file:
        json.dump(asdict(manifest), file, indent=1)
        file.flush()
        os.fsync(file.fileno())
    new.replace(index / MANIFEST)


def file_digests(store: Path) -> dict[str, str]:
    """Return the SHA-256 of every file of a store by its path in it; {} if there is no store. Raises OSError.

    All are read each time: 35 MB for 20,000 passages, 0.03 s, while a flipped byte can crash the process.
    """
    return {path.relative_to(store).as_posix(): _digest(path) for path in sorted(store.rglob("*")) if path.is_file()}


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def is_intact(index: Path, manifest: Manifest) -> bool:
    """Return True if the files of the embedded store are the same as when the manifest was written."""
    try:
        return manifest.whole and bool(manifest.files) and file_digests(index / STORE) == manifest.files
    except OSError:
        return False


@contextmanager
def read_lock(index: Path) -> Iterator[bool]:
    """Keep writers out of the store while it is read; yields False at once if it is being written."""
    import fcntl

    try:
        handle = os.open(index / LOCK, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:  # never written, or not ours to read
        yield False
        return
    try:
        fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
        locked = True
    except OSError:
        locked = False
    try:
        yield locked
    finally:
        os.close(handle)


@contextmanager
def write_lock(index: Path) -> Iterator[None]:
    """Wait until no reader is in the store, and keep new ones out. Raises OSError."""
    import fcntl

    private_file(index / LOCK)
    handle = os.open(index / LOCK, os.O_RDWR | os.O_CLOEXEC)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)
