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
    """A question of a set, as far as it can be read, and what is wrong with it.

    `place` is where in the file it stands ("line 12").
    """

    place: str
    item: Item | None = None
    faults: tuple[str, ...] = ()


def checked(path: Path, found: Sequence[Found], *, once: bool, notes: Sequence[str] = ()) -> list[Item]:
    """Return the questions of a set in their order.

    `once` tells that no question may be asked twice; an id may never be used twice. `notes` explain the faults, where
    there are any. Raises SourceError with all that is wrong.
    """
    if faults := list(_faults(found, once=once)):
        raise refusal(path, faults, notes)
    items = [one.item for one in found if one.item]
    if not items:
        raise SourceError(f"The set {path} holds no question.", hint="It is JSON, one question a line.")
    return items


def refusal(path: Path, faults: Sequence[tuple[str, str]], notes: Sequence[str] = ()) -> SourceError:
    """Return the error that tells the faults of a set, each with its place in the file."""
    told = [f"{path}{' ' * bool(place)}{place}: {fault}{'' if fault.endswith('?') else '.'}" for place, fault in faults]
    if len(told) == 1:
        return SourceError(" ".join([*told, *notes]), hint="Mend that and run again.")
    more = [f"… and {len(told) - TOLD} more."] if len(told) > TOLD else []
    return SourceError(
        f"The set {path} has {len(told)} faults.",
        hint="Mend them and run again; nothing was asked.",
        details=(*told[:TOLD], *more, *notes),
    )


def _faults(found: Sequence[Found], *, once: bool) -> Iterator[tuple[str, str]]:
    """Yield what is wrong with each question, and where it repeats one before it."""
    ids: dict[str, Found] = {}
    asked: dict[object, Found] = {}
    for one in found:
        yield from ((one.place, fault) for fault in one.faults)
        if one.item and one.item.id and (before := ids.setdefault(one.item.id, one)) is not one:
            yield one.place, f"the id “{one.item.id}” was used before, in {before.place}"
        elif once and one.item and not one.faults and (before := asked.setdefault(asking(one.item), one)) is not one:
            yield one.place, f"the same is asked in {before.place}"


def asking(item: Item) -> tuple[object, ...]:
    """Return what makes two questions one: their words, however set, the days, and what was said before."""
    return " ".join(item.question.casefold().split()), item.asked, item.as_of, item.history
