"""Brings the library up to the files of a source: new and changed files are read, files that are gone are removed."""

from __future__ import annotations

import hashlib
import os
import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urldefrag, urlsplit

from newsqa.errors import SourceError, UsageError
from newsqa.ingest.clean import clean
from newsqa.ingest.embed import cut_passages
from newsqa.ingest.fetch import is_address
from newsqa.ingest.files import (
    MAX_TEXT,
    STANDARD_INPUT,
    FileFound,
    Problem,
    RawArticle,
    Skipped,
    open_descriptor,
    storable_path,
    suffix_of,
)  # fmt: skip
from newsqa.ingest.language import detect_language
from newsqa.ingest.metadata import host
from newsqa.ingest.progress import Changes, IndexProgress, Report
from newsqa.ingest.readers.registry import FORMATS, KEPT, MORE
from newsqa.ingest.reading import ReadingProcess
from newsqa.ingest.scan import Found, scan
from newsqa.store.records import KnownFile, NewArticle, ProblemRow, Source, outlet_key, text_digest

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from newsqa.settings import Settings
    from newsqa.store.writer import LibraryWriter


def find_files(location: str, settings: Settings) -> list[Found]:
    """Return the files of a location, by stat only, without those of the index itself.

    A file that is larger than the settings allow is a Problem. Raises SourceError if the location itself cannot be
    read, or holds too many files.
    """
    own, most = settings.index.resolve(), settings.max_files
    found = list(islice((_bounded(item, settings) for item in scan(location) if not _is_below(item, own)), most + 1))
    if len(found) > most:
        raise SourceError(
            f"{location} holds more than {most:,} files.",
            hint="Index its folders one by one, or set NEWSQA_MAX_FILES to more.",
        )
    root = _root_name(location)
    for item in found:
        if isinstance(item, Problem) and item.name == root:
            raise SourceError(f"{item.name}: {item.reason}", hint=item.hint or "Check its permissions.")
    return found


def get_or_add_source(writer: LibraryWriter, location: str, name: str | None) -> Source:
    """Return the source at a location, renamed if `name` is another name than it has; add it if there is none.

    A source whose location is gone from this machine, and whose key is the new location's name, has moved there: so an
    index can be moved together with what it was made from. Raises UsageError if the name is taken.
    """
    elsewhere = location == STANDARD_INPUT or is_address(location)
    path = location if elsewhere else storable_path(str(Path(location).expanduser().resolve()))
    default = (
        (host(path) or urlsplit(path).netloc) if is_address(location) else path.rstrip("/").rpartition("/")[2] or path
    )
    known = writer.sources.all()
    source = next((s for s in known if s.location == path), None)
    if source is None and not is_address(location):
        source = next((s for s in known if s.key == default and not Path(s.location).exists()), None)
        if source is not None:
            writer.sources.move(source, path)
    if source is None:
        if name is not None and any(name in {s.name, s.key} for s in known):
            raise UsageError(f"The name “{name}” is taken.", hint="Choose another with --name.")
        folder = is_address(location) or (not elsewhere and Path(location).expanduser().is_dir())
        return writer.sources.add(name or default, path, folder=folder)
    if name is not None and name != source.name:
        writer.sources.rename(source, name)
    return next(source for source in writer.sources.all() if source.location == path)


def _is_below(item: Found, folder: Path) -> bool:
    return isinstance(item, FileFound) and item.location is not None and folder in item.location.absolute().parents


def _bounded(item: Found, settings: Settings) -> Found:
    if not isinstance(item, FileFound) or item.size <= settings.max_file * 1_000_000:
        return item
    return Problem(
        item.name, f"it is larger than {settings.max_file:,} MB", "Split it, or set NEWSQA_MAX_FILE to more."
    )


def _root_name(location: str) -> str:
    return storable_path(location.rstrip("/") or "/")


FRESH_NS = 2_000_000_000
"""A file that changed so recently may change again with the same time: the next run compares its content."""


def read_source(
    writer: LibraryWriter,
    source: Source,
    location: str,
    found: Sequence[Found],
    report: Report,
    *,
    check: bool = False,
    longest: int = MAX_TEXT,
) -> Changes:
    """Bring the library up to the files of a source; return what that changed.

    `check` reads every file again, also one that seems unchanged by its size and time. An article of more than
    `longest` characters is refused.
    Raises SourceError if the source has lost all its files at once, LibraryError.
    """
    known = writer.sources.files(source)
    if known and not is_address(location) and not any(isinstance(item, FileFound) for item in found):
        raise SourceError(
            f"{location} holds no articles any more; the index has {len(known)} files of it.",
            hint=f"Is a disk missing? To remove them: newsqa sources remove {source.name}",
        )
    with ReadingProcess() as reader:
        sync = _SourceSync(writer, source, known, report, reader, check, longest)
        writer.publish_steps(sync.steps(location, found))
    return sync.changes


