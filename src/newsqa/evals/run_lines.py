"""A line of `run.jsonl`: the record of an answer, with the question it answers and what the index knows of both.

A line holds all that scoring needs, so that runs are compared, years later and elsewhere, from their files alone.

    {…the record of the answer…, "key": "9c0d…", "place": [3, 60],
     "item": {"id": "strike-loss", "question": "…", "answers": ["…"], "gold": [{"path": "…"}], …},
     "known": {"gold": [["c41f…", "77aa…"]], "answer_in_index": true,
               "citations": [{"exists": true, "faithful": true}]},
     "made_of": {"reranker": "none", "prompts": "77ab…", …}}
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from math import isfinite
from typing import TYPE_CHECKING, Any

from newsqa.evals.datasets.own import item_from, item_record
from newsqa.types import Usage

if TYPE_CHECKING:
    from collections.abc import Mapping

    from newsqa.evals.datasets.items import Item
    from newsqa.types import JsonObject


# The shape that the record of an answer must have before anything is counted in it: files come from anywhere.

NONE = type(None)
TEXT, MAYBE_TEXT = (str,), (str, NONE)
WHOLE, MAYBE_WHOLE = (int,), (int, NONE)
MAYBE_NUMBER = (int, float, NONE)
MAYBE_TRUTH = (bool, NONE)
EACH = ""
"""The name that stands for every name of an object."""

CITATION = {
    "n": WHOLE,
    **dict.fromkeys(("article_id", "title", "outlet", "published", "url", "path"), MAYBE_TEXT),
    "quote": TEXT,
    "start": MAYBE_WHOLE,
    "end": MAYBE_WHOLE,
    "also_carried_by": [{"article_id": MAYBE_TEXT, "outlet": MAYBE_TEXT}],
}
PASSAGE = {
    **dict.fromkeys(("article_id", "url", "path"), MAYBE_TEXT),
    "start": MAYBE_WHOLE,
    "end": MAYBE_WHOLE,
    "score": MAYBE_NUMBER,
    "text": TEXT,
}
SENTENCE = {"text": TEXT, "citations": [WHOLE], "support": MAYBE_NUMBER}
USAGE = {"input_tokens": WHOLE, "output_tokens": WHOLE, "cost": MAYBE_NUMBER}
TIMINGS = {EACH: (int, float)}
RECORD = {
    **dict.fromkeys(("id", "standalone", "asked", "as_of", "reason", "error", "model", "index", "config"), MAYBE_TEXT),
    "question": TEXT,
    "text": TEXT,
    "refused": MAYBE_TRUTH,
    "incomplete": MAYBE_TRUTH,
    "sentences": [SENTENCE],
    "citations": [CITATION],
    "retrieved": [PASSAGE],
    "dropped": [{"text": TEXT, "why": MAYBE_TEXT}],
    "notices": [TEXT],
    "confidence": MAYBE_NUMBER,
    "timings": TIMINGS,
    "usage": USAGE,
}
MAY_BE_MISSING = frozenset({"cost", "notices"})
"""What records of earlier versions do not have."""

_NAMES = {str: "a text", int: "a whole number", float: "a number", bool: "true or false", NONE: "null"}
LARGEST = 2**63


def read_object(line: str | bytes) -> JsonObject:
    """Read a JSON object. Raises ValueError, in words for a person, where the text holds anything else."""
    try:
        value = json.loads(line, parse_constant=_no_number)
    except UnicodeDecodeError:
        raise ValueError("it is no UTF-8 text") from None
    except (ValueError, RecursionError) as error:
        raise ValueError(f"it is no JSON ({error})") from None
    if not isinstance(value, dict):
        raise ValueError("it is no JSON object")  # noqa: TRY004  the file is wrong, not its reader
    return value


def check(value: object, shape: object, place: str = "") -> None:
    """Check that a value has a shape: types, `[shape]` for a list, `{name: shape}` for an object.

    An object may have other names besides. Raises ValueError, naming the place ("citations.2.quote").
    """
    if isinstance(shape, tuple):
        _check_type(value, shape, place)
    elif isinstance(shape, list):
        _check_type(value, (list,), place)
        for number, entry in enumerate(value):  # type: ignore[var-annotated, arg-type]
            check(entry, shape[0], f"{place}.{number}")
    else:
        _check_type(value, (dict,), place)
        _check_names(value, shape, f"{place}." if place else "")  # type: ignore[arg-type]


def filled(value: Any, shape: Any) -> Any:
    """Return a value with all names that its shape has and no others: what is missing is null, or an empty list."""
    if value is None and isinstance(shape, list | dict):
        value = type(shape)()
    if isinstance(shape, list) and isinstance(value, list):
        return [filled(entry, shape[0]) for entry in value]
    if isinstance(shape, dict) and isinstance(value, dict) and EACH not in shape:
        return {name: filled(value.get(name), inner) for name, inner in shape.items()}
    return value


def _check_names(value: JsonObject, shape: JsonObject, before: str) -> None:
    wanted = dict.fromkeys(value, shape[EACH]) if EACH in shape else shape
    for name, inner in wanted.items():
        if name in value:
            check(value[name], inner, before + name)
        elif name not in MAY_BE_MISSING:
            raise ValueError(f"“{before}{name}” is missing")


def _check_type(value: object, types: tuple[type, ...], place: str) -> None:
    fits = type(value) in types and not (isinstance(value, float) and not isfinite(value))
    if not fits or (isinstance(value, int) and abs(value) >= LARGEST):
        named = [kind for kind in types if not (kind is int and float in types)]
        wanted = " or ".join(_NAMES.get(kind, f"a {kind.__name__}") for kind in named)
        raise ValueError(f"“{place}” must be {wanted}")


def _no_number(name: str) -> float:
    raise ValueError(f"{name} is no number")


@dataclass(frozen=True, slots=True)
class CitationFacts:
    """What of a citation agrees with the index.

    `exists`: its article is there, and title, outlet, date and address are the article's. `faithful`: its quote is
    `article.text[start:end]`.
    """

    exists: bool
    faithful: bool


@dataclass(frozen=True, slots=True)
class IndexFacts:
    """What the index says of a question and its answer, told while it was open.

    `gold` has an entry for each gold of the question: the ids of the articles that carry it (itself and near-copies of
    the story), none where it is not in the index. `answer_in_index`: whether an accepted answer stands anywhere in
    the articles that may be seen; None where the set gives no answers or nobody looked. `citations` has one for each
    citation of the record; None where no index was at hand.
    """

    gold: tuple[tuple[str, ...], ...] = ()
    answer_in_index: bool | None = None
    citations: tuple[CitationFacts, ...] | None = None


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a judge model said of an answer: scores from 0 to 1, None where one does not apply or was not to be had.

    `model` is the judge's name, `prompts` identifies the words in which it was asked; `fault` says why a score is
    missing that should be there.
    """

    model: str
    faithfulness: float | None = None
    correctness: float | None = None
    prompts: str = ""
    usage: Usage = field(default_factory=Usage)
    fault: str | None = None


