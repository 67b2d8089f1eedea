"""`newsqa discord` as people start it: a process of its own, which talks to Discord's stand-in."""

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

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from discord_stand_in import DiscordStandIn

NEWSQA = [sys.executable, "-c", "from newsqa.cli import main; main()"]
OURS = ("NEWSQA_", "SLACK_", "DISCORD_", "OPENAI_")
PATIENCE = 40.0
"""Seconds for a process to be ready, on a busy machine."""


@dataclass
class Process:
    """A running bot, and what it has written so far."""

    popen: subprocess.Popen[bytes]
    log: Path

    @property
    def text(self) -> str:
        return self.log.read_text("utf-8")

    def lines(self, event: str = "") -> list[dict[str, Any]]:
        """Return what is logged, as JSON; of one event, where it is named."""
        lines = [json.loads(line) for line in self.text.splitlines() if line.startswith("{")]
        return [line for line in lines if event in {"", line["event"]}]

    def logged(self, event: str, seconds: float = 10.0) -> dict[str, Any]:
        """Wait until something stands in the log, and return it."""
        deadline = time.monotonic() + seconds
        while not (lines := self.lines(event)):
            assert time.monotonic() < deadline, self.text
            time.sleep(0.02)
        return lines[-1]

    def stop(self, by: signal.Signals = signal.SIGTERM) -> float:
        """Ask it to stop; return the seconds that it took."""
        began = time.monotonic()
        self.popen.send_signal(by)
        self.popen.wait(20)
        return time.monotonic() - began


def started(discord: DiscordStandIn | None, index: Path, folder: Path, **more: str) -> Process:
    """Start a bot over an index; `more` stands in its environment."""
    folder.mkdir(exist_ok=True)
    log = folder / f"log-{time.monotonic_ns()}.txt"
    kept = {name: value for name, value in os.environ.items() if not name.startswith(OURS)}
    environ = {**kept, "NEWSQA_SESSIONS": str(folder), **(discord.environ if discord else {}), **more}
    with log.open("wb") as out:
        popen = subprocess.Popen(
            [*NEWSQA, "discord", "--index", str(index)], env=environ, stdout=out, stderr=out, cwd=folder
        )
    return Process(popen, log)


@contextmanager
def discord_bot(discord: DiscordStandIn, index: Path, folder: Path, **more: str) -> Iterator[Process]:
    """Run a bot that is connected to the stand-in for as long as the context lasts."""
    process = started(discord, index, folder, **more)
    try:
        identified = len(discord.gateway.identified)
        discord.until(
            lambda: (
                (discord.gateway.connected and len(discord.gateway.identified) > identified)
                or process.popen.poll() is not None
            ),
            PATIENCE,
        )
        assert process.popen.poll() is None, process.text
        yield process
    finally:
        process.popen.kill()
        process.popen.wait()


def ended(process: Process) -> str:
    """Wait until a bot has given up, and return what it said."""
    process.popen.wait(PATIENCE)
    return process.text
