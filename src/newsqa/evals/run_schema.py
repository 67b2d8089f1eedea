"""The shape that the record of an answer and a line of `run.jsonl` must have: files come from anywhere.

pydantic checks it, strictly: no text passes for a number. An object may have other names besides.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, NotRequired, Required, get_args, get_origin, get_type_hints

from pydantic import ConfigDict, Field, ValidationError, with_config
from typing_extensions import TypedDict, is_typeddict  # pydantic reads no other before Python 3.12

from newsqa.render.record import adapter

if TYPE_CHECKING:
    from newsqa.types import JsonObject

Whole = Annotated[int, Field(gt=-(2**63), lt=2**63)]
Score = Annotated[float, Field(ge=0, le=1)]


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


class _CitationCheck(TypedDict):
    exists: bool
    faithful: bool


class _Known(TypedDict):
    gold: list[list[str]]
    answer_in_index: bool | None
    citations: list[_CitationCheck] | None


class _Judgement(TypedDict, total=False):
    model: Required[str]
    recall: Score | None
    precision: Score | None
    correctness: Score | None
    prompts: str
    usage: _Usage
    fault: str | None


class Line(Record):
    """A line of a run; `item` is checked by its reader."""

    key: str
    place: Annotated[list[Whole], Field(min_length=2, max_length=2)]
    item: dict[str, Any]
    known: _Known
    judge: NotRequired[_Judgement | None]
    made_of: NotRequired[dict[str, str] | None]


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
