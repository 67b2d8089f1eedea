"""An optional second opinion: a chat model judges if answers are faithful to their quotes, and right.

It is never asked unless a person names one, and every figure of it carries its name. A judge reads words as data and
replies with one of three verdicts; a reply that is anything else is no score, and is reported, never guessed at.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING

from newsqa.errors import ModelError
from newsqa.evals.run_file import RECORDS, Judgement, append_line, finalize_run, lock_folder, read_lines
from newsqa.models.chat import Reply, invoke_model
from newsqa.models.registry import create_chat_model
from newsqa.prompts import load_prompts
from newsqa.types import EXTRACTIVE, Usage

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from langchain_core.language_models import BaseChatModel

    from newsqa.evals.run_file import RunLine
    from newsqa.prompts import Prompts
    from newsqa.settings import Settings
    from newsqa.types import JsonObject


FAITHFULNESS, CORRECTNESS = "judge-faithfulness", "judge-correctness"
VERDICTS: Mapping[str, Mapping[str, float]] = {
    FAITHFULNESS: {"supported": 1.0, "partly": 0.5, "unsupported": 0.0},
    CORRECTNESS: {"correct": 1.0, "partly": 0.5, "incorrect": 0.0},
}
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
class _Verdict:
    """What came of asking once; `fault` says why there is no score."""

    score: float | None = None
    usage: Usage = field(default_factory=Usage)
    fault: str | None = None


_NOTHING = _Verdict()


@dataclass(frozen=True, slots=True)
class Judge:
    """A chat model that judges: `models` are tried in turn, the one at temperature 0 first."""

    name: str
    models: tuple[BaseChatModel, ...]
    prompts: Prompts

    @property
    def digest(self) -> str:
        """Identifies the words in which it is asked."""
        return self.prompts.digest_of(FAITHFULNESS, CORRECTNESS)

    def has_judged(self, line: RunLine) -> bool:
        """Return True if it has judged a line already, in the same words and without a fault."""
        judge = line.judge
        return judge is not None and (judge.model, judge.prompts, judge.fault) == (self.name, self.digest, None)


def open_judge(settings: Settings, name: str) -> Judge:
    """Make the judge of a name, "openai:NAME". Raises ModelError and SettingsError."""
    if name == EXTRACTIVE:
        raise ModelError("The extractive answerer judges nothing.", hint="Name a chat model: --judge openai:NAME")
    own = replace(settings, model=name)
    return Judge(
        name, (create_chat_model(own, temperature=0.0), create_chat_model(own)), load_prompts(settings.prompts)
    )


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

    Faithfulness is asked of answers that cite something, correctness if the set has accepted answers; a refusal or a
    failure there is incorrect without asking. A judge that does not answer, or not in the form asked for, leaves no
    score and a fault.
    """
    verdicts = {prompt: _ask(prompt, values, judge) for prompt, values in _questions(line)}
    given = Judgement(
        judge.name,
        faithfulness=verdicts.get(FAITHFULNESS, _NOTHING).score,
        correctness=0.0 if _has_no_answer(line) else verdicts.get(CORRECTNESS, _NOTHING).score,
        prompts=judge.digest,
        usage=sum((verdict.usage for verdict in verdicts.values()), Usage()),
        fault=next((verdict.fault for verdict in verdicts.values() if verdict.fault), None),
    )
    return replace(line, judge=given)


def _questions(line: RunLine) -> list[tuple[str, dict[str, str]]]:
    record, item = line.record, line.item
    if line.refused or line.failed or not record["text"].strip():
        return []
    question, answer = as_data(item.question), as_data(_without_markers(record))
    found = []
    if record["citations"]:
        quotes = as_data([citation["quote"] for citation in record["citations"]])
        found.append((FAITHFULNESS, {"question": question, "answer": answer, "quotes": quotes}))
    if item.answers and not item.refusal_is_right:
        found.append((CORRECTNESS, {"question": question, "answer": answer, "accepted": as_data(item.answers)}))
    return found


def _without_markers(record: Mapping[str, object]) -> str:
    sentences = record["sentences"]
    texts = [str(sentence["text"]) for sentence in sentences] if isinstance(sentences, list) else []
    return " ".join(texts) or str(record["text"])


def _has_no_answer(line: RunLine) -> bool:
    """Return True if there is no answer to a question that the set answers."""
    silent = line.refused or line.failed or not line.record["text"].strip()
    return silent and bool(line.item.answers) and not line.item.refusal_is_right


def _ask(prompt: str, values: Mapping[str, str], judge: Judge) -> _Verdict:
    messages = [("human", judge.prompts.fill(prompt, **values))]
    try:
        reply = _invoke(judge, messages)
    except ModelError as error:
        return _Verdict(fault=str(error))
    verdict = (object_in(reply.text) or {}).get("verdict")
    score = VERDICTS[prompt].get(verdict) if isinstance(verdict, str) else None
    fault = None if score is not None else f"{judge.name} gave no verdict on {prompt.removeprefix('judge-')}."
    return _Verdict(score, reply.usage, fault)


def _invoke(judge: Judge, messages: list[tuple[str, str]]) -> Reply:
    """Ask at temperature 0, and without a temperature if the model does not take one."""
    for model in judge.models[:-1]:
        try:
            return invoke_model(model, judge.name, messages)
        except ModelError as error:
            if "temperature" not in str(error.__cause__).lower():
                raise
    return invoke_model(judge.models[-1], judge.name, messages)


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
