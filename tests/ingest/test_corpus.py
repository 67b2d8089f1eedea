"""The sample corpus and its questions: every file is what its name says, and every answer is proved by its quote.

Files are read here with the standard library alone, so that the corpus and the readers of newsqa check each other.
"""

from __future__ import annotations

import gzip
import json
import re
from collections import Counter
from datetime import date
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
import yaml

from newsqa.ingest.clean import clean
from newsqa.ingest.readers.registry import read_file
from newsqa.ingest.scan import scan
from newsqa.text.sentences import sentence_spans
from places import CORPUS, ROOT, SAMPLE_QUESTIONS

FILES = sorted(path.relative_to(ROOT).as_posix() for path in CORPUS.rglob("*") if path.is_file())
QUESTIONS = [json.loads(line) for line in SAMPLE_QUESTIONS.read_text("utf-8").splitlines()]
ANSWERABLE = [row for row in QUESTIONS if row["answerable"]]
CONTENT = "{http://purl.org/rss/1.0/modules/content/}encoded"


class Paragraphs(HTMLParser):
    """Collects the text of the paragraphs, and of the JSON-LD, of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.paragraphs: list[str] = []
        self.linked_data = ""
        self.inside = ""

    def handle_starttag(self, tag, attrs):
        if tag == "p":
            self.paragraphs.append("")
        if tag == "p" or (tag == "script" and ("type", "application/ld+json") in attrs):
            self.inside = tag

    def handle_endtag(self, tag):
        if tag == self.inside:
            self.inside = ""

    def handle_data(self, data):
        if self.inside == "p":
            self.paragraphs[-1] += data
        elif self.inside == "script":
            self.linked_data += data


def page(source):
    reader = Paragraphs()
    reader.feed(source)
    reader.close()
    return reader


def objects_of(path):
    """Return the articles of a JSON file as objects; every one has a headline, a text and a known outlet."""
    raw = path.read_bytes()
    text = (gzip.decompress(raw) if path.suffix == ".gz" else raw).decode()
    return [json.loads(text)] if path.suffix == ".json" else [json.loads(line) for line in text.splitlines()]


def texts_of(path):
    """Return the texts of the articles in a file, in its order, without front matter and markup."""
    if path.suffix == ".html":
        return ["\n".join(page(path.read_text("utf-8")).paragraphs)]
    if path.suffix == ".xml":
        items = ET.parse(path).iter("item")
        return ["\n".join(page(item.findtext(CONTENT)).paragraphs) for item in items]
    if path.suffix in {".json", ".jsonl", ".gz"}:
        return [
            next(row[key] for key in ("body", "content", "text", "articleBody") if key in row)
            for row in objects_of(path)
        ]
    text = path.read_text("utf-8")
    return [text.split("---\n", 2)[2] if path.suffix == ".md" else text]


@cache
def corpus():
    """Return every article's text by its path, `file#n` (from 1) in a file of many."""
    articles = {}
    for name in FILES:
        texts = texts_of(ROOT / name)
        many = name.endswith((".jsonl", ".jsonl.gz", ".xml"))
        articles |= {f"{name}#{n}" if many else name: text for n, text in enumerate(texts, 1)}
    return articles


@cache
def articles_read():
    """Return the articles by their names as newsqa reads them; a Problem has no text, and would fail here."""
    return {
        "corpus/" + found.path + article.place: article for found in scan(str(CORPUS)) for article in read_file(found)
    }


def sentences_of(text):
    return [text[start:end] for start, end in sentence_spans(text)]


def holds_words(text, words):
    return re.search(rf"(?<!\w){re.escape(words)}(?!\w)", text) is not None


def test_the_corpus_has_every_format_and_nothing_else():
    assert {Path(name).suffix for name in FILES} == {".txt", ".md", ".html", ".json", ".jsonl", ".gz", ".xml"}
    assert len(corpus()) == 30
    assert sum(name.startswith("corpus/digests/") for name in FILES) == 5


def test_articles_are_of_the_length_of_news():
    lengths = {path: len(text.split()) for path, text in corpus().items() if not path.endswith(".html")}
    assert {path: n for path, n in lengths.items() if not 180 <= n <= 500} == {}


@pytest.mark.parametrize("name", [name for name in FILES if name.endswith(".md")])
def test_front_matter_says_title_and_outlet(name):
    matter = yaml.safe_load((ROOT / name).read_text("utf-8").split("---\n", 2)[1])
    assert matter["title"]
    assert matter.get("outlet") or matter.get("source")


