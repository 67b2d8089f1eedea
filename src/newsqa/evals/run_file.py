"""A run of questions as it is kept: its folder, `run.jsonl`, and the values of its lines.

A line is the record of an answer, with the question that it answers and what the index says of both. It holds all that
scoring needs, so that runs are compared, years later and elsewhere, from their files alone.

    {…the record of the answer…, "key": "9c0d…", "place": [3, 60],
     "item": {"id": "strike-loss", "question": "…", "answers": ["…"], "gold": [{"path": "…"}], …},
     "known": {"gold": [["c41f…", "77aa…"]], "answer_in_index": true,
               "citations": [{"exists": true, "faithful": true}]},
     "made_of": {"reranker": "none", "prompts": "77ab…", …}}

Lines are only appended while questions are asked. A question that is asked again gets a second line at the end, and the
later line counts. `finalize_run` puts the lines into the order of the set, one a question. It writes a new file and
renames it, so that a process may be killed at any moment and no answer that was written is lost.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Annotated, Any, NotRequired, TypeVar, get_args, get_origin, get_type_hints

from pydantic import ConfigDict, Field, ValidationError, with_config
from typing_extensions import TypedDict, is_typeddict  # pydantic reads no other before Python 3.12

from newsqa.errors import BusyError, SourceError
from newsqa.evals.datasets.entries import read_object
from newsqa.evals.datasets.items import Item, item_record
from newsqa.private_files import FILE, private_folder
from newsqa.render.record import adapter, to_line
from newsqa.types import JsonObject, Usage

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from contextlib import AbstractContextManager
    from pathlib import Path

T = TypeVar("T")

RECORDS = "run.jsonl"
OTHER_FOLDER = "Name another folder with --out."

ADDED = ("key", "place", "item", "known", "judge", "made_of")  # what a line has besides the record of the answer

Score = Annotated[float, Field(ge=0, le=1)]


@dataclass(frozen=True, slots=True)
class CitationCheck:
    """What of a citation agrees with the index.

    `exists`: its article is there, and title, outlet, date and address are the article's. `faithful`: its quote is
    `article.text[start:end]`.
    """

    exists: bool
    faithful: bool


@dataclass(frozen=True, slots=True)
class IndexFacts:
    """What the index says of a question and its answer, looked up while it is open.

    `gold` has an entry for each gold of the question: the ids of the articles that carry it (itself and near-copies of
    the story), none if it is not in the index. `answer_in_index` is True if an accepted answer is in any of the
    articles that may be seen; None if the set gives no answers or nobody looked. `citations` has one check for each
    citation of the record; None if no index was at hand.
    """

    gold: tuple[tuple[str, ...], ...] = ()
    answer_in_index: bool | None = None
    citations: tuple[CitationCheck, ...] | None = None


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a judge model said of an answer: scores from 0 to 1, None if one does not apply or could not be had.

    `recall` and `precision` are those of the citations, `correctness` that of the answer.

    `model` is the judge's name, `prompts` identifies the words in which it was asked; `fault` says why a score is
    missing that should be there.
    """

    model: str
    recall: Score | None = None
    precision: Score | None = None
    correctness: Score | None = None
    prompts: str = ""
    usage: Usage = field(default_factory=Usage)
    fault: str | None = None


@dataclass(frozen=True, slots=True)
class RunLine:
    """One question asked: `record` is the answer's (docs/architecture.md), `key` identifies what decided it.

    `place` is the question's number in the set, from 1, and how many were to be asked. `judge` is there only if a
    judge model was asked, which may be long after the answer was given; it is no part of the key. `made_of` names the
    parts of the record's `config`, if they are known.
    """

    record: JsonObject
    key: str
    place: tuple[int, int]
    item: Item
    known: IndexFacts
    judge: Judgement | None = None
    made_of: Mapping[str, str] = field(default_factory=dict[str, str])

    @property
    def failed(self) -> bool:
        """True if no answer could be made."""
        return self.record.get("error") is not None

    @property
    def refused(self) -> bool:
        """True if the answer is a refusal."""
        return bool(self.record.get("refused"))


# Lines as JSON: files come from anywhere, so their shape is checked, strictly. An object may have other names besides.

Whole = Annotated[int, Field(gt=-(2**63), lt=2**63)]


class _Sentence(TypedDict):
    text: str
    citations: list[Whole]
    support: float | None


class _Duplicate(TypedDict):
    article_id: str | None
    outlet: str | None


