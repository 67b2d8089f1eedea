"""Passages as they are shown: wider, within bounds, never the same sentence twice."""

import itertools

from hypothesis import given
from hypothesis import strategies as st

from newsqa.search.retrieve import expand_context
from newsqa.text.sentences import passage_spans, sentence_spans
from newsqa.types import Article, Hit, Passage

lengths = st.lists(st.integers(1, 90), min_size=1, max_size=40)


def article(words: list[int]) -> Article:
    text = "\n".join(" ".join(["Gull"] * n) + "." for n in words)
    return Article(id="a", text=text, path="a.txt")


def hits_of(source: Article, spans: list[tuple[int, int]]) -> list[Hit]:
    return [Hit(Passage(n, source.id, a, b, source.text[a:b]), source, 1.0 - n) for n, (a, b) in enumerate(spans)]


@given(lengths, st.data())
def test_passages_grow_by_whole_sentences_and_never_meet(words, data) -> None:
    source = article(words)
    spans = passage_spans(source.text)
    chosen = data.draw(st.lists(st.sampled_from(spans), unique=True, min_size=1))
    starts, ends = ({span[n] for span in sentence_spans(source.text)} for n in (0, 1))
    wide = expand_context(hits_of(source, chosen))
    for (start, end), hit in zip(chosen, wide, strict=True):
        passage = hit.passage
        assert passage.text == source.text[passage.start : passage.end]
        assert passage.start <= start < end <= passage.end
        assert passage.start in starts
        assert passage.end in ends
        assert len(passage.text.split()) <= 250
    shown = sorted((hit.passage.start, hit.passage.end) for hit in wide)
    assert all(before[1] <= after[0] for before, after in itertools.pairwise(shown))


def test_a_passage_takes_what_stands_around_it() -> None:
    source = article([100, 100, 100])
    spans = sentence_spans(source.text)
    (wide,) = expand_context(hits_of(source, [spans[1]]))
    assert (wide.passage.start, wide.passage.end) == (spans[1][0], spans[2][1])


def test_none_stays_none() -> None:
    assert expand_context([]) == []
