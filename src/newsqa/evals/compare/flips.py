"""The questions that one of two runs treats rightly and the other does not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from newsqa.evals.compare.values import Flip
from newsqa.evals.scorers.rightness import right

if TYPE_CHECKING:
    from collections.abc import Sequence

    from newsqa.evals.lines import Line


def flips(before: Sequence[Line], after: Sequence[Line]) -> tuple[Flip, ...]:
    """Return the questions that flipped, those that went wrong first; questions that cannot be judged never flip."""
    found = [flip for pair in zip(before, after, strict=True) if (flip := _flip(*pair))]
    return tuple(sorted(found, key=lambda flip: flip.gained))


def _flip(before: Line, after: Line) -> Flip | None:
    was, is_now = right(before), right(after)
    if was is None or is_now is None or was == is_now:
        return None
    return Flip(before.item.id, before.item.question, said(before), said(after), gained=is_now)


def said(line: Line) -> str:
    """Return what a run answered, or in brackets why it did not."""
    if line.failed:
        return f"(failed: {line.record['error']})"
    text = " ".join(str(line.record.get("text") or "").split())
    if line.refused:
        return "(refused)"
    return text or "(nothing)"
