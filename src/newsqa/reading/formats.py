"""Which reader reads which file."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from newsqa.reading.records import FileFound, Problem, RawArticle


def read_file(found: FileFound) -> Iterator[RawArticle | Problem]:
    """Yield the articles of a file as they stand in it; what cannot be read comes as a Problem.

    A .jsonl file is streamed: memory is bounded by its longest line.
    """
    raise NotImplementedError
