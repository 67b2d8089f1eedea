"""`newsqa eval make`: drafts a set of questions from an index, and says what came of it."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from newsqa.errors import LibraryError, UsageError
from newsqa.evals.make import KINDS, Plan, draft_set, refuse_existing, write_set
from newsqa.fronts.terminal.console import messages, print_json, print_text
from newsqa.fronts.terminal.leaving import tell_leaving
from newsqa.fronts.terminal.progress import counting
from newsqa.index import open_index
from newsqa.prompts import load_prompts
from newsqa.records import EXTRACTIVE
from newsqa.render.marks import count
from newsqa.render.safe import safe_line

if TYPE_CHECKING:
    from newsqa.evals.make import Drafts, Kind, Writer
    from newsqa.records import JsonObject
    from newsqa.settings import Settings

OUT = Path("questions.jsonl")
MOST = 10_000
NAMES: dict[Kind, str] = {"facts": "facts", "sources": "sources of quotes", "unanswerable": "unanswerable"}


def plan_of(number: int, kinds: str | None, seed: int) -> Plan:
    """Return the plan that the options of the command name. Raises UsageError where one cannot be used."""
    return Plan(_number(number), _kinds(kinds), seed)


def make_set(settings: Settings, out: Path | None, plan: Plan, *, as_json: bool) -> None:
    """Draft a set into a new file. Raises SourceError where the file is there already, and LibraryError.

    The model of the settings writes the questions about facts unless it is the extractive one: rules do that then.
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
            hint=_told_of(writer)
            if writer
            else "Rules keep only what leaves no doubt; a chat model (--model) finds more.",
        )
    write_set(drafts.items, file)
    if as_json:
        print_json(_record(file, drafts, plan, writer))
    else:
        print_text(_summary(file, drafts, plan, writer))


def _number(number: int) -> int:
    if not 1 <= number <= MOST:
        raise UsageError(f"--number is {number}.", hint=f"Name a number from 1 to {MOST:,}.")
    return number


def _kinds(names: str | None) -> tuple[Kind, ...]:
    """Read “facts,sources”. Raises UsageError where a kind is not known."""
    if names is None:
        return tuple(KINDS)
    wanted = {name.strip() for name in names.split(",")}
    if unknown := wanted - set(KINDS):
        raise UsageError(
            f"There is no kind of question called “{min(unknown)}”.", hint=f"The kinds are {', '.join(KINDS)}."
        )
    return tuple(kind for kind in KINDS if kind in wanted)


def _writer(settings: Settings, plan: Plan) -> Writer | None:
    if settings.model == EXTRACTIVE:
        return None
    from newsqa.evals.make.written import CALLS, Writer  # noqa: PLC0415
    from newsqa.models.registry import create_chat_model  # noqa: PLC0415

    tell_leaving(settings)
    return Writer(create_chat_model(settings), settings.model, load_prompts(settings.prompts), CALLS * plan.number)


def _record(file: Path, drafts: Drafts, plan: Plan, writer: Writer | None) -> JsonObject:
    record: JsonObject = {
        "file": str(file),
        "questions": len(drafts.items),
        "kinds": _counts(drafts),
        "lacking": dict(drafts.lacking),
        "seed": plan.seed,
        "model": EXTRACTIVE,
    }
    if writer:
        spent = writer.usage
        usage = {"input_tokens": spent.input_tokens, "output_tokens": spent.output_tokens, "cost": spent.cost}
        record |= {"model": writer.name, "asked": writer.asked, "dropped": dict(writer.dropped), "usage": usage}
    return record


def _counts(drafts: Drafts) -> dict[str, int]:
    return dict(Counter(drafts.kind_of(item) for item in drafts.items))


def _summary(file: Path, drafts: Drafts, plan: Plan, writer: Writer | None) -> str:
    kinds = ", ".join(f"{number} {NAMES[kind]}" for kind in KINDS if (number := _counts(drafts).get(kind)))
    lines = [f"{count(len(drafts.items), 'question')} drafted into {safe_line(str(file))}: {kinds}."]
    if drafts.lacking:
        more = sum(drafts.lacking.values())
        lines.append(f"The articles gave no more: {more} of {plan.number} are lacking.")
    if writer:
        lines.append(_told_of(writer))
    lines.append("Read them before you measure with them: change, mend and delete what is not sound.")
    return "\n".join(lines)


def _told_of(writer: Writer) -> str:
    why = "; ".join(f"{number} {fault}" for fault, number in writer.dropped.most_common())
    dropped = f" Left out of what it wrote: {why}." if why else ""
    return f"{safe_line(writer.name)} was asked {count(writer.asked, 'time')}.{dropped}"
