"""Chooses the lines of a page that are its article.

trafilatura (Barbaresi 2021) goes first. If what it takes is much less than what the page shows as running text, its
mode for recall, the paragraphs of the part with the most text, and the text in the page's data are tried, and the one
that agrees best with the running text is taken. Stored are the page's own lines, not what a program makes of them.
"""

from __future__ import annotations

import logging
import re
from collections import defaultdict
from dataclasses import dataclass
from functools import cache
from typing import Any

from newsqa.ingest.people import LEAD, find_people
from newsqa.ingest.readers.own_lines import OwnLines
from newsqa.ingest.readers.page_lines import PageLine, PageLines, count_held, size, squeeze
from newsqa.ingest.written_dates import find_written_dates

ENOUGH = 0.6  # share of the running text outside sidebars and comments; with less than that, other ways are tried
AGREEING = 0.82  # where the chosen lines agree less with the running text, too much of the page may be among them
SHORT = 250  # characters without spaces; a page whose article is shorter is looked at again
BETTER = 1.15  # another way must agree so many times better with the running text
DOUBTFUL = 0.4
MOSTLY = 0.6

_EXTRACT_BLOCKS = frozenset({"p", "head", "item", "quote", "cell", "lb", "code", "list", "table", "row"})
_ABOVE = 8


@dataclass(frozen=True, slots=True)
class Choice:
    """The chosen lines, and why they may not be the whole article ("" if nothing speaks for that)."""

    lines: list[str]
    doubt: str = ""


def choose_text(tree: Any, lines: PageLines, body: str, title: str | None) -> Choice:
    """Return the lines of the article. `body` is the article's text in the page's data, "" if it has none."""
    end = lines.end_place(title)
    shown = [lines.all[n] for n in lines.body if n < end]
    wanted = _Agreement(shown)
    own = OwnLines(lines)
    chosen = own.restore(_extract(tree))
    recall = wanted.recall(chosen)
    little = recall < ENOUGH or (recall < AGREEING and size(chosen) < SHORT)
    if wanted.total and (little or wanted.score(chosen) < AGREEING):
        chosen = _best(tree, lines, own, wanted, chosen, thorough=little)
    if not _is_about(chosen, title):
        ways = (_densest_part(lines), own.restore(_extract(tree, recall=True)))
        chosen = next((one for one in ways if size(one) > SHORT and _is_about(one, title)), chosen)
    chosen = own.complete(chosen, shown, end)
    if body and (whole := _whole_body(body, own, shown, chosen)):
        return Choice(whole)
    if not chosen:
        return Choice(_main_lines(lines))
    kept = own.without_labels(_without_credits(chosen, own))
    return Choice(kept, _doubt(kept, wanted, title, own))


def _extract(tree: Any, *, recall: bool = False) -> list[str]:
    """Return the lines that trafilatura takes for the article."""
    from trafilatura import bare_extraction

    try:
        document = bare_extraction(tree, options=_options(recall=recall))
    except Exception:  # a broken page may raise anything; its paragraphs are there all the same
        return []
    body = getattr(document, "body", None)
    return _lines_of_extract(body) if body is not None else []


@cache
def _options(*, recall: bool) -> Any:
    from trafilatura.settings import Extractor

    logging.getLogger("trafilatura").setLevel(logging.CRITICAL)  # it writes to the screen about every odd page
    return Extractor(output_format="python", fast=True, recall=recall, comments=False, tables=True)


def _lines_of_extract(body: Any) -> list[str]:
    """Return the lines of trafilatura's own XML, without the marks that its plain text adds to lists."""
    for element in body.iter():
        if element.tag in _EXTRACT_BLOCKS:
            element.text = "\n" + (element.text or "")
            element.tail = "\n" + (element.tail or "")
    return [line for line in (" ".join(part.split()) for part in "".join(body.itertext()).split("\n")) if line]


class _Agreement:
    """Compares texts with the running text that a page shows."""

    def __init__(self, shown: list[PageLine]) -> None:
        self._shown = [squeeze(line.text) for line in shown]
        self.total = sum(map(len, self._shown))

    def recall(self, texts: list[str]) -> float:
        """Return the share of the running text that is among these lines."""
        return self._shared(texts) / self.total if self.total else 1.0

    def score(self, texts: list[str]) -> float:
        """Return the harmonic mean of that share and of the share of these lines that is running text."""
        both = self.total + size(texts)
        return 2 * self._shared(texts) / both if both else 0.0

    def _shared(self, texts: list[str]) -> int:
        return count_held(self._shown, texts)


