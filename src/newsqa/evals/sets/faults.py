"""What is wrong with a set, told all at once, so that a person mends the file in one go."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from newsqa.errors import SourceError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from newsqa.evals.sets.items import Item

TOLD = 10


@dataclass(frozen=True, slots=True)
class Found:
    """A question of a set, or what is wrong with one; `place` is where in the file it stands ("line 12")."""

    place: str
    item: Item | None = None
    faults: tuple[str, ...] = ()


def checked(path: Path, found: Sequence[Found], *, once: bool, notes: Sequence[str] = ()) -> list[Item]:
    """Return the questions of a set in their order.

    `once` tells that no question may be asked twice; an id may never be used twice. `notes` explain the faults, where
    there are any. Raises SourceError with all that is wrong.
    """
    faults = [(one.place, fault) for one in found for fault in one.faults]
    faults += _used_twice(found)
    faults += _asked_twice(found) if once else []
    if faults:
        raise refusal(path, faults, notes)
    items = [one.item for one in found if one.item]
    if not items:
        raise SourceError(f"The set {path} holds no question.", hint="It is JSON, one question a line.")
    return items


def refusal(path: Path, faults: Sequence[tuple[str, str]], notes: Sequence[str] = ()) -> SourceError:
    """Return the error that tells the faults of a set, each with its place in the file."""
    told = [f"{path} {place}: {fault}." if place else f"{path}: {fault}." for place, fault in faults]
    if len(told) == 1:
        return SourceError(" ".join([*told, *notes]), hint="Mend that and run again.")
    more = [f"… and {len(told) - TOLD} more."] if len(told) > TOLD else []
    return SourceError(
        f"The set {path} has {len(told)} faults.",
        hint="Mend them and run again; nothing was asked.",
        details=(*told[:TOLD], *more, *notes),
    )


def _used_twice(found: Sequence[Found]) -> Iterator[tuple[str, str]]:
    first: dict[str, str] = {}
    for one in found:
        if one.item:
            before = first.setdefault(one.item.id, one.place)
            if before != one.place:
                yield one.place, f"the id “{one.item.id}” was used before, in {before}"


def _asked_twice(found: Sequence[Found]) -> Iterator[tuple[str, str]]:
    first: dict[object, Found] = {}
    for one in found:
        if one.item:
            before = first.setdefault(asking(one.item), one)
            if before.place != one.place and before.item and before.item.id != one.item.id:
                yield one.place, f"the same is asked in {before.place} (“{before.item.id}”)"


def asking(item: Item) -> tuple[object, ...]:
    """Return what makes two questions one: their words, however set, the days, and what was said before."""
    return " ".join(item.question.casefold().split()), item.asked, item.as_of, item.history
