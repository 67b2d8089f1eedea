"""Fifty threads of Slack ask at once, in rounds: whether each is answered once, how soon, in what memory.

    python benchmarks/bot_load.py [--threads 50] [--rounds 3] [--passages 20000] [--index DIR]

The bot is the real `newsqa slack` in a process of its own, with its default settings and extraction, over articles made
as in speed.py, with vectors drawn at random; Slack is the stand-in of the tests, on loopback, and sends each mention
twice, as Slack does. Times are from the moment that an event is sent. The process's memory is looked at every
50 milliseconds. At the end each answer is compared with what the terminal says to the same question.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event, Thread
from typing import TYPE_CHECKING

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT / "benchmarks"), str(ROOT / "tests"), str(ROOT / "tests" / "doubles")]

import psutil  # noqa: E402
from slack_process import slack_bot  # noqa: E402
from slack_stand_in import slack_stand_in  # noqa: E402
from slack_workspace import BOT, TEAM, buttons  # noqa: E402

from speed import stock, write_articles  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Iterator

    from slack_stand_in import SlackStandIn

CHANNEL = "C1"
PATIENCE = 240.0
"""Seconds that the last answer is waited for."""

EVERY = 0.05
"""Seconds between two looks at the memory."""


WINDOW = 61.0
"""Seconds after which the bot's limits have forgotten a round."""


@dataclass
class Asked:
    """A question in its thread: when it was sent, in which envelopes, and what came of it, in seconds since."""

    thread: str
    question: str
    sent: float
    envelopes: list[str]
    acks: list[float] = field(default_factory=list)
    working: float = 0.0
    answered: float = 0.0
    texts: list[str] = field(default_factory=list)


@dataclass
class Memory:
    """The highest resident memory seen of a process, in MB."""

    process: psutil.Process
    peak: float = 0.0

    def now(self) -> float:
        """Return what is resident now."""
        return float(self.process.memory_info().rss) / 2**20

    @contextmanager
    def watched(self) -> Iterator[None]:
        """Note the peak for as long as the context lasts."""
        over, self.peak = Event(), self.now()

        def look() -> None:
            while not over.wait(EVERY):
                self.peak = max(self.peak, self.now())

        watching = Thread(target=look)
        watching.start()
        try:
            yield
        finally:
            over.set()
            watching.join()


def main() -> None:
    """Measure, and print one line a figure."""
    options = _options()
    questions = _questions(options.threads)
    with tempfile.TemporaryDirectory() as folder, slack_stand_in() as slack:
        index = options.index or _index(Path(folder), options.passages)
        with slack_bot(slack, index, Path(folder) / "bot") as bot:
            asked = _rounds(slack, Memory(psutil.Process(bot.popen.pid)), questions, options.rounds)
            seconds = bot.stop()
        _tell("gone after SIGTERM", f"{seconds:.2f} s")
        _compare(index, asked)


def _index(work: Path, passages: int) -> Path:
    source = work / "articles.jsonl"
    made = write_articles(source, passages)
    stock(argparse.Namespace(source=str(source), work=str(work)))
    _tell("passages", f"{made:,}")
    return work / "index-asked"


def _questions(number: int) -> list[str]:
    lines = (ROOT / "tests" / "questions.jsonl").read_text("utf-8").splitlines()
    questions = list(dict.fromkeys(json.loads(line)["question"] for line in lines))
    return [questions[n % len(questions)] for n in range(number)]


def _rounds(slack: SlackStandIn, memory: Memory, questions: list[str], rounds: int) -> list[Asked]:
    """Ask one question to warm up, then all at once, several times."""
    _round(slack, questions[:1])
    _tell("resident, before", f"{memory.now():.0f} MB")
    asked = []
    for number in range(rounds):
        time.sleep(max(0.0, asked[-1].sent + WINDOW - time.monotonic()) if asked else 0.0)
        with memory.watched():
            found = _round(slack, questions)
        _report(f"round {number + 1}", slack, found)
        _tell("  resident, at most", f"{memory.peak:.0f} MB")
        _tell("  resident, after", f"{memory.now():.0f} MB")
        asked += found
    return asked


