"""Connects to hosts on the public network only, and never for longer than there is time.

The IP address that was checked is the one that is connected to: a name that resolves to another one a moment later
(DNS rebinding) gains nothing. httpcore, which httpx is built on, lets a program make its connections itself.
"""

from __future__ import annotations

import ipaddress
import socket
import time
from typing import TYPE_CHECKING, Any

import httpcore

from newsqa.errors import SourceError

if TYPE_CHECKING:
    import ssl

MAX_STEP = 10.0  # seconds that a connection, or one piece of an answer, may take


class CheckedBackend(httpcore.NetworkBackend):
    """Makes the connections of a pool; all that is sent and received on them is done by the deadline."""

    def __init__(self, deadline: float, *, private: bool) -> None:
        self._deadline = deadline
        self._private = private

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ARG002
        local_address: str | None = None,  # noqa: ARG002
        socket_options: Any = None,  # noqa: ARG002
    ) -> httpcore.NetworkStream:
        """Connect to a host. Raises SourceError if it is not found, or is private and those are not allowed."""
        address = public_address(host, port, private=self._private)
        stream = httpcore.SyncBackend().connect_tcp(address, port, seconds_left(self._deadline))
        return _TimedStream(stream, self._deadline)


class _TimedStream(httpcore.NetworkStream):
    def __init__(self, stream: httpcore.NetworkStream, deadline: float) -> None:
        self._stream = stream
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ARG002
        return self._stream.read(max_bytes, seconds_left(self._deadline))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ARG002
        self._stream.write(buffer, seconds_left(self._deadline))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ARG002
    ) -> httpcore.NetworkStream:
        secured = self._stream.start_tls(ssl_context, server_hostname, seconds_left(self._deadline))
        return _TimedStream(secured, self._deadline)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


def seconds_left(deadline: float) -> float:
    """Return the seconds that the next step may take. Raises TimeoutError if there are none."""
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return min(left, MAX_STEP)


def public_address(host: str, port: int, *, private: bool) -> str:
    """Return an IP address of a host. Raises SourceError if one of its own is private and those are not allowed."""
    try:
        found = [str(row[4][0]) for row in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    except (OSError, UnicodeError) as error:
        raise SourceError(f"the host {host[:100]!a} is not found", hint="Check the address.") from error
    if not private and not all(map(is_public, found)):
        raise SourceError(f"the host {host[:100]!a} is in a private network", hint="Allow these with --allow-private.")
    return found[0]


def is_public(address: str) -> bool:
    """Return True if an IP address is one of the public network; one within another, as IPv6 has it, counts."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None)
        if inner is None and ip in ipaddress.ip_network("64:ff9b::/96"):
            inner = ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
        if inner is not None:
            return inner.is_global and not inner.is_multicast
    return ip.is_global and not ip.is_multicast