class _Citation(TypedDict):
    n: Whole
    article_id: str | None
    title: str | None
    outlet: str | None
    published: str | None
    url: str | None
    path: str | None
    quote: str
    start: Whole | None
    end: Whole | None
    also_carried_by: list[_Duplicate]


class _Passage(TypedDict):
    article_id: str | None
    url: str | None
    path: str | None
    start: Whole | None
    end: Whole | None
    score: float | None
    text: str


class _Dropped(TypedDict):
    text: str
    why: str | None
    mended: NotRequired[bool | None]  # earlier versions had none


class _Usage(TypedDict):
    input_tokens: Whole
    output_tokens: Whole
    cost: NotRequired[float | None]  # earlier versions had none


@with_config(ConfigDict(allow_inf_nan=False))
class Record(TypedDict):
    """The record of an answer, by newsqa or by another program."""

    id: str | None
    question: str
    standalone: str | None
    asked: str | None
    as_of: str | None
    refused: bool | None
    reason: str | None
    incomplete: bool | None
    error: str | None
    text: str
    sentences: list[_Sentence]
    citations: list[_Citation]
    retrieved: list[_Passage]
    dropped: list[_Dropped]
    notices: NotRequired[list[str]]  # earlier versions had none
    confidence: float | None
    model: str | None
    index: str | None
    config: str | None
    timings: dict[str, float]
    usage: _Usage


class _LineShape(Record):
    """What is checked of a line besides its `item`, `known` and `judge`."""

    key: str
    place: Annotated[list[Whole], Field(min_length=2, max_length=2)]
    item: dict[str, Any]
    known: dict[str, Any]
    judge: NotRequired[dict[str, Any] | None]
    made_of: NotRequired[dict[str, str] | None]


def to_json(line: RunLine) -> JsonObject:
    """Return a line as the JSON object that the head of this module shows."""
    fields: JsonObject = {**line.record, "key": line.key, "place": list(line.place), "item": item_record(line.item)}
    fields["known"] = adapter(IndexFacts).dump_python(line.known, mode="json")
    if line.judge:
        fields["judge"] = adapter(Judgement).dump_python(line.judge, mode="json")
    if line.made_of:
        fields["made_of"] = dict(line.made_of)
    return fields


def from_json(fields: JsonObject) -> RunLine:
    """Return the line that a JSON object holds. Raises ValueError, saying what is wrong with it."""
    check_fields(fields, _LineShape)
    number, total = fields["place"]
    if not 0 < number <= total:
        raise ValueError("“place” must be a number and how many there are")
    return RunLine(
        record={name: value for name, value in fields.items() if name not in ADDED},
        key=fields["key"],
        place=(number, total),
        item=_part(Item, fields, "item"),
        known=_part(IndexFacts, fields, "known"),
        judge=_part(Judgement, fields, "judge") if fields.get("judge") is not None else None,
        made_of=fields.get("made_of") or {},
    )


def _part(kind: type[T], fields: JsonObject, name: str) -> T:
    part, faults = read_object(kind, fields[name])
    if part is None:
        raise ValueError(f"“{name}”: {'; '.join(faults)}")
    return part


def check_fields(fields: JsonObject, shape: type) -> None:
    """Check that a JSON object has a shape. Raises ValueError, naming what does not fit ("citations.2.quote")."""
    try:
        adapter(shape).validate_python(fields, strict=True)
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False, include_input=False)[0]
        name = ".".join(map(str, first["loc"]))
        fault = "is missing" if first["type"] == "missing" else f"is wrong: {first['msg'].lower()}"
        raise ValueError(f"“{name}” {fault}") from None


def fill(value: Any, shape: Any) -> Any:
    """Return a value with all names that its shape has and no others: what is missing is null, or empty."""
    kind = dict if is_typeddict(shape) else get_origin(shape)
    if value is None and kind in {list, dict}:
        value = kind()
    if kind is list and isinstance(value, list):
        return [fill(entry, get_args(shape)[0]) for entry in value]
    if is_typeddict(shape) and isinstance(value, dict):
        return {name: fill(value.get(name), inner) for name, inner in get_type_hints(shape).items()}
    return value


