"""Files into the library: what is new or changed is read, what is gone goes, and the rest is left alone."""

from __future__ import annotations

import hashlib
import time
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal
from urllib.parse import urldefrag

from newsqa.errors import SourceError, UsageError
from newsqa.ingest.clean import clean, language_of
from newsqa.ingest.files import STANDARD_INPUT, SUFFIXES, Problem, safe, scan, suffix_of
from newsqa.ingest.readers.registry import read_file
from newsqa.store.rows import NewArticle, blake, outlet_key

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from newsqa.ingest.files import FileFound, RawArticle
    from newsqa.store.rows import KnownFile, Source
    from newsqa.store.writer import LibraryWriter


# Which source a location is: one that is known, one that has moved, or a new one.


def found_in(location: str, index: Path) -> list[FileFound | Problem]:
    """Return the files of a location, by stat only, without those of the index itself.

    Raises SourceError where the location itself cannot be read.
    """
    own = index.resolve()
    found = [item for item in scan(location) if not _is_below(item, own)]
    root = _root_name(location)
    for item in found:
        if isinstance(item, Problem) and item.name == root:
            raise SourceError(f"{item.name}: {item.reason}", hint=item.hint or "Check its permissions.")
    return found


def within(location: str, name: str) -> str:
    """Return the path inside a source of what `scan` calls by this name."""
    return name.removeprefix(f"{_root_name(location)}/")


def source_of(writer: LibraryWriter, location: str, name: str | None) -> Source:
    """Return the source that stands at a location, under the name that a person gave it, if any.

    A source whose place is gone from this machine, and whose name is that of the location, has moved there: so an
    index can be carried elsewhere together with what it was made from. Raises UsageError where the name is taken.
    """
    path = location if location == STANDARD_INPUT else safe(str(Path(location).expanduser().resolve()))
    default = path.rstrip("/").rpartition("/")[2] or path
    known = writer.sources.all()
    source = next((s for s in known if s.location == path), None)
    if source is None:
        source = next((s for s in known if s.key == default and not Path(s.location).exists()), None)
        if source is not None:
            writer.sources.move(source, path)
    if source is None:
        if name is not None and any(name in {s.name, s.key} for s in known):
            raise UsageError(f"The name “{name}” is taken.", hint="Choose another with --name.")
        return writer.sources.add(name or default, path, folder=Path(location).expanduser().is_dir())
    if name is not None and name != source.name:
        writer.sources.rename(source, name)
    return writer.sources.at(path)


def _is_below(item: FileFound | Problem, folder: Path) -> bool:
    return not isinstance(item, Problem) and item.location is not None and folder in item.location.absolute().parents


def _root_name(location: str) -> str:
    return safe(location.rstrip("/") or "/")


# What indexing tells: how far it is, and what came of it.

Phase = Literal["read", "compare", "embed", "vectors"]
"""Files are read, articles compared with their neighbours, passages embedded, vectors put into Chroma."""


@dataclass(frozen=True, slots=True)
class IndexProgress:
    """How far a phase is: files, articles, passages or vectors done; `item` is the file being read, else ""."""

    phase: Phase
    done: int
    total: int
    item: str = ""


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
    """What reading a source has changed so far."""

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


PUBLISH_SECONDS = 2.0
FRESH_NS = 2_000_000_000
"""A file changed so lately may change again without its time showing it: next time its content is compared."""


def read_source(
    writer: LibraryWriter,
    source: Source,
    location: str,
    found: Sequence[FileFound | Problem],
    report: Callable[[IndexProgress], None],
) -> Changes:
    """Bring the library up to the files of a source; return what that changed.

    Raises SourceError where the source has lost all its files at once, LibraryError.
    """
    reading = _Reading(writer, source, writer.sources.files(source), report)
    if reading.known and not any(not isinstance(item, Problem) for item in found):
        raise SourceError(
            f"{location} holds no articles any more; the index has {len(reading.known)} files of it.",
            hint=f"Is a disk missing? To remove them: newsqa sources remove {source.name}",
        )
    publish(writer, reading.steps(location, found))
    return reading.changes


def publish(writer: LibraryWriter, steps: Iterator[None]) -> None:
    """Take the steps inside publications, each of about two seconds."""
    left = True
    while left:
        with writer.publication():
            until = time.monotonic() + PUBLISH_SECONDS
            left = any(time.monotonic() > until for _ in steps)


