"""Asks every question of a set through the same Desk that people use, and keeps the records, one a line."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass
from datetime import date
from typing import TYPE_CHECKING

from newsqa.errors import BusyError, NewsqaError, SourceError
from newsqa.private import private_file, private_folder
from newsqa.records import Answer, Bounds
from newsqa.render.marks import count
from newsqa.render.record import to_line, to_record
from newsqa.render.safe import safe_line

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from contextlib import AbstractContextManager
    from pathlib import Path

    from newsqa.desk import Desk
    from newsqa.evals.sets import Item
    from newsqa.records import JsonObject

RECORDS = "run.jsonl"


@dataclass(frozen=True, slots=True)
class RunReport:
    """What a run did: `kept` records were there from before; of the rest `refused` and `failed` are told apart."""

    file: Path
    questions: int
    kept: int
    refused: int
    failed: int

    def record(self) -> JsonObject:
        """Return the report as a JSON object."""
        return {**asdict(self), "file": str(self.file)}

    def summary(self) -> str:
        """Return the report in a line for a person."""
        before = f" {self.kept} were there from before." if self.kept else ""
        asked = f"{count(self.questions - self.kept, 'question')} asked"
        return f"{asked}: {self.refused} refused, {self.failed} failed.{before} {safe_line(str(self.file))}"


def run_set(items: Sequence[Item], desk: Desk, folder: Path, report: Callable[[int], None]) -> RunReport:
    """Ask the questions in their order and append a record for each to `run.jsonl` in the folder.

    `report` is told how many are done. A question that cannot be answered leaves a record with `error`, and the run
    goes on. A run that was interrupted is continued: its records are kept up to the first that failed. Raises
    SourceError where the folder holds the run of another set, index or configuration, or cannot be written.
    """
    file = folder / RECORDS
    with _alone(folder):
        kept = _kept(file, items, desk)
        report(kept)
        refused = failed = 0
        for number, item in enumerate(items[kept:], kept + 1):
            record = to_record(_asked(desk, item))
            _append(file, record)
            refused += record["refused"]
            failed += record["error"] is not None
            report(number)
    return RunReport(file, len(items), kept, refused, failed)


def _asked(desk: Desk, item: Item) -> Answer:
    try:
        return desk.ask(
            item.question, history=item.history, bounds=Bounds(as_of=item.as_of), asked=item.asked, id=item.id
        )
    except NewsqaError as error:
        why = f"{error} {error.hint}".strip()
    except Exception as error:  # one question must not end a run of hundreds
        why = f"{type(error).__name__}: {error}"
    asked = item.asked or item.as_of or date.today()  # noqa: DTZ011  a reader's "today" is local
    return Answer(
        id=item.id,
        question=item.question,
        standalone=item.question,
        asked=asked,
        as_of=item.as_of,
        text="",
        error=why,
        config=desk.config,
    )


def _alone(folder: Path) -> AbstractContextManager[object]:
    """Hold the folder for this run. Raises BusyError where another run writes into it."""
    from filelock import FileLock, Timeout  # noqa: PLC0415

    try:
        private_folder(folder)
        return FileLock(folder / ".lock", timeout=0, mode=0o600).acquire()
    except Timeout:
        raise BusyError(f"Another run writes into {folder}.", hint="Wait for it, or name another folder.") from None
    except OSError as error:
        raise _unwritable(folder, error) from error


def _kept(file: Path, items: Sequence[Item], desk: Desk) -> int:
    """Cut the file after the last record that can be kept, and return how many stay."""
    try:
        private_file(file)
        lines = list(_whole_records(file.read_bytes()))
        kept = next((n for n, (_, record) in enumerate(lines) if record.get("error")), len(lines))
        _check_same([record for _, record in lines[:kept]], items, desk, file)
        os.truncate(file, sum(size for size, _ in lines[:kept]))
    except OSError as error:
        raise _unwritable(file, error) from error
    return kept


def _whole_records(data: bytes) -> Iterator[tuple[int, JsonObject]]:
    """Give each record with its size in bytes, up to a line that was cut while it was written."""
    for line in data.splitlines(keepends=True):
        try:
            record = json.loads(line)
        except ValueError:
            return
        if not line.endswith(b"\n") or not isinstance(record, dict):
            return
        yield len(line), record


def _check_same(records: Sequence[JsonObject], items: Sequence[Item], desk: Desk, file: Path) -> None:
    """Raise SourceError unless the records are those of the first items, asked of this index in this configuration."""
    asked = [(record.get("id"), record.get("question")) for record in records]
    if asked != [(item.id, item.question) for item in items[: len(asked)]]:
        raise SourceError(f"{file} is the run of another set.", hint="Name another folder with --out.")
    with desk.index.snapshot() as index:
        mine = (index.digest, desk.config)
    if any((record.get("index"), record.get("config")) != mine for record in records):
        raise SourceError(
            f"{file} was made with another index or another configuration.", hint="Name another folder with --out."
        )


def _append(file: Path, record: JsonObject) -> None:
    try:
        with file.open("ab") as out:
            out.write(to_line(record).encode() + b"\n")
    except OSError as error:
        raise _unwritable(file, error) from error


def _unwritable(place: Path, error: OSError) -> SourceError:
    return SourceError(f"{place} cannot be written: {error.strerror}.", hint="Name another folder with --out.")