IN_PART = "read in part"


@dataclass(slots=True)
class _SourceSync:
    """One run over the files of a source; `known` are its files as they were read before."""

    writer: LibraryWriter
    source: Source
    known: dict[str, KnownFile]
    report: Report
    reader: ReadingProcess
    check: bool
    longest: int
    changes: Changes = field(default_factory=Changes)
    _repeated: dict[str, frozenset[str]] = field(default_factory=dict)

    def steps(self, location: str, found: Sequence[Found]) -> Iterator[None]:
        """Change the library step by step; each article is one step."""
        gone = dict(self.known)
        for done, item in enumerate(found):
            if not isinstance(item, FileFound):
                self.changes.note(item)
                if isinstance(item, Problem):
                    _keep_below(gone, item.name.removeprefix(f"{_root_name(location)}/"))
                continue
            self.report(IndexProgress("read", done, len(found), item.name))
            yield from self._sync_file(item, gone.pop(item.path, None))
        for file in () if is_address(location) else gone.values():
            self.writer.remove_file(file.id)
            yield
        rows = [_row(item) for item in found if not isinstance(item, FileFound)]
        self.writer.sources.set_passed(self.source, _summed(rows))
        self.changes.removed += self.writer.articles.delete_orphans(everywhere=True)
        self.changes.read = self.writer.sources.count(self.source)[0] - self.changes.kept
        self.report(IndexProgress("read", len(found), len(found)))

    def _sync_file(self, found: FileFound, known: KnownFile | None) -> Iterator[None]:
        if known and known.digest and not self.check and (known.size, known.mtime_ns) == (found.size, found.mtime_ns):
            self._note_again(found, known)
            return
        digest = _digest(found)
        if known and digest is not None and known.digest == digest and not self.check:
            self.writer.sources.touch(known.id, found.size, _reliable_mtime(found))
            self._note_again(found, known)
            return
        file = self.writer.sources.begin_file(self.source, found.path)
        seen, kinds, noted = set[str](), set[str](), list[Problem | Skipped]()
        for item in self.reader.read(found):
            problem = item if not isinstance(item, RawArticle) else self._store_article(file, found, item, seen)
            if isinstance(item, RawArticle):
                kinds.add(item.kind)
            noted += [problem] if problem else []
            yield
        unread = _unread(found, noted)
        if not seen and not noted:
            noted.append(Skipped("file", "it holds no articles"))
        if seen and "" in unread:
            noted.append(Skipped("file", IN_PART))
        self._remove_articles(file, found, kinds, unread, seen)
        same = digest is not None and digest == _digest(found)
        rows = _summed([_row(item) for item in noted])
        self.writer.sources.finish_file(file, found.size, _reliable_mtime(found), digest if same else None, rows)
        self._note(found, rows, has_articles=bool(self.writer.articles.places(file)))
        yield

    def _note_again(self, found: FileFound, known: KnownFile) -> None:
        """Report again what was not read in a file that is unchanged."""
        if known.problems:
            self._note(found, known.problems, has_articles=bool(self.writer.articles.places(known.id)))

    def _note(self, found: FileFound, rows: Sequence[ProblemRow], *, has_articles: bool) -> None:
        noted = [_noted(row) for row in rows]
        for item in noted:
            self.changes.note(item)
        refused = any(isinstance(item, Problem) and not item.read and item.name == found.name for item in noted)
        in_part = any(isinstance(item, Skipped) and item.reason == IN_PART for item in noted)
        self.changes.kept += refused and not in_part and has_articles

    def _remove_articles(
        self, file: int, found: FileFound, kinds: set[str], unread: frozenset[str], seen: set[str]
    ) -> None:
        """Remove the articles that are no longer in their file, unless its kind keeps them.

        What could not be read this time is never removed: neither the articles of a file that was not read to its end,
        nor the one at a place of it that was refused.
        """
        gone = {key for key in self.writer.articles.places(file) - seen if not _places(key) & unread}
        if _keeps_articles(found, kinds):
            self.writer.articles.clear_places(file, gone)
        else:
            self.writer.articles.remove_places(file, gone)
            self.changes.removed += self.writer.articles.delete_orphans()

    def _store_article(self, file: int, found: FileFound, raw: RawArticle, seen: set[str]) -> Problem | None:
        """Store an article, and add its key to `seen`; return a problem if it could not be stored."""
        if len(raw.text) > self.longest:
            why = f"its text is longer than {self.longest:,} characters"
            return Problem(f"{found.name}{raw.place}", why, "Split it, or set NEWSQA_MAX_ARTICLE to more.")
        incoming = _new_article(found, raw, self._repeated_lines(outlet_key(raw.outlet)))
        if not incoming.text.strip():
            return Problem(f"{found.name}{raw.place}", "it holds no text of an article")
        if incoming.key in seen:  # a feed that gives two items the same key
            incoming = replace(incoming, key=f"{incoming.key} {raw.place}")
        try:
            if self.writer.articles.keep_unchanged(file, incoming):
                seen.add(incoming.key)
                return None
            passages = cut_passages(incoming.title, incoming.text)
            change = self.writer.articles.put(self.source, file, found.path, incoming, passages)
        except UnicodeEncodeError:
            return Problem(f"{found.name}{raw.place}", "it holds characters that are no text")
        seen.add(incoming.key)
        self.changes.added += change == "added"
        if change == "added":
            self.changes.name_new(incoming.title, incoming.outlet, incoming.published)
        self.changes.changed += change == "changed"
        self.changes.foreign += change != "unchanged" and incoming.language not in {None, "en"}
        return None

    def _repeated_lines(self, outlet: str) -> frozenset[str]:
        if outlet not in self._repeated:
            self._repeated[outlet] = self.writer.comparisons.repeated_lines(outlet)
        return self._repeated[outlet]


