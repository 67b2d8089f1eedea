"""`newsqa slack` as people start it: a process of its own, which talks to Slack's stand-in."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from slack_workspace import APP_TOKEN, BOT_TOKEN

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from slack_stand_in import SlackStandIn

NEWSQA = [sys.executable, "-c", "from newsqa.cli import main; main()"]
SECRET = "5166f1canary0ffee"
PATIENCE = 40.0
"""Seconds for a process to be ready, on a busy machine."""


@dataclass
class Process:
    """A running bot, and what it has written so far."""

    popen: subprocess.Popen[bytes]
    log: Path

    def lines(self) -> list[dict[str, Any]]:
        """Return what is logged, as JSON."""
        return [json.loads(line) for line in self.log.read_text("utf-8").splitlines() if line.startswith("{")]

    def ready(self) -> None:
        """Wait until it serves."""
        deadline = time.monotonic() + PATIENCE
        while not any(line.get("event") == "serving" for line in self.lines()):
            gone = self.popen.poll() is not None or time.monotonic() > deadline
            assert not gone, self.log.read_text("utf-8")
            time.sleep(0.02)

    def stop(self, by: signal.Signals = signal.SIGTERM) -> float:
        """Ask it to stop; return the seconds that it took."""
        began = time.monotonic()
        self.popen.send_signal(by)
        self.popen.wait(20)
        return time.monotonic() - began


def surroundings(slack: SlackStandIn, folder: Path, **more: str) -> dict[str, str]:
    """Return the environment of a bot that knows nothing but the stand-in."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("NEWSQA_", "SLACK_", "OPENAI_"))}
    return {
        **kept,
        "NEWSQA_SLACK_API_URL": slack.url,
        "NEWSQA_SESSIONS": str(folder),
        "SLACK_BOT_TOKEN": BOT_TOKEN,
        "SLACK_APP_TOKEN": APP_TOKEN,
        "SLACK_SIGNING_SECRET": SECRET,
        **more,
    }


@contextmanager
def slack_bot(slack: SlackStandIn, index: Path, folder: Path, *arguments: str, **more: str) -> Iterator[Process]:
    """Run a bot over an index for as long as the context lasts; `more` stands in its environment."""
    folder.mkdir(exist_ok=True)
    log = folder / f"log-{time.monotonic_ns()}.txt"
    with log.open("wb") as out:
        popen = subprocess.Popen(
            [*NEWSQA, "slack", "--index", str(index), *arguments],
            env=surroundings(slack, folder, **more), stdout=out, stderr=out, cwd=folder,
        )  # fmt: skip
    process = Process(popen, log)
    try:
        process.ready()
        yield process
    finally:
        popen.kill()
        popen.wait()
