"""Measure the reading of web pages on a folder of pages with known answers, beside plain trafilatura.

    python benchmarks/pages.py [FOLDER] [--only newsqa|trafilatura] [--wrong] [--json FILE]

FOLDER holds `src/` with the pages and `gold.json`: {"NAME.html": {"title", "date", "authors", "outlet", "url", "text",
"with", "without"}}, where each field may be missing. "text" is the whole article, "with" are segments that its text
must hold, "without" segments that it must not. Without FOLDER the invented pages of tests/data/pages are read.

Text: precision and recall over runs of four words (as bags), the mean over pages, and F1 of the two means. Dates:
right, one day off, wrong, missing. Bylines: right, partly, wrong, missing. Titles: right, with or without a suffix,
wrong, missing. The same is measured for `trafilatura.bare_extraction` on the same bytes, with its default settings.
`--wrong` prints what differs, page by page; `--json` writes the figures to a file.
"""

from __future__ import annotations

import argparse
import io
import json
import logging
import re
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

SAMPLE = Path(__file__).parents[1] / "tests" / "data" / "pages"
RUN_WORDS = 4
OUTCOMES = ("right", "nearly", "wrong", "missing")

Gold = dict[str, Any]


@dataclass(frozen=True)
class Read:
    """What a program read from a page."""

    text: str = ""
    title: str | None = None
    date: str | None = None
    authors: str | None = None
    problem: str | None = None


@dataclass
class Figures:
    """The figures of one program over a folder."""

    pages: int = 0
    seconds: float = 0.0
    precisions: list[float] = field(default_factory=list)
    recalls: list[float] = field(default_factory=list)
    found: int = 0
    wanted: int = 0
    left: int = 0
    unwanted: int = 0
    empty: list[str] = field(default_factory=list)
    reported: int = 0
    dates: Counter[str] = field(default_factory=Counter)
    bylines: Counter[str] = field(default_factory=Counter)
    titles: Counter[str] = field(default_factory=Counter)
    differing: list[str] = field(default_factory=list)


def read_with_newsqa(data: bytes) -> Read:
    """Read a page as `newsqa index` does, up to the text that is stored."""
    from newsqa.errors import SourceError
    from newsqa.ingest.clean import clean
    from newsqa.ingest.files import RawArticle
    from newsqa.ingest.readers.pages import read_page

    article, problem = None, None
    try:
        for item in read_page(io.BytesIO(data), ""):
            if isinstance(item, RawArticle):
                article = item
            else:
                problem = item.reason
    except SourceError as error:
        problem = str(error)
    if article is None:
        return Read(problem=problem or "no article")
    published = article.published.isoformat() if article.published else None
    return Read(clean(article.text), article.title, published, article.byline, problem)


def read_with_trafilatura(data: bytes) -> Read:
    """Read a page with trafilatura alone."""
    from trafilatura import bare_extraction

    try:
        found = bare_extraction(data, with_metadata=True)
    except Exception as error:  # a broken page may raise anything
        return Read(problem=type(error).__name__)
    if found is None:
        return Read(problem="nothing extracted")
    return Read(found.text or "", found.title, found.date, found.author)


def measure(folder: Path, read: Any) -> Figures:
    """Read every page of a folder and compare it with its gold."""
    gold: dict[str, Gold] = json.loads((folder / "gold.json").read_text("utf-8"))
    figures = Figures()
    for name, wanted in gold.items():
        data = (folder / "src" / name).read_bytes()
        started = time.process_time()
        found = read(data)
        figures.seconds += time.process_time() - started
        figures.pages += 1
        compare(figures, name, wanted, found)
    return figures


def compare(figures: Figures, name: str, wanted: Gold, found: Read) -> None:
    """Add what was read from one page to the figures."""
    text = fold_space(found.text)
    if wanted.get("text"):
        precision, recall = overlap(fold_space(wanted["text"]), text)
        figures.precisions.append(precision)
        figures.recalls.append(recall)
        if min(precision, recall) < 0.9:
            figures.differing.append(f"{name}: text precision {precision:.2f}, recall {recall:.2f}")
    held = [segment for segment in wanted.get("with", ()) if fold_space(segment) in text]
    figures.found += len(held)
    figures.wanted += len(wanted.get("with", ()))
    if wanted.get("with") and not held:
        figures.empty.append(name)
        figures.reported += found.problem is not None
    unwanted = [segment for segment in wanted.get("without", ()) if fold_space(segment) in text]
    figures.left += len(unwanted)
    figures.unwanted += len(wanted.get("without", ()))
    lost = [segment for segment in wanted.get("with", ()) if segment not in held]
    figures.differing += [f"{name}: lost {segment[:80]!r}" for segment in lost]
    figures.differing += [f"{name}: kept {segment[:80]!r}" for segment in unwanted]
    for what, counter, judge in (
        ("date", figures.dates, judge_date),
        ("authors", figures.bylines, judge_byline),
        ("title", figures.titles, judge_title),
    ):
        if wanted.get(what):
            outcome = judge(wanted[what], getattr(found, what))
            counter[outcome] += 1
            if outcome != "right":
                figures.differing.append(f"{name}: {what} {outcome}: {getattr(found, what)!r}, not {wanted[what]!r}")


