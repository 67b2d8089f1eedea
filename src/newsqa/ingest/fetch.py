"""Gets a document from the web: politely, within bounds of size and time, and from nowhere private.

    fetcher = Fetcher(Politeness())
    document = fetcher.get("https://tellin.example/feed", Validators())     # None: not changed since

robots.txt is obeyed, one request a second goes to a host, redirects are followed one by one. Each host is resolved
once for each connection, and the addresses found are what is checked and what is connected to.
"""

from __future__ import annotations

import time
import zlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import quote, urldefrag, urljoin, urlsplit
from urllib.robotparser import RobotFileParser

from newsqa.errors import SourceError

if TYPE_CHECKING:
    from collections.abc import Iterable

AGENT = "newsqa"
USER_AGENT = f"{AGENT}/0.1 (indexes news for the person who runs it; obeys robots.txt)"
MAX_DOCUMENT = 16 * 2**20  # bytes, unpacked
MAX_SECONDS = 30.0
MAX_REDIRECTS = 5
NOTHING_ALLOWED = "User-agent: *\nDisallow: /"
MAX_DELAY = 10.0  # seconds between two requests to a host that asks for more in its robots.txt


@dataclass(frozen=True, slots=True)
class Politeness:
    """How addresses are read: seconds between two requests to a host, and if private networks may be asked."""

    delay: float = 1.0
    private: bool = False


@dataclass(frozen=True, slots=True)
class Validators:
    """What a server said of a document's version the last time."""

    etag: str = ""
    modified: str = ""


@dataclass(frozen=True, slots=True)
class Document:
    """A document: where it was found in the end, its type without parameters, what it holds, and its version."""

    url: str
    kind: str
    data: bytes
    validators: Validators


@dataclass(frozen=True, slots=True)
class _Answer:
    url: str
    status: int
    headers: dict[str, str]
    data: bytes


@dataclass(slots=True)
class Fetcher:
    """Gets documents one after another; remembers the robots.txt of each host and when it was asked last."""

    politeness: Politeness
    _robots: dict[str, RobotFileParser] = field(default_factory=dict)
    _asked: dict[str, float] = field(default_factory=dict)

    def get(self, url: str, known: Validators) -> Document | None:
        """Return a document, or None if it has not changed since. Raises SourceError."""
        headers = {"if-none-match": known.etag, "if-modified-since": known.modified}
        answer = self._follow(url, {name: value for name, value in headers.items() if value})
        if answer.status == 304:
            return None
        if answer.status != 200:
            raise SourceError(f"the server answers {answer.status}")
        kind = answer.headers.get("content-type", "").partition(";")[0].strip().lower()
        validators = Validators(answer.headers.get("etag", "")[:500], answer.headers.get("last-modified", "")[:100])
        return Document(answer.url, kind, answer.data, validators)

    def _follow(self, url: str, headers: dict[str, str], *, robots: bool = False) -> _Answer:
        """Follow redirects. What robots.txt says is checked for each address, but for those of a robots.txt itself."""
        for _ in range(MAX_REDIRECTS + 1):
            host = _host(url)
            if not robots and not self._robots_of(url).can_fetch(AGENT, url):
                raise SourceError("its robots.txt asks programs to stay away")
            self._wait(host)
            answer = _request(url, headers, private=self.politeness.private)
            target = answer.headers.get("location")
            if answer.status not in {301, 302, 303, 307, 308} or not target:
                return answer
            url = urldefrag(urljoin(url, target)).url
        raise SourceError(f"it redirects more than {MAX_REDIRECTS} times")

    def _robots_of(self, url: str) -> RobotFileParser:
        """Return what the robots.txt of a host says; without one everything is allowed (RFC 9309)."""
        parts = urlsplit(url)
        origin = f"{parts.scheme}://{parts.netloc}"
        if origin not in self._robots:
            answer = self._follow(f"{origin}/robots.txt", {}, robots=True)
            text = answer.data[: 512 * 1024].decode("utf-8", "replace") if answer.status == 200 else ""
            rules = self._robots[origin] = RobotFileParser()
            rules.parse((NOTHING_ALLOWED if answer.status >= 500 else text).splitlines())
        return self._robots[origin]

    def _wait(self, host: str) -> None:
        known = [rules for origin, rules in self._robots.items() if urlsplit(origin).hostname == host]
        asked = [min(float(rules.crawl_delay(AGENT) or 0), MAX_DELAY) for rules in known]
        delay = max([self.politeness.delay, *asked])
        left = self._asked.get(host, 0.0) + delay - time.monotonic()
        if left > 0 and self.politeness.delay:
            time.sleep(left)
        self._asked[host] = time.monotonic()


