"""Retrieval: was what answers a question found, by article and by the passage that holds the answer.

Both are ranks of pieces of evidence, measured by trec_eval's definitions through ir-measures (arXiv:2111.13466).
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from newsqa.evals.metrics.answers import findable, strings
from newsqa.evals.metrics.base import Metric, shows

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from newsqa.evals.run_file import RunLine
    from newsqa.types import JsonObject

    Ranks = tuple[int | None, ...]

DEPTHS = (1, 5, 10)  # how many of the first found count for hit@k


def _metrics(unit: str, title: str, note: str) -> tuple[Metric, ...]:
    whats = {
        **{f"hit@{k}": f"one in the first {k}" if k > 1 else "the first one" for k in DEPTHS},
        **{f"recall@{k}": f"share in the first {k}" for k in DEPTHS[1:]},
        "mrr": "reciprocal rank of the first",
        "ndcg@10": "nDCG in the first 10",
    }
    return tuple(
        Metric(f"{unit}_{name}", "retrieval", f"{title}: {what}", note, rate=name.startswith("hit"))
        for name, what in whats.items()
    )


METRICS = (
    *_metrics(
        "doc",
        "Gold article",
        "Over questions with gold; articles in the order of their first passage, copies of a gold article as one.",
    ),
    *_metrics(
        "passage",
        "Evidence",
        "Over questions with short answers or gold quotes; a passage counts that holds an accepted answer or half of a "
        "gold quote.",
    ),
)

# The evidence of a question: which articles and passages hold what answers it.

PASSAGE_WORDS = 250  # as much of a passage counts, so that long passages are no advantage
_FEWEST_WORDS = 5  # of a quote; fewer are in many passages
_LONG_QUOTE = 100  # words; sets made of passages quote whole ones


@dataclass(frozen=True, slots=True)
class GoldQuote:
    """The words of a gold quote in findable form, and the articles that carry it, none if it is not indexed."""

    words: str
    articles: frozenset[str]

    def overlaps(self, article_id: str, text: str) -> bool:
        """Return True if a text (in findable form) of an article holds the quote, or the first or last half of it.

        A long quote is a passage itself, and split elsewhere: then half of the text may be in the quote instead.
        """
        if article_id not in self.articles:
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

    def __bool__(self) -> bool:
        return bool(self.quotes or self.answers)

    def normalize(self, text: str) -> str:
        """Bring the part of a passage that counts to the form in which it is looked through."""
        return findable(" ".join(text.split()[:PASSAGE_WORDS]))

    def holds_answer(self, article_id: str, text: str) -> bool:
        """Return True if a text in that form holds the answer: a whole accepted one, or one of the gold quotes."""
        return self.has_answer(text) or any(quote.overlaps(article_id, text) for quote in self.quotes)

    def has_answer(self, text: str) -> bool:
        """Return True if an accepted answer is in a text in that form, all parts of it."""
        return any(all(part in text for part in answer) for answer in self.answers)

    def has_part(self, text: str) -> bool:
        """Return True if a part of an accepted answer is in a text in that form."""
        return any(part in text for answer in self.answers for part in answer)


def evidence(line: RunLine) -> Evidence:
    """Gather the evidence of a question."""
    golds = zip(line.item.gold, line.known.gold, strict=False)
    quotes = (GoldQuote(words, frozenset(ids)) for gold, ids in golds if gold.quote and (words := findable(gold.quote)))
    return Evidence(tuple(dict.fromkeys(quotes)), tuple(strings(line.item)))


def stories(line: RunLine) -> list[frozenset[str]]:
    """Return the articles of each gold story: golds that share an article or a name are one; one not indexed has none.

    Two quotes of an article are one too.
    """
    merged: list[tuple[set[str], set[str]]] = []
    for gold, ids in zip(line.item.gold, line.known.gold, strict=False):
        keys, articles = {*filter(None, (gold.url, gold.path, gold.article_id)), *ids}, set(ids)
        for story in [story for story in merged if story[0] & keys]:
            merged.remove(story)
            keys, articles = keys | story[0], articles | story[1]
        merged.append((keys, articles))
    return [frozenset(articles) for _, articles in merged]


def passages(line: RunLine) -> list[tuple[str, str]]:
    """Return article and text of each passage retrieved, best first; none of a line that failed.

    An article that the index does not know goes by its address or path, one without either is alone.
    """
    found: Sequence[JsonObject] = () if line.failed else line.record.get("retrieved") or ()
    names = ("article_id", "url", "path")
    return [
        (next((entry[name] for name in names if entry.get(name)), f"passage {n}"), entry.get("text") or "")
        for n, entry in enumerate(found)
    ]


def retrieval_scores(line: RunLine) -> dict[str, float]:
    """Score what was retrieved, a refusal's too; a question that cannot be answered has nothing to find."""
    if line.item.refusal_is_right or not shows(line, "retrieved"):
        return {}
    documents = [measure(ranks) for ranks in (document_ranks(line),) if ranks]
    found = [measure(ranks) for ranks in passage_ranks(line)]
    return _best("doc", documents) | _best("passage", found)


