"""What a model in ONNX gave for an input is remembered in this process: tests ask the same of it again and again.

The first run of every input is a real one, and a model gives the same for the same input: what a test sees is what the
model gave. Nothing outlives the process. A test of the models themselves asks for the fixture `real_runs`.
"""

from __future__ import annotations

import os
from collections import OrderedDict
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOM = 400_000_000
"""Bytes of outputs that are kept, the latest ones."""

os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")  # as newsqa does before it imports onnxruntime
import onnxruntime  # noqa: E402

_Session = onnxruntime.InferenceSession


@dataclass
class Memory:
    """The outputs of past runs by model and input, and a session for each model."""

    kept: OrderedDict[bytes, list[Any]] = field(default_factory=OrderedDict)
    size: int = 0
    sessions: dict[str, RememberingSession] = field(default_factory=dict)

    def session(self, file: str, options: Any, providers: list[str]) -> RememberingSession:
        """Stand in for `InferenceSession`; the file is named as it is now, and loaded once."""
        if "PYTEST_XDIST_WORKER" in os.environ:
            options.intra_op_num_threads = 1  # two threads that wait for the cores of each other's process are slower
        found = Path(file).stat()
        name = repr((file, found.st_size, found.st_mtime_ns, options.intra_op_num_threads, providers))
        if name not in self.sessions:
            self.sessions[name] = RememberingSession(_Session(file, options, providers), name, self)
        return self.sessions[name]

    def keep(self, key: bytes, outputs: list[Any]) -> None:
        self.size += sum(output.nbytes for output in outputs)
        self.kept[key] = outputs
        while self.size > ROOM:
            _, oldest = self.kept.popitem(last=False)
            self.size -= sum(output.nbytes for output in oldest)


@dataclass
class RememberingSession:
    """A session that runs its model only for an input that it has not had."""

    session: Any
    name: str
    memory: Memory

    def get_inputs(self) -> list[Any]:
        return self.session.get_inputs()

    def run(self, names: list[str] | None, feed: dict[str, Any]) -> list[Any]:
        digest = blake2b(repr((self.name, names)).encode(), digest_size=20)
        for name, rows in sorted(feed.items()):
            digest.update(repr((name, rows.shape, rows.dtype.str)).encode())
            digest.update(np.ascontiguousarray(rows))
        key = digest.digest()
        outputs = self.memory.kept.get(key)
        if outputs is None:
            outputs = self.session.run(names, feed)
            self.memory.keep(key, outputs)
        return [output.copy() for output in outputs]


@contextmanager
def remembered_runs() -> Iterator[None]:
    """Remember what models give for as long as the context lasts."""
    onnxruntime.InferenceSession = Memory().session
    try:
        yield
    finally:
        onnxruntime.InferenceSession = _Session


@contextmanager
def real_runs() -> Iterator[None]:
    """Have the models that are loaded within the context run whatever they ran before."""
    remembering = onnxruntime.InferenceSession
    onnxruntime.InferenceSession = _Session
    try:
        yield
    finally:
        onnxruntime.InferenceSession = remembering
