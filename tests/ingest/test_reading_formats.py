"""Every format gives the article as it was written, and what is known about it."""

from __future__ import annotations

import gzip
import io
import json
import re
import sys
from datetime import date

import pytest

from newsqa.ingest.clean import clean
from newsqa.ingest.files import Problem, RawArticle
from newsqa.ingest.readers.registry import read_file
from newsqa.ingest.scan import scan

BODY = [
    "The harbour board of Tellin voted on Tuesday to close the old north quay. Engineers found cracks in its piles.",
    "“We have been patching it since 1988,” said Mayor Ada Quill. She expects the work to cost 3.5 million crowns.",
    "What comes next",
    "Fishing boats move to the south quay on Monday, where they will share a single crane with the mail boat.",
]
TEXT = "\n\n".join(BODY)


def read(folder, name, content):
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return [item for found in scan(str(path)) for item in read_file(found)]


def only(items):
    (item,) = items
    assert isinstance(item, RawArticle), item
    return item


def stored(items):
    return clean(only(items).text)


def lines(text):
    return [line for line in text.splitlines() if line.strip()]


def known(article):
    return (article.title, article.outlet, article.byline, article.published, article.url)


def test_text_says_title_byline_outlet_and_date_in_its_first_lines(tmp_path):
    article = only(read(tmp_path, "a.txt", f"Quay to close\n\nBy Jon Ashby\nTellin Post\n12 May 2024\n\n{TEXT}\n"))
    assert known(article) == ("Quay to close", "Tellin Post", "Jon Ashby", date(2024, 5, 12), None)
    assert clean(article.text) == TEXT + "\n"


def test_text_without_a_title_has_none(tmp_path):
    article = only(read(tmp_path, "a.txt", TEXT))
    assert known(article) == (None, None, None, None, None)
    assert article.text == TEXT


def test_front_matter_is_taken_as_it_is_written(tmp_path):
    matter = """title: "1984"
source: Tellin Post
authors: [Jon Ashby, Ida Noll]
date: 2024-05-12T23:30:00-05:00
url: https://tellin.example/q"""
    article = only(read(tmp_path, "a.md", f"---\n{matter}\n---\n# 1984\n\n{TEXT}\n\n* a **bold** point\n"))
    address = "https://tellin.example/q"
    assert known(article) == ("1984", "Tellin Post", "Jon Ashby, Ida Noll", date(2024, 5, 12), address)
    assert clean(article.text) == f"{TEXT}\n\n* a **bold** point\n"


def test_broken_front_matter_is_told_and_the_article_goes_in(tmp_path):
    problem, article = read(tmp_path, "a.md", f"---\ntitle: [a\n---\n{TEXT}")
    assert "front matter" in problem.reason
    assert clean(article.text) == TEXT


PUBLISHER = {"@type": "Organization", "name": "Tellin Post"}
RENDERED = {"rendered": "".join(f"<p>{part}</p>" for part in BODY)}
OBJECTS = {
    "plain": {"text": TEXT, "authors": ["Jon Ashby", "Ida Noll"], "published": "2024-05-12", "outlet": "Tellin Post"},
    "schema.org": {
        "headline": "Quay to close",
        "articleBody": TEXT,
        "author": [{"name": "Jon Ashby"}, {"name": "Ida Noll"}],
        "datePublished": "2024-05-12T08:00:00Z",
        "publisher": PUBLISHER,
    },
    "byline": {
        "content": TEXT,
        "byline": "By Jon Ashby, Ida Noll",
        "publish_date": "May 12, 2024",
        "source": PUBLISHER,
    },
    "nested": {
        "page_content": TEXT,
        "metadata": {"author": "Jon Ashby, Ida Noll", "date": 1715500000, "source": "Tellin Post"},
    },
    "rendered": {
        "title": {"rendered": "Quay to close"},
        "content": RENDERED,
        "authors": ["Jon Ashby Ida Noll", "Jon Ashby", "Ida Noll"],
        "pubDate": "Sun, 12 May 2024 23:00:00 -0700",
        "publisher": "Tellin Post",
    },
}


