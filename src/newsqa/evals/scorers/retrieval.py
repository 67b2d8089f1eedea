"""Whether what answers a question was found: by article, and by the passage that bears the answer.

Both are ranks of pieces of evidence, measured by trec_eval's definitions through ir-measures (arXiv:2111.13466).
"""

from __future__ import annotations

from collections import Counter
from functools import lru_cache
from typing import TYPE_CHECKING

from newsqa.evals.scorers.evidence import Evidence, evidence, passages, stories
from newsqa.evals.scorers.metrics import DEPTHS
from newsqa.evals.scorers.said import shows

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from newsqa.evals.lines import Line

    Ranks = tuple[int | None, ...]

_DEEPEST = DEPTHS[-1]


def retrieval_scores(line: Line) -> dict[str, float]:
    """Score what was retrieved, a refusal's too; questions where a refusal is right have nothing to find."""
    if line.item.refusal_is_right or not shows(line, "retrieved"):
        return {}
    documents = [measured(ranks) for ranks in (document_ranks(line),) if ranks]
    found = [measured(ranks) for ranks in passage_ranks(line)]
    return _best("doc", documents) | _best("passage", found)


def document_ranks(line: Line) -> Ranks:
    """Return the rank of each gold story among the articles retrieved, None where it was not; none if not looked up.

    Articles stand in the order of their first passage; one that carries a story already met takes no rank.
    """
    golds = stories(line)
    story_of = {article: f"gold {n}" for n, articles in enumerate(golds) for article in articles}
    met = dict.fromkeys(story_of.get(article, f"other {article}") for article, _ in passages(line))
    rank = {name: n for n, name in enumerate(met, 1)}
    return tuple(rank.get(f"gold {n}") for n in range(len(golds)))


def passage_ranks(line: Line) -> list[Ranks]:
    """Return the rank of the first passage for each piece of evidence, once for each way to answer the question.

    Where the set has gold quotes, they are the pieces, and a passage that holds a whole accepted answer stands for
    one of them, whichever would be found first, never for more. Else each accepted answer is a way, and its parts are
    the pieces.
    """
    wanted, listed = evidence(line), passages(line)
    if not wanted:
        return []
    found = [(article, wanted.form(text)) for article, text in listed[:_DEEPEST]]
    ways = _ways(wanted, found)
    if len(listed) > _DEEPEST and not any(rank for ranks in ways for rank in ranks):
        found += [(article, wanted.form(text)) for article, text in listed[_DEEPEST:]]  # only MRR looks so deep
        ways = _ways(wanted, found)
    return ways


def _ways(wanted: Evidence, found: Sequence[tuple[str, str]]) -> list[Ranks]:
    if wanted.quotes:
        return [_quote_ranks(wanted, found)]
    return [tuple(_first(part in text for _, text in found) for part in answer) for answer in wanted.answers]


def _quote_ranks(wanted: Evidence, found: Sequence[tuple[str, str]]) -> Ranks:
    quotes = [_first(quote.overlaps(*passage) for passage in found) for quote in wanted.quotes]
    ranks = sorted(quotes, key=lambda rank: rank or len(found) + 1)
    answer = _first(wanted.answers_in(text) for _, text in found)
    first = min((rank for rank in (ranks[0], answer) if rank), default=None)
    return (first, *ranks[1:])


def _first(holds: Iterable[bool]) -> int | None:
    """Return the rank of the first that holds."""
    return next((rank for rank, held in enumerate(holds, 1) if held), None)


@lru_cache(maxsize=4096)
def measured(ranks: Ranks) -> Mapping[str, float]:
    """Measure the ranks of the pieces of evidence of one question, None where one was not found.

    Success, reciprocal rank and nDCG are trec_eval's; a passage that bears several pieces is as relevant as they are
    many. Recall is the share of pieces found, which is trec_eval's too as long as no passage bears two.
    """
    from ir_measures import RR, Success, nDCG, pytrec_eval  # noqa: PLC0415

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
