"""report.html and report.md: a run for people.

report.html is one file that loads nothing, to look at a run question by question.

Everything in it is escaped by the templates; whatever could hide words or turn them around is made visible or taken out
by `render.safe`, for each value that is written. The page may run its one script and style, known by their hashes, and
nothing else: a policy in its head forbids the browser all loading, whatever an article says. It reads well without its
script, too, since some servers allow none: then every question can be opened, and nothing can be searched for.

In report.md all that comes from outside is text: no markup, no link, nobody is called by an @ and no thread by a #. Its
lists end where a comment on GitHub (65,536 characters) would no longer hold them.
"""

from __future__ import annotations

import re
from collections import Counter
from itertools import chain, groupby, pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, get_args

from newsqa import __version__
from newsqa.evals.datasets.items import Rules, parts
from newsqa.evals.metrics.retrieval import evidence
from newsqa.evals.report import formatting
from newsqa.evals.report.formatting import expected_texts
from newsqa.evals.report.plots import plots
from newsqa.evals.scoring import BY_NAME, OUTCOMES, REPLIES, Bucket, ScoredLine
from newsqa.render.clean import safe, short_line, web_address
from newsqa.render.plain import escaped, policy_hash
from newsqa.render.wording import count

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence

    from jinja2 import Environment

    from newsqa.evals.metrics.base import Metric
    from newsqa.evals.run_file import RunLine
    from newsqa.evals.summary import Estimate, Summary
    from newsqa.types import JsonObject

TEMPLATES = Path(__file__).parent / "templates"

Title = tuple[str | None, str | None, str | None]
Titles = dict[str, Title]
"""What citations of a run say of articles by id: title, outlet and date, which passages do not carry."""

MarkKind = Literal["answer", "gold", "cited"]
Mark = tuple[int, int, MarkKind]  # a span of a text (code points, end exclusive) and why it is marked
MOST_IDS = 100  # of a bucket, in Markdown
MOST_TAGS = 40
LONGEST = 60  # characters of an id, a tag or a name
BY_TAG = ("right", "contains", "f1", "doc_hit@5", "passage_hit@5", "lexical_support")

_CALLS = re.compile(r"(@|\\#|://|(?i:www\.))(?=\w)")
_WORD = re.compile(r"\w+")
_ARTICLES = frozenset({"a", "an", "the"})
_NOTHING = re.compile(r"(?!)")

View = dict[str, Any]  # what a template shows of a thing, by name


def page_report(summary: Summary) -> str:
    """Return the report as HTML. The same summary gives the same bytes."""
    from markupsafe import Markup

    style, script = (TEMPLATES.joinpath(name).read_text("utf-8") for name in ("page.css", "page.js"))
    by_name = {figure.metric: (BY_NAME[figure.metric], figure) for figure in summary.figures}
    choices = _choices(summary.lines)
    templates = _templates(
        str, autoescape=True, finalize=lambda value: safe(value) if type(value) is str else value
    )  # what is markup is ours
    return templates.get_template("page.html.j2").render(
        version=__version__,
        style=Markup(style),  # noqa: S704  a file of this package
        script=Markup(script),  # noqa: S704  a file of this package
        hashes={"style": policy_hash(style), "script": policy_hash(script)},
        summary=summary,
        headlines=[by_name[name] for name in formatting.HEADLINES if name in by_name],
        families=_families(summary.figures),
        plots=plots(summary),
        metrics=BY_NAME,
        questions=question_views(summary.lines),
        choices=choices,
        numbers={tag: number for number, (tag, _) in enumerate(choices["tags"])},
    )


def markdown_report(summary: Summary) -> str:
    """Return the report as Markdown: figures with intervals, misses by bucket, tags, latency, cost."""
    tags = [(tag, max(one.n for one in of), {one.metric: one for one in of}) for tag, of in summary.tags.items() if of]
    return (
        _templates(_text, autoescape=False)
        .get_template("report.md.j2")
        .render(
            version=__version__,
            summary=summary,
            families=_families(summary.figures),
            failed=[question.line.item.id for question in summary.lines if question.outcome == "failed"],
            tags=sorted(tags, key=lambda entry: -entry[1]),
            names=[name for name in BY_TAG if any(name in of for _, _, of in tags)],
            MOST_IDS=MOST_IDS,
            MOST_TAGS=MOST_TAGS,
        )
    )