@pytest.mark.parametrize("fields", OBJECTS.values(), ids=OBJECTS.keys())
def test_json_is_read_under_the_usual_names(tmp_path, fields):
    title = {} if "headline" in fields else {"title": "Quay to close"}
    article = only(read(tmp_path, "a.json", json.dumps(title | fields)))
    assert known(article) == ("Quay to close", "Tellin Post", "Jon Ashby, Ida Noll", date(2024, 5, 12), None)
    assert article.text == TEXT


@pytest.mark.parametrize(
    "around", [lambda rows: rows, lambda rows: {"articles": rows}, lambda rows: {"response": {"docs": rows}}]
)
def test_a_list_of_objects_is_a_list_of_articles(tmp_path, around):
    rows = [
        {"text": "The quay is shut.", "url": "https://www.tellin.example/1"},
        {"title": "no text"},
        {"text": "It rained."},
    ]
    first, bad, last = read(tmp_path, "a.json", json.dumps(around(rows)))
    assert (first.place, first.outlet, last.place) == ("#1", "tellin.example", "#3")
    assert isinstance(bad, Problem)
    assert bad.name.endswith("a.json#2")


def test_lines_of_json_are_named_by_their_number_and_a_bad_one_stops_nothing(tmp_path):
    rows = ['{"text": "The quay is shut."}', "", "{broken", "[1]", '{"text": "It rained."}']
    items = read(tmp_path, "news.jsonl", "\n".join(rows))
    assert [item.place for item in items if isinstance(item, RawArticle)] == ["#1", "#5"]
    assert [item.name.rpartition("#")[2] for item in items if isinstance(item, Problem)] == ["3", "4"]


def test_json_lines_under_the_name_of_json_are_read(tmp_path):
    items = read(tmp_path, "a.json", '{"text": "The quay is shut."}\n{"text": "It rained."}\n')
    assert [item.text for item in items] == ["The quay is shut.", "It rained."]


def test_packed_files_are_unpacked(tmp_path):
    assert stored(read(tmp_path, "a.txt.gz", gzip.compress(TEXT.encode()))) == TEXT
    items = read(tmp_path, "a.jsonl.gz", gzip.compress(b'{"text": "The quay is shut."}\n'))
    assert items[0].place == "#1"


PAGE = """<!doctype html><html><head><title>Quay to close | Tellin Post</title>{head}</head><body>
<header><nav><ul><li><a href="/">Home</a></li><li><a href="/sport">Sport</a></li></ul></nav></header>
<main><article><h1>Quay to close</h1><p>By Jon Ashby | 12 May 2024</p>{body}</article></main>
<aside><h2>Most read</h2><ul><li><a href="/x">A dog wins a prize at the county fair</a></li></ul></aside>
<footer>© 2024 Tellin Post</footer><script>var a = "<p>never shown</p>";</script></body></html>"""
PARAGRAPHS = "".join(f"<p>{part}</p>" for part in BODY)
LINKED = {
    "@context": "https://schema.org",
    "@graph": [
        {"@type": "Person", "@id": "#ja", "name": "Jon Ashby"},
        {"@type": ["NewsArticle"], "headline": "Quay &amp; crane", "author": {"@id": "#ja"},
         "datePublished": "2024-05-12T23:10:00-08:00", "publisher": [{"name": "The Tellin Post"}], "url": "https://tellin.example/quay"},
    ],
}  # fmt: skip


def test_a_page_gives_its_own_words_and_not_what_stands_around_them(tmp_path):
    article = only(read(tmp_path, "a.html", PAGE.format(head="", body=PARAGRAPHS)))
    assert known(article) == ("Quay to close", "Tellin Post", "Jon Ashby", date(2024, 5, 12), None)
    assert lines(clean(article.text)) == BODY


def test_linked_data_goes_before_what_else_the_page_says(tmp_path):
    head = f'<script type="application/ld+json">{json.dumps(LINKED)}</script><meta property="og:title" content="Other">'
    article = only(read(tmp_path, "a.html", PAGE.format(head=head, body=PARAGRAPHS)))
    address = "https://tellin.example/quay"
    assert known(article) == ("Quay & crane", "The Tellin Post", "Jon Ashby", date(2024, 5, 12), address)


