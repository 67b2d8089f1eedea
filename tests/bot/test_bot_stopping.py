"""A bot that is told to stop is gone in time, whatever hangs, and its exit code says that this was asked for."""

import subprocess
import sys

import pytest

BOT = """
import asyncio, atexit, os, signal, threading, time
from newsqa.bot import process

process.STOP_SECONDS = 0.2
atexit.register(print, "unwound")

async def serve():
    stopped = process.stop_signal()
    os.kill(os.getpid(), signal.{signal})
    which = await stopped
    {then}
    return which

process.exit_process(asyncio.run(serve()))
"""
HANGS = "time.sleep(60)"
WAITS_FOR_A_THREAD = "await asyncio.to_thread(time.sleep, 60)"
LEAVES_A_THREAD = 'threading.Thread(target=time.sleep, args=(60,), name="answer", daemon=True).start()'


def ended(which: str, then: str) -> tuple[int, str]:
    """Run a bot that gets a signal; return its exit code and what it said."""
    run = subprocess.run(
        [sys.executable, "-c", BOT.format(signal=which, then=then)],
        capture_output=True, text=True, timeout=30, check=False,
    )  # fmt: skip
    return run.returncode, run.stdout


@pytest.mark.parametrize("then", [HANGS, WAITS_FOR_A_THREAD, LEAVES_A_THREAD])
def test_what_hangs_does_not_hold_it_up(then):
    assert ended("SIGTERM", then) == (0, "")


def test_after_ctrl_c_it_ends_as_interrupted():
    assert ended("SIGINT", HANGS) == (130, "")
    assert ended("SIGINT", "pass") == (130, "unwound\n")


def test_where_nothing_hangs_it_ends_as_programs_do():
    assert ended("SIGTERM", "pass") == (0, "unwound\n")
