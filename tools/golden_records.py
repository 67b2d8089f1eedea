"""The parts of golden.py that are answers: records of questions, of conversations and of drafts, and the check."""

from __future__ import annotations

import gzip
import hashlib
import json
import time
from datetime import date
from functools import partial
from typing import TYPE_CHECKING, Any

from golden_newsqa import (
    ROOT,
    Article,
    DraftSentence,
    Hit,
    JudgeQueue,
    Passage,
    Quote,
    Usage,
    Verifier,
    openai_stand_in,
)
from golden_work import GOLDEN, Line, Work, canonical, read_lines, stored, turns, write_lines

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from golden_newsqa import Prompt

QUESTIONS = ROOT / "tests" / "questions.jsonl"
DRAFTS = ROOT / "tests" / "data" / "inventing_drafts.json"
SENTENCES = ROOT / "tests" / "data" / "check" / "sentences.jsonl"
INPUTS = json.loads((GOLDEN / "inputs.json").read_text("utf-8"))


def row(name: str, question: str, **more: Any) -> Line:
    """Return a question of a set."""
    return {"id": name, "question": question, "asked": INPUTS["asked"], **more}


def records(work: Work, step: int = 1) -> Iterator[Line]:
    """Yield the records of the sample questions."""
    yield from map(canonical, work.asked("questions", read_lines(QUESTIONS)[::step], work.corpus))


def conversations(work: Work) -> Iterator[Line]:
    """Yield the records of conversations: turn by turn, each with the questions and answers before it."""
    talks: list[list[str]] = INPUTS["conversations"]
    histories: list[list[Line]] = [[] for _ in talks]
    for turn in range(max(map(len, talks))):
        going = [number for number, talk in enumerate(talks) if turn < len(talk)]
        rows = [row(f"talk-{n + 1}-{turn + 1}", talks[n][turn], history=list(histories[n])) for n in going]
        for number, line in zip(going, work.asked(f"turn-{turn}", rows, work.corpus), strict=True):
            histories[number] += turns(line["question"], line["text"])
            yield canonical(line)


def written(work: Work) -> Iterator[Line]:
    """Yield the records of answers that a scripted model wrote: true sentences, invented ones, and with wrong keys."""
    drafts = json.loads(DRAFTS.read_text("utf-8"))
    styles: list[tuple[str, list[Line], Callable[[Line, Prompt], str]]] = [
        ("mixed", drafts, lambda draft, prompt: said(mixed(draft), prompt)),
        ("miskeyed", drafts[:6], lambda draft, prompt: said(draft["true"], prompt, shift=1)),
        ("invented", drafts[6:8], lambda draft, prompt: said(draft["invented"], prompt)),
        ("nothing", drafts[8:9], lambda draft, prompt: "NOT FOUND"),  # noqa: ARG005
    ]
    for style, some, write in styles:
        rows = [row(f"{style}-{number}", draft["question"]) for number, draft in enumerate(some, 1)]
        yield from by_model(work, style, rows, partial(draft_reply, some, write))
    for talk in INPUTS["rewritten"]:
        name = f"rewritten-{talk['id']}"
        rows = [row(name, talk["question"], history=turns(*talk["history"]))]
        yield from by_model(work, name, rows, partial(rewriting, talk))


def by_model(work: Work, name: str, rows: Sequence[Line], reply: Callable[[Prompt], str]) -> Iterator[Line]:
    """Ask while a model on loopback replies so."""
    with openai_stand_in() as script:
        script.reply = reply
        known = {"NEWSQA_MODEL": "openai:stand-in", "OPENAI_BASE_URL": script.url, "OPENAI_API_KEY": "sk-canary"}
        yield from map(canonical, work.asked(name, rows, work.corpus, **known))


def draft_reply(drafts: Sequence[Line], write: Callable[[Line, Prompt], str], prompt: Prompt) -> str:
    """Write the draft whose question, or the topic of it, a prompt ends with; no draft for a prompt about another."""
    text = prompt.text.rstrip()
    topic = text.splitlines()[-1].rpartition(": ")[2]
    found = (one for one in drafts if text.endswith(one["question"]) or (len(topic) > 4 and topic in one["question"]))
    draft = next(found, None)
    return write(draft, prompt) if draft else "NOT FOUND"


def rewriting(talk: Line, prompt: Prompt) -> str:
    """Reply to a prompt about a follow-up: with the whole question, then, where there is evidence, with a sentence."""
    return f"{talk['reply']} [{prompt.key(talk['holds'])}]." if prompt.evidence else str(talk["rewritten"])


def mixed(draft: Line) -> list[Line]:
    """Put a true sentence before every two invented ones."""
    true, invented = draft["true"], draft["invented"]
    parts = [[*true[n : n + 1], *invented[2 * n : 2 * n + 2]] for n in range(max(len(true), len(invented)))]
    return [one for part in parts for one in part]