def test_open_graph_is_read(tmp_path):
    head = (
        '<meta property="og:title" content="Quay &amp; crane"><meta property="og:site_name" content="The Post">'
        '<meta property="article:published_time" content="2024-05-11T10:00:00Z"><meta name="author" content="Ida Noll">'
        '<link rel="canonical" href="https://tellin.example/quay">'
    )
    article = only(read(tmp_path, "a.html", PAGE.format(head=head, body=PARAGRAPHS)))
    assert known(article) == ("Quay & crane", "The Post", "Ida Noll", date(2024, 5, 11), "https://tellin.example/quay")


def test_inline_markup_breaks_no_line_and_entities_are_decoded(tmp_path):
    body = (
        "<p>The <b>Grey</b>&nbsp;Heron is a caf&eacute; &amp; a ship, <a href='/x'>which</a> left<br>at six.</p>"
        + PARAGRAPHS
    )
    text = stored(read(tmp_path, "a.html", PAGE.format(head="", body=body)))
    assert lines(text)[:2] == ["The Grey\u00a0Heron is a café & a ship, which left", "at six."]


def test_lists_and_tables_come_without_marks_of_another_hand(tmp_path):
    body = (
        PARAGRAPHS
        + "<ul><li>First point about the piles</li></ul><table><tr><td>Cracks found</td><td>14</td></tr></table>"
    )
    text = stored(read(tmp_path, "a.html", PAGE.format(head="", body=body)))
    assert lines(text)[-3:] == ["First point about the piles", "Cracks found", "14"]


def test_a_short_page_is_read_from_its_article(tmp_path):
    text = stored(read(tmp_path, "a.html", PAGE.format(head="", body="<p>The quay is shut.</p>")))
    assert lines(text) == ["The quay is shut."]


def test_a_page_that_tells_more_in_its_data_than_it_shows_gives_that(tmp_path):
    data = {"@type": "NewsArticle", "articleBody": "\n".join(BODY)}
    head = f'<script type="application/ld+json">{json.dumps(data)}</script>'
    text = stored(read(tmp_path, "a.html", PAGE.format(head=head, body="<p>Subscribe to read on.</p>")))
    assert lines(text) == BODY


def test_a_page_in_another_encoding_is_read_by_what_it_declares(tmp_path):
    page = PAGE.format(
        head='<meta charset="iso-8859-15">', body=PARAGRAPHS.replace("“", "").replace("”", "") + "<p>Café, 5 €</p>"
    )
    assert "Café, 5 €" in stored(read(tmp_path, "a.html", page.encode("iso-8859-15")))


FEED = """<?xml version="1.0" encoding="utf-8"?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/">
<channel><title>Tellin Wire</title><link>https://tellin.example/</link>
<item><title>Quay &amp;amp; crane</title><link>https://tellin.example/quay</link><guid isPermaLink="false">tw-1</guid>
<dc:creator>Jon Ashby</dc:creator><pubDate>Sun, 12 May 2024 23:10:00 -0800</pubDate>
<description>Short.</description>
<content:encoded><![CDATA[<p>The quay is shut.</p><p>Boats <b>move</b> south.</p>]]></content:encoded></item>
<item><title>Rain</title><link>javascript:alert(1)</link>
<description>It rained &lt;i&gt;all&lt;/i&gt; day in Tellin.</description></item>
<item><title>Nothing</title></item></channel></rss>"""
ATOM = """<?xml version="1.0"?>
<feed xmlns="http://www.w3.org/2005/Atom"><title>Tellin Wire</title><id>urn:x</id>
<entry><title>Quay</title><id>urn:1</id><link href="https://tellin.example/quay"/>
<published>2024-05-12T23:10:00-08:00</published>
<author><name>Jon Ashby</name></author>
<content type="html">&lt;p&gt;The quay is shut.&lt;/p&gt;</content></entry></feed>"""


def test_a_feed_gives_full_content_before_summaries(tmp_path):
    full, short, empty = read(tmp_path, "feed.xml", FEED)
    address = "https://tellin.example/quay"
    assert known(full) == ("Quay & crane", "Tellin Wire", "Jon Ashby", date(2024, 5, 12), address)
    assert (full.text, full.kind, full.place, full.key) == (
        "The quay is shut.\n\nBoats move south.",
        "feed",
        "#1",
        "tw-1",
    )
    assert (short.text, short.url, short.published) == ("It rained all day in Tellin.", None, None)
    assert isinstance(empty, Problem)


