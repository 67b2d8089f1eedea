"""Opens the members of a ZIP one by one, in memory and within bounds. Nothing is ever written to disk."""

from __future__ import annotations

import stat
import zipfile
from typing import IO, TYPE_CHECKING

from newsqa.errors import SourceError
from newsqa.ingest.files import MAX_FILE, Problem, Skipped, kind_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

MAX_MEMBERS = 50_000
SWELLING = 100  # how many times its own size an archive may unpack to; text packs to a tenth, a bomb to a thousandth
Member = tuple[str, IO[bytes]]


def is_zip(head: bytes) -> bool:
    """Return True for the beginning of a ZIP."""
    return head.startswith(b"PK\x03\x04")


def zip_members(stream: IO[bytes], known: Callable[[str], bool]) -> Iterator[Member | Problem | Skipped]:
    """Yield the name and the open stream of each member whose name is `known`; each is read before the next is opened.

    Others are counted as passed over. Raises SourceError if the ZIP cannot be read, or unpacks to far more than itself.
    """
    try:
        files = zipfile.ZipFile(stream)
        members = files.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, EOFError, OSError) as error:
        raise SourceError("it is no ZIP that can be read") from error
    _check_size(stream, members)
    for member in members:
        name = member.filename
        if member.is_dir() or name.startswith("__MACOSX/"):
            continue
        if reason := _refused(member):
            yield Problem(f"#{_shown(name)}", reason)
        elif name.rpartition("/")[2].startswith("."):
            yield Skipped("hidden file", "its name begins with a dot")
        elif not known(name):
            yield Skipped(kind_of(name), "no format that newsqa reads")
        else:
            yield from _opened(files, member)


def warc_only(name: str) -> bool:
    """Return True for the members of a WACZ that hold pages; the others are its index."""
    return name.lower().startswith("archive/") and name.lower().endswith((".warc", ".warc.gz"))


def _check_size(stream: IO[bytes], members: list[zipfile.ZipInfo]) -> None:
    if len(members) > MAX_MEMBERS:
        raise SourceError(f"it holds more than {MAX_MEMBERS:,} files", hint="Split it.")
    packed = stream.seek(0, 2)
    unpacked = sum(member.file_size for member in members)
    if unpacked > max(MAX_FILE, SWELLING * packed):
        raise SourceError(
            f"it would unpack to {unpacked // 2**20:,} MB, more than {SWELLING} times its size",
            hint="Unpack it yourself if you trust it, and index the folder.",
        )


def _refused(member: zipfile.ZipInfo) -> str:
    parts = member.filename.replace("\\", "/").split("/")
    if ".." in parts or member.filename.startswith(("/", "\\")) or ":" in parts[0]:
        return "its name leads out of the archive"
    if stat.S_ISLNK(member.external_attr >> 16):
        return "it is a link"
    return "it is locked with a password" if member.flag_bits & 1 else ""


def _opened(files: zipfile.ZipFile, member: zipfile.ZipInfo) -> Iterator[Member | Problem]:
    try:
        with files.open(member) as stream:
            yield _shown(member.filename), stream
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError) as error:
        yield Problem(f"#{_shown(member.filename)}", f"it cannot be unpacked ({type(error).__name__})")


def _shown(name: str) -> str:
    """Return a name that can be shown and stored: one line, at most 300 characters."""
    return "".join(c if c.isprintable() else "\ufffd" for c in name.encode("utf-8", "replace").decode())[-300:]
