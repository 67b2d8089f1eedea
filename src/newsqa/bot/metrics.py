"""Counts what the bot does since it started, as Prometheus reads it; nothing in it names a person or a place."""

from __future__ import annotations

from typing import TYPE_CHECKING

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector

from newsqa.bot.events import OUTCOMES, VERDICTS

if TYPE_CHECKING:
    from collections.abc import Callable

    from newsqa.bot.events import Outcome, Platform, Verdict
    from newsqa.bot.workers import IndexStatus


SECONDS = (0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 20.0, 30.0, 60.0, 120.0, 240.0)
"""Upper bounds of the histogram of how long answers take, waiting included."""


class Metrics:
    """What is known of a running bot: its connection, what became of questions, how long answers took.

    `waiting` and `running` tell how many questions wait, and are being answered, whenever somebody looks. `index` tells
    which index answers, None where a stand-in does; it may block, and raises LibraryError where that cannot be opened.
    Fronts call `connected` and `lost`; all else is told by the bot.
    """

    def __init__(self, platform: Platform, waiting: Callable[[], int], running: Callable[[], int]) -> None:
        self.registry = CollectorRegistry()
        self.platform = platform
        self.waiting = waiting
        self.running = running
        self.index: Callable[[], IndexStatus] | None = None
        self.is_connected = False
        self._ever = False
        self._label = {"platform": platform}
        ProcessCollector(registry=self.registry)
        self._questions = self._counter("newsqa_questions", "Questions by how they ended.", "outcome", OUTCOMES)
        self._votes = self._counter("newsqa_votes", "Votes on answers.", "verdict", VERDICTS)
        self._dropped = self._counter("newsqa_dropped_sentences", "Sentences that did not pass the check.")
        self._reconnects = self._counter("newsqa_reconnects", "Connections to the platform after the first.")
        self._seconds = Histogram(
            "newsqa_answer_seconds",
            "Seconds from question to answer or refusal.",
            ["platform"],
            buckets=SECONDS,
            registry=self.registry,
        )
        self._seconds.labels(**self._label)
        self._gauge("newsqa_waiting", "Questions that wait.", waiting)
        self._gauge("newsqa_running", "Questions that are being answered.", running)
        self._gauge("newsqa_connected", "Whether the platform is connected.", lambda: self.is_connected)

    def ended(self, outcome: Outcome, seconds: float, dropped: int = 0) -> None:
        """Count a question that ended, how long that took, and the sentences that were dropped from its answer."""
        self._questions.labels(outcome=outcome, **self._label).inc()
        if outcome in {"answered", "refused"}:
            self._seconds.labels(**self._label).observe(seconds)
            self._dropped.labels(**self._label).inc(dropped)

    def voted(self, verdict: Verdict) -> None:
        """Count a vote."""
        self._votes.labels(verdict=verdict, **self._label).inc()

    def connected(self) -> None:
        """Note that the platform is connected; again and again does no harm."""
        if self._ever and not self.is_connected:
            self._reconnects.labels(**self._label).inc()
        self.is_connected = self._ever = True

    def lost(self) -> None:
        """Note that the platform is not connected any more."""
        self.is_connected = False

    def _counter(self, name: str, what: str, label: str = "", values: tuple[str, ...] = ()) -> Counter:
        """Make a counter that is there, at 0, before anything was counted."""
        counter = Counter(name, what, ["platform", label] if label else ["platform"], registry=self.registry)
        for labels in [{label: value} for value in values] or [{}]:
            counter.labels(**labels, **self._label)
        return counter

    def _gauge(self, name: str, what: str, read: Callable[[], float]) -> None:
        Gauge(name, what, ["platform"], registry=self.registry).labels(**self._label).set_function(read)
