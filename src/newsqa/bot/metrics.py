"""Metrics of the running bot for Prometheus; nothing in them names a person or a place."""

from __future__ import annotations

from typing import TYPE_CHECKING

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector

from newsqa.bot.events import OUTCOMES, VOTES

if TYPE_CHECKING:
    from collections.abc import Callable

    from newsqa.bot.events import Outcome, Platform, Vote
    from newsqa.bot.pipelines import IndexStatus


SECONDS = (0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 20.0, 30.0, 60.0, 120.0, 240.0)
"""Upper bounds of the histogram of answer times, waiting included."""


class Metrics:
    """The connection of a bot, how questions ended, and how long answers took.

    `waiting` and `running` return the numbers of questions that wait and that are being answered. `index_status`
    returns which index answers, and is None without one; it may block, and raises LibraryError if the index cannot be
    opened. The frontend calls `set_connected` and `set_disconnected`, the bot everything else.
    """

    def __init__(self, platform: Platform, waiting: Callable[[], int], running: Callable[[], int]) -> None:
        self.registry = CollectorRegistry()
        self.platform = platform
        self.waiting = waiting
        self.running = running
        self.index_status: Callable[[], IndexStatus] | None = None
        self.is_connected = False
        self._was_connected = False
        self._label = {"platform": platform}
        ProcessCollector(registry=self.registry)
        self._questions = self._counter("newsqa_questions", "Questions by how they ended.", "outcome", OUTCOMES)
        self._votes = self._counter("newsqa_votes", "Votes on answers.", "verdict", VOTES)
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

    def record_outcome(self, outcome: Outcome, seconds: float, dropped: int = 0) -> None:
        """Count a question that ended, its time, and the sentences dropped from its answer."""
        self._questions.labels(outcome=outcome, **self._label).inc()
        if outcome in {"answered", "refused"}:
            self._seconds.labels(**self._label).observe(seconds)
            self._dropped.labels(**self._label).inc(dropped)

    def record_vote(self, vote: Vote) -> None:
        """Count a vote."""
        self._votes.labels(verdict=vote, **self._label).inc()

    def set_connected(self) -> None:
        """Record that the platform is connected; may be called again."""
        if self._was_connected and not self.is_connected:
            self._reconnects.labels(**self._label).inc()
        self.is_connected = self._was_connected = True

    def set_disconnected(self) -> None:
        """Record that the connection to the platform was lost."""
        self.is_connected = False

    def _counter(self, name: str, what: str, label: str = "", values: tuple[str, ...] = ()) -> Counter:
        """Return a new counter that is exported as 0 before anything is counted."""
        counter = Counter(name, what, ["platform", label] if label else ["platform"], registry=self.registry)
        for labels in [{label: value} for value in values] or [{}]:
            counter.labels(**labels, **self._label)
        return counter

    def _gauge(self, name: str, what: str, read: Callable[[], float]) -> None:
        Gauge(name, what, ["platform"], registry=self.registry).labels(**self._label).set_function(read)
