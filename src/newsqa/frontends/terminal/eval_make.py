"""`newsqa eval make`: drafts a set of questions from an index, and says what came of it."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from newsqa.errors import LibraryError, UsageError
from newsqa.evals.drafting import KINDS, DraftSet, Kind, Plan, QuestionWriter, draft_set, refuse_existing, write_set
from newsqa.frontends.terminal.console import announce_egress, counting, messages, print_json, print_text
from newsqa.prompts import load_prompts
from newsqa.render.clean import safe_line
from newsqa.render.wording import count
from newsqa.store.snapshot import open_index
from newsqa.types import EXTRACTIVE, JsonObject

if TYPE_CHECKING:
    from collections.abc import Iterator

    from newsqa.settings import Settings

OUT = Path("questions.jsonl")
MOST = 10_000


def plan_of(settings: Settings, number: int, kinds: str | None, seed: int) -> Plan:
    """Return the plan that the options of the command name; all kinds but "cloze" by default if a model writes.

    Raises UsageError if an option cannot be used.
    """
    if not 1 <= number <= MOST:
        raise UsageError(f"--number is {number}.", hint=f"Name a number from 1 to {MOST:,}.")
    return Plan(number, _kinds(kinds, has_model=settings.model != EXTRACTIVE), seed)


def make_set(settings: Settings, out: Path | None, plan: Plan, *, as_json: bool) -> None:
    """Draft a set into a new file. Raises SourceError if the file is there already, and LibraryError if none is found.

    The chat model of the settings writes the questions of the kind "written", and those that are made unanswerable.
    """
    file = out or OUT
    refuse_existing(file)
    writer = _writer(settings, plan)
    try:
        with open_index(settings) as opened, opened.snapshot() as index, counting("drafting", plan.number) as report:
            drafts = draft_set(index, plan, report, writer)
    except KeyboardInterrupt:
        messages().print("Interrupted. Nothing was written.", soft_wrap=True)
        raise
    if not drafts.items:
        raise LibraryError(
            f"No question could be drafted from the index {settings.index}.",
            hint=_writer_summary(writer)
            if writer
            else "Rules keep only what leaves no doubt; a chat model (--model) finds more.",
        )
    write_set(drafts.items, file)
    if as_json:
        print_json(_record(file, drafts, plan, writer))
    else:
        print_text("\n".join(_summary(file, drafts, plan, writer)))


def _kinds(names: str | None, *, has_model: bool) -> tuple[Kind, ...]:
    """Read “cloze,sources”. Raises UsageError if a kind is not known, or needs a model that is not there."""
    wanted = set[str](KINDS) - {"cloze" if has_model else "written"}
    if names is not None:
        wanted = {name.strip() for name in names.split(",")}
    if unknown := wanted - set(KINDS):
        raise UsageError(
            f"There is no kind of question called “{min(unknown)}”.", hint=f"The kinds are {', '.join(KINDS)}."
        )
    if "written" in wanted and not has_model:
        raise UsageError(
            "Questions of the kind “written” need a chat model.",
            hint="Name one with --model, or ask for --kinds cloze.",
        )
    return tuple(kind for kind in KINDS if kind in wanted)


def _writer(settings: Settings, plan: Plan) -> QuestionWriter | None:
    if settings.model == EXTRACTIVE or not {"written", "unanswerable"} & set(plan.kinds):
        return None
    from newsqa.evals.drafting import CALLS, QuestionWriter
    from newsqa.models.registry import create_chat_model

    announce_egress(settings)
    return QuestionWriter(
        create_chat_model(settings), settings.model, load_prompts(settings.prompts), CALLS * plan.number
    )


def _record(file: Path, drafts: DraftSet, plan: Plan, writer: QuestionWriter | None) -> JsonObject:
    record: JsonObject = {"file": str(file), "questions": len(drafts.items), "seed": plan.seed, "model": EXTRACTIVE}
    record |= {"kinds": dict(drafts.kinds), "lacking": dict(drafts.lacking)}
    if writer:
        spent = {"usage": asdict(writer.usage), "dropped": dict(writer.dropped)}
        record |= {"model": writer.name, "asked": writer.calls, **spent}
    return record


def _summary(file: Path, drafts: DraftSet, plan: Plan, writer: QuestionWriter | None) -> Iterator[str]:
    kinds = ", ".join(f"{number} {kind}" for kind, number in drafts.kinds.items())
    yield f"{count(len(drafts.items), 'question')} drafted into {safe_line(str(file))}: {kinds}."
    if drafts.lacking:
        yield f"The articles gave no more: {sum(drafts.lacking.values())} of {plan.number} are lacking."
    if writer:
        yield _writer_summary(writer)
    yield "Read them before you measure with them: change, mend and delete what is not sound."


def _writer_summary(writer: QuestionWriter) -> str:
    why = "; ".join(f"{number} {fault}" for fault, number in writer.dropped.most_common())
    dropped = f" Left out of what it wrote: {why}." if why else ""
    return f"{safe_line(writer.name)} was asked {count(writer.calls, 'time')}.{dropped}"