def said(sentences: Sequence[Line], prompt: Prompt, shift: int = 0) -> str:
    """Write sentences with the keys of the evidence that holds their words; `shift` moves to another key."""
    keys = [one["holds"] if isinstance(one["holds"], int) else prompt.key(one["holds"] or "\0") for one in sentences]
    shifted = [(key + shift - 1) % len(prompt.evidence) + 1 if shift else key for key in keys]
    return " ".join(
        f"{one['say'][:-1]} [{key}]." if one["holds"] is not None else one["say"]
        for one, key in zip(sentences, shifted, strict=True)
    )


def verdicts(work: Work, step: int = 1) -> Iterator[Line]:
    """Yield what the values of the committed sentences say: their support and quotes, or why they are dropped."""
    known = {line["path"][0]: line for line in stored(work.corpus)}
    fields = ("id", "text", "title", "outlet", "byline", "url")
    for one in read_lines(SENTENCES)[::step]:
        line = known[one["path"]]
        day = date.fromisoformat(line["published"]) if line["published"] else None
        article = Article(path=one["path"], published=day, **{field: line[field] for field in fields})
        starts = [(article.text.index(quote), len(quote)) for quote in one["quotes"]]
        quotes = tuple(Quote(article, start, start + length) for start, length in starts)
        hit = Hit(Passage(1, article.id, 0, len(article.text), article.text), article, 1.0)
        check = Verifier([hit], JudgeQueue(agree, time.monotonic() + DEADLINE))
        check.add(DraftSentence(one["sentence"], quotes))
        check.finish()
        done = check.result()
        for dropped in done.dropped:
            yield {"id": one["id"], "passed": False, "why": dropped.why}
        for taken in done.sentences:
            spans = [[citation.start, citation.end] for citation in done.citations]
            passed = {"id": one["id"], "passed": True, "checked_by": taken.checked_by}
            yield {**passed, "support": taken.support, "quotes": spans}


DEADLINE = 60
"""Seconds; the judge answers at once."""


def agree(questions: Sequence[object], _: float) -> tuple[list[None], Usage]:
    """Find every sentence supported, so that only its values decide."""
    return [None] * len(questions), Usage()


def articles(work: Work) -> Iterator[Line]:
    """Yield the stored sample articles with the spans of their passages."""
    yield from stored(work.corpus)


def shared(work: Work) -> Iterator[Line]:
    """Yield digests of records and stored articles over articles of others; keep them whole outside of the project."""
    if work.shared is None:
        raise SystemExit("The part “shared” needs --shared DIR.")
    kept = [*seed_records(work, work.shared / "seeds"), *quiz_records(work, work.shared / "bench" / "rtqa-dev")]
    kept += stored(work.indexed("reading", work.shared / "cases" / "reading"))
    if work.keep:
        work.keep.parent.mkdir(parents=True, exist_ok=True)
        write_lines(work.keep, kept)
    for line in kept:
        confidence = {"confidence": line["confidence"]} if "confidence" in line else {}
        text = json.dumps(without_fractions(line), sort_keys=True, ensure_ascii=False)
        yield {"id": line["id"], "sha256": hashlib.sha256(text.encode()).hexdigest(), **confidence}


def seed_records(work: Work, folder: Path) -> Iterator[Line]:
    """Yield the articles of a folder, and the records of questions about them."""
    index = work.indexed("seeds", folder)
    yield from stored(index)
    rows = [row(f"seeds-{number}", question) for number, question in enumerate(INPUTS["seeds"], 1)]
    yield from map(canonical, work.asked("seed-questions", rows, index))


def quiz_records(work: Work, folder: Path, every: int = 8, most: int = 40) -> Iterator[Line]:
    """Yield records of some questions of a news quiz, over the articles that a search brought up for them."""
    chosen = read_lines(folder / "questions.jsonl")[::every][:most]
    wanted = {url for one in chosen for url in one["meta"]["searched"]}
    with gzip.open(folder / "articles.jsonl.gz", "rt", encoding="utf-8") as lines:
        found = [line for line in map(json.loads, lines) if line["url"] in wanted]
    (work.folder / "quiz").mkdir()
    write_lines(work.folder / "quiz" / "articles.jsonl", found)
    index = work.indexed("quiz-index", work.folder / "quiz")
    yield from stored(index)
    rows = [row(f"quiz-{one['id']}", one["question"], asked=one["asked"]) for one in chosen]
    yield from map(canonical, work.asked("quiz-questions", rows, index))


def without_fractions(value: Any) -> Any:
    """Leave out numbers with a fraction, which differ in the last digits between machines."""
    if isinstance(value, dict):
        return {name: without_fractions(part) for name, part in value.items() if not isinstance(part, float)}
    return [without_fractions(part) for part in value] if isinstance(value, list) else value
