"""An optional second opinion: a chat model judges if quotes support the sentences of an answer, and if it is right.

It is never asked unless a person names one, and every figure of it carries its name. A judge reads words as data and
replies with a verdict; a reply that is anything else is no score, and is reported, never guessed at.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING

from newsqa.errors import ModelError
from newsqa.evals.metrics.citations import cited_sentences, others, recall_and_precision
from newsqa.evals.run_file import RECORDS, Judgement, RunLine, append_line, finalize_run, lock_folder, read_lines
from newsqa.models.chat import invoke_model
from newsqa.models.registry import create_chat_model
from newsqa.prompts import Prompts, load_prompts
from newsqa.types import EXTRACTIVE, JsonObject, Usage
from newsqa.verify.judge import BATCH, PROMPT, Question, format_questions, read_verdicts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path

    from langchain_core.language_models import BaseChatModel

    from newsqa.settings import Settings

CORRECTNESS = "judge-correctness"
VERDICTS = {"correct": 1.0, "partly": 0.5, "incorrect": 0.0}
MAX_SILENT = 3  # questions in a row that a judge does not answer, before it is asked no more


@dataclass(frozen=True, slots=True)
class Judging:
    """Who judged a run: the names of the judge models, over `n` answers, `faults` of them without a score they owe."""

    models: tuple[str, ...]
    n: int
    faults: int
    spent: Usage


def judging_of(lines: Sequence[RunLine]) -> Judging | None:
    """Sum up what judge models were asked; None if none was."""
    given = [line.judge for line in lines if line.judge]
    if not given:
        return None
    names = tuple(sorted({judge.model for judge in given}))
    faults = sum(judge.fault is not None for judge in given)
    return Judging(names, len(given), faults, sum((judge.usage for judge in given), Usage()))


@dataclass(frozen=True, slots=True)
class Judge:
    """A chat model that judges: `models` are tried in turn, the one at temperature 0 first."""

    name: str
    models: tuple[BaseChatModel, ...]
    prompts: Prompts

    @property
    def digest(self) -> str:
        """Identifies the words in which it is asked."""
        return self.prompts.digest_of(PROMPT, CORRECTNESS)

    def has_judged(self, line: RunLine) -> bool:
        """Return True if it has judged a line already, in the same words and without a fault."""
        judge = line.judge
        return judge is not None and (judge.model, judge.prompts, judge.fault) == (self.name, self.digest, None)


def open_judge(settings: Settings, name: str) -> Judge:
    """Make the judge of a name, "openai:NAME". Raises ModelError and SettingsError."""
    if name == EXTRACTIVE:
        raise ModelError("The extractive answerer judges nothing.", hint="Name a chat model: --judge openai:NAME")
    own = replace(settings, model=name)
    models = create_chat_model(own, temperature=0.0), create_chat_model(own)
    return Judge(name, models, load_prompts(settings.prompts))


def judge_run(folder: Path, judge: Judge, report: Callable[[int], None]) -> tuple[RunLine, ...]:
    """Judge the lines of a run that this judge has not judged yet, and keep what it said in their `run.jsonl`.

    Answers stay as they are; what another judge said of them is replaced. Raises ModelError as `judge_lines` does (what
    was said before is kept), SourceError if the folder cannot be written.
    """
    with lock_folder(folder):
        file = folder / RECORDS
        lines = judge_lines(read_lines(file), judge, report, partial(append_line, file))
        finalize_run(file, lines)
        return lines


def judge_lines(
    lines: Sequence[RunLine],
    judge: Judge,
    report: Callable[[int], None],
    keep: Callable[[RunLine], None] = lambda _: None,
) -> tuple[RunLine, ...]:
    """Judge the lines that this judge has not judged yet.

    `report` is called with how many are done, `keep` with each new one. Raises ModelError if the judge does not answer
    several times in a row.
    """
    done: list[RunLine] = []
    silent = 0
    for line in lines:
        given = line if judge.has_judged(line) else judge_line(line, judge)
        if given is not line:
            keep(given)
            fault = given.judge.fault if given.judge and not given.judge.usage.input_tokens else None
            silent = silent + 1 if fault else 0
            if silent >= MAX_SILENT:
                raise ModelError(
                    f"The judge was asked in vain {MAX_SILENT} times in a row: {fault}",
                    hint="Check its address, its key and its name. "
                    "The answers are kept; the same command goes on from there.",
                    retryable=True,
                )
        done.append(given)
        report(len(done))
    return tuple(done)


def judge_line(line: RunLine, judge: Judge) -> RunLine:
    """Return a line with what the judge says of its answer.

    It is asked if quotes support the sentences of answers that cite something, and if answers are correct where the
    set has accepted ones; a refusal or a failure there is incorrect without asking. A judge that does not answer, or
    not in the form asked for, leaves no score and a fault.
    """
    asking, item = _Asking(judge), line.item
    silent = line.refused or line.failed or not line.record["text"].strip()
    recall, precision = (None, None) if silent else _support(line, asking)
    correctness = None
    if item.answers and not item.refusal_is_right:
        correctness = 0.0 if silent else _correctness(line, asking)
    given = Judgement(judge.name, recall, precision, correctness, judge.digest, asking.usage, asking.fault)
    return replace(line, judge=given)


@dataclass(slots=True)
class _Asking:
    """The questions about one answer: what they took, and the first fault."""

    judge: Judge
    usage: Usage = field(default_factory=Usage)
    fault: str | None = None

    def reply(self, prompt: str, **values: str) -> str | None:
        """Ask at temperature 0, and without a temperature if the model does not take one; None if it fails."""
        messages = [("human", self.judge.prompts.fill(prompt, **values))]
        for model in self.judge.models:
            try:
                reply = invoke_model(model, self.judge.name, messages)
            except ModelError as error:
                if "temperature" in str(error.__cause__).lower() and model is not self.judge.models[-1]:
                    continue
                self.fault = self.fault or str(error)
                return None
            self.usage += reply.usage
            return reply.text
        return None

    def verdicts(self, questions: Iterable[Question]) -> dict[Question, float]:
        """Return 1.0 for each sentence that its quotes support, else 0.0; nothing for one without a verdict."""
        found, asked = dict[Question, float](), list(dict.fromkeys(questions))
        for at in range(0, len(asked), BATCH):
            batch = asked[at : at + BATCH]
            reply = self.reply(PROMPT, sentences=format_questions(batch))
            faults = [] if reply is None else read_verdicts(reply, len(batch), self.judge.name)
            for question, fault in zip(batch, faults, strict=False):
                if fault and fault.code == "judge_silent":
                    self.fault = self.fault or f"{self.judge.name} gave no verdict on a sentence."
                else:
                    found[question] = float(fault is None)
        return found


def _support(line: RunLine, asking: _Asking) -> tuple[float | None, float | None]:
    """Return the recall and precision of citations, None for both if a verdict is missing or there are none."""
    whole = [Question(one.text, one.quotes) for one in cited_sentences(line) if one.quotes]
    found = asking.verdicts(whole)
    several = [asked for asked in found if found[asked] and len(asked.quotes) > 1]
    subsets = [
        (asked, part)
        for asked in several
        for at, quote in enumerate(asked.quotes)
        for part in ((quote,), others(asked.quotes, at))
    ]
    found |= asking.verdicts(Question(asked.sentence, part) for asked, part in subsets)
    scores = recall_and_precision(line, lambda text, quotes: found.get(Question(text, quotes), 0.0))
    return (None, None) if asking.fault or not scores else (scores[0], scores[1])


def _correctness(line: RunLine, asking: _Asking) -> float | None:
    record, item = line.record, line.item
    texts = [sentence["text"] for sentence in record["sentences"]]
    answer = as_data(" ".join(texts) or record["text"])
    reply = asking.reply(CORRECTNESS, question=as_data(item.question), answer=answer, accepted=as_data(item.answers))
    verdict = (object_in(reply or "") or {}).get("verdict")
    score = VERDICTS.get(verdict) if isinstance(verdict, str) else None
    if score is None and reply is not None:
        asking.fault = asking.fault or f"{asking.judge.name} gave no verdict on correctness."
    return score


# Text from outside is put before a model as data; small JSON objects are read from what it writes back.

_FENCED = re.compile(r"```(?:json)?\s*(\{.*\})\s*```", re.DOTALL)
_LINE_ENDS = {code: f"\\u{code:04x}" for code in (0x85, 0x2028, 0x2029)}
MAX_REPLY = 4_000  # characters of a reply that are read; the object asked for has a few dozen


def as_data(value: object) -> str:
    """Write a value as JSON on one line: no quotation mark, line end or tag inside it can end it early."""
    return json.dumps(value, ensure_ascii=False).translate(_LINE_ENDS).replace("<", "\\u003c").replace(">", "\\u003e")


def object_in(reply: str) -> JsonObject | None:
    """Return the JSON object that a reply is, in a code fence or without; None if it is anything besides."""
    text = reply.strip()
    if len(text) > MAX_REPLY:
        return None
    fenced = _FENCED.fullmatch(text)
    try:
        value = json.loads(fenced[1] if fenced else text)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None