@pytest.mark.parametrize("name", [name for name in FILES if name.endswith(".html")])
def test_pages_say_what_they_are(name):
    source = (ROOT / name).read_text("utf-8")
    data = page(source).linked_data
    assert (data and "NewsArticle" in json.dumps(json.loads(data))) or 'property="og:title"' in source


@pytest.mark.parametrize("name", [name for name in FILES if name.endswith((".json", ".jsonl", ".gz"))])
def test_objects_say_their_title_and_outlet(name):
    for row in objects_of(ROOT / name):
        assert row.get("title") or row.get("headline")
        assert row.get("publisher") or row.get("outlet") or row.get("source")


def test_invented_addresses_lie_on_reserved_domains():
    invented = [name for name in FILES if not name.startswith("corpus/digests/")]
    raw = [(ROOT / name).read_bytes() for name in invented]
    read = "\n".join((gzip.decompress(b) if b[:2] == b"\x1f\x8b" else b).decode() for b in raw)
    hosts = set(re.findall(r"https?://([\w.-]+)", read)) - {"schema.org", "purl.org"}
    assert len(hosts) >= 5
    assert {host for host in hosts if not host.endswith((".example", ".test"))} == set()


def test_the_set_has_its_size_and_its_shares():
    tags = Counter(tag for row in QUESTIONS for tag in row["tags"])
    assert len(QUESTIONS) == len({row["id"] for row in QUESTIONS}) == 60
    assert len(ANSWERABLE) == 45
    assert tags["unanswerable"] == 15
    assert all(tags[kind] >= 2 for kind in ("who-said", "date", "multi", "follow-up", "correction", "disagreement"))


@pytest.mark.parametrize("row", QUESTIONS, ids=lambda row: row["id"])
def test_a_line_of_the_set_is_well_formed(row):
    fields = {"id", "question", "answers", "asked", "as_of", "history", "answerable", "gold", "tags", "meta"}
    assert set(row) <= fields
    assert row["question"].strip()
    assert all(date.fromisoformat(row[key]) for key in ("asked", "as_of") if key in row)
    assert all(turn["role"] in {"user", "assistant"} and turn["content"] for turn in row.get("history", []))
    assert bool(row.get("history")) == ("follow-up" in row["tags"])
    assert bool(row["answers"]) == bool(row["gold"]) == row["answerable"]


@pytest.mark.parametrize("row", ANSWERABLE, ids=lambda row: row["id"])
def test_gold_quotes_are_sentences_of_their_articles_and_hold_the_answers(row):
    for gold in row["gold"]:
        assert gold["quote"] in sentences_of(corpus()[gold["path"]])
        assert gold["quote"] in sentences_of(clean(articles_read()[gold["path"]].text))
    quotes = " ".join(gold["quote"] for gold in row["gold"])
    assert [answer for answer in row["answers"] if not holds_words(quotes, answer)] == []


def test_newsqa_reads_every_article_and_knows_what_it_is():
    read = articles_read()
    assert set(read) == set(corpus())
    assert all(article.title for article in read.values())
    assert {article.outlet for article in read.values()} == {
        "Ambry Valley Post",
        "Coastline Wire",
        "Harbour Radio 88",
        "Orrinport Courier",
        "The Velmarra Ledger",
        "newsqa digest",
        None,  # a digest as plain text, which only says whose it is
    }


def test_dates_are_known_where_they_are_written_and_only_there():
    dates = {path: article.published for path, article in articles_read().items()}
    undated = {path for path, day in dates.items() if day is None}
    assert {path for path in undated if not path.startswith("corpus/digests/")} == {
        "corpus/ambry-valley-post/net-maker-of-sel-bay.md",
        "corpus/orrinport-courier/mail-boat-to-dunmarrow.txt",
    }
    assert len(undated) == 7
    known = [day for day in dates.values() if day]
    assert (min(known), max(known)) == (date(2025, 3, 3), date(2025, 4, 16))
    named = {path: re.search(r"/(\d{4}-\d\d-\d\d)-", path) for path in dates}
    assert all(dates[path] == date.fromisoformat(name[1]) for path, name in named.items() if name)


def test_the_page_with_boilerplate_keeps_the_article_alone():
    text = clean(articles_read()["corpus/orrinport-courier/2025-03-14-grey-heron-aground.html"].text).strip()
    assert text.startswith("The morning ferry to Dunmarrow ran onto a reef")
    assert text.endswith("the mail boat still runs.")
    for noise in (
        "cookies",
        "Share on",
        "Also read",
        "life jacket still safe",
        "inbox",
        "gift of 5",
        "Reply",
        "Comment",
    ):
        assert noise not in text
