"""The manifest beside a vector store: what it holds, whether it is complete, and the digests of its files."""

from __future__ import annotations

import hashlib
import json
import os
import secrets
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING

from newsqa.private_files import private_file

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


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
