"""How far indexing is, and what came of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from newsqa.ingest.files import Problem, Skipped

if TYPE_CHECKING:
    from datetime import date

Phase = Literal["read", "compare", "embed", "vectors"]
"""Files are read, articles compared with each other, passages embedded, vectors written into Chroma."""


@dataclass(frozen=True, slots=True)
class IndexProgress:
    """How far a phase is: files, articles, passages or vectors done; `item` is the file being read, else ""."""

    phase: Phase
    done: int
    total: int
    item: str = ""


MOST_NAMED = 50

Report = Callable[[IndexProgress], None]


@dataclass(frozen=True, slots=True)
class IndexReport:
    """What came of indexing a source. Counts are of articles, `embedded` of passages; `notices` are for a person.

    `read` is how many files hold articles and were read to their end, now or before; `problems` are what was refused,
    `passed` what was passed over on purpose. `new` names articles that came, at most `MOST_NAMED` of them.
    """

    source: str
    added: int
    changed: int
    removed: int
    unchanged: int
    embedded: int
    problems: tuple[Problem, ...]
    notices: tuple[str, ...]
    seconds: float
    read: int = 0
    passed: tuple[Skipped, ...] = ()
    new: tuple[str, ...] = ()


@dataclass(slots=True)
class Changes:
    """What reading a source has changed so far; `foreign` counts new articles that are not in English.

    `read` is as in IndexReport; `kept` counts the files that could not be read now, whose articles stay.
    """

    added: int = 0
    changed: int = 0
    removed: int = 0
    foreign: int = 0
    read: int = 0
    kept: int = 0
    problems: list[Problem] = field(default_factory=list)
    passed: Counter[tuple[str, str]] = field(default_factory=Counter)
    new: list[str] = field(default_factory=list)

    def note(self, item: Problem | Skipped) -> None:
        """Add something that was refused or passed over."""
        if isinstance(item, Skipped):
            self.passed[item.kind, item.reason] += item.count
        else:
            self.problems.append(item)

    def name_new(self, title: str | None, outlet: str | None, published: date | None) -> None:
        """Add an article to those that are named, as long as they are few."""
        if len(self.new) < MOST_NAMED:
            known = ", ".join(part for part in (outlet, published.isoformat() if published else None) if part)
            self.new.append(f"{title or 'without a title'}{f' ({known})' if known else ''}")

    def report(self, source: str, articles: int, embedded: int, seconds: float) -> IndexReport:
        """Return the report of a run after which the source holds so many articles."""
        unchanged = max(0, articles - self.added - self.changed)
        return IndexReport(
            *(source, self.added, self.changed, self.removed, unchanged, embedded),
            problems=tuple(self.problems),
            notices=tuple(self._notices()),
            seconds=seconds,
            read=self.read,
            passed=tuple(Skipped(kind, reason, count) for (kind, reason), count in sorted(self.passed.items())),
            new=tuple(self.new),
        )

    def _notices(self) -> list[str]:
        if not self.foreign:
            return []
        articles = "1 article is" if self.foreign == 1 else f"{self.foreign} articles are"
        return [f"{articles} not in English: the models at hand read English."]