def test_atom_is_read(tmp_path):
    article = only(read(tmp_path, "feed.atom", ATOM))
    assert known(article) == ("Quay", "Tellin Wire", "Jon Ashby", date(2024, 5, 12), "https://tellin.example/quay")
    assert (article.text, article.key) == ("The quay is shut.", "urn:1")


RDF = """<?xml version="1.0"?>
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"
 xmlns:dc="http://purl.org/dc/elements/1.1/"><channel rdf:about="https://tellin.example/"><title>Tellin Wire</title>
</channel><item rdf:about="https://tellin.example/quay"><title>Quay</title>
<description>The quay is &lt;b&gt;shut&lt;/b&gt;.</description>
<dc:creator>Jon Ashby</dc:creator><dc:creator>Ada Holm</dc:creator><dc:date>2024-05-12T23:10:00Z</dc:date>
</item></rdf:RDF>"""
XHTML = """<feed xmlns="http://www.w3.org/2005/Atom"><title>Tellin Wire</title>
<entry><title type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">A <em>small</em> quay</div></title>
<link rel="self" href="https://tellin.example/feed"/><link href="https://tellin.example/quay"/><updated>2024-05-12</updated>
<source><title>Harbour News</title></source><summary>Short.</summary>
<content type="xhtml"><x:div xmlns:x="http://www.w3.org/1999/xhtml"><x:p>Fish &amp; chips.</x:p>
<x:p>A <x:b>bold</x:b> quay.</x:p></x:div></content></entry></feed>"""


def rss(item, encoding="utf-8"):
    namespaces = 'xmlns:media="http://search.yahoo.com/mrss/"'
    declared = f'<?xml version="1.0" encoding="{encoding}"?>'
    return f'{declared}<rss version="2.0" {namespaces}><channel><title>Wire</title><item>{item}</item></channel></rss>'


def test_rss_of_rdf_is_read(tmp_path):
    article = only(read(tmp_path, "feed.rss", RDF))
    address = "https://tellin.example/quay"
    assert known(article) == ("Quay", "Tellin Wire", "Jon Ashby, Ada Holm", date(2024, 5, 12), address)
    assert (article.text, article.key) == ("The quay is shut.", address)


def test_xhtml_in_atom_is_read_as_html(tmp_path):
    article = only(read(tmp_path, "feed.atom", XHTML))
    assert known(article) == ("A small quay", "Harbour News", None, date(2024, 5, 12), "https://tellin.example/quay")
    assert article.text == "Fish & chips.\n\nA bold quay."


@pytest.mark.parametrize(
    ("item", "text"),
    [
        ("<description>AT&T raised prices &amp; wages&hellip;</description>", "AT&T raised prices & wages…"),
        ("<description>At the caf&eacute; &nosuch; sign.</description>", "At the café &nosuch; sign."),
        ("<description><![CDATA[AT&T raised prices & wages.]]></description>", "AT&T raised prices & wages."),
        ("<description>A <b>bold</b> quay.</description>", "A bold quay."),
        ("<description>The quay.</description><media:description>A picture.</media:description>", "The quay."),
        ("<dc:title>No such prefix</dc:title><description>The quay.</description>", "The quay."),
    ],
    ids=["bare ampersands", "entities of HTML", "CDATA", "markup", "other modules", "undeclared prefix"],
)
def test_feeds_that_are_not_quite_xml_are_read(tmp_path, item, text):
    assert only(read(tmp_path, "feed.xml", rss(item))).text == text


