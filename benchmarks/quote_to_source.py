"""Quote to source: which article, outlet and date words come from, and a refusal where their article was taken out.

    newsqa index FOLDER/articles.jsonl.gz --index INDEX
    python benchmarks/quote_to_source.py FOLDER INDEX [--quotes 300] [--seed 1]

Quotes of 8 to 40 words, sentences and what somebody says in quotation marks, are drawn from as many articles; a third
of these articles are taken out of a copy of the index. The quotes are asked as they stand, then as people change what
they quote, in many ways of asking. An answer is right where the article that it cites first holds the words, and its
text names that article's title, outlet and date. Which articles hold them is found by comparing words here, not by
newsqa.
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
import re
import shutil
import statistics
import tempfile
import time
import unicodedata
from collections import Counter
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from newsqa.building import open_pipeline
from newsqa.ingest.indexer import index_source, remove_source
from newsqa.search.sources import quotation_in
from newsqa.settings import Settings
from newsqa.text.calendar import format_day
from newsqa.text.sentences import sentence_spans

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from newsqa.pipeline import Pipeline
    from newsqa.types import Answer

    Row = dict[str, str]

SHORTEST, LONGEST = 8, 40
SAID = re.compile(r"“([^“”\n]+)”|\"([^\"\n]+)\"")
WAYS = (
    "Which article, outlet and date does this quote come from: “{}”?",
    "Who published “{}”?",
    "Where does the quote '{}' come from?",
    'which outlet reported that "{}"',
    "Find the source of: {}",
    "In which article does this sentence stand? “{}”",
    "When was this said: “{}”",
    "{} Source?",
    "Source: «{}»",
    "„{}“ – which newspaper printed that, and when?",
    "Can you tell me where these words come from: ‘{}’",
)


@dataclass(frozen=True, slots=True)
class Case:
    """A quote as drawn, and whether its article was taken out."""

    quote: str
    taken_out: bool


def main() -> None:
    """Measure."""
    given = _options()
    rows = read_rows(given.folder)
    chance = random.Random(given.seed)
    drawn = list(draw(rows, given.quotes, chance))
    out = {row["url"] for row, _ in drawn[: given.quotes // 3]}
    kept = [row for row in rows if row["url"] not in out]
    texts = {row["url"]: normal(row["text"]) for row in kept}
    by_url = {row["url"]: row for row in kept}
    cases = [Case(quote, row["url"] in out) for row, quote in drawn]
    with tempfile.TemporaryDirectory() as folder:
        settings = kept_index(given.index, kept, Path(folder))
        with open_pipeline(settings) as desk:
            desk.ask("Is this thing warm?")
            print(f"{len(rows):,} articles, {len(kept):,} of them indexed, {len(cases)} quotes")
            for name, change in VARIANTS.items():
                measure(name, change, cases, desk, texts, by_url, random.Random(given.seed))
    mistaken(given.folder)


def measure(
    name: str,
    change: Callable[[str, random.Random], str],
    cases: Sequence[Case],
    desk: Pipeline,
    texts: dict[str, str],
    by_url: dict[str, Row],
    chance: random.Random,
) -> None:
    """Ask all quotes in one variant and print a line of figures."""
    counted: Counter[str] = Counter()
    seconds = []
    for n, case in enumerate(cases):
        quote = change(case.quote, chance)
        question = (
            (WAYS[n % len(WAYS)]).format(quote) if name in {"as it stands", "misquoted"} else WAYS[0].format(quote)
        )
        holders = {url for url, text in texts.items() if holds(text, quote)}
        began = time.perf_counter()
        answer = desk.ask(question)
        seconds.append(time.perf_counter() - began)
        verdict = judged(answer, holders, by_url)
        counted[verdict] += 1
        if verdict.endswith("wrong"):
            print(f"    {verdict}: {question!r} → {answer.text[:160]!r}")
    cuts = statistics.quantiles(seconds, n=20)
    held, gone = counted["held, right"] + counted["held, wrong"], counted["gone, right"] + counted["gone, wrong"]
    print(
        f"{name:24} named {_rate(counted['held, right'], held)}   refused {_rate(counted['gone, right'], gone)}"
        f"   p50 {1000 * cuts[9]:.0f} ms, p95 {1000 * cuts[18]:.0f} ms",
        flush=True,
    )


def judged(answer: Answer, holders: set[str], by_url: dict[str, Row]) -> str:
    """Compare an answer with the articles that hold the words."""
    if not holders:
        return "gone, right" if answer.refused and len(answer.retrieved) >= 10 else "gone, wrong"
    if answer.refused or answer.citations[0].url not in holders:
        return "held, wrong"
    row = by_url[answer.citations[0].url]
    published = format_day(date.fromisoformat(row["published"][:10])) if row["published"] else "date unknown"
    named = (" ".join(row["title"].split()), row["outlet"] or "outlet unknown", published)
    return "held, right" if all(part in answer.text for part in named) else "held, wrong"


def mistaken(folder: Path) -> None:
    """Tell how many of the ordinary questions of the set are taken for questions of origin."""
    lines = (folder / "questions.jsonl").read_text("utf-8").splitlines()
    taken = sum(quotation_in(json.loads(line)["question"]) is not None for line in lines)
    print(f"{'ordinary questions':24} {taken} of {len(lines)} are taken for questions of origin")


def draw(rows: Sequence[Row], wanted: int, chance: random.Random) -> Iterator[tuple[Row, str]]:
    """Yield a quote each of so many articles: what somebody says in every second, where somebody says something."""
    found = 0
    for row in chance.sample(list(rows), len(rows)):
        text = row["text"]
        said = [next(filter(None, match.groups())) for match in SAID.finditer(text)]
        whole = [text[start:end] for start, end in sentence_spans(text)]
        fitting = [[q for q in quotes if SHORTEST <= len(q.split()) <= LONGEST] for quotes in (said, whole)]
        quotes = fitting[found % 2] or fitting[1]
        if quotes and row["title"]:
            found += 1
            yield row, chance.choice(quotes)
        if found == wanted:
            return


def kept_index(index: Path, kept: Sequence[Row], work: Path) -> Settings:
    """Copy an index of all articles and leave the kept ones in it; no vector is made anew."""
    settings = replace(Settings.load(), index=work / "index")
    shutil.copytree(index, settings.index)
    source = work / "kept.jsonl"
    source.write_text("".join(json.dumps(row) + "\n" for row in kept), "utf-8")
    before = _names(settings)
    index_source(settings, str(source))
    for name in before:
        remove_source(settings, name)
    return settings


def _names(settings: Settings) -> list[str]:
    from newsqa.store.snapshot import open_index

    with open_index(settings) as opened, opened.snapshot() as index:
        return [source.name for source in index.list_sources()]


def holds(text: str, quote: str) -> bool:
    """Tell whether a text, as `normal` gives it, holds the parts of a quote in their order."""
    at = 0
    for part in re.split(r"…|\[\.\.\.\]|\[sic\]", quote):
        at = text.find(normal(part), at)
        if at < 0:
            return False
    return True


def normal(text: str) -> str:
    """Return the words of a text in lower case, a space before and after each."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    return " " + "  ".join(re.findall(r"[^\W_]+", plain)) + " "


