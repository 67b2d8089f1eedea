"""What a model in ONNX gave for an input is remembered in this process: tests ask the same of it again and again.

The first run of every input is a real one, and a model gives the same for the same input: what a test sees is what the
model gave. Nothing outlives the process. A test of the models themselves asks for the fixture `real_runs`.
"""

from __future__ import annotations

from collections import OrderedDict
from contextlib import contextmanager
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import onnxruntime

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOM = 400_000_000
"""Bytes of outputs that are kept, the latest ones."""

_run = onnxruntime.InferenceSession.run


class Memory:
    """The outputs of past runs, by model and input."""

    def __init__(self) -> None:
        self.kept: OrderedDict[bytes, list[Any]] = OrderedDict()
        self.size = 0

    def run(self, session: Any, names: Any, feed: dict[str, Any], options: Any = None) -> list[Any]:
        """Stand in for `InferenceSession.run`."""
        key = _key(session, names, feed)
        outputs = self.kept.get(key)
        if outputs is None:
            outputs = _run(session, names, feed, options)
            self.size += sum(output.nbytes for output in outputs)
            self.kept[key] = outputs
            while self.size > ROOM:
                _, oldest = self.kept.popitem(last=False)
                self.size -= sum(output.nbytes for output in oldest)
        return [output.copy() for output in outputs]


def _key(session: Any, names: Any, feed: dict[str, Any]) -> bytes:
    """Name a run: the file of the model as it is now, the outputs asked for, and every input with its shape."""
    file = Path(session._model_path).stat()
    digest = blake2b(repr((session._model_path, file.st_size, file.st_mtime_ns, names)).encode(), digest_size=20)
    for name, rows in sorted(feed.items()):
        digest.update(repr((name, rows.shape, rows.dtype.str)).encode())
        digest.update(np.ascontiguousarray(rows))
    return digest.digest()


@contextmanager
def remembered_runs() -> Iterator[None]:
    """Remember what models give for as long as the context lasts."""
    memory = Memory()

    def run(session: Any, *given: Any) -> list[Any]:
        return memory.run(session, *given)

    onnxruntime.InferenceSession.run = run
    try:
        yield
    finally:
        onnxruntime.InferenceSession.run = _run


@contextmanager
def real_runs() -> Iterator[None]:
    """Have models run whatever they ran before, for as long as the context lasts."""
    remembering = onnxruntime.InferenceSession.run
    onnxruntime.InferenceSession.run = _run
    try:
        yield
    finally:
        onnxruntime.InferenceSession.run = remembering