def _round(slack: SlackStandIn, questions: list[str]) -> list[Asked]:
    """Ask every question in a thread of its own, by a person of their own, and wait for all answers."""
    asked = [_ask(slack, number, question) for number, question in enumerate(questions)]
    slack.until(lambda: all(slack.finals(CHANNEL, one.thread) for one in asked), PATIENCE)
    for one in asked:
        _look(slack, one)
    return asked


def _ask(slack: SlackStandIn, number: int, question: str) -> Asked:
    ts = slack.now()
    said = {"channel": CHANNEL, "user": f"U{number}", "text": f"<@{BOT}> {question}", "ts": ts, "event_ts": ts}
    sent = time.monotonic()
    mention = slack.event({"type": "app_mention", **said, "team": TEAM})
    plain = slack.event({"type": "message", "channel_type": "channel", **said, "team": TEAM})
    return Asked(ts, question, sent, [mention, plain])


def _look(slack: SlackStandIn, asked: Asked) -> None:
    """Take from what the stand-in noted what became of a question."""
    asked.acks = [slack.acked(envelope) - asked.sent for envelope in asked.envelopes]
    names = {message.ts for message in slack.thread(CHANNEL, asked.thread)}
    posts = slack.called("chat.postMessage", thread_ts=asked.thread)
    updates = [call for call in slack.called("chat.update") if call.args["ts"] in names]
    asked.working = posts[0].at - asked.sent
    asked.answered = min(c.at for c in posts + updates if buttons(c.args.get("blocks") or [])) - asked.sent
    asked.texts = [message.text for message in slack.thread(CHANNEL, asked.thread)]


def _report(name: str, slack: SlackStandIn, asked: list[Asked]) -> None:
    once = sum(len(slack.finals(CHANNEL, one.thread)) == 1 for one in asked)
    outside = [message for message in slack.messages.values() if not message.thread]
    _tell(f"{name}: answered once, in its thread", f"{once} of {len(asked)}; in the channel: {len(outside)}")
    _tell("  ack", _spread([ack for one in asked for ack in one.acks], 3))
    _tell("  working state", _spread([one.working for one in asked], 2))
    _tell("  answer", _spread([one.answered for one in asked], 1))


def _compare(index: Path, asked: list[Asked]) -> None:
    """Ask the terminal's way, and count the threads whose answer is another."""
    from newsqa.building import open_pipeline
    from newsqa.render.slack import render_answer
    from newsqa.settings import Settings

    with open_pipeline(Settings(index=index)) as desk, ThreadPoolExecutor(2) as pool:
        questions = list(dict.fromkeys(one.question for one in asked))
        expected = dict(zip(questions, pool.map(desk.ask, questions), strict=True))
    other = sum(one.texts != [post.text for post in render_answer(expected[one.question], "x")] for one in asked)
    _tell("answers that differ from the terminal's", f"{other} of {len(asked)}")


def _spread(seconds: list[float], digits: int) -> str:
    cuts = statistics.quantiles(seconds, n=20, method="inclusive")
    return f"p50 {cuts[9]:.{digits}f} s, p95 {cuts[18]:.{digits}f} s, at most {max(seconds):.{digits}f} s"


def _tell(what: str, figure: str) -> None:
    print(f"{what:44} {figure}", flush=True)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--threads", type=int, default=50, help="questions at once; 59 are within the limit")
    parser.add_argument("--rounds", type=int, default=3, help="how often they ask")
    parser.add_argument("--passages", type=int, default=20_000, help="passages to search")
    parser.add_argument("--index", type=Path, help="an index that is there, instead of one made for this")
    return parser.parse_args()


if __name__ == "__main__":
    main()
