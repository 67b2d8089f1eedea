"""How far indexing is, and what came of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from newsqa.ingest.files import Problem


Phase = Literal["read", "compare", "embed", "vectors"]
"""Files are read, articles compared with each other, passages embedded, vectors written into Chroma."""


@dataclass(frozen=True, slots=True)
class IndexProgress:
    """How far a phase is: files, articles, passages or vectors done; `item` is the file being read, else ""."""

    phase: Phase
    done: int
    total: int
    item: str = ""


Report = Callable[[IndexProgress], None]


@dataclass(frozen=True, slots=True)
class IndexReport:
    """What came of indexing a source. Counts are of articles, `embedded` of passages; `notices` are for a person."""

    source: str
    added: int
    changed: int
    removed: int
    unchanged: int
    embedded: int
    problems: tuple[Problem, ...]
    notices: tuple[str, ...]
    seconds: float


@dataclass(slots=True)
class Changes:
    """What reading a source has changed so far; `foreign` counts new articles that are not in English."""

    added: int = 0
    changed: int = 0
    removed: int = 0
    foreign: int = 0
    problems: list[Problem] = field(default_factory=list)

    def report(self, source: str, articles: int, embedded: int, seconds: float) -> IndexReport:
        """Return the report of a run after which the source holds so many articles."""
        unchanged = max(0, articles - self.added - self.changed)
        return IndexReport(
            *(source, self.added, self.changed, self.removed, unchanged, embedded),
            problems=tuple(self.problems),
            notices=tuple(self._notices()),
            seconds=seconds,
        )

    def _notices(self) -> list[str]:
        if not self.foreign:
            return []
        articles = "1 article is" if self.foreign == 1 else f"{self.foreign} articles are"
        return [f"{articles} not in English: the models at hand read English."]