def trimmed(quote: str, chance: random.Random) -> str:
    """Leave out words at both ends, so that the quote begins and ends inside a sentence."""
    words = quote.split()
    return " ".join(words[chance.randint(1, 2) : len(words) - chance.randint(1, 2)])


def shortened(mark: str) -> Callable[[str, random.Random], str]:
    """Leave out some words in the middle, and put a mark in their place."""

    def change(quote: str, chance: random.Random) -> str:
        words = quote.split()
        at = chance.randint(3, len(words) - 4)
        return " ".join([*words[:at], mark, *words[at + 1 + len(words) // 20 :]])

    return change


def reset(quote: str, chance: random.Random) -> str:
    """Set the quote in other type: other quotation marks, dashes, spaces, and its lines broken."""
    for one, other in (("’", "'"), ("“", '"'), ("”", '"'), ("–", "—"), ("-", "‑")):
        quote = quote.replace(one, other)
    words = quote.split(" ")
    return "".join(word + chance.choice([" ", " ", "\n", "\u00a0", "  "]) for word in words).strip()


def misquoted(quote: str, chance: random.Random) -> str:
    """Put another word in the place of one."""
    words = quote.split()
    words[chance.randrange(2, len(words) - 2)] = chance.choice(["marmalade", "reluctantly", "cathedral", "forty-eight"])
    return " ".join(words)


def noted(quote: str, chance: random.Random) -> str:
    """Put [sic] behind a word."""
    words = quote.split()
    words.insert(chance.randrange(2, len(words) - 1), "[sic]")
    return " ".join(words)


VARIANTS: dict[str, Callable[[str, random.Random], str]] = {
    "as it stands": lambda quote, _: quote,
    "trimmed": trimmed,
    "with … in the middle": shortened("…"),
    "with [...] in the middle": shortened("[...]"),
    "lower case": lambda quote, _: quote.lower(),
    "first letter changed": lambda quote, _: quote[:1].swapcase() + quote[1:],
    "in other type": reset,
    "punctuation moved": lambda quote, _: quote.rstrip(".,;!?") + ",",
    "with [sic]": noted,
    "misquoted": misquoted,
}


def read_rows(folder: Path) -> list[Row]:
    """Read the articles of a set."""
    with gzip.open(folder / "articles.jsonl.gz", "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def _rate(right: int, of: int) -> str:
    return f"{right:3} of {of:3} ({right / of:6.1%})" if of else "          –        "


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="articles.jsonl.gz and questions.jsonl")
    parser.add_argument("index", type=Path, help="an index of all the articles; it is copied")
    parser.add_argument("--quotes", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    return parser.parse_args()


if __name__ == "__main__":
    main()