def _text(value: str) -> str:
    """Return a text from outside as Markdown that shows it and does nothing else."""
    return _CALLS.sub(r"\1<!-- -->", escaped(short_line(value, LONGEST)))


def _templates(name: Callable[[str], str], **how: Any) -> Environment:
    """Return the templates; `name` writes the name of a judge, `how` says what becomes of other values."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    loader = FileSystemLoader(TEMPLATES)
    templates = Environment(loader=loader, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, **how)  # noqa: S701  as is asked for
    templates.filters.update(seconds=formatting.seconds_text, text=_text, escaped=escaped)
    templates.globals.update(
        count=count,
        share=formatting.share_text,
        value=formatting.value_text,
        interval=formatting.interval_text,
        cost=formatting.cost_text,
        judging=lambda judging: formatting.judging_text(judging, name),
    )
    return templates


def _families(figures: Sequence[Estimate]) -> list[tuple[str, list[tuple[Metric, Estimate]]]]:
    """Return the figures of each family of metrics, under what its table is headed with."""
    found = [(BY_NAME[figure.metric], figure) for figure in figures]
    return [
        (formatting.FAMILIES[family], list(group)) for family, group in groupby(found, lambda entry: entry[0].family)
    ]


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


def _present(counts: Counter[Any], order: Sequence[str]) -> list[tuple[str, int]]:
    return [(name, counts[name]) for name in order if counts[name]]


# A question as the page shows it: what was said beside what was to be found, every text cut into marked pieces.

DEPTHS = (10, 5, 3, 1)
"""How many passages of each question are shown: the first of these with which the page stays quick to open."""

MAX_TEXT = 12_000_000  # characters of passages


def question_views(questions: Sequence[ScoredLine]) -> Iterator[View]:
    """Prepare the questions of a run for the page."""
    lines = [question.line for question in questions]
    sizes = [[len(passage["text"]) for passage in line.record["retrieved"][: DEPTHS[0]]] for line in lines]
    fitting = (n for n in DEPTHS if sum(sum(of_one[:n]) for of_one in sizes) <= MAX_TEXT)
    shown = next(fitting, DEPTHS[-1])
    known = _titles(lines)
    return (_question_view(question, known, shown) for question in questions)


def _titles(lines: Sequence[RunLine]) -> Titles:
    """Collect what the citations of a run say of articles, as far as the index confirms it."""
    return {
        citation["article_id"]: (citation["title"], citation["outlet"], citation["published"])
        for line in lines
        for citation, check in zip(line.record["citations"], line.known.citations or (), strict=False)
        if citation["article_id"] and check.exists
    }


def _question_view(question: ScoredLine, known: Titles, shown: int) -> View:
    """Prepare a question: its first passages, as many as `shown`, and the first evidence and gold wherever they are.

    Its `rank` is that of the first evidence, else gold article.
    """
    line, record = question.line, question.line.record
    rules = line.item.rules or Rules()
    accepted = (*(part for answer in line.item.answers for part in parts(answer)), *rules.any_of, *chain(*rules.all_of))
    answers = _phrases(accepted)
    gold_ids = {one for ids in line.known.gold for one in ids}
    first_evidence = _rank(question.scores, "passage_mrr")
    ranks = {*range(1, min(shown, len(record["retrieved"])) + 1), first_evidence, _first_rank(line, gold_ids)} - {None}
    passages = _passages(line, sorted(rank for rank in ranks if rank), answers, known)
    bearing = (view["rank"] for view in passages if view["bearing"])
    golden = (view["rank"] for view in passages if view["gold"])
    sentences = record["sentences"] or ([{"text": record["text"], "citations": []}] if record["text"] else [])
    return {
        "judged": question,
        "line": line,
        "rank": first_evidence or _rank(question.scores, "doc_mrr"),
        "answer": [(_pieces(s["text"], _found(answers, s["text"], "answer")), s["citations"]) for s in sentences],
        "citations": _citations(line, answers),
        "answers": expected_texts(line.item),
        "gold": _gold(line, known),
        "passages": passages,
        "best": next(bearing, next(golden, 1)),  # the passage to open with
        "unseen": len(record["retrieved"]) - len(passages),
    }


def _rank(scores: Mapping[str, float], reciprocal: str) -> int | None:
    """Return the rank of which a score is the reciprocal, from 1; None if it is 0 or missing."""
    return round(1 / scores[reciprocal]) if scores.get(reciprocal) else None


def _first_rank(line: RunLine, ids: Collection[str]) -> int | None:
    """Return the rank of the first passage from one of these articles."""
    ranks = (rank for rank, passage in enumerate(line.record["retrieved"], 1) if passage["article_id"] in ids)
    return next(ranks, None)


def _citations(line: RunLine, answers: re.Pattern[str]) -> list[View]:
    checks = line.known.citations or ()
    return [
        {
            "n": citation["n"],
            "source": _source(citation, (citation["title"], citation["outlet"], citation["published"])),
            "quote": _pieces(citation["quote"], _found(answers, citation["quote"], "answer")),
            "copies": ", ".join(c["outlet"] or "a source unnamed" for c in citation["also_carried_by"]),
            "check": checks[place] if place < len(checks) else None,
        }
        for place, citation in enumerate(line.record["citations"])
    ]


def _gold(line: RunLine, known: Titles) -> list[View]:
    """Return each gold with the articles that the index knows it by; none are known if it was not resolved."""
    views = []
    for place, gold in enumerate(line.item.gold):
        ids = line.known.gold[place] if place < len(line.known.gold) else None
        title = next((known[one] for one in ids or () if one in known), None)
        source = _source({"url": gold.url, "path": gold.path, "article_id": gold.article_id}, title)
        stored = None if ids is None else bool(ids)
        rank = _first_rank(line, ids or ())
        views.append({"source": source, "quote": gold.quote or "", "stored": stored, "rank": rank})
    return views


def _passages(line: RunLine, ranks: Sequence[int], answers: re.Pattern[str], known: Titles) -> list[View]:
    wanted = evidence(line)
    quotes = _phrases(gold.quote for gold in line.item.gold if gold.quote)
    gold_ids = {one for ids in line.known.gold for one in ids}
    views = []
    for rank in ranks:
        passage = line.record["retrieved"][rank - 1]
        text, article_id = passage["text"], passage["article_id"] or ""
        cited = _cited(passage, line.record["citations"])
        marks = [*_found(answers, text, "answer"), *_found(quotes, text, "gold"), *cited]
        views.append(
            {
                "rank": rank,
                "source": _source(passage, known.get(article_id)),
                "score": passage["score"],
                "text": _pieces(text, marks),
                "gold": article_id in gold_ids,
                "bearing": wanted.holds_answer(article_id, wanted.normalize(text)),
                "cited": bool(cited),
            }
        )
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


def _source(fields: JsonObject, known: Title | None) -> View:
    """Return where words come from: headline (or place), outlet and date if known, the web address if there is one."""
    title, outlet, published = known or (None, None, None)
    place = fields["url"] or fields["path"] or fields["article_id"] or "a place unknown"
    about = " · ".join(part for part in (outlet, published) if part)
    link = web_address(fields["url"])
    return {"headline": title or place, "about": about, "place": place if title else "", "link": link}


# Marks in a text: the words of accepted answers, of gold quotes, and what was cited.


def _phrases(texts: Iterable[str]) -> re.Pattern[str]:
    """Return what finds any of these phrases by their words, whatever case, quotes and dashes they are written with."""
    found = (_WORD.findall(text) for text in texts)
    bare = {tuple(words[1:] if words[0].lower() in _ARTICLES else words) for words in found if words}
    # the longest first: of two that begin alike a pattern takes the one named first
    alternatives = sorted((r"[\W_]+".join(map(re.escape, words)) for words in bare if words), key=len, reverse=True)
    return re.compile(rf"(?<!\w)(?:{'|'.join(alternatives)})(?!\w)", re.IGNORECASE) if alternatives else _NOTHING


def _found(pattern: re.Pattern[str], text: str, kind: MarkKind) -> list[Mark]:
    return [(*match.span(), kind) for match in pattern.finditer(text)]


def _pieces(text: str, marks: Iterable[Mark]) -> list[tuple[str, list[str]]]:
    """Cut a text where marks begin and end, so that marks may overlap: each piece with the kinds of its marks."""
    marks = [(start, end, kind) for start, end, kind in marks if start < min(end, len(text)) and end > 0]
    cuts = sorted({0, len(text)} | {cut for start, end, _ in marks for cut in (start, end) if 0 < cut < len(text)})
    return [
        (text[a:b], sorted({kind for start, end, kind in marks if start <= a and b <= end})) for a, b in pairwise(cuts)
    ]
