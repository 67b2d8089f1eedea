"""`newsqa watch`: keeps folders and addresses up to date, and says what came."""

from __future__ import annotations

import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from newsqa import models
from newsqa.errors import NewsqaError, UsageError
from newsqa.frontends.terminal.console import announce_egress, print_json, print_text
from newsqa.frontends.terminal.index import print_report, refuse_full_disk, warn
from newsqa.ingest import indexer
from newsqa.ingest.fetch import is_address
from newsqa.render.clean import safe_line
from newsqa.render.plain import error_line

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from langchain_core.embeddings import Embeddings

    from newsqa.ingest.addresses import AddressOptions
    from newsqa.ingest.progress import IndexReport
    from newsqa.settings import Settings

LOOK = 2.0
"""Seconds between two looks at the clock."""


def watch_sources(
    settings: Settings, sources: Sequence[str], addresses: AddressOptions, every: float, *, as_json: bool
) -> None:
    """Index sources now, folders and files again whenever they change, and addresses every so many seconds.

    Ends with KeyboardInterrupt. A source that cannot be read for a while is reported and tried again.
    """
    if "-" in sources:
        raise UsageError("Standard input cannot be watched.", hint="Read it with: newsqa index -")
    refuse_full_disk(settings)
    announce_egress(settings, "indexes")
    watch = _Watch(settings, addresses, models.create_embedder(settings), as_json)
    for source in sources:
        watch.index(source)
    places = {source: Path(source).expanduser().resolve() for source in sources if not is_address(source)}
    asked, own = time.monotonic(), settings.index.resolve()  # what indexing writes is no change
    for changed in _changes(list(places.values())):
        for source, place in places.items():
            if any((path == place or place in path.parents) and own not in (path, *path.parents) for path in changed):
                watch.index(source)
        if time.monotonic() - asked >= every:
            asked = time.monotonic()
            for source in filter(is_address, sources):
                watch.index(source)


def _changes(places: Sequence[Path]) -> Iterator[set[Path]]:
    """Yield, every few seconds at most, the paths below the places that have changed since; often none.

    First come the places themselves: they may have changed since they were indexed, before they were watched.
    """
    there = [place for place in places if place.exists()]
    if not there:
        while True:
            time.sleep(LOOK)
            yield set(places)  # what is not there may come
    from watchfiles import watch

    looks = watch(*there, watch_filter=None, rust_timeout=int(LOOK * 1000), yield_on_timeout=True, raise_interrupt=True)
    unsure = set(places)
    for changes in looks:
        yield unsure | {Path(path) for _, path in changes}
        unsure = set()


@dataclass(frozen=True, slots=True)
class _Watch:
    settings: Settings
    addresses: AddressOptions
    embedder: Embeddings
    as_json: bool

    def index(self, source: str) -> None:
        """Index a source and print what came; what goes wrong is printed too, and is tried again later."""
        try:
            report = indexer.index_source(self.settings, source, addresses=self.addresses, embedder=self.embedder)
        except NewsqaError as error:
            warn(error_line(error))
            return
        if self.as_json:
            print_json(asdict(report))
        elif report.added or report.changed or report.removed or report.problems:
            print_report(report, as_json=False)
            self._print_new(report)

    def _print_new(self, report: IndexReport) -> None:
        for title in report.new:
            print_text(f"  + {safe_line(title)}")
        if report.added > len(report.new):
            print_text(f"  + {report.added - len(report.new):,} more")
