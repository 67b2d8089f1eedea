"""report.html: one file that loads nothing, to look at a run question by question.

Everything in it is escaped by the templates; whatever could hide words or turn them around is made visible or taken out
by `render.safe`, for each value that is written. The page may run its one script and style, known by their hashes, and
nothing else: a policy in its head forbids the browser all loading, whatever an article says. It reads well without its
script, too, since some servers allow none: then every question can be opened, and nothing can be searched for.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections import Counter
from dataclasses import dataclass
from itertools import chain, groupby, pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Literal, TypeVar, get_args

from newsqa import __version__
from newsqa.evals.datasets.items import Rules, parts
from newsqa.evals.metrics.retrieval import evidence
from newsqa.evals.report import formatting
from newsqa.evals.report.formatting import expected_texts
from newsqa.evals.report.plots import plots
from newsqa.evals.scoring import BY_NAME, OUTCOMES, REPLIES, Bucket
from newsqa.render.clean import safe, web_address
from newsqa.render.wording import count

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from jinja2 import Environment

    from newsqa.evals.metrics.base import Family, Metric
    from newsqa.evals.run_file import CitationCheck, RunLine
    from newsqa.evals.scoring import ScoredLine
    from newsqa.evals.summary import Estimate, Summary
    from newsqa.types import JsonObject

TEMPLATES = Path(__file__).parent / "templates"

T = TypeVar("T")

Title = tuple[str | None, str | None, str | None]
Titles = dict[str, Title]
"""What citations of a run say of articles by id: title, outlet and date, which passages do not carry."""

MarkKind = Literal["answer", "gold", "cited"]
Mark = tuple[int, int, MarkKind]
"""A span of a text (code points, end exclusive) and why it is marked."""

_WORD = re.compile(r"\w+")
_ARTICLES = frozenset({"a", "an", "the"})
_NOTHING = re.compile(r"(?!)")


def page_report(summary: Summary) -> str:
    """Return the report as HTML. The same summary gives the same bytes."""
    from markupsafe import Markup

    style, script = (TEMPLATES.joinpath(name).read_text("utf-8") for name in ("page.css", "page.js"))
    figures = [(BY_NAME[figure.metric], figure) for figure in summary.figures]
    by_name = {metric.name: (metric, figure) for metric, figure in figures}
    choices = _choices(summary.lines)
    return (
        _templates()
        .get_template("page.html.j2")
        .render(
            version=__version__,
            style=Markup(style),  # noqa: S704  a file of this package
            script=Markup(script),  # noqa: S704  a file of this package
            hashes={"style": _hash(style), "script": _hash(script)},
            summary=summary,
            headlines=[by_name[name] for name in formatting.HEADLINES if name in by_name],
            families=_families(figures),
            plots=plots(summary),
            metrics=BY_NAME,
            questions=question_views(summary.lines),
            choices=choices,
            numbers={tag: number for number, (tag, _) in enumerate(choices["tags"])},
        )
    )


def _templates() -> Environment:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    templates = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=lambda value: safe(value) if type(value) is str else value,  # what is markup is ours
    )
    templates.filters["seconds"] = formatting.seconds_text
    templates.globals.update(
        count=count,
        share=formatting.share_text,
        value=formatting.value_text,
        interval=formatting.interval_text,
        cost=formatting.cost_text,
        judging=lambda judging: formatting.judging_text(judging, str),
    )
    return templates


def _hash(text: str) -> str:
    """Return a text as a Content-Security-Policy names it."""
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _families(figures: Sequence[tuple[Metric, Estimate]]) -> list[tuple[str, list[tuple[Metric, Estimate]]]]:
    """Return the figures of each family of metrics, under what its table is headed with."""

    def family(entry: tuple[Metric, Estimate]) -> Family:
        return entry[0].family

    return [(formatting.FAMILIES[name], list(group)) for name, group in groupby(figures, family)]


def _choices(questions: Sequence[ScoredLine]) -> JsonObject:
    """Return what questions can be filtered by, with how many there are of each."""
    buckets = Counter(question.bucket for question in questions if question.bucket)
    tags = Counter(tag for question in questions for tag in dict.fromkeys(question.line.item.tags))
    return {
        "outcomes": _present(Counter(question.outcome for question in questions), OUTCOMES),
        "buckets": _present(buckets, get_args(Bucket)),
        "tags": sorted(tags.items(), key=lambda entry: (-entry[1], entry[0])),
        "replies": _present(Counter(question.reply for question in questions), REPLIES),
    }


def _present(counts: Mapping[T, int], order: Sequence[T]) -> list[tuple[T, int]]:
    return [(name, counts[name]) for name in order if counts[name]]


# A question as the page shows it: what was said beside what was to be found, every text cut into marked pieces.

DEPTHS = (10, 5, 3, 1)
"""How many passages of each question are shown: the first of these with which the page stays quick to open."""

MAX_TEXT = 12_000_000  # characters of passages


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
    copies: str
    flaws: list[str]


@dataclass(frozen=True, slots=True)
class GoldView:
    """Where the answer is: `stored` if the index has it (None: not known), and its first rank among the passages."""

    source: SourceView
    quote: str
    stored: bool | None
    rank: int | None


@dataclass(frozen=True, slots=True)
class PassageView:
    """A retrieved passage: if it is from a gold article, is evidence as the metrics count it, and is cited."""

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

    judged: ScoredLine
    line: RunLine
    rank: int | None
    answer: list[tuple[list[MarkedText], list[int]]]
    citations: list[CitationView]
    answers: list[str]
    gold: list[GoldView]
    passages: list[PassageView]
    best: int
    unseen: int


def question_views(questions: Sequence[ScoredLine]) -> Iterator[QuestionView]:
    """Prepare the questions of a run for the page."""
    lines = [question.line for question in questions]
    sizes = [[len(passage["text"]) for passage in line.record["retrieved"][: DEPTHS[0]]] for line in lines]
    fitting = (n for n in DEPTHS if sum(sum(of_one[:n]) for of_one in sizes) <= MAX_TEXT)
    shown = next(fitting, DEPTHS[-1])
    known = _titles(lines)
    return (_question_view(question, known, shown) for question in questions)


def _titles(lines: Sequence[RunLine]) -> Titles:
    """Collect what the citations of a run say of articles, as far as the index bears it out."""
    return {
        citation["article_id"]: (citation["title"], citation["outlet"], citation["published"])
        for line in lines
        for citation, check in zip(line.record["citations"], line.known.citations or (), strict=False)
        if citation["article_id"] and check.exists
    }


def _question_view(question: ScoredLine, known: Titles, shown: int) -> QuestionView:
    """Prepare a question: its first passages, as many as `shown`, and the first evidence and gold wherever they are."""
    line, record = question.line, question.line.record
    rules = line.item.rules or Rules()
    accepted = (*(part for answer in line.item.answers for part in parts(answer)), *rules.any_of, *chain(*rules.all_of))
    answers = _phrases(accepted)
    gold_ids = {one for ids in line.known.gold for one in ids}
    first_evidence = _rank(question.scores, "passage_mrr")
    ranks = {*range(1, min(shown, len(record["retrieved"])) + 1), first_evidence, _first_rank(line, gold_ids)} - {None}
    passages = _passages(line, sorted(rank for rank in ranks if rank), answers, known)
    bearing = (view.rank for view in passages if view.bearing)
    golden = (view.rank for view in passages if view.gold)
    sentences = record["sentences"] or ([{"text": record["text"], "citations": []}] if record["text"] else [])
    return QuestionView(
        judged=question,
        line=line,
        rank=first_evidence or _rank(question.scores, "doc_mrr"),
        answer=[(_pieces(s["text"], _found(answers, s["text"], "answer")), s["citations"]) for s in sentences],
        citations=_citations(line, answers),
        answers=expected_texts(line.item),
        gold=_gold(line, known),
        passages=passages,
        best=next(bearing, next(golden, 1)),
        unseen=len(record["retrieved"]) - len(passages),
    )


def _rank(scores: Mapping[str, float], reciprocal: str) -> int | None:
    """Return the rank of which a score is the reciprocal, from 1; None if it is 0 or missing."""
    return round(1 / scores[reciprocal]) if scores.get(reciprocal) else None


def _first_rank(line: RunLine, ids: Collection[str]) -> int | None:
    """Return the rank of the first passage from one of these articles."""
    ranks = (rank for rank, passage in enumerate(line.record["retrieved"], 1) if passage["article_id"] in ids)
    return next(ranks, None)


def _citations(line: RunLine, answers: re.Pattern[str]) -> list[CitationView]:
    checks = line.known.citations or ()
    return [
        CitationView(
            n=citation["n"],
            source=_source(citation, (citation["title"], citation["outlet"], citation["published"])),
            quote=_pieces(citation["quote"], _found(answers, citation["quote"], "answer")),
            copies=", ".join(c["outlet"] or "a source unnamed" for c in citation["also_carried_by"]),
            flaws=_flaws(checks[place]) if place < len(checks) else [],
        )
        for place, citation in enumerate(line.record["citations"])
    ]


def _flaws(check: CitationCheck) -> list[str]:
    flaws = {
        "The index has no article under this title, outlet, date and address.": check.exists,
        "The quote does not stand in the article, word for word, at this place.": check.faithful,
    }
    return [flaw for flaw, fine in flaws.items() if not fine]


def _gold(line: RunLine, known: Titles) -> list[GoldView]:
    """Return each gold with the articles that the index knows it by; none are known if it was not resolved."""
    views = []
    for place, gold in enumerate(line.item.gold):
        ids = line.known.gold[place] if place < len(line.known.gold) else None
        title = next((known[one] for one in ids or () if one in known), None)
        source = _source({"url": gold.url, "path": gold.path, "article_id": gold.article_id}, title)
        stored = None if ids is None else bool(ids)
        views.append(GoldView(source, gold.quote or "", stored, _first_rank(line, ids or ())))
    return views


def _passages(line: RunLine, ranks: Sequence[int], answers: re.Pattern[str], known: Titles) -> list[PassageView]:
    wanted = evidence(line)
    quotes = _phrases(gold.quote for gold in line.item.gold if gold.quote)
    gold_ids = {one for ids in line.known.gold for one in ids}
    views = []
    for rank in ranks:
        passage = line.record["retrieved"][rank - 1]
        text, article_id = passage["text"], passage["article_id"] or ""
        cited = _cited(passage, line.record["citations"])
        marks = [*_found(answers, text, "answer"), *_found(quotes, text, "gold"), *cited]
        view = PassageView(
            rank=rank,
            source=_source(passage, known.get(article_id)),
            score=passage["score"],
            text=_pieces(text, marks),
            gold=article_id in gold_ids,
            bearing=wanted.bears_answer(article_id, wanted.normalize(text)),
            cited=bool(cited),
        )
        views.append(view)
    return views


def _cited(passage: JsonObject, citations: Sequence[JsonObject]) -> list[Mark]:
    """Return where quotes of the answer are in a passage, by their offsets in the article."""
    start, end = passage["start"], passage["end"]
    if start is None or end is None:
        return []
    return [
        (max(citation["start"] - start, 0), min(citation["end"], end) - start, "cited")
        for citation in citations
        if citation["article_id"] == passage["article_id"] and None not in (citation["start"], citation["end"])
        if citation["start"] < end and citation["end"] > start
    ]


def _source(fields: JsonObject, known: Title | None) -> SourceView:
    title, outlet, published = known or (None, None, None)
    place = fields["url"] or fields["path"] or fields["article_id"] or "a place unknown"
    about = " · ".join(part for part in (outlet, published) if part)
    return SourceView(title or place, about, place if title else "", web_address(fields["url"]))


# Marks in a text: the words of accepted answers, of gold quotes, and what was cited.


@dataclass(frozen=True, slots=True)
class MarkedText:
    """A stretch of a text with the kinds of its marks, none if it is plain."""

    text: str
    kinds: tuple[str, ...] = ()


def _phrases(texts: Iterable[str]) -> re.Pattern[str]:
    """Return what finds any of these phrases by their words, whatever case, quotes and dashes they are written with."""
    found = (_WORD.findall(text) for text in texts)
    bare = {tuple(words[1:] if words[0].lower() in _ARTICLES else words) for words in found if words}
    # the longest first: of two that begin alike a pattern takes the one named first
    alternatives = sorted((r"[\W_]+".join(map(re.escape, words)) for words in bare if words), key=len, reverse=True)
    return re.compile(rf"(?<!\w)(?:{'|'.join(alternatives)})(?!\w)", re.IGNORECASE) if alternatives else _NOTHING


def _found(pattern: re.Pattern[str], text: str, kind: MarkKind) -> list[Mark]:
    return [(*match.span(), kind) for match in pattern.finditer(text)]


def _pieces(text: str, marks: Iterable[Mark]) -> list[MarkedText]:
    """Cut a text where marks begin and end, so that marks may overlap; the pieces together are the text."""
    marks = [(start, end, kind) for start, end, kind in marks if start < min(end, len(text)) and end > 0]
    cuts = sorted({0, len(text)} | {cut for start, end, _ in marks for cut in (start, end) if 0 < cut < len(text)})
    return [
        MarkedText(text[a:b], tuple(sorted({kind for start, end, kind in marks if start <= a and b <= end})))
        for a, b in pairwise(cuts)
    ]