@pytest.mark.parametrize(
    ("written", "text"),
    [
        ("<![CDATA[The mayor&#8217;s office spent &pound;4 &amp; more.]]>", "The mayor’s office spent £4 & more."),
        ("Die Abl&amp;ouml;se betr&amp;auml;gt 12 Millionen.", "Die Ablöse beträgt 12 Millionen."),
        ("<![CDATA[<p>The mayor&amp;#8217;s office</p>]]>", "The mayor’s office"),
        ("&amp;lt;p&amp;gt;The quay is shut.&amp;lt;/p&amp;gt;", "The quay is shut."),
        ("<![CDATA[&lt;p&gt;The quay &lt;b&gt;is&lt;/b&gt; shut.&lt;/p&gt;]]>", "The quay is shut."),
        ("<![CDATA[The har&shy;bour\u200b is shut.]]>", "The harbour is shut."),
        ("Five &amp;lt; six, she said; AT&amp;amp;T agreed.", "Five < six, she said; AT&T agreed."),
    ],
)
def test_entities_of_a_feed_are_decoded_however_often_it_escapes_them(tmp_path, written, text):
    article = only(read(tmp_path, "feed.xml", rss(f"<title>{written}</title><description>{written}</description>")))
    assert (article.title, article.text) == (text, text)


@pytest.mark.parametrize(
    ("fields", "title", "text"),
    [
        (
            {"title": "Mayor&#8217;s plan", "text": "The mayor&#8217;s office: M&uuml;ller &amp; Sons."},
            "Mayor’s plan",
            "The mayor’s office: Müller & Sons.",
        ),
        (
            {"title": {"rendered": "A &#8220;plan&#8221;"}, "content": {"rendered": "<p>It&#8217;s &amp; was.</p>"}},
            "A “plan”",
            "It’s & was.",
        ),
        (
            {"title": "AT&T & others", "text": "AT&T &nosuch; grew, R&D too."},
            "AT&T & others",
            "AT&T &nosuch; grew, R&D too.",
        ),
        (
            {"title": "So\u00adft", "text": "The har\u00adbour \u200bis \u202eshut\ufeff."},
            "Soft",
            "The harbour is shut.",
        ),
        ({"title": "نمی\u200cدانم", "text": "👩\u200d🚒 a\u200db"}, "نمی\u200cدانم", "👩\u200d🚒 ab"),
    ],
)
def test_fields_of_json_hold_what_a_reader_sees(tmp_path, fields, title, text):
    article = only(read(tmp_path, "a.json", json.dumps(fields)))
    assert (article.title, article.text) == (title, text)


@pytest.mark.parametrize(
    "author", ["@tellinpost", "TellinPost", "Tellin Post", ["The Tellin Post"], {"name": "Redaktion"}]
)
def test_no_handle_and_no_outlet_is_a_byline(tmp_path, author):
    fields = {"text": BODY[0], "author": author, "source": "Tellin Post"}
    assert only(read(tmp_path, "a.json", json.dumps(fields))).byline is None


@pytest.mark.parametrize(
    ("declared", "encoding"),
    [("utf-8", "utf-8"), ("iso-8859-1", "iso-8859-1"), ("utf-8", "cp1252"), ("utf-16", "utf-16"), ("no-such", "utf-8")],
)
def test_a_feed_is_decoded_by_what_it_declares_or_is(tmp_path, declared, encoding):
    data = rss("<title>Café</title><description>The café is shut.</description>", declared).encode(encoding)
    article = only(read(tmp_path, "feed.xml", data))
    assert (article.title, article.text) == ("Café", "The café is shut.")


@pytest.mark.parametrize(
    ("author", "byline"),
    [
        ("jon@x.example (Jon Ashby)", "Jon Ashby"),
        ("Jon Ashby &lt;jon@x.example&gt;", "Jon Ashby"),
        ("jon@x.example", None),
    ],
)
def test_an_author_of_rss_is_a_name(tmp_path, author, byline):
    assert (
        only(read(tmp_path, "feed.xml", rss(f"<author>{author}</author><description>x y</description>"))).byline
        == byline
    )


def test_a_word_file_gives_its_paragraphs(tmp_path):
    docx = pytest.importorskip("docx")
    document = docx.Document()
    for paragraph in ("Quay to close", "By Jon Ashby", *BODY):
        document.add_paragraph(paragraph)
    document.add_table(1, 1).cell(0, 0).text = "Cracks found: 14"
    document.save(tmp_path / "a.docx")
    article = only([item for found in scan(str(tmp_path)) for item in read_file(found)])
    assert (article.title, article.byline) == ("Quay to close", "Jon Ashby")
    assert lines(clean(article.text)) == [*BODY, "Cracks found: 14"]


