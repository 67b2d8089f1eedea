"""The header of a GGUF file, read before llama.cpp sees it: a bad file gets no reason from llama.cpp.

The format (docs/gguf.md of ggml): a magic number, a version, counts, then metadata, keys with typed values.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO

from newsqa.errors import ModelError

if TYPE_CHECKING:
    from pathlib import Path

MAGIC = b"GGUF"
VERSIONS = (2, 3)
SMALLEST = 4_096
"""Bytes; no model that writes is smaller."""

MOST_KEYS, LONGEST, MOST_ITEMS = 10_000, 1 << 24, 1 << 24
READS_ONLY = frozenset({"bert", "modern-bert", "nomic-bert", "jina-bert-v2", "t5encoder", "clip", "gemma-embedding"})
"""Architectures that make vectors, not text."""

SIZES = {0: 1, 1: 1, 2: 2, 3: 2, 4: 4, 5: 4, 6: 4, 7: 1, 10: 8, 11: 8, 12: 8}
WHOLE = {0: "<B", 1: "<b", 2: "<H", 3: "<h", 4: "<I", 5: "<i", 10: "<Q", 11: "<q"}
STRING, ARRAY = 8, 9


@dataclass(frozen=True, slots=True)
class Header:
    """What a GGUF file says of itself: `context` is the tokens that it was trained to read, 0 where it is silent."""

    architecture: str
    context: int
    size: int


def read_header(file: Path) -> Header:
    """Read the header of a model file. Raises ModelError where it is missing, unreadable, or no model that writes."""
    try:
        if not file.is_file():
            raise _unusable(file, "it is a folder" if file.is_dir() else "there is no such file")
        size = file.stat().st_size
        with file.open("rb") as opened:
            head = opened.read(24)
            if head[:4] != MAGIC:
                raise _unusable(file, "it is not a GGUF file")
            version, _, keys = struct.unpack("<IQQ", head[4:].ljust(20, b"\0"))
            if version not in VERSIONS:
                raise _unusable(file, f"its version of GGUF, {version}, is not one of {VERSIONS}")
            if size < SMALLEST or keys > MOST_KEYS:
                raise _unusable(file, "it is cut off or damaged")
            architecture, context = _described(opened, keys)
    except OSError as error:
        raise _unusable(file, (error.strerror or "it cannot be read").lower()) from error
    except (struct.error, UnicodeDecodeError, ValueError) as error:
        raise _unusable(file, "it is cut off or damaged") from error
    if architecture in READS_ONLY:
        raise _unusable(file, f"a model of the kind {architecture} makes vectors, it writes nothing")
    return Header(architecture, context, size)


def _described(file: BinaryIO, keys: int) -> tuple[str, int]:
    """Return architecture and context; what follows them, the vocabulary above all, is not read."""
    architecture, lengths = "", dict[str, int]()
    for _ in range(keys):
        key, kind = _string(file), _number(file, 4)
        if key == "general.architecture" and kind == STRING:
            architecture = _string(file)
        elif key.endswith(".context_length") and kind in WHOLE:
            lengths[key] = int(struct.unpack(WHOLE[kind], _exactly(file, SIZES[kind]))[0])
        else:
            _skip(file, kind)
        if found := lengths.get(f"{architecture}.context_length"):
            return architecture, found
    return architecture, 0


def _skip(file: BinaryIO, kind: int, depth: int = 0) -> None:
    if kind == STRING:
        _string(file)
    elif kind == ARRAY and depth < 4:
        inner, count = _number(file, 4), _number(file, 8)
        if count > MOST_ITEMS:
            raise ValueError("too long an array")
        if inner in SIZES:
            _exactly(file, SIZES[inner] * count)
        else:
            for _ in range(count):
                _skip(file, inner, depth + 1)
    else:
        _exactly(file, SIZES.get(kind, -1))


def _string(file: BinaryIO) -> str:
    return _exactly(file, _number(file, 8)).decode("utf-8", "replace")


def _number(file: BinaryIO, size: int) -> int:
    return int.from_bytes(_exactly(file, size), "little")


def _exactly(file: BinaryIO, size: int) -> bytes:
    if not 0 <= size <= LONGEST * 8:
        raise ValueError("no such length")
    found = file.read(size)
    if len(found) != size:
        raise ValueError("the file ends too soon")
    return found


def _unusable(file: Path, why: str) -> ModelError:
    return ModelError(
        f"The model file {file} cannot be used: {why}.",
        hint="Name a GGUF file of a chat model: llamacpp:/path/model.gguf",
        kind="broken",
    )
