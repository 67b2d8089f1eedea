"""What a chat model writes, before and after the check: citations, what is dropped and why, F1, seconds.

    python benchmarks/written_answers.py QUESTIONS --index DIR [--model NAME] [--limit N] [--short] [--out FILE]

QUESTIONS is any set that `newsqa eval run` reads. The raw draft is all that the model wrote, each sentence with the
quotes that its own keys lead to; the checked answer is what is left of it. “As shown” counts every question, with the
sentences of articles that take the place of a draft of which nothing stood. Citation recall and precision are those of
`newsqa eval` (ALCE's, with lexical support), means over the drafts with a sentence in them; the check applies the same
support, so that the checked answer's recall is what it is by construction, and its precision says how many citations
are idle. --short asks for answers of a few words, as quiz questions want them. --out keeps a JSON object a question.
"""

from __future__ import annotations

import argparse
import json
import re
import statistics
import tempfile
from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from newsqa.answer.history import turns_from_messages
from newsqa.building import open_pipeline
from newsqa.errors import ModelError
from newsqa.evals.datasets import read_set
from newsqa.evals.gold import bounds_of
from newsqa.evals.metrics.answers import answer_scores
from newsqa.evals.metrics.citations import citation_scores
from newsqa.evals.run_file import IndexFacts, RunLine
from newsqa.prompts import load_prompts
from newsqa.render.record import to_record
from newsqa.settings import Settings
from newsqa.types import Answer, DraftSentence

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from newsqa.evals.datasets.items import Item
    from newsqa.pipeline import Pipeline
    from newsqa.types import JsonObject

SHORT = "\n\n- Give the answer itself in one sentence of at most twelve words.\n"
SCORES = ("lexical_support", "lexical_use", "f1", "contains")
_PARTICULAR = re.compile(
    r"“[^”]*”|\([^)]*\)|\d[\d.,%]*|(?<=number ).+?(?= is in)|(?<=name ).+?(?= is in)|(?<=date ).+?(?= is in)"
)
"""What a reason says of this sentence alone; without it, reasons can be counted."""


@dataclass(frozen=True, slots=True)
class Written:
    """One question: what the model wrote, as if it were an answer, and what became of it."""

    item: Item
    raw: JsonObject
    answer: Answer

    def scores(self, record: JsonObject) -> dict[str, float]:
        """Score a record as `newsqa eval` does."""
        line = RunLine(record, key="", place=(1, 1), item=self.item, known=IndexFacts())
        return citation_scores(line) | answer_scores(line)


def main() -> None:
    """Ask, and print a table."""
    arguments = _arguments()
    items = read_set(arguments.questions)[: arguments.limit]
    with tempfile.TemporaryDirectory() as folder:
        settings = replace(Settings.load(), index=arguments.index, model=arguments.model, timeout=arguments.timeout)
        if arguments.short:
            settings = replace(settings, prompts=_short_prompts(Path(folder), settings))
        with open_pipeline(settings) as desk:
            written = [found for item in items if (found := _asked(desk, item))]
    if arguments.out:
        arguments.out.write_text("".join(f"{json.dumps(_kept(one))}\n" for one in written), "utf-8")
    _print(written, asked=len(items))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("questions", type=Path)
    parser.add_argument("--index", type=Path, required=True)
    parser.add_argument("--model", default="local")
    parser.add_argument("--limit", type=int)
    parser.add_argument("--timeout", type=float, default=120.0, help="seconds for one answer")
    parser.add_argument("--short", action="store_true")
    parser.add_argument("--out", type=Path)
    return parser.parse_args()


def _short_prompts(folder: Path, settings: Settings) -> Path:
    """Ask for short answers in each prompt that tells a model how to answer."""
    prompts = load_prompts(settings.prompts)
    for name, template in prompts.templates.items():
        if name.startswith("answer-") and "system" in name:
            (folder / f"{name}.md").write_text(template.template + SHORT, "utf-8")
    return folder