def pdf_of(rows):
    """Write a PDF of one page by hand: its objects, and the table that says where they begin."""
    shown = b" T* ".join(b"(%s) Tj" % row.encode() for row in rows)
    content = b"BT /F1 12 Tf 72 720 Td 14 TL " + shown + b" ET"
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type/Page /Parent 2 0 R /MediaBox [0 0 600 800] /Contents 4 0 R /Resources <</Font <</F1 5 0 R>>>>>>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    out = io.BytesIO(b"%PDF-1.4\n")
    out.seek(0, io.SEEK_END)
    places = []
    for n, one in enumerate(objects, 1):
        places.append(out.tell())
        out.write(b"%d 0 obj\n%s\nendobj\n" % (n, one))
    table = out.tell()
    out.write(b"xref\n0 6\n0000000000 65535 f \n" + b"".join(b"%010d 00000 n \n" % place for place in places))
    out.write(b"trailer << /Size 6 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF" % table)
    return out.getvalue()


def test_a_pdf_gives_its_lines_with_broken_words_mended(tmp_path):
    pytest.importorskip("pypdf")
    rows = [
        "The harbour board of Tellin voted on Tues-",
        "day to close the well-known quay, the most well-",
        "known of all.",
    ]
    article = only(read(tmp_path, "a.pdf", pdf_of(rows)))
    assert lines(article.text) == [
        "The harbour board of Tellin voted on Tuesday to close the well-known quay, the most well-known of all."
    ]


@pytest.mark.parametrize(("name", "package"), [("a.pdf", "pypdf"), ("a.rtf", "striprtf.striprtf")])
def test_a_missing_extra_says_what_to_install(tmp_path, monkeypatch, name, package):
    monkeypatch.setitem(sys.modules, package, None)
    (problem,) = read(tmp_path, name, b"x")
    assert "pip install '.[documents]'" in problem.hint


@pytest.mark.parametrize(
    ("given", "texts"),
    [
        (TEXT, [TEXT]),
        (json.dumps({"text": "The quay is shut."}), ["The quay is shut."]),
        (
            json.dumps([{"text": "The quay is shut."}, {"text": "It rained."}], indent=2),
            ["The quay is shut.", "It rained."],
        ),
        (json.dumps({"articles": [{"text": "The quay is shut."}]}), ["The quay is shut."]),
        ('\n{"text": "The quay is shut."}\n{"text": "It rained."}\n', ["The quay is shut.", "It rained."]),
        ("<html><body><p>The quay is shut.</p></body></html>", ["The quay is shut."]),
        (ATOM, ["The quay is shut."]),
    ],
    ids=["text", "one object", "list", "object around a list", "lines", "page", "feed"],
)
def test_standard_input_is_known_by_what_it_holds(monkeypatch, tmp_path, given, texts):
    (tmp_path / "in").write_text(given, "utf-8")
    with (tmp_path / "in").open() as stream:
        monkeypatch.setattr(sys, "stdin", stream)
        items = [item for found in scan("-") for item in read_file(found)]
    assert [clean(item.text) for item in items] == texts


def test_stored_text_is_whole_lines_of_its_file_in_order(tmp_path):
    messy = f"Quay to close\r\n\r\nBy Jon Ashby\r\n\r\n{BODY[0]}\r\nAdvertisement\r\n  {BODY[1]}  \r\n\r\n"
    messy += "Leave a Reply\r\nName\r\n"
    source = messy.splitlines(keepends=True)
    for name in ("a.txt", "a.md"):
        text = only([item for item in read(tmp_path, name, messy) if isinstance(item, RawArticle)]).text
        rest = iter(source)
        assert all(line in rest for line in clean(text).splitlines(keepends=True))
        assert BODY[1] in clean(text)


def test_every_line_of_a_page_stands_in_what_the_page_shows(tmp_path):
    body = PARAGRAPHS + "<div>Loose words <i>with</i> emphasis that go on<p>A block inside</p>and a tail after it</div>"
    page = PAGE.format(head="", body=body)
    shown = " ".join(re.sub(r"<[^>]+>", " ", re.sub(r"</?(?:i|b|a)\b[^>]*>", "", page)).split())
    assert all(" ".join(line.split()) in shown for line in lines(stored(read(tmp_path, "a.html", page))))