def overlap(wanted: str, found: str) -> tuple[float, float]:
    """Return precision and recall over runs of four words, as bags."""
    one, two = _runs(wanted), _runs(found)
    shared = (one & two).total()
    return shared / two.total() if two else 0.0, shared / one.total() if one else 1.0


def _runs(text: str) -> Counter[tuple[str, ...]]:
    words = re.findall(r"\w+", text)
    if 0 < len(words) < RUN_WORDS:
        return Counter([tuple(words)])
    return Counter(tuple(words[n : n + RUN_WORDS]) for n in range(len(words) - RUN_WORDS + 1))


def fold_space(text: str) -> str:
    """Return text with white space as single blanks."""
    return " ".join(text.split())


def judge_date(wanted: str, found: str | None) -> str:
    """Compare two days: one day apart is nearly right."""
    if not found:
        return "missing"
    apart = abs((date.fromisoformat(wanted[:10]) - date.fromisoformat(found[:10])).days)
    return ("right", "nearly")[apart] if apart < 2 else "wrong"


def judge_byline(wanted: str | list[str], found: str | None) -> str:
    """Compare the names of two bylines, in any order."""
    if not found:
        return "missing"
    one, two = _names(wanted), _names(found)
    if one == two:
        return "right"
    joined, other = " ".join(sorted(one)), " ".join(sorted(two))
    return "nearly" if one & two or joined in other or other in joined else "wrong"


def _names(value: str | list[str]) -> set[str]:
    text = "; ".join(value) if isinstance(value, list) else value
    parts = re.split(r"\s*(?:[,;&|/]|\b(?:and|und|et|y)\b)\s*", fold_marks(text))
    return {part.removeprefix("by ").removeprefix("von ").strip(" .") for part in parts if part.strip(" .")}


def judge_title(wanted: str, found: str | None) -> str:
    """Compare two titles: one that holds the other is nearly right."""
    if not found:
        return "missing"
    one, two = fold_marks(wanted), fold_marks(found)
    if one == two:
        return "right"
    return "nearly" if one in two or two in one else "wrong"


def fold_marks(text: str) -> str:
    """Return text in small letters with plain quotes, dashes and single blanks."""
    folded = re.sub(r"[“”„«»\"’‘‚`´]", "'", text.casefold())
    return fold_space(re.sub(r"\s*[‐‑‒–—―-]\s*", "-", folded))


def report(name: str, figures: Figures) -> list[str]:
    """Return the lines that say what was measured."""
    lines = [
        f"{name}: {figures.pages} pages, {figures.pages / max(figures.seconds, 1e-9):.1f} a second of processor time"
    ]
    if figures.recalls:
        precision = sum(figures.precisions) / len(figures.precisions)
        recall = sum(figures.recalls) / len(figures.recalls)
        f1 = 2 * precision * recall / (precision + recall) if precision + recall else 0.0
        lines.append(
            f"  text: F1 {f1:.4f}, precision {precision:.4f}, recall {recall:.4f} ({len(figures.recalls)} pages)"
        )
    if figures.wanted:
        lines.append(
            f"  segments: {figures.found} of {figures.wanted} found, {figures.left} of {figures.unwanted} kept"
        )
        lines.append(f"  pages without a wanted segment: {len(figures.empty)}, {figures.reported} of them reported")
    for what, counter in (("dates", figures.dates), ("bylines", figures.bylines), ("titles", figures.titles)):
        if counter:
            lines.append(f"  {what}: " + ", ".join(f"{counter[outcome]} {outcome}" for outcome in OUTCOMES))
    return lines


def main() -> None:
    """Measure, print and write the figures."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("folder", nargs="?", type=Path, default=SAMPLE)
    parser.add_argument("--only", choices=("newsqa", "trafilatura"))
    parser.add_argument("--wrong", action="store_true", help="print what differs, page by page")
    parser.add_argument("--json", type=Path, help="write the figures to this file")
    args = parser.parse_args()
    logging.disable(logging.ERROR)  # trafilatura and htmldate write about every odd page
    readers = {"newsqa": read_with_newsqa, "trafilatura": read_with_trafilatura}
    measured = {}
    for name, read in readers.items():
        if args.only in {None, name}:
            read(b"<html><body><p>Imports what reading needs.</p></body></html>")
            figures = measured[name] = measure(args.folder, read)
            print("\n".join(report(name, figures)))
            if args.wrong:
                print("\n".join(f"    {line}" for line in figures.differing))
    if args.json:
        args.json.write_text(json.dumps({name: vars(one) for name, one in measured.items()}, indent=1), "utf-8")


if __name__ == "__main__":
    main()
