"""The judge: a chat model that reads whether quotes support a sentence, and nothing but the two.

Its reply is one line for each sentence, `n: yes` or `n: no, because …`. Anything else counts as no.
"""

from __future__ import annotations

import re
import time
from concurrent.futures import Future
from dataclasses import dataclass
from threading import Thread
from typing import TYPE_CHECKING

from newsqa.errors import ModelError
from newsqa.models.chat import invoke_model
from newsqa.models.sanitize import one_line
from newsqa.text.calendar import format_day
from newsqa.types import Quote, Usage
from newsqa.verify.evidence import Fault

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from langchain_core.language_models import BaseChatModel

    from newsqa.prompts import Prompts

    Keyed = tuple[int, "Question"]
    # for each sentence None or its fault, and what the call took
    Verdicts = tuple[list[Fault | None], Usage]
    # asks about sentences until a deadline
    AsksJudge = Callable[[Sequence["Question"], float], Verdicts]

PROMPT = "judge-sentences"
BATCH = 4  # sentences that are judged in one call at most
MAX_REASON = 160  # characters of a judge's reason that are kept
GRACE = 0.5  # seconds after the deadline in which a call ends that noticed it

_LINE = re.compile(
    r"\s*(?P<n>[0-9]{1,4})\s*:\s*(?:(?P<yes>yes)\s*\.?|no\b[\s,;:.–—-]*(?:because\b)?(?P<why>.*))\s*", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Question:
    """A sentence to be judged, and the quotes that are its proof; what comes `before` it proves nothing."""

    sentence: str
    quotes: tuple[Quote, ...]
    before: str = ""


@dataclass(frozen=True, slots=True)
class SentenceJudge:
    """A chat model under its name, and the prompts with the words in which it is asked."""

    model: BaseChatModel
    name: str
    prompts: Prompts

    def __call__(self, questions: Sequence[Question], deadline: float) -> Verdicts:
        """Return for each sentence None if its quotes support it, else the fault, and what the call took.

        A model that fails, or is not done by the deadline (of `time.monotonic`), gives no verdict.
        """
        messages = [("human", self.prompts.fill(PROMPT, sentences=format_questions(questions)))]
        try:
            reply = invoke_model(self.model, self.name, messages, deadline)
        except ModelError:
            return [Fault("judge_silent", (self.name,))] * len(questions), Usage()
        return read_verdicts(reply.text, len(questions), self.name), reply.usage


def read_verdicts(reply: str, count: int, name: str) -> list[Fault | None]:
    """Read a judge's reply. A sentence without a line of its own, or with two that differ, is not supported."""
    verdicts: dict[int, Fault | None] = {}
    for match in filter(None, map(_LINE.fullmatch, reply.splitlines())):
        reason = " ".join((match["why"] or "").split())[:MAX_REASON] or "no reason given"
        verdict = None if match["yes"] else Fault("judged_false", (name, reason))
        verdicts[int(match["n"])] = verdict or verdicts.get(int(match["n"]))
    return [verdicts.get(n, Fault("judge_silent", (name,))) for n in range(1, count + 1)]


def ask_in_batches(judge: AsksJudge, questions: Sequence[Question], seconds: float) -> Verdicts:
    """Ask about any number of sentences, a few in each call, for which there are so many seconds."""
    waiting, faults, usage = list(enumerate(questions)), dict[int, Fault | None](), Usage()
    while waiting:
        batch, waiting = take_batch(waiting)
        verdicts, took = judge([question for _, question in batch], time.monotonic() + seconds)
        faults |= zip((key for key, _ in batch), verdicts, strict=True)
        usage += took
    return [faults[n] for n in range(len(questions))], usage


def take_batch(waiting: Sequence[Keyed]) -> tuple[list[Keyed], list[Keyed]]:
    """Return the sentences of the next call, and the others.

    They cite the same articles: words for the judge that somebody wrote into one reach no sentence about another.
    """
    cited = [{quote.article.id for quote in question.quotes} for _, question in waiting]
    taken = [n for n, ids in enumerate(cited) if ids == cited[0]][:BATCH]
    return [waiting[n] for n in taken], [one for n, one in enumerate(waiting) if n not in taken]


def format_questions(questions: Sequence[Question]) -> str:
    """Write sentences and quotes as data: each on one line, in which nothing can be taken for a delimiter."""
    blocks = []
    for n, question in enumerate(questions, 1):
        before = f"BEFORE IT: {one_line(question.before)}\n" if question.before else ""
        blocks.append(f"SENTENCE {n}: {one_line(question.sentence)}\n{before}{format_quotes(question.quotes)}")
    return "\n\n".join(blocks)


def format_quotes(quotes: Sequence[Quote]) -> str:
    """Write quotes with their sources, each on a line, between delimiters."""
    return "\n".join(("<<<", *map(_format_quote, quotes), ">>>"))


def _format_quote(quote: Quote) -> str:
    article = quote.article
    known = (article.title, article.outlet, article.published and format_day(article.published))
    source = one_line(", ".join(one for one in known if one)).translate({ord("("): "[", ord(")"): "]"})
    return f"({source or 'source unknown'}) {one_line(quote.text)}"


class JudgeQueue:
    """Has the sentences of one answer judged a few at a time, on a thread of its own, while more are written."""

    def __init__(self, judge: AsksJudge, deadline: float) -> None:
        self.usage = Usage()
        self._judge = judge
        self._deadline = deadline
        self._waiting: list[Keyed] = []
        self._asked: tuple[list[int], Future[Verdicts]] | None = None

    def add(self, key: int, question: Question) -> None:
        """Add a sentence; `key` is returned with its verdict."""
        self._waiting.append((key, question))

    def verdicts(self, *, wait: bool = False) -> list[tuple[int, Fault | None]]:
        """Return the verdicts that have come since the last time; with `wait` all that are left, by the deadline."""
        found: list[tuple[int, Fault | None]] = []
        while True:
            if self._asked and (wait or self._asked[1].done()):
                found += self._read(*self._asked)
                self._asked = None
            if self._waiting and not self._asked:
                self._ask()
            if not (wait and self._asked):
                return found

    def _ask(self) -> None:
        batch, self._waiting = take_batch(self._waiting)
        reply: Future[Verdicts] = Future()

        def run() -> None:
            try:
                reply.set_result(self._judge([question for _, question in batch], self._deadline))
            except Exception as error:
                reply.set_exception(error)

        self._asked = [key for key, _ in batch], reply
        Thread(target=run, name="judge", daemon=True).start()

    def _read(self, keys: list[int], reply: Future[Verdicts]) -> list[tuple[int, Fault | None]]:
        """Return the verdicts of a call; a judge that is late gives none."""
        try:
            verdicts, usage = reply.result(max(0.0, self._deadline - time.monotonic()) + GRACE)
        except TimeoutError:
            return [(key, Fault("judge_silent", ("The judge",))) for key in keys]
        self.usage += usage
        return list(zip(keys, verdicts, strict=True))