def is_address(location: str) -> bool:
    """Return True if a source is an address and no path."""
    return location.lower().startswith(("http://", "https://"))


def _host(url: str) -> str:
    """Return the host of an address. Raises SourceError if it is none that may be asked."""
    try:
        parts = urlsplit(url)
        usable = parts.scheme in {"http", "https"} and parts.username is None and (parts.port is None or parts.port > 0)
    except ValueError:
        usable = False
    if not usable or not parts.hostname or len(url) > 2_000 or not url.isprintable() or " " in url:
        raise SourceError(f"{url[:100]!a} is no address that can be read", hint="It begins with https://.")
    return parts.hostname


def _request(url: str, headers: dict[str, str], *, private: bool) -> _Answer:
    """Ask once. Raises SourceError, also past the bounds of size and time."""
    import httpcore

    from newsqa.ingest.connection import CheckedBackend

    sent = {"user-agent": USER_AGENT, "accept": "*/*", "accept-encoding": "gzip", **headers}
    fields = [(name.encode(), value.encode("latin-1", "ignore")) for name, value in sent.items()]
    deadline = time.monotonic() + MAX_SECONDS
    try:
        with (
            httpcore.ConnectionPool(network_backend=CheckedBackend(deadline, private=private)) as pool,
            pool.stream("GET", _ascii(url), headers=fields) as got,
        ):
            data = _body(got.iter_stream(), deadline)
            received = {k.decode("latin-1").lower(): v.decode("latin-1") for k, v in got.headers}
            return _Answer(url, got.status, received, _unpacked(data, received.get("content-encoding", "")))
    except (httpcore.TimeoutException, TimeoutError) as error:
        raise SourceError("the server is too slow") from error
    except (httpcore.NetworkError, httpcore.ProtocolError, httpcore.UnsupportedProtocol, OSError, ValueError) as error:
        raise SourceError(f"it cannot be reached ({type(error).__name__})", hint="Check the address.") from error


def _ascii(url: str) -> bytes:
    """Return an address with its letters beyond ASCII escaped."""
    if url.isascii():
        return url.encode()
    parts = urlsplit(url)
    host = (parts.hostname or "").encode("idna").decode()
    netloc = f"{host}:{parts.port}" if parts.port else host
    safe = "/%:=&?~#+!$,;'@()*[]"
    return parts._replace(netloc=netloc, path=quote(parts.path, safe), query=quote(parts.query, safe)).geturl().encode()


def _body(parts: Iterable[bytes], deadline: float) -> bytes:
    data = bytearray()
    for part in parts:
        data += part
        if len(data) > MAX_DOCUMENT:
            raise SourceError(f"it is larger than {MAX_DOCUMENT // 2**20} MB")
        if time.monotonic() > deadline:
            raise TimeoutError
    return bytes(data)


def _unpacked(data: bytes, encoding: str) -> bytes:
    """Return what was sent, without its packing, which may hide a thousand times as much."""
    if encoding.lower() not in {"gzip", "x-gzip"}:
        if encoding.lower() not in {"", "identity"}:
            raise SourceError(f"the server packs it as {encoding[:20]!a}, which it was not asked to")
        return data
    try:
        unpacked = zlib.decompressobj(31).decompress(data, MAX_DOCUMENT + 1)
    except zlib.error as error:
        raise SourceError("the server packs it in a way that cannot be read") from error
    if len(unpacked) > MAX_DOCUMENT:
        raise SourceError(f"it is larger than {MAX_DOCUMENT // 2**20} MB")
    return unpacked
