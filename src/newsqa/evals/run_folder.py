"""The folder of a run: `run.jsonl`, a line a question, only ever appended to while questions are asked.

A question that failed and is asked again gets a second line, at the end; the later one counts. `settle` puts the lines
into the order of the set, one a question, when a run begins and when it is through. It writes beside and renames, so
that at every moment, and wherever a process is killed, the file holds every answer that was ever written whole.
"""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Self

from newsqa.errors import BusyError, SourceError
from newsqa.evals.run_lines import from_json, read_object, to_json
from newsqa.private_files import FILE, private_folder
from newsqa.render.record import to_line

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
    from contextlib import AbstractContextManager
    from datetime import date
    from pathlib import Path

    from newsqa.evals.datasets.items import Item
    from newsqa.evals.run_lines import RunLine
    from newsqa.pipeline import Pipeline


RECORDS = "run.jsonl"
OTHER_FOLDER = "Name another folder with --out."


def read_run(folder: Path) -> list[RunLine]:
    """Read the lines of a run, in the order of the set; a line that was cut while it was written is left out.

    `folder` may be the `run.jsonl` itself. Raises SourceError, naming the line, where there is no run or it cannot be
    read.
    """
    file = folder if folder.is_file() else folder / RECORDS
    if not file.is_file():
        raise SourceError(f"There is no run in {folder}.", hint="“newsqa eval run SET --out DIR” makes one.")
    if not (lines := read_lines(file)):
        raise SourceError(f"{file} holds no answer yet.", hint="Run the questions again.")
    return lines


def read_lines(file: Path) -> list[RunLine]:
    """Read the lines of a file, none where there is no file, in the order of the set. Raises SourceError."""
    try:
        with file.open("rb") as opened:
            lines = {line.item.id: line for line in _whole(opened, file)}
    except FileNotFoundError:
        return []
    except OSError as error:
        raise SourceError(f"{file} cannot be read: {error.strerror}.") from error
    return sorted(lines.values(), key=lambda line: line.place)


def _whole(opened: Iterable[bytes], file: Path) -> Iterator[RunLine]:
    for number, text in enumerate(opened, 1):
        if not text.endswith(b"\n") or not text.strip():
            continue
        try:
            yield from_json(read_object(text))
        except ValueError as error:
            raise SourceError(
                f"{file} line {number}: {error}.", hint="Take that line out; its question can be asked again."
            ) from error


def append(file: Path, line: RunLine) -> None:
    """Add a line and see to it that it is on disk. Raises SourceError."""
    try:
        out = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, FILE)
        try:
            _write(out, _bytes([line]))
        finally:
            os.close(out)
    except OSError as error:
        raise unwritable(file, error) from error


def finalize_run(file: Path, lines: Iterable[RunLine]) -> None:
    """Make the file hold these lines and nothing else, in one step; one that does is left alone. Raises SourceError."""
    wanted = _bytes(lines)
    beside = file.with_name(f"{file.name}.new")
    try:
        if file.is_file() and file.read_bytes() == wanted:
            beside.unlink(missing_ok=True)  # left by one that was killed
            return
        out = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, FILE)
        try:
            _write(out, wanted)
        finally:
            os.close(out)
        beside.replace(file)
    except OSError as error:
        raise unwritable(file, error) from error


def keep(folder: Path, lines: Sequence[RunLine]) -> tuple[RunLine, ...]:
    """Keep lines that were not asked for here as a run, and return them with what a judge said of them before.

    Raises SourceError where the folder holds another run.
    """
    with held(folder):
        file = folder / RECORDS
        before = read_lines(file)
        if before and _bytes(map(unjudged, before)) != _bytes(map(unjudged, lines)):
            raise SourceError(f"{folder} holds another run.", hint=OTHER_FOLDER)
        judges = {line.item.id: line.judge for line in before}
        kept = tuple(replace(line, judge=line.judge or judges.get(line.item.id)) for line in lines)
        finalize_run(file, kept)
        return kept


def unjudged(line: RunLine) -> RunLine:
    """Return a line without what a judge said of it."""
    return replace(line, judge=None)


def held(folder: Path) -> AbstractContextManager[object]:
    """Make the folder and hold it for this run. Raises BusyError where another run writes into it, and SourceError."""
    from filelock import FileLock, Timeout

    try:
        private_folder(folder)
        return FileLock(folder / ".lock", timeout=0, mode=FILE).acquire()
    except Timeout:
        raise BusyError(f"Another run writes into {folder}.", hint="Wait for it, or name another folder.") from None
    except OSError as error:
        raise unwritable(folder, error) from error


def unwritable(place: Path, error: OSError) -> SourceError:
    """Return the error that says a place cannot be written."""
    return SourceError(f"{place} cannot be written: {error.strerror}.", hint=OTHER_FOLDER)


def _bytes(lines: Iterable[RunLine]) -> bytes:
    return b"".join(to_line(to_json(line)).encode() + b"\n" for line in lines)


def _write(out: int, data: bytes) -> None:
    while data:
        data = data[os.write(out, data) :]
    os.fsync(out)


# What decided an answer, as a key: the same key is the same question asked of the same articles in the same way.


@dataclass(frozen=True, slots=True)
class Setup:
    """What answers: `index` identifies articles, passages and vectors, `config` settings, prompts, models and code.

    `made_of` tells by name what `config` is the digest of.
    """

    index: str
    config: str
    model: str
    made_of: Mapping[str, str] = field(default_factory=dict[str, str])

    @classmethod
    def of(cls, desk: Pipeline) -> Self:
        """Return the setup of a desk, as its index is now. Raises LibraryError."""
        with desk.index.snapshot() as index:
            return cls(index.digest, desk.config, desk.model, desk.made_of)

    @property
    def short(self) -> str:
        """Eight letters and digits that tell it from others, for the name of a folder."""
        return _digest(self.index, self.config, self.model)[:8]


def key_of(item: Item, today: date, setup: Setup) -> str:
    """Identify a question (its words, history and days) and what answers it; `today` counts where no day is given."""
    asked = item.asked or item.as_of or today
    history = [[turn.role, turn.content] for turn in item.history]
    days = [asked.isoformat(), item.as_of.isoformat() if item.as_of else None]
    return _digest(item.question, history, days, setup.index, setup.config, setup.model)


def setup_difference(line: RunLine, item: Item | None, setup: Setup, answered_by: Collection[str]) -> str:
    """Say in what a line of another key differs from what is now asked; `answered_by` are the models of its run."""
    if item is None:
        return f"the question “{line.item.id}” is not in this set"
    record = line.record
    if record["index"] != setup.index:
        return "the articles of the index are others now"
    if record["config"] != setup.config and setup.model not in answered_by:
        return f"the model was another than {setup.model}"
    if record["config"] != setup.config:
        changed = [name for name, value in setup.made_of.items() if line.made_of.get(name, value) != value]
        return f"{' and '.join(changed) or 'settings, prompts, models or newsqa itself'} changed since"
    return f"the question “{line.item.id}” is asked in another way now"


def _digest(*parts: object) -> str:
    return hashlib.blake2b(json.dumps(parts).encode(), digest_size=8).hexdigest()