def _asked(desk: Pipeline, item: Item) -> Written | None:
    """Ask one question and keep the claims of the draft as they pass by; None where there was no answer at all."""
    claims: list[DraftSentence] = []

    def listening(*given: object) -> Iterator[object]:
        for event in desk.answerer(*given):
            if isinstance(event, DraftSentence):
                claims.append(event)
            yield event

    heard = replace(desk, answerer=listening)
    try:
        answer = heard.ask(
            item.question, history=turns_from_messages(item.history), bounds=bounds_of(item), asked=item.asked
        )
    except ModelError as error:
        print(f"{item.id}: {error} {error.hint}")
        return None
    return Written(item, _raw(claims, answer), answer)


def _raw(claims: Sequence[DraftSentence], answer: Answer) -> JsonObject:
    """Return the draft as the record of an answer that nobody checked: each sentence cites what its keys lead to."""
    numbered: dict[tuple[str, int, int], int] = {}
    citations, sentences = [], []
    for claim in claims:
        marks = []
        for quote in claim.quotes:
            place = (quote.article.id, quote.start, quote.end)
            if place not in numbered:
                numbered[place] = len(numbered) + 1
                citations.append({"n": numbered[place], "quote": quote.text, "outlet": quote.article.outlet})
            marks.append(numbered[place])
        sentences.append({"text": claim.text, "citations": marks})
    text = " ".join(sentence["text"] for sentence in sentences)
    return {"config": answer.config, "text": text, "sentences": sentences, "citations": citations}


def _kept(one: Written) -> JsonObject:
    return {"id": one.item.id, "raw": one.raw, "answer": {**to_record(one.answer), "retrieved": []}}


def _print(written: Sequence[Written], asked: int) -> None:
    drafts = [one for one in written if one.raw["sentences"]]
    kept = [one for one in drafts if any(_own(one, sentence.text) for sentence in one.answer.sentences)]
    print(
        f"{asked} asked, {len(written)} answered or refused, {len(drafts)} drafted, "
        f"{len(kept)} with a sentence of the draft that stood"
    )
    print(f"\n| | sentences | {' | '.join(SCORES)} |\n{'|---' * (2 + len(SCORES))}|")
    _row("raw draft", drafts, [one.raw for one in drafts])
    _row("checked answer", kept, [to_record(one.answer) for one in kept])
    _row("as shown", written, [to_record(one.answer) for one in written])
    _reasons(written, sum(len(one.raw["sentences"]) for one in written))
    seconds = [one.answer.timings["total"] for one in written]
    quarters = statistics.quantiles(seconds, n=20) if len(seconds) > 1 else seconds
    used = [one.answer.usage for one in drafts]
    print(f"\nseconds an answer: median {statistics.median(seconds):.1f}, p95 {quarters[-1]:.1f}")
    if used:
        read = statistics.median(usage.input_tokens for usage in used)
        print(
            f"tokens, median: {read:.0f} read, {statistics.median(usage.output_tokens for usage in used):.0f} written"
        )


def _own(one: Written, text: str) -> bool:
    return any(text == sentence["text"] for sentence in one.raw["sentences"])


def _row(title: str, written: Sequence[Written], records: Sequence[JsonObject]) -> None:
    found = [one.scores(record) for one, record in zip(written, records, strict=True)]
    means = []
    for name in SCORES:
        values = [scores[name] for scores in found if name in scores]
        means.append(f"{100 * statistics.fmean(values):.1f} ({len(values)})" if values else "")
    print(f"| {title} | {sum(len(record['sentences']) for record in records)} | " + " | ".join(means) + " |")


def _reasons(written: Sequence[Written], sentences: int) -> None:
    """Print why sentences were dropped, most frequent first, in percent of all that were written."""
    reasons = Counter(_PARTICULAR.sub("…", dropped.why) for one in written for dropped in one.answer.dropped)
    print(f"\n| dropped because | of {sentences} sentences |\n|---|---|")
    for reason, times in reasons.most_common():
        print(f"| {reason} | {times} ({100 * times / max(1, sentences):.0f} %) |")


if __name__ == "__main__":
    main()
