"""Reads the health and the metrics of a bot that runs as a process of its own."""

from __future__ import annotations

import json
import socket
import time
from typing import TYPE_CHECKING, Any
from urllib.error import HTTPError
from urllib.request import ProxyHandler, build_opener

from prometheus_client.parser import text_string_to_metric_families

if TYPE_CHECKING:
    from collections.abc import Callable

OPENER = build_opener(ProxyHandler({}))  # not by a proxy of this machine


def free_port() -> int:
    """Return a port of loopback that nobody has just now."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def health(port: int) -> tuple[int, dict[str, Any]]:
    """Return the status, and what is told."""
    try:
        with OPENER.open(f"http://127.0.0.1:{port}/health") as reply:
            return reply.status, json.load(reply)
    except HTTPError as error:
        return error.code, json.load(error)


def metrics(port: int) -> dict[tuple[str, ...], float]:
    """Return figures by their name and the value of the label that is not the platform."""
    with OPENER.open(f"http://127.0.0.1:{port}/metrics") as reply:
        return figures(reply.read().decode())


def figures(text: str) -> dict[tuple[str, ...], float]:
    """Read metrics in the text format."""
    samples = [sample for family in text_string_to_metric_families(text) for sample in family.samples]
    return {(s.name, *(v for k, v in s.labels.items() if k != "platform")): s.value for s in samples}


def until(found: Callable[[], bool], seconds: float = 15.0) -> None:
    """Look again and again until something is so."""
    deadline = time.monotonic() + seconds
    while not found():
        assert time.monotonic() < deadline
        time.sleep(0.05)