def _best(
    tree: Any, lines: PageLines, own: OwnLines, wanted: _Agreement, chosen: list[str], *, thorough: bool
) -> list[str]:
    """Return the lines of the way that agrees best with the running text; the first one if none is clearly better."""
    best, reached = chosen, wanted.score(chosen) * BETTER
    other = _densest_part(lines)
    if (score := wanted.score(other)) > reached:
        best, reached = other, score * 1.02
    if thorough and reached < 0.9 and wanted.score(other := own.restore(_extract(tree, recall=True))) > reached:
        best = other
    return best


def _densest_part(lines: PageLines) -> list[str]:
    """Return the lines of the part of the page with the most running text close together."""
    scores: defaultdict[Any, float] = defaultdict(float)
    for line in lines.running:
        if lines.zone(line.block):
            continue
        share = float(len(line.text))
        for element in [line.block, *line.block.iterancestors()][1:5]:
            scores[element] += share
            share *= 0.8
    if not scores:
        return []
    top = max(scores, key=lambda element: scores[element])
    inside = [
        line
        for line in lines.all
        if not lines.zone(line.block) and (line.block is top or any(one is top for one in line.block.iterancestors()))
    ]
    return [line.text for line in inside if line.linked < 0.5 * len(line.text) or line.is_running]


def _whole_body(body: str, own: OwnLines, shown: list[PageLine], chosen: list[str]) -> list[str]:
    """Return the article as the page's data has it, if the page shows a part of it and nothing that contradicts it."""
    if size([body]) <= 1.3 * size(chosen):
        return []
    visible = sum(len(squeeze(line.text)) for line in shown)
    agreed = count_held([squeeze(line.text) for line in shown], [body])
    if visible and agreed < 0.5 * visible:
        return []
    whole = own.holding(body)
    return whole if size(whole) > 0.85 * size([body]) else [line for line in body.splitlines() if line.strip()]


def _without_credits(chosen: list[str], own: OwnLines) -> list[str]:
    """Return the lines without title, byline and date around the text, which the article's fields hold."""
    for n, line in enumerate(chosen[:_ABOVE]):
        if own.is_running(line):
            above = [one for one in chosen[:n] if not (own.is_title(one) or _is_credit(one))]
            below = chosen[n:]
            while len(below) > 1 and not own.is_running(below[-1]) and _is_credit(below[-1]):
                below.pop()
            return above + below
    return chosen


def _is_credit(line: str) -> bool:
    """Return True if a line only says when the article was published, or by whom."""
    if len(line) > 120:
        return False
    lead = LEAD.match(line)
    if lead and find_people(line) and len(line.split()) < 14:
        return True
    dates = list(find_written_dates(line))
    rest = line
    for one in reversed(dates):
        rest = rest[: one.start] + rest[one.end :]
    return bool(dates) and len(re.findall(r"[^\W\d_]", rest)) < 40


def _main_lines(lines: PageLines) -> list[str]:
    """Return the lines of a page too short for trafilatura: of its article, else its main part, else all of it."""
    for name in ("article", "main", "body"):
        part = [
            line.text
            for line in lines.all
            if lines.zone(line.block) in {"", "caption"}
            and any(one.tag == name for one in [line.block, *line.block.iterancestors()])
        ]
        if part:
            return part
    return [line.text for line in lines.all]


def _doubt(kept: list[str], wanted: _Agreement, title: str | None, own: OwnLines) -> str:
    """Return why these lines may not be the whole article, or the article at all."""
    taken = size(kept)
    if wanted.total > 2 * SHORT and wanted.recall(kept) < DOUBTFUL:
        return f"only {100 * wanted.recall(kept):.0f} % of the text that it shows could be taken for the article"
    if taken < SHORT and own.size > max(4 * taken, 1_000):
        return f"it shows hardly any text of an article ({sum(len(line.split()) for line in kept)} words)"
    if own.linked_share(kept) > MOSTLY:
        return "what it shows is mostly links to other pages"
    if not _is_about(kept, title):
        return "nothing of its title is in the text that was found"
    return ""


def _is_about(texts: list[str], title: str | None) -> bool:
    """Return True if any word of the title is in a text, or if the title has too few words to say."""
    words = {word[:6] for word in re.findall(r"[^\W\d_]{4,}", (title or "").casefold())}
    text = " ".join(texts).casefold()
    return len(words) < 3 or any(word in text for word in words)
