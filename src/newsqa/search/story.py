"""The story that a question asks about: the articles on one event.

The cross-encoder finds those that are about the question. Others report the same event in other words, without the
word that was asked for, and are found by their vectors: near enough to one of those, they are of its story.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from newsqa.search.dates import is_in_time, without_dates
from newsqa.search.retrieve import unique_stories
from newsqa.text.sentences import sentence_spans
from newsqa.text.words import stem_set

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from newsqa.models.encoders import Reranker
    from newsqa.store.snapshot import Snapshot
    from newsqa.types import Article, Hit, Query

ARTICLES = 16  # articles of which the cross-encoder reads title, lead and best passage

MAX_BELOW_BEST, LEAST_RELEVANCE = 4.0, -4.0
"""Logits that an article of the story may be below the best one, and the least that the best one must have."""

SAME_STORY = 0.8
"""Least cosine of the mean passage vectors of two articles on one event: bge-small-en gives 0.80 to 0.96 for those of
the sample corpus, and at most 0.78 for others."""

NEAR = 60  # passages near to the story among which more of its articles are looked for
LEAD_SENTENCES = 3


def find_story(query: Query, candidates: Sequence[Hit], index: Snapshot, reranker: Reranker) -> list[Hit]:
    """Return a passage of each article of the story, the most relevant first, then the other candidates.

    Only those of the story have a `relevance`: the cross-encoder's logit, or for an article that was found by its
    vectors the least logit of the others. Raises ModelError if the reranker fails.
    """
    firsts: dict[str, Hit] = {}
    for hit in unique_stories(candidates):
        firsts.setdefault(hit.article.id, hit)
    read = list(firsts.values())[:ARTICLES]
    topic = topic_of(query)
    logits = reranker.score(topic, [_summary(hit) for hit in read]) if read else []
    scored = [replace(hit, relevance=logit) for hit, logit in zip(read, logits, strict=True)]
    best, stems = max(logits, default=0.0), stem_set(topic)
    about = [hit for hit in scored if (hit.relevance or 0) >= max(best - _margin(hit, stems), LEAST_RELEVANCE)]
    story = sorted(about, key=lambda hit: -(hit.relevance or 0))
    if any(logits):  # there is a reranker, so the story is what it says
        story += _near(story, firsts.values(), query, index)
    known = {hit.article.id for hit in story}
    return [*story, *(replace(hit, relevance=None) for hit in candidates if hit.article.id not in known)]


def topic_of(query: Query) -> str:
    """Return what a question is about: its text without the days that it names."""
    return " ".join(without_dates(query.text, query.asked).split()) or query.text


def opening(article: Article) -> str:
    """Return the title and the first sentences of an article."""
    return f"{article.title or ''}\n{article.text[slice(*opening_span(article))]}"


def opening_span(article: Article) -> tuple[int, int]:
    """Return the span of the first sentences of an article."""
    spans = sentence_spans(article.text)[:LEAD_SENTENCES] or ((0, 0),)
    return spans[0][0], spans[-1][1]


def _summary(hit: Hit) -> str:
    return f"{opening(hit.article)}\n{hit.passage.text}"


def _margin(hit: Hit, topic: frozenset[str]) -> float:
    """Return the logits that an article may be below the best: fewer if its opening has no topic, or it has no day."""
    sure = hit.article.published and topic & stem_set(opening(hit.article))
    return MAX_BELOW_BEST if sure else MAX_BELOW_BEST / 2.5


def _near(story: Sequence[Hit], known: Iterable[Hit], query: Query, index: Snapshot) -> list[Hit]:
    """Return a hit of each other article that is near enough to one of the story, the nearest first."""
    seeds = index.article_vectors([hit.article.id for hit in story])
    if not seeds:
        return []
    centre = [sum(values) for values in zip(*seeds.values(), strict=True)]
    found = index.load_hits(index.search_vectors(centre, query.bounds, NEAR))
    bounded = query.timing != "soft" and any(is_in_time(query, hit.article.published) for hit in story)
    others: dict[str, Hit] = {}
    for hit in unique_stories([*story, *known, *found]):
        if hit.article.id not in seeds and not (bounded and not is_in_time(query, hit.article.published)):
            others.setdefault(hit.article.id, hit)
    vectors = index.article_vectors(list(others))
    nearness = {one: max(float(vector @ seed) for seed in seeds.values()) for one, vector in vectors.items()}
    least = min(hit.relevance or 0 for hit in story)
    near = sorted((one for one in nearness if nearness[one] >= SAME_STORY), key=lambda one: -nearness[one])
    return [replace(others[one], relevance=least) for one in near]