def document_ranks(line: RunLine) -> Ranks:
    """Return the rank of each gold story among the articles retrieved, None if it was not; none if not looked up.

    Articles are in the order of their first passage; one that carries a story already met takes no rank.
    """
    golds = stories(line)
    story_of = {article: f"gold {n}" for n, articles in enumerate(golds) for article in articles}
    met = dict.fromkeys(story_of.get(article, f"other {article}") for article, _ in passages(line))
    rank = {name: n for n, name in enumerate(met, 1)}
    return tuple(rank.get(f"gold {n}") for n in range(len(golds)))


def passage_ranks(line: RunLine) -> list[Ranks]:
    """Return the rank of the first passage for each piece of evidence, once for each way to answer the question.

    If the set has gold quotes, they are the pieces, and a passage that holds a whole accepted answer counts as
    one of them, whichever would be found first, never for more. Else each accepted answer is a way, and its parts are
    the pieces.
    """
    wanted = evidence(line)
    found = [(article, wanted.normalize(text)) for article, text in passages(line)] if wanted else []
    if wanted.quotes:
        return [_quote_ranks(wanted, found)]
    return [tuple(_first(part in text for _, text in found) for part in answer) for answer in wanted.answers]


def _quote_ranks(wanted: Evidence, found: Sequence[tuple[str, str]]) -> Ranks:
    quotes = [_first(quote.overlaps(*passage) for passage in found) for quote in wanted.quotes]
    ranks = sorted(quotes, key=lambda rank: rank or len(found) + 1)
    answer = _first(wanted.has_answer(text) for _, text in found)
    first = min((rank for rank in (ranks[0], answer) if rank), default=None)
    return (first, *ranks[1:])


def _first(holds: Iterable[bool]) -> int | None:
    """Return the rank of the first that holds."""
    return next((rank for rank, found in enumerate(holds, 1) if found), None)


@lru_cache(maxsize=4096)
def measure(ranks: Ranks) -> Mapping[str, float]:
    """Measure the ranks of the pieces of evidence of one question, None if one was not found.

    Success, reciprocal rank and nDCG are trec_eval's; a passage that holds several pieces is as relevant as they are
    many. Recall is the share of pieces found, which is trec_eval's too as long as no passage holds two.
    """
    from ir_measures import RR, Success, nDCG, pytrec_eval

    names = {Success @ k: f"hit@{k}" for k in DEPTHS} | {RR: "mrr", nDCG @ 10: "ndcg@10"}
    borne = Counter(rank for rank in ranks if rank)
    missed = {f"missed {n}": 1 for n in range(ranks.count(None))}
    judged = {"question": {**{f"rank {rank}": pieces for rank, pieces in borne.items()}, **missed}}
    run = {"question": {f"rank {rank}": -float(rank) for rank in range(1, max(borne, default=1) + 1)}}
    values = {names[m.measure]: m.value for m in pytrec_eval.iter_calc(list(names), judged, run)}
    recall = {f"recall@{k}": sum(borne[r] for r in borne if r <= k) / len(ranks) for k in DEPTHS[1:]}
    return values | recall


def _best(unit: str, ways: Sequence[Mapping[str, float]]) -> dict[str, float]:
    """Return each metric under its name, by the way to answer that suits it best."""
    names = ways[0] if ways else ()
    return {f"{unit}_{name}": max(way[name] for way in ways) for name in names}
