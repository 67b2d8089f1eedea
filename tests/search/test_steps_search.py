"""From a question to evidence: fusing, soft weights, reranking, copies and articles that say a lot."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsqa.models.encoders import NoReranker
from newsqa.search.retrieve import CANDIDATES, EVIDENCE, PAIRS, PER_ARTICLE, fuse, rerank, retrieve, time_nearness
from newsqa.types import Article, Duplicate, Hit, Passage, Query

ASKED = date(2025, 4, 16)
QUERY = Query("Who opened the pier?", ASKED, terms=("opened", "pier"))


def hit(number, score=1.0, *, article=None, published=None, outlet=None, text=None, copies=()):
    text = text or f"Passage {number} speaks of the pier."
    body = Article(article or f"a{number}", text, "x.md", title=f"Title {number}", outlet=outlet, published=published)
    return Hit(Passage(number, body.id, 0, len(text), text), body, score, tuple(Duplicate(c, None) for c in copies))


class FakeIndex:
    def __init__(self, hits, words, vector):
        self._hits = {one.passage.id: one for one in hits}
        self._words, self._vector = words, vector
        self.asked_for = []

    def search_words(self, terms, bounds, limit):
        self.asked_for.append((terms, bounds))
        return [(number, 9.0 - n) for n, number in enumerate(self._words)][:limit]

    def search_vectors(self, vector, bounds, limit):
        self.asked_for.append((vector, bounds))
        return [(number, 0.9 - n / 1000) for n, number in enumerate(self._vector)][:limit]

    def load_hits(self, ranked):
        return [self._hits[number].scored(score) for number, score in ranked]


class FakeEmbedder:
    def embed_query(self, text):
        return [float(len(text))]


class FakeReranker:
    def __init__(self, favourites=()):
        self.favourites, self.read = favourites, []

    def score(self, question, texts):
        assert question == QUERY.text
        self.read += texts
        return [5.0 if any(word in text for word in self.favourites) else -5.0 for text in texts]


def ids(hits):
    return [one.passage.id for one in hits]


def test_what_both_searches_find_comes_first():
    index = FakeIndex([hit(n) for n in range(5)], words=[1, 2, 3], vector=[4, 3, 0])
    assert ids(retrieve(QUERY, index, FakeEmbedder()))[0] == 3


def test_the_words_and_the_bounds_reach_the_index():
    index = FakeIndex([hit(1)], words=[1], vector=[])
    retrieve(QUERY, index, FakeEmbedder())
    assert index.asked_for == [(QUERY.terms, QUERY.bounds), ([float(len(QUERY.text))], QUERY.bounds)]


def test_nothing_found_is_no_fault():
    index = FakeIndex([], [], [])
    assert retrieve(QUERY, index, FakeEmbedder()) == []
    assert rerank(QUERY, [], FakeReranker()) == []


@pytest.mark.parametrize(
    ("better", "worse", "query"),
    [
        (hit(2, published=ASKED), hit(1, published=date(2019, 1, 1)), QUERY),
        (
            hit(2, published=date(2025, 2, 3)),
            hit(1, published=ASKED),
            replace(QUERY, since=date(2025, 2, 1), until=date(2025, 2, 7)),
        ),
        (hit(2, outlet="AFP"), hit(1, outlet="The Harbour Times"), replace(QUERY, outlets=("AFP",))),
    ],
)
def test_time_and_outlet_weigh_softly(better, worse, query):
    index = FakeIndex([better, worse], words=[1, 2], vector=[1, 2])
    assert ids(retrieve(query, index, FakeEmbedder())) == [2, 1]
    far_behind = FakeIndex([better, worse, *map(hit, range(3, 80))], words=[1, *range(3, 80), 2], vector=[1])
    found = ids(retrieve(query, far_behind, FakeEmbedder()))
    assert found.index(1) < found.index(2)  # a much better match wins all the same


def test_at_most_so_many_candidates():
    index = FakeIndex([hit(n) for n in range(300)], words=range(150), vector=range(150, 300))
    assert len(retrieve(QUERY, index, FakeEmbedder())) == CANDIDATES


@given(st.lists(st.lists(st.integers(0, 30), unique=True), max_size=4))
def test_fusing_keeps_each_passage_once_and_in_order(lists):
    fused = fuse([[(number, 1.0) for number in numbers] for numbers in lists])
    assert {number for number, _ in fused} == {number for numbers in lists for number in numbers}
    assert [score for _, score in fused] == sorted((score for _, score in fused), reverse=True)
    assert len(fused) == len({number for number, _ in fused})


def test_the_reranker_decides_what_is_best():
    hits = [hit(n, text=f"Passage {n} with a word like {word}.") for n, word in enumerate(["oak", "elm", "ash"])]
    assert ids(rerank(QUERY, hits, FakeReranker(["ash"])))[0] == 2


def test_the_title_is_read_with_the_passage():
    reranker = FakeReranker()
    rerank(QUERY, [hit(7)], reranker)
    assert reranker.read == ["Title 7\nPassage 7 speaks of the pier."]


def test_with_no_reranker_the_order_of_retrieval_stays():
    hits = [hit(n, 1 - n / 100, published=date(2025, 4, 1 + n)) for n in range(12)]
    assert ids(rerank(QUERY, hits, NoReranker())) == list(range(12))


def test_what_was_not_read_stays_below_in_its_order():
    hits = [hit(n, 1 - n / 100) for n in range(PAIRS + 9)]
    best = rerank(QUERY, hits, FakeReranker())
    assert len(best) == min(EVIDENCE, PAIRS + 9)
    assert [one.score for one in best] == sorted((one.score for one in best), reverse=True)
    assert ids(best)[PAIRS:] == list(range(PAIRS, len(best)))


def test_an_article_gives_a_few_passages_only():
    hits = [hit(n, article="long") for n in range(8)] + [hit(9)]
    best = rerank(QUERY, hits, FakeReranker())
    assert [one.article.id for one in best].count("long") == PER_ARTICLE
    assert 9 in ids(best)


def test_copies_of_a_story_count_once():
    hits = [hit(1, article="a", copies=("b", "c")), hit(2, article="b", copies=("a", "c")), hit(3, article="d")]
    assert sorted(ids(rerank(QUERY, hits, FakeReranker()))) == [1, 3]


def test_asked_years_later_dates_change_nothing():
    days = [date(2024, 3, 1) + timedelta(days=n) for n in range(9)]
    assert max(time_nearness(replace(QUERY, asked=date(2031, 1, 1)), days)) < 1e-6


def test_the_latest_and_the_first_are_seen_from_the_articles_themselves():
    days = [date(2024, 3, 9), None, date(2024, 3, 1), date(2024, 3, 5)]
    years_later = replace(QUERY, asked=date(2031, 1, 1))
    assert time_nearness(replace(years_later, order="latest"), days) == [1.0, 0.5, 0.0, 0.5]
    assert time_nearness(replace(years_later, order="first"), days) == [0.0, 0.5, 1.0, 0.5]


def test_an_unknown_day_neither_gains_nor_loses():
    near, unknown, far = time_nearness(QUERY, [ASKED, None, ASKED - timedelta(days=3650)])
    assert near == 1
    assert far < unknown < near
    assert time_nearness(QUERY, [None, None]) == [0.0, 0.0]


@given(st.lists(st.none() | st.dates(), max_size=8), st.dates(), st.none() | st.dates(), st.none() | st.dates())
def test_nearness_is_between_none_and_full(days, asked, since, until):
    found = time_nearness(Query("?", asked, since=since, until=until), days)
    assert len(found) == len(days)
    assert all(0 <= one <= 1 for one in found)