def _read_object(line: bytes) -> JsonObject:
    """Read a JSON object. Raises ValueError, in words for a person, if the text holds anything else."""
    try:
        value = json.loads(line)
    except UnicodeDecodeError:
        raise ValueError("it is no UTF-8 text") from None
    except (ValueError, RecursionError) as error:
        raise ValueError(f"it is no JSON ({error})") from None
    if not isinstance(value, dict):
        raise ValueError("it is no JSON object")  # noqa: TRY004  the file is wrong, not its reader
    return value


# The folder and its file.


def read_run(folder: Path) -> list[RunLine]:
    """Read the lines of a run, in the order of the set; a line that was cut while it was written is left out.

    `folder` may be the `run.jsonl` itself. Raises SourceError, naming the line, if there is no run or it cannot be
    read.
    """
    file = folder if folder.is_file() else folder / RECORDS
    if not file.is_file():
        raise SourceError(f"There is no run in {folder}.", hint="“newsqa eval run SET --out DIR” makes one.")
    if not (lines := read_lines(file)):
        raise SourceError(f"{file} holds no answer yet.", hint="Run the questions again.")
    return lines


def read_lines(file: Path) -> list[RunLine]:
    """Read the lines of a file, none if there is no file, in the order of the set. Raises SourceError."""
    try:
        with file.open("rb") as opened:
            lines = {line.item.id: line for line in _whole_lines(opened, file)}
    except FileNotFoundError:
        return []
    except OSError as error:
        raise SourceError(f"{file} cannot be read: {error.strerror}.") from error
    return sorted(lines.values(), key=lambda line: line.place)


def _whole_lines(opened: Iterable[bytes], file: Path) -> Iterator[RunLine]:
    for number, text in enumerate(opened, 1):
        if not text.endswith(b"\n") or not text.strip():
            continue
        try:
            yield from_json(_read_object(text))
        except ValueError as error:
            raise SourceError(
                f"{file} line {number}: {error}.", hint="Take that line out; its question can be asked again."
            ) from error


def append_line(file: Path, line: RunLine) -> None:
    """Add a line and wait until it is on disk. Raises SourceError."""
    try:
        _write(file, os.O_APPEND, _encode([line]))
    except OSError as error:
        raise _unwritable(file, error) from error


def finalize_run(file: Path, lines: Iterable[RunLine]) -> None:
    """Make the file hold these lines and nothing else, in one step; one that does is left alone. Raises SourceError."""
    data = _encode(lines)
    new = file.with_name(f"{file.name}.new")
    try:
        if file.is_file() and file.read_bytes() == data:
            new.unlink(missing_ok=True)  # left by a process that was killed
            return
        _write(new, os.O_TRUNC, data)
        new.replace(file)
    except OSError as error:
        raise _unwritable(file, error) from error


def save_run(folder: Path, lines: Sequence[RunLine]) -> tuple[RunLine, ...]:
    """Keep lines that were not asked for here as a run, and return them with what a judge said of them before.

    Raises SourceError if the folder holds another run.
    """
    with lock_folder(folder):
        file = folder / RECORDS
        before = read_lines(file)
        if before and _encode(map(_without_judge, before)) != _encode(map(_without_judge, lines)):
            raise SourceError(f"{folder} holds another run.", hint=OTHER_FOLDER)
        judges = {line.item.id: line.judge for line in before}
        kept = tuple(replace(line, judge=line.judge or judges.get(line.item.id)) for line in lines)
        finalize_run(file, kept)
        return kept


def lock_folder(folder: Path) -> AbstractContextManager[object]:
    """Make the folder and lock it for this run. Raises BusyError if another run writes into it, and SourceError."""
    from filelock import FileLock, Timeout

    try:
        private_folder(folder)
        return FileLock(folder / ".lock", timeout=0, mode=FILE).acquire()
    except Timeout:
        raise BusyError(f"Another run writes into {folder}.", hint="Wait for it, or name another folder.") from None
    except OSError as error:
        raise _unwritable(folder, error) from error


def _without_judge(line: RunLine) -> RunLine:
    return replace(line, judge=None)


def _encode(lines: Iterable[RunLine]) -> bytes:
    return b"".join(to_line(to_json(line)).encode() + b"\n" for line in lines)


def _write(file: Path, flag: int, data: bytes) -> None:
    out = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC | flag, FILE)
    try:
        while data:
            data = data[os.write(out, data) :]
        os.fsync(out)
    finally:
        os.close(out)


def _unwritable(place: Path, error: OSError) -> SourceError:
    return SourceError(f"{place} cannot be written: {error.strerror}.", hint=OTHER_FOLDER)
