"""Processes that are killed: indexing, a chat and a bot, each begun in milliseconds and ended at any write or moment.

They are forked from a server that has imported all that they need. `die_at=7` is a SIGKILL at the seventh write: before
a statement of SQLite, a call into Chroma, or a call that changes a file.
"""

from __future__ import annotations

import asyncio
import io
import multiprocessing
import os
import resource
import signal
import sys
import threading
from contextlib import suppress
from pathlib import Path

from newsqa.settings import Settings

WRITES = frozenset(
    [f"Connection.{name}" for name in ("execute", "executemany", "executescript", "commit")]
    + ["BufferedWriter.write", "TextIOWrapper.write"]
    + ["open", "write", "fsync", "rename", "replace", "unlink", "rmdir", "mkdir", "chmod"]
)
CHROMA = ("Bindings.",)
PRELOADED = ["chromadb", "newsqa.bot.core", "newsqa.frontends.terminal.chat", "newsqa.ingest.indexer"]
HANGS = 60.0
REFUSED = 3
FIRST_REPLY = "working"

_context = multiprocessing.get_context("forkserver")
_context.set_forkserver_preload(PRELOADED)


def life(target, *arguments, die_at=None, end_after=None, by=signal.SIGKILL, at_change=None):
    """Run `target(*arguments)` in a process, to its end or until it is killed; return its exit code.

    `die_at` kills it at a write; `end_after` sends it the signal `by` after so many seconds; `at_change`, a number and
    a function that returns what is watched, kills it when that has changed so often.
    """
    process = _context.Process(target=_live, args=(target, arguments, die_at))
    process.start()
    if at_change is not None:
        _wait_for_changes(process, *at_change)
        by, end_after = signal.SIGKILL, 0
    process.join(HANGS if end_after is None else end_after)
    if process.is_alive():
        assert end_after is not None, "it hangs"
        os.kill(process.pid, by)
        process.join(HANGS)
    code = process.exitcode
    process.close()
    return code


def _wait_for_changes(process, number, watched):
    before = watched()
    while number and process.is_alive():
        now = watched()
        number -= now != before
        before = now


def graph_files(index):
    """Return name, size and time of each file of a vector store's graph, also of one that is being made."""
    found = []
    for path in index.glob("vectors*/*/*"):
        with suppress(OSError):
            found.append((path, path.stat().st_size, path.stat().st_mtime_ns))
    return sorted(found)


def _live(target, arguments, die_at):
    sys.stdout = sys.stderr = Path(os.devnull).open("w")  # noqa: SIM115  until the process ends
    signal.signal(signal.SIGINT, signal.default_int_handler)
    if die_at is not None:
        _die_at(die_at)
    target(*arguments)


def _die_at(number):
    left = number

    def count(_, event, called):
        nonlocal left
        if event == "c_call":
            name = getattr(called, "__qualname__", "")
            left -= name in WRITES or name.startswith(CHROMA)
            if left <= 0:
                os.kill(os.getpid(), signal.SIGKILL)

    threading.setprofile(count)
    sys.setprofile(count)


def run_index(index, folder):
    """Index a folder with an embedder that counts words; return what came of it."""
    from word_embedder import WordEmbedder

    from newsqa.ingest.indexer import index_source

    return index_source(Settings(index=Path(index)), str(folder), embedder=WordEmbedder())


def run_index_in_little_room(index, folder, largest):
    """Index a folder where no file may grow beyond so many bytes, as on a disk that fills up; REFUSED if it says so."""
    from newsqa.errors import NewsqaError

    resource.setrlimit(resource.RLIMIT_FSIZE, (largest, largest))
    with suppress(NewsqaError):
        if not run_index(index, folder).problems:
            return
    sys.exit(REFUSED)


def run_index_often(index, folder):
    """Index a folder into a vector store that writes its graph after a few vectors, not after a thousand."""
    from newsqa.store import chroma

    chroma.CONFIGURATION["hnsw"] |= {"sync_threshold": 20, "batch_size": 10}
    run_index(index, folder)


def run_chat(index, sessions, out, questions):
    """Ask each question in one conversation, the last one if there is any; the records go to `out`."""
    from quick_desk import quick_desk

    from newsqa.frontends.terminal import background
    from newsqa.frontends.terminal.chat import chat

    background.open_pipeline = lambda settings: quick_desk(settings.index)
    sys.stdin = io.TextIOWrapper(io.BytesIO("".join(f"{one}\n" for one in questions).encode()))
    with Path(out).open("a", buffering=1) as sys.stdout:  # a line is written at once, as at a terminal
        chat(Settings(index=Path(index), sessions=Path(sessions)), resume=True, as_json=True)


def run_bot(folder, posts, messages):
    """Answer what was left, then the messages, as a front for Slack does; what is posted or changed goes to `posts`."""
    asyncio.run(_answer_all(Path(folder), posts, messages))


async def _answer_all(folder, posts, messages):
    from scripted_desk import answer_of

    from newsqa.bot.core import open_bot

    async with open_bot(Settings(sessions=folder, bot_rate=0, bot_rate_all=0), "slack", _Answering(answer_of)) as bot:
        with Path(posts).open("ab", buffering=0) as platform:
            for message in [*await bot.load_unanswered(), *messages]:
                await _post(bot, message, platform)
        await bot.drain(5)


class _Answering:
    """Answers at once."""

    def __init__(self, answer_of):
        self.answer_of = answer_of

    def __call__(self, question, _):
        yield self.answer_of(question, f"Answer to {question}")


async def _post(bot, message, platform):
    """Post a line at once, and put the answer in its place, as frontends/slack/replies.py does.

    What a process posted that died before it stored that is found on the platform.
    """
    from newsqa.bot.events import Answered, Started

    posted = ()
    async for event in bot.handle(message):
        match event:
            case Started():
                found = posts_for(Path(platform.name), message) if event.resumed else ()
                posted = event.posted or posted or found or (f"{message.id}/{os.getpid()}",)
                platform.write(f"{message.id} {posted[0]} {FIRST_REPLY}\n".encode())
                await bot.record_posted(event.request_id, posted)
            case Answered():
                platform.write(f"{message.id} {posted[0]} {event.answer.text}\n".encode())
                await bot.record_delivered(event.request_id, posted)


def posts_for(posts, message):
    """Return the names of the posts to a message, each once."""
    lines = posts.read_text().splitlines() if posts.exists() else []
    return tuple(dict.fromkeys(line.split(" ", 2)[1] for line in lines if line.split(" ", 1)[0] == message.id))


def answers(posts, message):
    """Return the answers posted to a message: in which post, and what it says."""
    lines = posts.read_text().splitlines() if posts.exists() else []
    found = {tuple(line.split(" ", 2)[1:]) for line in lines if line.split(" ", 1)[0] == message.id}
    return {(post, text) for post, text in found if text != FIRST_REPLY}


def ends_well(code):
    """Return True if a process came to its end; False if it was killed."""
    assert code in {0, -signal.SIGKILL, -signal.SIGTERM}, code
    return code == 0
