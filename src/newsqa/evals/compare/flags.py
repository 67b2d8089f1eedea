"""What a person must know of a run before it takes the baseline's place, and what became of it as a whole."""

from __future__ import annotations

from typing import TYPE_CHECKING

from newsqa.evals.compare.values import Flag
from newsqa.render.wording import count

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from newsqa.evals.compare.values import Change, Outcome
    from newsqa.evals.lines import Line


def flags(
    before: Sequence[Line], after: Sequence[Line], changes: Sequence[Change], lost: Sequence[str]
) -> tuple[Flag, ...]:
    """Return what speaks against a run: headlines that fell, answers that are empty, metrics that are gone."""
    return (*_empty(before, after), *_worse(changes), *_lost(lost))


def outcome(changes: Sequence[Change], flagged: Sequence[Flag]) -> Outcome:
    """Say in a word what became of a run: headlines count, and answers that are empty.

    A metric that is gone does not: that nothing was refused any more, say, tells neither good nor bad.
    """
    worse = any(flag.kind != "lost" for flag in flagged)
    better = any(change.headline and change.verdict == "better" for change in changes)
    if worse or better:
        return "better and worse" if worse and better else "worse" if worse else "better"
    return "as before" if all(change.verdict == "as before" for change in changes) else "no difference shown"


def _worse(changes: Sequence[Change]) -> Iterator[Flag]:
    for change in changes:
        if change.headline and change.verdict == "worse":
            found = change.contrast
            how = "rose" if found.difference > 0 else "fell"
            text = f"{change.metric.name} {how} from {found.before:.3f} to {found.after:.3f}, more than chance gives"
            yield Flag("worse", change.metric.name, f"{text} (p {change.adjusted:.2g})")


def _empty(before: Sequence[Line], after: Sequence[Line]) -> Iterator[Flag]:
    emptied = sum(_is_empty(now) and not _is_empty(was) for was, now in zip(before, after, strict=True))
    if emptied:
        verb = "is" if emptied == 1 else "are"
        yield Flag("empty", None, f"{count(emptied, 'answer')} {verb} empty that the baseline answered")


def _lost(lost: Sequence[str]) -> Iterator[Flag]:
    if lost:
        verb = "applies" if len(lost) == 1 else "apply"
        yield Flag("lost", None, f"{', '.join(lost)} {verb} to no question of the run")


def _is_empty(line: Line) -> bool:
    """Whether there is neither an answer nor a refusal, which has words too."""
    return not str(line.record.get("text") or "").strip()
