"""Where the words of a phrase stand in stored articles, to the character."""

import json
import re
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from word_embedder import WordEmbedder

from newsqa.ingest.indexer import index_source
from newsqa.settings import Settings
from newsqa.store.snapshot import open_index
from newsqa.text.sentences import passage_spans
from newsqa.types import Bounds
from thoroughness import examples

PARAGRAPH = (
    "The harbour of Kell is 300 years old, and its {n}th mayor says it will see {n} more. Nobody in the town council "
    "doubts her, though the dredging costs €5 million a year and the state gives no more than 12 per cent of it. "
)
LONG = "\n\n".join(PARAGRAPH.format(n=n) for n in range(30, 60))
MINE = (
    "“I didn’t see the fog — not a wisp,” said Zoë Ilmari.\n\nShe walked on.\u00a0The mine-shaft held $5 million, "
    "145,000 coins and 3.5 tons of o\u00adre from the U.S. and the Ruhr."
)
ARTICLES = {
    "mine": (MINE, "Tarn Herald", "2025-05-02"),
    "copy": ("He wrote: I didn't see the fog, not a wisp. The U.S. sent 145 men.", "Ostby Gazette", "2025-04-01"),
    "undated": ("I didn't see the fog. Not a wisp of it!", "Ostby Gazette", None),
    "long": (LONG, "Kell Post", "2025-06-01"),
}


@pytest.fixture(scope="module")
def held(tmp_path_factory):
    folder = tmp_path_factory.mktemp("phrases")
    for name, (text, outlet, published) in ARTICLES.items():
        fields = {"title": name, "text": text, "outlet": outlet, "published": published}
        (folder / f"{name}.json").write_text(json.dumps(fields), "utf-8")
    place = Settings(index=folder / "index")
    index_source(place, str(folder), embedder=WordEmbedder())
    with open_index(place) as opened, opened.snapshot() as index:
        yield index.find_phrase


def found(spans):
    return [(span.article.title, span.text) for span in spans]


@pytest.mark.parametrize(
    "phrase",
    [
        "I didn't see the fog – not a wisp",
        "“I didn’t see the fog - not a wisp.”",
        "  i DIDN`T\nsee the\tfog... not a wisp  ",
        "«I didn’t see the fog, not a wisp»",
    ],
)
def test_kinds_of_marks_and_case_do_not_count_and_the_first_published_comes_first(held, phrase):
    assert [title for title, _ in found(held(phrase))] == ["copy", "mine", "undated"]


@pytest.mark.parametrize(
    ("phrase", "title", "words"),
    [
        ("zoe ilmari", "mine", "Zoë Ilmari"),
        ("Zoe\u0308 Ilmari", "mine", "Zoë Ilmari"),
        ("mine shaft", "mine", "mine-shaft"),
        ("said Zoë Ilmari. She walked on. The mine", "mine", "said Zoë Ilmari.\n\nShe walked on.\u00a0The mine"),
        ("million, 145,000 coins and 3.5 tons of ore from the U.S. and", "mine", MINE[-71:-10].replace("\xad", "")),
        ("$5 million", "mine", "$5 million"),
        ("€5 million", "long", "€5 million"),
        ("145,000", "mine", "145,000"),
        ("145", "copy", "145"),
        ("3.5 tons of", "mine", "3.5 tons of"),
        ("U.S. and the Ruhr", "mine", "U.S. and the Ruhr"),
        ("U.S.", "copy", "U.S"),
    ],
)  # fmt: skip
def test_a_place_is_exact(held, phrase, title, words):
    assert found(held(phrase))[0] == (title, words)


@pytest.mark.parametrize("phrase", ["000", "14", "3", "the fogs", "seen the fog", "fog the see", "wisp wisp"])
def test_parts_of_numbers_and_other_forms_of_words_do_not_count(held, phrase):
    assert held(phrase) == []


@pytest.mark.parametrize("words", [2, 3, 5, 11, 12, 40, 120, 500])
def test_a_phrase_may_run_on_over_the_ends_of_passages(held, words):
    text = held("harbour of Kell")[0].article.text
    for _, end in passage_spans(text)[:-1]:
        before, after = text[:end].split()[-((words + 1) // 2) :], text[end:].split()[: words // 2]
        phrase = " ".join(before + after)
        (span,) = held(phrase)
        assert re.findall(r"\w+", span.text) == re.findall(r"\w+", phrase)


@pytest.mark.parametrize(
    "phrase",
    ["", "…", "“”", "\0", "%", "$ €", "\ud800", "a" * 100_000, "fog " * 500, "fog* OR", 'text : "fog', "fog NEAR(see)",
     "^mist", "-fog + see", "fog\" OR \"see", "'; DROP TABLE words; --"],
)  # fmt: skip
def test_phrases_are_data_and_no_syntax(held, phrase):
    assert held(phrase) == []


def test_bounds_and_limit_hold(held):
    phrase = "see the fog"
    assert [s.article.title for s in held(phrase, Bounds(outlet="ostby gazette"))] == ["copy", "undated"]
    assert [s.article.title for s in held(phrase, Bounds(as_of=date(2025, 4, 30)))] == ["copy"]
    assert [s.article.title for s in held(phrase, Bounds(since=date(2025, 5, 1)))] == ["mine"]
    assert [len(held(phrase, limit=limit)) for limit in (0, 1, 2, 9)] == [0, 1, 2, 3]
    assert [s.article.title for s in held("the")] == ["copy", "mine", "long", "undated"]


@given(st.text(max_size=60))
@settings(max_examples=examples(80), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_phrase_is_safe_and_every_place_is_in_the_text(held, phrase):
    for span in held(phrase):
        assert span.article.text[span.start : span.end] == span.text
