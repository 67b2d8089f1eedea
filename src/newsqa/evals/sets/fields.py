"""Reads the fields of a JSON object by their type, and notes all that is wrong instead of stopping at the first."""

from __future__ import annotations

from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from newsqa.evals.sets.days import day_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date
    from types import UnionType

    from newsqa.records import JsonObject


@dataclass(slots=True)
class Fields:
    """The fields of one object; null is as good as absent. `within` names the field that the object is part of."""

    values: JsonObject
    within: str = ""
    faults: list[str] = field(default_factory=list)

    def wrong(self, name: str, what: str) -> None:
        """Note what is wrong with a field."""
        inner = f" in “{self.within}”" if self.within else ""
        self.faults.append(f"“{name}”{inner} {what}")

    def only(self, names: Iterable[str]) -> None:
        """Note the fields that are none of these, each with the nearest of them."""
        known = tuple(names)
        for name in (name for name in self.values if name not in known):
            near = get_close_matches(name.lower(), known, 1)
            inner = f" in “{self.within}”" if self.within else ""
            self.faults.append(f"unknown field “{name[:40]}”{inner}" + (f", is “{near[0]}” meant?" if near else ""))

    def text(self, name: str, *, needed: bool = False) -> str | None:
        """Return a text that is not empty, or None."""
        value = self.values.get(name)
        if isinstance(value, str) and value.strip():
            return value
        if value is not None or needed:
            self.wrong(name, "must be a text that is not empty")
        return None

    def day(self, name: str) -> date | None:
        """Return a date, or None."""
        text = self.text(name)
        try:
            return day_of(text) if text else None
        except ValueError as error:
            self.wrong(name, str(error))
            return None

    def truth(self, name: str) -> bool | None:
        """Return true, false or None."""
        value = self.values.get(name)
        if value is not None and not isinstance(value, bool):
            self.wrong(name, "must be true or false")
            return None
        return value

    def entries(self, name: str, kind: type | UnionType, what: str) -> list[Any]:
        """Return the entries of a list, all of one type."""
        value = self.values.get(name)
        if value is None:
            return []
        if isinstance(value, list) and all(isinstance(entry, kind) for entry in value):
            return value
        self.wrong(name, f"must be a list of {what}")
        return []

    def objects(self, name: str) -> Iterator[Fields]:
        """Yield the objects of a list; what is wrong in them is noted here too."""
        for entry in self.entries(name, dict, "objects"):
            yield Fields(entry, name, self.faults)