@dataclass(frozen=True, slots=True)
class RunLine:
    """One question asked: `record` is the answer's (docs/architecture.md), `key` identifies what decided it.

    `place` is the question's number in the set, from 1, and how many were to be asked. `judge` is there only where a
    judge model was asked, which may be long after the answer was given; it is no part of the key. `made_of` tells by
    name what the record's `config` is the digest of, where that is known.
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
        """Whether no answer could be made."""
        return self.record.get("error") is not None

    @property
    def refused(self) -> bool:
        """Whether the answer is a refusal."""
        return bool(self.record.get("refused"))


ADDED = ("key", "place", "item", "known", "judge", "made_of")
"""What a line has besides the record of the answer."""

_GROUNDS = {"exists": (bool,), "faithful": (bool,)}
_JUDGE = {
    "model": TEXT,
    "faithfulness": MAYBE_NUMBER,
    "correctness": MAYBE_NUMBER,
    "prompts": TEXT,
    "usage": USAGE,
    "fault": MAYBE_TEXT,
}
_SHAPE = {
    **RECORD,
    "key": TEXT,
    "place": [WHOLE],
    "item": {"id": TEXT, "question": TEXT},
    "known": {"gold": [[TEXT]], "answer_in_index": (bool, type(None)), "citations": (list, type(None))},
}


def to_json(line: RunLine) -> JsonObject:
    """Return a line as the JSON object that the head of this module shows."""
    known = line.known
    return {
        **line.record,
        "key": line.key,
        "place": list(line.place),
        "item": item_record(line.item),
        "known": {
            "gold": [list(ids) for ids in known.gold],
            "answer_in_index": known.answer_in_index,
            "citations": None if known.citations is None else [asdict(grounds) for grounds in known.citations],
        },
        **({"judge": asdict(line.judge)} if line.judge else {}),
        **({"made_of": dict(line.made_of)} if line.made_of else {}),
    }


def from_json(fields: JsonObject) -> RunLine:
    """Return the line that a JSON object holds. Raises ValueError, saying what is wrong with it."""
    check(fields, _SHAPE)
    number, total = place if len(place := fields["place"]) == 2 else (0, 0)
    if not 0 < number <= total:
        raise ValueError("“place” must be a number and how many there are")
    return RunLine(
        record={name: value for name, value in fields.items() if name not in ADDED},
        key=fields["key"],
        place=(number, total),
        item=item_from(fields["item"]),
        known=_known(fields["known"]),
        judge=_judge_of(fields.get("judge")),
        made_of=_made_of(fields.get("made_of") or {}),
    )


def _made_of(fields: object) -> Mapping[str, str]:
    if not isinstance(fields, dict) or not all(isinstance(value, str) for value in fields.values()):
        raise ValueError("“made_of” must be an object of texts")
    return fields


def _judge_of(fields: object) -> Judgement | None:
    if fields is None:
        return None
    check({"judge": fields}, {"judge": {"model": TEXT}})
    whole: JsonObject = {**asdict(Judgement("")), **fields}  # type: ignore[dict-item]  # it is an object
    check({"judge": whole}, {"judge": _JUDGE})
    if not all(whole[name] is None or 0 <= whole[name] <= 1 for name in ("faithfulness", "correctness")):
        raise ValueError("the scores of “judge” must lie between 0 and 1")
    usage = {name: whole["usage"].get(name) for name in ("input_tokens", "output_tokens", "cost")}
    return Judgement(**{name: whole[name] for name in _JUDGE} | {"usage": Usage(**usage)})


def _known(fields: JsonObject) -> IndexFacts:
    if (citations := fields["citations"]) is not None:
        check(citations, [_GROUNDS], "known.citations")
        citations = tuple(CitationFacts(entry["exists"], entry["faithful"]) for entry in citations)
    return IndexFacts(tuple(tuple(ids) for ids in fields["gold"]), fields["answer_in_index"], citations)