@dataclass(slots=True)
class _Reading:
    """Reads one source once."""

    writer: LibraryWriter
    source: Source
    known: dict[str, KnownFile]
    report: Callable[[IndexProgress], None]
    changes: Changes = field(default_factory=Changes)
    _repeated: dict[str, frozenset[str]] = field(default_factory=dict)

    def steps(self, location: str, found: Sequence[FileFound | Problem]) -> Iterator[None]:
        """Change the library step by step: every article is one."""
        gone = dict(self.known)
        for done, item in enumerate(found):
            if isinstance(item, Problem):
                self.changes.problems.append(item)
                _keep_below(gone, within(location, item.name))
                continue
            self.report(IndexProgress("read", done, len(found), item.name))
            yield from self._file(item, gone.pop(item.path, None))
        for file in gone.values():
            self.writer.remove_file(file.id)
            yield
        self.changes.removed += self.writer.articles.drop_orphans(everywhere=True)
        self.report(IndexProgress("read", len(found), len(found)))

    def _file(self, found: FileFound, known: KnownFile | None) -> Iterator[None]:
        if known and known.digest and (known.size, known.mtime_ns) == (found.size, found.mtime_ns):
            self.changes.problems += (Problem(*problem) for problem in known.problems)
            return
        digest = _digest(found)
        if known and digest is not None and known.digest == digest:
            self.writer.sources.touch(known.id, found.size, _settled_time(found))
            self.changes.problems += (Problem(*problem) for problem in known.problems)
            return
        file = self.writer.sources.begin_file(self.source, found.path)
        seen, problems = set[str](), list[Problem]()
        for item in _safely_read(found):
            problem = item if isinstance(item, Problem) else self._article(file, found, item, seen)
            problems += [problem] if problem else []
            yield
        self._leave(file, found, self.writer.articles.places(file) - seen)
        same = digest is not None and digest == _digest(found)
        entries = [(p.name, p.reason, p.hint) for p in problems]
        self.writer.sources.finish_file(file, found.size, _settled_time(found), digest if same else None, entries)
        self.changes.problems += problems
        yield

    def _leave(self, file: int, found: FileFound, keys: set[str]) -> None:
        """Deal with the articles that are no longer in their file."""
        if _keeps_items(found):
            self.writer.articles.forget_places(file, keys)
        else:
            self.writer.articles.remove_places(file, keys)
            self.changes.removed += self.writer.articles.drop_orphans()

    def _article(self, file: int, found: FileFound, raw: RawArticle, seen: set[str]) -> Problem | None:
        """Store an article, and note the key of its place as seen; return a problem where it could not be stored."""
        incoming = _incoming(found, raw, self._lines(outlet_key(raw.outlet)))
        if not incoming.text.strip():
            return Problem(f"{found.name}{raw.place}", "it holds no text of an article")
        if incoming.key in seen:  # a feed that calls two items the same
            incoming = replace(incoming, key=f"{incoming.key} {raw.place}")
        try:
            change = self.writer.articles.put(self.source, file, found.path, incoming)
        except UnicodeEncodeError:
            return Problem(f"{found.name}{raw.place}", "it holds characters that are no text")
        seen.add(incoming.key)
        self.changes.added += change == "added"
        self.changes.changed += change == "changed"
        self.changes.foreign += change != "unchanged" and incoming.language not in {None, "en"}
        return None

    def _lines(self, outlet: str) -> frozenset[str]:
        if outlet not in self._repeated:
            self._repeated[outlet] = self.writer.settling.repeated(outlet)
        return self._repeated[outlet]


def _safely_read(found: FileFound) -> Iterator[RawArticle | Problem]:
    """Read a file; whatever is wrong with it is a problem of that file alone."""
    try:
        yield from read_file(found)
    except (KeyboardInterrupt, SystemExit, GeneratorExit, MemoryError):
        raise
    except Exception as error:
        yield Problem(found.name, f"it cannot be read ({type(error).__name__})")


def _incoming(found: FileFound, raw: RawArticle, repeated: frozenset[str]) -> NewArticle:
    text = clean(raw.text, repeated) or clean(raw.text)
    address = _address(raw.url)
    return NewArticle(
        text=text,
        read_text=raw.text,
        key=raw.key or (address or blake(raw.text).hex() if found.location is None else raw.place),
        place=raw.place,
        address=address,
        title=raw.title,
        outlet=raw.outlet,
        byline=raw.byline,
        published=raw.published,
        url=raw.url,
        language=language_of(text),
    )


def _address(url: str | None) -> str | None:
    """Return the address without its fragment: the same page, whatever place in it was linked."""
    if not url:
        return None
    with suppress(ValueError):
        return urldefrag(url.strip()).url or None
    return None


def _keeps_items(found: FileFound) -> bool:
    """Whether articles stay when they leave: those of a feed do, and those that were piped in."""
    return found.location is None or SUFFIXES.get(suffix_of(found.path)) == "feed"


def _keep_below(gone: dict[str, KnownFile], path: str) -> None:
    """Keep the files of a folder that cannot be read just now, or a file that cannot."""
    for known in [name for name in gone if name == path or name.startswith(f"{path}/")]:
        del gone[known]


def _settled_time(found: FileFound) -> int:
    return found.mtime_ns if time.time_ns() - found.mtime_ns > FRESH_NS else -1


def _digest(found: FileFound) -> bytes | None:
    if found.location is None:
        return None
    try:
        with found.location.open("rb") as file:
            return hashlib.file_digest(file, lambda: hashlib.blake2b(digest_size=16)).digest()
    except OSError:
        return None
