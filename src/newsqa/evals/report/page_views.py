"""A question as the page shows it: what was said beside what was to be found, every text cut into marked pieces."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Literal

from newsqa.evals.metrics.retrieval import Evidence, evidence
from newsqa.evals.report.shared import accepted_text, parts
from newsqa.render.clean import web_address
from newsqa.text.words import word_runs

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from newsqa.evals.report.shared import ReportLine
    from newsqa.evals.run_lines import CitationFacts, RunLine
    from newsqa.types import JsonObject


# Finds in a text what a reader looks for: the words of accepted answers, of gold quotes, and what was cited.

Kind = Literal["answer", "gold", "cited"]
_ARTICLES = frozenset({"a", "an", "the"})
_NOTHING = re.compile(r"(?!)")


@dataclass(frozen=True, slots=True)
class MarkedSpan:
    """A stretch of a text (code points, end exclusive) and why it is marked."""

    start: int
    end: int
    kind: Kind


@dataclass(frozen=True, slots=True)
class MarkedText:
    """A stretch of a text with the kinds of its marks, none where it is plain."""

    text: str
    kinds: tuple[Kind, ...] = ()


def phrases(texts: Iterable[str]) -> re.Pattern[str]:
    """Return what finds any of these phrases by their words, whatever case, quotes and dashes they are written with."""
    found = map(word_runs, texts)
    bare = {tuple(words[1:] if words[0].lower() in _ARTICLES else words) for words in found if words}
    # the longest first: of two that begin alike a pattern takes the one named first
    alternatives = sorted((r"[\W_]+".join(map(re.escape, words)) for words in bare if words), key=len, reverse=True)
    return re.compile(rf"(?<!\w)(?:{'|'.join(alternatives)})(?!\w)", re.IGNORECASE) if alternatives else _NOTHING


def found(pattern: re.Pattern[str], text: str, kind: Kind) -> list[MarkedSpan]:
    """Return where a pattern of `phrases` stands in a text."""
    return [MarkedSpan(*match.span(), kind) for match in pattern.finditer(text)]


def pieces(text: str, spans: Iterable[MarkedSpan]) -> list[MarkedText]:
    """Cut a text where marks begin and end, so that marks may overlap; the pieces together are the text."""
    marks = [span for span in spans if span.start < span.end and span.start < len(text) and span.end > 0]
    cuts = sorted({0, len(text)} | {cut for mark in marks for cut in (mark.start, mark.end) if 0 < cut < len(text)})
    return [MarkedText(text[a:b], _kinds(marks, a, b)) for a, b in pairwise(cuts)]


def _kinds(marks: Iterable[MarkedSpan], start: int, end: int) -> tuple[Kind, ...]:
    return tuple(sorted({mark.kind for mark in marks if mark.start <= start and end <= mark.end}))


DEPTHS = (10, 5, 3, 1)
"""How many passages of each question are shown: the first of these with which the page stays quick to open."""

MOST_TEXT = 12_000_000  # characters of passages


@dataclass(frozen=True, slots=True)
class SourceView:
    """Where words come from: headline (or place), outlet and date as far as known, the web address if it has one."""

    headline: str
    about: str
    place: str
    link: str | None


@dataclass(frozen=True, slots=True)
class CitationView:
    """A citation: `quote` with accepted answers marked; `flaws` says what the index does not bear out."""

    n: int
    source: SourceView
    quote: list[MarkedText]
    carriers: str
    flaws: list[str]


@dataclass(frozen=True, slots=True)
class GoldView:
    """Where the answer stands: whether the index has it (None: not known), and its first rank among the passages."""

    source: SourceView
    quote: str
    stored: bool | None
    rank: int | None


@dataclass(frozen=True, slots=True)
class PassageView:
    """A retrieved passage: whether it is from a gold article, is evidence as the metrics count it, and is cited."""

    rank: int
    source: SourceView
    score: float | None
    text: list[MarkedText]
    gold: bool
    bearing: bool
    cited: bool


@dataclass(frozen=True, slots=True)
class QuestionView:
    """A question with everything that is shown of it.

    `rank` is that of the first evidence, else gold article; `best` that of the passage to open with; `unseen` counts
    passages that are left out.
    """

    judged: ReportLine
    line: RunLine
    rank: int | None
    answer: list[tuple[list[MarkedText], list[int]]]
    citations: list[CitationView]
    answers: list[str]
    gold: list[GoldView]
    passages: list[PassageView]
    best: int
    unseen: int


Titles = dict[str, tuple[str | None, str | None, str | None]]
"""What citations of a run tell of articles by id: title, outlet and date, which passages do not carry."""


def titles(lines: Sequence[RunLine]) -> Titles:
    """Collect what the citations of a run tell of articles, as far as the index bears it out."""
    return {
        citation["article_id"]: (citation["title"], citation["outlet"], citation["published"])
        for line in lines
        for citation, grounds in zip(line.record["citations"], line.known.citations or (), strict=False)
        if citation["article_id"] and grounds.exists
    }


def depth(lines: Sequence[RunLine]) -> int:
    """Return how many passages of each question are shown, so that the page of a large run can still be opened."""
    sizes = [[len(passage["text"]) for passage in line.record["retrieved"][: DEPTHS[0]]] for line in lines]
    fitting = (n for n in DEPTHS if sum(sum(of_one[:n]) for of_one in sizes) <= MOST_TEXT)
    return next(fitting, DEPTHS[-1])


def question_view(question: ReportLine, known: Titles, shown: int) -> QuestionView:
    """Prepare a question for the page: its first passages, as many as `shown`. `known` are the `titles` of the run."""
    line = question.line
    answers = phrases(part for answer in line.item.answers for part in parts(answer))
    passages = line.record["retrieved"]
    ranks = [rank for rank in range(1, len(passages) + 1) if rank <= shown or rank in _of_worth(question)]
    sought = _sought(line, answers)
    views = [_passage(rank, passages[rank - 1], sought, known) for rank in ranks]
    return QuestionView(
        judged=question,
        line=line,
        rank=_rank(question.scores, "passage_mrr") or _rank(question.scores, "doc_mrr"),
        answer=_answer(line.record, answers),
        citations=_citations(line, answers),
        answers=[accepted_text(answer) for answer in line.item.answers],
        gold=_gold(line, known),
        passages=views,
        best=next((view.rank for view in views if view.bearing), next((view.rank for view in views if view.gold), 1)),
        unseen=len(passages) - len(views),
    )


def _of_worth(question: ReportLine) -> set[int]:
    """Return the ranks of passages that are shown however deep they stand: the first evidence, the first of gold."""
    first = _rank(question.scores, "passage_mrr")
    ids = {one for carriers in question.line.known.gold for one in carriers}
    golden = (n for n, passage in enumerate(question.line.record["retrieved"], 1) if passage["article_id"] in ids)
    return {rank for rank in (first, next(golden, None)) if rank}


def _rank(scores: Mapping[str, float], reciprocal: str) -> int | None:
    """Return the rank of which a score is the reciprocal, from 1; None where it is 0 or missing."""
    return round(1 / scores[reciprocal]) if scores.get(reciprocal) else None


def _answer(record: JsonObject, answers: re.Pattern[str]) -> list[tuple[list[MarkedText], list[int]]]:
    """Return the sentences with their markers; a refusal, or an answer made elsewhere, is one without."""
    sentences = record["sentences"] or ([{"text": record["text"], "citations": []}] if record["text"] else [])
    return [(pieces(s["text"], found(answers, s["text"], "answer")), s["citations"]) for s in sentences]


def _citations(line: RunLine, answers: re.Pattern[str]) -> list[CitationView]:
    checked = line.known.citations or ()
    return [
        CitationView(
            n=citation["n"],
            source=_source(citation, (citation["title"], citation["outlet"], citation["published"])),
            quote=pieces(citation["quote"], found(answers, citation["quote"], "answer")),
            carriers=", ".join(c["outlet"] or "a source unnamed" for c in citation["also_carried_by"]),
            flaws=_flaws(checked[place]) if place < len(checked) else [],
        )
        for place, citation in enumerate(line.record["citations"])
    ]


def _flaws(grounds: CitationFacts) -> list[str]:
    told = {
        "The index has no article under this title, outlet, date and address.": grounds.exists,
        "The quote does not stand in the article, word for word, at this place.": grounds.faithful,
    }
    return [flaw for flaw, fine in told.items() if not fine]


def _gold(line: RunLine, known: Titles) -> list[GoldView]:
    """Return each gold with the articles that the index knows it by; none are known where it was not resolved."""
    views = []
    for place, gold in enumerate(line.item.gold):
        told = place < len(line.known.gold)
        ids = line.known.gold[place] if told else ()
        ranks = (rank for rank, p in enumerate(line.record["retrieved"], 1) if p["article_id"] in ids)
        fields = {"url": gold.url, "path": gold.path, "article_id": gold.article_id}
        title = next((known[one] for one in ids if one in known), None)
        views.append(GoldView(_source(fields, title), gold.quote or "", bool(ids) if told else None, next(ranks, None)))
    return views


@dataclass(frozen=True, slots=True)
class _Sought:
    """What makes a passage of worth: gold articles, evidence, words to mark, and what the answer cited."""

    articles: frozenset[str]
    evidence: Evidence
    quotes: re.Pattern[str]
    answers: re.Pattern[str]
    citations: Sequence[JsonObject]


def _sought(line: RunLine, answers: re.Pattern[str]) -> _Sought:
    return _Sought(
        articles=frozenset(one for ids in line.known.gold for one in ids),
        evidence=evidence(line),
        quotes=phrases(gold.quote for gold in line.item.gold if gold.quote),
        answers=answers,
        citations=line.record["citations"],
    )


def _passage(rank: int, passage: JsonObject, sought: _Sought, known: Titles) -> PassageView:
    text, article_id = passage["text"], passage["article_id"] or ""
    marks = [*found(sought.answers, text, "answer"), *found(sought.quotes, text, "gold")]
    cited = _cited(passage, sought.citations)
    return PassageView(
        rank=rank,
        source=_source(passage, known.get(article_id)),
        score=passage["score"],
        text=pieces(text, [*marks, *cited]),
        gold=article_id in sought.articles,
        bearing=sought.evidence.borne(article_id, sought.evidence.form(text)),
        cited=bool(cited),
    )


def _cited(passage: JsonObject, citations: Sequence[JsonObject]) -> list[MarkedSpan]:
    """Return where quotes of the answer stand in a passage, by their offsets in the article."""
    start, end = passage["start"], passage["end"]
    if start is None or end is None:
        return []
    return [
        MarkedSpan(max(citation["start"] - start, 0), min(citation["end"], end) - start, "cited")
        for citation in citations
        if citation["article_id"] == passage["article_id"] and None not in (citation["start"], citation["end"])
        if citation["start"] < end and citation["end"] > start
    ]


def _source(fields: JsonObject, told: tuple[str | None, str | None, str | None] | None) -> SourceView:
    """Return where words come from. `told` are title, outlet and date, where some citation tells them."""
    title, outlet, published = told or (None, None, None)
    place = fields["url"] or fields["path"] or fields["article_id"] or "a place unknown"
    about = " · ".join(part for part in (outlet, published) if part)
    return SourceView(title or place, about, place if title else "", web_address(fields["url"]))