def _unread(found: FileFound, noted: Sequence[Problem | Skipped]) -> frozenset[str]:
    """Return the places of a file that were refused; "" is the whole file, or places that are not named."""
    refused = (item for item in noted if isinstance(item, Problem) and not item.read)
    places = frozenset(item.name.removeprefix(found.name) for item in refused)
    return places | {""} if MORE in places else places


def _places(key: str) -> set[str]:
    """Return the places that the article with a key may be reported at: "#a.zip#3" is in "#a.zip", and in ""."""
    return {key[:n] for n, letter in enumerate(key) if letter in "# "} | {key, ""}


def _row(item: Problem | Skipped) -> ProblemRow:
    if isinstance(item, Skipped):
        return item.kind, item.reason, "", item.count
    return item.name, item.reason, item.hint, -item.read


def _noted(row: ProblemRow) -> Problem | Skipped:
    return Skipped(row[0], row[1], row[3]) if row[3] > 0 else Problem(*row[:3], read=row[3] < 0)


def _summed(rows: Sequence[ProblemRow]) -> list[ProblemRow]:
    """Return rows with one for each kind and reason of what was passed over."""
    passed = Counter[tuple[str, str]]()
    for kind, reason, _, count in rows:
        passed[kind, reason] += max(count, 0)
    return [row for row in rows if row[3] <= 0] + [(*key, "", count) for key, count in passed.items() if count]


def _located(found: FileFound, raw: RawArticle) -> RawArticle:
    """Return an article of a page with the address that the page was got from, unless it names its own."""
    if raw.url or not found.url or raw.place:
        return raw
    return replace(raw, url=found.url, outlet=raw.outlet or host(found.url))


def _new_article(found: FileFound, raw: RawArticle, repeated: frozenset[str]) -> NewArticle:
    raw = _located(found, raw)
    text = clean(raw.text, repeated) or clean(raw.text)
    address = _address(raw.url)
    return NewArticle(
        text=text,
        read_text=raw.text,
        key=raw.key or (address or text_digest(raw.text).hex() if _has_no_places(found, raw) else raw.place),
        place=raw.place,
        address=address,
        title=raw.title,
        outlet=raw.outlet,
        byline=raw.byline,
        published=raw.published,
        url=raw.url,
        language=detect_language(text),
    )


def _has_no_places(found: FileFound, raw: RawArticle) -> bool:
    """Return True if the places in a file mean nothing the next time: of standard input, or a list from an address."""
    return found.location is None or bool(found.url and raw.place)


def _address(url: str | None) -> str | None:
    """Return the address without its fragment, which only names a place in the page."""
    if not url:
        return None
    with suppress(ValueError):
        return urldefrag(url.strip()).url or None
    return None


_FEEDS = frozenset(suffix for one in FORMATS if one.keeps for suffix in one.suffixes)


def _keeps_articles(found: FileFound, kinds: set[str]) -> bool:
    """Return True if articles stay when they are gone from the file: those of a feed, of an address, or piped in."""
    elsewhere = found.location is None or bool(found.url)
    return elsewhere or (suffix_of(found.path) in _FEEDS and kinds <= KEPT)


def _keep_below(gone: dict[str, KnownFile], path: str) -> None:
    """Remove from `gone` a file, or the files of a folder, that cannot be read this time."""
    for known in [name for name in gone if name == path or name.startswith(f"{path}/")]:
        del gone[known]


def _reliable_mtime(found: FileFound) -> int:
    return found.mtime_ns if time.time_ns() - found.mtime_ns > FRESH_NS else -1


def _digest(found: FileFound) -> bytes | None:
    if found.location is None:
        return None
    try:
        with os.fdopen(open_descriptor(found), "rb") as file:
            return hashlib.file_digest(file, lambda: hashlib.blake2b(digest_size=16)).digest()
    except (OSError, SourceError):
        return None
