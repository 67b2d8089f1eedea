"""The evidence of a question: which articles and passages hold what answers it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from newsqa.evals.scorers.answers import strings
from newsqa.evals.scorers.normal import findable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from newsqa.evals.lines import Line
    from newsqa.evals.sets.items import Gold
    from newsqa.records import JsonObject

PASSAGE_WORDS = 250
"""As much of a passage counts, so that long passages are no advantage."""

_FEWEST_WORDS = 5  # of a quote; fewer stand in many passages
_LONG_QUOTE = 100  # words; sets made of passages (mtRAG) quote whole ones


@dataclass(frozen=True, slots=True)
class GoldQuote:
    """The words of a gold quote in findable form, and the articles that carry it, none where it is not indexed."""

    words: str
    carriers: frozenset[str]

    def overlaps(self, article_id: str, text: str) -> bool:
        """Whether a text (in findable form) of an article holds the quote, or the first or last half of it.

        A long quote is a passage itself, and parted elsewhere: then half of the text may stand in the quote instead.
        """
        if article_id not in self.carriers:
            return False
        if any(half in text for half in _halves(self.words)):
            return True
        return len(self.words.split()) > _LONG_QUOTE and any(half in self.words for half in _halves(text))


def _halves(text: str) -> tuple[str, str]:
    """Return the first and the last half of a text in findable form, of a short one five words or all."""
    words = text.split()
    half = max((len(words) + 1) // 2, _FEWEST_WORDS)
    return f" {' '.join(words[:half])} ", f" {' '.join(words[-half:])} "


@dataclass(frozen=True, slots=True)
class Evidence:
    """What to look for in passages: gold quotes, and accepted answers as their parts in findable form."""

    quotes: tuple[GoldQuote, ...]
    answers: tuple[tuple[str, ...], ...]
    articles: bool = True

    def __bool__(self) -> bool:
        return bool(self.quotes or self.answers)

    def form(self, text: str) -> str:
        """Bring the part of a passage that counts to the form in which it is looked through."""
        return findable(" ".join(text.split()[:PASSAGE_WORDS]), articles=self.articles)

    def borne(self, article_id: str, text: str) -> bool:
        """Whether a text in that form bears the answer: a whole accepted one, or one of the gold quotes."""
        return self.answers_in(text) or any(quote.overlaps(article_id, text) for quote in self.quotes)

    def answers_in(self, text: str) -> bool:
        """Whether an accepted answer stands in a text in that form, all parts of it."""
        return any(all(part in text for part in answer) for answer in self.answers)

    def part_in(self, text: str) -> bool:
        """Whether a part of an accepted answer stands in a text in that form."""
        return any(part in text for answer in self.answers for part in answer)


def evidence(line: Line) -> Evidence:
    """Gather the evidence of a question."""
    golds = zip(line.item.gold, line.known.gold, strict=False)
    quotes = (
        GoldQuote(words, frozenset(carriers))
        for gold, carriers in golds
        if gold.quote and (words := findable(gold.quote, articles=not line.item.scored_as_squad))
    )
    return Evidence(tuple(dict.fromkeys(quotes)), tuple(strings(line.item)), not line.item.scored_as_squad)


def stories(line: Line) -> list[frozenset[str]]:
    """Return the articles of each gold story: golds that share an article are one; a gold not indexed has none.

    Golds that name the same article, for two quotes say, are one too.
    """
    merged: list[tuple[set[str], set[str]]] = []
    for gold, carriers in zip(line.item.gold, line.known.gold, strict=False):
        names, articles = _names(gold), set(carriers)
        shared = [story for story in merged if story[0] & names or story[1] & articles]
        merged = [story for story in merged if story not in shared]
        merged.append((names.union(*(s[0] for s in shared)), articles.union(*(s[1] for s in shared))))
    return [frozenset(articles) for _, articles in merged]


def _names(gold: Gold) -> set[str]:
    return {f"{kind}={name}" for kind in ("url", "path", "article_id") if (name := getattr(gold, kind))}


def passages(line: Line) -> list[tuple[str, str]]:
    """Return article and text of each passage retrieved, best first; none of a line that failed.

    An article that the index does not know goes by its address or path, one without either stands alone.
    """
    found: Sequence[JsonObject] = () if line.failed else line.record.get("retrieved") or ()
    names = ("article_id", "url", "path")
    return [
        (next((entry[name] for name in names if entry.get(name)), f"passage {n}"), entry.get("text") or "")
        for n, entry in enumerate(found)
    ]
