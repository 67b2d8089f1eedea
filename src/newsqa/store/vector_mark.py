"""The mark beside a vector store: whether it is whole, what it holds, and what its files looked like then."""

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
MARK = "vectors.json"
LOCK = "vectors.lock"


def collection_name(index_id: str, model: str) -> str:
    """Return the name of an index's collection on a server that several indexes and models may share."""
    return f"newsqa-{index_id}-{hashlib.blake2b(model.encode(), digest_size=4).hexdigest()}"


@dataclass(frozen=True, slots=True)
class Mark:
    """What is known of a store without opening it.

    `whole`: every id was checked, and nothing was written since. `model` is the fingerprint of the embedder, `server`
    the address of a Chroma server or "" for the embedded one. The store holds the vectors of the library's
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


def read_mark(index: Path) -> Mark | None:
    """Return the mark of an index, or None where there is none or it cannot be understood."""
    try:
        return Mark(**json.loads((index / MARK).read_bytes()))
    except (OSError, ValueError, TypeError):
        return None


def write_mark(index: Path, mark: Mark) -> None:
    """Put a mark in place, so that a reader sees the old or the new one, whole. Raises OSError."""
    new = index / f"{MARK}.new"
    private_file(new)
    with new.open("w", encoding="utf-8") as file:
        json.dump(asdict(mark), file, indent=1)
        file.flush()
        os.fsync(file.fileno())
    new.replace(index / MARK)


def files_of(store: Path) -> dict[str, str]:
    """Return the SHA-256 of every file of a store by its path in it; {} where there is none. Raises OSError.

    All are read each time: 35 MB for 20,000 passages, 0.03 s, where a flipped byte can crash the process.
    """
    return {path.relative_to(store).as_posix(): _digest(path) for path in sorted(store.rglob("*")) if path.is_file()}


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def is_intact(index: Path, mark: Mark) -> bool:
    """Whether the files of the embedded store are what they were when it was marked whole."""
    try:
        return mark.whole and bool(mark.files) and files_of(index / STORE) == mark.files
    except OSError:
        return False


@contextmanager
def reading(index: Path) -> Iterator[bool]:
    """Hold the store still for reading: gives False at once where it is being changed."""
    import fcntl

    try:
        handle = os.open(index / LOCK, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:  # never written, or not ours to read
        yield False
        return
    try:
        fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
        held = True
    except OSError:
        held = False
    try:
        yield held
    finally:
        os.close(handle)


@contextmanager
def changing(index: Path) -> Iterator[None]:
    """Keep readers out of the store, once those that are in it have their answer. Raises OSError."""
    import fcntl

    private_file(index / LOCK)
    handle = os.open(index / LOCK, os.O_RDWR | os.O_CLOEXEC)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)
