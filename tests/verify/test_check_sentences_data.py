"""The 500 sentences that the check is measured on are what they claim to be.

Each lies beside the whole sentences of a sample article that prove it, or, where it was altered in one thing, that are
offered as its proof though they do not hold it. Half of every kind is kept back from whoever tunes the check.
"""

from __future__ import annotations

import difflib
import json
import re
from collections import Counter
from functools import cache

from newsqa.ingest.clean import clean
from newsqa.ingest.readers.registry import read_file
from newsqa.ingest.scan import scan
from newsqa.text.sentences import sentence_spans
from places import CORPUS, DATA

LINES = (DATA / "check" / "sentences.jsonl").read_text("utf-8").splitlines()
ROWS = [json.loads(line) for line in LINES]
TRUE = {row["id"]: row for row in ROWS if row["kind"] == "true"}
ALTERED = [row for row in ROWS if row["kind"] != "true"]
KINDS = {
    "true": 220,
    "number": 50,
    "name": 45,
    "negation": 40,
    "date": 35,
    "quote": 30,
    "speaker": 30,
    "role": 30,
    "unit": 20,
}


@cache
def sentences():
    """Return the sentences of every sample article, in their order, by its path as newsqa shows it."""
    articles = {
        "corpus/" + found.path + article.place: clean(article.text)
        for found in scan(str(CORPUS))
        for article in read_file(found)
    }
    return {path: [text[start:end] for start, end in sentence_spans(text)] for path, text in articles.items()}


def quoted(sentence):
    """Return the words between quotation marks, in small letters and without the stop that a writer adds."""
    return [words.rstrip(".,?!").lower() for words in re.findall(r"“([^”]+)”", sentence)]


def test_the_set_has_its_size_and_its_kinds():
    assert Counter(row["kind"] for row in ROWS) == KINDS
    assert sum(KINDS.values()) == 500


def test_nothing_stands_twice():
    assert len({row["id"] for row in ROWS}) == len(ROWS)
    assert len({row["sentence"].casefold() for row in ROWS}) == len(ROWS)


def test_half_of_every_kind_is_held_back():
    splits = Counter((row["kind"], row["split"]) for row in ROWS)
    assert {split for _, split in splits} == {"dev", "held"}
    assert [kind for kind in KINDS if abs(splits[kind, "dev"] - splits[kind, "held"]) > 2] == []


def test_every_article_has_true_sentences_and_altered_ones():
    assert {row["path"] for row in TRUE.values()} == set(sentences())
    assert {row["path"] for row in ALTERED} == set(sentences())
    shares = Counter(row["path"] for row in ROWS)
    assert {path: n for path, n in shares.items() if not 10 <= n <= 25} == {}


def test_every_line_is_well_formed():
    assert [row for row in ROWS if list(row) != ["id", "kind", "sentence", "path", "quotes", "of", "split"]] == []
    assert [row["id"] for row in ROWS if not is_one_plain_sentence(row["sentence"])] == []
    assert [row["id"] for row in ROWS if row["sentence"] in row["quotes"]] == []


def is_one_plain_sentence(text):
    words = text.split()
    closed = text.count("“") == text.count("”") == len(quoted(text))
    return 8 <= len(words) <= 35 and text == " ".join(words) and text[-1] in ".”" and closed


def test_quotes_are_whole_sentences_of_their_article_in_its_order():
    assert [row["id"] for row in ROWS if not are_in_order(row["quotes"], sentences()[row["path"]])] == []


def are_in_order(quotes, article):
    places = [article.index(quote) if quote in article else -1 for quote in quotes]
    return bool(places) and places == sorted(set(places)) and places[0] >= 0


def test_an_altered_sentence_offers_the_proof_of_a_true_one_of_its_half():
    shared = ("path", "quotes", "split")
    assert {row["of"] for row in TRUE.values()} == {None}
    assert {row["of"] for row in ALTERED} <= set(TRUE)
    assert [row["id"] for row in ALTERED if any(row[key] != TRUE[row["of"]][key] for key in shared)] == []


def test_an_altered_sentence_differs_from_the_true_one_and_in_little():
    alike = {row["id"]: likeness(row["sentence"], TRUE[row["of"]]["sentence"]) for row in ALTERED}
    assert {name: ratio for name, ratio in alike.items() if not 0.6 <= ratio < 1} == {}


def likeness(one, other):
    """Return how much of the words and marks of two sentences is common to both, in the same order, from 0 to 1."""
    one, other = (re.findall(r"\w+|[^\w\s]", text) for text in (one, other))
    return difflib.SequenceMatcher(None, one, other, autojunk=False).ratio()


def test_quotation_marks_hold_what_the_article_says_but_where_the_quote_was_altered():
    false = {row["id"] for row in ROWS if any(words not in said_in(row) for words in quoted(row["sentence"]))}
    assert false == {row["id"] for row in ROWS if row["kind"] == "quote"}


def said_in(row):
    return " ".join(row["quotes"]).lower()
