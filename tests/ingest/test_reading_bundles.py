"""What a news database exports in one file becomes its articles, each with its own title, outlet, byline and day."""

from __future__ import annotations

import io
import json

import docx
import pytest
from command_line import newsqa
from news_bundles import FACTIVA, FACTIVA_TAGGED, KNOWN, NEXIS, NEXIS_UNI, PROQUEST, STORIES, rtf

from newsqa.ingest.files import RawArticle
from newsqa.ingest.readers.registry import read_file
from newsqa.ingest.scan import scan


def word(paragraphs):
    document = docx.Document()
    for paragraph in paragraphs:
        document.add_paragraph(paragraph)
    data = io.BytesIO()
    document.save(data)
    return data.getvalue()


def lines(text):
    return [line for line in text.splitlines() if line.strip()]


UNBROKEN = NEXIS.replace("close\nfor", "close for").replace("back to\nBrack", "back to Brack")
"""As Word has it: no line of a paragraph is broken."""

BUNDLES = {
    "nexis.txt": NEXIS.encode(),
    "nexis.docx": word(UNBROKEN.split("\n")),
    "nexis.rtf": rtf(NEXIS.split("\n")).encode(),
    "uni.txt": "\n\n".join(NEXIS_UNI).encode(),
    "uni.docx": word(NEXIS_UNI),
    "uni.rtf": rtf(NEXIS_UNI).encode(),
    "factiva.txt": FACTIVA.encode(),
    "factiva.docx": word(FACTIVA.split("\n")),
    "factiva.rtf": rtf(FACTIVA.split("\n")).encode(),
    "tagged.txt": FACTIVA_TAGGED.encode(),
    "tagged.rtf": rtf(FACTIVA_TAGGED.split("\n")).encode(),
    "proquest.txt": PROQUEST.encode(),
    "proquest.docx": word(PROQUEST.split("\n")),
    "proquest.rtf": rtf(PROQUEST.split("\n")).encode(),
}


@pytest.mark.parametrize("name", BUNDLES)
def test_a_bundle_becomes_its_articles(tmp_path, name):
    (tmp_path / name).write_bytes(BUNDLES[name])
    items = [item for found in scan(str(tmp_path / name)) for item in read_file(found)]
    assert all(isinstance(item, RawArticle) for item in items), items
    assert [item.place for item in items] == ["#1", "#2", "#3"]
    for item, (title, outlet, byline, day), story in zip(items, KNOWN, STORIES, strict=True):
        who = item.byline and item.byline.replace(", ", " and ").title().replace(" And ", " and ")
        assert (item.title, item.outlet, who, item.published.isoformat()) == (title, outlet, byline, day)
        assert [line.strip() for line in lines(item.text) if not line.startswith("SOURCE: ")] == list(story)


def test_a_text_that_only_speaks_of_documents_is_one_article(tmp_path):
    text = "The clerk held up one of the papers.\n\nIt was 1 of 2 DOCUMENTS that she had found, she said.\n"
    (tmp_path / "a.txt").write_text(text)
    (item,) = (item for found in scan(str(tmp_path / "a.txt")) for item in read_file(found))
    assert lines(item.text) == lines(text)


def test_three_articles_of_nexis_give_three_citations_with_their_own_outlet_and_day(tmp_path):
    (tmp_path / "news").mkdir()
    (tmp_path / "news" / "harbour.txt").write_text(NEXIS)
    index = str(tmp_path / "index")
    assert newsqa("index", tmp_path / "news", "--index", index).returncode == 0
    questions = (
        "What will the work on the quay cost?",
        "How many passengers were on board the Grey Heron?",
        "How many people will the trams carry a day?",
    )
    cited = []
    for question in questions:
        record = json.loads(newsqa("ask", question, "--index", index, "--json").stdout)
        cited.append(record["citations"][0])
    assert [(one["title"], one["outlet"], one["published"]) for one in cited] == [
        (title, outlet, day) for title, outlet, _, day in KNOWN
    ]
    assert [one["path"] for one in cited] == ["news/harbour.txt#1", "news/harbour.txt#2", "news/harbour.txt#3"]
