"""The shape that the record of an answer must have before anything is counted in it: files come from anywhere."""

from __future__ import annotations

import json
from math import isfinite
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from newsqa.records import JsonObject

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


def filled(value: Any, shape: Any) -> Any:  # noqa: ANN401  any JSON
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
